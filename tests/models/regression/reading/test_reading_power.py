"""Power: R's numbers, and simulation against the formula and against rows drawn one by one."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from models.regression.cluster_moments import cluster_moments, grouped_sums
from models.regression.clustered import cluster_covariance
from models.regression.least_squares import solve_least_squares
from models.regression.reading.noncentral import noncentral_t_below
from models.regression.reading.power import (
    least_for,
    minimum_detectable_effect,
    power_of_anova,
    power_of_clustered_means,
    power_of_coefficient,
    power_of_correlation,
    power_of_f2,
    power_of_t,
    power_of_two_means,
)
from models.regression.reading.simulated_power import (
    DrawnDesign,
    ErrorVariances,
    _drawn,
    _roots,
    _weights,
    error_variances,
    simulate_power,
)


@pytest.fixture(scope="module")
def oracle(reference):
    # R 4.2.2, pwr 1.3-0; oracles/14_misc.json, made 2026-11-22
    return json.loads((reference / "oracles" / "14_misc.json").read_text())["power"]


@pytest.mark.reference
def test_power_equals_r(oracle):
    assert power_of_two_means(0.5, 64, 64) == pytest.approx(oracle["t2_d.5_n64"], abs=1e-10)
    assert power_of_f2(0.15, 3, 76) == pytest.approx(oracle["f2_.15_u3_v76"], abs=1e-8)
    entry = oracle["cluster"]
    found = power_of_clustered_means(entry["d"], entry["J"], entry["n"], entry["icc"])
    assert found == pytest.approx(entry["power"], abs=1e-8)


@pytest.mark.reference
@pytest.mark.parametrize(
    ("name", "power_of", "start"),
    [
        ("t2_d.5_p80", lambda n: power_of_two_means(0.5, n, n), 2.0),
        ("r.3_p80", lambda n: power_of_correlation(0.3, n), 4.0),
        ("f2_min_u5_v100_p80", lambda effect: power_of_f2(effect, 5, 100), 0.0),
        ("anova_k4_f.25_p80", lambda n: power_of_anova(0.25, 4, n), 2.0),
    ],
)
def test_sizes_that_reach_a_power_equal_r(oracle, name, power_of, start):
    assert power_of(least_for(power_of, 0.8, start)) == pytest.approx(0.8, abs=1e-12)
    # R's uniroot() asks for 1.2e-4 and ends within 1e-5 here
    assert least_for(power_of, 0.8, start) == pytest.approx(oracle[name], abs=1e-5)


@given(st.floats(0.01, 5), st.floats(2, 500), st.floats(0.2, 0.97))
@settings(max_examples=20)
def test_the_minimum_detectable_effect_has_the_power_asked_for(std_error, df, power):
    effect = minimum_detectable_effect(std_error, df, power)
    assert power_of_coefficient(effect, std_error, df) == pytest.approx(power, abs=1e-9)
    assert power_of_coefficient(-effect, std_error, df) == pytest.approx(power, abs=1e-9)


@given(st.floats(1, 5000), st.floats(0, 60), st.sampled_from([0.01, 0.05, 0.1]))
@example(2.0, 8.5, 0.05)  # where the lower tail of SciPy's noncentral t is not a number
@example(2.0, 12.0, 0.05)
def test_power_is_a_number_between_the_level_and_one(df, noncentrality, level):
    assert level - 1e-9 <= power_of_t(noncentrality, df, level) <= 1
    assert power_of_t(-noncentrality, df, level) == pytest.approx(power_of_t(noncentrality, df, level), abs=1e-12)


@given(st.floats(-90, 90), st.floats(1, 8000), st.floats(-60, 60))
@example(4.3, 1000.0, -4.0)
@example(-5.0, 5000.0, 3.25)
def test_the_noncentral_t_is_a_share_and_falls_with_its_centre(value, df, noncentrality):
    below = noncentral_t_below(value, df, noncentrality)
    assert 0 <= below <= 1
    assert noncentral_t_below(value, df, noncentrality + 1) <= below + 1e-9


def test_without_an_effect_power_is_the_level():
    assert power_of_t(0.0, 7.3, 0.1) == pytest.approx(0.1)
    assert power_of_t(0.0, np.inf, 0.05) == pytest.approx(0.05)
    assert minimum_detectable_effect(1.0, np.inf) == pytest.approx(2.8015, abs=1e-4)


@pytest.mark.parametrize(("power", "effect"), [(1.0, 0.5), (0.0, 0.5), (0.03, 0.5), (0.8, 0.0)])
def test_a_power_that_cannot_be_reached_is_refused(power, effect):
    with pytest.raises(ValueError, match="expected"):
        least_for(lambda n: power_of_two_means(effect, n, n), power, 2.0)


def clustered(sizes=(8, 12, 5, 9, 7, 11, 6, 14, 10, 8, 9, 13), seed=3):
    rng = np.random.default_rng(seed)
    codes = np.repeat(np.arange(len(sizes)), sizes)
    matrix = np.column_stack([np.ones(len(codes)), rng.normal(size=len(sizes))[codes], rng.normal(size=len(codes))])
    return matrix, codes, rng


def design_of(matrix, codes, variances):
    fit = solve_least_squares(matrix, np.zeros(len(matrix)))
    return DrawnDesign(cluster_moments(fit, codes), grouped_sums(matrix, codes), variances)


def test_the_drawn_variances_are_those_of_cr2():
    matrix, codes, rng = clustered()
    design = design_of(matrix, codes, ErrorVariances(0.3, 1.0))
    outcome = rng.normal(size=len(codes))
    moments = cluster_moments(solve_least_squares(matrix, outcome), codes)
    for place in range(3):
        own = ((moments.scores * _weights(design.moments, place)).sum(axis=1) ** 2).sum()
        assert own == pytest.approx(cluster_covariance(moments, "CR2").covariance[place, place], rel=1e-10)


def test_drawn_cross_products_have_the_spread_of_rows():
    matrix, codes, rng = clustered()
    design = design_of(matrix, codes, ErrorVariances(0.3, 1.0))
    drawn = _drawn(design, _roots(design.moments.products), rng, 20_000)[:, 4]
    own = matrix[codes == 4]
    expected = own.T @ (np.eye(len(own)) + 0.3) @ own
    assert np.abs(drawn.T @ drawn / 20_000 - expected).max() < 5 * np.abs(expected).max() * np.sqrt(2 / 20_000)


def test_simulated_power_is_that_of_studies_drawn_row_by_row():
    from scipy.stats import t  # noqa: PLC0415

    matrix, codes, rng = clustered()
    design = design_of(matrix, codes, ErrorVariances(0.2, 1.0))
    found = simulate_power(design, 1, 0.4, rng, n_draws=4_000)
    n_rejected = 0
    for _ in range(600):
        errors = rng.normal(size=len(codes)) + np.sqrt(0.2) * rng.normal(size=12)[codes]
        fit = solve_least_squares(matrix, 0.4 * matrix[:, 1] + errors)
        covariance = cluster_covariance(cluster_moments(fit, codes), "CR2").covariance
        n_rejected += 2 * t.sf(abs(fit.coefficients[1]) / np.sqrt(covariance[1, 1]), found.df) < 0.05
    error = np.sqrt(0.25 / 600 + 0.25 / 4_000)
    assert found.power == pytest.approx(n_rejected / 600, abs=4 * error)
    assert found.mean_estimate == pytest.approx(0.4, abs=0.02)


def test_without_an_effect_the_test_rejects_as_often_as_it_says():
    matrix, codes, rng = clustered()
    found = simulate_power(design_of(matrix, codes, ErrorVariances(0.0, 1.0)), 2, 0.0, rng, n_draws=8_000)
    assert found.power == pytest.approx(0.05, abs=4 * found.std_error)


def test_the_same_seed_gives_the_same_power():
    matrix, codes, _ = clustered()
    design = design_of(matrix, codes, ErrorVariances(0.2, 1.0))
    runs = [simulate_power(design, 1, 0.3, np.random.default_rng(9), n_draws=300) for _ in range(2)]
    assert runs[0] == runs[1]


def test_balanced_error_variances_are_those_of_the_analysis_of_variance():
    rng = np.random.default_rng(2)
    codes = np.repeat(np.arange(9), 6)
    outcome = rng.normal(size=9)[codes] + rng.normal(size=54)
    found = error_variances(solve_least_squares(np.ones((54, 1)), outcome), codes)
    table = outcome.reshape(9, 6)
    within = ((table - table.mean(axis=1, keepdims=True)) ** 2).sum() / 45
    between = 6 * table.mean(axis=1).var(ddof=1)
    assert found.residual == pytest.approx(within)
    assert found.cluster == pytest.approx((between - within) / 6)
    assert found.intraclass == pytest.approx(found.cluster / (found.cluster + within))


def test_error_variances_are_right_on_average_in_unequal_clusters():
    matrix, codes, rng = clustered()
    drawn = []
    for _ in range(1500):
        outcome = rng.normal(size=len(codes)) + np.sqrt(2.0) * rng.normal(size=12)[codes]
        found = error_variances(solve_least_squares(matrix, outcome), codes)
        drawn.append([found.cluster, found.residual])
    means, errors = np.mean(drawn, axis=0), np.std(drawn, axis=0) / np.sqrt(1500)
    assert np.abs(means - [2.0, 1.0]).max() < 4 * errors.max()


def test_clusters_that_repel_have_no_cluster_variance():
    codes = np.repeat(np.arange(5), 2)
    fit = solve_least_squares(np.ones((10, 1)), np.tile([1.0, -1.0], 5))
    assert error_variances(fit, codes) == ErrorVariances(0.0, fit.sigma2)
    assert replace(error_variances(fit, codes), cluster=fit.sigma2).intraclass == 0.5


@pytest.mark.parametrize("df", [0.05, 0.1, 0.2])
def test_with_hardly_a_degree_of_freedom_no_effect_is_detectable(df):
    assert np.isnan(minimum_detectable_effect(1.0, df))
    assert np.isfinite(minimum_detectable_effect(1.0, 0.3))
