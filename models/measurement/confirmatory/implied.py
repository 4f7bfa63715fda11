r"""Moments that a factor model implies, and their derivatives by its parameters.

With loadings L, regressions among factors B, factor covariances P, residual covariances T, intercepts v and factor
means a, ``A = (I - B)^-1``, ``covariance = L A P A' L' + T`` and ``mean = v + L A a``. Ordered items have latent
responses with thresholds t; with the scales d, correlations are ``d_i d_j covariance_ij`` and standardised thresholds
``d_i (t - mean_i)``. Either d is a parameter and residual variances follow from it (delta parameterisation), or
residual variances are parameters and ``d_i = covariance_ii^-1/2`` (theta parameterisation).

References:
    Bollen (1989), Structural equations with latent variables, ch. 4 and 8. Muthen and Asparouhov (2002), Mplus web
    note 4.
"""

from dataclasses import dataclass

import numpy as np

from models.estimates import Matrix, Vector
from models.measurement.confirmatory.parameters import Cells, Kind, Layout


@dataclass(frozen=True)
class Matrices:
    """The matrices of one group; p items, m factors.

    Attributes:
        loading: p x m.
        regression: m x m, outcome by predictor.
        factor_covariance: m x m.
        residual_covariance: p x p.
        intercept: p.
        factor_mean: m.
        threshold: All thresholds, item by item.
        response_scale: p; ones where it is no parameter.
    """

    loading: Matrix
    regression: Matrix
    factor_covariance: Matrix
    residual_covariance: Matrix
    intercept: Vector
    factor_mean: Vector
    threshold: Vector
    response_scale: Vector

    @property
    def total_effect(self) -> Matrix:
        """``(I - B)^-1``, m x m."""
        return np.asarray(np.linalg.inv(np.eye(len(self.regression)) - self.regression), dtype=float)

    @property
    def latent_covariance(self) -> Matrix:
        """Covariance of the factors, m x m."""
        total = self.total_effect
        return total @ self.factor_covariance @ total.T

    @property
    def latent_mean(self) -> Vector:
        """Means of the factors."""
        return self.total_effect @ self.factor_mean


@dataclass(frozen=True)
class Moments:
    """Moments of one group and, if asked for, their derivatives.

    Attributes:
        mean: p.
        covariance: p x p; of latent responses where items are ordered.
        mean_by: q x p, derivatives by the q free values; empty when not asked for.
        covariance_by: q x p x p.
    """

    mean: Vector
    covariance: Matrix
    mean_by: Matrix
    covariance_by: Matrix


def matrices(layout: Layout, theta: Vector, group: int) -> Matrices:
    """Fill the matrices of a group; residual variances are 0 where they follow from the scale of responses."""
    values = layout.values(theta)
    p, m = len(layout.items), len(layout.factors)

    def filled(kind: Kind, shape: tuple[int, ...], *, is_symmetric: bool = False, others: float = 0.0) -> Matrix:
        cells = layout.cells(kind, group)
        matrix = np.full(shape, others)
        place = (cells.rows, cells.columns) if len(shape) == 2 else (cells.rows,)  # noqa: PLR2004
        matrix[place] = values[cells.places]
        if is_symmetric:
            matrix[place[::-1]] = values[cells.places]
        return matrix

    return Matrices(
        loading=filled("loading", (p, m)),
        regression=filled("regression", (m, m)),
        factor_covariance=filled("factor_covariance", (m, m), is_symmetric=True),
        residual_covariance=filled("residual_covariance", (p, p), is_symmetric=True),
        intercept=filled("intercept", (p,)),
        factor_mean=filled("factor_mean", (m,)),
        threshold=filled("threshold", (sum(layout.n_thresholds),)),
        response_scale=filled("response_scale", (p,), others=1.0),
    )


def moments(layout: Layout, theta: Vector, group: int, *, with_derivatives: bool = True) -> Moments:
    """Return mean and covariance that the model implies for a group."""
    each = matrices(layout, theta, group)
    total = each.total_effect
    of_factors = each.loading @ total
    covariance = of_factors @ each.factor_covariance @ of_factors.T + each.residual_covariance
    mean = each.intercept + of_factors @ each.factor_mean
    if not with_derivatives:
        return Moments(mean, covariance, np.empty((0, len(mean))), np.empty((0, *covariance.shape)))
    by_mean = np.zeros((layout.n_free, len(mean)))
    by_covariance = np.zeros((layout.n_free, *covariance.shape))
    factor_mean = total @ each.factor_mean
    crossed = total @ each.factor_covariance @ of_factors.T
    identity = np.eye(len(mean))

    def add(kind: Kind, left: Matrix, right: Matrix, *, is_covariance: bool = False) -> Cells:
        """Add ``left_i right_j' + right_j left_i'`` for every free cell (i, j); once on the diagonal of covariances."""
        cells = _free_cells(layout, kind, group)
        outer = left[:, cells.rows].T[:, :, None] * right[cells.columns][:, None, :]
        outer = outer + outer.transpose(0, 2, 1)
        if is_covariance:
            outer[cells.rows == cells.columns] /= 2
        np.add.at(by_covariance, layout.free[cells.places], outer)
        return cells

    cells = add("loading", identity, crossed)
    np.add.at(by_mean, layout.free[cells.places], identity[cells.rows] * factor_mean[cells.columns][:, None])
    cells = add("regression", of_factors, crossed)
    np.add.at(by_mean, layout.free[cells.places], of_factors[:, cells.rows].T * factor_mean[cells.columns][:, None])
    add("factor_covariance", of_factors, of_factors.T, is_covariance=True)
    add("residual_covariance", identity, identity, is_covariance=True)
    cells = _free_cells(layout, "intercept", group)
    np.add.at(by_mean, layout.free[cells.places], identity[cells.rows])
    cells = _free_cells(layout, "factor_mean", group)
    np.add.at(by_mean, layout.free[cells.places], of_factors[:, cells.rows].T)
    return Moments(mean, covariance, by_mean, by_covariance)


def pulled_back(layout: Layout, theta: Vector, group: int, by_mean: Vector, by_covariance: Matrix) -> Vector:
    """Return the derivatives by the q free values of a function of a group's moments.

    Args:
        layout: The model.
        theta: Free values.
        group: Number of the group.
        by_mean: Derivatives of the function by the mean, p.
        by_covariance: By the covariance, every cell taken alone, p x p, symmetric.
    """
    each = matrices(layout, theta, group)
    total = each.total_effect
    of_factors = each.loading @ total
    by_loading = 2 * by_covariance @ of_factors @ each.factor_covariance @ total.T
    by_loading = by_loading + np.outer(by_mean, total @ each.factor_mean)
    slopes: dict[Kind, Matrix] = {
        "loading": by_loading,
        "regression": of_factors.T @ by_loading,
        "factor_covariance": _once(of_factors.T @ by_covariance @ of_factors),
        "residual_covariance": _once(by_covariance),
        "intercept": by_mean[:, None],
        "factor_mean": (of_factors.T @ by_mean)[:, None],
    }
    gradient = np.zeros(layout.n_free)
    for kind, slope in slopes.items():
        cells = _free_cells(layout, kind, group)
        np.add.at(gradient, layout.free[cells.places], slope[cells.rows, cells.columns])
    return gradient


def _once(slope: Matrix) -> Matrix:
    """Return derivatives by a symmetric matrix whose mirrored cells move together."""
    return slope * (2 - np.eye(len(slope)))


def standardised_moments(layout: Layout, theta: Vector, group: int) -> tuple[Vector, Matrix]:
    """Return what a model of ordered items implies: thresholds then correlations, and their derivatives.

    Returns:
        k standardised thresholds item by item followed by the p(p - 1)/2 correlations below the diagonal, row by row;
        and their derivatives by the q free values, (k + p(p - 1)/2) x q.
    """
    of_group, found = matrices(layout, theta, group), moments(layout, theta, group)
    if layout.has_response_scale:
        scale, by_scale = of_group.response_scale, np.zeros((layout.n_free, len(layout.items)))
        cells = _free_cells(layout, "response_scale", group)
        by_scale[layout.free[cells.places], cells.rows] = 1.0
    else:
        variance = np.diagonal(found.covariance)
        scale = 1 / np.sqrt(variance)
        by_scale = -0.5 * scale**3 * np.diagonal(found.covariance_by, axis1=1, axis2=2)
    of_item = layout.threshold_items
    distance = of_group.threshold - found.mean[of_item]
    thresholds = scale[of_item] * distance
    by_threshold = by_scale[:, of_item] * distance - scale[of_item] * found.mean_by[:, of_item]
    cells = _free_cells(layout, "threshold", group)
    np.add.at(by_threshold, (layout.free[cells.places], cells.rows), scale[of_item[cells.rows]])
    rows, columns = np.tril_indices(len(layout.items), -1)
    both = scale[rows] * scale[columns]
    covariance = found.covariance[rows, columns]
    by_correlation = both * found.covariance_by[:, rows, columns] + covariance * (
        by_scale[:, rows] * scale[columns] + scale[rows] * by_scale[:, columns]
    )
    return (
        np.concatenate([thresholds, both * covariance]),
        np.concatenate([by_threshold, by_correlation], axis=1).T,
    )


def _free_cells(layout: Layout, kind: Kind, group: int) -> Cells:
    cells = layout.cells(kind, group)
    is_free = layout.free[cells.places] >= 0
    return Cells(cells.places[is_free], cells.rows[is_free], cells.columns[is_free])
