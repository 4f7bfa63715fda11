"""Sensitivity to what was left out: published values, confounders built to the stated strength, refusals."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.regression.identification import ModelDataError
from models.regression.least_squares import solve_least_squares
from models.regression.reading.e_value import e_value, e_value_of_difference, e_value_of_logarithm
from models.regression.reading.proportional_selection import (
    Movement,
    bias_adjusted_coefficient,
    movement,
    selection_ratio,
)
from models.regression.reading.sensitivity import (
    Benchmark,
    benchmark,
    benchmark_bound,
    confounded_estimate,
    robustness_value,
)

# Cinelli and Hazlett (2020), section 5 and sensemakr 0.1.4's printed summary of the Darfur model: estimate 0.09732,
# se 0.02326, t 4.18445, 783 df; robustness values 0.13878 and 0.07626
STATISTIC, DF = 4.18445, 783


@pytest.mark.parametrize(("level", "expected"), [(None, 0.13878), (0.05, 0.07626)])
def test_robustness_values_equal_the_published_ones(level, expected):
    assert robustness_value(STATISTIC, DF, level=level) == pytest.approx(expected, abs=5e-6)


def left_over(matrix, target):
    return solve_least_squares(matrix, target).residuals


def add_confounder(matrix, outcome, focal, with_focal, with_outcome, rng):
    """Build a column of exactly the stated partial R2 that works against the focal coefficient."""
    others = np.delete(matrix, focal, axis=1)
    d = left_over(others, matrix[:, focal])
    e = left_over(matrix, outcome)
    noise = left_over(np.column_stack([matrix, outcome]), rng.normal(size=len(outcome)))
    d, e, noise = (part / np.linalg.norm(part) for part in (d, e, noise))
    sign = np.sign(solve_least_squares(matrix, outcome).coefficients[focal])
    across = np.sqrt(with_outcome) * e + np.sqrt(1 - with_outcome) * noise
    return sign * np.sqrt(with_focal) * d + np.sqrt(1 - with_focal) * across


def sample(seed, n=60):
    rng = np.random.default_rng(seed)
    matrix = np.column_stack([np.ones(n), rng.normal(size=(n, 3))])
    return matrix, matrix @ rng.normal(size=4) + rng.normal(size=n), rng


def classical(matrix, outcome, place):
    fit = solve_least_squares(matrix, outcome)
    return fit.coefficients[place], np.sqrt(fit.sigma2 * fit.bread[place, place]), fit.df_resid


@given(st.integers(0, 10_000), st.floats(0, 0.9), st.floats(0, 0.95))
def test_a_confounder_of_stated_strength_leaves_the_stated_estimate_and_error(seed, with_focal, with_outcome):
    matrix, outcome, rng = sample(seed)
    estimate, std_error, df = classical(matrix, outcome, 1)
    added = add_confounder(matrix, outcome, 1, with_focal, with_outcome, rng)
    refitted = classical(np.column_stack([matrix, added]), outcome, 1)
    found = confounded_estimate(estimate, std_error, df, with_focal, with_outcome)
    assert found.estimate == pytest.approx(refitted[0], abs=1e-8)
    assert found.std_error == pytest.approx(refitted[1], rel=1e-8)
    assert found.statistic == pytest.approx(refitted[0] / refitted[1], rel=1e-6, abs=1e-6)


@given(st.floats(0.1, 60), st.integers(5, 2000), st.floats(0.1, 1.0))
def test_confounders_at_the_robustness_value_leave_just_what_was_asked(statistic, df, share):
    value = robustness_value(statistic, df, share)
    found = confounded_estimate(statistic, 1.0, df, value, value)
    assert found.estimate == pytest.approx((1 - share) * statistic, abs=1e-7 * statistic)


@given(st.floats(2.5, 60), st.integers(5, 2000), st.floats(0.01, 0.1))
def test_no_equal_confounders_below_the_value_at_a_level_make_the_test_accept(statistic, df, level):
    from scipy.stats import t  # noqa: PLC0415

    value, critical = robustness_value(statistic, df, level=level), t.isf(level / 2, df - 1)
    if value == 0:
        assert statistic / np.sqrt(df) <= critical / np.sqrt(df - 1)
        return
    strengths = np.linspace(0, 1, 21)
    least = [
        confounded_estimate(statistic, 1.0, df, d, y).statistic
        for d in value * strengths * (1 - 1e-9)
        for y in (value * (1 - 1e-9) * strengths if d > 0 else [0.0])
    ]
    at_value = [confounded_estimate(statistic, 1.0, df, value, y).statistic for y in value * np.linspace(0, 1, 1001)]
    assert min(least) >= critical * (1 - 1e-6)
    assert min(at_value) <= critical * (1 + 0.005)


def test_a_benchmark_bound_of_one_is_a_confounder_like_the_benchmark():
    matrix, outcome, _ = sample(4)
    strength = benchmark(matrix, outcome, 1, [2])
    others = np.delete(matrix, [1, 2], axis=1)
    d, y = left_over(others, matrix[:, 1]), left_over(np.delete(matrix, 2, axis=1), outcome)
    b, d_full = left_over(others, matrix[:, 2]), left_over(np.delete(matrix, 2, axis=1), matrix[:, 2])
    assert strength.with_focal == pytest.approx(np.corrcoef(d, b)[0, 1] ** 2, rel=1e-9)
    assert strength.with_outcome == pytest.approx(np.corrcoef(y, d_full)[0, 1] ** 2, rel=1e-9)


# Cinelli and Hazlett (2020), section 5 (sensemakr, ovb_bounds(kd = 1:3), Darfur model, benchmark female), three digits;
# the partial R2 of female, 0.00908 and 0.109, are what the first row of bounds implies
@pytest.mark.parametrize(
    ("times", "with_focal", "with_outcome"), [(1, 0.0092, 0.125), (2, 0.0183, 0.249), (3, 0.0275, 0.374)]
)
def test_bounds_equal_the_published_ones(times, with_focal, with_outcome):
    found = benchmark_bound(Benchmark(0.0090810, 0.10903), times)
    assert found == pytest.approx((with_focal, with_outcome), abs=6e-4)


def test_a_confounder_stronger_than_can_be_is_refused():
    with pytest.raises(ModelDataError, match=r"multiple below 1\.5"):
        benchmark_bound(Benchmark(0.4, 0.1), 2.0)


@pytest.mark.parametrize(("with_focal", "with_outcome"), [(1.0, 0.5), (-0.1, 0.5), (0.5, 1.1)])
def test_partial_r2_out_of_range_is_refused(with_focal, with_outcome):
    with pytest.raises(ValueError, match="expected 0 to below 1"):
        confounded_estimate(1.0, 0.1, 50, with_focal, with_outcome)


@pytest.mark.reference
def test_e_values_equal_the_oracle(reference):
    entry = json.loads((reference / "oracles" / "14_misc.json").read_text())["evalue"]
    found = {
        "rr_3.9": e_value(3.9, 1.8, 8.7).of_estimate,
        "rr_3.9_lo1.8": e_value(3.9, 1.8, 8.7).of_limit,
        "rr_0.8": e_value(0.8, 0.71, 0.91).of_estimate,
        "d_0.5": e_value_of_difference(0.5, 0.25).of_estimate,
        "d_0.5_se_.25_ci": e_value_of_difference(0.5, 0.25).of_limit,
    }
    assert found == pytest.approx(entry, abs=1e-12)


def test_an_interval_that_holds_no_association_needs_no_confounder():
    assert e_value(1.2, 0.9, 1.6).of_limit == 1.0
    assert e_value_of_difference(-0.5, 0.25).of_limit == e_value_of_difference(0.5, 0.25).of_limit


def test_ratios_larger_than_numbers_go_need_a_confounder_without_end():
    found = e_value_of_logarithm(5000.0, -40.0, 9000.0, is_common_odds=False)
    assert (found.of_estimate, found.of_limit) == (np.inf, 1.0)
    assert e_value_of_difference(-5000.0, 1.0).of_limit == np.inf
    own = e_value_of_logarithm(np.log(3.9), np.log(1.8), np.log(8.7), is_common_odds=False)
    assert own.of_limit == pytest.approx(e_value(3.9, 1.8, 8.7).of_limit)


@pytest.mark.parametrize("interval", [(0.0, -1.0, 2.0), (2.0, 2.5, 3.0), (2.0, 1.0, 1.5)])
def test_risk_ratios_out_of_order_are_refused(interval):
    with pytest.raises(ValueError, match="in this order"):
        e_value(*interval)


def population(true, ratio, observed=0.5, shares=(1.0, 0.7), noise=0.8):
    """Return the movement and R2 of a population in which y = true x + w1 + w2 + e and selection is proportional."""
    v1, v2 = shares
    c1, c2 = observed * v1, ratio * observed * v2
    s_x = 3.0
    s_t = s_x - c1**2 / v1
    s_y = true**2 * s_x + v1 + v2 + 2 * true * (c1 + c2) + noise
    uncontrolled = true + (c1 + c2) / s_x
    controlled = true + c2 / s_t
    left = s_y - uncontrolled**2 * s_x
    cov = np.array([[s_x, c1], [c1, v1]])
    with_y = np.array([true * s_x + c1 + c2, true * c1 + v1])
    explained = with_y @ np.linalg.solve(cov, with_y)
    moved = Movement(uncontrolled, 1 - left / s_y, controlled, explained / s_y, s_y, s_x, s_t)
    return moved, 1 - noise / s_y


@given(st.floats(-2, 2), st.floats(0.2, 2.5), st.sampled_from([-0.6, -0.3, 0.3, 0.6]))
def test_proportional_selection_gives_back_the_truth_of_a_population(true, ratio, observed):
    moved, greatest = population(true, ratio, observed)
    assert selection_ratio(moved, greatest, true) == pytest.approx(ratio, rel=1e-6)
    bias = moved.controlled - true
    selection = (moved.shift + bias) * moved.focal_variance - bias * moved.focal_left
    assert selection == pytest.approx(observed, abs=1e-9)
    found = bias_adjusted_coefficient(moved, greatest, ratio)
    assert min(abs(solution - true) for solution in found.solutions) < 1e-5


@given(st.floats(-2, 2), st.sampled_from([-0.5, 0.5]))
def test_equal_selection_has_the_truth_among_its_solutions(true, observed):
    moved, greatest = population(true, 1.0, observed)
    found = bias_adjusted_coefficient(moved, greatest)
    assert len(found.solutions) <= 2
    assert min(abs(solution - true) for solution in found.solutions) < 1e-6


def test_movement_is_that_of_the_two_regressions():
    matrix, outcome, _ = sample(9)
    found = movement(matrix[:, 1], matrix[:, 2:], outcome)
    short, long = solve_least_squares(matrix[:, :2], outcome), solve_least_squares(matrix, outcome)
    total = ((outcome - outcome.mean()) ** 2).sum()
    assert found.uncontrolled == pytest.approx(short.coefficients[1])
    assert found.controlled == pytest.approx(long.coefficients[1])
    assert found.controlled_r2 == pytest.approx(1 - long.residuals @ long.residuals / total)
    assert found.uncontrolled_r2 == pytest.approx(1 - short.residuals @ short.residuals / total)
    assert found.focal_left == pytest.approx(left_over(matrix[:, [0, 2, 3]], matrix[:, 1]) @ matrix[:, 1] / 59)
    assert found.greatest_r2(1.3) == pytest.approx(min(1.3 * found.controlled_r2, 1.0))


def test_columns_that_are_always_in_are_no_part_of_the_selection():
    matrix, outcome, _ = sample(10)
    found = movement(matrix[:, 1], matrix[:, 2:3], outcome, always=matrix[:, 3:])
    assert found.uncontrolled == pytest.approx(solve_least_squares(matrix[:, [0, 1, 3]], outcome).coefficients[1])
    assert found.controlled == pytest.approx(solve_least_squares(matrix, outcome).coefficients[1])


def test_controls_that_move_nothing_are_refused():
    still = Movement(0.5, 0.2, 0.5, 0.2, 1.0, 1.0, 1.0)
    with pytest.raises(ModelDataError, match="controls that matter"):
        selection_ratio(still, 0.5)
    with pytest.raises(ModelDataError, match="expected the greatest above it"):
        bias_adjusted_coefficient(population(1.0, 1.0)[0], 0.1)
