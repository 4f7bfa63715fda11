"""What chance alone would give several items: against R's draws, against one item, and what must always hold."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from instruments.faults import UsageError
from models.measurement.aggregation.chance import critical_deviation
from models.measurement.aggregation.chance_of_items import (
    Draws,
    critical_deviation_of_alike_items,
    critical_deviation_of_items,
)

EQUAL = np.full(5, 0.2)
FEW = Draws(20_000)


def alike(k, correlation):
    return np.full((k, k), correlation) + (1 - correlation) * np.eye(k)


def test_limits_of_four_items_equal_r():
    # R 4.2.2, multilevel 2.7, 2026-11-26, set.seed(1), nrep = 8000: ad.m.sim(10, 4, 5, "median")$ad.m.05 is .875;
    # with itemcors of .5 it is .85, with shares of .037 at or below .85 and .0555 at or below .875
    assert critical_deviation_of_items(10, EQUAL, "median", 4) == pytest.approx(0.875)
    assert critical_deviation_of_items(10, EQUAL, "mean", 4) == pytest.approx(0.955)
    assert critical_deviation_of_alike_items(10, EQUAL, "median", alike(4, 0.5)) == pytest.approx(0.85)


@settings(max_examples=30)
@given(st.integers(2, 12), st.integers(2, 5), st.sampled_from(["mean", "median"]), st.sampled_from([0.01, 0.05, 0.2]))
def test_one_item_has_the_limit_of_one_item(n_members, n_points, centre, alpha):
    equal = np.full(n_points, 1 / n_points)
    found = critical_deviation_of_items(n_members, equal, centre, 1, alpha)
    assert found == pytest.approx(critical_deviation(n_members, equal, centre, alpha), nan_ok=True)


def test_two_members_and_two_items_are_what_a_pencil_gives():
    # Both items alike with probability .2 x .2; one alike and one neighbouring with 2 x .2 x .32
    limits = [critical_deviation_of_items(2, EQUAL, "mean", 2, alpha) for alpha in (0.039, 0.04, 0.168)]
    assert limits == pytest.approx([np.nan, 0.0, 0.25], nan_ok=True)


def test_drawn_limits_of_unrelated_items_are_the_exact_ones():
    skewed = np.array([0.05, 0.1, 0.2, 0.3, 0.35])
    for centre in ("mean", "median"):
        exact = critical_deviation_of_items(8, skewed, centre, 3)
        drawn = critical_deviation_of_alike_items(8, skewed, centre, np.eye(3), draws=FEW)
        assert drawn == pytest.approx(exact, abs=0.02)


def test_the_more_alike_items_are_the_less_deviation_is_rare():
    limits = [
        critical_deviation_of_alike_items(10, EQUAL, "mean", alike(6, each), draws=FEW) for each in (0.0, 0.4, 0.8, 1.0)
    ]
    assert limits == sorted(limits, reverse=True)
    assert limits[-1] == pytest.approx(critical_deviation(10, EQUAL, "mean"), abs=0.021)


def test_the_same_seed_draws_the_same():
    first, second = (critical_deviation_of_alike_items(6, EQUAL, "median", alike(3, 0.3), draws=FEW) for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: critical_deviation_of_items(10, EQUAL, "mean", 0), "0 items have no deviation"),
        (lambda: critical_deviation_of_items(1, EQUAL, "mean", 2), "1 member cannot agree"),
        (lambda: critical_deviation_of_alike_items(1, EQUAL, "mean", np.eye(2)), "1 member cannot agree"),
        (lambda: critical_deviation_of_alike_items(9, EQUAL, "mean", alike(3, -0.9)), "belong to no distribution"),
        (lambda: critical_deviation_of_alike_items(9, EQUAL, "mean", 2 * np.eye(3)), "belong to no distribution"),
    ],
    ids=["no items", "one member", "one member drawn", "impossible", "variances of two"],
)
def test_what_has_no_limit_is_refused(call, words):
    with pytest.raises(UsageError, match=words):
        call()
