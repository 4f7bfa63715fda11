r"""Scores of factors for every response of a model of continuous items.

Regression scores are ``a + P L' S^-1 (y - m)``, Bartlett scores ``a + (L' T^-1 L)^-1 L' T^-1 (y - m)``, with L the
loadings, P and a covariance and means of the factors, T residual and S implied covariance, m implied means. With
gaps, both use what a person answered.

References:
    Thurstone (1935); Bartlett (1937), British Journal of Psychology 28, 97-104. R: ``lavaan::lavPredict(method =
    "regression")``, ``"Bartlett"``.
"""

from typing import Literal

import numpy as np

from models.estimates import Matrix, Vector
from models.measurement.confirmatory.implied import matrices, moments
from models.measurement.confirmatory.likelihood import Likelihood

Method = Literal["regression", "bartlett"]


def factor_scores(likelihood: Likelihood, theta: Vector, group: int, method: Method) -> Matrix:
    """Return scores of the responses of a group, n x m; NaN where the answers given define no Bartlett score."""
    sample = likelihood.samples[group]
    each = matrices(likelihood.layout, theta, group)
    implied = moments(likelihood.layout, theta, group, with_derivatives=False)
    mean = implied.mean if likelihood.layout.has_means else sample.mean
    latent, scores = each.latent_covariance, np.empty((sample.n_obs, len(likelihood.layout.factors)))
    for pattern in sample.patterns:
        inner = np.ix_(pattern.items, pattern.items)
        loading = each.loading[pattern.items]
        if method == "regression":
            weights = latent @ loading.T @ np.linalg.inv(implied.covariance[inner])
        else:
            weights = _bartlett(loading, each.residual_covariance[inner])
        distance = sample.data[np.ix_(pattern.rows, pattern.items)] - mean[pattern.items]
        scores[pattern.rows] = each.latent_mean + distance @ weights.T
    return scores


def _bartlett(loading: Matrix, residual: Matrix) -> Matrix:
    weighted = np.linalg.solve(residual, loading)
    information = loading.T @ weighted
    if np.linalg.matrix_rank(information) < len(information):
        return np.full((len(information), len(loading)), np.nan)
    return np.asarray(np.linalg.solve(information, weighted.T), dtype=float)
