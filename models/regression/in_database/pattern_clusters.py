"""Cluster-robust covariances of a regression on patterns: their responses summed by cluster.

Put here sums over clusters; the covariances themselves are those of rows (``models.regression.clustered``).
"""

# pyright: reportMissingTypeStubs=false

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.regression.cluster_moments import VALUES_AT_ONCE, ClusterMoments
from models.regression.clustered import (
    NO_FREE_SHARE,
    POWER_OF_FREE_SHARE,
    Clustered,
    decided_by_one_cluster,
    factor_of,
)
from models.regression.in_database.cluster_sums import ClusterSums
from models.regression.in_database.fixed_point import ExactSums, products_of_columns
from models.regression.in_database.pattern_design import PatternDesign, PatternSquares
from models.regression.in_database.score_sums import ScoreSums
from models.regression.inference import Uncertainty
from models.sections.inference import Covariance


@dataclass(frozen=True, eq=False)
class PatternSums:
    """Sums over the responses of each of G clusters.

    Attributes:
        fit: The regression.
        scores: G x k.
        adjusted: Of residuals adjusted for leverage; None where no covariance asked for needs them.
        n_decided: Coefficients that one cluster decides by itself.
    """

    fit: PatternSquares
    scores: Matrix
    adjusted: ClusterSums | None
    n_decided: int

    def uncertainty(self, kind: Covariance) -> Uncertainty:
        """Return the covariance of the coefficients and their degrees of freedom, as ``estimate_uncertainty`` does."""
        named, fit = cast("Clustered", kind), self.fit
        n_clusters, k = len(self.scores), fit.n_coefficients
        if self.adjusted is not None and POWER_OF_FREE_SHARE[named] < 0:
            found = self.adjusted.uncertainty(named, fit.root, fit.n_obs, k)
            return replace(found, n_decided=self.n_decided)
        df = np.full(k, n_clusters - 1, dtype=np.float64)
        return Uncertainty(covariance_of_scores(fit, self.scores, named), df, n_clusters, self.n_decided)


def covariance_of_scores(fit: PatternSquares, scores: Matrix, kind: Clustered) -> Matrix:
    """Return CR0 or CR1S from the clusters' scores, G x k."""
    influence = scores @ fit.bread
    return factor_of(kind, len(scores), fit.n_obs, fit.n_obs - fit.n_coefficients) * np.asarray(influence.T @ influence)


def sum_clusters(
    design: PatternDesign, fit: PatternSquares, fitted: Vector, kinds: Collection[Covariance]
) -> PatternSums:
    """Sum scores of a linear model by cluster, and cross-products where a covariance needs them.

    Only a cluster whose leverages come to 1 or more can decide a coefficient by itself, and there are at most as many
    of these as coefficients; so cross-products of all clusters are not needed to find those that do.

    Args:
        design: What was fitted; with clusters.
        fit: Its solution.
        fitted: Fitted value less the centre of the grid, C.
        kinds: Covariances wanted.
    """
    scores, leverages = sum_scores(design, fitted, design.weighted, fit.leverage)
    is_heavy = leverages > 1 - NO_FREE_SHARE
    corrected: list[Clustered] = [kind for kind, power in POWER_OF_FREE_SHARE.items() if power < 0 and kind in kinds]
    products = _products(design, fit.rows, np.ones_like(is_heavy) if corrected else is_heavy)
    heavy = ClusterMoments(
        products[is_heavy] if corrected else products, scores[is_heavy], fit.bread, fit.root, fit.n_obs
    )
    n_decided = int(decided_by_one_cluster(heavy).sum())
    return PatternSums(fit, scores, _adjust(fit, products, scores, corrected) if corrected else None, n_decided)


def sum_scores(design: PatternDesign, fitted: Vector, values: Matrix, beside: Vector) -> tuple[Matrix, Vector]:
    """Read the responses once and sum their scores by cluster, and one more number of their patterns.

    Args:
        design: What was fitted; with clusters.
        fitted: Fitted value less the centre of the grid, C.
        values: C x k that a response's residual is multiplied with.
        beside: C.

    Returns:
        G x k sums of values times residuals, the same bits in any order, and G sums of ``beside``, but for rounding.
    """
    patterns = design.patterns
    whole_fitted = patterns.grid.whole(fitted)
    squares = patterns.within + patterns.counts * (patterns.means - fitted) ** 2
    largest = float(np.sqrt(squares.max())) * patterns.grid.scale + 2
    scores = ScoreSums(design, values, largest)
    others = np.zeros(patterns.n_clusters)
    for placed in patterns.placed():
        scores.add(placed, placed.whole - whole_fitted[placed.patterns])
        others += np.bincount(placed.clusters, beside[placed.patterns], minlength=len(others))
    return scores.sums(), others


def _products(design: PatternDesign, rows: Matrix, is_wanted: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Sum cross-products of the rows of some clusters, in their order, G x k x k."""
    k, n_groups = int(rows.shape[1]), int(is_wanted.sum())
    products = np.zeros((n_groups, k, k))
    if not n_groups:
        return products
    groups = np.where(is_wanted, np.cumsum(is_wanted) - 1, -1).astype(np.int32)
    values, left, right = products_of_columns(rows)
    sums = ExactSums(values, n_groups, design.patterns.largest_cluster, is_counted=True)
    for placed in design.patterns.placed():
        at = groups[placed.clusters]
        is_in = at >= 0
        sums.add(at[is_in], placed.patterns[is_in])
    products[:, left, right] = products[:, right, left] = sums.sums()
    return products


def _adjust(fit: PatternSquares, products: NDArray[np.float64], scores: Matrix, kinds: list[Clustered]) -> ClusterSums:
    """Adjust the residuals of every cluster for its leverage, a few clusters at a time."""
    n_clusters, k = scores.shape
    sums = ClusterSums(n_clusters, tuple(kinds), fit.root)
    step = max(1, VALUES_AT_ONCE // (8 * k**2))
    for start in range(0, n_clusters, step):
        some = slice(start, start + step)
        sums.absorb(fit.root.T @ products[some] @ fit.root, scores[some] @ fit.root)
    return sums
