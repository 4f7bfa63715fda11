r"""Fit of a model of answers with gaps, in the metric of complete answers.

Full information likelihood measures misfit against what was observed, so that its CFI and RMSEA depend on how much is
missing. The corrected statistic compares the estimates with the saturated moments as if they came from complete
answers; its scaling factor is ``tr(U W^-1 C W^-1 U G) / df`` with W and C the observed information of the saturated
moments from the gaps and from complete answers, ``U = W - W D (D' W D)^-1 D' W`` and ``G = W^-1 J W^-1``, or ``W^-1``
for normal answers.

References:
    Zhang and Savalei (2023), Psychological Methods 28, 263-283 (FIML-C, versions 3 and 6). R: ``cfi.robust`` and
    ``rmsea.robust`` of ``lavaan::sem(missing = "ml")``.
"""

import numpy as np

from models.estimates import Matrix
from models.measurement.confirmatory.chi_square import ChiSquare, mean_scaled, residual_weights
from models.measurement.confirmatory.continuous import (
    Clusters,
    ContinuousFit,
    mean_square,
    moment_derivatives,
    small_sample_factor,
)
from models.measurement.confirmatory.implied import moments
from models.measurement.confirmatory.saturated import normal_weights, saturated_information, saturated_scores
from models.measurement.confirmatory.stacking import block_diagonal


def corrected_test(fit: ContinuousFit, clusters: Clusters = ()) -> tuple[float, ChiSquare]:
    """Return the corrected statistic of a fit with gaps, and its scaled test.

    Args:
        fit: Of a layout with means; its ``scaled`` says whether inference is robust.
        clusters: As given to ``fit_robust``.
    """
    derivatives, gaps, complete, gamma = _stacked(fit, clusters)
    inverse = np.linalg.inv(gaps)
    residual = residual_weights(gaps, derivatives)
    carried = inverse @ complete @ inverse
    around = residual @ (gamma if fit.scaled is not None else inverse) @ residual
    trace = float((carried * around).sum())
    statistic = _complete_statistic(fit)
    return statistic, mean_scaled(statistic, fit.standard.df, trace, "fiml_corrected")


def _stacked(fit: ContinuousFit, clusters: Clusters) -> tuple[Matrix, Matrix, Matrix, Matrix]:
    """Return derivatives, information with gaps and without, and moment covariance, weighted by shares of responses."""
    derivatives: list[Matrix] = []
    gaps: list[Matrix] = []
    complete: list[Matrix] = []
    gamma: list[Matrix] = []
    factor = small_sample_factor(clusters)
    n = fit.likelihood.n_obs
    for group, sample in enumerate(fit.likelihood.samples):
        share = sample.n_obs / n
        derivatives.append(moment_derivatives(fit.layout, fit.theta, group))
        information = saturated_information(sample, has_means=True) / sample.n_obs
        meat = mean_square(saturated_scores(sample, has_means=True), clusters[group] if clusters else None)
        inverse = np.linalg.inv(information)
        gaps.append(share * information)
        complete.append(share * normal_weights(sample.covariance, has_means=True))
        gamma.append(factor * inverse @ meat @ inverse / share)
    return np.concatenate(derivatives), block_diagonal(gaps), block_diagonal(complete), block_diagonal(gamma)


def _complete_statistic(fit: ContinuousFit) -> float:
    statistic = 0.0
    for group, sample in enumerate(fit.likelihood.samples):
        implied = moments(fit.layout, fit.theta, group, with_derivatives=False)
        distance = sample.mean - implied.mean
        ratio = np.linalg.solve(implied.covariance, sample.covariance + np.outer(distance, distance))
        log_ratio = np.linalg.slogdet(implied.covariance)[1] - np.linalg.slogdet(sample.covariance)[1]
        statistic += sample.n_obs * float(np.trace(ratio) - len(distance) + log_ratio)
    return statistic
