"""Covariance of least squares coefficients when errors go together in two ways, such as by organisation and person."""

import numpy as np
from numpy.typing import NDArray

from models.estimates import Matrix
from models.regression.cluster_moments import grouped_sums
from models.regression.identification import FEWEST_CLUSTERS
from models.regression.least_squares import LeastSquares


def two_way_covariance(
    fit: LeastSquares, first: NDArray[np.intp], second: NDArray[np.intp], n_shown: int | None = None
) -> tuple[Matrix, int, bool]:
    """Add the covariances of both clusterings and take off that of their intersection, each CR1S.

    V = V_1 + V_2 - V_12, V_j = G_j / (G_j - 1) (n - 1) / (n - k) M (sum X_g'e_g e_g'X_g) M. Where V is not positive
    semi-definite, its negative eigenvalues are set to nought.

    Args:
        fit: The fit, n rows.
        first: Cluster of each row one way, 0 to G_1 - 1, each at least once.
        second: The other way.
        n_shown: Leading coefficients whose covariance is wanted, and mended by itself; all when None.

    Returns:
        The covariance, k x k of the coefficients shown; the degrees of freedom min(G_1, G_2) - 1; whether eigenvalues
        were set to nought.

    Raises:
        ValueError: If either way has fewer than two clusters.

    References:
        Cameron, Gelbach and Miller (2011), Journal of Business and Economic Statistics 29(2), 238-249. R:
        ``sandwich::vcovCL(cluster = ~ a + b, type = "HC1")``.
    """
    both = np.unique(np.stack([first, second]), axis=1, return_inverse=True)[1].ravel()
    n_clusters = int(first.max()) + 1, int(second.max()) + 1
    if min(n_clusters) < FEWEST_CLUSTERS:
        raise ValueError(
            f"{min(n_clusters)} cluster in one of the two ways; expected at least {FEWEST_CLUSTERS} in each"
        )
    scores = fit.rows * fit.residuals[:, None]
    total = _one_way(fit, scores, first) + _one_way(fit, scores, second) - _one_way(fit, scores, both)
    total = total[:n_shown, :n_shown]
    values, vectors = np.linalg.eigh(total)
    is_negative = values < 0
    if is_negative.any():
        total = (vectors * np.where(is_negative, 0.0, values)) @ vectors.T
    return total, min(n_clusters) - 1, bool(is_negative.any())


def _one_way(fit: LeastSquares, scores: Matrix, codes: NDArray[np.intp]) -> Matrix:
    sums = grouped_sums(scores, codes) @ fit.bread
    n_clusters = len(sums)
    factor = n_clusters / (n_clusters - 1) * (fit.n_obs - 1) / fit.df_resid
    return np.asarray(factor * sums.T @ sums)
