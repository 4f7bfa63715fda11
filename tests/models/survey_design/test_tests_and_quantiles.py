"""Tests, quantiles and design effects of survey designs, by hand and where they reduce to simpler ones."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import chi2_contingency

from models.regression.identification import ModelDataError
from models.survey_design.design import build_survey_design
from models.survey_design.design_effects import design_effects
from models.survey_design.estimated import linearised_estimate
from models.survey_design.generalised import Regression
from models.survey_design.independence import cell_shares, independence_test, rao_scott
from models.survey_design.means import mean_difference, means
from models.survey_design.quantiles import quantiles, weighted_quantile
from models.survey_design.replicates import jackknife, replicated_estimate
from models.survey_design.stages import Stage
from models.weighting.effects import kish_design_effect
from tests.models.survey_design.drawn_samples import samples

SEEDS = st.integers(0, 2**32 - 1)
ONE = [Stage()]


@pytest.mark.parametrize(("share", "expected"), [(0.1, 1), (0.25, 1), (0.26, 2), (0.5, 2), (0.75, 5), (0.99, 9)])
def test_a_quantile_is_the_least_value_that_reaches_the_share(share, expected):
    assert weighted_quantile(np.array([5.0, 1, 9, 2]), np.array([1.0, 1, 1, 1]), share) == expected


def test_weights_count_like_rows():
    values, times = np.array([3.0, 1, 2]), np.array([1, 2, 4])
    for share in (0.2, 2 / 7, 0.3, 0.5, 6 / 7, 0.9):
        alike = weighted_quantile(np.repeat(values, times), np.ones(7), share)
        assert weighted_quantile(values, times.astype(float), share) == alike


def test_an_end_beyond_all_values_is_missing_and_so_is_the_error():
    design = build_survey_design(np.ones(8), ONE)
    found = quantiles(design, np.arange(8.0), (0.05, 0.5))
    assert found["conf_low"].isna().tolist() == [True, False]
    assert found["std_error"].isna().tolist() == [True, False]


@given(SEEDS)
def test_of_a_simple_random_sample_the_test_of_independence_is_pearsons(seed):
    rng, n = np.random.default_rng(seed), 80
    rows, columns = rng.integers(0, 2, n), rng.integers(0, 3, n)
    rows[:6], columns[:6] = [0, 0, 0, 1, 1, 1], [0, 1, 2, 0, 1, 2]
    found = independence_test(build_survey_design(np.full(n, 2.0), ONE), rows, columns)
    counts = np.zeros((2, 3))
    np.add.at(counts, (rows, columns), 1)
    assert found.pearson == pytest.approx(chi2_contingency(counts, correction=False).statistic)
    assert found.mean_effect == pytest.approx(n / (n - 1), rel=1e-9)
    assert found.df_num == pytest.approx(2, rel=1e-9)
    assert found.df_denom == pytest.approx(2 * (n - 1), rel=1e-9)


@given(SEEDS)
def test_two_categories_each_are_tested_in_either_direction_alike(seed):
    rng, n = np.random.default_rng(seed), 60
    rows, columns = rng.integers(0, 2, n), rng.integers(0, 2, n)
    rows[:4], columns[:4] = [0, 0, 1, 1], [0, 1, 0, 1]
    design = build_survey_design(rng.uniform(1, 3, n), [Stage(np.repeat(np.arange(20), 3))])
    one, other = independence_test(design, rows, columns), independence_test(design, columns, rows)
    assert one.p_value == pytest.approx(other.p_value, rel=1e-9)


@given(SEEDS)
def test_the_order_of_categories_changes_no_test_of_independence(seed):
    rng, n = np.random.default_rng(seed), 60
    rows, columns = rng.integers(0, 3, n), rng.integers(0, 3, n)
    rows[:9], columns[:9] = np.repeat([0, 1, 2], 3), np.tile([0, 1, 2], 3)
    design = build_survey_design(rng.uniform(1, 3, n), [Stage(np.repeat(np.arange(20), 3))])
    one, other = independence_test(design, rows, columns), independence_test(design, (rows + 1) % 3, 2 - columns)
    assert (one.statistic, one.df_num) == (
        pytest.approx(other.statistic, rel=1e-8),
        pytest.approx(other.df_num, rel=1e-8),
    )


def test_replicates_test_independence_too():
    rng, n = np.random.default_rng(3), 90
    rows, columns = rng.integers(0, 2, n), rng.integers(0, 3, n)
    design = build_survey_design(rng.uniform(1, 3, n), [Stage(np.repeat(np.arange(30), 3))])
    shares = replicated_estimate(jackknife(design), cell_shares(rows, columns))
    assert rao_scott(shares, (2, 3)).p_value == pytest.approx(independence_test(design, rows, columns).p_value, rel=0.1)


@given(samples(), SEEDS)
def test_the_difference_of_two_means_is_the_slope_of_a_regression(sample, seed):
    is_second = np.random.default_rng(seed).random(len(sample.outcome)) < 0.5
    is_second[:2] = False, True
    design = sample.design()
    assume(design.df > 1 and len(sample.outcome) > 3)
    matrix = np.column_stack([np.ones(len(is_second)), is_second])
    slope = linearised_estimate(design, Regression("linear", ("intercept", "x"), matrix, sample.outcome))
    found = mean_difference(design, sample.outcome, is_second)
    assert found.df == slope.df
    assert found.estimates[0] == pytest.approx(slope.estimates[1], abs=1e-9)
    assert found.std_errors[0] == pytest.approx(slope.std_errors[1], abs=1e-8)


@given(SEEDS)
def test_a_simple_random_sample_has_a_design_effect_of_1(seed):
    n = 25
    outcome = np.random.default_rng(seed).normal(size=(n, 1))
    drawn = build_survey_design(None, [Stage(population=np.full(n, 100.0))])
    from_many = build_survey_design(np.full(n, 4.0), ONE)
    assert design_effects(drawn, ("y",), outcome)["y"] == pytest.approx(1, rel=1e-9)
    assert design_effects(drawn, ("y",), outcome, of="total")["y"] == pytest.approx(1, rel=1e-9)
    assert design_effects(from_many, ("y",), outcome, "with_replacement")["y"] == pytest.approx(1, rel=1e-9)


def test_weights_that_tell_nothing_cost_kishs_design_effect():
    rng, n = np.random.default_rng(5), 20_000
    weights = rng.uniform(1, 6, n)
    found = design_effects(build_survey_design(weights, ONE), ("y",), rng.normal(size=(n, 1)), "with_replacement")
    assert found["y"] == pytest.approx(kish_design_effect(weights), rel=0.03)


def test_a_wald_test_of_one_term_is_its_t_squared():
    rng, n = np.random.default_rng(6), 40
    design = build_survey_design(rng.uniform(1, 2, n), [Stage(np.repeat(np.arange(10), 4))])
    matrix = np.column_stack([np.ones(n), rng.normal(size=(n, 2))])
    found = linearised_estimate(design, Regression("linear", ("intercept", "a", "b"), matrix, rng.normal(size=n)))
    row = found.table().set_index("term").loc["a"]
    assert found.wald_test(("a",)).statistic == pytest.approx(row["statistic"] ** 2)
    assert found.wald_test(("a",)).p_value == pytest.approx(row["p_value"])


@pytest.mark.parametrize(("names", "message"), [(("c",), "is no term"), (("a", "b"), "whose covariance can carry 1")])
def test_terms_that_cannot_be_tested_are_refused(names, message):
    design = build_survey_design(np.ones(6), [Stage(np.repeat([0, 1], 3))])
    found = linearised_estimate(design, means(("a", "b"), np.random.default_rng(1).normal(size=(6, 2))))
    with pytest.raises(ModelDataError, match=message):
        found.wald_test(names)
