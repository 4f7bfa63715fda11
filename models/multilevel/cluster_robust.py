"""Cluster-robust covariance of a mixed model's coefficients, with its own covariance as the working model.

Clusters are the groups that hold all others; rows of a cluster are looked at in full, clusters of a size together.
"""

import numpy as np
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.multilevel.mixed_model import MixedModel
from models.multilevel.random_terms import Factor
from models.regression.clustered import ClusterCovariance, Clustered, factor_of
from models.regression.identification import ModelDataError

NO_FREE_SHARE = 1e-9
MOST_ROWS = 3000
POWERS: dict[Clustered, float] = {"CR0": 0.0, "CR1": 0.0, "CR1S": 0.0, "CR2": -0.5}


def robust_covariance(model: MixedModel, kind: Clustered = "CR2") -> ClusterCovariance:
    """Estimate the covariance of the coefficients from residuals of clusters, whatever their covariance truly is.

    V = M (sum X_g'W_g A_g e_g e_g'A_g W_g X_g) M, W_g the inverse of the model's covariance V_g, M the covariance by
    generalised least squares; A_g = V^1/2 (V^1/2 (V_g - X_g M X_g') V^1/2)^-1/2 V^1/2 for CR2.

    Args:
        model: Fitted.
        kind: ``CR0``, ``CR1``, ``CR1S`` or ``CR2``.

    Raises:
        ModelDataError: If no kind of groups holds all others, or a cluster is too large to be looked at in full.

    References:
        Pustejovsky and Tipton (2018), Journal of Business and Economic Statistics 36(4), 672-683. R:
        ``clubSandwich::coef_test(lmer(...), vcov = "CR2")``.
    """
    outer = outermost(model.problem.factors)
    sizes = np.bincount(outer.codes)
    _refuse_large(outer.group, int(sizes.max()))
    order = np.argsort(outer.codes, kind="stable")
    starts = np.cumsum(sizes) - sizes
    p = len(model.terms)
    adjusted, squared = np.empty((outer.n_levels, p, p)), np.empty((outer.n_levels, p, p))
    scores = np.empty((outer.n_levels, p))
    for size in np.unique(sizes).tolist():
        clusters = np.flatnonzero(sizes == size)
        rows = order[starts[clusters][:, None] + np.arange(size)]
        adjusted[clusters], squared[clusters], scores[clusters] = _of_clusters(model, rows, POWERS[kind])
    factor = factor_of(kind, outer.n_levels, model.n_obs, model.n_obs - p)
    influence = scores @ model.covariance
    return ClusterCovariance(
        factor * influence.T @ influence, adjusted * np.sqrt(factor), squared * factor, model.covariance
    )


def outermost(factors: tuple[Factor, ...]) -> Factor:
    """Return the groups that hold all others.

    Raises:
        ModelDataError: If groups are crossed.
    """
    outer = min(factors, key=lambda factor: factor.n_levels)
    for factor in factors:
        pairs = np.unique(factor.codes.astype(np.int64) * outer.n_levels + outer.codes)
        if len(pairs) > factor.n_levels:
            raise ModelDataError(
                f"groups of '{factor.group}' lie in several of '{outer.group}'; a cluster-robust covariance needs one "
                "kind of groups that holds all others; use satterthwaite or kenward_roger"
            )
    return outer


def _refuse_large(group: str, largest: int) -> None:
    if largest > MOST_ROWS:
        raise ModelDataError(
            f"a group of '{group}' has {largest} rows; CR2 of a mixed model is computed for at most {MOST_ROWS} rows a "
            "group; use satterthwaite, or a linear regression with clusters"
        )


def _of_clusters(
    model: MixedModel, rows: NDArray[np.intp], power: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], Matrix]:
    """Return X'AWX, X'WAVAWX and X'WAe of c clusters of r rows each (c x r places of rows)."""
    data = model.problem.rows
    matrix = data.matrix[rows]
    residuals = (data.outcome - data.matrix @ model.coefficients)[rows]
    covariances = _covariances(model, rows, data.weights)
    weighted = np.linalg.solve(covariances, matrix)
    if power:
        values, vectors = np.linalg.eigh(covariances)
        roots = (vectors * np.sqrt(values)[:, None, :]) @ vectors.transpose(0, 2, 1)
        left = covariances - matrix @ model.covariance @ matrix.transpose(0, 2, 1)
        values, vectors = np.linalg.eigh(roots @ left @ roots)
        is_free = values > NO_FREE_SHARE * values[:, -1:]
        powers = np.where(is_free, np.where(is_free, values, 1.0) ** power, 0.0)
        passed = roots @ vectors
        weighted = passed @ (powers[:, :, None] * (passed.transpose(0, 2, 1) @ weighted))
    back = weighted.transpose(0, 2, 1)
    return matrix.transpose(0, 2, 1) @ weighted, back @ covariances @ weighted, (back @ residuals[:, :, None])[:, :, 0]


def _covariances(model: MixedModel, rows: NDArray[np.intp], weights: Vector) -> NDArray[np.float64]:
    found = np.eye(rows.shape[1]) * (model.sigma2 / weights[rows])[:, None, :]
    for factor, triangle in zip(model.problem.factors, model.solved.triangles, strict=True):
        effects, codes = factor.columns[rows] @ triangle, factor.codes[rows]
        is_same = codes[:, :, None] == codes[:, None, :]
        found += model.sigma2 * is_same * (effects @ effects.transpose(0, 2, 1))
    return found
