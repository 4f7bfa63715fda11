r"""Factor models of continuous items: estimates, standard errors and tests, normal or robust, complete or with gaps.

The covariance of the estimates is ``H^-1 / n`` (normal) or the sandwich ``H^-1 J H^-1 / n`` with J the mean square of
the responses' scores, summed within clusters and times ``C / (C - 1)`` when responses come from C clusters. H is the
expected information for complete normal answers and the observed one otherwise.

References:
    Yuan and Bentler (2000); Arminger and Schoenberg (1989), Psychometrika 54, 409-425. R: ``lavaan::sem`` with
    ``estimator = "ML"``, ``"MLR"`` or ``"MLM"``, ``missing = "ml"``, ``cluster``.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.measurement.confirmatory.chi_square import ChiSquare, mean_scaled, residual_weights
from models.measurement.confirmatory.implied import moments, pulled_back
from models.measurement.confirmatory.likelihood import Likelihood, deviance_by_moments, saturated_log_likelihood
from models.measurement.confirmatory.optimise import minimise, second_derivatives
from models.measurement.confirmatory.parameters import Layout
from models.measurement.confirmatory.sample import Sample
from models.measurement.confirmatory.saturated import (
    moment_covariance,
    moments_information,
    normal_weights,
    saturated_information,
    saturated_scores,
)
from models.measurement.confirmatory.stacking import block_diagonal
from models.measurement.confirmatory.start import start_values

Clusters = tuple[NDArray[np.intp], ...]
"""Number of the cluster of every response, one array a group; empty without clusters."""


@dataclass(frozen=True, eq=False)
class ContinuousFit:
    """A layout fitted to continuous items by maximum likelihood.

    Attributes:
        likelihood: Model and samples.
        theta: Estimates of the free values, q.
        has_converged: Whether the search ended at an optimum.
        covariance: Of the estimates, q x q.
        standard: Likelihood ratio test against the saturated model.
        scaled: Its robust version; None for normal inference.
    """

    likelihood: Likelihood
    theta: Vector
    has_converged: bool
    covariance: Matrix
    standard: ChiSquare
    scaled: ChiSquare | None

    @property
    def layout(self) -> Layout:
        """The model."""
        return self.likelihood.layout


def fit_normal(layout: Layout, samples: tuple[Sample, ...], start: Vector | None = None) -> ContinuousFit:
    """Fit a layout with normal theory inference (lavaan's ``ML``), from values of its own where none are given."""
    likelihood, theta, has_converged, standard = _estimate(layout, samples, start)
    is_complete = all(each.is_complete for each in samples)
    information = likelihood.curvature(theta) if is_complete else observed_information(likelihood, theta)
    covariance = _inverse(information) / likelihood.n_obs
    return ContinuousFit(likelihood, theta, has_converged, covariance, standard, None)


def fit_robust(
    layout: Layout, samples: tuple[Sample, ...], clusters: Clusters = (), start: Vector | None = None
) -> ContinuousFit:
    """Fit a layout with Huber-White standard errors and Yuan and Bentler's test (lavaan's ``MLR``)."""
    likelihood, theta, has_converged, standard = _estimate(layout, samples, start)
    information = observed_information(likelihood, theta)
    inverse = _inverse(information)
    meat = mean_square(likelihood.scores(theta), _joined(clusters)) * small_sample_factor(clusters)
    covariance = inverse @ meat @ inverse / likelihood.n_obs
    trace = _saturated_trace(likelihood, clusters) - float(np.trace(meat @ inverse))
    scaled = mean_scaled(standard.statistic, standard.df, trace, "yuan_bentler_mplus")
    return ContinuousFit(likelihood, theta, has_converged, covariance, standard, scaled)


def fit_satorra_bentler(layout: Layout, samples: tuple[Sample, ...]) -> ContinuousFit:
    """Fit a layout to complete answers with Satorra and Bentler's standard errors and test (lavaan's ``MLM``)."""
    likelihood, theta, has_converged, standard = _estimate(layout, samples)
    derivatives, weights, gamma = _stacked(likelihood, theta)
    inverse = _inverse(derivatives.T @ weights @ derivatives)
    half = inverse @ derivatives.T @ weights
    covariance = half @ gamma @ half.T / likelihood.n_obs
    trace = float((residual_weights(weights, derivatives) * gamma).sum())
    scaled = mean_scaled(standard.statistic, standard.df, trace, "satorra_bentler")
    return ContinuousFit(likelihood, theta, has_converged, covariance, standard, scaled)


def _estimate(
    layout: Layout, samples: tuple[Sample, ...], start: Vector | None = None
) -> tuple[Likelihood, Vector, bool, ChiSquare]:
    likelihood = Likelihood(layout, samples)
    if start is None:
        start = start_values(layout, [each.mean for each in samples], [each.covariance for each in samples])
    found = minimise(likelihood.evaluate, likelihood.curvature, start)
    statistic = 2 * (saturated_log_likelihood(samples) - likelihood.log_likelihood(found.theta))
    test = ChiSquare("standard", statistic, n_moments(layout) - layout.n_free)
    return likelihood, found.theta, found.has_converged, test


def n_moments(layout: Layout) -> int:
    """Return how many moments the saturated model of the same items has."""
    p = len(layout.items)
    return layout.n_groups * (p * (p + 1) // 2 + (p if layout.has_means else 0))


def observed_information(likelihood: Likelihood, theta: Vector) -> Matrix:
    r"""Return the observed information of a response about the free values, q x q.

    ``D' I D + sum_k g_k d^2 m_k`` with D the derivatives of the moments m, I their observed information and g the
    slopes of the discrepancy by them; the second derivatives of m are central differences of fourth order.
    """
    layout, total = likelihood.layout, np.zeros((len(theta), len(theta)))
    for group, sample in enumerate(likelihood.samples):
        mean, covariance = likelihood.moments(theta, group)
        derivatives = moment_derivatives(layout, theta, group)
        information = moments_information(sample, mean, covariance)[-len(derivatives) :, -len(derivatives) :]
        total += derivatives.T @ information @ derivatives
        found = deviance_by_moments(sample, mean, covariance)
        if found is None:
            raise AssertionError("estimates imply a covariance matrix")
        pull = partial(
            pulled_back, layout, group=group, by_mean=found.by_mean / 2, by_covariance=found.by_covariance / 2
        )
        total += second_derivatives(pull, theta)
    return total / likelihood.n_obs


def _inverse(information: Matrix) -> Matrix:
    return np.asarray(np.linalg.inv(information), dtype=float) if len(information) else information


def _joined(clusters: Clusters) -> NDArray[np.intp] | None:
    return np.concatenate(clusters) if clusters else None


def mean_square(scores: Matrix, clusters: NDArray[np.intp] | None) -> Matrix:
    """Return the mean outer product of scores, summed within clusters when there are any."""
    if clusters is None:
        return scores.T @ scores / len(scores)
    names, numbers = np.unique(clusters, return_inverse=True)
    totals = np.zeros((len(names), scores.shape[1]))
    np.add.at(totals, numbers, scores)
    return totals.T @ totals / len(scores)


def small_sample_factor(clusters: Clusters) -> float:
    """Return ``C / (C - 1)`` for the C clusters of all groups; 1 without clusters.

    lavaan takes each group's own number of clusters, as if none reached over groups.
    """
    if not clusters:
        return 1.0
    n_clusters = len(np.unique(np.concatenate(clusters)))
    return n_clusters / (n_clusters - 1)


def _saturated_trace(likelihood: Likelihood, clusters: Clusters) -> float:
    total, has_means = 0.0, likelihood.layout.has_means
    for group, sample in enumerate(likelihood.samples):
        information = saturated_information(sample, has_means=has_means) / sample.n_obs
        meat = mean_square(saturated_scores(sample, has_means=has_means), clusters[group] if clusters else None)
        total += float(np.trace(np.linalg.solve(information, meat)))
    return total * small_sample_factor(clusters)


def moment_derivatives(layout: Layout, theta: Vector, group: int) -> Matrix:
    """Return the derivatives of a group's means (where modelled) and covariances by the free values, k x q."""
    found = moments(layout, theta, group)
    rows, columns = np.tril_indices(len(found.mean))
    by = found.covariance_by[:, rows, columns]
    return np.concatenate([found.mean_by, by], axis=1).T if layout.has_means else by.T


def _stacked(likelihood: Likelihood, theta: Vector) -> tuple[Matrix, Matrix, Matrix]:
    """Return derivatives, weights and moment covariance of all groups, each weighted by its share of responses."""
    layout, n = likelihood.layout, likelihood.n_obs
    blocks: list[tuple[Matrix, Matrix, Matrix]] = []
    for group, sample in enumerate(likelihood.samples):
        share = sample.n_obs / n
        implied = moments(layout, theta, group, with_derivatives=False).covariance
        blocks.append(
            (
                moment_derivatives(layout, theta, group),
                share * normal_weights(implied, has_means=layout.has_means),
                moment_covariance(sample, has_means=layout.has_means) / share,
            )
        )
    derivatives = np.concatenate([each[0] for each in blocks])
    return derivatives, block_diagonal([each[1] for each in blocks]), block_diagonal([each[2] for each in blocks])
