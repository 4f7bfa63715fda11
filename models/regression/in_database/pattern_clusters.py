"""Cluster-robust covariances of a regression on patterns: one more reading of the responses, summed by cluster.

Put here sums over clusters; the covariances themselves are those of rows (``models.regression.clustered``).
"""

# pyright: reportMissingTypeStubs=false

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.regression.cluster_moments import ClusterMoments
from models.regression.clustered import (
    NO_FREE_SHARE,
    POWER_OF_FREE_SHARE,
    Clustered,
    cluster_covariance,
    decided_by_one_cluster,
    factor_of,
)
from models.regression.in_database.fixed_point import ExactSums
from models.regression.in_database.pattern_design import PatternDesign, PatternSquares
from models.regression.in_database.patterns import Placed, place_responses
from models.regression.inference import Uncertainty
from models.sections.inference import Covariance

BYTES_AT_ONCE = 100_000_000


@dataclass(frozen=True, eq=False)
class ClusterSums:
    """Sums over the responses of each of G clusters.

    Attributes:
        fit: The regression.
        scores: G x k.
        products: G x k x k; None where no covariance asked for needs them.
        n_decided: Coefficients that one cluster decides by itself.
    """

    fit: PatternSquares
    scores: Matrix
    products: NDArray[np.float64] | None
    n_decided: int

    def uncertainty(self, kind: Covariance) -> Uncertainty:
        """Return the covariance of the coefficients and their degrees of freedom, as ``estimate_uncertainty`` does."""
        named, fit = cast("Clustered", kind), self.fit
        n_clusters, k = len(self.scores), fit.n_coefficients
        if POWER_OF_FREE_SHARE[named] < 0 and self.products is not None:
            moments = ClusterMoments(self.products, self.scores, fit.bread, fit.root, fit.n_obs)
            found = cluster_covariance(moments, named)
            return Uncertainty(found.covariance, found.satterthwaite_df(np.eye(k)), n_clusters, self.n_decided)
        df = np.full(k, n_clusters - 1, dtype=np.float64)
        return Uncertainty(covariance_of_scores(fit, self.scores, named), df, n_clusters, self.n_decided)


def covariance_of_scores(fit: PatternSquares, scores: Matrix, kind: Clustered) -> Matrix:
    """Return CR0 or CR1S from the clusters' scores, G x k."""
    influence = scores @ fit.bread
    return factor_of(kind, len(scores), fit.n_obs, fit.n_coefficients) * np.asarray(influence.T @ influence)


def sum_clusters(
    design: PatternDesign, fit: PatternSquares, fitted: Vector, kinds: Collection[Covariance]
) -> ClusterSums:
    """Sum scores of a linear model by cluster, and cross-products where a covariance needs them.

    Only a cluster whose leverages come to 1 or more can decide a coefficient by itself, and there are at most as many
    of these as coefficients; so cross-products of all clusters are not needed to find those that do.

    Args:
        design: What was fitted; with clusters.
        fit: Its solution.
        fitted: Fitted value less the centre of the grid, C.
        kinds: Covariances wanted.
    """
    values = design.matrix.to_numpy() * design.weights[:, None]
    scores, leverages = sum_scores(design, fitted, values, fit.leverage[:, None])
    is_heavy = leverages[:, 0] > 1 - NO_FREE_SHARE
    is_corrected = any(POWER_OF_FREE_SHARE[cast("Clustered", kind)] < 0 for kind in kinds)
    products = _products(design, fit.rows, np.ones_like(is_heavy) if is_corrected else is_heavy)
    heavy = ClusterMoments(
        products[is_heavy] if is_corrected else products, scores[is_heavy], fit.bread, fit.root, fit.n_obs
    )
    n_decided = int(decided_by_one_cluster(heavy).sum())
    return ClusterSums(fit, scores, products if is_corrected else None, n_decided)


def sum_scores(design: PatternDesign, fitted: Vector, values: Matrix, beside: Matrix) -> tuple[Matrix, Matrix]:
    """Read the responses once and sum their scores by cluster, and anything else that is the same within a pattern.

    Args:
        design: What was fitted; with clusters.
        fitted: Fitted value less the centre of the grid, C.
        values: C x k that a response's residual is multiplied with.
        beside: C x m.

    Returns:
        G x k sums of values times residuals, and G x m sums of ``beside``.
    """
    sizes, grid = design.sizes_known, design.patterns.grid
    whole_fitted = grid.whole(fitted)
    scores = ExactSums(values, sizes.n_clusters, sizes.largest, n_limbs=2)
    others = ExactSums(beside, sizes.n_clusters, sizes.largest, n_limbs=1)
    for placed in _places(design):
        scores.add(placed.whole - whole_fitted[placed.patterns], placed.clusters, placed.patterns)
        others.add(np.ones_like(placed.whole), placed.clusters, placed.patterns)
    return scores.sums(grid.scale), others.sums()


def _products(design: PatternDesign, rows: Matrix, is_wanted: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Sum cross-products of the rows of some clusters, in their order, G x k x k."""
    k, n_groups = int(rows.shape[1]), int(is_wanted.sum())
    products = np.zeros((n_groups, k, k))
    if not n_groups:
        return products
    groups = np.where(is_wanted, np.cumsum(is_wanted) - 1, -1).astype(np.int32)
    above, beside = np.triu_indices(k)
    for some in np.array_split(np.arange(len(above)), -(-len(above) * rows.nbytes // k // BYTES_AT_ONCE)):
        columns = rows[:, above[some]] * rows[:, beside[some]]
        sums = ExactSums(columns, n_groups, design.sizes_known.largest, n_limbs=1)
        for placed in _places(design):
            at = groups[placed.clusters]
            is_in = at >= 0
            sums.add(np.ones(int(is_in.sum()), dtype=np.int64), at[is_in], placed.patterns[is_in])
        products[:, above[some], beside[some]] = sums.sums()
    products[:, beside, above] = products[:, above, beside]
    return products


def _places(design: PatternDesign) -> Iterator[Placed]:
    responses = design.responses
    return place_responses(responses, design.patterns.grid, responses.spec.clusters()[0])
