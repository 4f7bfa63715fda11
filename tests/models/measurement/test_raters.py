"""Ratings and scores asked twice: against R, by hand, where they are undefined."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.measurement.raters import RatingsError, intraclass, stability
from tests.agreement.aggregation import AGGREGATION
from tests.agreement.comparison import far


@pytest.mark.reference
def test_ratings_of_shrout_and_fleiss_give_their_coefficients(reference):
    # R 4.2.2, psych 2.2.9: ICC(lmer = FALSE); oracles/06_aggregation.json, made 2026-11-22
    assert far(reference, AGGREGATION, "shrout_fleiss/") == []


@given(st.integers(0, 10_000), st.floats(0.1, 9), st.floats(-5, 5))
def test_order_scale_and_shift_change_no_coefficient(seed, scale, shift):
    generator = np.random.default_rng(seed)
    ratings = generator.normal(size=(8, 1)) + generator.normal(size=(8, 3))
    changed = ratings[generator.permutation(8)][:, generator.permutation(3)] * scale + shift
    for first, second in zip(intraclass(ratings), intraclass(changed), strict=True):
        ours = (first.estimate, first.conf_low, first.conf_high)
        assert ours == pytest.approx((second.estimate, second.conf_low, second.conf_high), rel=1e-6, abs=1e-6)


def test_raters_who_agree_on_all_units_are_perfect():
    for each in intraclass(np.repeat([[1.0], [2.0], [4.0]], 3, axis=1)):
        assert (each.estimate, each.p_value) == (1.0, 0.0)


def test_units_that_do_not_differ_have_no_reliability_of_means():
    # By hand: BMS 0, WMS 2: ICC1 = (0 - 2) / (0 + 2) = -1
    found = {each.name: each.estimate for each in intraclass(np.array([[1.0, 3.0], [1.0, 3.0], [1.0, 3.0]]))}
    assert found["ICC1"] == pytest.approx(-1.0)
    assert np.isnan([found["ICC1k"], found["ICC3"], found["ICC3k"]]).all()


@pytest.mark.parametrize(
    ("ratings", "message"),
    [
        (np.ones((1, 3)), "1 units and 3 raters"),
        (np.ones((3, 1)), "3 units and 1 raters"),
        (np.full((3, 3), 2.0), "all ratings are the same"),
        (np.array([[1.0, 2.0], [3.0, np.nan]]), "rater 2 has not rated unit 2"),
    ],
)
def test_ratings_that_bear_no_reliability_are_refused(ratings, message):
    with pytest.raises(RatingsError, match=message):
        intraclass(ratings)


def test_scores_asked_twice_show_a_common_shift_in_agreement_only():
    first = np.array([1.0, 2.0, 3.0, 4.0, 5.0, np.nan])
    found = stability(first, first + 2)
    assert (found.correlation, found.n_obs) == (pytest.approx(1.0), 5)
    # By hand: BMS 5, JMS 10, EMS 0; (5 - 0) / (5 + 0 + 2 (10 - 0) / 5) = 5 / 9
    assert found.agreement == pytest.approx(5 / 9)


@pytest.mark.parametrize("second", [np.full(6, 3.0), np.array([1.0, 2.0, 3.0, np.nan, np.nan, np.nan])])
def test_stability_is_nan_without_variation_or_with_three_people(second):
    found = stability(np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]), second)
    assert np.isnan([found.correlation, found.conf_low, found.agreement]).all()


def test_the_interval_of_stability_equals_r():
    # R 4.2.2, 2026-11-26: cor.test(c(1, 2, 3, 4, 5, 6), c(2, 1, 4, 3, 6, 5))
    found = stability(np.arange(1.0, 7.0), np.array([2.0, 1.0, 4.0, 3.0, 6.0, 5.0]))
    assert found.correlation == pytest.approx(0.8285714, abs=1e-7)
    assert (found.conf_low, found.conf_high) == pytest.approx((0.051929319, 0.980684599), abs=1e-8)
