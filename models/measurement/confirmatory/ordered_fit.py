r"""Factor models of ordered items: diagonally weighted least squares with robust standard errors and tests (WLSMV).

With derivatives D of thresholds and correlations, weights W and n times their covariance G, the estimates have
covariance ``(D' W D)^-1 D' W G W D (D' W D)^-1 / n``. G comes from polychoric estimating equations and sums scores
within clusters when responses come from clusters. The statistic is ``sum_g 2 (n_g - 1) F_g``.

References:
    Muthen, du Toit and Spisic (1997); Asparouhov and Muthen (2010); Savalei (2021), Structural Equation Modeling 28,
    370-386. R: ``lavaan::cfa(ordered = TRUE, estimator = "WLSMV")``, delta parameterisation.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.measurement.confirmatory.chi_square import ChiSquare, mean_scaled, residual_weights, scaled_shifted
from models.measurement.confirmatory.implied import standardised_moments
from models.measurement.confirmatory.least_squares import LeastSquares, OrderedMoments, moment_covariance
from models.measurement.confirmatory.optimise import minimise
from models.measurement.confirmatory.parameters import Layout
from models.measurement.confirmatory.saturated import normal_weights
from models.measurement.confirmatory.stacking import block_diagonal
from models.measurement.confirmatory.start import start_values
from models.measurement.ordered import OrderedSample
from models.measurement.polychoric import influence_totals, polychoric


@dataclass(frozen=True, eq=False)
class OrderedFit:
    """A layout fitted to ordered items.

    Attributes:
        least_squares: Model and moments.
        theta: Estimates of the free values, q.
        has_converged: Whether the search ended at an optimum.
        covariance: Of the estimates, q x q.
        standard: The weighted distance as if it were chi-square; for indices only.
        scaled: Scaled and shifted test.
        residual: ``W - W D (D' W D)^-1 D' W`` and G of all groups, k x k each.
    """

    least_squares: LeastSquares
    theta: Vector
    has_converged: bool
    covariance: Matrix
    standard: ChiSquare
    scaled: ChiSquare
    residual: tuple[Matrix, Matrix]

    @property
    def layout(self) -> Layout:
        """The model."""
        return self.least_squares.layout


def ordered_moments(sample: OrderedSample) -> OrderedMoments:
    """Estimate thresholds and polychoric correlations with their covariance."""
    found = polychoric(sample)
    rows, columns = np.tril_indices(sample.n_items, -1)
    moments = np.concatenate([*found.thresholds, found.correlation[rows, columns]])
    totals = influence_totals(sample, found)
    return OrderedMoments(sample.n_obs, moments, totals, len(sample.clusters) > 0, tuple(found.at_bound))


def fit_ordered(layout: Layout, samples: Sequence[OrderedMoments]) -> OrderedFit:
    """Fit a layout of ordered items to the moments of its groups."""
    least_squares = LeastSquares(layout, tuple(samples))
    found = minimise(least_squares.evaluate, least_squares.curvature, ordered_start(layout, samples))
    n = least_squares.n_obs
    derivatives, weights, gamma = stacked(least_squares, found.theta)
    half = np.linalg.solve((derivatives.T * weights) @ derivatives, derivatives.T * weights)
    covariance = half @ gamma @ half.T / n
    statistic = least_squares.statistic(found.theta)
    df = len(weights) - layout.n_free
    residual = residual_weights(np.diag(weights), derivatives)
    product = residual @ gamma
    scaled = scaled_shifted(statistic, df, float(np.trace(product)), float((product * product.T).sum()))
    test = ChiSquare("standard", statistic, df)
    return OrderedFit(least_squares, found.theta, found.has_converged, covariance, test, scaled, (residual, gamma))


def ordered_start(layout: Layout, samples: Sequence[OrderedMoments]) -> Vector:
    """Return where the search begins: thresholds of the groups, loadings from the polychoric correlations."""
    p, k = len(layout.items), sum(layout.n_thresholds)
    correlations = [correlation_matrix(each.moments[k:], p) for each in samples]
    start = start_values(layout, [np.zeros(p) for _ in samples], correlations)
    total, times = np.zeros(layout.n_free), np.zeros(layout.n_free)
    for group, sample in enumerate(samples):
        cells = layout.cells("threshold", group)
        number = layout.free[cells.places]
        is_free = number >= 0
        np.add.at(total, number[is_free], sample.moments[cells.rows[is_free]])
        np.add.at(times, number[is_free], 1)
    return np.where(times > 0, total / np.maximum(times, 1), start)


def correlation_matrix(below: Vector, p: int) -> Matrix:
    """Return the p x p matrix with these correlations below the diagonal, row by row."""
    rows, columns = np.tril_indices(p, -1)
    matrix = np.eye(p)
    matrix[rows, columns] = matrix[columns, rows] = below
    return matrix


def stacked(least_squares: LeastSquares, theta: Vector) -> tuple[Matrix, Vector, Matrix]:
    """Return derivatives, diagonal weights and moment covariance of all groups, weighted by shares of responses."""
    derivatives: list[Matrix] = []
    weights: list[Vector] = []
    for group, sample in enumerate(least_squares.samples):
        share = sample.n_obs / least_squares.n_obs
        derivatives.append(standardised_moments(least_squares.layout, theta, group)[1])
        weights.append(share * sample.weights)
    gamma = least_squares.n_obs * moment_covariance(least_squares.samples)
    return np.concatenate(derivatives), np.concatenate(weights), gamma


def categorical_likelihood_test(fit: OrderedFit) -> tuple[float, ChiSquare]:
    r"""Return the normal likelihood statistic of the polychoric correlations at the estimates, and its scaled test.

    With V the normal theory weights of correlations at the implied ones, the factor is ``tr(R' V R G) / df`` for
    ``R = I - D (D' W D)^-1 D' W``, all of the correlations only.

    References:
        Savalei (2021). R: ``cfi.robust`` and ``rmsea.robust`` of ``lavaan::cfa(ordered = TRUE)``.
    """
    layout, n = fit.layout, fit.least_squares.n_obs
    derivatives, weights, gamma = stacked(fit.least_squares, fit.theta)
    inverse = np.linalg.inv((derivatives.T * weights) @ derivatives)
    p, k = len(layout.items), sum(layout.n_thresholds)
    rows, columns = np.tril_indices(p)
    is_correlation: list[NDArray[np.bool_]] = []
    normal: list[Matrix] = []
    statistic = 0.0
    for group, sample in enumerate(fit.least_squares.samples):
        implied = correlation_matrix(standardised_moments(layout, fit.theta, group)[0][k:], p)
        found = correlation_matrix(sample.moments[k:], p)
        ratio = np.linalg.solve(implied, found)
        log_ratio = np.linalg.slogdet(implied)[1] - np.linalg.slogdet(found)[1]
        statistic += sample.n_obs * float(np.trace(ratio) - p + log_ratio)
        off = rows != columns
        normal.append(sample.n_obs / n * normal_weights(implied, has_means=False)[np.ix_(off, off)])
        is_correlation.append(np.arange(len(sample.moments)) >= k)
    chosen = np.concatenate(is_correlation)
    of = derivatives[chosen]
    kept = np.eye(len(of)) - of @ inverse @ (of.T * weights[chosen])
    trace = float(((kept.T @ block_diagonal(normal) @ kept) * gamma[np.ix_(chosen, chosen)]).sum())
    return statistic, mean_scaled(statistic, fit.standard.df, trace, "categorical_likelihood")
