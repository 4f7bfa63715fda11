r"""What a model leaves unexplained, in correlations, and its summary SRMR.

Residuals are ``(s_ij - m_ij) / sqrt(s_ii s_jj)`` and, of means, ``(s_i - m_i) / sqrt(s_ii)``. SRMR is the root of
their mean square over the p(p + 1)/2 covariances and, where means are modelled, the p means; of ordered items over
correlations with p(p + 1)/2 below the line. Groups are averaged by their responses.

References:
    Bentler (1995), EQS structural equations program manual. R: ``lavaan::fitMeasures(fit, "srmr")``.
"""

import numpy as np

from models.estimates import Matrix
from models.measurement.confirmatory.continuous import ContinuousFit
from models.measurement.confirmatory.implied import moments, standardised_moments
from models.measurement.confirmatory.ordered_fit import OrderedFit, correlation_matrix


def residual_correlations(fit: ContinuousFit | OrderedFit, group: int) -> Matrix:
    """Return residuals of a group, p x p; of variances on the diagonal."""
    if isinstance(fit, OrderedFit):
        k, p = sum(fit.layout.n_thresholds), len(fit.layout.items)
        implied = standardised_moments(fit.layout, fit.theta, group)[0][k:]
        return correlation_matrix(fit.least_squares.samples[group].moments[k:], p) - correlation_matrix(implied, p)
    sample = fit.likelihood.samples[group]
    scale = np.sqrt(np.diagonal(sample.covariance))
    implied = moments(fit.layout, fit.theta, group, with_derivatives=False).covariance
    return (sample.covariance - implied) / np.outer(scale, scale)


def srmr(fit: ContinuousFit | OrderedFit) -> float:
    """Return the standardised root mean square residual."""
    total = 0.0
    n_obs = fit.least_squares.n_obs if isinstance(fit, OrderedFit) else fit.likelihood.n_obs
    for group in range(fit.layout.n_groups):
        residual = residual_correlations(fit, group)
        squares = residual[np.tril_indices(len(residual))] ** 2
        n_group = (fit.least_squares if isinstance(fit, OrderedFit) else fit.likelihood).samples[group].n_obs
        if isinstance(fit, ContinuousFit) and fit.layout.has_means:
            sample = fit.likelihood.samples[group]
            implied = moments(fit.layout, fit.theta, group, with_derivatives=False).mean
            squares = np.concatenate([squares, (sample.mean - implied) ** 2 / np.diagonal(sample.covariance)])
        total += n_group / n_obs * float(np.sqrt(squares.mean()))
    return total
