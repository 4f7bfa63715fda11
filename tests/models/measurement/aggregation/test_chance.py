"""What chance alone would give: against R's draws, by hand, and what must always hold."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from instruments.faults import UsageError
from models.measurement.aggregation.chance import critical_deviation, critical_rwg, practical_deviation

EQUAL = np.full(5, 0.2)


def test_limits_of_ten_members_equal_r():
    # R 4.2.2, multilevel 2.7, 2026-11-26, set.seed(1): ad.m.sim(10, 1, 5, type = "median", nrep = 20000)$ad.m.05 is .6,
    # rwg.sim(10, 5, 20000)$rwg.95 is .527777777777778. For the mean, ad.m.sim splits ties of .76 by rounding;
    # 400,000 draws give a share of .0407 at or below .74 and .0512 at or below .76, so .74 is the limit.
    assert critical_deviation(10, EQUAL, "median") == pytest.approx(0.6)
    assert critical_rwg(10, EQUAL) == pytest.approx(0.527777777777778, abs=1e-12)
    assert critical_deviation(10, EQUAL, "mean") == pytest.approx(0.74)
    assert practical_deviation(5) == pytest.approx(5 / 6)


@pytest.mark.parametrize(
    ("n_members", "alpha", "limit"),
    [
        # two members give the same of five answers with probability .2, neighbouring ones with .32
        (2, 0.05, np.nan),
        (2, 0.2, 0.0),
        (2, 0.52, 0.5),
        # three members give the same with probability .04
        (3, 0.05, 0.0),
    ],
)
def test_limits_of_few_members_are_what_a_pencil_gives(n_members, alpha, limit):
    found = critical_deviation(n_members, EQUAL, "mean", alpha + 1e-12)
    assert found == pytest.approx(limit, abs=1e-12, nan_ok=True)
    assert np.isnan(critical_rwg(n_members, EQUAL, alpha + 1e-12)) == np.isnan(limit)


@pytest.mark.parametrize(
    ("n_members", "n_points", "words"),
    [(1, 5, "1 member cannot agree"), (400, 7, "too many ways to sum over")],
)
def test_what_cannot_be_summed_is_refused(n_members, n_points, words):
    with pytest.raises(UsageError, match=words):
        critical_deviation(n_members, np.full(n_points, 1 / n_points), "mean")


@given(st.integers(2, 12), st.integers(2, 5), st.sampled_from(["mean", "median"]))
def test_a_stricter_level_asks_for_smaller_deviations(n_members, n_points, centre):
    equal = np.full(n_points, 1 / n_points)
    strict, loose = (critical_deviation(n_members, equal, centre, alpha) for alpha in (0.01, 0.1))
    assert np.isnan(strict) or strict <= loose
