"""Properties of cluster-robust inference that hold for any data, and its definition written out in full."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from models.regression.cluster_moments import cluster_moments
from models.regression.clustered import Clustered, cluster_covariance
from models.regression.heteroskedastic import Heteroskedastic, heteroskedastic_covariance
from models.regression.least_squares import LeastSquares, solve_least_squares
from models.regression.two_way import two_way_covariance
from models.regression.wald import corrected_wald_test
from models.regression.wild_bootstrap import wild_cluster_bootstrap

SEEDS = st.integers(0, 2**31)
N_COEFFICIENTS = 4


def drawn(seed: int, n_clusters: int = 9, n: int = 60, *, weighted: bool = False) -> tuple[LeastSquares, NDArray]:
    rng = np.random.default_rng(seed)
    codes = np.r_[np.arange(n_clusters), rng.integers(0, n_clusters, n - n_clusters)]
    matrix = np.column_stack([np.ones(n), rng.normal(size=(n, 2)), rng.normal(size=n_clusters)[codes]])
    outcome = matrix @ rng.normal(size=N_COEFFICIENTS) + rng.normal(size=n_clusters)[codes] + rng.normal(size=n)
    weights = rng.uniform(0.2, 5.0, n) if weighted else None
    return solve_least_squares(matrix, outcome, weights), codes


def power_of(matrix: NDArray, power: float) -> NDArray:
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * np.where(values > 1e-9, values, np.inf if power < 0 else 0.0) ** power) @ vectors.T


def written_out(fit: LeastSquares, codes: NDArray, power: float) -> tuple[NDArray, NDArray]:
    """Covariance and degrees of freedom from n x n matrices, as the definition reads."""
    free = np.eye(fit.n_obs) - fit.rows @ fit.bread @ fit.rows.T
    scores, pulls = [], []
    for code in range(codes.max() + 1):
        own = codes == code
        adjusted = power_of(free[np.ix_(own, own)], power) @ fit.rows[own] @ fit.bread
        scores.append(adjusted.T @ fit.residuals[own])
        pulls.append(free[:, own] @ adjusted)
    total = np.einsum("ga,gb->ab", np.array(scores), np.array(scores))
    pairs = np.einsum("gna,hna->agh", np.array(pulls), np.array(pulls))
    return total, np.einsum("agg->a", pairs) ** 2 / (pairs**2).sum(axis=(1, 2))


@given(seed=SEEDS, kind=st.sampled_from([("CR0", 0.0), ("CR2", -0.5), ("CR3", -1.0)]), weighted=st.booleans())
def test_the_covariance_is_its_definition(seed: int, kind: tuple[Clustered, float], weighted: bool) -> None:
    fit, codes = drawn(seed, weighted=weighted)
    found = cluster_covariance(cluster_moments(fit, codes), kind[0])
    covariance, df = written_out(fit, codes, kind[1])
    np.testing.assert_allclose(found.covariance, covariance, rtol=1e-8, atol=1e-12)
    np.testing.assert_allclose(found.satterthwaite_df(np.eye(N_COEFFICIENTS)), df, rtol=1e-7)


@given(seed=SEEDS, kind=st.sampled_from(["CR0", "CR2", "CR3"]), n_spanning=st.integers(1, 3))
def test_degrees_of_freedom_of_combinations_follow_from_what_spans_them(
    seed: int, kind: Clustered, n_spanning: int
) -> None:
    fit, codes = drawn(seed)
    found = cluster_covariance(cluster_moments(fit, codes), kind)
    rng = np.random.default_rng(seed)
    basis, weights = rng.normal(size=(n_spanning, N_COEFFICIENTS)), rng.normal(size=(7, n_spanning))
    expected = found.satterthwaite_df(weights @ basis)
    np.testing.assert_allclose(found.spanned(basis).satterthwaite_df(weights), expected, rtol=1e-7)


@given(seed=SEEDS, kinds=st.sampled_from([("CR0", "HC0"), ("CR2", "HC2"), ("CR3", "HC3")]), weighted=st.booleans())
def test_with_clusters_of_one_row_nothing_is_clustered(
    seed: int, kinds: tuple[Clustered, Heteroskedastic], weighted: bool
) -> None:
    fit, _ = drawn(seed, weighted=weighted)
    alone = cluster_covariance(cluster_moments(fit, np.arange(fit.n_obs)), kinds[0]).covariance
    np.testing.assert_allclose(alone, heteroskedastic_covariance(fit, kinds[1]), rtol=1e-9, atol=1e-13)


@given(seed=SEEDS, kind=st.sampled_from(["CR0", "CR1S", "CR2", "CR3"]))
def test_order_of_rows_and_names_of_clusters_do_not_matter(seed: int, kind: Clustered) -> None:
    fit, codes = drawn(seed)
    rng = np.random.default_rng(seed)
    order, names = rng.permutation(fit.n_obs), rng.permutation(codes.max() + 1)
    turned = solve_least_squares(fit.rows[order], (fit.rows @ fit.coefficients + fit.residuals)[order])
    first = cluster_covariance(cluster_moments(fit, codes), kind).covariance
    second = cluster_covariance(cluster_moments(turned, names[codes][order]), kind).covariance
    np.testing.assert_allclose(first, second, rtol=1e-9, atol=1e-13)


@given(seed=SEEDS)
def test_a_whole_weight_counts_a_row_so_many_times(seed: int) -> None:
    fit, _ = drawn(seed)
    outcome = fit.rows @ fit.coefficients + fit.residuals
    times = np.random.default_rng(seed).integers(1, 4, fit.n_obs)
    weighted = solve_least_squares(fit.rows, outcome, times.astype(float))
    repeated = solve_least_squares(np.repeat(fit.rows, times, axis=0), np.repeat(outcome, times))
    np.testing.assert_allclose(weighted.coefficients, repeated.coefficients, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(weighted.bread, repeated.bread, rtol=1e-9, atol=1e-14)


@given(seed=SEEDS)
def test_one_contrast_tested_alone_is_the_t_test_of_it(seed: int) -> None:
    fit, codes = drawn(seed)
    covariance = cluster_covariance(cluster_moments(fit, codes), "CR2")
    contrast = np.random.default_rng(seed).normal(size=(1, N_COEFFICIENTS))
    found = corrected_wald_test(fit.coefficients, covariance, contrast)
    t2 = (contrast @ fit.coefficients)[0] ** 2 / (contrast @ covariance.covariance @ contrast.T)[0, 0]
    assert found.statistic == pytest.approx(t2, rel=1e-9)
    assert found.df_resid == pytest.approx(covariance.satterthwaite_df(contrast)[0], rel=1e-8)


@given(seed=SEEDS)
def test_a_basis_of_the_tested_coefficients_does_not_matter(seed: int) -> None:
    fit, codes = drawn(seed)
    covariance = cluster_covariance(cluster_moments(fit, codes), "CR2")
    slopes = np.eye(N_COEFFICIENTS)[1:3]
    turn = np.random.default_rng(seed).normal(size=(2, 2)) + 3 * np.eye(2)
    first = corrected_wald_test(fit.coefficients, covariance, slopes)
    second = corrected_wald_test(fit.coefficients, covariance, turn @ slopes)
    assert (second.statistic, second.df_resid) == pytest.approx((first.statistic, first.df_resid), rel=1e-6)


def test_units_far_apart_cost_no_digits_in_a_test_of_many() -> None:
    fit, codes = drawn(5, n_clusters=30, n=300)
    rows, outcome = fit.rows, fit.rows @ fit.coefficients + fit.residuals
    units = np.array([1.0, 1e6, 1e-3, 1.0])
    contrasts = np.eye(N_COEFFICIENTS)[1:]
    tests = []
    for scale in (np.ones(N_COEFFICIENTS), units):
        other = solve_least_squares(rows * scale, outcome)
        covariance = cluster_covariance(cluster_moments(other, codes), "CR2")
        tests.append(corrected_wald_test(other.coefficients, covariance, contrasts))
    assert tests[1].df_resid == pytest.approx(tests[0].df_resid, rel=1e-10)
    assert tests[1].statistic == pytest.approx(tests[0].statistic, rel=1e-10)


def test_too_few_clusters_say_nothing_about_many_contrasts() -> None:
    fit, codes = drawn(1, n_clusters=3)
    found = corrected_wald_test(
        fit.coefficients, cluster_covariance(cluster_moments(fit, codes), "CR2"), np.eye(N_COEFFICIENTS)[1:]
    )
    assert np.isnan(found.p_value)


def test_one_cluster_is_refused() -> None:
    fit, codes = drawn(1)
    with pytest.raises(ValueError, match="at least 2"):
        cluster_covariance(cluster_moments(fit, np.zeros_like(codes)), "CR2")


@given(seed=SEEDS)
def test_the_same_clusters_twice_are_clusters_once(seed: int) -> None:
    fit, codes = drawn(seed)
    once = cluster_covariance(cluster_moments(fit, codes), "CR1S").covariance
    twice, df, _ = two_way_covariance(fit, codes, codes[::-1][::-1].copy())
    np.testing.assert_allclose(twice, once, rtol=1e-9, atol=1e-13)
    assert df == codes.max()


@given(seed=SEEDS)
def test_two_ways_are_those_of_statsmodels(seed: int) -> None:
    from statsmodels.regression.linear_model import OLS  # noqa: PLC0415

    fit, codes = drawn(seed)
    second = np.random.default_rng(seed).permutation(codes)
    found, _, is_mended = two_way_covariance(fit, codes, second)
    groups = {"groups": np.column_stack([codes, second])}
    theirs = OLS(fit.rows @ fit.coefficients + fit.residuals, fit.rows).fit(cov_type="cluster", cov_kwds=groups)
    if not is_mended:
        np.testing.assert_allclose(found, theirs.cov_params(), rtol=1e-8, atol=1e-12)
    assert np.linalg.eigvalsh(found).min() > -1e-12


@given(seed=SEEDS)
def test_the_interval_of_the_bootstrap_is_where_its_test_does_not_reject(seed: int) -> None:
    fit, codes = drawn(seed, n_clusters=8)
    moments = cluster_moments(fit, codes)
    rng = np.random.default_rng(seed)
    found = wild_cluster_bootstrap(moments, fit.coefficients, 1, rng)
    for end, side in ((found.conf_low, -1), (found.conf_high, 1)):
        beyond = wild_cluster_bootstrap(moments, fit.coefficients, 1, rng, null=end + side * 1e-6)
        within = wild_cluster_bootstrap(moments, fit.coefficients, 1, rng, null=end - side * 1e-6)
        assert beyond.p_value <= 0.05 < within.p_value


@given(seed=SEEDS, n_clusters=st.integers(5, 7), weighted=st.booleans())
def test_few_clusters_are_tested_by_every_sign_there_is(seed: int, n_clusters: int, weighted: bool) -> None:
    """Every vector of signs written out: an outcome made under the null, fitted again, its t by CR1S."""
    fit, codes = drawn(seed, n_clusters, 40, weighted=weighted)
    found = wild_cluster_bootstrap(cluster_moments(fit, codes), fit.coefficients, 1, np.random.default_rng(seed))
    outcome, others = fit.rows @ fit.coefficients + fit.residuals, np.delete(fit.rows, 1, axis=1)
    fitted = others @ np.linalg.lstsq(others, outcome)[0]
    drawn_t = []
    for signs in product((1.0, -1.0), repeat=n_clusters):
        again = solve_least_squares(fit.rows, fitted + np.array(signs)[codes] * (outcome - fitted), None)
        covariance = cluster_covariance(cluster_moments(again, codes), "CR1S").covariance
        drawn_t.append(abs(again.coefficients[1]) / np.sqrt(covariance[1, 1]))
    assert (found.is_enumerated, found.n_draws) == (True, 2**n_clusters)
    assert abs(found.statistic) == pytest.approx(drawn_t[0], rel=1e-7)
    assert found.p_value == np.mean(np.array(drawn_t) >= drawn_t[0] * (1 - 1e-9))


def test_drawn_signs_come_near_the_enumerated() -> None:
    fit, codes = drawn(3, n_clusters=13, n=80)
    moments = cluster_moments(fit, codes)
    first, second = (
        wild_cluster_bootstrap(moments, fit.coefficients, 1, np.random.default_rng(seed)) for seed in (1, 2)
    )
    assert not first.is_enumerated
    assert first.p_value == pytest.approx(second.p_value, abs=0.02)


def test_five_clusters_cannot_reject_and_their_interval_has_no_end() -> None:
    fit, codes = drawn(2, n_clusters=5)
    found = wild_cluster_bootstrap(cluster_moments(fit, codes), fit.coefficients, 1, np.random.default_rng(0))
    assert found.p_value >= 2 / 2**5
    assert (found.conf_low, found.conf_high) == (-np.inf, np.inf)
