"""What is added up of the residuals of blocks: sums of squares, scores, and the covariances made of them.

All sums are of the orthogonal columns Q = X R^-1 of the rows, in which the coefficients are q = Rb and the leverage of
a row is its sum of squares. Put here sums over rows; not those over clusters (``cluster_sums``).
"""

# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false

from collections.abc import Collection
from dataclasses import dataclass
from typing import cast

import numpy as np

from models.estimates import Matrix, Vector
from models.regression.clustered import POWER_OF_FREE_SHARE, Clustered
from models.regression.heteroskedastic import POWER_OF_LEVERAGE, Heteroskedastic
from models.regression.in_database.blocks import Blocks, Factored
from models.regression.in_database.cluster_sums import ClusterSums
from models.regression.inference import Uncertainty
from models.sections.inference import Covariance
from models.triangles import inverse_of_triangle

FULL = 1 - 1e-9


@dataclass(eq=False)
class ResidualSums:
    """Sums over all rows, of residuals e of the standardised outcome and of orthogonal columns Q.

    Attributes:
        squares: Sum of e^2.
        scores: k sums Q'e; nought but for rounding.
        product: k x k sum Q'Q; the identity but for rounding.
        meats: Power p of the free share → k x k sum of Q'diag(e^2 / (1 - h)^p)Q.
        max_leverage: Largest h.
    """

    squares: float
    scores: Vector
    product: Matrix
    meats: dict[int, Matrix]
    max_leverage: float = 0.0

    def add(self, orthogonal: Matrix, residuals: Vector) -> Matrix:
        """Add some rows: k x n orthogonal columns and n residuals; return their products, the scores of the rows."""
        scores = orthogonal * residuals
        self.squares += float(residuals @ residuals)
        self.scores += scores.sum(axis=1)
        self.product += orthogonal @ orthogonal.T
        if 0 in self.meats:
            self.meats[0] += scores @ scores.T
        if any(self.meats):
            leverage = np.einsum("kn,kn->n", orthogonal, orthogonal)
            self.max_leverage = max(self.max_leverage, float(leverage.max(initial=0.0)))
            free = 1 - np.minimum(leverage, FULL)
            for power in filter(None, self.meats):
                influence = scores / free ** (power / 2)
                self.meats[power] += influence @ influence.T
        return scores


@dataclass(frozen=True, eq=False)
class Streamed:
    """A least squares problem solved on rows that passed by twice.

    Attributes:
        coefficients: k.
        root: k x k with ``root @ root.T`` the inverse cross-product.
        back: k x k matrix from coefficients of orthogonal columns and standardised outcome to the coefficients.
        squares: Sum of squared residuals.
        total: Sum of squares of the outcome around its mean; around nought without an intercept.
        n_obs: Rows.
        sums: Over rows, of orthogonal columns and standardised outcome.
        clusters: The same over clusters; None without them.
    """

    coefficients: Vector
    root: Matrix
    back: Matrix
    squares: float
    total: float
    n_obs: int
    sums: ResidualSums
    clusters: ClusterSums | None = None

    def uncertainty(self, kind: Covariance, n_parameters: int) -> Uncertainty:
        """Return the covariance of the coefficients and their degrees of freedom.

        Args:
            kind: One of those that sums were added up for.
            n_parameters: Of the model, with effects that were taken out of the rows.
        """
        df_resid = self.n_obs - n_parameters
        if self.clusters is not None and kind in self.clusters.kinds:
            return self.clusters.uncertainty(kind, self.back, self.n_obs, n_parameters)
        if kind == "classical":
            covariance = self.squares / df_resid * self.root @ self.root.T
        else:
            meat = self.sums.meats[POWER_OF_LEVERAGE[cast("Heteroskedastic", kind)]]
            covariance = (self.n_obs / df_resid if kind == "HC1" else 1.0) * self.back @ meat @ self.back.T
        return Uncertainty(covariance, np.full(len(self.coefficients), float(df_resid)))


def solve_blocks(
    blocks: Blocks,
    factored: Factored,
    kinds: Collection[Covariance] = ("classical",),
    *,
    has_intercept: bool = True,
) -> Streamed:
    """Read all rows once more for their residuals.

    The coefficients and the triangle of the first reading are set right by what the second one finds: by the residuals'
    part along the columns, and by how far Q'Q is from the identity.

    Args:
        blocks: The rows; sorted by cluster for CR2 and CR3.
        factored: Of the same rows, in any order; columns of full rank.
        kinds: Covariances that are wanted.
        has_intercept: Whether the first column is the intercept.
    """
    standard, k = factored.standard, len(factored.triangle) - 1
    triangle, target = factored.triangle[:k, :k], factored.triangle[:k, k]
    whitening = factored.whitening
    powers = sorted({POWER_OF_LEVERAGE[kind] for kind in kinds if kind in POWER_OF_LEVERAGE})
    sums = ResidualSums(0.0, np.zeros(k), np.zeros((k, k)), {power: np.zeros((k, k)) for power in powers})
    clustered = cast("tuple[Clustered, ...]", tuple(kind for kind in kinds if kind in POWER_OF_FREE_SHARE))
    directions = inverse_of_triangle(triangle @ standard.raw(has_intercept=has_intercept))
    clusters = ClusterSums(0, clustered, directions) if clustered else None
    for block in blocks():
        for part in block.parts():
            values = standard.rows(part)
            orthogonal = whitening @ values[:k]
            residuals = values[k] - target @ orthogonal
            scores = sums.add(orthogonal, residuals)
            if clusters is not None and part.clusters is not None:
                clusters.add(orthogonal, scores, part.clusters)
    if clusters is not None:
        clusters.close()
    return _set_right(factored, sums, clusters, has_intercept=has_intercept)


def _set_right(
    factored: Factored, sums: ResidualSums, clusters: ClusterSums | None, *, has_intercept: bool
) -> Streamed:
    standard, k = factored.standard, len(sums.scores)
    of_outcome = float(standard.scales[k])
    inner = np.asarray(np.linalg.cholesky(sums.product).T, dtype=float)
    turned = inverse_of_triangle(inner)
    root = inverse_of_triangle(inner @ factored.triangle[:k, :k] @ standard.raw(has_intercept=has_intercept))
    coefficients = of_outcome * (root @ (inner @ factored.triangle[:k, k] + turned.T @ sums.scores))
    if has_intercept:
        coefficients[0] += standard.shifts[k]
    around = factored.triangle[1 if has_intercept else 0 :, k]
    return Streamed(
        coefficients=coefficients,
        root=root,
        back=of_outcome * root @ turned.T,
        squares=of_outcome**2 * sums.squares,
        total=of_outcome**2 * float(around @ around),
        n_obs=factored.n_obs,
        sums=sums,
        clusters=clusters,
    )
