"""What holds of every random intercept in a logit or ordered model, whatever the data."""

from math import comb

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import binom

from models.multilevel.categorical.components import component_of, predicted_intercepts
from models.multilevel.categorical.groups import put_in_groups
from models.multilevel.categorical.marginal_likelihood import MarginalLikelihood
from models.multilevel.categorical.random_intercept import fit_random_intercept
from models.multilevel.categorical.responses import BinomialRows
from models.regression.categorical.binary import fit_binary
from models.regression.categorical.generalised import observed
from models.regression.categorical.ordered import fit_ordered
from tests.models.multilevel.categorical.answered_in_groups import (
    CUT_NAMES,
    KINDS,
    NAMES,
    binary,
    drawn,
    fitted,
    matrix,
    study,
)

SEEDS = st.integers(0, 2**31)
POINTS = {
    "logit": [0.1, 0.4, -0.3],
    "ordered logit": [-1, 0.1, 1.3, 0.4, -0.3],
    "ordered probit": [-1, 0, 1, 0.3, -0.2],
}


def likelihood_of(kind, table, n_points):
    return MarginalLikelihood(*put_in_groups(KINDS[kind][0](table), table["firm"]), n_points)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("n_points", [1, 2, 7])
@given(seed=SEEDS, sd=st.floats(-2, 2))
@settings(max_examples=8)
def test_the_gradient_is_that_of_the_approximation(kind, n_points, seed, sd):
    table = drawn(seed, 40, 6)
    assume(table["level"].nunique() == len(POINTS["ordered logit"]) - 1)
    likelihood = likelihood_of(kind, table, n_points)
    point, step = np.append(POINTS[kind], sd), 1e-4
    evaluated = likelihood.at(point)
    apart = [
        [likelihood.at(point + by * step * unit).log_likelihood for by in (-2, -1, 1, 2)] for unit in np.eye(len(point))
    ]
    slopes = np.array(apart) @ np.array([1, -8, 8, -1]) / (12 * step)
    np.testing.assert_allclose(likelihood.gradient(evaluated), slopes, rtol=1e-7, atol=1e-7)
    np.testing.assert_allclose(likelihood.scores(evaluated).sum(axis=0), slopes, rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("kind", KINDS)
def test_quadrature_comes_to_the_integral(kind):
    likelihood = likelihood_of(kind, drawn(3, 60, 6), 25)
    point = np.append(POINTS[kind], 1.3)
    rows, groups = likelihood.responses, likelihood.groups
    predictors = rows.predictors(point[:-1])

    def integrand(effect, at):
        moved = tuple(each + rows.towards * 1.3 * effect for each in predictors)
        return np.exp(rows.heights(moved)[0][at].sum() - effect**2 / 2) / np.sqrt(2 * np.pi)

    exact = [
        quad(integrand, -9, 9, args=(np.flatnonzero(groups.codes == group),), epsabs=0, epsrel=1e-11, limit=200)[0]
        for group in range(6)
    ]
    np.testing.assert_allclose(likelihood.at(point).by_group, np.log(exact), rtol=1e-8)


@pytest.mark.parametrize("kind", KINDS)
def test_one_point_is_laplace(kind):
    likelihood = likelihood_of(kind, drawn(4, 60, 6), 1)
    point = np.append(POINTS[kind], 0.8)
    evaluated = likelihood.at(point)
    rows, groups = likelihood.responses, likelihood.groups

    def heights(modes):
        moved = (each + rows.towards * 0.8 * modes[groups.codes] for each in rows.predictors(point[:-1]))
        return groups.sums(rows.heights(tuple(moved))[0]) - modes**2 / 2

    step = 1e-3
    around = [heights(evaluated.modes + by * step) for by in (-1, 0, 1)]
    np.testing.assert_allclose(around[2] - around[0], 0, atol=1e-9)
    curvatures = -(around[0] - 2 * around[1] + around[2]) / step**2
    np.testing.assert_allclose(evaluated.curvatures, curvatures, rtol=1e-6)
    np.testing.assert_allclose(evaluated.by_group, around[1] - np.log(evaluated.curvatures) / 2, rtol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
@given(seed=SEEDS)
@settings(max_examples=5)
def test_without_variance_it_is_the_model_without_random_intercept(kind, seed):
    table = drawn(seed)
    made, names = KINDS[kind]
    rows = made(table)
    if kind == "logit":
        plain = fit_binary(observed(matrix(table), table["agree"].to_numpy()), NAMES)
    else:
        plain = fit_ordered(rows.rows, names)
    for n_points in (1, 9):
        evaluated = likelihood_of(kind, table, n_points).at(np.append(plain.coefficients, 0.0))
        assert evaluated.log_likelihood == pytest.approx(plain.log_likelihood, rel=1e-12)
        slopes = likelihood_of(kind, table, n_points).gradient(evaluated)
        np.testing.assert_allclose(slopes, 0, atol=1e-7)


@pytest.mark.parametrize("kind", KINDS)
def test_a_variance_of_nought_is_named_and_gives_the_plain_estimates(kind):
    table = drawn(11, 240, 12, sd=0.0)
    table["firm"] = (table["latent"].rank().astype(int) - 1) % 12
    fit = fitted(kind, table)
    component = component_of(fit)
    assert fit.is_nought
    assert (component.variance, component.icc, component.lr_statistic, component.lr_p_value) == (0.0, 0.0, 0.0, 1.0)
    assert np.isnan([component.sd_error, component.sd_low, component.sd_high, component.icc_low]).all()
    np.testing.assert_array_equal(fit.coefficients, fit.plain.coefficients)
    np.testing.assert_array_equal(fit.covariance[:-1, :-1], fit.plain.covariance)
    assert fit.audit.kept.method == "none"
    assert (predicted_intercepts(fit)["intercept"] == 0).all()
    assert np.isfinite(fit.audit.largest_change)


@pytest.mark.parametrize("kind", KINDS)
def test_the_order_of_rows_changes_no_bit(kind):
    table = drawn(1)
    shuffled = table.sample(frac=1, random_state=1).reset_index(drop=True)
    first, second = study(kind, 1), fitted(kind, shuffled)
    np.testing.assert_array_equal(first.point, second.point)
    np.testing.assert_array_equal(first.covariance, second.covariance)


@pytest.mark.parametrize("kind", KINDS)
def test_other_names_of_groups_change_nothing(kind):
    table = drawn(1)
    renamed = table.assign(firm=[f"firm {(7 * code + 3) % 12}" for code in table["firm"]])
    first, second = study(kind, 1), fitted(kind, renamed)
    np.testing.assert_allclose(second.point, first.point, rtol=1e-8)
    np.testing.assert_allclose(second.covariance, first.covariance, rtol=1e-6)
    own, other = predicted_intercepts(first), predicted_intercepts(second).set_index("group")
    moved = other.loc[[f"firm {(7 * code + 3) % 12}" for code in own["group"]]]
    np.testing.assert_allclose(moved["intercept"], own["intercept"], rtol=1e-6, atol=1e-9)


@given(factor=st.floats(1e-2, 1e2), shift=st.floats(-50, 50))
@settings(max_examples=5)
def test_a_regressor_in_other_units_changes_its_coefficient_and_nothing_else(factor, shift):
    table = drawn(7)
    first, second = fitted("logit", table, 3), fitted("logit", table.assign(age=(table["age"] + shift) * factor), 3)
    assert second.log_likelihood == pytest.approx(first.log_likelihood, rel=1e-11)
    np.testing.assert_allclose(second.point[1:] * [factor, 1, 1], first.point[1:], rtol=1e-6)


def test_counts_of_trials_are_their_trials_one_by_one():
    table = drawn(8).assign(age=lambda each: each["age"].round())
    counts = table.groupby(["firm", "age", "lead"], as_index=False)["agree"].agg(["sum", "count"])
    grouped = BinomialRows(matrix(counts), counts["sum"].to_numpy(float), counts["count"].to_numpy(float))
    orders = sum(np.log(comb(n, k)) for n, k in zip(counts["count"], counts["sum"].astype(int), strict=True))
    for n_points in (1, 11):
        single = fitted("logit", table, n_points)
        fit = fit_random_intercept(grouped, counts["firm"], NAMES, n_points)
        np.testing.assert_allclose(fit.point, single.point, rtol=1e-8)
        np.testing.assert_allclose(fit.covariance, single.covariance, rtol=1e-6, atol=1e-9)
        assert fit.log_likelihood == pytest.approx(single.log_likelihood + orders, rel=1e-12)
        shares = counts["sum"] / counts["count"]
        inner = shares[(shares > 0) & (shares < 1)]
        trials = counts["count"][inner.index]
        saturated = (trials * (inner * np.log(inner) + (1 - inner) * np.log(1 - inner))).sum() + orders
        said = fit.log_likelihood - (saturated if n_points > 1 else 0.0)
        assert fit.log_likelihood_of_lme4 == pytest.approx(said, rel=1e-12)


def test_an_ordered_model_of_two_categories_has_the_likelihood_of_a_logit():
    table = drawn(9).assign(level=lambda each: each["agree"].astype(int))
    point = np.array([-0.2, 0.4, -0.3, 0.9])
    ordered = likelihood_of("ordered logit", table, 9).at(point)
    logit = likelihood_of("logit", table, 9).at(point * [-1, 1, 1, 1])
    np.testing.assert_allclose(ordered.by_group, logit.by_group, rtol=1e-12)
    np.testing.assert_allclose(ordered.modes, logit.modes, rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("kind", KINDS)
def test_all_searches_come_to_the_same_top_and_more_points_change_little(kind):
    fit = study(kind, 1)
    assert fit.audit.disagreement < 1e-4
    assert fit.audit.kept.log_likelihood == fit.log_likelihood
    assert fit.audit.kept.gradient_norm < 1e-7
    assert list(fit.audit.table()["is_kept"]).count(True) == 1
    assert 0 < fit.audit.largest_change < 0.3
    np.testing.assert_allclose(fitted(kind, drawn(1), 31).point, fit.point, rtol=2e-4)


def test_the_inverse_information_is_that_of_a_differentiated_likelihood():
    fit = study("logit", 1)
    step = 1e-3
    steps = np.eye(4) * step

    def value(point):
        return fit.likelihood.at(point).log_likelihood

    hessian = [
        [
            value(fit.point + one + two)
            - value(fit.point + one - two)
            - value(fit.point - one + two)
            + value(fit.point - one - two)
            for two in steps
        ]
        for one in steps
    ]
    found = np.linalg.inv(-np.array(hessian) / (4 * step**2))
    np.testing.assert_allclose(fit.covariance, found, rtol=1e-4, atol=1e-7)


def test_the_variance_is_tested_with_half_of_chi_square():
    fit = study("ordered logit", 1)
    component = component_of(fit, 0.9)
    assert component.lr_statistic == pytest.approx(2 * (fit.log_likelihood - fit.plain.log_likelihood), rel=1e-12)
    assert component.icc == pytest.approx(fit.sd**2 / (fit.sd**2 + np.pi**2 / 3))
    assert component.sd_low < component.sd < component.sd_high
    assert component.sd_low * component.sd_high == pytest.approx(component.sd**2)
    wider = component_of(fit, 0.99)
    assert wider.icc_low < component.icc_low < component.icc < component.icc_high < wider.icc_high
    assert len(CUT_NAMES) == len(fit.coefficients)


@pytest.mark.slow
def test_the_variance_test_and_intervals_hold_their_levels():
    # 200 studies of 30 firms with 10 answers; bounds are exact binomial ones of 0.999
    rejected, covered = 0, 0
    for seed in range(200):
        null = drawn(50_000 + seed, 300, 30, sd=0.0)
        rejected += component_of(fitted("logit", null, 5)).lr_p_value < 0.05
        true = fitted("logit", drawn(90_000 + seed, 300, 30, sd=0.8), 5)
        covered += abs(true.coefficients[1] - 0.5) < 1.959964 * np.sqrt(true.covariance[1, 1])
    assert binom.ppf(0.0005, 200, 0.05) <= rejected <= binom.ppf(0.9995, 200, 0.05)
    assert binom.ppf(0.0005, 200, 0.95) <= covered <= binom.ppf(0.9995, 200, 0.95)


def test_groups_keep_the_rows_they_had():
    table = drawn(14)
    rows, groups = put_in_groups(binary(table), table["firm"])
    expected = table.groupby("firm")["agree"].sum()
    np.testing.assert_array_equal(groups.sums(rows.successes), expected)
    assert list(groups.labels) == list(expected.index)
