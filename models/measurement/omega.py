r"""Reliability of a sum from factor models: omega of items taken as continuous.

One factor with loadings l and residual variances t gives ``omega = (sum l)^2 / ((sum l)^2 + sum t)`` (model-implied
denominator) or ``(sum l)^2 / sum of observed covariances`` (observed denominator).

References:
    McDonald (1999), Test theory; Raykov (2002), Structural Equation Modeling 9, 195-212. R: ``semTools::compRelSEM``
    (``obs.var = TRUE``, its default, has the observed denominator); a parameter ``omega :=`` of ``lavaan::cfa`` for
    errors.
"""

# pyright: reportMissingTypeStubs=false

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from scipy.special import ndtri

from models.estimates import Vector
from models.measurement.confirmatory.answers import grouped_answers
from models.measurement.confirmatory.continuous import ContinuousFit, fit_normal, fit_robust
from models.measurement.confirmatory.model import FactorModel, Setting, continuous_layout
from models.measurement.confirmatory.refusals import FactorModelError, Problem, problems
from models.measurement.confirmatory.sample import sample_of
from models.measurement.confirmatory.standardised import delta_errors

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
        FactorModelError: If there are fewer than three items, an item is constant, two are the same, or responses are
            no more than items.
    """
    names = refuse_few_items(answers)
    grouped = grouped_answers(answers, names, is_complete=True, clusters=clusters)
    layout = continuous_layout(FactorModel({"factor": names}), Setting(scaling="unit_variance"))
    samples = (sample_of(grouped.data[0]),)
    fit = fit_robust(layout, samples, grouped.clusters) if inference == "mlr" else fit_normal(layout, samples)

    def of(theta: Vector) -> Vector:
        loading, residual = _one_factor(fit, theta)
        explained = loading.sum() ** 2
        return np.array([explained / (explained + residual.sum())])

    value = float(of(fit.theta)[0])
    error = float(delta_errors(of, fit.theta, fit.covariance)[0])
    half = float(ndtri((1 + confidence_level) / 2)) * error
    observed = float(_one_factor(fit, fit.theta)[0].sum() ** 2 / samples[0].covariance.sum())
    found = problems(layout, fit.theta, has_converged=fit.has_converged)
    return Omega(value, observed, error, value - half, value + half, samples[0].n_obs, found)


def refuse_few_items(answers: pd.DataFrame) -> tuple[str, ...]:
    """Return the names of the items, refusing fewer than a factor needs."""
    names = tuple(str(name) for name in answers.columns)
    if len(names) < FEWEST_ITEMS:
        msg = f"{len(names)} items ({', '.join(names)}): omega needs at least {FEWEST_ITEMS}; alpha takes two"
        raise FactorModelError(msg)
    return names


def _one_factor(fit: ContinuousFit, theta: Vector) -> tuple[Vector, Vector]:
    values = fit.layout.values(theta)
    kinds = np.array([each.kind for each in fit.layout.parameters])
    return values[kinds == "loading"], values[kinds == "residual_covariance"]
