"""Models of categorical outcomes in words give R's numbers: multinomial, negative binomial, Firth, released thresholds.

R 4.2.2, answers.R beside it and for the rest the calls named here, run 2026-11-26.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from models.regression.fit import fit_regression
from tests.models.regression.categorical.words import LABELS, ROLE, answers_analysed, asked

R = json.loads((Path(__file__).parent / "r_results.json").read_text())


def fitted(estimator, outcome, **changes):
    return fit_regression(asked(estimator, outcome, **changes), answers_analysed(), LABELS)


@pytest.mark.parametrize("weights", [None, "weight"])
def test_a_multinomial_model_is_multinom_and_names_its_categories(weights):
    fit = fitted("multinomial", "choice", weights=weights)
    columns = ["intercept", "age", "lead", "role[1]", "role[2]"]
    assert list(fit.estimates["term"]) == [f"{name}: {column}" for name in ("Some", "All") for column in columns]
    if weights:
        np.testing.assert_allclose(fit.estimates["estimate"], R["multinomial"]["coef"], rtol=1e-6)
        np.testing.assert_allclose(fit.estimates["std_error"], R["multinomial"]["se"], rtol=1e-7)


@pytest.mark.parametrize(
    ("covariance", "cluster", "errors"),
    [
        ("classical", None, [0.7425146483197312, 0.0147523947118143, 0.2823672957878338, 0.3448675073933947]),
        ("HC0", None, [0.6563406514613148, 0.0158292817933659, 0.2821844449589647, 0.3298396432688951]),
        ("CR2", "organisation_id", [0.9832672706969453, 0.0211565620868213, 0.1876910561206801, 0.3778236789677042]),
    ],
)
def test_a_negative_binomial_model_is_glm_nb(covariance, cluster, errors):
    """MASS::glm.nb(visits ~ age + lead + role); sandwich::vcovHC, clubSandwich::vcovCR and coef_test."""
    fit = fitted("negative_binomial", "visits", covariance=covariance, cluster=cluster)
    coefficients = [
        0.0878824672160301,
        0.0235387965868094,
        -0.1891737287285110,
        0.3766617819944349,
        -0.1748446586333076,
    ]
    np.testing.assert_allclose(fit.estimates["estimate"], coefficients, rtol=1e-6)
    np.testing.assert_allclose(fit.estimates["std_error"][:4], errors, rtol=1e-6)
    size = fit.diagnostics.set_index("diagnostic").loc["size", "value"]
    assert size == pytest.approx(0.932594640217729, rel=1e-6)
    if covariance == "CR2":
        np.testing.assert_allclose(fit.estimates["df"][:2], [6.61741187214279, 6.60058009581776], rtol=1e-6)
        joint = fit.joint_tests.set_index("regressor").loc["role"]
        assert joint["statistic"] == pytest.approx(3.302786325736462, rel=1e-6)
        assert joint["p_value"] == pytest.approx(0.109608921802059, rel=1e-6)


def test_a_firth_model_is_brglm_with_the_intervals_of_its_profile():
    table = answers_analysed()
    is_separate = (table["lead"] == 0) & (table["role"] == 2)
    table = table.assign(sep=is_separate.astype(int), agree=np.where(is_separate, 1, table["agree"]))
    model = asked("firth_logit", "agree", regressors=["age", "lead", "sep"], covariance=None)
    fit, expected = fit_regression(model, table), R["firth_separated"]
    np.testing.assert_allclose(fit.estimates["estimate"], expected["coef"], rtol=1e-6)
    np.testing.assert_allclose(fit.estimates["std_error"], expected["se"], rtol=1e-6)
    low, high, statistic, p_value = np.array(expected["profile"]).T
    shown = fit.estimates.iloc[: len(low)]
    np.testing.assert_allclose(shown["conf_low"], low, rtol=1e-5)
    np.testing.assert_allclose(shown["conf_high"], high, rtol=1e-5)
    np.testing.assert_allclose(shown["statistic"] ** 2, statistic, rtol=1e-5)
    np.testing.assert_allclose(shown["p_value"], p_value, rtol=1e-5)
    diagnostics = fit.diagnostics.set_index("diagnostic")
    assert diagnostics.loc["without_finite_estimate", ["value", "verdict"]].tolist() == [1.0, "look"]
    assert fit.joint_tests["method"].unique().tolist() == ["penalised likelihood ratio"]


def test_regressors_released_from_proportional_odds_are_clms_nominal_ones():
    fit = fitted("ordered_logit", "level", by_threshold=[ROLE])
    found = fit.estimates.set_index("term")
    assert {"role[1] at 0|1", "role[2] at 2|3", "age", "lead"} <= set(found.index)
    names = [name.replace("role1", "role[1]").replace("role2", "role[2]") for name in R["partial"]["names"]]
    signs = np.where([" at " in name for name in names], -1.0, 1.0)
    np.testing.assert_allclose(found.loc[names, "estimate"], signs * R["partial"]["coef"], rtol=1e-6)
    np.testing.assert_allclose(found.loc[names, "std_error"], R["partial"]["se"], rtol=1e-6)
    tested = [name for name in fit.diagnostics["diagnostic"] if name.startswith("proportional_odds_p")]
    assert tested == ["proportional_odds_p", "proportional_odds_p of age", "proportional_odds_p of lead"]


def test_the_effects_of_a_multinomial_model_are_those_of_r():
    readings = fitted("multinomial", "choice").readings
    slopes = readings[readings["term"] == "age"]
    assert list(slopes["reading"]) == [f"average_effect on {name}" for name in ("None", "Some", "All")]
    np.testing.assert_allclose(slopes["value"], R["margins"]["multinom ame age"]["estimate"], rtol=1e-5)
    half = (slopes["conf_high"] - slopes["conf_low"]) / 2 / 1.959963984540054
    np.testing.assert_allclose(half, R["margins"]["multinom ame age"]["se"], rtol=1e-5)


def test_predictions_at_the_means_are_those_of_r():
    """model.matrix at mean(age) and role 1, plogis; predict(multinom, type = "probs"); vcovCR(type = "CR1S")."""
    logit = fitted("logit", "agree", focal="lead", cluster="organisation_id", covariance="CR1S").predictions
    shown = logit[logit["held"] == "at_means"]
    assert shown["focal_value"].tolist() == [0.0, 1.0]
    np.testing.assert_allclose(shown["estimate"], [0.269972894303563, 0.519616068466228], rtol=1e-9)
    np.testing.assert_allclose(shown["std_error"], [0.127314343478911, 0.159568458120149], rtol=1e-7)
    choice = fitted("multinomial", "choice", focal="lead").predictions
    shown = choice[choice["held"] == "at_means"]
    expected = [0.243607543317124, 0.446181124178089, 0.310211332504788]
    expected += [0.233788998196973, 0.464315124729938, 0.301895877073089]
    np.testing.assert_allclose(shown["estimate"], expected, rtol=1e-5)
    assert shown["category"].tolist() == ["None", "Some", "All"] * 2


@pytest.mark.reference
def test_housing_in_words_is_multinom(reference):
    oracle = json.loads((reference / "oracles/10_ordinal_gee_panel.json").read_text())
    housing = pd.read_csv(reference / "oracles/data/housing.csv")
    table = housing.assign(response_id=[f"{place:03d}" for place in range(len(housing))])
    regressors = [
        {"variable": "Infl", "use": "category", "reference": "Low"},
        {"variable": "Type", "use": "category", "reference": "Tower"},
        {"variable": "Cont", "use": "category", "reference": "Low"},
    ]
    said = {"focal": regressors[0], "regressors": regressors, "weights": "Freq", "outcome_reference": "Low"}
    found = fit_regression(asked("multinomial", "Sat", **said), table).estimates.set_index("term")
    expected, tolerance = oracle["multinom_housing"], oracle["tolerance"]["multinom"]
    columns = ["intercept", "Infl[Medium]", "Infl[High]", "Type[Apartment]", "Type[Atrium]", "Type[Terrace]"]
    terms = [f"{category}: {column}" for category in ("Medium", "High") for column in [*columns, "Cont[High]"]]
    np.testing.assert_allclose(found.loc[terms, "estimate"], np.ravel(expected["coef"]["values"]), atol=tolerance)
    np.testing.assert_allclose(found.loc[terms, "std_error"], np.ravel(expected["se"]["values"]), atol=tolerance)


@pytest.mark.reference
@pytest.mark.parametrize(("estimator", "key"), [("ordered_logit", "clm_wine"), ("ordered_probit", "clm_wine_probit")])
def test_wine_in_words_is_clm(reference, estimator, key):
    oracle = json.loads((reference / "oracles/10_ordinal_gee_panel.json").read_text())
    wine = pd.read_csv(reference / "oracles/data/wine.csv")
    table = wine.assign(response_id=[f"{place:03d}" for place in range(len(wine))])
    regressors = [{"variable": "temp", "use": "category"}, {"variable": "contact", "use": "category"}]
    fit = fit_regression(asked(estimator, "rating", focal=regressors[0], regressors=regressors), table)
    expected = pd.DataFrame(oracle[key]["coef"]).T
    names = [{"tempwarm": "temp[warm]", "contactyes": "contact[yes]"}.get(name, name) for name in expected.index]
    found, tolerance = fit.estimates.set_index("term"), oracle["tolerance"]["clm"]
    np.testing.assert_allclose(found.loc[names, "estimate"], expected["Estimate"], atol=tolerance, rtol=0)
    np.testing.assert_allclose(found.loc[names, "std_error"], expected["Std. Error"], atol=tolerance, rtol=0)
    tests = fit.diagnostics.set_index("diagnostic").loc[
        [f"proportional_odds_p of {name}" for name in ("temp", "contact")]
    ]
    link = estimator.removeprefix("ordered_")
    np.testing.assert_allclose(tests["value"], R["wine_nominal_test"][link]["p"], rtol=1e-6)
