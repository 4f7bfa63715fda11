"""How sure coefficients of estimating equations are: naive, sandwich, and corrected for few clusters."""

from typing import Literal

import numpy as np
import pandas as pd

from models.estimates import Matrix
from models.multilevel.marginal.estimating_equations import MarginalFit
from models.regression.cluster_moments import cluster_moments
from models.regression.clustered import cluster_covariance
from models.regression.inference import Uncertainty, label_estimates

MarginalCovariance = Literal["naive", "robust", "bias_reduced"]


def naive_covariance(fit: MarginalFit) -> Matrix:
    """Return what holds if the working correlation is true: scale (sum D'V^-1D)^-1, k x k.

    References:
        R: ``geepack::geeglm(...)$geese$vbeta.naiv``.
    """
    return fit.scale * fit.working.bread


def uncertainty_of(fit: MarginalFit, kind: MarginalCovariance) -> Uncertainty:
    """Return the covariance and degrees of freedom of the coefficients.

    ``robust`` is the sandwich M (sum D'V^-1 e e'V^-1D) M, normal as in geepack. ``bias_reduced`` takes (I - H_gg)^-1 e
    for e, and Satterthwaite's degrees of freedom under the working correlation; it is for few clusters.

    Args:
        fit: The fit.
        kind: Which.

    References:
        Liang and Zeger (1986); Mancl and DeRouen (2001), Biometrics 57(1), 126-134; Pan and Wall (2002), Statistics in
        Medicine 21(10), 1429-1441 and Fay and Graubard (2001), Biometrics 57(4), 1198-1206, for the idea of the df. R:
        ``geepack::geeglm(std.err = "san.se")``, ``geesmv::GEE.var.md``.
    """
    infinite = np.full(len(fit.terms), np.inf)
    if kind == "naive":
        return Uncertainty(naive_covariance(fit), infinite, fit.rows.n_clusters)
    moments = cluster_moments(fit.working, fit.rows.codes)
    if kind == "robust":
        return Uncertainty(cluster_covariance(moments, "CR0").covariance, infinite, fit.rows.n_clusters)
    corrected = cluster_covariance(moments, "CR3")
    df = corrected.satterthwaite_df(np.eye(len(fit.terms)))
    return Uncertainty(corrected.covariance, df, fit.rows.n_clusters, corrected=corrected)


def estimates_of(fit: MarginalFit, kind: MarginalCovariance = "robust", confidence_level: float = 0.95) -> pd.DataFrame:
    """Return one row a coefficient: effects in the population, with tests and intervals.

    Args:
        fit: The fit.
        kind: Covariance.
        confidence_level: Of the intervals.
    """
    return label_estimates(fit.terms, fit.coefficients, uncertainty_of(fit, kind), confidence_level)
