"""Mixed models through the model language: R's results, what variants do, what is refused."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError
from scipy import special

from models.estimates import result_digest
from models.multilevel.readings import OF_VARIANCES
from models.regression.fit import fit_regression
from models.regression.identification import ModelDataError
from models.spec import RegressionSpec
from tests.models.multilevel.oracle_models import read_oracle

PERSONS, UNITS = {"groups": "respondent_key"}, {"groups": "organisation_id"}
OF_R = {
    "univ_growth_ri": {"random_effects": [PERSONS]},
    "univ_growth_rs": {"random_effects": [{**PERSONS, "slopes": ["TIME"]}]},
    "univ_3level": {"random_effects": [UNITS, PERSONS]},
    "univ_cross": {
        "regressors": ["TIME", "AGE", {"interaction": ["TIME", "AGE"]}],
        "random_effects": [{**PERSONS, "slopes": ["TIME"]}],
    },
}


def model_of(**said: object) -> RegressionSpec:
    given = {
        "name": "satisfaction",
        "kind": "regression",
        "title": {"en": "Satisfaction"},
        "estimand": "Change in satisfaction",
        "estimator": "mixed",
        "outcome": "JSAT",
        "focal": "TIME",
        "regressors": ["TIME"],
        "random_effects": [PERSONS],
    }
    return RegressionSpec.model_validate_json(json.dumps(given | said))


@pytest.fixture(scope="module")
def univ(reference: Path) -> pd.DataFrame:
    rows = read_oracle(reference).rows["univ"]
    numbers = [f"r{number:05d}" for number in range(len(rows))]
    return rows.assign(
        response_id=numbers, respondent_key=rows["SUBNUM"].map("p{:04d}".format), organisation_id=rows["UNIT"]
    )


@pytest.mark.reference
@pytest.mark.parametrize("name", OF_R)
def test_estimates_and_diagnostics_are_rs(name: str, univ: pd.DataFrame, reference: Path) -> None:
    stored = read_oracle(reference).stored[name]
    fit = fit_regression(model_of(**OF_R[name]), univ)
    expected = pd.DataFrame(stored["coef"]).T
    for column, of_r in {"estimate": "Estimate", "std_error": "Std. Error", "df": "df", "p_value": "Pr(>|t|)"}.items():
        np.testing.assert_allclose(fit.estimates[column], expected[of_r], rtol=1e-4, atol=1e-15)
    found = fit.diagnostics.set_index("diagnostic")["value"]
    assert found["icc"] == pytest.approx(stored["icc_adjusted"], rel=1e-6)
    assert found["r2_conditional"] == pytest.approx(stored["r2_nakagawa"]["conditional"], rel=1e-6)
    assert (found["log_likelihood"], found["bic"]) == pytest.approx((stored["logLik"], stored["BIC"]), abs=1e-6)
    assert found["variance_residual"] == pytest.approx(stored["sigma2"], rel=1e-4)
    assert (found["singular"], found["optimum_doubts"]) == (0, 0)
    assert fit.r_squared == found["r2_marginal"]
    assert fit.n_clusters == min(stored["ngrps"].values())
    assert (fit.estimator, fit.covariance) == ("mixed", "classical")


@pytest.mark.reference
def test_clusters_are_rs(univ: pd.DataFrame, reference: Path) -> None:
    stored = read_oracle(reference).stored["univ_3level"]["CR2"]
    said = {"random_effects": [UNITS, PERSONS], "covariance": "CR2", "cluster": "organisation_id"}
    fit = fit_regression(model_of(**said), univ)
    np.testing.assert_allclose(fit.estimates["std_error"], list(stored["se"].values()), rtol=1e-6)
    np.testing.assert_allclose(fit.estimates["df"], list(stored["df"].values()), rtol=1e-4)
    with pytest.raises(ModelDataError, match="are not the groups of 'organisation_id'"):
        fit_regression(model_of(**{**said, "cluster": "respondent_key"}), univ)


def invented(seed: int = 3) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    n = 240
    organisation, collaboration = rng.integers(0, 15, n), rng.integers(0, 8, n)
    trust, workload = rng.normal(size=(2, n))
    effects = rng.normal(0, [0.8, 0.5], (15, 2))
    strain = trust + effects[organisation, 0] + effects[organisation, 1] * trust + rng.normal(0, 0.6, 8)[collaboration]
    return pd.DataFrame(
        {
            "response_id": [f"r{number:03d}" for number in range(n)],
            "organisation_id": [f"o{code:02d}" for code in organisation],
            "collaboration": [f"c{code}" for code in collaboration],
            "wave": np.where(rng.uniform(size=n) < 0.5, "w1", "w2"),
            "education": rng.integers(1, 4, n),
            "trust": trust,
            "workload": workload,
            "strain": strain + rng.normal(size=n),
        }
    )


STRAIN = {
    "outcome": "strain",
    "focal": "trust",
    "regressors": [
        "trust",
        "workload",
        {"interaction": ["trust", "workload"]},
        {"variable": "education", "use": "category"},
    ],
}
ORGANISATIONS = {"groups": "organisation_id"}
WAYS = {
    "intercept": [ORGANISATIONS],
    "slope": [{**ORGANISATIONS, "slopes": ["trust"]}],
    "slope alone": [{**ORGANISATIONS, "slopes": ["trust"], "correlated": False}],
    "crossed": [ORGANISATIONS, {"groups": "collaboration"}],
    "within": [ORGANISATIONS, {"groups": ["organisation_id", "wave"]}],
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("df", ["satterthwaite", "kenward_roger"])
def test_every_way_to_differ_between_groups_is_fitted(way: str, df: str) -> None:
    fit = fit_regression(model_of(**STRAIN, random_effects=WAYS[way], degrees_of_freedom=df), invented())
    found = fit.diagnostics.set_index("diagnostic")["value"]
    assert found["optimum_doubts"] == 0
    assert np.isfinite(fit.estimates.drop(columns="term")).all().all()
    assert (fit.estimates["df"] < 240).all()
    assert list(fit.joint_tests["regressor"]) == ["education", "whole model"]
    assert set(fit.joint_tests["method"]) == {f"F, {'Satterthwaite' if df == 'satterthwaite' else 'Kenward-Roger'}"}
    assert found["variance_p of organisation_id: intercept"] < 0.05
    assert len(fit.shapes.slopes) > 0


def test_the_order_of_responses_does_not_change_a_bit() -> None:
    spec = model_of(**STRAIN, random_effects=WAYS["crossed"])
    rows = invented()
    assert result_digest(fit_regression(spec, rows)) == result_digest(fit_regression(spec, rows.iloc[::-1]))


def test_a_fit_to_the_rows_kept_is_the_same() -> None:
    spec = model_of(**STRAIN, random_effects=WAYS["within"])
    fit = fit_regression(spec, invented())
    assert result_digest(fit_regression(spec, fit.data)) == result_digest(fit)
    assert {"organisation_id", "wave"} <= set(fit.data)


def test_other_names_of_groups_do_not_change_a_bit() -> None:
    spec, rows = model_of(**STRAIN, random_effects=WAYS["crossed"]), invented()
    renamed = rows.assign(organisation_id=rows["organisation_id"].map(lambda name: f"z{int(name[1:]) * 7 % 15:02d}"))
    assert result_digest(fit_regression(spec, renamed)) == result_digest(fit_regression(spec, rows))


def test_responses_without_a_group_are_left_out() -> None:
    rows = invented()
    rows.loc[:9, "collaboration"] = None
    fit = fit_regression(model_of(**STRAIN, random_effects=WAYS["crossed"]), rows)
    assert fit.n_obs == 230


def test_a_singular_fit_is_named_among_the_diagnostics() -> None:
    rows = invented().assign(strain=np.random.default_rng(5).normal(size=240))
    fit = fit_regression(model_of(**STRAIN, random_effects=[ORGANISATIONS]), rows)
    looked = fit.diagnostics.query("verdict == 'look'")["diagnostic"].tolist()
    assert {"singular", "at_bound of the variance of intercept between 'organisation_id' is nought"} <= set(looked)


def test_a_variant_turns_a_regression_into_a_mixed_model_and_back() -> None:
    variants = [{"name": "mixed", "estimator": "mixed", "random_effects": [ORGANISATIONS]}]
    spec = model_of(**STRAIN, estimator="linear", random_effects=[], cluster="organisation_id", variants=variants)
    assert (spec.with_variant("mixed").clusters(), spec.with_variant("mixed").covariance_used()) == ((), "classical")
    back = model_of(**STRAIN, variants=[{"name": "plain", "estimator": "linear", "cluster": "organisation_id"}])
    plain = back.with_variant("plain")
    assert (plain.random_effects, plain.covariance_used(), plain.random_groups()) == ((), "CR2", ())
    main, mixed = (fit_regression(spec, invented(), variant=name) for name in ("main", "mixed"))
    assert mixed.estimates["std_error"].ne(main.estimates["std_error"]).all()


IN_GROUPS = {
    "mixed": {"random_effects": [ORGANISATIONS]},
    "gee_linear": {"random_effects": [], "cluster": "organisation_id"},
}


@pytest.mark.parametrize("estimator", IN_GROUPS)
def test_coefficients_are_read_in_sizes_and_against_what_is_of_interest(estimator: str) -> None:
    said = {**STRAIN, "regressors": ["trust", "workload", {"variable": "education", "use": "category"}]}
    spec = model_of(**said, estimator=estimator, smallest_effect_of_interest=0.2, **IN_GROUPS[estimator])
    rows = invented()
    fit = fit_regression(spec, rows)
    read = fit.readings.set_index(["term", "reading"])
    estimates = fit.estimates.set_index("term")
    ratio = rows["trust"].std() / rows["strain"].std()
    standardised = read.loc[("trust", "standardised")]
    for name, column in {"value": "estimate", "conf_low": "conf_low", "conf_high": "conf_high"}.items():
        assert standardised[name] == pytest.approx(estimates.loc["trust", column] * ratio, rel=1e-10)
    b, error, df = (float(estimates.loc["trust", name]) for name in ("estimate", "std_error", "df"))
    below = special.stdtr(df, -(0.2 + b) / error)
    above = special.stdtr(df, (b - 0.2) / error)
    assert read.loc[("trust", "equivalence"), "value"] == pytest.approx(max(below, above), rel=1e-9)
    assert read.loc[("trust", "equivalence"), "verdict"] in ("relevant", "undecided", "equivalent")
    reach = special.stdtrit(df, 0.975) * error
    assert read.loc[("trust", "minimum_detectable"), "value"] > reach
    assert read.loc[("trust", "e_value"), "value"] > 1
    between = {"organisation_id: intercept", "residual"} if estimator == "mixed" else set[str]()
    assert set(fit.readings["term"]) == {"trust", "workload", "education[2]", "education[3]"} | between
    assert not set(fit.readings["reading"]) & {"partial_r2", "robustness_value", "selection_ratio"}


def test_columns_of_one_category_go_together_as_those_of_least_squares() -> None:
    said = {**STRAIN, "regressors": ["trust", {"variable": "education", "use": "category"}]}
    mixed = fit_regression(model_of(**said, random_effects=[ORGANISATIONS]), invented())
    linear = fit_regression(model_of(**said, estimator="linear", random_effects=[]), invented())
    for name in ("max_vif", "max_generalised_vif", "condition_number"):
        one, other = (each.diagnostics.set_index("diagnostic").loc[name, "value"] for each in (mixed, linear))
        assert one == pytest.approx(other, rel=1e-9)


REFUSED = {
    "no effects": ({"random_effects": []}, "needs a key random_effects"),
    "other estimator": ({"estimator": "linear"}, "random_effects is for estimator mixed; found linear"),
    "df of others": (
        {"estimator": "linear", "random_effects": [], "degrees_of_freedom": "satterthwaite"},
        "for estimator mixed",
    ),
    "groups twice": ({"random_effects": [PERSONS, PERSONS]}, "names the same groups twice"),
    "column twice": ({"random_effects": [{"groups": ["wave", "wave"]}]}, "each once"),
    "stranger": ({"random_effects": [{**PERSONS, "slopes": ["AGE"]}]}, "the random slope 'AGE' is no regressor"),
    "weights": ({"weights": "analysis_weight"}, "would take them for how exact it is"),
    "ML": ({"degrees_of_freedom": "kenward_roger", "likelihood": "ML"}, "kenward_roger is for likelihood REML"),
    "covariance": ({"covariance": "HC3"}, "mixed has no covariance HC3"),
    "df of clusters": (
        {"covariance": "CR2", "cluster": "respondent_key", "degrees_of_freedom": "satterthwaite"},
        "degrees_of_freedom are of covariance classical",
    ),
    "effects taken out": ({"fixed_effects": "organisation_id"}, "fixed_effects are for estimator linear"),
}


@pytest.mark.parametrize("change", REFUSED)
def test_what_does_not_go_together_is_refused_in_words(change: str) -> None:
    said, message = REFUSED[change]
    with pytest.raises(ValidationError, match=message):
        model_of(**said)


@pytest.mark.reference
def test_deviations_between_groups_are_read_with_the_profile_intervals_of_r(reference: Path) -> None:
    oracle = read_oracle(reference)
    rows = oracle.rows["sleep"].rename(columns={"Reaction": "JSAT", "Days": "TIME", "Subject": "respondent_key"})
    rows = rows.assign(response_id=[f"r{number:03d}" for number in range(len(rows))])
    fit = fit_regression(model_of(random_effects=[{**PERSONS, "slopes": ["TIME"]}]), rows)
    found = fit.readings.set_index(["term", "reading"]).loc[
        [
            ("respondent_key: intercept", "deviation"),
            ("respondent_key: intercept", "correlation on TIME"),
            ("respondent_key: TIME", "deviation"),
            ("residual", "residual_deviation"),
        ]
    ]
    expected = oracle.stored["sleep_rs"]["profile_ci"]["values"][:4]
    np.testing.assert_allclose(found[["conf_low", "conf_high"]], expected, rtol=oracle.tolerance["varcomp"])


def test_a_correlation_with_a_deviation_of_nought_has_no_interval() -> None:
    rows = invented().assign(strain=np.random.default_rng(5).normal(size=240))
    fit = fit_regression(model_of(**STRAIN, random_effects=[{**ORGANISATIONS, "slopes": ["trust"]}]), rows)
    read = fit.readings.set_index(["term", "reading"])
    assert read.loc[("organisation_id: intercept", "correlation on trust"), ["conf_low", "conf_high"]].isna().all()
    assert read.loc[("organisation_id: intercept", "deviation"), "conf_low"] == 0


def test_profiles_of_many_rows_are_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.multilevel.readings.MOST_PROFILED", 239)
    fit = fit_regression(model_of(**STRAIN, random_effects=[ORGANISATIONS]), invented())
    assert not set(fit.readings["reading"]) & set(OF_VARIANCES)


def test_profile_intervals_do_not_hang_on_the_order_of_rows() -> None:
    spec, rows = model_of(**STRAIN, random_effects=[{**ORGANISATIONS, "slopes": ["trust"]}]), invented()
    numbers = np.random.default_rng(3).permutation(len(rows))
    turned = rows.assign(response_id=[f"q{number:05d}" for number in numbers]).sort_values("response_id")
    first, second = (
        fit.readings.set_index(["term", "reading"])["conf_high"]
        for fit in (fit_regression(spec, each.reset_index(drop=True)) for each in (rows, turned))
    )
    pd.testing.assert_series_equal(first, second, check_index_type=False, rtol=1e-9, atol=1e-9)
