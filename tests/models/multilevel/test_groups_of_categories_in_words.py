"""Categorical mixed models and estimating equations through the model language: R's results, limits, refusals."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from models.estimates import Fit, result_digest
from models.regression.fit import fit_regression
from models.regression.identification import ModelDataError
from models.spec import RegressionSpec

FIRMS = {"groups": "organisation_id"}
TEAMS = {"groups": "team"}
MIXED = {"mixed_logit": "agree", "mixed_ordered_logit": "often", "mixed_ordered_probit": "often"}
EQUATIONS = {"gee_linear": "strain", "gee_logit": "agree", "gee_poisson": "times"}


def model_of(**said: object) -> RegressionSpec:
    given = {
        "name": "agreement",
        "kind": "regression",
        "title": {"en": "Agreement"},
        "estimand": "Difference in agreement",
        "outcome": "agree",
        "focal": "trust",
        "regressors": ["trust", "workload"],
    }
    return RegressionSpec.model_validate_json(json.dumps(given | said))


def mixed(estimator: str, **said: object) -> RegressionSpec:
    return model_of(**{"estimator": estimator, "outcome": MIXED[estimator], "random_effects": [FIRMS]} | said)


def equations(estimator: str, **said: object) -> RegressionSpec:
    return model_of(**{"estimator": estimator, "outcome": EQUATIONS[estimator], "cluster": "organisation_id"} | said)


def drawn(seed: int = 11, sd: float = 1.0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    n = 360
    organisation, team = rng.integers(0, 24, n), rng.integers(0, 12, n)
    trust, workload = rng.normal(size=(2, n))
    level = 0.7 * trust - 0.3 * workload + sd * rng.normal(size=24)[organisation] + 0.5 * rng.normal(size=12)[team]
    latent = level + rng.logistic(size=n)
    return pd.DataFrame(
        {
            "response_id": [f"r{number:03d}" for number in range(n)],
            "organisation_id": [f"o{code:02d}" for code in organisation],
            "team": [f"t{code:02d}" for code in team],
            "trust": trust,
            "workload": workload,
            "education": rng.integers(1, 4, n),
            "agree": (latent > 0).astype(float),
            "often": np.digitize(latent, [-1.2, 0.4, 1.8]) + 1.0,
            "strain": level + rng.normal(size=n),
            "times": rng.poisson(np.exp(0.5 + level / 3)).astype(float),
        }
    )


def diagnostics(fit: Fit) -> pd.Series:
    return fit.diagnostics.set_index("diagnostic")["value"]


def of_r(stored: dict, errors: str = "Std. Error") -> tuple[np.ndarray, np.ndarray]:
    table = pd.DataFrame(stored["coef"]).T
    return table["Estimate"].to_numpy(), table[errors].to_numpy()


def read(reference: Path, name: str) -> dict:
    return json.loads((reference / "oracles" / name).read_text(encoding="utf-8"))


def companies(reference: Path) -> pd.DataFrame:
    rows = pd.read_csv(reference / "data/substantive/lq2002/lq2002.csv")
    numbers = [f"r{number:05d}" for number in range(len(rows))]
    return rows.assign(response_id=numbers, organisation_id=rows["COMPID"], HIGH=(rows["HOSTILE"] > 1).astype(float))


HOSTILE = {"outcome": "HIGH", "focal": "LEAD", "regressors": ["LEAD", "TSIG"]}


@pytest.mark.reference
def test_a_mixed_logit_in_words_is_that_of_glmer(reference: Path) -> None:
    stored = read(reference, "09_mixed.json")["glmm"]["lq_hi_agq15"]
    fit = fit_regression(mixed("mixed_logit", **HOSTILE, quadrature_points=15), companies(reference))
    estimates, errors = of_r(stored)
    np.testing.assert_allclose(fit.estimates["estimate"], estimates, rtol=1e-4)
    np.testing.assert_allclose(fit.estimates["std_error"], errors, rtol=1e-4)
    found = diagnostics(fit)
    assert found["log_likelihood"] == pytest.approx(stored["logLik"], abs=1e-6)
    assert found["variance of organisation_id: intercept"] == pytest.approx(stored["var"], rel=1e-4)


@pytest.mark.reference
def test_a_mixed_ordered_logit_in_words_is_that_of_clmm(reference: Path) -> None:
    stored = read(reference, "09_mixed.json")["clmm_wine"]["agq10"]
    rows = pd.read_csv(reference / "oracles/data/wine.csv")
    rows = rows.assign(
        response_id=[f"r{number:03d}" for number in range(len(rows))],
        warm=(rows["temp"] == "warm").astype(float),
        touched=(rows["contact"] == "yes").astype(float),
    )
    said = {
        "outcome": "rating",
        "focal": "warm",
        "regressors": ["warm", "touched"],
        "random_effects": [{"groups": "judge"}],
    }
    fit = fit_regression(mixed("mixed_ordered_logit", **said, quadrature_points=10), rows)
    estimates, errors = of_r(stored)
    np.testing.assert_allclose(fit.estimates["estimate"], estimates, rtol=1e-4)
    np.testing.assert_allclose(fit.estimates["std_error"], errors, rtol=1e-4)
    assert diagnostics(fit)["variance of judge: intercept"] == pytest.approx(stored["var"], rel=1e-4)


@pytest.mark.reference
@pytest.mark.parametrize(("covariance", "errors"), [("CR0", "Std.err"), ("classical", None)])
def test_equations_in_words_are_those_of_geepack(covariance: str, errors: str | None, reference: Path) -> None:
    stored = read(reference, "10_ordinal_gee_panel.json")["gee"]["lq_logit_exch"]
    fit = fit_regression(equations("gee_logit", **HOSTILE, covariance=covariance), companies(reference))
    table = pd.DataFrame(stored["coef"]).T
    np.testing.assert_allclose(fit.estimates["estimate"], table["Estimate"], rtol=1e-6)
    expected = stored["vbeta_naive"] if errors is None else table[errors]
    np.testing.assert_allclose(fit.estimates["std_error"], expected, rtol=1e-6)
    found = diagnostics(fit)
    assert found["working_correlation"] == pytest.approx(stored["alpha"]["alpha"], rel=1e-6)
    assert found["scale"] == pytest.approx(stored["scale"]["(Intercept)"], rel=1e-6)


@pytest.mark.reference
def test_waves_of_people_in_words_are_those_of_geepack(reference: Path) -> None:
    stored = read(reference, "10_ordinal_gee_panel.json")["gee"]["univ_ar1"]
    rows = pd.read_csv(reference / "oracles/data/univbct_long_complete.csv")
    rows = rows.assign(
        response_id=[f"r{number:05d}" for number in range(len(rows))],
        respondent_key=rows["SUBNUM"].map("p{:04d}".format),
        wave_number=rows["TIME"],
    )
    said = {"outcome": "READY", "focal": "JSAT", "regressors": ["JSAT", "COMMIT", "TIME"], "cluster": "respondent_key"}
    fit = fit_regression(equations("gee_linear", **said, working_correlation="ar1", covariance="CR0"), rows)
    estimates, errors = of_r(stored, "Std.err")
    np.testing.assert_allclose(fit.estimates["estimate"], estimates, rtol=1e-6)
    np.testing.assert_allclose(fit.estimates["std_error"], errors, rtol=1e-6)
    assert diagnostics(fit)["working_correlation"] == pytest.approx(stored["alpha"]["alpha"], rel=1e-6)


@pytest.mark.parametrize(
    ("estimator", "groups"),
    [(each, [FIRMS]) for each in MIXED] + [(each, [FIRMS, TEAMS]) for each in ("mixed_logit", "mixed_ordered_logit")],
)
def test_every_categorical_mixed_model_tells_of_its_groups(estimator: str, groups: list) -> None:
    fit = fit_regression(mixed(estimator, random_effects=groups), drawn())
    found = diagnostics(fit)
    names = [each["groups"] for each in groups]
    variances = [found[f"variance of {name}: intercept"] for name in names]
    within = 1.0 if estimator.endswith("probit") else np.pi**2 / 3
    assert found["latent_icc"] == pytest.approx(sum(variances) / (sum(variances) + within), rel=1e-12)
    assert [found[f"n_groups of {name}"] for name in names] == [24, 12][: len(names)]
    assert found["variance_p of organisation_id: intercept"] < 0.001
    assert found["singular"] == variances.count(0)
    assert (fit.covariance, fit.n_clusters) == ("classical", min([24, 12][: len(names)]))
    assert ("quadrature_change" in found) == (len(groups) == 1)
    assert np.isfinite(fit.estimates.drop(columns=["term", "df"])).all().all()
    assert fit.estimates["df"].isna().all()
    n_parameters = len(fit.estimates) + len(groups)
    assert found["aic"] == pytest.approx(2 * n_parameters - 2 * found["log_likelihood"], rel=1e-12)


def test_without_differences_between_groups_a_mixed_logit_is_a_logit() -> None:
    rows = drawn()
    rows["agree"] = (rows.groupby("organisation_id").cumcount() % 2).astype(float)
    fit, plain = (
        fit_regression(each, rows)
        for each in (mixed("mixed_logit"), model_of(estimator="logit", covariance="classical", bootstrap_draws=0))
    )
    found = diagnostics(fit)
    assert found["at_bound of the variance of intercept between 'organisation_id' is nought"] == 1
    assert "singular" in fit.diagnostics.query("verdict == 'look'")["diagnostic"].tolist()
    np.testing.assert_allclose(fit.estimates["estimate"], plain.estimates["estimate"], rtol=1e-8)
    np.testing.assert_allclose(fit.estimates["std_error"], plain.estimates["std_error"], rtol=1e-8)
    np.testing.assert_allclose(fit.readings["value"][:2], plain.readings["value"][:2], rtol=1e-8)


def test_average_effects_of_a_mixed_logit_are_those_of_the_population() -> None:
    rows = drawn()
    fit = fit_regression(mixed("mixed_logit"), rows)
    b = fit.estimates.set_index("term")["estimate"]
    sd = np.sqrt(diagnostics(fit)["variance of organisation_id: intercept"])
    eta = b["intercept"] + b["trust"] * rows["trust"].to_numpy() + b["workload"] * rows["workload"].to_numpy()
    nodes, weights = np.polynomial.hermite_e.hermegauss(60)
    shares = 1 / (1 + np.exp(-(eta[:, None] + sd * nodes)))
    expected = b["trust"] * (shares * (1 - shares) @ weights).mean() / np.sqrt(2 * np.pi)
    found = fit.readings.set_index(["term", "reading"])["value"]
    assert found["trust", "average_effect"] == pytest.approx(expected, rel=1e-8)
    assert abs(found["trust", "average_effect"]) < abs(b["trust"]) / 4
    assert set(fit.readings["reading"]) == {"average_effect"}
    assert fit.predictions["boot_low"].isna().all()


def test_average_effects_on_all_values_of_a_mixed_ordered_logit_add_up_to_nought() -> None:
    fit = fit_regression(mixed("mixed_ordered_logit", random_effects=[FIRMS, TEAMS]), drawn())
    assert fit.readings.groupby("term")["value"].sum().abs().max() < 1e-10
    held = fit.predictions.groupby(["held", "position"])["estimate"].sum()
    np.testing.assert_allclose(held, 1.0, rtol=1e-10)


@pytest.mark.parametrize("estimator", EQUATIONS)
def test_equations_with_independence_are_the_plain_model_with_clusters(estimator: str) -> None:
    plain = {"gee_linear": "linear", "gee_logit": "logit", "gee_poisson": "poisson"}[estimator]
    said = {"outcome": EQUATIONS[estimator], "cluster": "organisation_id", "covariance": "CR0", "bootstrap_draws": 0}
    fit = fit_regression(equations(estimator, working_correlation="independence", covariance="CR0"), drawn())
    expected = fit_regression(model_of(estimator=plain, **said), drawn())
    np.testing.assert_allclose(fit.estimates["estimate"], expected.estimates["estimate"], rtol=1e-7)
    np.testing.assert_allclose(fit.estimates["std_error"], expected.estimates["std_error"], rtol=1e-7)
    if estimator != "gee_linear":
        both = [each.readings.query("reading == 'average_effect'")["value"] for each in (fit, expected)]
        np.testing.assert_allclose(*both, rtol=1e-7)


def test_with_independence_r2_is_that_of_least_squares_and_with_another_below() -> None:
    said = {"outcome": "strain", "cluster": "organisation_id"}
    least_squares = fit_regression(model_of(estimator="linear", **said), drawn()).r_squared
    plain, other = (
        fit_regression(equations("gee_linear", working_correlation=each), drawn()).r_squared
        for each in ("independence", "exchangeable")
    )
    assert plain == pytest.approx(least_squares, rel=1e-12)
    assert 0 < other < plain


@pytest.mark.parametrize("estimator", EQUATIONS)
def test_the_cautious_covariance_of_equations_is_wider_with_its_own_degrees(estimator: str) -> None:
    fit, robust = (fit_regression(equations(estimator, **said), drawn()) for said in ({}, {"covariance": "CR0"}))
    assert (fit.covariance, fit.n_clusters) == ("CR3", 24)
    assert (fit.estimates["std_error"] > robust.estimates["std_error"]).all()
    assert fit.estimates["df"].between(1, 24).all()
    assert robust.estimates["df"].isna().all()
    assert 0 < diagnostics(fit)["working_correlation"] < 1


ALL = {**MIXED, **EQUATIONS}


@pytest.mark.parametrize("estimator", [each for each in ALL if each != "mixed_ordered_probit"])
def test_the_order_of_responses_does_not_change_a_bit_and_rows_kept_give_the_same_fit(estimator: str) -> None:
    education = {"variable": "education", "use": "category"}
    regressors = ["trust", "workload", {"interaction": ["trust", "workload"]}, education]
    spec = (mixed if estimator in MIXED else equations)(estimator, regressors=regressors)
    fit = fit_regression(spec, drawn())
    assert result_digest(fit_regression(spec, fit.data.iloc[::-1])) == result_digest(fit)
    assert list(fit.joint_tests["regressor"]) == ["education", "whole model"]
    assert len(fit.shapes.slopes) > 0
    assert fit.estimator == estimator


def renamed() -> pd.DataFrame:
    """The same rows in another order, all of their names others."""
    rows = drawn().sample(frac=1, random_state=5).reset_index(drop=True)
    places = (rows["organisation_id"].str[1:].astype(int) * 7 % 24).astype(str).str.zfill(2)
    teams = (rows["team"].str[1:].astype(int) * 5 % 12).astype(str).str.zfill(2)
    numbers = [f"n{number:03d}" for number in range(len(rows))]
    return rows.assign(response_id=numbers, organisation_id="z" + places, team="y" + teams)


@pytest.mark.parametrize(
    "spec",
    [mixed("mixed_logit", random_effects=[FIRMS, TEAMS]), mixed("mixed_ordered_logit"), equations("gee_logit")],
    ids=lambda spec: spec.estimator,
)
def test_other_names_of_groups_and_responses_do_not_change_a_bit(spec: RegressionSpec) -> None:
    fit, other = fit_regression(spec, drawn()), fit_regression(spec, renamed())
    pd.testing.assert_frame_equal(fit.estimates, other.estimates, check_exact=True)
    pd.testing.assert_frame_equal(fit.diagnostics, other.diagnostics, check_exact=True)
    pd.testing.assert_frame_equal(fit.readings, other.readings, check_exact=False, rtol=1e-12)


@pytest.mark.parametrize("estimator", EQUATIONS)
def test_missing_values_of_equations_can_be_imputed(estimator: str) -> None:
    rows = drawn()
    rows.loc[::7, "workload"] = np.nan
    fit = fit_regression(equations(estimator, missing={"imputations": 2, "iterations": 2}), rows, seed=4)
    assert (fit.n_obs, diagnostics(fit)["n_imputations"]) == (360, 2)
    assert np.isfinite(fit.estimates["std_error"]).all()


def test_a_variant_turns_a_clustered_logit_into_both_and_back() -> None:
    variants = [
        {"name": "within", "estimator": "mixed_logit", "random_effects": [FIRMS]},
        {"name": "population", "estimator": "gee_logit"},
        {"name": "laplace", "estimator": "mixed_logit", "random_effects": [FIRMS], "quadrature_points": 1},
    ]
    said = {"estimator": "logit", "cluster": "organisation_id", "bootstrap_draws": 20, "variants": variants}
    spec = model_of(**said)
    within, population = (spec.with_variant(name) for name in ("within", "population"))
    assert (within.clusters(), within.covariance_used(), within.bootstrap_draws) == ((), "classical", None)
    assert (population.clusters(), population.covariance_used()) == (("organisation_id",), "CR3")
    back = mixed("mixed_logit", quadrature_points=5, variants=[{"name": "plain", "estimator": "logit"}])
    plain = back.with_variant("plain")
    assert (plain.random_effects, plain.quadrature_points) == ((), None)
    fit = fit_regression(spec, drawn(), variant="laplace")
    assert "laplace_change" in diagnostics(fit)
    assert "quadrature_change" not in diagnostics(fit)


def few_groups() -> pd.DataFrame:
    rows = drawn()
    return rows.assign(organisation_id=rows["organisation_id"].str[1:].astype(int) % 3)


def separated() -> pd.DataFrame:
    rows = drawn()
    return rows.assign(agree=(rows["trust"] > 0).astype(float))


def foretold_by_groups() -> pd.DataFrame:
    rows = drawn()
    return rows.assign(agree=(rows["organisation_id"].str[1:].astype(int) % 2).astype(float))


UNABLE = {
    "few groups": (mixed("mixed_logit"), few_groups, "3 groups of 'organisation_id': too few"),
    "separation": (mixed("mixed_logit"), separated, "trust"),
    "groups foretell": (mixed("mixed_logit"), foretold_by_groups, "all responses are the same"),
    "no variation": (mixed("mixed_logit"), lambda: drawn().assign(agree=1.0), "'agree'"),
    "two values": (mixed("mixed_ordered_logit", outcome="agree"), drawn, "use estimator mixed_logit"),
    "two values of a probit": (mixed("mixed_ordered_probit", outcome="agree"), drawn, "use estimator mixed_logit"),
    "other values": (mixed("mixed_logit", outcome="often"), drawn, "0 and 1"),
    "separation of equations": (equations("gee_logit"), separated, "trust"),
    "no counts": (equations("gee_poisson", outcome="strain"), drawn, "count"),
    "lonely rows": (
        equations("gee_linear", cluster="response"),
        lambda: drawn().assign(response=drawn()["response_id"]),
        "has one response: no correlation within clusters",
    ),
    "waves twice": (
        equations("gee_linear", working_correlation="ar1"),
        lambda: drawn().assign(wave_number=1),
        "have the wave of another one",
    ),
}


@pytest.mark.parametrize("case", UNABLE)
def test_what_data_cannot_carry_is_refused_in_words(case: str) -> None:
    spec, rows, message = UNABLE[case]
    with pytest.raises(ModelDataError, match=message):
        fit_regression(spec, rows())


LOGIT = {"estimator": "mixed_logit", "random_effects": [FIRMS]}
GEE = {"estimator": "gee_logit", "cluster": "organisation_id"}
REFUSED = {
    "no effects": (LOGIT | {"random_effects": []}, "mixed_logit needs a key random_effects"),
    "slopes": (LOGIT | {"random_effects": [{**FIRMS, "slopes": ["trust"]}]}, "has random intercepts only"),
    "df": (LOGIT | {"degrees_of_freedom": "satterthwaite"}, "degrees_of_freedom is for estimator mixed"),
    "points of crossed": (LOGIT | {"random_effects": [FIRMS, TEAMS], "quadrature_points": 5}, "one random intercept"),
    "points of others": ({"estimator": "logit", "quadrature_points": 5}, "quadrature_points is for mixed_logit"),
    "no points": (LOGIT | {"quadrature_points": 0}, "greater than or equal to 1"),
    "weights": (LOGIT | {"weights": "analysis_weight"}, "have no place in mixed_logit"),
    "clustered": (LOGIT | {"covariance": "CR2", "cluster": "organisation_id"}, "mixed_logit has no covariance CR2"),
    "draws": (LOGIT | {"bootstrap_draws": 99}, "intervals by the delta method only"),
    "imputed": (LOGIT | {"missing": {"has_levels": False}}, "would know nothing of the groups"),
    "no cluster": (GEE | {"cluster": None}, "gee_logit needs a key cluster"),
    "two clusters": (GEE | {"cluster": ["organisation_id", "team"]}, "two clusters are for estimator linear"),
    "other covariance": (GEE | {"covariance": "CR2"}, "gee_logit has no covariance CR2; expected one of classical"),
    "weighted": (GEE | {"weights": "analysis_weight"}, "have no place in gee_logit"),
    "correlation of others": ({"estimator": "logit", "working_correlation": "ar1"}, "working_correlation is for gee"),
    "effects taken out": (GEE | {"fixed_effects": "team"}, "fixed_effects are for estimator linear"),
    "design": (GEE | {"cluster": None, "design": {"strata": "team"}}, "needs a key cluster|a design is for"),
}


@pytest.mark.parametrize("change", REFUSED)
def test_what_does_not_go_together_is_refused_in_words(change: str) -> None:
    said, message = REFUSED[change]
    with pytest.raises(ValidationError, match=message):
        model_of(**said)
