r"""Reliability of a sum from factor models: omega of continuous items, of ordered items, and of a general factor.

One factor with loadings l and residual variances t gives ``omega = (sum l)^2 / ((sum l)^2 + sum t)`` (model-implied
denominator) or ``(sum l)^2 / sum of observed covariances`` (observed denominator). For ordered items the covariances
are those of the answers themselves, integrated over their latent responses (Green and Yang).

References:
    McDonald (1999), Test theory; Green and Yang (2009), Psychometrika 74, 155-167; Zinbarg, Revelle, Yovel and Li
    (2005), Psychometrika 70, 123-133; Schmid and Leiman (1957), Psychometrika 22, 53-61. R: ``semTools::compRelSEM``,
    ``psych::omega``.
"""

# pyright: reportMissingTypeStubs=false

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import ndtr, ndtri

from models.estimates import Matrix, Vector
from models.measurement.bivariate_normal import distribution
from models.measurement.confirmatory.continuous import ContinuousFit, fit_normal, fit_robust
from models.measurement.confirmatory.model import FactorModel, Setting, continuous_layout, ordinal_layout
from models.measurement.confirmatory.ordered_fit import correlation_matrix, fit_ordered, ordered_moments
from models.measurement.confirmatory.sample import sample_of
from models.measurement.confirmatory.standardised import delta_errors
from models.measurement.exploratory.extraction import extract
from models.measurement.exploratory.rotation import oblimin
from models.measurement.ordered import ordered_sample
from models.measurement.reliability import alpha_of

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
        has_converged: Whether the model's estimates are an optimum.
    """

    model_implied: float
    observed: float
    std_error: float
    conf_low: float
    conf_high: float
    has_converged: bool


def omega_total(codes: Matrix, inference: Literal["ml", "mlr"] = "mlr", confidence_level: float = 0.95) -> Omega:
    """Estimate omega of one factor from complete answers, with normal or robust standard error.

    Args:
        codes: n x k, complete, reverse-scored items turned round; k at least 3.
        inference: Of the standard error.
        confidence_level: Between 0 and 1.
    """
    items = _names(codes.shape[1])
    layout = continuous_layout(FactorModel({"factor": items}), Setting(scaling="unit_variance"))
    fit = (fit_robust if inference == "mlr" else fit_normal)(layout, (sample_of(codes),))

    def of(theta: Vector) -> Vector:
        loading, residual = _one_factor(fit, theta)
        explained = loading.sum() ** 2
        return np.array([explained / (explained + residual.sum())])

    value = float(of(fit.theta)[0])
    error = float(delta_errors(of, fit.theta, fit.covariance)[0])
    half = float(ndtri((1 + confidence_level) / 2)) * error
    observed = float(_one_factor(fit, fit.theta)[0].sum() ** 2 / fit.likelihood.samples[0].covariance.sum())
    return Omega(value, observed, error, value - half, value + half, fit.has_converged)


def _names(k: int) -> tuple[str, ...]:
    return tuple(f"item_{number}" for number in range(1, k + 1))


def _one_factor(fit: ContinuousFit, theta: Vector) -> tuple[Vector, Vector]:
    values = fit.layout.values(theta)
    kinds = np.array([each.kind for each in fit.layout.parameters])
    return values[kinds == "loading"], values[kinds == "residual_covariance"]


@dataclass(frozen=True)
class OrderedReliability:
    """Reliability of a sum of ordered answers.

    Attributes:
        omega_observed: Green and Yang, over the variance of the sum by the polychoric correlations.
        omega_model: Green and Yang, over that by the correlations the model implies.
        latent_omega: Omega of the latent responses, model-implied.
        latent_omega_observed: Omega of the latent responses over the sum of the polychoric correlations.
        ordinal_alpha: Alpha of the polychoric correlations; of latent responses, not of the sum of answers.
        has_converged: Whether the model's estimates are an optimum.
    """

    omega_observed: float
    omega_model: float
    latent_omega: float
    latent_omega_observed: float
    ordinal_alpha: float
    has_converged: bool


def ordered_reliability(codes: Matrix) -> OrderedReliability:
    """Estimate the reliability of a sum of ordered answers from one factor (WLSMV).

    Args:
        codes: n x k, complete, reverse-scored items turned round; k at least 3.
    """
    sample = ordered_sample(codes)
    moments = ordered_moments(sample)
    layout = ordinal_layout(
        FactorModel({"factor": _names(codes.shape[1])}), sample.n_categories, Setting(scaling="unit_variance")
    )
    fit = fit_ordered(layout, [moments])
    kinds = np.array([each.kind for each in layout.parameters])
    loading = layout.values(fit.theta)[kinds == "loading"]
    k, n_thresholds = codes.shape[1], sum(layout.n_thresholds)
    polychoric = correlation_matrix(moments.moments[n_thresholds:], k)
    limits = np.split(moments.moments[:n_thresholds], np.cumsum(layout.n_thresholds)[:-1])
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
        has_converged=fit.has_converged,
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
            r = np.clip(correlation[row, column], -0.999999, 0.999999)
            found[row, column] = found[column, row] = float((distribution(h, w, r) - ndtr(h) * ndtr(w)).sum())
    return found


def _variance(limits: Vector) -> float:
    below = ndtr(limits)
    return float((np.minimum(below[:, None], below[None, :]) - np.outer(below, below)).sum())


@dataclass(frozen=True)
class HierarchicalOmega:
    """Omega of a general factor beside groups of items.

    Attributes:
        omega_hierarchical: Share of the variance of the sum that the general factor explains.
        omega_total: Share that all factors explain.
        general: Loadings on the general factor, k.
    """

    omega_hierarchical: float
    omega_total: float
    general: tuple[float, ...]


def omega_hierarchical(correlation: Matrix, n_groups: int = 3) -> HierarchicalOmega:
    """Estimate omega hierarchical by a Schmid-Leiman transformation of oblique minres factors.

    Args:
        correlation: k x k, reverse-scored items turned round.
        n_groups: Group factors, at least 3 for a general factor that is identified.

    References:
        Zinbarg et al. (2005). R: ``psych::omega(nfactors = 3, fm = "minres", rotate = "oblimin")``.
    """
    found = extract(correlation, n_groups, "minres")
    rotated = oblimin(found.loadings)
    sign = np.where(rotated.loadings.sum(axis=0) < 0, -1.0, 1.0)
    phi = rotated.factor_correlation * np.outer(sign, sign)
    above = extract(phi, 1, "minres").loadings[:, 0]
    general = (rotated.loadings * sign) @ above
    total = float(correlation.sum())
    return HierarchicalOmega(
        float(general.sum() ** 2 / total),
        float(1 - found.uniqueness.sum() / total),
        tuple(float(each) for each in general),
    )
