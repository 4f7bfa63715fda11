"""Calibration to margins and totals of numbers: R's weights, raking and post-stratification, limits, refusals."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.weighting.calibrated import Population, calibrate_to_population
from models.weighting.calibration import Auxiliaries
from models.weighting.faults import WeightingError
from models.weighting.raking import Margin, rake
from models.weighting.trimming import times_mean
from tests.lavaan_models import oracle
from tests.models.survey_design.api_schools import margins, schools

SEEDS = st.integers(0, 2**32 - 1)
NONE = Auxiliaries((), np.empty((0, 0)), np.empty(0))
N = 80


def drawn(seed):
    """Weights, two margins, one of them crossed with the other, and a number with a total near that of the sample."""
    rng = np.random.default_rng(seed)
    first, second = np.arange(N) % 2, np.arange(N) // 2 % 3
    weights = rng.uniform(1, 3, N)
    number = rng.normal(20, 5, N) + 4 * first
    known = weights * (1 + 0.1 * first) * (1 + 0.004 * (number - 20)) * rng.uniform(0.95, 1.05, N)
    known = known * 1000 / known.sum()
    margin = Margin("a", ("x", "y"), np.bincount(first, known), first)
    other = Margin("b", ("p", "q", "r"), np.bincount(second, known), second)
    cells = first * 3 + second
    crossed = Margin("a x b", tuple("123456"), np.bincount(cells, known), cells)
    return weights, (margin, other, crossed), Auxiliaries(("size",), number[:, None], np.array([known @ number]))


@pytest.mark.reference
@pytest.mark.parametrize("distance", ["linear", "raking"])
def test_weights_are_those_of_r(reference, distance):
    told = oracle(reference, 12)
    rows, expected = schools(reference)["clus1"].rows, told["calibration"][f"calibrate_{distance}"]
    known = margins(rows, told["calibration"]["targets"])[:1]
    number = Auxiliaries(("api99",), rows[["api99"]].to_numpy(float), np.array([3914069.0]))
    within = told["tolerance"]["all" if distance == "linear" else "rake"]
    for start in (rows["pw"].to_numpy(), np.ones(len(rows))):
        found = calibrate_to_population(start, Population(known, number), distance)
        np.testing.assert_allclose(found.weights[:20], expected["first20"], rtol=within)
        ends = [found.weights.min(), found.weights.max(), found.weights.sum()]
        np.testing.assert_allclose(ends, [expected["min"], expected["max"], expected["sum"]], rtol=within)


@settings(max_examples=20)
@given(SEEDS)
def test_margins_alone_are_raked(seed):
    weights, known, _ = drawn(seed)
    for some in (known[:1], known[:2], known):
        found = calibrate_to_population(weights, Population(some, NONE))
        np.testing.assert_allclose(found.weights, rake(weights, some, tolerance=1e-12).weights, rtol=1e-7)


@settings(max_examples=20)
@given(SEEDS, st.sampled_from(["linear", "raking"]))
def test_every_margin_and_total_is_met(seed, distance):
    weights, known, number = drawn(seed)
    found = calibrate_to_population(weights, Population(known, number), distance)
    for margin in known:
        np.testing.assert_allclose(margin.totals(found.weights), margin.targets, rtol=1e-8)
    assert found.weights @ number.values[:, 0] == pytest.approx(number.totals[0], rel=1e-8)
    assert found.weights.min() > 0
    assert not found.is_trimmed.any()


def test_without_margins_the_sum_of_weights_stays():
    weights, _, number = drawn(4)
    mean = Auxiliaries(("size",), number.values, weights.sum() * np.array([20.5]))
    found = calibrate_to_population(weights, Population((), mean), "linear")
    assert found.weights.sum() == pytest.approx(weights.sum())
    x, d = np.column_stack([np.ones(N), number.values[:, 0]]), weights
    gap = np.array([0.0, 20.5 * d.sum() - d @ x[:, 1]])
    by_hand = d * (1 + x @ np.linalg.solve(x.T @ (x * d[:, None]), gap))
    np.testing.assert_allclose(found.weights, by_hand, rtol=1e-9)


def test_weights_keep_a_limit_and_the_totals_too():
    weights, known, number = drawn(5)
    plain = calibrate_to_population(weights, Population(known[:2], number))
    found = calibrate_to_population(weights, Population(known[:2], number), limit=times_mean(1.4))
    assert plain.weights.max() > 1.45 * plain.weights.mean()
    assert found.weights.max() <= 1.4 * plain.weights.mean() * (1 + 1e-9)
    assert 0 < found.is_trimmed.sum() < N
    assert found.weights @ number.values[:, 0] == pytest.approx(number.totals[0], rel=1e-8)
    for margin in known[:2]:
        np.testing.assert_allclose(margin.totals(found.weights), margin.targets, rtol=1e-8)


def changed(number, **changes):
    return Auxiliaries(number.names, changes.get("values", number.values), changes.get("totals", number.totals))


def refused():
    _, (first, second, crossed), number = drawn(6)
    far = changed(number, totals=number.totals * 3)
    other = Margin("a x b", crossed.categories, crossed.targets[::-1].copy(), crossed.codes)
    more = Margin("b", second.categories, second.targets * 2, second.codes)
    empty = Margin("b", (*second.categories, "s"), np.append(second.targets, 1.0), second.codes)
    double = first.codes * 2.0
    follows = changed(number, values=double[:, None], totals=np.array([first.targets[1] * 2]))
    high = changed(number, totals=number.totals * 1.4)
    values = number.values[:, 0]
    edge = changed(number, totals=np.array([1000 * (0.02 * values.min() + 0.98 * values.max())]))
    return {
        "beyond": (Population((first,), far), "raking", "beyond what any response has"),
        "out of reach": (Population((first, second), edge), "raking", "calibration did not meet the totals"),
        "negative": (Population((first,), high), "linear", "calibrated weights would be 0 or negative"),
        "contradict": (Population((first, second, other), number), "raking", "the margins contradict each other"),
        "sums": (Population((first, more), number), "raking", "totals of the same population"),
        "empty": (Population((first, empty), number), "raking", "'s', of which there is no response"),
        "follows": (Population((first,), follows), "linear", "the auxiliary 'size' follows from those before it"),
    }


@pytest.mark.parametrize("case", ["beyond", "out of reach", "negative", "contradict", "sums", "empty", "follows"])
def test_what_cannot_be_met_is_refused(case):
    weights, (known, distance, message) = drawn(6)[0], refused()[case]
    with pytest.raises(WeightingError, match=message):
        calibrate_to_population(weights, known, distance)


def test_a_limit_that_leaves_no_room_is_refused():
    weights, known, number = drawn(7)
    with pytest.raises(WeightingError, match=r"did not meet the totals in|leave no room"):
        calibrate_to_population(
            weights, Population(known, number), limit=lambda each: 1.001 * float(each.mean()), most_iterations=50
        )
