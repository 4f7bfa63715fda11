"""Curvature of a likelihood in random intercepts of several factors: solved without the matrix of the largest one."""

# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.multilevel.categorical.crossed_groups import CrossedGroups


@dataclass(frozen=True, eq=False)
class CrossedCurvature:
    """H = I + Z'WZ for all q random intercepts, Z the groups' columns times scales, W the rows' curvatures.

    The block of the factor with most groups is diagonal; the others' is a Schur complement S = D - C'd^-1 C.

    Attributes:
        groups: Groups of n rows by F factors.
        scales: Standard deviations with the sign with which effects enter the predictors, F.
        weights: Curvatures of the rows, n, none negative.

    References:
        Bates, Machler, Bolker and Walker (2015), Journal of Statistical Software 67(1), section 3; Golub and Van Loan
        (2013), section 4.2.
    """

    groups: CrossedGroups
    scales: Vector
    weights: Vector

    @cached_property
    def first(self) -> Vector:
        """Diagonal block d of the first factor."""
        return 1 + self.scales[0] ** 2 * self.groups.sums(0, self.weights)

    @cached_property
    def between(self) -> Matrix:
        """Block C of the first and all other factors."""
        others = range(1, len(self.groups.names))
        blocks = [self.scales[0] * self.scales[each] * self.groups.pair_sums(0, each, self.weights) for each in others]
        return np.hstack([np.zeros((self.groups.sizes[0], 0)), *blocks])

    @cached_property
    def root(self) -> Matrix:
        """Lower Cholesky factor of S."""
        others = range(1, len(self.groups.names))
        blocks = [[self._block(one, other) for other in others] for one in others]
        rest: Matrix = np.block(blocks) if blocks else np.zeros((0, 0))
        schur: Matrix = rest - self.between.T @ (self.between / self.first[:, None])
        return np.asarray(np.linalg.cholesky(schur), dtype=float)

    @property
    def log_determinant(self) -> float:
        """Logarithm of the determinant of H."""
        return float(np.log(self.first).sum() + 2 * np.log(np.diag(self.root)).sum())

    def solve(self, values: Vector) -> Vector:
        """Return H^-1 times q values."""
        from scipy.linalg import cho_solve  # noqa: PLC0415

        own, rest = np.split(values, [self.groups.sizes[0]])
        if not len(rest):
            return own / self.first
        solved = np.asarray(cho_solve((self.root, True), rest - self.between.T @ (own / self.first)), dtype=float)
        return np.concatenate([(own - self.between @ solved) / self.first, solved])

    @cached_property
    def inverse_rest(self) -> Matrix:
        """H^-1 of all factors but the first: S^-1."""
        inverse = np.linalg.inv(self.root)
        return inverse.T @ inverse

    @cached_property
    def inverse_between(self) -> Matrix:
        """H^-1 of the first factor and the others."""
        return -(self.between @ self.inverse_rest) / self.first[:, None]

    @cached_property
    def inverse_diagonal(self) -> Vector:
        """Diagonal of H^-1, q."""
        own = 1 / self.first - (self.inverse_between * self.between).sum(axis=1) / self.first
        return np.concatenate([own, np.diag(self.inverse_rest)])

    def of_rows(self) -> NDArray[np.float64]:
        """Return of each row H^-1 z at the row's group of each factor, F x n."""
        n_factors = len(self.groups.names)
        return np.array(
            [
                np.sum([self.scales[other] * self._entries(one, other) for other in range(n_factors)], axis=0)
                for one in range(n_factors)
            ]
        )

    def _block(self, one: int, other: int) -> Matrix:
        product = self.scales[one] * self.scales[other]
        if one == other:
            return np.diag(1 + product * self.groups.sums(one, self.weights))
        return product * self.groups.pair_sums(one, other, self.weights)

    def _entries(self, one: int, other: int) -> Vector:
        """Return the entries of H^-1 at each row's groups of two factors, n."""
        if one > other:
            return self._entries(other, one)
        if other == 0:
            return self.inverse_diagonal[self.groups.codes[0]]
        ends = np.cumsum((0, *self.groups.sizes[1:]))
        columns = ends[other - 1] + self.groups.codes[other]
        if one == 0:
            return self.inverse_between[self.groups.codes[0], columns]
        return self.inverse_rest[ends[one - 1] + self.groups.codes[one], columns]
