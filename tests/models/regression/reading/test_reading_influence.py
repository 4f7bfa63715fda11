"""Influence and assumptions: R's numbers, and refits without each response and each organisation."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.regression.cluster_moments import cluster_moments
from models.regression.clustered import cluster_covariance
from models.regression.heteroskedastic import classical_covariance
from models.regression.least_squares import solve_least_squares
from models.regression.reading.assumptions import (
    breusch_pagan_test,
    durbin_watson_test,
    inflation_factors,
    normality_of,
    reset_test,
)
from models.regression.reading.influence import influence_of_clusters, influence_of_responses


@pytest.fixture(scope="module")
def rows(reference):
    return pd.read_csv(reference / "oracles/data/univbct_w1.csv")


@pytest.fixture(scope="module")
def fitted(rows):
    matrix = np.column_stack([np.ones(len(rows)), rows[["JOBSAT1", "COMMIT1", "AGE"]]])
    return solve_least_squares(matrix, rows["READY1"].to_numpy())


@pytest.fixture(scope="module")
def oracle(reference):
    # R 4.2.2, lmtest 0.9-40, car 3.1-1; oracles/08_ols_robust.json, made 2026-11-22
    return json.loads((reference / "oracles" / "08_ols_robust.json").read_text())["univbct_company"]


@pytest.mark.reference
def test_influence_of_responses_equals_r(fitted, oracle):
    found, entry = influence_of_responses(fitted), oracle["diag"]
    for values, name in [(found.cooks_distance, "cook_top5"), (found.leverage, "hat_top5")]:
        top = np.argsort(-values)[:5]
        assert list(top + 1) == entry[name]["row"]
        assert values[top] == pytest.approx(entry[name]["value"], abs=1e-12)
    assert np.abs(found.studentised).max() == pytest.approx(entry["rstudent_max"], abs=1e-10)
    assert np.abs(found.dffits).max() == pytest.approx(entry["dffits_max"], abs=1e-10)


@pytest.mark.reference
def test_assumptions_equal_r(fitted, rows, oracle):
    entry = oracle["diag"]
    constant, form = breusch_pagan_test(fitted), reset_test(fitted, rows["READY1"].to_numpy())
    assert [constant.statistic, constant.df, constant.p_value] == pytest.approx(list(entry["bp_studentized"].values()))
    assert [form.statistic, form.p_value] == pytest.approx(list(entry["reset"].values()), rel=1e-8)
    assert (form.df, form.df_resid) == (2, 445)
    assert durbin_watson_test(fitted).statistic == pytest.approx(entry["dw"], abs=1e-12)
    found = inflation_factors(classical_covariance(fitted), {"JOBSAT1": [1], "COMMIT1": [2], "AGE": [3]})
    assert found == pytest.approx(oracle["vif"], rel=1e-10)


@pytest.mark.reference
def test_other_assumptions_equal_r(fitted, rows):
    # R 4.2.2, lmtest 0.9-40, 2026-11-26: dwtest(m, exact = FALSE, alternative = "two.sided"); shapiro.test(resid(m))
    assert durbin_watson_test(fitted).p_value == pytest.approx(0.3756503773869757, abs=1e-10)
    normal = normality_of(fitted.residuals)
    assert [normal.shapiro_w, normal.shapiro_p] == pytest.approx([0.98928834170476887, 0.002220716345584116], abs=1e-8)
    # the same: mean(r^3) / mean(r^2)^1.5; mean(r^4) / mean(r^2)^2; n / 6 (s^2 + (k - 3)^2 / 4)
    moments = [normal.skewness, normal.excess_kurtosis + 3, normal.jarque_bera]
    assert moments == pytest.approx([-0.2721534189187365, 3.2166550329515493, 6.4494754581649838], rel=1e-10)
    # R 4.2.2, car 3.1-1, 2026-11-26: vif(lm(READY1 ~ JOBSAT1 + COMMIT1 + factor(EDUCATE) + AGE))
    rows = rows.dropna()
    education = (rows["EDUCATE"].to_numpy()[:, None] == np.arange(2, 7)).astype(float)
    matrix = np.column_stack([np.ones(len(rows)), rows[["JOBSAT1", "COMMIT1"]], education, rows["AGE"]])
    covariance = classical_covariance(solve_least_squares(matrix, rows["READY1"].to_numpy()))
    terms = {"JOBSAT1": [1], "COMMIT1": [2], "EDUCATE": [3, 4, 5, 6, 7], "AGE": [8]}
    expected = [1.431301230088419, 1.560556209388523, 1.215360060226078, 1.225337203937259]
    assert list(inflation_factors(covariance, terms).values()) == pytest.approx(expected, rel=1e-9)


def sample(seed, n=40, n_clusters=6):
    rng = np.random.default_rng(seed)
    matrix = np.column_stack([np.ones(n), rng.normal(size=(n, 2))])
    codes = np.r_[np.arange(n_clusters), rng.integers(0, n_clusters, n - n_clusters)]
    return matrix, matrix @ rng.normal(size=3) + rng.normal(size=n), codes, rng.uniform(0.5, 2, n)


@given(st.integers(0, 10_000), st.booleans())
def test_leaving_out_an_organisation_equals_a_refit_without_it(seed, is_weighted):
    matrix, outcome, codes, drawn = sample(seed)
    weights = drawn if is_weighted else None
    fit = solve_least_squares(matrix, outcome, weights)
    found = influence_of_clusters(cluster_moments(fit, codes), fit.coefficients)
    for code in range(6):
        kept = codes != code
        refit = solve_least_squares(matrix[kept], outcome[kept], None if weights is None else weights[kept])
        assert found.coefficients[code] == pytest.approx(refit.coefficients, rel=1e-8, abs=1e-8)
    assert found.coefficients + found.changes == pytest.approx(np.tile(fit.coefficients, (6, 1)))
    assert found.leverage.sum() == pytest.approx(3)


@given(st.integers(0, 10_000))
def test_changes_add_up_to_the_jackknife_covariance(seed):
    matrix, outcome, codes, _ = sample(seed)
    fit = solve_least_squares(matrix, outcome)
    moments = cluster_moments(fit, codes)
    changes = influence_of_clusters(moments, fit.coefficients).changes
    assert changes.T @ changes == pytest.approx(cluster_covariance(moments, "CR3").covariance, rel=1e-7, abs=1e-10)


def test_an_organisation_that_alone_decides_a_coefficient_has_no_fit_without_it():
    matrix, outcome, codes, _ = sample(1)
    matrix = np.column_stack([matrix, codes == 2]).astype(float)
    fit = solve_least_squares(matrix, outcome)
    found = influence_of_clusters(cluster_moments(fit, codes), fit.coefficients)
    assert np.isnan(found.coefficients[2]).all()
    assert np.isfinite(np.delete(found.coefficients, 2, axis=0)).all()


@given(st.integers(0, 10_000))
def test_leaving_out_a_response_equals_a_refit_without_it(seed):
    matrix, outcome, _, _ = sample(seed, n=12)
    fit = solve_least_squares(matrix, outcome)
    found = influence_of_responses(fit)
    for place in range(12):
        refit = solve_least_squares(np.delete(matrix, place, axis=0), np.delete(outcome, place))
        assert fit.coefficients - found.coefficient_changes[place] == pytest.approx(refit.coefficients, abs=1e-8)
        ahead = outcome[place] - matrix[place] @ refit.coefficients
        expected = ahead / np.sqrt(refit.sigma2 * (1 + matrix[place] @ refit.bread @ matrix[place]))
        assert found.studentised[place] == pytest.approx(expected, rel=1e-6)


def test_a_response_that_alone_decides_a_coefficient_has_no_measures():
    matrix, outcome, _, _ = sample(3)
    fit = solve_least_squares(np.column_stack([matrix, np.arange(40) == 7]).astype(float), outcome)
    assert np.isnan(influence_of_responses(fit).cooks_distance[7])


def test_many_residuals_are_tested_without_shapiro():
    found = normality_of(np.random.default_rng(1).normal(size=6000))
    assert np.isnan(found.shapiro_w)
    assert found.jarque_bera_p > 0.01


def test_the_order_of_rows_does_not_change_the_test_of_form_where_fitted_values_vary_little():
    chance, n = np.random.default_rng(0), 390
    rows = np.column_stack([np.ones(n), chance.normal(3, 0.3, n), np.arange(n) % 3 == 1, np.arange(n) % 3 == 2])
    outcome = 4000 + 5 * rows[:, 1] + chance.normal(0, 40, n)
    first = reset_test(solve_least_squares(rows, outcome), outcome)
    for _ in range(5):
        order = chance.permutation(n)
        other = reset_test(solve_least_squares(rows[order], outcome[order]), outcome[order])
        assert other.p_value == pytest.approx(first.p_value, abs=1e-9)


@pytest.mark.parametrize("n", [4, 5])
def test_so_few_rows_have_no_test_of_form(n):
    rows = np.column_stack([np.ones(n), np.arange(n) % 3, np.arange(n) ** 2])
    outcome = np.random.default_rng(1).normal(size=n)
    assert np.isnan(reset_test(solve_least_squares(rows, outcome), outcome).p_value)
