"""Margins: average slopes, differences and predictions with delta intervals equal R and statsmodels."""

import json
from pathlib import Path

import numpy as np
import pytest
import statsmodels.api as sm

from models.regression.categorical.binary import fit_binary
from models.regression.categorical.counts import fit_poisson
from models.regression.categorical.firth import fit_firth
from models.regression.categorical.generalised import observed
from models.regression.categorical.margins import (
    Averaging,
    average_difference,
    average_prediction,
    average_slope,
    delta_intervals,
)
from models.regression.categorical.multinomial import MultinomialRows, fit_multinomial
from models.regression.categorical.ordered import OrderedRows, fit_ordered
from models.regression.categorical.score_covariance import clustered_covariance
from models.regression.cluster_moments import cluster_moments
from models.regression.clustered import cluster_covariance
from models.regression.heteroskedastic import heteroskedastic_covariance
from models.regression.identification import ModelDataError
from tests.models.regression.categorical.answered import ANSWERS, LOG_HOURS, NAMES, ONES, TEAM, WEIGHT, matrix

R = json.loads((Path(__file__).parent / "r_results.json").read_text())["margins"]
AGE = ANSWERS["age"].to_numpy(dtype=float)
EVENLY = Averaging(ONES)


def crossed(**changes):
    """Age, its square and its product with lead, next to the plain columns."""
    table = ANSWERS.assign(**changes)
    squares = np.column_stack([table["age"] ** 2, table["age"] * table["lead"]])
    return np.hstack([matrix(**changes), squares]).astype(float)


def compare(margins, covariance, key, rtol=1e-8):
    found = delta_intervals(margins, covariance, [str(place) for place in range(len(margins.means))])
    np.testing.assert_allclose(found["estimate"], R[key]["estimate"], rtol=rtol)
    np.testing.assert_allclose(found["std_error"], R[key]["se"], rtol=rtol)
    np.testing.assert_allclose(found["conf_high"] - found["conf_low"], 2 * 1.959963984540054 * found["std_error"])


@pytest.fixture(scope="module")
def logit():
    return fit_binary(observed(crossed(), ANSWERS["agree"]), [*NAMES, "age squared", "age by lead"])


@pytest.fixture(scope="module")
def ordered():
    rows = OrderedRows(matrix()[:, 1:], ANSWERS["level"].to_numpy(), ONES)
    return fit_ordered(rows, rows.names(NAMES[1:], list("0123")))


@pytest.fixture(scope="module")
def multinomial():
    rows = MultinomialRows(matrix(), ANSWERS["choice"].to_numpy(), ONES)
    return fit_multinomial(rows, rows.names(NAMES, list("012")))


def test_a_variable_moves_in_its_square_and_its_product_too(logit):
    clustered = cluster_covariance(cluster_moments(logit.working, TEAM), "CR1S").covariance
    slope = average_slope(logit, lambda age: crossed(age=age), AGE, EVENLY)
    compare(slope, clustered, "logit ame age CR1S")
    compare(slope, logit.covariance, "logit ame age classical")
    difference = average_difference(logit, crossed(lead=0), crossed(lead=1), EVENLY)
    compare(difference, clustered, "logit diff lead CR1S")
    compare(average_prediction(logit, crossed(lead=1, age=50), EVENLY), clustered, "logit pred lead1 age50 CR1S")


def test_every_category_of_an_ordered_outcome_has_its_margins(ordered):
    clustered = clustered_covariance(ordered.covariance, ordered.scores, TEAM)
    slope = average_slope(ordered, lambda age: matrix(age=age)[:, 1:], AGE, EVENLY)
    # clm stops at gradients of 1e-10
    compare(slope, clustered, "ordered ame age CR1S", 1e-7)
    compare(slope, ordered.covariance, "ordered ame age classical", 1e-7)
    difference = average_difference(ordered, matrix(lead=0)[:, 1:], matrix(lead=1)[:, 1:], EVENLY)
    compare(difference, clustered, "ordered diff lead CR1S", 1e-7)
    np.testing.assert_allclose([slope.means.sum(), difference.means.sum()], 0, atol=1e-12)


def test_every_category_of_a_multinomial_outcome_has_its_margins(multinomial):
    slope = average_slope(multinomial, lambda age: matrix(age=age), AGE, EVENLY)
    # multinom's coefficients are good to 1e-7
    compare(slope, multinomial.covariance, "multinom ame age", 1e-6)
    difference = average_difference(multinomial, matrix(lead=0), matrix(lead=1), EVENLY)
    compare(difference, multinomial.covariance, "multinom diff lead", 1e-6)


def test_counts_have_margins_at_their_exposure():
    fit = fit_poisson(observed(matrix(), ANSWERS["visits"], offset=LOG_HOURS), NAMES)
    over, robust = Averaging(ONES, LOG_HOURS), heteroskedastic_covariance(fit.working, "HC0")
    compare(average_slope(fit, lambda age: matrix(age=age), AGE, over), robust, "poisson ame age HC0")
    difference = average_difference(fit, matrix(role=0), matrix(role=2), over)
    compare(difference, robust, "poisson diff role2 HC0")


@pytest.mark.parametrize("link", ["logit", "probit"])
def test_statsmodels_gives_the_same_average_effects(link):
    fit = fit_binary(observed(matrix(), ANSWERS["agree"]), NAMES, link)
    model = {"logit": sm.Logit, "probit": sm.Probit}[link](ANSWERS["agree"].to_numpy(), matrix())
    other = model.fit(method="newton", tol=1e-14, disp=0).get_margeff(dummy=True)
    slope = average_slope(fit, lambda age: matrix(age=age), AGE, EVENLY)
    difference = average_difference(fit, matrix(lead=0), matrix(lead=1), EVENLY)
    np.testing.assert_allclose([slope.means[0], difference.means[0]], other.margeff[:2], rtol=1e-9)


@pytest.mark.parametrize(
    "kind", ["logit", "probit", "firth", "ordered", "partial", "cloglog", "multinomial", "poisson"]
)
def test_the_derivatives_of_a_mean_prediction_are_those_of_differences(kind):
    fit, rows = {
        "logit": lambda: (fit_binary(observed(matrix(), ANSWERS["agree"]), NAMES), matrix()),
        "probit": lambda: (fit_binary(observed(matrix(), ANSWERS["agree"]), NAMES, "probit"), matrix()),
        "firth": lambda: (fit_firth(observed(matrix(), ANSWERS["agree"])), matrix()),
        "ordered": lambda: (ordered_fit(()), matrix()[:, 1:]),
        "partial": lambda: (ordered_fit((2, 3)), matrix()[:, 1:]),
        "cloglog": lambda: (ordered_fit((), "cloglog"), matrix()[:, 1:]),
        "multinomial": lambda: (multinomial_fit(), matrix()),
        "poisson": lambda: (fit_poisson(observed(matrix(), ANSWERS["visits"]), NAMES), matrix()),
    }[kind]()
    point = fit.coefficients.copy()
    slopes = fit.predicted(rows, WEIGHT).slopes
    for place in range(len(point)):
        ends = []
        for change in (-1e-5, 1e-5):
            fit.coefficients[:] = point
            fit.coefficients[place] += change
            ends.append(fit.predicted(rows, WEIGHT).means)
        np.testing.assert_allclose((ends[1] - ends[0]) / 2e-5, slopes[:, place], rtol=1e-5, atol=1e-7)


def ordered_fit(released, link="logit"):
    rows = OrderedRows(matrix()[:, 1:], ANSWERS["level"].to_numpy(), ONES, released, link)
    return fit_ordered(rows, rows.names(NAMES[1:], list("0123")))


def multinomial_fit():
    rows = MultinomialRows(matrix(), ANSWERS["choice"].to_numpy(), ONES)
    return fit_multinomial(rows, rows.names(NAMES, list("012")))


def test_averages_follow_the_weights(logit):
    heavy = Averaging(np.where(np.arange(72) == 3, 1.0, 0.0))
    row = crossed()[[3]]
    found = average_prediction(logit, crossed(), heavy)
    alone = average_prediction(logit, row, Averaging(np.ones(1)))
    np.testing.assert_allclose([found.means, found.slopes[:, 1]], [alone.means, alone.slopes[:, 1]], rtol=1e-12)


def test_a_variable_that_does_not_vary_has_no_average_slope(logit):
    with pytest.raises(ValueError, match="the variable is the same in all rows"):
        average_slope(logit, lambda age: crossed(age=age), np.full(72, 40.0), EVENLY)


def test_thresholds_that_cross_are_refused_and_not_predicted():
    fit = ordered_fit((0,))
    far = matrix(age=3000.0)[:, 1:]
    with pytest.raises(ModelDataError, match="the thresholds cross at 72 of 72 rows"):
        average_prediction(fit, far, EVENLY)


def test_models_without_offset_refuse_one(ordered, multinomial):
    over = Averaging(ONES, LOG_HOURS)
    for fit, rows in ((ordered, matrix()[:, 1:]), (multinomial, matrix())):
        with pytest.raises(ValueError, match="has no offset; leave it out"):
            average_prediction(fit, rows, over)
