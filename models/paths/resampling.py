r"""Coefficients of many resamples of rows or whole clusters, and without each of them, from weighted cross-products.

With ``P_u`` the cross-products of the columns over the rows of unit u (a row or a cluster), a resample that draws unit
u ``w_u`` times has cross-products ``sum_u w_u P_u``; every equation is solved from its part of them, batch by batch.
Columns are standardised first, so that squares lose no digits, and coefficients brought back afterwards.

References:
    Davison and Hinkley (1997), Bootstrap methods and their application, 2.4, 3.8 and 5.3. R: ``boot::boot``.
"""

from dataclasses import dataclass

import numpy as np

from models.estimates import Matrix, Vector
from models.paths.equations import Equations, Rows

VALUES_AT_ONCE = 4_000_000
LEAST_EIGENVALUE = 1e-10


@dataclass(frozen=True, eq=False)
class UnitProducts:
    """Cross-products of standardised columns by unit.

    Attributes:
        equations: What is solved from them.
        columns: Names of the q columns, the intercept first.
        products: U x q(q + 1)/2, lower triangles row by row.
        centre: Of each column; 0 of the intercept.
        scale: Of each column; 1 of the intercept.
    """

    equations: Equations
    columns: tuple[str, ...]
    products: Matrix
    centre: Vector
    scale: Vector

    @property
    def n_units(self) -> int:
        """Rows or clusters."""
        return len(self.products)

    def solve(self, lower: Matrix) -> Matrix:
        """Return the K coefficients of B sets of summed cross-products, B x K; NaN where they cannot be told apart."""
        q = len(self.columns)
        i, j = np.tril_indices(q)
        square = np.empty((len(lower), q, q))
        square[:, i, j] = square[:, j, i] = lower
        parts = [self._solve_one(square, each.outcome, each.terms) for each in self.equations.equations]
        return np.concatenate(parts, axis=1)

    def _solve_one(self, square: Matrix, outcome: str, terms: tuple[str, ...]) -> Matrix:
        own = [self.columns.index(each) for each in terms]
        target = self.columns.index(outcome)
        left, right = square[:, own][:, :, own], square[:, own, target]
        roots = np.sqrt(np.maximum(np.diagonal(left, axis1=1, axis2=2), np.finfo(float).tiny))
        values = np.linalg.eigvalsh(left / (roots[:, :, None] * roots[:, None, :]))
        is_defined = values[:, 0] > LEAST_EIGENVALUE
        found = np.full((len(square), len(own)), np.nan)
        found[is_defined] = np.linalg.solve(left[is_defined], right[is_defined, :, None])[:, :, 0]
        slopes = found[:, 1:] * self.scale[target] / self.scale[own[1:]]
        level = self.centre[target] + found[:, 0] * self.scale[target] - slopes @ self.centre[own[1:]]
        return np.column_stack([level, slopes])


def unit_products(equations: Equations, rows: Rows) -> UnitProducts:
    """Sum the cross-products of the rows of each cluster, or of each row."""
    weights = np.ones(len(rows.values)) if rows.weights is None else rows.weights
    centre, scale = rows.values.mean(axis=0), rows.values.std(axis=0)
    centre[0] = 0.0
    scale = np.where(scale > 0, scale, 1.0)
    values = (rows.values - centre) / scale
    i, j = np.tril_indices(values.shape[1])
    products = values[:, i] * values[:, j] * weights[:, None]
    if rows.has_clusters:
        starts = np.flatnonzero(np.r_[True, np.diff(rows.clusters) > 0])
        products = np.add.reduceat(products, starts, axis=0)
    return UnitProducts(equations, rows.columns, products, centre, scale)


def resampled(units: UnitProducts, n_draws: int, generator: np.random.Generator) -> Matrix:
    """Return the coefficients of resamples, as many units drawn with replacement as there are, B x K."""
    n, at_once = units.n_units, max(1, VALUES_AT_ONCE // units.n_units)
    parts: list[Matrix] = []
    for first in range(0, n_draws, at_once):
        b = min(at_once, n_draws - first)
        drawn = generator.integers(n, size=(b, n)) + n * np.arange(b)[:, None]
        counts = np.bincount(drawn.ravel(), minlength=b * n).reshape(b, n)
        parts.append(units.solve(counts @ units.products))
    return np.concatenate(parts)


def without_each(units: UnitProducts) -> Matrix:
    """Return the coefficients without each unit, U x K."""
    total = units.products.sum(axis=0)
    at_once = max(1, VALUES_AT_ONCE // len(units.columns) ** 2)
    pieces = range(0, units.n_units, at_once)
    return np.concatenate([units.solve(total - units.products[first : first + at_once]) for first in pieces])
