"""What a picture of residuals shows: fitted values, residuals, normal quantiles, leverage and the pull of clusters.

Row by row: for the warehouse and whoever answers for the method, never for a release.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false

from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.estimates import Vector
from models.regression.cluster_moments import cluster_moments
from models.regression.covariance import LEVERAGE_OF_ONE, estimate_uncertainty
from models.regression.design import Design
from models.regression.least_squares import LeastSquares, solve_least_squares
from models.regression.reading.influence import influence_of_clusters
from models.sections.nonresponse import STACKED
from models.spec import RegressionSpec

SMALL_SAMPLE = 10


@dataclass(frozen=True, eq=False)
class Residuals:
    """Of the n responses of a least squares fit.

    Attributes:
        fitted: Fitted values, n.
        raw: Residuals in units of the outcome, n.
        standardised: Residuals over s sqrt(1 - h), rows times root weights, n; NaN where one response decides.
        leverage: Diagonal of the hat matrix, n.
        quantiles: Normal quantile that belongs to each standardised residual by its rank, n.
        cluster_leverage: Trace of each cluster's part of the hat matrix, G; none without clusters or with two ways.
        cluster_change: Change of the first focal coefficient without each cluster, in its standard errors, G.
    """

    fitted: Vector
    raw: Vector
    standardised: Vector
    leverage: Vector
    quantiles: Vector
    cluster_leverage: Vector
    cluster_change: Vector


def residuals_of(spec: RegressionSpec, design: Design) -> Residuals:
    """Solve a linear model again and return its residuals and influence.

    References:
        R: ``rstandard``, ``hatvalues``, ``qqnorm`` (``ppoints``), as ``plot.lm`` draws them.
    """
    weights = None if design.weights is None else design.weights.to_numpy()
    fit = solve_least_squares(design.matrix.to_numpy(), design.outcome.to_numpy(), weights)
    fitted: Vector = design.matrix.to_numpy() @ fit.coefficients
    free = np.where(fit.leverage < LEVERAGE_OF_ONE, 1 - fit.leverage, np.nan)
    standardised: Vector = fit.residuals / np.sqrt(fit.sigma2 * free)
    cluster_leverage, cluster_change = _of_clusters(spec, design, fit)
    return Residuals(
        fitted=fitted,
        raw=design.outcome.to_numpy() - fitted,
        standardised=standardised,
        leverage=fit.leverage,
        quantiles=normal_quantiles(standardised),
        cluster_leverage=cluster_leverage,
        cluster_change=cluster_change,
    )


def normal_quantiles(values: Vector) -> Vector:
    """Return the normal quantile that belongs to each value by its rank: (i - a) / (n + 1 - 2 a).

    a = 3/8 for at most 10 values, else 1/2 (R: ``qnorm(ppoints(n))``); NaN for NaN.
    """
    from scipy import special  # noqa: PLC0415

    is_known = np.isfinite(values)
    n = int(is_known.sum())
    shift = 3 / 8 if n <= SMALL_SAMPLE else 0.5
    ranks = np.empty(n)
    ranks[np.argsort(values[is_known], kind="stable")] = np.arange(1, n + 1)
    found = np.full(len(values), np.nan)
    found[is_known] = special.ndtri((ranks - shift) / (n + 1 - 2 * shift))
    return found


def _of_clusters(spec: RegressionSpec, design: Design, fit: LeastSquares) -> tuple[Vector, Vector]:
    if design.clusters.shape[1] != 1 or not design.focal or spec.covariance_used() == STACKED:
        return np.empty(0), np.empty(0)
    codes = np.asarray(pd.factorize(design.clusters.iloc[:, 0])[0])
    moments = cluster_moments(fit, codes)
    place = list(design.matrix.columns).index(design.focal[0])
    terms = tuple(str(term) for term in design.matrix)
    error = float(estimate_uncertainty(fit, spec.covariance_used(), (codes,), terms).errors[place])
    left = influence_of_clusters(moments, fit.coefficients).coefficients[:, place]
    leverage: Vector = np.einsum("gab,ba->g", moments.products, moments.bread)
    return leverage, (left - fit.coefficients[place]) / error
