"""Variances of survey designs: classical formulas, all samples of a small population, and what may change nothing."""

from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.regression.heteroskedastic import heteroskedastic_covariance
from models.regression.least_squares import solve_least_squares
from models.survey_design.design import build_survey_design
from models.survey_design.estimated import linearised_estimate
from models.survey_design.generalised import Regression
from models.survey_design.linearisation import linearised_covariance
from models.survey_design.means import Totals, domain_means, means
from models.survey_design.replicates import balanced, bootstrap, jackknife, replicated_estimate
from models.survey_design.stages import Stage
from tests.models.survey_design.drawn_samples import samples

CLOSE = 1e-10
SEEDS = st.integers(0, 2**32 - 1)


def mean_of(outcome):
    return means(("y",), outcome[:, None])


def total_of(outcome):
    return Totals(("y",), outcome[:, None])


def error(design, statistic):
    return float(linearised_estimate(design, statistic).std_errors[0])


@given(SEEDS, st.integers(3, 30))
def test_a_simple_random_sample_has_the_classical_error(seed, n):
    outcome = np.random.default_rng(seed).normal(size=n)
    design = build_survey_design(np.full(n, 3.0), [Stage()])
    found = linearised_estimate(design, mean_of(outcome))
    assert (found.estimates[0], found.df) == (pytest.approx(outcome.mean()), n - 1)
    assert found.std_errors[0] == pytest.approx(outcome.std(ddof=1) / np.sqrt(n), rel=CLOSE)


@given(SEEDS, st.integers(8, 40))
def test_a_simple_random_sample_gives_hc0_times_n_over_n_less_1(seed, n):
    rng = np.random.default_rng(seed)
    matrix, outcome = np.column_stack([np.ones(n), rng.normal(size=n)]), rng.normal(size=n)
    design = build_survey_design(np.ones(n), [Stage()])
    found = linearised_estimate(design, Regression("linear", ("intercept", "x"), matrix, outcome))
    classical = heteroskedastic_covariance(solve_least_squares(matrix, outcome), "HC0") * n / (n - 1)
    np.testing.assert_allclose(found.covariance, classical, rtol=CLOSE)
    assert found.df == n - 2


@given(samples())
def test_a_census_of_clusters_has_no_error(sample):
    counts = {each: len(np.unique(sample.clusters[sample.strata == each])) for each in np.unique(sample.strata)}
    population = np.array([counts[each] for each in sample.strata], dtype=float)
    design = build_survey_design(sample.weights, [Stage(sample.clusters, sample.strata, population)])
    assert error(design, mean_of(sample.outcome)) == 0


@given(samples())
def test_a_sample_from_more_units_has_a_larger_error_and_the_largest_without_sizes(sample):
    whole = error(sample.design(finite=False), mean_of(sample.outcome))
    assert error(sample.design(), mean_of(sample.outcome)) < whole


def every_sample(population):
    """All samples of two clusters of three with two of their rows each; weights 3/2 times size over 2."""
    for pair in combinations(range(len(population)), 2):
        for drawn in product(*[combinations(range(len(population[place])), 2) for place in pair]):
            rows = [(place, row) for place, chosen in zip(pair, drawn, strict=True) for row in chosen]
            clusters, units = np.array(rows).T
            sizes = np.array([len(population[place]) for place in clusters], dtype=float)
            stages = [Stage(clusters, population=np.full(4, float(len(population)))), Stage(units, population=sizes)]
            yield build_survey_design(None, stages), np.array([population[place][row] for place, row in rows])


def test_the_variance_of_two_stages_is_unbiased_over_all_samples_of_a_population():
    population = [[1.0, 4.0, 9.0], [2.0, 2.5, 7.0, 1.0], [8.0, 3.0, 3.5]]
    found = [linearised_estimate(design, total_of(values)) for design, values in every_sample(population)]
    estimates = np.array([each.estimates[0] for each in found])
    variances = np.array([each.covariance[0, 0] for each in found])
    # the three pairs of clusters are equally likely, and so are the samples of rows of a pair
    n_samples = [3 * 6, 3 * 3, 6 * 3]
    chances = np.repeat([1 / (3 * count) for count in n_samples], n_samples)
    total = sum(map(sum, population))
    assert chances @ estimates == pytest.approx(total)
    assert chances @ variances == pytest.approx(chances @ (estimates - total) ** 2, rel=CLOSE)


@given(samples())
def test_the_jackknife_of_a_total_is_its_linearisation(sample):
    design, statistic = sample.design(), total_of(sample.outcome)
    found = replicated_estimate(jackknife(design), statistic)
    assert found.std_errors[0] == pytest.approx(error(design, statistic), rel=1e-9)
    assert found.method == "jackknife_n"


@given(samples(alike=True))
def test_the_jackknife_of_a_mean_is_its_linearisation_where_clusters_are_alike(sample):
    design, statistic = sample.design(), mean_of(sample.outcome)
    found = replicated_estimate(jackknife(design), statistic)
    assert found.std_errors[0] == pytest.approx(error(design, statistic), rel=1e-9)


@given(samples(pairs=True), st.sampled_from([0.0, 0.3, 0.5]))
def test_balanced_replicates_of_a_total_are_its_linearisation(sample, fay):
    design, statistic = sample.design(finite=False), total_of(sample.outcome)
    found = replicated_estimate(balanced(design, fay), statistic, "estimate")
    assert found.std_errors[0] == pytest.approx(error(design, statistic), rel=1e-9)


@pytest.mark.parametrize("finite", [True, False])
def test_the_bootstrap_of_a_total_varies_as_its_linearisation(finite):
    rng = np.random.default_rng(20261127)
    strata, n_replicates = np.repeat([0, 1, 2], [3, 4, 6]), 5_000
    population = np.array([7.0, 12.0, 9.0])[strata] if finite else None
    design = build_survey_design(np.full(13, 2.0), [Stage(strata=strata, population=population)])
    statistic = total_of(rng.normal(size=13))
    found = replicated_estimate(bootstrap(design, n_replicates, rng), statistic)
    # a variance of R draws, no heavier in the tails than the normal, is off by sqrt(2 / R) of itself
    assert abs(found.covariance[0, 0] / error(design, statistic) ** 2 - 1) < 4 * np.sqrt(2 / n_replicates)


@given(samples(), SEEDS)
def test_totals_of_subpopulations_add_up_and_the_others_stay_in_the_design(sample, seed):
    design, statistic = sample.design(), total_of(sample.outcome)
    codes = np.random.default_rng(seed).integers(0, 2, len(sample.outcome))
    parts = [design.domain(codes == code) for code in np.unique(codes)]
    whole = linearised_estimate(design, statistic)
    estimates = [float(statistic.estimate(part.domain_weights)[0]) for part in parts]
    assert sum(estimates) == pytest.approx(whole.estimates[0])
    apart = Totals(("a", "b"), sample.outcome[:, None] * np.column_stack([codes == 0, codes == 1]))
    together = linearised_estimate(design, apart).contrasts(("sum",), np.ones((1, 2)))
    assert together.std_errors[0] == pytest.approx(whole.std_errors[0], rel=1e-9)


@given(samples(), SEEDS)
def test_rows_of_a_subpopulation_are_enough_where_the_numbers_drawn_are_told(sample, seed):
    is_in = np.isin(sample.clusters, np.random.default_rng(seed).choice(np.unique(sample.clusters), 4, replace=False))
    statistic = total_of(sample.outcome)
    whole = linearised_covariance(sample.design(), statistic.linearise(np.where(is_in, sample.weights, 0.0)).influence)
    level = sample.design().levels[0]
    drawn = level.n_units[level.stratum_of_unit][level.units]
    stage = Stage(sample.clusters[is_in], sample.strata[is_in], sample.population[is_in], drawn[is_in])
    alone = build_survey_design(sample.weights[is_in], [stage])
    influence = total_of(sample.outcome[is_in]).linearise(sample.weights[is_in]).influence
    np.testing.assert_allclose(linearised_covariance(alone, influence), whole, rtol=1e-9)


def test_degrees_of_freedom_are_clusters_less_strata_of_the_subpopulation():
    clusters, strata = np.repeat(np.arange(7), 2), np.repeat(["a", "b"], [6, 8])
    design = build_survey_design(np.ones(14), [Stage(clusters, strata)])
    assert (design.n_clusters, design.n_strata, design.df) == (7, 2, 5)
    part = design.domain(clusters > 3)
    assert (part.n_obs, part.n_clusters, part.n_strata, part.df) == (6, 3, 1, 2)


@given(samples(), SEEDS)
def test_a_mean_of_a_domain_is_that_of_the_subpopulation(sample, seed):
    codes = np.random.default_rng(seed).integers(0, 2, len(sample.outcome))
    codes[:2] = 0, 1
    design = sample.design()
    both = linearised_estimate(design, domain_means(sample.outcome, ("a", "b"), codes))
    from_domain = mean_of(np.where(codes == 1, sample.outcome, np.nan)).linearise(
        design.domain(codes == 1).domain_weights
    )
    assert both.estimates[1] == pytest.approx(from_domain.estimates[0])


@given(samples(), SEEDS)
def test_the_order_of_rows_changes_nothing(sample, seed):
    order = np.random.default_rng(seed).permutation(len(sample.outcome))
    first = linearised_estimate(sample.design(), mean_of(sample.outcome))
    second = linearised_estimate(sample.design(order=order), mean_of(sample.outcome[order]))
    assert second.estimates[0] == pytest.approx(first.estimates[0], rel=1e-12)
    assert second.std_errors[0] == pytest.approx(first.std_errors[0], rel=1e-9)
    assert (first.df, first.n_clusters, first.n_strata) == (second.df, second.n_clusters, second.n_strata)


@given(samples(), st.floats(-50, 50), st.floats(0.1, 10))
def test_shifts_and_scales_go_through(sample, shift, scale):
    base = linearised_estimate(sample.design(), mean_of(sample.outcome))
    moved = linearised_estimate(sample.design(), mean_of(shift + scale * sample.outcome))
    assert moved.estimates[0] == pytest.approx(shift + scale * base.estimates[0], abs=1e-9)
    assert moved.std_errors[0] == pytest.approx(scale * base.std_errors[0], rel=1e-6)
    heavier = build_survey_design(sample.weights * scale, [Stage(sample.clusters, sample.strata, sample.population)])
    assert error(heavier, mean_of(sample.outcome)) == pytest.approx(base.std_errors[0], rel=1e-9)
