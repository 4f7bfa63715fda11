r"""Reliability of a sum of ordered answers, from one factor of their latent responses.

Covariances are those of the answers themselves, integrated over their latent responses (Green and Yang): with
loadings l, thresholds t and correlations r of two items, ``sum_ab P(X > a, Y > b) - P(X > a) P(Y > b)`` over all
pairs of thresholds. Above the line r is ``l_i l_j``; below it the polychoric correlation (observed denominator) or
``l_i l_j`` off the diagonal (model-implied denominator).

References:
    Green and Yang (2009), Psychometrika 74, 155-167; Zumbo, Gadermann and Zeisser (2007), Journal of Modern Applied
    Statistical Methods 6, 21-29 (ordinal alpha). R: ``semTools::compRelSEM(ord.scale = TRUE)`` with ``obs.var`` TRUE,
    its default, or FALSE; a one-factor model that fits badly makes the first too high.
"""

# pyright: reportMissingTypeStubs=false

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtr

from models.estimates import Matrix, Vector
from models.measurement.bivariate_normal import distribution
from models.measurement.confirmatory.analysis import FactorAnalysis, analyse, measured
from models.measurement.confirmatory.answers import grouped_answers
from models.measurement.confirmatory.model import FactorModel, Setting
from models.measurement.confirmatory.ordered_fit import OrderedFit, correlation_matrix
from models.measurement.confirmatory.refusals import Problem
from models.measurement.omega import refuse_few_items
from models.measurement.reliability import alpha_of

LARGEST_CORRELATION = 0.999999


@dataclass(frozen=True)
class OrderedReliability:
    """Reliability of a sum of ordered answers.

    Attributes:
        omega_observed: Green and Yang, over the variance of the sum by the polychoric correlations.
        omega_model: Green and Yang, over that by the correlations the model implies.
        latent_omega: Omega of the latent responses, model-implied.
        latent_omega_observed: Omega of the latent responses over the sum of the polychoric correlations.
        ordinal_alpha: Alpha of the polychoric correlations; of latent responses, not of the sum of answers.
        n_obs: Responses.
        problems: Reasons to distrust the model's estimates; empty when there are none.
    """

    omega_observed: float
    omega_model: float
    latent_omega: float
    latent_omega_observed: float
    ordinal_alpha: float
    n_obs: int
    problems: tuple[Problem, ...]


def ordered_reliability(answers: pd.DataFrame) -> OrderedReliability:
    """Estimate the reliability of a sum of ordered answers from one factor (WLSMV), over complete answers.

    Args:
        answers: One row a response, one column an item (k, at least 3), reverse-scored items turned round, missing as
            NA. Categories are the codes in use; the sum is of their numbers 1, 2, … in order.

    Raises:
        FactorModelError: If there are fewer than three items, an item is constant, two are the same, or responses are
            no more than items.
    """
    names = refuse_few_items([str(name) for name in answers.columns])
    grouped = grouped_answers(answers, names, is_complete=True)
    analysis = analyse(FactorModel({"factor": names}), measured(grouped, "wlsmv"), Setting(scaling="unit_variance"))
    return reliability_of_fit(analysis)


def reliability_of_fit(analysis: FactorAnalysis) -> OrderedReliability:
    """Return the reliability of the sum of the items of a one-factor model of ordered items that was fitted."""
    fit = analysis.fit
    if not isinstance(fit, OrderedFit):
        raise TypeError("expected a model of ordered items (estimator wlsmv)")
    layout, moments = fit.layout, fit.least_squares.samples[0].moments
    kinds = np.array([each.kind for each in layout.parameters])
    loading = layout.values(fit.theta)[kinds == "loading"]
    k, n_thresholds = len(loading), sum(layout.n_thresholds)
    polychoric = correlation_matrix(moments[n_thresholds:], k)
    limits = np.split(moments[:n_thresholds], np.cumsum(layout.n_thresholds)[:-1])
    implied = np.outer(loading, loading)
    off = ~np.eye(k, dtype=bool)
    explained = _answer_covariance(limits, implied).sum()
    variances = np.array([_variance(each) for each in limits]).sum()
    latent = float(loading.sum() ** 2)
    return OrderedReliability(
        omega_observed=float(explained / (_answer_covariance(limits, polychoric)[off].sum() + variances)),
        omega_model=float(explained / (_answer_covariance(limits, implied)[off].sum() + variances)),
        latent_omega=latent / (latent + float((1 - loading**2).sum())),
        latent_omega_observed=latent / float(polychoric.sum()),
        ordinal_alpha=alpha_of(polychoric),
        n_obs=analysis.n_obs,
        problems=analysis.problems,
    )


def _answer_covariance(limits: list[Vector], correlation: Matrix) -> Matrix:
    """Return the covariances of answers counted 1, 2, … with these correlations of latent responses, and their own.

    ``sum_ab P(X > a, Y > b) - P(X > a) P(Y > b)`` over all pairs of thresholds.
    """
    k = len(limits)
    found = np.zeros((k, k))
    for row in range(k):
        for column in range(row + 1):
            h, w = limits[row][:, None], limits[column][None, :]
            r = np.clip(correlation[row, column], -LARGEST_CORRELATION, LARGEST_CORRELATION)
            found[row, column] = found[column, row] = float((distribution(h, w, r) - ndtr(h) * ndtr(w)).sum())
    return found


def _variance(limits: Vector) -> float:
    below = ndtr(limits)
    return float((np.minimum(below[:, None], below[None, :]) - np.outer(below, below)).sum())
