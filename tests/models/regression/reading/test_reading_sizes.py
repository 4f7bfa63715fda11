"""Standardised effects, equivalence and multiplicity: R's numbers, hand-checked cases, properties, refusals."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.regression.least_squares import solve_least_squares
from models.regression.reading.equivalence import equivalence_of_means, equivalence_test
from models.regression.reading.multiplicity import ADJUSTED, adjust_p_values, adjust_within_families
from models.regression.reading.standardised import (
    cohens_f2,
    partial_r2,
    standardised_coefficients,
    standardised_difference,
)

TERMS = ["JOBSAT1", "COMMIT1", "AGE"]
ESTIMATE_OF_TSIG, ERROR_OF_TSIG = -0.20322215972828775, 0.02393684809483646


@pytest.fixture(scope="module")
def oracle(reference):
    # R 4.2.2, pwr 1.3-0, effectsize 0.8.3; oracles/14_misc.json and 08_ols_robust.json, made 2026-11-22
    names = ("14_misc", "08_ols_robust")
    return {name: json.loads((reference / "oracles" / f"{name}.json").read_text()) for name in names}


@pytest.fixture(scope="module")
def readiness(reference):
    rows = pd.read_csv(reference / "oracles/data/univbct.csv").query("TIME == 0")
    return [rows.loc[name == rows.COMPANY, "READY1"].dropna().to_numpy() for name in "AB"]


@pytest.mark.reference
@pytest.mark.parametrize("method", sorted(ADJUSTED))
def test_adjusted_p_values_equal_r(oracle, method):
    entry = oracle["14_misc"]["p_adjust"]
    assert adjust_p_values(np.array(entry["p"]), method) == pytest.approx(entry[method], abs=1e-13)


@pytest.mark.reference
def test_standardised_coefficients_and_explained_shares_equal_r(oracle, reference):
    entry = oracle["08_ols_robust"]["univbct_company"]
    rows = pd.read_csv(reference / "oracles/data/univbct_w1.csv")
    matrix = np.column_stack([np.ones(len(rows)), rows[TERMS]])
    outcome = rows["READY1"].to_numpy()
    fit = solve_least_squares(matrix, outcome)
    statistics = fit.coefficients / np.sqrt(fit.sigma2 * np.diag(fit.bread))
    found = {
        "std_coef": standardised_coefficients(matrix, outcome, fit.coefficients),
        "partial_r2": partial_r2(statistics, fit.df_resid),
        "cohen_f2": cohens_f2(statistics, fit.df_resid),
    }
    for name, values in found.items():
        assert values[1:] == pytest.approx([entry[name][term] for term in TERMS], abs=1e-12)
    assert np.isnan(found["std_coef"][0])


@pytest.mark.reference
def test_equivalence_of_means_equals_r(oracle, readiness):
    entry = oracle["14_misc"]["tost"]["companyAvB_raw_.5"]
    found = equivalence_of_means(*readiness, smallest=0.5)
    assert found.estimate == pytest.approx(entry["diff"], abs=1e-12)
    assert found.df == pytest.approx(entry["df"], abs=1e-10)
    assert [found.p_lower, found.p_upper, found.p_value] == pytest.approx(
        [entry["p_lower"], entry["p_upper"], entry["p"]], rel=1e-10
    )
    assert [found.conf_low, found.conf_high] == pytest.approx(entry["ci90"], abs=1e-12)
    assert found.reading == "equivalent"


@pytest.mark.reference
def test_equivalence_of_a_coefficient_equals_r(oracle):
    # R 4.2.2, multilevel 2.7: coef(summary(lm(HOSTILE ~ LEAD + TSIG, lq2002)))["TSIG", 1:2], 2039 df, 2026-11-26
    entry = oracle["14_misc"]["tost"]["coef_TSIG_bound_.1"]
    found = equivalence_test(ESTIMATE_OF_TSIG, ERROR_OF_TSIG, 2039, smallest=0.1)
    assert [found.p_lower, found.p_upper] == pytest.approx([entry["lower"], entry["upper"]], rel=1e-8)
    assert found.reading == "relevant"


@pytest.mark.reference
def test_standardised_difference_equals_r(oracle, readiness):
    entry = oracle["14_misc"]["cohens_d"]
    found = standardised_difference(*readiness)
    assert [found.d, found.g] == pytest.approx([entry["d"], entry["g"]], abs=1e-12)
    # effectsize finds the ends with optim(), within 5e-7 here; ours solve P(T <= t) exactly
    ends = [found.d_low, found.d_high, found.g_low, found.g_high]
    assert ends == pytest.approx(entry["ci"] + entry["g_ci"], abs=1e-6)


def test_ends_of_the_interval_put_the_observed_t_at_the_tails():
    from scipy.stats import nct  # noqa: PLC0415

    first, second = np.array([3.0, 4.0, 4.5, 5.0, 2.0]), np.array([1.0, 2.0, 2.5, 4.0, 3.0, 1.5])
    found = standardised_difference(first, second, confidence_level=0.9)
    unit = np.sqrt(1 / 5 + 1 / 6)
    tails = [nct.cdf(found.d / unit, found.df, end / unit) for end in (found.d_low, found.d_high)]
    assert tails == pytest.approx([0.95, 0.05], abs=1e-12)
    assert found.g < found.d


@pytest.mark.parametrize(
    ("estimate", "std_error", "reading"),
    [
        (0.0, 0.02, "equivalent"),
        (0.05, 0.02, "equivalent"),
        (0.3, 0.05, "relevant"),
        (-0.3, 0.05, "relevant"),
        (0.05, 0.2, "undecided"),
        (0.12, 0.05, "undecided"),
        (0.0, 0.2, "undecided"),
    ],
)
def test_an_effect_reads_as_equivalent_relevant_or_undecided(estimate, std_error, reading):
    assert equivalence_test(estimate, std_error, 100.0, smallest=0.1).reading == reading


@given(st.floats(-3, 3), st.floats(0.01, 2), st.floats(2, 500), st.floats(0.01, 2), st.floats(0.01, 0.2))
def test_equivalence_and_its_interval_say_the_same(estimate, std_error, df, smallest, level):
    found = equivalence_test(estimate, std_error, df, smallest, level)
    turned = equivalence_test(-estimate, std_error, df, smallest, level)
    assert turned.p_value == pytest.approx(found.p_value, rel=1e-9)
    is_inside = -smallest < found.conf_low and found.conf_high < smallest
    if abs(found.p_value - level) > 1e-9:
        assert is_inside == (found.reading == "equivalent")


@pytest.mark.parametrize(("smallest", "std_error"), [(0.0, 1.0), (-1.0, 1.0), (1.0, 0.0)])
def test_equivalence_needs_a_smallest_effect_and_a_spread(smallest, std_error):
    with pytest.raises(ValueError, match="expected both positive"):
        equivalence_test(0.1, std_error, 10, smallest)


P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=12).map(np.array)


@given(P_VALUES, st.sampled_from(sorted(ADJUSTED)), st.randoms(use_true_random=False))
def test_adjustment_keeps_order_and_never_lowers(values, method, random):
    adjusted = adjust_p_values(values, method)
    assert (adjusted >= values - 1e-15).all()
    assert (adjusted <= 1).all()
    assert (np.diff(adjusted[np.argsort(values, kind="stable")]) >= -1e-15).all()
    order = list(range(len(values)))
    random.shuffle(order)
    assert adjust_p_values(values[order], method) == pytest.approx(adjusted[order], abs=1e-15)


@given(P_VALUES)
def test_methods_are_ordered_as_theory_says(values):
    by = {method: adjust_p_values(values, method) + 1e-12 for method in ADJUSTED}
    for gentler, stricter in [("BH", "hommel"), ("hommel", "hochberg"), ("hochberg", "holm"), ("holm", "bonferroni")]:
        assert (by[gentler] <= by[stricter] + 1e-12).all()
    assert (by["BH"] <= by["BY"] + 1e-12).all()


@given(P_VALUES, st.sampled_from(sorted(ADJUSTED)))
def test_adjustment_equals_statsmodels(values, method):
    from statsmodels.stats.multitest import multipletests  # noqa: PLC0415

    names = {"hochberg": "simes-hochberg", "BH": "fdr_bh", "BY": "fdr_by"}
    expected = multipletests(values, method=names.get(method, method))[1]
    assert adjust_p_values(values, method) == pytest.approx(expected, abs=1e-12)


def test_families_are_adjusted_apart_and_missing_p_values_belong_to_none():
    found = adjust_within_families(np.array([0.01, 0.02, 0.03, np.nan]), ["a", "b", "a", "a"], "holm")
    assert found == pytest.approx([0.02, 0.02, 0.03, np.nan], nan_ok=True)


def test_a_p_value_outside_its_range_is_refused():
    with pytest.raises(ValueError, match="outside 0 to 1"):
        adjust_p_values(np.array([0.2, 1.2]), "holm")


@given(st.integers(0, 10_000))
def test_partial_r2_of_several_is_what_they_add_to_what_was_left(seed):
    rng = np.random.default_rng(seed)
    matrix = np.column_stack([np.ones(30), rng.normal(size=(30, 4))])
    outcome = rng.normal(size=30)
    full, part = solve_least_squares(matrix, outcome), solve_least_squares(matrix[:, :3], outcome)
    left = [float(fit.residuals @ fit.residuals) for fit in (full, part)]
    f = np.array([(left[1] - left[0]) / 2 / (left[0] / 25)])
    share = partial_r2(f, 25, n_tested=2)
    assert share == pytest.approx([1 - left[0] / left[1]], rel=1e-9)
    assert cohens_f2(f, 25, n_tested=2) == pytest.approx(share / (1 - share), rel=1e-9)


def test_weights_count_rows_in_standardised_coefficients():
    rng = np.random.default_rng(5)
    matrix, outcome = np.column_stack([np.ones(6), rng.normal(size=(6, 2))]), rng.normal(size=6)
    weights, coefficients = np.array([1, 2, 1, 3, 1, 2]), np.array([0.3, 1.0, -2.0])
    times = np.repeat(np.arange(6), weights)
    found = standardised_coefficients(matrix, outcome, coefficients, weights.astype(float))
    expected = standardised_coefficients(matrix[times], outcome[times], coefficients)
    assert found == pytest.approx(expected, nan_ok=True)
