"""Rows with a random intercept that pass by in blocks → the likelihood's cross-products, and a second engine for it.

Memory grows with groups and columns, not with rows. Put here how rows are summed up and read again; not what is
estimated from the sums (``mixed_model``) nor which rows they are (``of_database``).
"""

# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.multilevel.criterion import Method
from models.multilevel.cross_products import CrossProducts
from models.multilevel.problem import Problem, Rows, refuse_exact
from models.multilevel.random_terms import INTERCEPT_COLUMN, Factor
from models.regression.in_database.blocks import Block, Blocks, Factored, Standard, triangle_of_rows
from models.regression.in_database.group_moments import GroupMoments, group_moments
from models.triangles import inverse_of_triangle


@dataclass(frozen=True, eq=False)
class SummedRows:
    """Rows whose regressors and, last, outcome were made orthonormal, and what they add up to.

    Attributes:
        blocks: The m = p + 1 orthonormal columns with the groups of the rows.
        factored: What the rows as they are came to.
        moments: Sizes, sums and cross-products of the orthonormal columns.
    """

    blocks: Blocks
    factored: Factored
    moments: GroupMoments

    def problem(self, terms: tuple[str, ...], group: str, levels: Sequence[object], method: Method) -> Problem:
        """Return the likelihood, as ``models.multilevel.problem.build_problem`` of the same rows but for rounding.

        Args:
            terms: Names of the p coefficients, the intercept first.
            group: Name of the groups.
            levels: Labels of the G groups in the order of their codes.
            method: ``REML`` or ``ML``.
        """
        standard, p = self.factored.standard, len(terms)
        once_more = np.asarray(np.linalg.cholesky(self.moments.product), dtype=float).T
        whole = once_more @ self.factored.triangle
        triangle = whole[:p, :p] @ standard.raw(has_intercept=True)
        explained = float(standard.scales[p]) * inverse_of_triangle(triangle) @ whole[:p, p]
        explained[0] += standard.shifts[p]
        no_rows = np.empty(0)
        is_free = np.ones((1, 1), dtype=bool)
        factor = Factor(
            group, tuple(levels), np.empty(0, dtype=np.intp), (INTERCEPT_COLUMN,), np.empty((0, 1)), np.ones(1), is_free
        )
        rows = Rows(no_rows, np.empty((0, p)), terms, no_rows, (factor,))
        sums = _cross_products(self.moments, inverse_of_triangle(once_more))
        return Problem(rows, sums, triangle, explained, float(standard.scales[p] * whole[p, p]), method)

    def criteria(self, problem: Problem, points: Sequence[Vector]) -> Vector:
        """Return -2 log-likelihood (restricted by REML) at some points, in one more reading of the rows.

        Rows less a share of their group's means, 1 - 1 / root(1 + n_g r) with r = tau2 / sigma2, have independent
        errors; their QR factors give determinant and squares left. No cross-product and no elimination is shared with
        ``criterion``.

        References:
            Fuller and Battese (1973), Journal of the American Statistical Association 68(343), 626-632.
        """
        sizes, standard, p = self.moments.sizes, self.factored.standard, len(problem.triangle)
        ratios = np.array([float(point[0]) ** 2 if len(point) else 0.0 for point in points])
        grown = 1 + np.outer(ratios, sizes)
        diagonals = np.abs(np.diagonal(self._triangles(1 - 1 / np.sqrt(grown)), axis1=1, axis2=2))
        units = np.diag(self.factored.triangle).copy()
        units[:p] *= np.diag(standard.raw(has_intercept=True))
        units[p] *= standard.scales[p]
        logarithms = np.log(diagonals * np.abs(units))
        free = problem.sums.n_obs - (p if problem.method == "REML" else 0)
        found = np.log(grown).sum(axis=1) + free * (1 + np.log(2 * np.pi / free) + 2 * logarithms[:, p])
        return found + 2 * logarithms[:, :p].sum(axis=1) if problem.method == "REML" else found

    def _triangles(self, taken: Matrix) -> NDArray[np.float64]:
        """Return the triangles of the rows less shares of their groups' means, c x m x m of c x G shares."""
        means = self.moments.means
        m = len(means)
        found = np.zeros((len(taken), m, m))
        for block in self.blocks():
            values, codes = np.vstack([block.columns, block.outcome]), cast("NDArray[np.intp]", block.clusters)
            of_rows = means[:, codes]
            for place, shares in enumerate(taken):
                left = (values - shares[codes] * of_rows).T
                found[place] = np.linalg.qr(np.vstack([found[place], left]), mode="r")
        return found


def factor_in_groups(blocks: Blocks) -> tuple[Factored, GroupMoments]:
    """Read rows once, and again where their cross-product is not exact.

    Args:
        blocks: Unweighted rows with the codes of their groups, the intercept first; at least one row.

    Returns:
        What the rows come to, and the sums of their groups.
    """
    moments = group_moments(blocks)
    triangle = triangle_of_rows(blocks, moments.standard) if moments.triangle is None else moments.triangle
    n = moments.n_obs
    return Factored(moments.standard, triangle, n, float(n), moments.least, moments.largest), moments


def sum_rows(blocks: Blocks, factored: Factored, moments: GroupMoments) -> SummedRows:
    """Sum up rows made orthonormal: from the sums as they are where these are exact, else in another reading.

    Args:
        blocks: As for ``factor_in_groups``; regressors of full rank.
        factored: What the rows came to.
        moments: The sums of their groups.

    Raises:
        ModelDataError: If the regressors explain the outcome without residuals.
    """
    standard, k = factored.standard, len(factored.triangle) - 1
    moved = standard.shifts[k] * standard.raw(has_intercept=True)[:, 0]
    length = np.linalg.norm(factored.triangle @ np.append(moved, standard.scales[k]))
    refuse_exact(float(standard.scales[k] * abs(factored.triangle[k, k])), float(length))
    orthonormal = _orthonormal(blocks, factored)
    as_they_are = Standard(np.zeros(k + 1), np.ones(k + 1))
    if moments.triangle is None:
        return SummedRows(orthonormal, factored, group_moments(orthonormal, standard=as_they_are))
    turn = inverse_of_triangle(factored.triangle).T
    product = turn @ moments.product @ turn.T
    turned = replace(moments, standard=as_they_are, sums=turn @ moments.sums, product=(product + product.T) / 2)
    return SummedRows(orthonormal, factored, turned)


def _orthonormal(blocks: Blocks, factored: Factored) -> Blocks:
    turn = inverse_of_triangle(factored.triangle).T

    def read() -> Iterator[Block]:
        for block in blocks():
            for part in block.parts():
                values = turn @ factored.standard.rows(part)
                yield Block(values[:-1], values[-1], None, part.clusters)

    return read


def _cross_products(moments: GroupMoments, turn: Matrix) -> CrossProducts:
    m, n_groups = len(moments.sums), moments.n_groups
    return CrossProducts(
        own=moments.sizes[:, None, None],
        to_rest=np.zeros((n_groups, 1, 0)),
        to_fixed=(moments.sums.T @ turn)[:, None, :],
        rest=np.zeros((1, 0, 0)),
        rest_to_fixed=np.zeros((1, 0, m)),
        fixed=np.eye(m),
        order=np.arange(n_groups),
        starts=np.zeros(1, dtype=np.intp),
        component=np.zeros(n_groups, dtype=np.intp),
        placed=(),
        n_obs=moments.n_obs,
    )
