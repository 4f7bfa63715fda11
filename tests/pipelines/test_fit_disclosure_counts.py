"""Numbers of groups, missing values, weights and strata (P11 of the design): what attackers make of what is shown.

Every rule has its attack, which succeeds without the rule and not with it.
"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.optimize import linprog

from models.regression.fit import fit_regression
from pipelines.steps import coarse_degrees
from pipelines.steps.coarse_degrees import STEPS, with_coarse_degrees
from pipelines.steps.fit_rows import OF_IMPUTED_MEANS, behind_a_fit
from pipelines.steps.fits_to_withhold import reasons_to_withhold
from pipelines.steps.release_rounding import rounded_estimates
from tests.pipelines.test_fit_disclosure_mixed import rows_of, spec_of

LEVEL = 0.95
DF = st.integers(10, 400)
RECORDED = {
    "estimator": "OLS",
    "covariance": "HC3",
    "n_obs": 40,
    "df_resid": 38,
    "n_clusters": None,
    "least_cell_size": 10,
}


def estimates_of(df, estimate=0.5, error=0.05, fit_id="m.main"):
    """Return the estimate of a term as it is recorded."""
    reach = error * stats.t.ppf((1 + LEVEL) / 2, df)
    figures = {"estimate": estimate, "std_error": error, "df": float(df), "statistic": estimate / error}
    p_value = 2 * stats.t.sf(abs(estimate / error), df)
    ends = {"p_value": p_value, "conf_low": estimate - reach, "conf_high": estimate + reach}
    return pd.DataFrame([{"fit_id": fit_id, "model": "m", "variant": "main", "term": "x", **figures, **ends}])


def released(df, **figures):
    return rounded_estimates(with_coarse_degrees(estimates_of(df, **figures), {"m.main": LEVEL})).iloc[0]


def groups_told(row):
    """Return numbers of groups, one more than the degrees of freedom of a constant, from an exact standard error."""
    reach = (row["conf_high"] - row["conf_low"]) / 2
    quantiles = {df: stats.t.ppf((1 + LEVEL) / 2, df) for df in range(5, 60)}
    return [df + 1 for df, each in quantiles.items() if abs(each * row["std_error"] - reach) <= 0.0005]


@given(DF, DF, st.floats(-2, 2), st.floats(0.02, 2))
def test_degrees_of_freedom_of_one_step_look_alike(first, second, estimate, error):
    shown = [released(df, estimate=estimate, error=error) for df in (first, second)]
    steps = [max(step for step in STEPS if step <= df) for df in (first, second)]
    if steps[0] == steps[1]:
        pd.testing.assert_series_equal(*(each.drop(["df"]) for each in shown))


@given(st.integers(1, 3000), st.floats(-2, 2), st.floats(0.02, 2))
def test_coarse_intervals_are_no_narrower_and_p_values_no_smaller(df, estimate, error):
    exact = estimates_of(df, estimate, error).iloc[0]
    found = with_coarse_degrees(estimates_of(df, estimate, error), {"m.main": LEVEL}).iloc[0]
    assert found["conf_low"] <= exact["conf_low"] + 1e-12
    assert found["conf_high"] >= exact["conf_high"] - 1e-12
    assert found["p_value"] >= exact["p_value"] - 1e-12
    assert (found["conf_high"] + found["conf_low"]) / 2 == pytest.approx(estimate)


def test_fits_without_rules_of_their_own_and_normal_quantiles_stay():
    exact = estimates_of(13)
    pd.testing.assert_frame_equal(with_coarse_degrees(exact, {}), exact)
    pd.testing.assert_frame_equal(with_coarse_degrees(exact, {"other.main": LEVEL}), exact)
    normal = estimates_of(1e12).assign(df=np.nan)
    found = with_coarse_degrees(normal, {"m.main": LEVEL})
    assert found["conf_low"].iloc[0] == pytest.approx(normal["conf_low"].iloc[0])


def test_an_effect_whose_interval_is_drawn_keeps_it():
    """Products of coefficients have no degrees of freedom, and intervals that no quantile gives."""
    drawn = estimates_of(13).assign(df=np.nan, conf_low=0.1, conf_high=1.7)
    both = pd.concat([drawn, estimates_of(13)], ignore_index=True)
    found = with_coarse_degrees(both, {"m.main": LEVEL})
    assert found.loc[0, ["conf_low", "conf_high"]].tolist() == [0.1, 1.7]
    assert found.loc[1, "conf_high"] > both.loc[1, "conf_high"]


@pytest.mark.parametrize("n_groups", [12, 17, 23])
def test_without_coarse_degrees_the_number_of_groups_follows_exactly(monkeypatch, n_groups):
    """Rounded to 5, twelve groups look like eleven: the interval of a constant tells which, unless it is coarse."""
    row = released(n_groups - 1, error=1.0)
    told = {df + 1 for df in range(5, 60) if released(df, error=1.0)["conf_low"] == row["conf_low"]}
    assert n_groups in told
    assert len(told) >= 5
    monkeypatch.setattr(coarse_degrees, "STEPS", tuple(float(each) for each in range(1, 2000)))
    assert groups_told(released(n_groups - 1, error=1.0)) == [n_groups]


def holed(rows, rng, share):
    """Leave ages out."""
    return rows.assign(age=rows["age"].mask(rng.random(len(rows)) < share))


@given(st.integers(0, 999), st.floats(0, 0.9))
def test_imputed_values_count_for_nobody(seed, share):
    rng = np.random.default_rng(seed)
    rows = holed(rows_of(seed, [9, 12, 20, 15]), rng, share)
    rows["weight"] = (rng.random(len(rows)) < 0.3).astype(float)
    spec = spec_of("age", "weight")
    units = rows.set_index("response_id")[["organisation_id"]]
    complete = rows[rows["age"].notna()]
    if len(complete) < 3 or complete["weight"].nunique() < 2:
        return
    found = behind_a_fit(spec, rows, {}, units, {})
    assert found["n_complete"] == len(complete)
    assert found["df_complete"] == len(complete) - 3
    assert found["least_category_n"] == complete["weight"].value_counts().min()
    behind = complete.groupby("weight")["organisation_id"].nunique().min()
    assert found["least_category_organisations"] == behind
    assert found["n_organisations"] == complete["organisation_id"].nunique()


def test_a_fit_of_nothing_but_incomplete_responses_has_nobody_behind_it():
    rows = rows_of(1, [9, 12]).assign(age=np.nan)
    units = rows.set_index("response_id")[["organisation_id"]]
    assert behind_a_fit(spec_of("age"), rows, {}, units, {}) == {"n_complete": 0.0}


def test_means_with_imputed_answers_have_no_rule_and_are_withheld():
    """Their sums hold answers that nobody gave, beside shown means of those that were."""
    rows = rows_of(1, [9, 12, 20, 15]).assign(wave="w1")
    units = rows.set_index("response_id")[["organisation_id"]]
    spec = spec_of("age", level="organisation", missing="multiple_imputation")
    assert behind_a_fit(spec, rows, {}, units, {}) == {OF_IMPUTED_MEANS: 1.0}
    assert OF_IMPUTED_MEANS not in behind_a_fit(spec_of("age", level="organisation"), rows, {}, units, {})
    for language, why in (("en", "with imputed answers in them"), ("da", "med imputerede svar i")):
        told = reasons_to_withhold(RECORDED, {OF_IMPUTED_MEANS: 1.0}, ["age"], [], language)
        assert why in "; ".join(told)


@given(st.integers(0, 999), st.floats(0, 0.6))
def test_effects_of_groups_are_taken_from_the_complete_responses(seed, share):
    """Else ten complete responses with eight effects would stand for a regression of ten."""
    rows = holed(rows_of(seed, [9, 12, 20, 15]), np.random.default_rng(seed), share)
    spec = spec_of("age", fixed_effects="organisation_id")
    complete = rows[rows["age"].notna()]
    if len(complete) < 3:
        return
    found = behind_a_fit(spec, rows, {}, rows.set_index("response_id")[["organisation_id"]], {})
    assert found["df_complete"] == len(complete) - complete["organisation_id"].nunique() - 2


@pytest.mark.parametrize("n_members", [6, 12])
def test_a_category_that_imputation_filled_up_is_as_small_as_it_was(n_members):
    """Of the mean of a category with six members and thirty imputed ones, the six are told all the same."""
    rows = rows_of(2, [30, 30, 30]).assign(weight=0.0)
    rows.loc[rows.index[:n_members], "weight"] = 1.0
    rows.loc[rows.index[40:70], "weight"] = np.nan
    units = rows.set_index("response_id")[["organisation_id"]]
    found = behind_a_fit(spec_of("age", "weight"), rows, {}, units, {})
    assert found["least_category_n"] == n_members


def room_of_one(weights, place, mean, precision=0.0005):
    """Bound the answer of one person, from 1 to 5, by a linear programme, from a weighted mean and all weights."""
    shares = weights / weights.sum()
    limits = [mean + precision, -(mean - precision)]
    goal = np.eye(len(weights))[place]
    ends = [
        linprog(sign * goal, np.stack([shares, -shares]), limits, bounds=[(1, 5)] * len(weights)) for sign in (1, -1)
    ]
    assert all(each.status == 0 for each in ends)
    return -ends[1].fun - ends[0].fun


@given(st.lists(st.floats(0.1, 8), min_size=10, max_size=25), st.floats(1.05, 4.95))
def test_a_weighted_figure_tells_of_one_person_no_more_than_one_of_the_least_cell_size(weights, mean):
    found = np.array(weights)
    if found.sum() / found.max() < 10:
        return
    heaviest = int(found.argmax())
    assert room_of_one(found, heaviest, mean) >= room_of_one(np.ones(10), 0, mean) - 1e-6


def test_without_the_rule_a_heavy_weight_tells_its_person_s_answer():
    weights = np.array([100.0, *np.ones(14)])
    assert weights.sum() / weights.max() < 10
    assert room_of_one(weights, 0, 3.0) < 0.6
    assert room_of_one(np.ones(15), 0, 3.0) == pytest.approx(4)
    rows = rows_of(1, [15]).assign(weight=weights)
    units = rows.set_index("response_id")[["organisation_id"]]
    found = behind_a_fit(spec_of("age", weights="weight"), rows, {}, units, {})
    assert found["weight_in_people"] == pytest.approx(1.14)


def test_a_heavy_weight_within_a_category_is_found_too():
    rows = rows_of(1, [15, 15, 15]).assign(weight=1.0, budget=np.repeat([1.0, 0.0, 0.0], 15))
    rows.loc[rows.index[0], "weight"] = 4.0
    units = rows.set_index("response_id")[["organisation_id"]]
    found = behind_a_fit(spec_of("age", "budget", weights="weight"), rows, {}, units, {})
    assert found["weight_in_people"] == pytest.approx(18 / 4)


def stratified(seed, sizes, strata):
    rows = rows_of(seed, sizes)
    return rows.assign(stratum=np.repeat(strata, sizes))


def by_design(**changes):
    said = {"clusters": "organisation_id", "strata": "stratum", **changes}
    return spec_of("age", design=said)


@pytest.mark.filterwarnings("ignore")
def test_without_the_rule_two_ways_with_a_lonely_stratum_tell_what_its_one_organisation_answered():
    """Errors with and without its share differ by the square of its residuals alone."""
    rows = stratified(3, [14] * 13, [*"aaaabbbbcccc", "d"])
    fits = {each: fit_regression(by_design(lonely_strata=each), rows) for each in ("adjust", "certainty")}
    squared = {each: fit.estimates.set_index("term")["std_error"]["intercept"] ** 2 for each, fit in fits.items()}
    told = np.sqrt(squared["adjust"] - squared["certainty"])
    coefficients = fits["adjust"].estimates["estimate"].to_numpy()
    matrix = np.column_stack([np.ones(len(rows)), rows["age"]])
    lone = (rows["stratum"] == "d").to_numpy()
    residuals = rows["score"].to_numpy() - matrix @ coefficients
    influence = np.linalg.inv(matrix.T @ matrix)[0] @ (matrix[lone] * residuals[lone][:, None]).sum(axis=0)
    assert told == pytest.approx(abs(influence), rel=1e-6)
    units = rows.set_index("response_id")[["organisation_id"]]
    found = behind_a_fit(by_design(lonely_strata="adjust"), rows, {}, units, {})
    assert (found["least_units_of_stratum"], found["least_people_of_stratum"]) == (1, 14)


@pytest.mark.parametrize(
    ("strata", "sizes", "units", "people"),
    [("aaabbb", [5, 6, 7, 8, 9, 10], 3, 18), ("aabbbb", [5, 6, 7, 8, 9, 10], 2, 11)],
    ids=["three", "two"],
)
def test_strata_are_counted_by_units_and_people(strata, sizes, units, people):
    rows = stratified(1, sizes, list(strata))
    own = rows.set_index("response_id")[["organisation_id"]]
    found = behind_a_fit(by_design(), rows, {}, own, {})
    assert (found["least_units_of_stratum"], found["least_people_of_stratum"]) == (units, people)
    without = behind_a_fit(spec_of("age", design={"strata": "stratum"}), rows, {}, own, {})
    assert without["least_units_of_stratum"] == people
