"""Calibration: totals met, raking and post-stratification as special cases, and errors of what was calibrated to."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.survey_design.design import build_survey_design
from models.survey_design.estimated import linearised_estimate
from models.survey_design.means import Totals, means
from models.survey_design.replicates import jackknife, replicated_estimate
from models.survey_design.stages import Stage
from models.weighting.calibration import Auxiliaries, calibrate, margin_columns
from models.weighting.faults import WeightingError
from models.weighting.raking import Margin, rake
from models.weighting.trimming import trim_weights

SEEDS = st.integers(0, 2**32 - 1)
N = 60


def drawn(seed):
    """Two margins of every combination, weights, and totals of the population near those of the sample."""
    rng = np.random.default_rng(seed)
    codes = np.column_stack([np.arange(N) % 2, np.arange(N) // 2 % 3])
    weights = rng.uniform(1, 3, N)
    shares = rng.uniform(0.7, 1.3, 2), rng.uniform(0.7, 1.3, 3)
    margins = [
        Margin(name, tuple(map(str, range(size))), 1000 * share / share.sum(), codes[:, place])
        for place, (name, size, share) in enumerate(zip("ab", (2, 3), shares, strict=True))
    ]
    return rng, weights, margins


def of_margins(margins):
    """The first margin whole and the second without its first category: no column follows from others."""
    columns = margin_columns(margins)
    kept = [place for place in range(columns.shape[1]) if place != 2]
    totals = np.concatenate([margin.targets for margin in margins])
    return Auxiliaries(tuple(map(str, kept)), columns[:, kept], totals[kept])


@given(SEEDS)
def test_raking_to_columns_of_margins_is_raking(seed):
    _, weights, margins = drawn(seed)
    np.testing.assert_allclose(
        calibrate(weights, of_margins(margins), "raking").weights, rake(weights, margins).weights, rtol=1e-7
    )


@pytest.mark.parametrize("distance", ["linear", "raking"])
@given(seed=SEEDS)
def test_either_distance_to_one_margin_is_post_stratification(distance, seed):
    _, weights, margins = drawn(seed)
    auxiliaries = Auxiliaries(("0", "1"), margin_columns(margins[:1]), margins[0].targets)
    np.testing.assert_allclose(
        calibrate(weights, auxiliaries, distance).weights, rake(weights, margins[:1]).weights, rtol=1e-9
    )


@pytest.mark.parametrize("distance", ["linear", "raking"])
@given(seed=SEEDS)
def test_totals_are_met_and_nothing_changes_when_they_are_met_already(distance, seed):
    rng, weights, _ = drawn(seed)
    values = np.column_stack([np.ones(N), rng.normal(50, 10, N)])
    totals = weights @ values * np.array([1.05, 1.07])
    found = calibrate(weights, Auxiliaries(("size", "x"), values, totals), distance)
    np.testing.assert_allclose(found.weights @ values, totals, rtol=1e-9)
    again = calibrate(found.weights, Auxiliaries(("size", "x"), values, totals), distance)
    np.testing.assert_allclose(again.factors, 1, rtol=1e-8)


@given(SEEDS)
def test_a_total_that_weights_are_calibrated_to_has_no_error(seed):
    rng, weights, margins = drawn(seed)
    design = build_survey_design(weights, [Stage(np.arange(N) // 3)])
    calibrated = design.calibrated(rake(weights, margins).weights, margin_columns(margins))
    found = linearised_estimate(calibrated, Totals(("0", "1", "2", "3", "4"), margin_columns(margins)))
    np.testing.assert_allclose(found.estimates, np.concatenate([each.targets for each in margins]), rtol=1e-7)
    assert found.std_errors.max() < 1e-7
    free = linearised_estimate(calibrated, Totals(("y",), rng.normal(size=(N, 1))))
    assert free.std_errors[0] > 1


def test_post_stratification_by_hand():
    outcome, cells = np.array([1.0, 3, 2, 8, 5, 6]), np.array([0, 0, 0, 1, 1, 1])
    margin = Margin("cell", ("a", "b"), np.array([30.0, 60.0]), cells)
    design = build_survey_design(np.ones(6), [Stage()])
    calibrated = design.calibrated(rake(np.ones(6), [margin]).weights, margin_columns([margin]))
    found = linearised_estimate(calibrated, means(("y",), outcome[:, None]))
    assert found.estimates[0] == pytest.approx((30 * 2 + 60 * 19 / 3) / 90)
    residuals = np.where(cells == 0, 10, 20) * (outcome - np.where(cells == 0, 2, 19 / 3)) / 90
    assert found.covariance[0, 0] == pytest.approx(6 / 5 * (residuals**2).sum())


def test_the_jackknife_of_calibrated_replicates_is_near_their_linearisation():
    rng, weights, margins = drawn(11)
    outcome = (3.0 * margins[0].codes + rng.normal(size=N))[:, None]
    design = build_survey_design(weights, [Stage()])
    weighted = design.calibrated(rake(weights, margins).weights, margin_columns(margins))
    linear = linearised_estimate(weighted, means(("y",), outcome))
    replicates = jackknife(design).recalibrated(lambda each: rake(each, margins).weights)
    found = replicated_estimate(replicates, means(("y",), outcome))
    assert found.estimates[0] == pytest.approx(linear.estimates[0], rel=1e-7)
    assert found.std_errors[0] == pytest.approx(linear.std_errors[0], rel=0.1)
    uncalibrated = linearised_estimate(design, means(("y",), outcome)).std_errors[0]
    assert linear.std_errors[0] < 0.8 * uncalibrated


def test_trimmed_weights_keep_what_calibration_explains():
    rng, weights, margins = drawn(12)
    raked = rake(weights, margins).weights
    design = build_survey_design(weights, [Stage()]).calibrated(raked, margin_columns(margins))
    trimmed = trim_weights(raked, upper=float(np.quantile(raked, 0.9))).weights
    outcome = margins[0].codes[:, None] + rng.normal(size=(N, 1))
    before, after = (linearised_estimate(each, means(("y",), outcome)) for each in (design, design.reweighted(trimmed)))
    assert after.std_errors[0] == pytest.approx(before.std_errors[0], rel=0.15)


COLUMN = np.arange(1.0, 7.0)
REFUSED = {
    "missing": ((("x",), np.where(COLUMN > 5, np.nan, COLUMN)[:, None], [9.0]), "linear", "'x' is missing"),
    "nought": ((("x",), np.zeros((6, 1)), [9.0]), "linear", "'x' is 0 in every response"),
    "follows": ((("x", "y"), np.column_stack([COLUMN, 2 * COLUMN]), [9.0, 18.0]), "linear", "'y' follows"),
    "negative": (
        (("1", "x"), np.column_stack([np.ones(6), COLUMN]), [6.0, 34.0]),
        "linear",
        "calibrated weights would be 0 or negative",
    ),
    "out of reach": (
        (("1", "x"), np.column_stack([np.ones(6), COLUMN]), [6.0, 40.0]),
        "raking",
        "calibration did not meet the totals",
    ),
}


@pytest.mark.parametrize(("auxiliaries", "distance", "message"), REFUSED.values(), ids=REFUSED)
def test_auxiliaries_that_cannot_be_met_are_refused(auxiliaries, distance, message):
    names, values, totals = auxiliaries
    with pytest.raises(WeightingError, match=message):
        calibrate(np.ones(6), Auxiliaries(names, values, np.array(totals)), distance)
