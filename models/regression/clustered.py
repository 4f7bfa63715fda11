"""Cluster-robust covariances CR0 to CR3, and the degrees of freedom that few clusters leave.

Everything is computed from each cluster's cross-product and scores, so that clusters of any size cost the same.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.regression.cluster_moments import ClusterMoments
from models.regression.identification import FEWEST_CLUSTERS

Clustered = Literal["CR0", "CR1", "CR1S", "CR2", "CR3"]
POWER_OF_FREE_SHARE: dict[Clustered, float] = {"CR0": 0.0, "CR1": 0.0, "CR1S": 0.0, "CR2": -0.5, "CR3": -1.0}
NO_FREE_SHARE = 1e-9
PART = 1e-6


@dataclass(frozen=True, eq=False)
class ClusterCovariance:
    """A cluster-robust covariance and what its degrees of freedom are computed from.

    Attributes:
        covariance: k x k.
        adjusted: G x k x k matrices X_g'A_gX_g, with A_g the adjustment of the cluster's residuals.
        squared: G x k x k matrices X_g'A_g^2X_g.
        bread: k x k inverse cross-product of all rows.
    """

    covariance: Matrix
    adjusted: NDArray[np.float64]
    squared: NDArray[np.float64]
    bread: Matrix

    def satterthwaite_df(self, contrasts: Matrix) -> Vector:
        """Return the degrees of freedom of each of q contrasts (q x k) of the coefficients.

        2 E(v)^2 / Var(v) of the contrast's variance estimate v when errors are independent and alike:
        (sum P_gg)^2 / sum P_gh^2 with P_gh = 1(g = h) c'M X_g'A_g^2X_g M c - b_g'M b_h, b_g = X_g'A_gX_g M c.

        References:
            Bell and McCaffrey (2002), Survey Methodology 28(2), 169-181. Pustejovsky and Tipton (2018), Journal of
            Business and Economic Statistics 36(4), 672-683. R: ``clubSandwich::coef_test(test = "Satterthwaite")``.
        """
        directions = contrasts @ self.bread
        own = np.einsum("qa,gab,qb->qg", directions, self.squared, directions, optimize=True)
        parts = np.einsum("gab,qb->qga", self.adjusted, directions, optimize=True)
        shared = np.einsum("qga,ab,qgb->qg", parts, self.bread, parts, optimize=True)
        crossed = np.einsum("qga,qgb->qab", parts, parts, optimize=True) @ self.bread
        of_pairs = (own**2 - 2 * own * shared).sum(axis=1) + np.einsum("qab,qba->q", crossed, crossed)
        return satterthwaite((own - shared).sum(axis=1), of_pairs)

    def spanned(self, basis: Matrix) -> "SpannedCovariance":
        """Return what the degrees of freedom of all combinations of a few contrasts follow from.

        Args:
            basis: m x k contrasts; those asked for are sums of them.
        """
        directions = basis @ self.bread
        parts = self.adjusted @ directions.T
        crossed = np.einsum("gai,gbj->ijab", parts, parts, optimize=True) @ self.bread
        return SpannedCovariance(
            own=directions @ self.squared @ directions.T,
            shared=parts.transpose(0, 2, 1) @ self.bread @ parts,
            crossed=np.einsum("ijab,klba->ijkl", crossed, crossed, optimize=True),
        )


@dataclass(frozen=True, eq=False)
class SpannedCovariance:
    """What Satterthwaite's degrees of freedom of the combinations of m contrasts follow from.

    Attributes:
        own: G x m x m, P_gg without what clusters share; see ``ClusterCovariance.satterthwaite_df``.
        shared: G x m x m, b_g'M b_g.
        crossed: m x m x m x m, the sum of products of b_g'M b_h over all pairs of clusters.
    """

    own: NDArray[np.float64]
    shared: NDArray[np.float64]
    crossed: NDArray[np.float64]

    def satterthwaite_df(self, weights: Matrix) -> Vector:
        """Return the degrees of freedom of q combinations, q x m weights of the contrasts."""
        squares = np.einsum("qa,qb->qab", weights, weights).reshape(len(weights), -1)
        n_squares = squares.shape[1]
        own = squares @ self.own.reshape(-1, n_squares).T
        shared = squares @ self.shared.reshape(-1, n_squares).T
        crossed = np.einsum("qa,ab,qb->q", squares, self.crossed.reshape(n_squares, n_squares), squares)
        return satterthwaite((own - shared).sum(axis=1), (own**2 - 2 * own * shared).sum(axis=1) + crossed)


def satterthwaite(expected: Vector, of_pairs: Vector) -> Vector:
    """Return expected^2 / of_pairs; NaN of a contrast whose variance no cluster tells of, as each decides it alone.

    Args:
        expected: Sum of P_gg of each of q contrasts; see ``ClusterCovariance.satterthwaite_df``.
        of_pairs: Sum of P_gh^2 over all pairs of clusters.
    """
    return np.divide(expected**2, of_pairs, out=np.full(len(of_pairs), np.nan), where=of_pairs > 0)


def cluster_covariance(moments: ClusterMoments, kind: Clustered) -> ClusterCovariance:
    """Estimate the covariance of least squares coefficients from clusters whose errors may go together.

    V = M (sum X_g'A_g e_g e_g'A_g X_g) M with A_g = f I for CR0 (f = 1), CR1 (f^2 = G / (G - 1)) and CR1S
    (f^2 = G (n - 1) / ((G - 1) (n - k))), A_g = (I - H_gg)^(-1/2) for CR2 and (I - H_gg)^-1 for CR3; the working
    model has independent errors of one variance (with weights: of variance inverse to the weight). Directions in
    which a cluster determines the fit alone (an eigenvalue of H_gg of 1) add nothing. Absorbed effects count in k, as
    in Stata's ``areg`` and R's ``lm`` with factors; ``plm`` and ``xtreg, fe`` leave them out of CR1S.

    Raises:
        ValueError: If there are fewer than two clusters.

    References:
        Bell and McCaffrey (2002); Pustejovsky and Tipton (2018). R: ``clubSandwich::vcovCR(type = )``, with weights
        ``target = 1 / weights, inverse_var = TRUE``. CR1S is the default of Stata's ``vce(cluster)``.
    """
    if moments.n_clusters < FEWEST_CLUSTERS:
        raise ValueError(f"{moments.n_clusters} cluster; a cluster-robust covariance needs at least {FEWEST_CLUSTERS}")
    factor = factor_of(kind, moments.n_clusters, moments.n_obs, moments.df_resid)
    adjusted, squared, scores = _adjust(moments, kind)
    influence = scores @ moments.bread
    return ClusterCovariance(
        factor * influence.T @ influence, adjusted * np.sqrt(factor), squared * factor, moments.bread
    )


def cluster_influence(moments: ClusterMoments, kind: Clustered) -> Matrix:
    """Return what each cluster adds to the coefficients, G x k; the cross-product is the covariance of that kind."""
    factor = factor_of(kind, moments.n_clusters, moments.n_obs, moments.df_resid)
    return np.sqrt(factor) * _adjust(moments, kind)[2] @ moments.bread


def decided_by_one_cluster(moments: ClusterMoments) -> NDArray[np.bool_]:
    """Tell for each of k coefficients whether one cluster decides it by itself, as a category of its own does.

    Then no other cluster tells how far the coefficient may be off, and its standard error is too small. Such a cluster
    has a leverage of 1 in a direction of coefficients; all coefficients that take part in the direction are named.
    """
    leverages, vectors = directions_of(moments)
    cluster, place = np.nonzero(leverages > 1 - NO_FREE_SHARE)
    directions = vectors[cluster, :, place] @ moments.root.T
    return np.asarray((np.abs(directions) > PART * np.sqrt(np.diag(moments.bread))).any(axis=0))


def directions_of(moments: ClusterMoments) -> tuple[Matrix, NDArray[np.float64]]:
    """Return leverages (G x k, 0 to 1) and directions (G x k x k, in columns) of every cluster's hat matrix.

    H_gg has the eigenvalues of root'X_g'X_g root, and its eigenvectors lie in the columns of X_g root.
    """
    leverages, vectors = np.linalg.eigh(moments.root.T @ moments.products @ moments.root)
    return np.clip(leverages, 0.0, 1.0), vectors


def adjustment_of(leverages: Matrix, kind: Clustered) -> Matrix:
    """Return what the residuals' part along each direction is multiplied with; nought where nothing is free."""
    free = 1 - leverages
    is_free = free > NO_FREE_SHARE
    return np.where(is_free, np.where(is_free, free, 1.0) ** POWER_OF_FREE_SHARE[kind], 0.0)


def factor_of(kind: Clustered, n_clusters: int, n: int, df_resid: int) -> float:
    """Return what the sum over clusters is multiplied with, for n rows less df_resid parameters."""
    if kind == "CR1":
        return n_clusters / (n_clusters - 1)
    if kind == "CR1S":
        return n_clusters / (n_clusters - 1) * (n - 1) / df_resid
    return 1.0


def _adjust(moments: ClusterMoments, kind: Clustered) -> tuple[NDArray[np.float64], NDArray[np.float64], Matrix]:
    """Return X_g'A_gX_g, X_g'A_g^2X_g and X_g'A_ge_g of every cluster."""
    if POWER_OF_FREE_SHARE[kind] == 0:
        return moments.products, moments.products, moments.scores
    root, inverse = moments.root, np.linalg.inv(moments.root)
    leverages, vectors = directions_of(moments)
    weights = adjustment_of(leverages, kind)
    back = vectors.transpose(0, 2, 1)
    outside = (inverse.T @ vectors) * weights[:, None, :]
    scores = np.einsum("gab,gb->ga", outside, np.einsum("gab,gb->ga", back, moments.scores @ root))
    adjusted = (inverse.T @ vectors) * (leverages * weights)[:, None, :] @ back @ inverse
    squared = (inverse.T @ vectors) * (leverages * weights**2)[:, None, :] @ back @ inverse
    return adjusted, squared, scores
