"""Agreement of coders: published worked examples, R, an independent implementation, and what must always hold."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.inter_rater import aggregate_raters, cohens_kappa, fleiss_kappa

from models.coding.agreement import (
    cohen_kappa,
    count_values,
    gwet_ac1,
    krippendorff_alpha,
    pabak,
    percent_agreement,
    prevalence,
)
from models.coding.resampling import alpha_interval
from tests.agreement.aggregation import AGGREGATION
from tests.agreement.comparison import far

# Krippendorff, K. (2011). Computing Krippendorff's alpha-reliability: A, two observers and two values (.095);
# B, two observers and five values (.692); C, four observers, missing values (.743). * is missing.
OBSERVERS = {
    "A": (["0100000010", "1110010000"], 0.095),
    "B": (["aabbdcccedda", "babbbccceddd"], 0.692),
    "C": (["123321412***", "1233224125*3", "*3332342251*", "12332441251*"], 0.743),
}


def rated(rows: list[str]) -> np.ndarray:
    """Coders as texts of one sign a unit → units by coders."""
    return np.array([[math.nan if sign == "*" else float(ord(sign)) for sign in row] for row in rows]).T


def of_table(table: list[list[int]]) -> np.ndarray:
    """Table of two coders → units by coders."""
    cells = [((i, j), n) for i, row in enumerate(table) for j, n in enumerate(row)]
    return np.array([cell for cell, n in cells for _ in range(n)], dtype=float)


@pytest.mark.parametrize(("rows", "expected"), OBSERVERS.values(), ids=OBSERVERS)
def test_alpha_equals_the_examples_of_krippendorff(rows, expected):
    assert round(krippendorff_alpha(count_values(rated(rows))), 3) == expected


def test_kappa_equals_the_example_of_cohen():
    # Cohen (1960), table 2b: kappa = .492
    found = cohen_kappa(of_table([[88, 14, 18], [10, 40, 10], [2, 6, 12]]))
    assert round(found.estimate, 3) == 0.492


@pytest.mark.reference
def test_kappa_and_its_interval_equal_psych(reference):
    # R 4.2.2, psych 2.2.9: cohen.kappa(cbind(a, b)); values in oracles/06_aggregation.json, made 2026-11-22
    assert far(reference, AGGREGATION, "kappa/") == []


@pytest.mark.parametrize("table", [[[88, 14, 18], [10, 40, 10], [2, 6, 12]], [[40, 9], [6, 45]], [[118, 5], [2, 0]]])
def test_kappa_and_its_standard_error_equal_statsmodels(table):
    # statsmodels 0.15: cohens_kappa(table), kappa and std_kappa, computed here
    expected = cohens_kappa(np.array(table))
    found = cohen_kappa(of_table(table))
    assert (found.estimate, found.std_error) == pytest.approx((expected.kappa, expected.std_kappa), abs=1e-12)


def test_where_a_code_is_nearly_always_there_ac1_and_pabak_stay_high_and_kappa_does_not():
    # po = 118/125, mean prevalence of the first value 243/250; by hand from the formulas:
    # kappa = (.944 - .94528) / (1 - .94528), AC1 = (.944 - .054432) / (1 - .054432), PABAK = 2 * .944 - 1
    ratings = of_table([[118, 5], [2, 0]])
    counts = count_values(ratings)
    assert percent_agreement(counts) == pytest.approx(0.944)
    assert prevalence(counts) == pytest.approx([243 / 250, 7 / 250])
    assert cohen_kappa(ratings).estimate == pytest.approx((0.944 - 0.94528) / (1 - 0.94528))
    assert gwet_ac1(counts, 2) == pytest.approx((0.944 - 0.054432) / (1 - 0.054432))
    assert pabak(0.944, 2) == pytest.approx(0.888)


def test_agreement_of_three_coders_is_the_agreement_in_fleiss_kappa():
    # statsmodels 0.15: fleiss_kappa(table, method="uniform") is (po - 1/k) / (1 - 1/k), that is PABAK
    ratings = np.random.default_rng(1).integers(0, 3, (40, 3)).astype(float)
    expected = fleiss_kappa(aggregate_raters(ratings.astype(int))[0], method="uniform")
    assert pabak(percent_agreement(count_values(ratings)), 3) == pytest.approx(expected)


def test_what_cannot_be_told_is_no_number():
    never = np.zeros((10, 2))
    assert math.isnan(krippendorff_alpha(count_values(never)))
    assert math.isnan(cohen_kappa(never).estimate)
    alone = np.array([[1.0, math.nan], [0.0, math.nan]])
    assert count_values(alone).shape == (0, 0)
    for figure in (percent_agreement, krippendorff_alpha):
        assert math.isnan(figure(count_values(alone)))
    assert math.isnan(gwet_ac1(count_values(alone), 2))
    assert math.isnan(cohen_kappa(alone).std_error)


TABLES = st.integers(2, 4).flatmap(
    lambda n: st.lists(st.lists(st.sampled_from([0.0, 1.0, 2.0, math.nan]), min_size=n, max_size=n), min_size=2)
)


@given(TABLES, st.randoms())
def test_alpha_knows_neither_names_nor_orders(rows, shuffle):
    ratings = np.array(rows)
    alpha = krippendorff_alpha(count_values(ratings))
    renamed = np.where(ratings == 0, 7.0, ratings)
    units, coders = list(range(len(ratings))), list(range(ratings.shape[1]))
    shuffle.shuffle(units)
    shuffle.shuffle(coders)
    for other in (renamed, ratings[units][:, coders], np.vstack([ratings, np.full(ratings.shape[1], math.nan)])):
        assert krippendorff_alpha(count_values(other)) == pytest.approx(alpha, nan_ok=True)
    assert math.isnan(alpha) or alpha <= 1


@given(TABLES)
def test_every_figure_of_perfect_agreement_is_one(rows):
    first = np.array(rows)[:, :1]
    copied = np.repeat(first, 3, axis=1)
    counts = count_values(copied)
    if counts.shape[1] > 1:
        figures = (percent_agreement(counts), krippendorff_alpha(counts), gwet_ac1(counts, 3))
        assert figures == pytest.approx((1, 1, 1))
        assert cohen_kappa(copied[:, :2]).estimate == pytest.approx(1)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=2, max_size=60))
def test_of_two_coders_alpha_is_scotts_pi_corrected_for_few_units(pairs):
    ratings = np.array(pairs, dtype=float)
    counts = count_values(ratings)
    if counts.shape[1] == 2:
        share = counts.sum(axis=0) / counts.sum()
        pi = 1 - (1 - percent_agreement(counts)) / (1 - float(share @ share))
        n = counts.sum()
        assert krippendorff_alpha(counts) == pytest.approx(1 - (1 - pi) * (n - 1) / n)


def test_the_interval_is_the_same_for_a_seed_and_covers_the_alpha_of_the_population():
    """Two coders with sensitivity and specificity .9, prevalence .4: the interval must cover in about 95 of 100."""
    draw = np.random.default_rng(20)

    def coded(n):
        truth = draw.random(n) < 0.4
        return np.array([np.where(draw.random(n) < 0.9, truth, ~truth) for _ in range(2)], dtype=float).T

    population = krippendorff_alpha(count_values(coded(400_000)))
    intervals = [alpha_interval(count_values(coded(150)), seed, n_draws=400) for seed in range(200)]
    covered = sum(low <= population <= high for low, high in intervals)
    assert 181 <= covered <= 199  # 190 -/+ three binomial standard deviations
    counts = count_values(coded(150))
    assert alpha_interval(counts, 5) == alpha_interval(counts, 5) != alpha_interval(counts, 6)


def test_units_of_one_answer_are_drawn_together():
    counts = count_values(np.random.default_rng(4).integers(0, 2, (60, 2)).astype(float))
    alone = alpha_interval(counts, 5, answers=np.arange(60))
    assert alone == alpha_interval(counts, 5)
    tripled, answers = np.repeat(counts, 3, axis=0), np.repeat(np.arange(60), 3)
    together = alpha_interval(tripled, 5, answers=answers)
    apart = alpha_interval(tripled, 5)
    assert together[1] - together[0] > 1.4 * (apart[1] - apart[0])  # sqrt(3) as wide


def test_a_code_that_is_hardly_ever_used_gets_no_interval():
    ratings = np.zeros((200, 2))
    ratings[0] = 1
    low, high = alpha_interval(count_values(ratings), 1)
    assert math.isnan(low)
    assert math.isnan(high)
    assert all(map(math.isnan, alpha_interval(count_values(ratings[:1]), 1)))
