r"""Reliability of a sum from factor models: omega of items taken as continuous.

One factor with loadings l and residual variances t gives ``omega = (sum l)^2 / ((sum l)^2 + sum t)`` (model-implied
denominator) or ``(sum l)^2 / sum of observed covariances`` (observed denominator).

References:
    McDonald (1999), Test theory; Raykov (2002), Structural Equation Modeling 9, 195-212. R: ``semTools::compRelSEM``
    (``obs.var = TRUE``, its default, has the observed denominator); a parameter ``omega :=`` of ``lavaan::cfa`` for
    errors.
"""

# pyright: reportMissingTypeStubs=false

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
import pandas as pd
from scipy.special import ndtri

from models.estimates import Matrix, Vector
from models.measurement.answer_counts import CompleteCounts
from models.measurement.confirmatory.answers import grouped_answers
from models.measurement.confirmatory.continuous import fit_normal, fit_robust, moment_derivatives
from models.measurement.confirmatory.likelihood import Likelihood, deviance_by_moments
from models.measurement.confirmatory.model import FactorModel, Setting, continuous_layout
from models.measurement.confirmatory.optimise import minimise
from models.measurement.confirmatory.parameters import Layout
from models.measurement.confirmatory.refusals import FactorModelError, Problem, problems, refuse_unusable
from models.measurement.confirmatory.sample import Pattern, Sample, sample_of
from models.measurement.confirmatory.saturated import moments_information
from models.measurement.confirmatory.start import start_values
from models.measurement.internal_consistency import SMALLEST_EIGENVALUE, correlation_of

FEWEST_ITEMS = 3
"""A factor of two items is not identified by them alone."""


@dataclass(frozen=True)
class Omega:
    """Omega of one factor of continuous items.

    Attributes:
        model_implied: Over the variance of the sum that the model implies.
        observed: Over the observed variance of the sum.
        std_error: Of the first, delta method.
        conf_low: Lower end of its interval, by the normal distribution.
        conf_high: Upper end.
        n_obs: Responses.
        problems: Reasons to distrust the model's estimates; empty when there are none.
    """

    model_implied: float
    observed: float
    std_error: float
    conf_low: float
    conf_high: float
    n_obs: int
    problems: tuple[Problem, ...]


@dataclass(frozen=True, eq=False)
class _OneFactor:
    """A fitted model of one factor: its free values, their covariance, and the items' covariances over n."""

    layout: Layout
    theta: Vector
    covariance: Matrix
    observed: Matrix
    n_obs: int
    has_converged: bool

    def omega(self, confidence_level: float) -> Omega:
        values = self.layout.values(self.theta)
        kinds = np.array([each.kind for each in self.layout.parameters])
        is_loading, is_residual = kinds == "loading", kinds == "residual_covariance"
        loading, residual = float(values[is_loading].sum()), float(values[is_residual].sum())
        total = loading**2 + residual
        value = loading**2 / total
        slope = np.zeros(len(self.theta))
        slope[self.layout.free[is_loading]] = 2 * loading * residual / total**2
        slope[self.layout.free[is_residual]] = -(loading**2) / total**2
        error = float(np.sqrt(max(float(slope @ self.covariance @ slope), 0.0)))
        half = float(ndtri((1 + confidence_level) / 2)) * error
        observed = loading**2 / float(self.observed.sum())
        found = problems(self.layout, self.theta, has_converged=self.has_converged)
        return Omega(value, observed, error, value - half, value + half, self.n_obs, found)


def omega_total(
    answers: pd.DataFrame,
    inference: Literal["ml", "mlr"] = "mlr",
    confidence_level: float = 0.95,
    clusters: pd.Series | None = None,
) -> Omega:
    """Estimate omega of one factor from complete answers.

    Args:
        answers: One row a response, one column an item (k, at least 3), reverse-scored items turned round, missing as
            NA.
        inference: Standard error by normal theory, or robust to other distributions and to clusters.
        confidence_level: Between 0 and 1.
        clusters: Cluster of each response, such as its organisation; for ``mlr``.

    Raises:
        FactorModelError: If there are fewer than three items, an item is constant, two are the same, items determine
            one another, or responses are no more than items.
    """
    names = refuse_few_items([str(name) for name in answers.columns])
    grouped = grouped_answers(answers, names, is_complete=True, clusters=clusters)
    layout, sample = _layout(names), sample_of(grouped.data[0])
    _refuse_dependent(sample.covariance)
    fit = fit_robust(layout, (sample,), grouped.clusters) if inference == "mlr" else fit_normal(layout, (sample,))
    found = _OneFactor(layout, fit.theta, fit.covariance, sample.covariance, sample.n_obs, fit.has_converged)
    return found.omega(confidence_level)


def omega_of_counts(answers: CompleteCounts, confidence_level: float = 0.95) -> Omega:
    """Estimate what ``omega_total`` does from complete answers counted by pattern, responses taken as independent.

    The standard error is the robust one (``mlr``): ``H^-1 J H^-1 / n`` with H the observed information of a response
    and J the mean square of the patterns' scores, each counted as often as it was given.

    Args:
        answers: Counted answers to k items, at least 3.
        confidence_level: Between 0 and 1.

    Raises:
        FactorModelError: As ``omega_total``, and if answers say nothing of some parameter.
    """
    names = refuse_few_items(answers.items)
    refuse_unusable(names, answers.codes, n_obs=answers.n_obs)
    layout, covariance = _layout(names), answers.covariance(ddof=0)
    _refuse_dependent(covariance)
    pattern = Pattern(np.arange(len(answers.codes)), np.arange(len(names)), answers.mean(), covariance)
    likelihood = Likelihood(layout, (Sample(answers.codes, (pattern,), pattern.mean, covariance),))
    found = minimise(likelihood.evaluate, likelihood.curvature, start_values(layout, [pattern.mean], [covariance]))
    scores = likelihood.scores(found.theta)
    meat = (scores * answers.counts[:, None]).T @ scores / answers.n_obs
    inverse = _inverse(_information(likelihood, found.theta))
    of_theta = inverse @ meat @ inverse / answers.n_obs
    fitted = _OneFactor(layout, found.theta, of_theta, covariance, answers.n_obs, found.has_converged)
    return fitted.omega(confidence_level)


def refuse_few_items(items: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the items, refusing fewer than a factor needs."""
    if len(items) < FEWEST_ITEMS:
        msg = f"{len(items)} items ({', '.join(items)}): omega needs at least {FEWEST_ITEMS}; alpha takes two"
        raise FactorModelError(msg)
    return tuple(items)


def _information(likelihood: Likelihood, theta: Vector) -> Matrix:
    """Return the observed information of a response about loadings and residual variances of one factor.

    What ``observed_information`` finds by differences for any model: here ``d^2 S / dl_i dl_j`` has a one in the cells
    (i, j) and (j, i), and no other second derivative.
    """
    layout, (sample,) = likelihood.layout, likelihood.samples
    mean, covariance = likelihood.moments(theta, 0)
    by_theta, slopes = moment_derivatives(layout, theta, 0), deviance_by_moments(sample, mean, covariance)
    if slopes is None:
        raise AssertionError("estimates imply a covariance matrix")
    of_moments = moments_information(sample, mean, covariance)[-len(by_theta) :, -len(by_theta) :]
    total = by_theta.T @ of_moments @ by_theta
    loadings = layout.free[np.array([each.kind == "loading" for each in layout.parameters])]
    total[np.ix_(loadings, loadings)] += slopes.by_covariance
    return total / likelihood.n_obs


@cache
def _layout(items: tuple[str, ...]) -> Layout:
    return continuous_layout(FactorModel({"factor": items}), Setting(scaling="unit_variance"))


def _refuse_dependent(covariance: Matrix) -> None:
    if float(np.linalg.eigvalsh(correlation_of(covariance))[0]) < SMALLEST_EIGENVALUE:
        msg = "the answers to some items follow from those to the others: take one of these items out of the scale"
        raise FactorModelError(msg)


def _inverse(information: Matrix) -> Matrix:
    try:
        return np.asarray(np.linalg.inv(information), dtype=float)
    except np.linalg.LinAlgError:
        raise FactorModelError("the answers do not tell the loadings of one factor apart") from None
