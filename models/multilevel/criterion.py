"""The profiled (restricted) likelihood of a linear mixed model and its gradient, from cross-products alone.

With H = W^-1 + Z Omega Z', Omega = TT' of each group, the first factor's groups are eliminated each by itself, what is
left of the others by component (a Schur complement), and what is left of regressors and outcome is [X y]'H^-1[X y].
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from models.estimates import Matrix, Vector
from models.multilevel.cross_products import Blocks, CrossProducts
from models.multilevel.random_terms import Factor, triangles_of

Method = Literal["REML", "ML"]
NOTHING = 1e-100


@dataclass(frozen=True, eq=False)
class Solved:
    """The model at given relative Cholesky factors, residual variance and coefficients at their best.

    Attributes:
        factors: As in ``factors_of``.
        sums: Cross-products.
        method: ``REML`` or ``ML``.
        theta: Parameters.
        triangles: Relative Cholesky factor of each factor.
        shrink: G x q x q, N_g with N'N = T(I + T'C_gT)^-1T' of the first factor.
        shrink_rest: C x r x r, the same of what is left of the others.
        log_determinant: log |WH|.
        fixed: m x m, [X y]'H^-1[X y].
        rest: C x r x r, what the first factor leaves of the others' cross-products.
        rest_to_fixed: C x r x m, likewise.
    """

    factors: Sequence[Factor]
    sums: CrossProducts
    method: Method
    theta: Vector
    triangles: list[Matrix]
    shrink: Blocks
    shrink_rest: Blocks
    log_determinant: float
    fixed: Matrix
    rest: Blocks
    rest_to_fixed: Blocks

    @property
    def n_coefficients(self) -> int:
        """Coefficients p."""
        return len(self.fixed) - 1

    @property
    def free(self) -> int:
        """Rows, less coefficients by REML."""
        return self.sums.n_obs - (self.n_coefficients if self.method == "REML" else 0)

    @cached_property
    def bread(self) -> Matrix:
        """(X'H^-1X)^-1, p x p."""
        return np.asarray(np.linalg.inv(self.fixed[:-1, :-1]), dtype=float)

    @cached_property
    def coefficients(self) -> Vector:
        """Generalised least squares, p."""
        return np.asarray(np.linalg.solve(self.fixed[:-1, :-1], self.fixed[:-1, -1]), dtype=float)

    @cached_property
    def squares(self) -> float:
        """Penalised residual sum of squares r2."""
        return max(float(self.fixed[-1, -1] - self.fixed[-1, :-1] @ self.coefficients), NOTHING)

    @property
    def sigma2(self) -> float:
        """Residual variance."""
        return self.squares / self.free

    @cached_property
    def value(self) -> float:
        """-2 log-likelihood of the rows times the roots of their weights."""
        found = self.log_determinant + self.free * (1 + np.log(2 * np.pi * self.squares / self.free))
        return float(found + self._restriction)

    @cached_property
    def _restriction(self) -> float:
        return float(np.linalg.slogdet(self.fixed[:-1, :-1])[1]) if self.method == "REML" else 0.0

    def value_at(self, sigma2: float) -> float:
        """-2 log-likelihood at a residual variance that need not be the best."""
        found = self.log_determinant + self.free * np.log(2 * np.pi * sigma2) + self.squares / sigma2
        return float(found + self._restriction)

    @cached_property
    def of_groups(self) -> list[tuple[Blocks, Blocks]]:
        """Of each factor and group: Z_g'H^-1Z_g (G x q x q) and Z_g'H^-1[X y] (G x q x m)."""
        sums, shrunk = self.sums, _squared(self.shrink)
        passed = sums.own @ shrunk
        own = sums.own - passed @ sums.own
        to_fixed = sums.to_fixed - passed @ sums.to_fixed
        found = [(own, to_fixed)]
        if len(self.factors) > 1:
            to_rest, shrunk_rest = self.left_to_rest, _squared(self.shrink_rest)
            taken = sums.times(to_rest, shrunk_rest)
            own = own - taken @ to_rest.transpose(0, 2, 1)
            found = [(own, to_fixed - sums.times(to_rest, shrunk_rest @ self.rest_to_fixed))]
            passed = self.rest @ shrunk_rest
            rest = self.rest - passed @ self.rest
            found += self._picked(rest, self.rest_to_fixed - passed @ self.rest_to_fixed)
        return found

    @cached_property
    def left_to_rest(self) -> Blocks:
        """G x q x r: what the first factor leaves of its cross-products with the others."""
        return self.sums.to_rest - self.sums.own @ _squared(self.shrink) @ self.sums.to_rest

    def _picked(self, rest: Blocks, to_fixed: Blocks) -> list[tuple[Blocks, Blocks]]:
        found: list[tuple[Blocks, Blocks]] = []
        for factor, place in zip(self.factors[1:], self.sums.placed, strict=True):
            rows = place.start[:, None] + np.arange(factor.n_effects)
            component = place.component[:, None]
            found.append((rest[component[:, :, None], rows[:, :, None], rows[:, None, :]], to_fixed[component, rows]))
        return found

    def slopes_of_covariances(self, sigma2: float) -> list[Matrix]:
        """Return the derivative of the criterion in each factor's Omega, q x q, at a residual variance.

        tr(P Z dOmega Z') - y'P Z dOmega Z'P y / sigma2, with P = H^-1 less, by REML, its projection on X.
        """
        found: list[Matrix] = []
        for own, to_fixed in self.of_groups:
            trace = own.sum(axis=0)
            if self.method == "REML":
                regressors = to_fixed[:, :, :-1]
                trace = trace - np.einsum("gap,pr,gbr->ab", regressors, self.bread, regressors, optimize=True)
            left = to_fixed[:, :, -1] - to_fixed[:, :, :-1] @ self.coefficients
            found.append(trace - left.T @ left / sigma2)
        return found

    def gradient_at(self, sigma2: float) -> Vector:
        """Return the derivative of ``value_at`` in theta."""
        slopes = self.slopes_of_covariances(sigma2)
        parts = zip(self.factors, slopes, self.triangles, strict=True)
        return np.concatenate([factor.free_elements(2 * slope @ triangle) for factor, slope, triangle in parts])

    @cached_property
    def gradient(self) -> Vector:
        """Derivative of ``value`` in theta."""
        return self.gradient_at(self.sigma2)


def solve(factors: Sequence[Factor], sums: CrossProducts, method: Method, theta: Vector) -> Solved:
    """Solve the model at given parameters.

    Args:
        factors: The factors.
        sums: Their cross-products.
        method: ``REML`` or ``ML``.
        theta: Free elements of the relative Cholesky factors, factor by factor, column by column.

    References:
        Bates, Maechler, Bolker and Walker (2015), Journal of Statistical Software 67(1), section 3. R:
        ``lme4::lmer(..., devFunOnly = TRUE)``.
    """
    triangles = triangles_of(factors, theta)
    shrink, log_determinant = _eliminated(sums.own, triangles[0])
    to_rest, to_fixed = shrink @ sums.to_rest, shrink @ sums.to_fixed
    flat = to_fixed.reshape(-1, to_fixed.shape[2])
    fixed = sums.fixed - flat.T @ flat
    shrink_rest, rest, rest_to_fixed = sums.rest, sums.rest, sums.rest_to_fixed
    if len(factors) > 1:
        rest = sums.rest - sums.summed(to_rest, to_rest)
        rest_to_fixed = sums.rest_to_fixed - sums.summed(to_rest, to_fixed)
        shrink_rest, of_rest = _eliminated(rest, _in_components(factors, sums, triangles))
        log_determinant += of_rest
        flat = (shrink_rest @ rest_to_fixed).reshape(-1, rest_to_fixed.shape[2])
        fixed = fixed - flat.T @ flat
    return Solved(
        factors, sums, method, theta, triangles, shrink, shrink_rest, log_determinant, fixed, rest, rest_to_fixed
    )


def _eliminated(products: Blocks, triangle: Matrix | Blocks) -> tuple[Blocks, float]:
    """Return N with N'N = T(I + T'CT)^-1T' of each block C, and the log determinant of all I + T'CT."""
    back = np.swapaxes(triangle, -1, -2)
    inner = back @ products @ triangle + np.eye(products.shape[-1])
    roots = np.linalg.cholesky((inner + inner.transpose(0, 2, 1)) / 2)
    log_determinant = 2 * float(np.log(np.einsum("gaa->ga", roots)).sum())
    return np.asarray(np.linalg.solve(roots, np.broadcast_to(back, roots.shape)), dtype=float), log_determinant


def _in_components(factors: Sequence[Factor], sums: CrossProducts, triangles: list[Matrix]) -> Blocks:
    """Lay the other factors' triangles along the diagonals of the components."""
    found = np.zeros_like(sums.rest)
    for factor, triangle, place in zip(factors[1:], triangles[1:], sums.placed, strict=True):
        rows = place.start[:, None] + np.arange(factor.n_effects)
        found[place.component[:, None, None], rows[:, :, None], rows[:, None, :]] = triangle
    return found


def _squared(shrink: Blocks) -> Blocks:
    return shrink.transpose(0, 2, 1) @ shrink
