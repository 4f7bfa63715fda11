"""What must not change an index, and that nothing unknown reads as known."""

import itertools

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from models.screening import consistency, correlations, distance, duplicates, runs, spread

CODES = st.integers(1, 5).map(float)


@st.composite
def answers(draw, least_rows=2, most_rows=12, least_items=2, most_items=8, may_be_missing=True):
    shape = (draw(st.integers(least_rows, most_rows)), draw(st.integers(least_items, most_items)))
    element = CODES | st.just(np.nan) if may_be_missing else CODES
    return draw(arrays.arrays(float, shape, elements=element))


@given(codes=answers(), recoded=st.permutations([1.0, 2.0, 3.0, 4.0, 5.0]))
def test_runs_do_not_depend_on_what_codes_are_called(codes, recoded):
    called = np.where(np.isfinite(codes), np.array([np.nan, *recoded])[np.nan_to_num(codes).astype(int)], np.nan)
    assert np.array_equal(runs.longest_run(codes), runs.longest_run(called), equal_nan=True)
    assert np.array_equal(runs.mean_run(codes), runs.mean_run(called), equal_nan=True)
    assert np.array_equal(runs.straight_line(codes), runs.straight_line(called), equal_nan=True)


@given(codes=answers())
def test_runs_equal_counting_one_by_one(codes):
    for row, longest, average in zip(codes, runs.longest_run(codes), runs.mean_run(codes), strict=True):
        lengths = [1]
        for before, now in itertools.pairwise(row):
            lengths = [*lengths[:-1], lengths[-1] + 1] if before == now else [*lengths, 1]
        known = np.isfinite(row).any()
        assert longest == pytest.approx(max(lengths) if known else np.nan, nan_ok=True)
        assert average == pytest.approx(len(row) / len(lengths) if known else np.nan, nan_ok=True)


@given(codes=answers(), shift=st.integers(-9, 9))
def test_variability_does_not_depend_on_the_origin_of_the_scale(codes, shift):
    found = spread.response_variability(codes + shift)
    assert found == pytest.approx(spread.response_variability(codes), nan_ok=True)
    assert spread.response_variability(-codes) == pytest.approx(spread.response_variability(codes), nan_ok=True)


@given(codes=answers())
def test_variability_equals_the_deviation_of_what_is_there(codes):
    expected = [np.std(row[np.isfinite(row)], ddof=1) if np.isfinite(row).sum() > 1 else np.nan for row in codes]
    assert spread.response_variability(codes) == pytest.approx(np.array(expected), nan_ok=True, abs=1e-12)


@given(seed=st.integers(0, 10_000), share_missing=st.sampled_from([0.0, 0.1, 0.4]))
def test_distances_do_not_depend_on_units_or_origins(seed, share_missing):
    rng = np.random.default_rng(seed)
    codes = rng.normal(size=(60, 4))
    codes[rng.random(codes.shape) < share_missing] = np.nan
    changed = codes * rng.uniform(0.5, 5, 4) * rng.choice([-1, 1], 4) + rng.normal(size=4) * 3
    for index in (distance.mahalanobis, distance.observed_mahalanobis):
        before, after = index(codes), index(changed)
        assume(np.nanmin(np.linalg.eigvalsh(correlations.pairwise_covariance(codes))) > 0.05)
        assert after.squared == pytest.approx(before.squared, nan_ok=True, rel=1e-6, abs=1e-8)


@given(seed=st.integers(0, 10_000))
def test_distances_of_complete_answers_do_not_change_under_any_affine_map(seed):
    rng = np.random.default_rng(seed)
    codes, mixed = rng.normal(size=(40, 4)), rng.normal(size=(4, 4))
    assume(np.linalg.cond(mixed) < 50)
    before, after = distance.mahalanobis(codes), distance.mahalanobis(codes @ mixed + rng.normal(size=4))
    assert after.squared == pytest.approx(before.squared, rel=1e-6)
    assert before.squared.sum() == pytest.approx(39 * 4)
    assert distance.observed_mahalanobis(codes).squared == pytest.approx(before.squared)


@given(seed=st.integers(0, 10_000))
def test_both_ways_to_an_observed_distance_agree(seed):
    rng = np.random.default_rng(seed)
    codes = rng.normal(size=(50, 5))
    codes[rng.random(codes.shape) < 0.25] = np.nan
    sample = distance._deviations_and_covariance(codes)
    assume(sample is not None)
    deviations, covariance = sample
    assume(np.linalg.eigvalsh(covariance).min() > 0.05)
    inverse, _ = distance._inverse(covariance)
    downdated, _ = distance._by_downdating(deviations, inverse)
    by_pattern, df = distance._by_pattern(deviations, covariance)
    assert downdated == pytest.approx(by_pattern, rel=1e-6, abs=1e-8)
    assert df.tolist() == np.isfinite(codes).sum(axis=1).tolist()


@given(codes=answers(least_rows=3, least_items=4))
def test_an_index_of_a_response_without_answers_is_not_known(codes):
    codes[0] = np.nan
    halves = [codes[:, :2], codes[:, 2:4], codes[:, 1:3]]
    pairs = consistency.ItemPairs(np.array([1, 2, 3]), np.array([0, 1, 2]))
    for found in (
        runs.longest_run(codes),
        runs.mean_run(codes),
        runs.straight_line(codes),
        spread.response_variability(codes),
        distance.mahalanobis(codes).squared,
        distance.observed_mahalanobis(codes).squared,
        consistency.even_odd(halves).r,
        consistency.person_total(codes).r,
        consistency.within_pairs(codes, pairs).r,
        duplicates.largest_match(codes, fewest_compared=2),
    ):
        assert np.isnan(found[0])


@given(codes=answers(least_items=3))
def test_correlations_within_responses_stay_within_their_limits_and_equal_numpy(codes):
    other = codes[:, ::-1]
    found = correlations.correlate_within(codes, other)
    for row, mirrored, r in zip(codes, other, found.r, strict=True):
        both = np.isfinite(row) & np.isfinite(mirrored)
        if both.sum() < 3 or np.ptp(row[both]) == 0 or np.ptp(mirrored[both]) == 0:
            assert np.isnan(r)
        else:
            assert r == pytest.approx(np.corrcoef(row[both], mirrored[both])[0, 1])
            assert -1 <= r <= 1


@given(codes=answers(least_rows=3, may_be_missing=False), seed=st.integers(0, 99))
def test_the_order_of_responses_changes_nothing(codes, seed):
    order = np.random.default_rng(seed).permutation(len(codes))
    for index in (
        runs.longest_run,
        spread.response_variability,
        lambda each: consistency.person_total(each).r,
        lambda each: duplicates.largest_match(each, fewest_compared=2),
    ):
        assert index(codes[order]) == pytest.approx(index(codes)[order], nan_ok=True)
