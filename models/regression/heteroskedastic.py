"""Covariances of least squares coefficients without clusters: classical and HC0 to HC3."""

from typing import Literal

import numpy as np

from models.estimates import Matrix
from models.regression.least_squares import LeastSquares

Heteroskedastic = Literal["HC0", "HC1", "HC2", "HC3"]
POWER_OF_LEVERAGE: dict[Heteroskedastic, int] = {"HC0": 0, "HC1": 0, "HC2": 1, "HC3": 2}


def classical_covariance(fit: LeastSquares) -> Matrix:
    """Return s2 (X'WX)^-1, k x k; R: ``vcov(lm(...))``."""
    return fit.sigma2 * fit.bread


def heteroskedastic_covariance(fit: LeastSquares, kind: Heteroskedastic) -> Matrix:
    """Return the covariance that is right when residual variances differ, k x k.

    M X' diag(e^2 / (1 - h)^p) X M with M = (X'WX)^-1 and p = 0 (HC0, HC1), 1 (HC2) or 2 (HC3); HC1 times n / (n - k).
    With weights, X and e are multiplied by the weights' roots.

    References:
        MacKinnon and White (1985), Journal of Econometrics 29(3), 305-325. R: ``sandwich::vcovHC(type = )``.
    """
    shrunk = fit.residuals / (1 - fit.leverage) ** (POWER_OF_LEVERAGE[kind] / 2)
    influence = (fit.basis * shrunk[:, None]) @ fit.root.T
    factor = fit.n_obs / fit.df_resid if kind == "HC1" else 1.0
    return np.asarray(factor * influence.T @ influence)
