"""Influence values of every estimator: the derivative of the estimate in a row's weight, times the weight."""

import numpy as np
import pytest

from models.regression.categorical.counts import fit_poisson
from models.regression.categorical.generalised import observed
from models.regression.categorical.ordered import OrderedRows, fit_ordered
from models.regression.categorical.score_covariance import robust_covariance
from models.survey_design.alpha import Alpha
from models.survey_design.design import build_survey_design
from models.survey_design.estimated import linearised_estimate
from models.survey_design.generalised import Regression
from models.survey_design.means import Ratios, Totals, logit_intervals, means
from models.survey_design.ordered import Ordered
from models.survey_design.stages import Stage

N, STEP = 60, 1e-5
RNG = np.random.default_rng(8)
X = RNG.normal(size=N)
MATRIX = np.column_stack([np.ones(N), X])
WEIGHTS = RNG.uniform(1, 5, N)
ANSWERS = X[:, None] + RNG.normal(size=(N, 4))
YES = (X + RNG.logistic(size=N) > 0).astype(float)
COUNTS = RNG.poisson(np.exp(0.3 * X)).astype(float)
LEVELS = np.digitize(X + RNG.logistic(size=N), (-1, 1))
TERMS = ("intercept", "x")
STATISTICS = {
    "totals": Totals(("a", "b", "c", "d"), ANSWERS),
    "ratios": Ratios(("a", "b"), ANSWERS[:, :2], 5 + ANSWERS[:, 2:]),
    "alpha": Alpha(("a", "b", "c", "d"), ANSWERS),
    "linear": Regression("linear", TERMS, MATRIX, ANSWERS[:, 0]),
    "logit": Regression("logit", TERMS, MATRIX, YES),
    "poisson": Regression("poisson", TERMS, MATRIX, COUNTS),
    "ordered": Ordered(("x",), X[:, None], ("low", "middle", "high"), LEVELS),
    "probit": Ordered(("x",), X[:, None], ("low", "middle", "high"), LEVELS, "probit"),
}


@pytest.mark.parametrize("statistic", STATISTICS.values(), ids=STATISTICS)
def test_influence_is_weight_times_derivative(statistic):
    found = statistic.linearise(WEIGHTS)
    np.testing.assert_allclose(found.estimates, statistic.estimate(WEIGHTS), rtol=1e-12)
    assert found.influence.shape == (N, len(statistic.terms))
    for row in (0, 7, N - 1):
        step = np.where(np.arange(N) == row, STEP * WEIGHTS[row], 0.0)
        slope = (statistic.estimate(WEIGHTS + step) - statistic.estimate(WEIGHTS - step)) / (2 * STEP)
        np.testing.assert_allclose(found.influence[row], slope, rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize("statistic", STATISTICS.values(), ids=STATISTICS)
def test_rows_of_no_weight_do_not_count(statistic):
    some = np.where(np.arange(N) < 45, WEIGHTS, 0.0)
    assert not statistic.linearise(some).influence[45:].any()


def simple(statistic):
    return linearised_estimate(build_survey_design(np.ones(N), [Stage()]), statistic)


def test_equal_weights_give_the_robust_covariance_of_a_poisson_regression():
    fit = fit_poisson(observed(MATRIX, COUNTS), TERMS)
    expected = robust_covariance(fit.covariance, fit.scores) * N / (N - 1)
    np.testing.assert_allclose(simple(STATISTICS["poisson"]).covariance, expected, rtol=1e-9)


def test_equal_weights_give_the_robust_covariance_of_an_ordered_regression():
    fit = fit_ordered(OrderedRows(X[:, None], LEVELS, np.ones(N)), ("low|middle", "middle|high", "x"))
    expected = robust_covariance(fit.covariance, fit.scores) * N / (N - 1)
    found = simple(STATISTICS["ordered"])
    np.testing.assert_allclose(found.covariance, expected, rtol=1e-9)
    assert (found.terms, found.df) == (("low|middle", "middle|high", "x"), N - 3)


def test_the_logit_interval_of_a_share_is_that_of_a_logit_on_the_intercept():
    alone = simple(Regression("logit", ("intercept",), np.ones((N, 1)), YES)).table()
    found = logit_intervals(simple(means(("yes",), YES[:, None])))
    ends = 1 / (1 + np.exp(-alone[["conf_low", "conf_high"]].to_numpy()[0]))
    np.testing.assert_allclose(found[["conf_low", "conf_high"]].to_numpy()[0], ends, rtol=1e-9)


def test_the_logit_interval_of_nobody_has_no_ends():
    found = logit_intervals(simple(means(("never",), np.zeros((N, 1)))))
    assert found[["conf_low", "conf_high"]].isna().all(axis=None)
