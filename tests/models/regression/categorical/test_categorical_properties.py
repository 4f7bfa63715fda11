"""What holds of every regression of categories and counts, whatever the data."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.regression.categorical.binary import fit_binary
from models.regression.categorical.clustered_glm import reduced_bias_covariance
from models.regression.categorical.counts import fit_negative_binomial, fit_poisson
from models.regression.categorical.cumulative_links import LINKS
from models.regression.categorical.families import Logit, NegativeBinomial, Poisson, Probit
from models.regression.categorical.firth import fit_firth
from models.regression.categorical.generalised import observed
from models.regression.categorical.maximise import maximise, require_converged
from models.regression.categorical.multinomial import MultinomialRows, fit_multinomial
from models.regression.categorical.ordered import OrderedRows, fit_ordered
from models.regression.heteroskedastic import heteroskedastic_covariance
from models.regression.identification import ModelDataError
from tests.models.regression.categorical.answered import ANSWERS, NAMES, ONES, TEAM, WEIGHT, matrix

SEEDS = st.integers(0, 2**31)
FITS = {
    "logit": lambda rows, weights: fit_binary(observed(rows, ANSWERS["agree"], weights), NAMES),
    "probit": lambda rows, weights: fit_binary(observed(rows, ANSWERS["agree"], weights), NAMES, "probit"),
    "firth": lambda rows, weights: fit_firth(observed(rows, ANSWERS["agree"], weights)),
    "poisson": lambda rows, weights: fit_poisson(observed(rows, ANSWERS["visits"], weights), NAMES),
    "nb2": lambda rows, weights: fit_negative_binomial(observed(rows, ANSWERS["visits"], weights), NAMES).generalised,
    "multinomial": lambda rows, weights: fit_multinomial(
        MultinomialRows(rows, ANSWERS["choice"].to_numpy(), weights), [str(place) for place in range(10)]
    ),
    "ordered": lambda rows, weights: fit_ordered(
        OrderedRows(rows[:, 1:], ANSWERS["level"].to_numpy(), weights), [str(place) for place in range(7)]
    ),
}


@pytest.mark.parametrize("kind", [kind for kind in FITS if kind != "firth"])
def test_scores_sum_to_nought_at_the_estimate(kind):
    fit = FITS[kind](matrix(), WEIGHT)
    scale = np.sqrt((fit.scores**2).sum(axis=0))
    np.testing.assert_allclose(fit.scores.sum(axis=0) / scale, 0, atol=1e-9)


@pytest.mark.parametrize("kind", FITS)
@given(factor=st.floats(1e-3, 1e3), shift=st.floats(-500, 500))
def test_a_regressor_in_other_units_changes_its_coefficient_and_nothing_else(kind, factor, shift):
    rows = matrix()
    rows[:, 1] = (rows[:, 1] + shift) * factor
    first, second = FITS[kind](matrix(), ONES), FITS[kind](rows, ONES)
    place = 3 if kind == "ordered" else 1
    np.testing.assert_allclose(second.coefficients[place] * factor, first.coefficients[place], rtol=1e-6)
    np.testing.assert_allclose(second.coefficients[place + 1], first.coefficients[place + 1], rtol=1e-6)
    np.testing.assert_allclose(second.covariance[place, place] * factor**2, first.covariance[place, place], rtol=1e-6)


@pytest.mark.parametrize("kind", FITS)
def test_calendar_years_are_fitted_as_well_as_ages(kind):
    rows = matrix()
    rows[:, 1] = 2026 - rows[:, 1]
    place = 3 if kind == "ordered" else 1
    first, second = FITS[kind](matrix(), ONES), FITS[kind](rows, ONES)
    np.testing.assert_allclose(second.coefficients[place], -first.coefficients[place], rtol=1e-8)


@pytest.mark.parametrize("kind", [kind for kind in FITS if kind != "firth"])
@given(factor=st.floats(0.01, 100))
def test_all_weights_times_a_number_leave_estimates_and_divide_covariances(kind, factor):
    first, second = FITS[kind](matrix(), WEIGHT), FITS[kind](matrix(), WEIGHT * factor)
    np.testing.assert_allclose(second.coefficients, first.coefficients, rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(second.covariance * factor, first.covariance, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("kind", FITS)
def test_the_order_of_rows_changes_nothing(kind):
    order = np.random.default_rng(2).permutation(72)
    shuffled = ANSWERS.iloc[order].reset_index(drop=True)
    first = FITS[kind](matrix(), WEIGHT)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(FITS[kind].__globals__, "ANSWERS", shuffled)
        second = FITS[kind](matrix()[order], WEIGHT[order])
    np.testing.assert_allclose(second.coefficients, first.coefficients, rtol=1e-8, atol=1e-10)


def test_the_two_poles_of_an_ordered_scale_are_interchangeable_when_the_link_is_even():
    level = ANSWERS["level"].to_numpy()
    for link in ("logit", "probit"):
        first = fit_ordered(OrderedRows(matrix()[:, 1:], level, ONES, link=link), [""] * 7)
        second = fit_ordered(OrderedRows(matrix()[:, 1:], 3 - level, ONES, link=link), [""] * 7)
        np.testing.assert_allclose(second.coefficients[3:], -first.coefficients[3:], rtol=1e-9)
        np.testing.assert_allclose(second.coefficients[:3], -first.coefficients[2::-1], rtol=1e-9)


def test_cr2_of_one_row_a_cluster_is_hc2():
    fit = FITS["probit"](matrix(), WEIGHT)
    found = reduced_bias_covariance(fit, np.arange(72)).covariance
    np.testing.assert_allclose(found, heteroskedastic_covariance(fit.working, "HC2"), rtol=1e-9)


def test_cr2_is_unbiased_under_the_working_model():
    # E e e' = I - H among Pearson residuals: then each cluster's share must be its share of the information
    fit = FITS["poisson"](matrix(), WEIGHT)
    found = reduced_bias_covariance(fit, TEAM)
    rows, free = fit.working.rows, np.eye(72) - fit.working.rows @ fit.covariance @ fit.working.rows.T
    spread = 1 / np.sqrt(fit.rows.weights) * np.sqrt(fit.fitted)
    total = np.zeros((5, 5))
    for team in range(9):
        at = np.flatnonzero(team == TEAM)
        own = spread[at]
        values, vectors = np.linalg.eigh(free[np.ix_(at, at)] * own[:, None] ** 2 * own**2)
        adjust = (vectors * values**-0.5) @ vectors.T * own**2
        total += rows[at].T @ adjust @ free[np.ix_(at, at)] @ adjust.T @ rows[at]
        np.testing.assert_allclose(found.squared[team], rows[at].T @ adjust @ adjust.T @ rows[at], rtol=1e-8)
    np.testing.assert_allclose(fit.covariance @ total @ fit.covariance, fit.covariance, rtol=1e-8, atol=1e-14)


@pytest.mark.parametrize("family", [Logit(), Probit(), Poisson(), NegativeBinomial(1.7)])
@given(predictor=st.floats(-6, 6), outcome=st.integers(0, 1))
def test_slopes_and_curvatures_are_derivatives(family, predictor, outcome):
    step = 1e-4
    at = predictor + step * np.array([-1.0, 0, 1])
    terms = family.terms(np.full(3, float(outcome)), at)
    slope = (terms.log_likelihood[2] - terms.log_likelihood[0]) / (2 * step)
    curvature = -(terms.slope[2] - terms.slope[0]) / (2 * step)
    means = family.mean(at)
    np.testing.assert_allclose(slope, terms.slope[1], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(curvature, terms.curvature[1], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose((means[2] - means[0]) / (2 * step), family.mean_slope(at)[1], rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("name", LINKS)
@given(low=st.floats(-8, 3), width=st.floats(1e-3, 4))
def test_shares_densities_and_slopes_of_a_link_fit_together(name, low, width):
    link, step = LINKS[name], 1e-4
    ends = np.array([low]), np.array([low + width])
    beyond = np.array([-700.0]), np.array([700.0])
    whole = link.share(beyond[0], ends[0]) + link.share(*ends) + link.share(ends[1], beyond[1])
    np.testing.assert_allclose(whole, 1, rtol=1e-12)
    around = low + step * np.array([-1.0, 1.0])
    share = link.share(around[:1], around[1:]) / (2 * step)
    slope = np.diff(link.density(around)) / (2 * step)
    np.testing.assert_allclose(share, link.density(ends[0]), rtol=1e-5, atol=1e-9)
    np.testing.assert_allclose(slope, link.density_slope(ends[0]), rtol=1e-4, atol=1e-7)
    np.testing.assert_allclose(link.quantile(link.share(beyond[0], ends[0])), ends[0], rtol=1e-6, atol=1e-8)


def test_far_predictors_have_exact_shares():
    for name, link in LINKS.items():
        ends = (np.array([12.0]), np.array([13.0])) if name != "cloglog" else (np.array([3.0]), np.array([4.0]))
        exact = {
            "logit": np.exp(-12.0) / (1 + np.exp(-12.0)) - np.exp(-13.0) / (1 + np.exp(-13.0)),
            "probit": 1.776482112077679e-33 - 6.117164399549913e-39,
            "cloglog": np.exp(-np.exp(3.0)) - np.exp(-np.exp(4.0)),
        }[name]
        np.testing.assert_allclose(link.share(*ends), exact, rtol=1e-12)


@pytest.mark.parametrize(
    ("refused", "words"),
    [
        (lambda: fit_binary(observed(matrix(), ANSWERS["level"]), NAMES), "neither 0 nor 1"),
        (lambda: fit_binary(observed(matrix(), ONES), NAMES), "the outcome is 1 in all 72 responses used"),
        (lambda: fit_firth(observed(matrix(), ONES * 0)), "the outcome is 0 in all 72 responses used"),
        (
            lambda: fit_ordered(OrderedRows(matrix()[:, 1:], ANSWERS["agree"].to_numpy(), ONES), [""] * 5),
            "2 of 2 categories of the outcome were used; an ordered regression expects at least 3",
        ),
        (
            lambda: fit_ordered(OrderedRows(matrix()[:, 1:], 2 * ANSWERS["level"].to_numpy(), ONES), [""] * 10),
            "4 of 7 categories of the outcome were used",
        ),
        (
            lambda: fit_multinomial(MultinomialRows(matrix(), 2 * ANSWERS["choice"].to_numpy(), ONES), [""] * 20),
            "3 of 5 categories of the outcome were used",
        ),
    ],
)
def test_data_that_cannot_carry_a_model_are_refused(refused, words):
    with pytest.raises(ModelDataError, match=words):
        refused()


def test_a_likelihood_without_top_is_never_called_converged():
    rising = maximise(lambda point: (-float(np.exp(-point[0])), np.exp(-point), np.exp(-point)[:, None]), np.zeros(1))
    with pytest.raises(ModelDataError, match=r"no maximum that \d+ Newton steps could reach"):
        require_converged(
            maximise(lambda point: (float(point[0]), np.ones(1), np.ones((1, 1)) * 1e-3), np.zeros(1)), "logit"
        )
    assert rising.gradient_norm < 1e-6


def test_cr2_of_rows_that_are_alike_is_cr2_of_rows_that_differ_by_nothing_that_counts():
    rows = matrix()[np.arange(216) % 24]
    rows[:, 1] = np.round(rows[:, 1], -1)
    outcome = np.random.default_rng(9).integers(0, 2, 216).astype(float)
    teams = np.arange(216) % 6
    offset = np.arange(216) * 1e-13
    alike = reduced_bias_covariance(fit_binary(observed(rows, outcome), NAMES), teams)
    apart = reduced_bias_covariance(fit_binary(observed(rows, outcome, offset=offset), NAMES), teams)
    np.testing.assert_allclose(alike.covariance, apart.covariance, rtol=1e-7)
    np.testing.assert_allclose(alike.satterthwaite_df(np.eye(5)), apart.satterthwaite_df(np.eye(5)), rtol=1e-7)
