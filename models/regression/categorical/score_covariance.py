"""Robust covariances of maximum likelihood estimates from the scores of rows or clusters."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from models.estimates import Matrix
from models.regression.cluster_moments import grouped_sums
from models.regression.identification import FEWEST_CLUSTERS

Robust = Literal["HC0", "HC1"]
RobustClustered = Literal["CR0", "CR1S"]


def robust_covariance(bread: Matrix, scores: Matrix, kind: Robust = "HC0") -> Matrix:
    """Return B S'S B, with HC1 times n / (n - p).

    Args:
        bread: p x p inverse information.
        scores: n x p weighted derivatives of the rows' terms.
        kind: Which factor.

    References:
        White (1982), Econometrica 50(1), 1-25. R: ``sandwich::sandwich`` (HC0).
    """
    n, p = scores.shape
    return (n / (n - p) if kind == "HC1" else 1.0) * _filled(bread, scores)


def clustered_covariance(
    bread: Matrix, scores: Matrix, codes: NDArray[np.intp], kind: RobustClustered = "CR1S"
) -> Matrix:
    """Return B (sum s_g s_g') B with the clusters' sums of scores, CR1S times G (n - 1) / ((G - 1) (n - p)).

    Args:
        bread: p x p inverse information.
        scores: n x p weighted derivatives of the rows' terms.
        codes: Cluster of each row, 0 to G - 1, each at least once.
        kind: Which factor.

    Raises:
        ValueError: If there are fewer than two clusters.

    References:
        Liang and Zeger (1986), Biometrika 73(1), 13-22. R: ``sandwich::vcovCL(type = "HC0", cadjust = FALSE)`` (CR0),
        ``sandwich::vcovCL(type = "HC1")`` (CR1S).
    """
    (n, p), sums = scores.shape, grouped_sums(scores, codes)
    n_clusters = len(sums)
    if n_clusters < FEWEST_CLUSTERS:
        raise ValueError(f"{n_clusters} cluster; a cluster-robust covariance needs at least {FEWEST_CLUSTERS}")
    factor = n_clusters / (n_clusters - 1) * (n - 1) / (n - p) if kind == "CR1S" else 1.0
    return factor * _filled(bread, sums)


def _filled(bread: Matrix, scores: Matrix) -> Matrix:
    influence = scores @ bread
    return np.asarray(influence.T @ influence)
