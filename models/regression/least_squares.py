"""Least squares: coefficients, residuals and what every covariance of them is made of.

Put here the solution of the normal equations; not which covariance is asked for (``heteroskedastic``, ``clustered``).
"""

# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from models.estimates import Matrix, Vector
from models.triangles import inverse_of_triangle


@dataclass(frozen=True, eq=False)
class LeastSquares:
    """A solved least squares problem; with weights, rows are multiplied by the roots of their weights.

    Attributes:
        rows: n x k regressors times root weights.
        coefficients: k coefficients.
        residuals: n residuals times root weights.
        factor: k x k triangle R of the rows' QR factors, so that R'R is the cross-product.
        weights: n weights, or None.
        n_absorbed: Effects that were taken out of rows and outcome beforehand; they count as coefficients.
        absorbed_leverage: n values, what those effects add to the leverage; None where none was taken out.
    """

    rows: Matrix
    coefficients: Vector
    residuals: Vector
    factor: Matrix
    weights: Vector | None = None
    n_absorbed: int = 0
    absorbed_leverage: Vector | None = None

    @property
    def n_obs(self) -> int:
        """Rows."""
        return self.rows.shape[0]

    @property
    def n_coefficients(self) -> int:
        """Coefficients."""
        return self.rows.shape[1]

    @property
    def df_resid(self) -> int:
        """Rows minus coefficients, absorbed effects included."""
        return self.n_obs - self.n_coefficients - self.n_absorbed

    @cached_property
    def root(self) -> Matrix:
        """The inverse triangle: ``root @ root.T`` is the inverse cross-product, k x k."""
        return inverse_of_triangle(self.factor)

    @cached_property
    def bread(self) -> Matrix:
        """The inverse cross-product (X'WX)^-1, k x k."""
        return self.root @ self.root.T

    @cached_property
    def basis(self) -> Matrix:
        """The rows in orthonormal coordinates, n x k: their cross-product is 1."""
        return self.rows @ self.root

    @cached_property
    def leverage(self) -> Vector:
        """Diagonal of the hat matrix, n values from 0 to 1; absorbed effects included."""
        own = np.einsum("ij,ij->i", self.basis, self.basis)
        return own if self.absorbed_leverage is None else own + self.absorbed_leverage

    @property
    def sigma2(self) -> float:
        """Residual variance: (weighted) sum of squared residuals over n - k."""
        return float(self.residuals @ self.residuals) / self.df_resid


def solve_least_squares(matrix: Matrix, outcome: Vector, weights: Vector | None = None) -> LeastSquares:
    """Minimise the (weighted) sum of squared residuals by QR factors.

    Args:
        matrix: n x k regressors of full column rank.
        outcome: n values.
        weights: n positive weights; a row of weight w counts like w rows. None: 1 each.

    References:
        Golub and Van Loan (2013), Matrix Computations, 4th ed., section 5.3. R: ``lm(..., weights = )``.
    """
    roots = None if weights is None else np.sqrt(weights)
    rows = matrix if roots is None else matrix * roots[:, None]
    target = outcome if roots is None else outcome * roots
    basis, factor = np.linalg.qr(rows)
    coefficients: Vector = np.asarray(np.linalg.solve(factor, basis.T @ target), dtype=float)
    return LeastSquares(rows, coefficients, target - rows @ coefficients, factor, weights)
