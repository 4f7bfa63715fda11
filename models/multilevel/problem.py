"""Rows of a linear mixed model → the likelihood in units in which it is well conditioned, and the way back."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from models.estimates import Matrix, Vector
from models.multilevel.criterion import Method, Solved, solve
from models.multilevel.cross_products import CrossProducts, cross_products
from models.multilevel.random_terms import Factor, RandomTerm, factors_of
from models.regression.identification import (
    ModelDataError,
    find_dependencies,
    refuse_constant,
    refuse_dependencies,
    refuse_few,
)
from models.triangles import inverse_of_triangle

EXACT_FIT = 1e-12


@dataclass(frozen=True, eq=False)
class Rows:
    """What a model is fitted to, in its own units.

    Attributes:
        outcome: n; none where rows were summed up without being brought together, nor of what follows.
        matrix: n x p regressors.
        terms: Names of the p coefficients.
        weights: n, positive; the residual variance of a row is sigma2 / weight.
        factors: Random effects, those with the most effects first.
    """

    outcome: Vector
    matrix: Matrix
    terms: tuple[str, ...]
    weights: Vector
    factors: tuple[Factor, ...]

    @property
    def n_obs(self) -> int:
        """Rows."""
        return len(self.outcome)


@dataclass(frozen=True, eq=False)
class Problem:
    """The likelihood of regressors made orthonormal and of the outcome less what they explain, in units of its length.

    Attributes:
        rows: What it is made of.
        sums: Cross-products of the rows so transformed.
        triangle: p x p, R of the QR factors of the regressors.
        explained: Coefficients of weighted least squares, p.
        scale: Length of the residuals of least squares.
        method: ``REML`` or ``ML``.
    """

    rows: Rows
    sums: CrossProducts
    triangle: Matrix
    explained: Vector
    scale: float
    method: Method

    @property
    def factors(self) -> tuple[Factor, ...]:
        """Random effects."""
        return self.rows.factors

    @property
    def n_parameters(self) -> int:
        """Free elements of the relative Cholesky factors."""
        return sum(factor.n_parameters for factor in self.factors)

    def with_method(self, method: Method) -> "Problem":
        """Return the same rows under another likelihood."""
        return replace(self, method=method)

    def solve(self, theta: Vector) -> Solved:
        """Solve at given relative Cholesky factors of the scaled effects."""
        return solve(self.factors, self.sums, self.method, theta)

    def constant(self) -> float:
        """Return what is added to the criterion of the transformed rows to have that of the rows."""
        free = self.sums.n_obs - (len(self.triangle) if self.method == "REML" else 0)
        found = free * 2 * np.log(self.scale) - float(np.log(self.rows.weights).sum())
        if self.method == "REML":
            found += 2 * float(np.log(np.abs(np.diag(self.triangle))).sum())
        return float(found)

    def coefficients(self, solved: Solved) -> Vector:
        """Return the coefficients in units of outcome and regressors, p."""
        return self.explained + self.scale * (inverse_of_triangle(self.triangle) @ solved.coefficients)

    def covariance(self, solved: Solved) -> Matrix:
        """Return the covariance of the coefficients by generalised least squares, p x p; R: ``vcov(lmer(...))``."""
        back = inverse_of_triangle(self.triangle)
        return self.sigma2(solved) * back @ solved.bread @ back.T

    def sigma2(self, solved: Solved) -> float:
        """Return the residual variance in units of the outcome, squared."""
        return self.scale**2 * solved.sigma2

    def relative_covariances(self, solved: Solved) -> list[Matrix]:
        """Return the covariance of each factor's effects over the residual variance, q x q, in units of the effects."""
        return [
            triangle @ triangle.T / np.outer(factor.scales, factor.scales)
            for factor, triangle in zip(self.factors, solved.triangles, strict=True)
        ]


def build_problem(
    outcome: pd.Series,
    matrix: pd.DataFrame,
    terms: Sequence[RandomTerm],
    weights: Vector | None = None,
    method: Method = "REML",
) -> Problem:
    """Check what is asked for and sum up its cross-products.

    Args:
        outcome: n values, none missing.
        matrix: n rows, one column a coefficient, the intercept first.
        terms: Random effects.
        weights: n positive weights; ones when None. The residual variance of a row is sigma2 over its weight.
        method: ``REML`` or ``ML``.

    Raises:
        ModelDataError: If the data cannot carry the model.
    """
    n = len(outcome)
    refuse_few(*matrix.shape)
    refuse_constant(str(outcome.name), n, float(outcome.min()), float(outcome.max()))
    refuse_dependencies(find_dependencies(matrix))
    used = np.ones(n) if weights is None else np.asarray(weights, dtype=float)
    if not (np.isfinite(used) & (used > 0)).all():
        raise ModelDataError(
            f"{int((~(used > 0)).sum())} of {n} rows have a weight that is not positive; expected above nought; "
            "leave these rows out"
        )
    rows = Rows(
        outcome.to_numpy(dtype=float),
        matrix.to_numpy(dtype=float),
        tuple(str(name) for name in matrix),
        used,
        factors_of(terms, n),
    )
    return standardised(rows, method)


def standardised(rows: Rows, method: Method) -> Problem:
    """Transform rows and sum up their cross-products.

    Raises:
        ModelDataError: If the regressors explain the outcome without residuals.
    """
    roots = np.sqrt(rows.weights)
    weighted = rows.outcome * roots
    orthonormal, triangle = np.linalg.qr(rows.matrix * roots[:, None])
    shares = orthonormal.T @ weighted
    left = weighted - orthonormal @ shares
    left = left - orthonormal @ (orthonormal.T @ left)
    scale = float(np.linalg.norm(left))
    refuse_exact(scale, float(np.linalg.norm(weighted)))
    sums = cross_products(rows.factors, np.column_stack([orthonormal, left / scale]), roots)
    explained = inverse_of_triangle(triangle) @ shares
    return Problem(rows, sums, np.asarray(triangle), explained, scale, method)


def refuse_exact(left: float, length: float) -> None:
    """Raise ModelDataError when next to nothing of the outcome's length is left by the regressors."""
    if left <= EXACT_FIT * length:
        raise ModelDataError(
            "the regressors explain the outcome without residuals, so that no variance is left to be divided; expected "
            "rows to differ beyond the regressors; take out regressors"
        )
