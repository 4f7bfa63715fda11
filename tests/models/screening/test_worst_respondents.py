"""Forty responses to twelve items, five of them the kinds on which such indices fail: truths worked out by hand."""

import itertools

import numpy as np
import pytest

from models.screening import consistency, correlations, distance, duplicates, runs, spread

STRAIGHT, ALTERNATING, TWO_MISSING, NOTHING, EIGHT_MISSING = range(5)


@pytest.fixture
def codes():
    """Row 1 straight line, row 2 alternating 1 and 5, row 3 two missing, row 4 nothing, row 5 eight missing."""
    made = np.random.default_rng(2026).integers(1, 6, (40, 12)).astype(float)
    made[STRAIGHT] = 3
    made[ALTERNATING] = np.tile([1, 5], 6)
    made[TWO_MISSING] = [4, 4, np.nan, 4, 4, 4, np.nan, 2, 2, 1, 5, 5]
    made[NOTHING] = np.nan
    made[EIGHT_MISSING] = [2, 2, 5, 5, *[np.nan] * 8]
    return made


def test_longest_run(codes):
    assert runs.longest_run(codes)[:5].tolist() == pytest.approx([12, 1, 3, np.nan, 2], nan_ok=True)


def test_mean_run(codes):
    # row 3 has runs 44 - 444 - 22 1 55, seven; row 5 has 22 55 and eight missing: 10
    expected = [12, 1, 12 / 7, np.nan, 12 / 10]
    assert runs.mean_run(codes)[:5].tolist() == pytest.approx(expected, nan_ok=True)


def test_straight_line(codes):
    assert runs.straight_line(codes)[:5].tolist() == pytest.approx([1, 0, 0, np.nan, 0], nan_ok=True)
    assert np.isnan(runs.straight_line(np.array([[3, 3, np.nan]]))).all(), "the missing answer may have differed"


def test_variability(codes):
    # row 2: six 1 and six 5, mean 3, squares 48, sqrt(48 / 11); row 5: 2 2 5 5, squares 9, sqrt(3)
    expected = [0, (48 / 11) ** 0.5, np.std([4, 4, 4, 4, 4, 2, 2, 1, 5, 5], ddof=1), np.nan, 3**0.5]
    assert spread.response_variability(codes)[:5].tolist() == pytest.approx(expected, nan_ok=True)


def test_variability_of_parts(codes):
    # row 2 in three parts of 1 5 1 5: sqrt(16 / 3); row 5 has one part with answers
    parts = spread.split_variability(codes, 3)
    assert parts[ALTERNATING].tolist() == pytest.approx([(16 / 3) ** 0.5] * 3)
    assert parts[EIGHT_MISSING].tolist() == pytest.approx([3**0.5, np.nan, np.nan], nan_ok=True)


@pytest.mark.parametrize(("n_items", "sizes"), [(12, [4, 4, 4]), (13, [5, 4, 4]), (14, [5, 4, 5]), (3, [1, 1, 1])])
def test_parts_are_cut_as_r_cuts(n_items, sizes):
    # sizes as R 4.2.2 gives them when it cuts the places of the items into three
    line = np.arange(n_items, dtype=float)[np.newaxis, :]
    cuts = np.cumsum([0, *sizes])
    expected = [np.std(line[0, a:b], ddof=1) if b - a > 1 else np.nan for a, b in itertools.pairwise(cuts)]
    assert spread.split_variability(line, 3)[0].tolist() == pytest.approx(expected, nan_ok=True)


def test_mahalanobis_over_all_items_sets_missing_deviations_to_zero(codes):
    found = distance.mahalanobis(codes)
    deviation = np.nan_to_num(codes - np.nanmean(codes, axis=0), nan=0.0)
    covariance = correlations.pairwise_covariance(codes)
    expected = np.einsum("ij,ij->i", deviation @ np.linalg.inv(covariance), deviation)
    expected[NOTHING] = np.nan
    assert found.squared.tolist() == pytest.approx(expected.tolist(), nan_ok=True)
    assert found.df[STRAIGHT] == 12
    assert found.squared[STRAIGHT] == pytest.approx(np.nanmin(found.squared)), "a midpoint line is the least outlying"


def test_observed_distance_uses_the_answered_items_alone(codes):
    found = distance.observed_mahalanobis(codes)
    covariance = correlations.pairwise_covariance(codes)
    for row, items in ((TWO_MISSING, [0, 1, 3, 4, 5, 7, 8, 9, 10, 11]), (EIGHT_MISSING, [0, 1, 2, 3])):
        own = (codes[row] - np.nanmean(codes, axis=0))[items]
        assert found.squared[row] == pytest.approx(own @ np.linalg.inv(covariance[np.ix_(items, items)]) @ own)
        assert found.df[row] == len(items)
    assert np.isnan(found.squared[NOTHING])


def test_pairwise_covariance_uses_every_pair(codes):
    found = correlations.pairwise_covariance(codes)
    both = np.isfinite(codes[:, [0, 6]]).all(axis=1)
    assert found[0, 6] == pytest.approx(np.cov(codes[both, 0], codes[both, 6])[0, 1])
    assert found[6, 6] == pytest.approx(np.nanvar(codes[:, 6], ddof=1))
    by_hand = np.corrcoef(codes[both, 0], codes[both, 6])[0, 1]
    assert correlations.pairwise_correlation(codes)[0, 6] == pytest.approx(by_hand)


def test_a_sample_under_three_responses_an_item_has_no_distance(codes):
    assert np.isnan(distance.mahalanobis(codes[:36]).squared).all(), "35 of 36 have an answer"
    assert np.isfinite(distance.mahalanobis(codes[:37]).squared[STRAIGHT])


@pytest.mark.parametrize("index", [distance.mahalanobis, distance.observed_mahalanobis])
def test_items_that_follow_from_others_count_once(codes, index):
    doubled = np.column_stack([codes, codes[:, 0], codes[:, 1] + codes[:, 2]])
    complete = np.isfinite(codes).all(axis=1)
    many = np.tile(doubled[complete], (3, 1))
    alone = np.tile(codes[complete], (3, 1))
    found, expected = index(many), index(alone)
    assert set(found.df) == {12}
    assert found.squared.tolist() == pytest.approx(expected.squared.tolist())


def test_consistency_of_the_worst_is_not_known_rather_than_good(codes):
    scales = [codes[:, start : start + 3] for start in (0, 3, 6, 9)]
    even_odd = consistency.even_odd(scales)
    person = consistency.person_total(codes)
    for row in (STRAIGHT, NOTHING):
        assert np.isnan(even_odd.r[row])
        assert np.isnan(person.r[row])
    assert np.isnan(even_odd.r[EIGHT_MISSING]), "one scale with both halves"
    assert person.n_pairs[:5].tolist() == [12, 12, 10, 0, 4]


def test_even_odd_by_hand():
    # halves (even, odd) of four scales: (2, 1) (3, 2) (4, 3) (1, 4); r = -.2, stepped up -.5, turned round .5
    scales = [np.array([[odd, even]], dtype=float) for even, odd in ((2, 1), (3, 2), (4, 3), (1, 4))]
    found = consistency.even_odd(scales)
    assert found.r[0] == pytest.approx(0.5)
    assert found.n_pairs[0] == 4
    assert np.isnan(consistency.even_odd(scales[:2]).r).all()
    turned = [np.array([[odd, -odd]], dtype=float) for odd in (1, 2, 3)]
    assert consistency.even_odd(turned).r.tolist() == [1.0], "r = -1 has no finite stepped-up value"


def test_synonyms_need_three_usable_pairs():
    base = np.random.default_rng(3).normal(size=(60, 1))
    codes = np.round(base * 2) + np.zeros((1, 3))
    codes[0] = np.nan
    codes[1, 0] = np.nan
    pairs = consistency.synonym_pairs(codes)
    assert len(pairs.first) == 3
    found = consistency.within_pairs(codes, pairs)
    assert found.n_pairs[:3].tolist() == [0, 1, 3]
    assert np.isnan(found.r).all(), "no response varies over the pairs"
    opposed = np.column_stack([codes[:, 0], -codes[:, 1]])
    assert len(consistency.antonym_pairs(opposed).first) == 1
    assert len(consistency.synonym_pairs(opposed).first) == 0


def test_order_shown_decides_the_run():
    codes = np.array([[1.0, 2.0, 1.0, 2.0]])
    positions = np.array([[1.0, 3.0, 2.0, 4.0]])
    assert runs.longest_run(codes).tolist() == [1]
    assert runs.longest_run(runs.in_order_shown(codes, positions)).tolist() == [2]
    unknown = np.full((1, 4), np.nan)
    assert runs.in_order_shown(codes, unknown).tolist() == codes.tolist()


def test_copies_are_found_and_straight_lines_are_none():
    codes = np.random.default_rng(5).integers(1, 6, (30, 25)).astype(float)
    codes[1] = codes[0]
    codes[2, :20], codes[2, 20:] = codes[0, :20], 6 - codes[0, 20:]
    codes[2, 20:][codes[2, 20:] == codes[0, 20:]] = 0
    codes[3:5] = 4
    codes[5, :6] = np.nan
    found = duplicates.largest_match(codes)
    assert found[:3].tolist() == [1.0, 1.0, 0.8]
    assert np.isnan(found[3:5]).all(), "straight lines"
    assert np.isnan(found[5]), "nineteen answers"
    assert np.nanmax(found[6:]) < 0.8


def test_among_very_many_only_identical_vectors_are_found(monkeypatch):
    monkeypatch.setattr(duplicates, "MOST_COMPARED_PAIRWISE", 5)
    codes = np.random.default_rng(6).integers(1, 6, (30, 25)).astype(float)
    codes[1] = codes[0]
    found = duplicates.largest_match(codes)
    assert found[:2].tolist() == [1.0, 1.0]
    assert np.isnan(found[2:]).all(), "not looked at, so no pass"
