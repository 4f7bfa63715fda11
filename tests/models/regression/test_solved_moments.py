"""Slopes of corrected moments: intervals of Fieller, the modification for small samples, columns that are gone."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t

from models.regression.corrected.moments import Erring, Shared, Spread, corrected_moments
from models.regression.corrected.solved import of_small_samples, share_of_errors, solve_corrected, solve_moments
from models.regression.reading.equivalence import equivalence_test
from pipelines.studies.demo.recovery.judged import exact_interval

TRUE = 0.5


def moments_of(rng, n_organisations, error, n_answers=4):
    """Draw organisations whose mean errs with the error variance, and how their answers differ; the slope is .5."""
    true = rng.normal(size=n_organisations)
    bases = np.column_stack(
        [
            true + np.sqrt(error) * rng.normal(size=n_organisations),
            TRUE * true + 0.6 * rng.normal(size=n_organisations),
        ]
    )
    freedom = np.full(n_organisations, n_answers - 1.0)
    squares = error * n_answers * rng.chisquare(n_answers - 1, n_organisations)
    shared = {(0, 0): Shared(0, np.full(n_organisations, 1 / n_answers))}
    spreads = (Spread(squares, freedom),)
    ones = np.ones(n_organisations)
    return corrected_moments(Erring(bases, ((), (0,), (1,)), shared, spreads, np.arange(n_organisations), ones))


def solved(moments):
    return solve_corrected(moments.plain, moments.corrected, len(moments.plain) - 3.0)


def slope(moments):
    return solved(moments).estimates(("intercept", "slope"), 0.95).iloc[1]


@given(st.integers(0, 10_000), st.floats(0.05, 1.0), st.floats(0.5, 0.99))
def test_ends_are_the_slopes_that_the_test_just_rejects(seed, error, level):
    made = solved(moments_of(np.random.default_rng(seed), 30, error))
    row = made.estimates(("intercept", "slope"), level).iloc[1]
    for end in (row["conf_low"], row["conf_high"]):
        if np.isinf(end):
            continue
        beyond = made.above[:, 1] - end * made.below[:, 1]
        variance = 29 / 30 * ((beyond[1:] - beyond[1:].mean()) ** 2).sum()
        assert beyond[0] ** 2 == pytest.approx(t.ppf((1 + level) / 2, 28) ** 2 * variance, rel=1e-6)
    assert row["conf_low"] < row["estimate"] < row["conf_high"]
    if np.isfinite(row["conf_low"]):
        assert (row["p_value"] < 1 - level) == (row["conf_low"] > 0 or row["conf_high"] < 0)


@given(st.integers(0, 10_000), st.floats(0.05, 1.0), st.floats(0.05, 2.0), st.sampled_from([1.0, -1.0]))
def test_equivalence_is_that_fiellers_interval_lies_inside_the_bounds(seed, error, smallest, sign):
    made = solved(moments_of(np.random.default_rng(seed), 30, error))
    turned = replace(made, above=sign * made.above, below=sign * made.below)
    tested = turned.equivalence(1, smallest, 0.95)
    row = made.estimates(("intercept", "slope"), 0.90).iloc[1]
    assert (tested.conf_low, tested.conf_high) == pytest.approx((row["conf_low"], row["conf_high"]))
    if np.isfinite(row["conf_low"]):
        assert (tested.p_value < 0.05) == (-smallest < row["conf_low"] and row["conf_high"] < smallest)
        assert (tested.reading == "equivalent") == (tested.p_value < 0.05)
    else:
        assert tested.reading == "undecided"


def test_a_slope_without_errors_is_tested_as_any_other():
    drawn = moments_of(np.random.default_rng(3), 2_000, 1e-6)
    made = solve_moments(drawn.plain, drawn.plain[:, 0, 0], 1_998.0)
    tested, sure = made.equivalence(1, 0.6, 0.95), made.uncertainty
    expected = equivalence_test(float(made.slopes[0, 1]), float(sure.errors[1]), 1_998.0, 0.6)
    assert tested.reading == expected.reading == "equivalent"
    assert (tested.conf_low, tested.conf_high) == pytest.approx((expected.conf_low, expected.conf_high), abs=2e-3)


def test_the_slope_is_the_ratio_of_both_parts():
    drawn = moments_of(np.random.default_rng(1), 40, 0.5)
    made = solve_moments(drawn.corrected, drawn.plain[:, 0, 0], 38.0)
    np.testing.assert_allclose(made.above / made.below, made.slopes, rtol=1e-12)


def test_a_regressor_that_does_not_err_has_nearly_the_interval_of_its_jackknife_error():
    row = slope(moments_of(np.random.default_rng(2), 2000, 1e-12))
    half = t.ppf(0.975, 1998) * row["std_error"]
    assert [row["conf_low"], row["conf_high"]] == pytest.approx(
        [row["estimate"] - half, row["estimate"] + half], abs=0.05 * half
    )


def test_an_interval_has_no_ends_where_true_values_may_not_vary():
    rng = np.random.default_rng(3)
    drawn = moments_of(rng, 30, 1.0)
    noise = drawn.plain.copy()
    noise[:, 1, 1] = drawn.plain[:, 1, 1] - drawn.corrected[:, 1, 1] + 0.5
    row = solve_moments(drawn.corrected - (drawn.plain - noise), np.full(31, 30.0), 28.0)
    low, high = row.estimates(("intercept", "slope"), 0.95).loc[1, ["conf_low", "conf_high"]]
    assert (low, high) == (-np.inf, np.inf)


def test_the_modification_takes_less_of_the_errors_away_the_fewer_organisations_there_are():
    assert share_of_errors(1, 90)[:2] == pytest.approx([1 - 4 / 89, 1 - 4 / 88])
    assert share_of_errors(2, 90)[0] == pytest.approx(1 - 6 / 89)
    assert share_of_errors(1, 4).min() == 0.0


def test_what_errors_take_from_a_variance_is_left_as_it_is():
    drawn = moments_of(np.random.default_rng(4), 30, 0.5)
    turned = of_small_samples(drawn.corrected, drawn.plain)  # errors that take variance away
    np.testing.assert_allclose(turned, drawn.plain)


def test_a_column_that_is_nought_without_an_organisation_keeps_its_slope():
    drawn = moments_of(np.random.default_rng(5), 30, 0.5)
    gone = np.zeros((31, 2), dtype=bool)
    gone[7, 1] = True
    made = solve_moments(drawn.corrected, drawn.plain[:, 0, 0], 28.0, gone)
    assert made.uncertainty.n_decided == 1
    for each in (made.slopes, made.above, made.below):
        assert each[7, 1] == each[0, 1]


@pytest.mark.slow
def test_intervals_hold_and_the_mean_is_near_where_half_the_variance_is_error():
    rng = np.random.default_rng(6)
    drawn = [moments_of(rng, 60, 1.0) for _ in range(1500)]
    made = [solved(each) for each in drawn]
    beyond = np.array([each.above[:, 1] - TRUE * each.below[:, 1] for each in made])
    variances = 59 / 60 * ((beyond[:, 1:] - beyond[:, 1:].mean(axis=1)[:, None]) ** 2).sum(axis=1)
    holds = beyond[:, 0] ** 2 <= t.ppf(0.975, 58) ** 2 * variances
    low, high = exact_interval(int(holds.sum()), len(made))
    assert low <= 0.95 <= high
    rows = [each.estimates(("intercept", "slope"), 0.95).iloc[1] for each in made]
    is_within = np.array([row["conf_low"] <= TRUE <= row["conf_high"] for row in rows])
    assert (is_within | ~holds).all()
    plain = [solve_moments(each.corrected, each.plain[:, 0, 0], 58.0).slopes[0, 1] for each in drawn]
    mended = np.array([row["estimate"] for row in rows])
    assert abs(mended.mean() - TRUE) < 0.5 * abs(np.mean(plain) - TRUE)
