"""CR2 for generalised linear models, whose working variances differ between the rows of a cluster.

CR0, CR1 and CR1S are ``cluster_covariance`` of the working least squares problem.
"""

import numpy as np
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.regression.categorical.generalised import GeneralisedFit
from models.regression.clustered import ClusterCovariance
from models.regression.identification import FEWEST_CLUSTERS

NO_VARIANCE = 1e-12


def reduced_bias_covariance(fit: GeneralisedFit, codes: NDArray[np.intp]) -> ClusterCovariance:
    """Estimate CR2 with the family's variances as working model; Satterthwaite df and AHT tests follow from it.

    With W the information about the rows' linear predictors, U = W^1/2 X, M = (U'U)^-1, S = W^-1/2 of the means
    (variance^1/2) and B_g = S_g^2 (I - U_g M U_g') S_g^2: V = M (sum U_g'A_g e_g e_g'A_g'U_g) M with
    A_g = B_g^-1/2 S_g^2 and e the Pearson residuals. An A_g with A_g (I - U_g M U_g') A_g' = I is not unique; this is
    the one of the reference, which takes the symmetric root on the scale of the outcome. With one variance for all
    rows it is that of least squares. Rows of a cluster that are alike enter as one (A_g takes their mean to
    means), so that the time grows with the cube of the distinct rows of a cluster.

    Args:
        fit: The fit, n rows.
        codes: Cluster of each row, 0 to G - 1, each at least once.

    Raises:
        ValueError: If there are fewer than two clusters.

    References:
        Pustejovsky and Tipton (2018), Journal of Business and Economic Statistics 36(4), 672-683, equation 10. R:
        ``clubSandwich::vcovCR(glm(...), type = "CR2")``, ``coef_test(test = "Satterthwaite")``.
    """
    n_clusters = int(codes.max()) + 1
    if n_clusters < FEWEST_CLUSTERS:
        raise ValueError(f"{n_clusters} cluster; a cluster-robust covariance needs at least {FEWEST_CLUSTERS}")
    rows, residuals, variances, places = _distinct(fit, codes)
    working, k = fit.working, fit.working.n_coefficients
    adjusted, squared = np.empty((n_clusters, k, k)), np.empty((n_clusters, k, k))
    scores = np.empty((n_clusters, k))
    for cluster, at in enumerate(places):
        turned = _adjustment(rows[at] @ working.root, variances[at]).T @ rows[at]
        adjusted[cluster], squared[cluster] = turned.T @ rows[at], turned.T @ turned
        scores[cluster] = turned.T @ residuals[at]
    influence = scores @ working.bread
    transposed = adjusted.transpose(0, 2, 1)
    return ClusterCovariance(influence.T @ influence, transposed, squared, working.bread)


def _distinct(fit: GeneralisedFit, codes: NDArray[np.intp]) -> tuple[Matrix, Vector, Vector, list[NDArray[np.intp]]]:
    """Return a cluster's distinct rows times the root of their number, residuals over it, variances, and places."""
    keys = np.column_stack([codes, fit.rows.matrix, fit.rows.weights, fit.rows.offset])
    distinct, first, inverse, times = np.unique(
        keys, axis=0, return_index=True, return_inverse=True, return_counts=True
    )
    roots = np.sqrt(times)
    residuals = np.bincount(inverse, weights=fit.working.residuals) / roots
    places = np.split(np.arange(len(distinct)), np.flatnonzero(np.diff(distinct[:, 0])) + 1)
    return fit.working.rows[first] * roots[:, None], residuals, _variances(fit)[first], places


def _adjustment(leverages: Matrix, variances: Vector) -> Matrix:
    """Return A_g, n_g x n_g, from the rows' U_g M^1/2 and variances."""
    free = np.eye(len(variances)) - leverages @ leverages.T
    values, vectors = np.linalg.eigh(free * variances[:, None] * variances)
    is_free = values > NO_VARIANCE * variances.max() ** 2
    roots = np.where(is_free, np.where(is_free, values, 1.0) ** -0.5, 0.0)
    return (vectors * roots) @ vectors.T * variances


def _variances(fit: GeneralisedFit) -> Vector:
    """Return the family's variance of each outcome: (dm / d eta)^2 / information, over the weight."""
    slopes, information = fit.family.mean_slope(fit.predictor), np.asarray(fit.working.weights)
    return np.divide(slopes**2, information, out=np.zeros_like(slopes), where=information > 0)
