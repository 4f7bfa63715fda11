"""What a cluster-robust covariance needs of each cluster: its cross-products and its scores."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.regression.least_squares import LeastSquares

VALUES_AT_ONCE = 4_000_000
LEAST_MEAN_ROWS = 8


@dataclass(frozen=True, eq=False)
class ClusterMoments:
    """Sums over the rows of each of G clusters; rows carry the roots of their weights.

    Attributes:
        products: G x k x k cross-products X_g'X_g of the regressors.
        scores: G x k products X_g'e_g of regressors and residuals.
        bread: k x k inverse cross-product of all rows.
        root: k x k matrix with ``root @ root.T == bread``.
        n_obs: Rows in all.
        n_absorbed: Effects that were taken out of the rows; each lies within one cluster.
    """

    products: NDArray[np.float64]
    scores: Matrix
    bread: Matrix
    root: Matrix
    n_obs: int
    n_absorbed: int = 0

    @property
    def n_clusters(self) -> int:
        """Clusters."""
        return self.scores.shape[0]

    @property
    def n_coefficients(self) -> int:
        """Coefficients."""
        return self.scores.shape[1]

    @property
    def df_resid(self) -> int:
        """Rows minus coefficients, absorbed effects included."""
        return self.n_obs - self.n_coefficients - self.n_absorbed


def cluster_moments(fit: LeastSquares, codes: NDArray[np.intp]) -> ClusterMoments:
    """Sum cross-products and scores of a fit by cluster.

    Args:
        fit: The fit, n rows.
        codes: Cluster of each row, 0 to G - 1, each at least once.
    """
    products, _ = grouped_products(fit.rows, codes)
    scores = grouped_sums(fit.rows * fit.residuals[:, None], codes)
    return ClusterMoments(products, scores, fit.bread, fit.root, fit.n_obs, fit.n_absorbed)


def grouped_sums(values: Matrix, codes: NDArray[np.intp]) -> Matrix:
    """Sum the rows of each group: n x m values, groups 0 to G - 1, each at least once → G x m sums."""
    order, starts = _in_groups(codes)
    return np.add.reduceat(values[order], starts, axis=0)


def grouped_products(rows: Matrix, codes: NDArray[np.intp]) -> tuple[NDArray[np.float64], Vector]:
    """Return each group's cross-product, G x k x k, and its number of rows, G."""
    order, starts = _in_groups(codes)
    sizes = np.diff(np.append(starts, len(order)))
    ordered, k = rows[order], rows.shape[1]
    if len(order) >= LEAST_MEAN_ROWS * len(starts):
        pieces = [part.T @ part for part in np.split(ordered, starts[1:])]
        return np.stack(pieces), sizes.astype(float)
    products = np.empty((len(starts), k, k))
    for first, last in _blocks(sizes * k * k):
        begin = starts[first]
        end = len(order) if last == len(starts) else starts[last]
        block = ordered[begin:end]
        outer = block[:, :, None] * block[:, None, :]
        products[first:last] = np.add.reduceat(outer, starts[first:last] - begin, axis=0)
    return products, sizes.astype(float)


def _in_groups(codes: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    order = np.argsort(codes, kind="stable")
    ordered = codes[order]
    return order, np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])


def _blocks(values: NDArray[np.intp]) -> list[tuple[int, int]]:
    """Cut groups into runs of about VALUES_AT_ONCE values each."""
    place = (np.cumsum(values) - values) // VALUES_AT_ONCE
    edges = np.r_[0, np.flatnonzero(np.diff(place)) + 1, len(values)]
    return list(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True))
