"""Covariances of regression estimates: what each name means, and the t distribution that goes with it."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from models.regression.design import Design
from models.regression.identification import ModelDataError
from models.spec import Covariance

DEFINITIONS: Mapping[Covariance, str] = {
    "classical": "s2 (X'X)^-1; R: vcov(lm(...))",
    "HC1": "HC0 x n / (n - k); R: sandwich::vcovHC(type = 'HC1')",
    "HC2": "squared residuals over 1 - h; R: sandwich::vcovHC(type = 'HC2')",
    "HC3": "squared residuals over (1 - h)^2; R: sandwich::vcovHC(type = 'HC3')",
    "cluster": "CR1S: CR0 x G / (G - 1) x (n - 1) / (n - k); R: clubSandwich::vcovCR(type = 'CR1S')",
}
LEVERAGE_OF_ONE = 1 - 1e-9


def fit_options(covariance: Covariance, clusters: pd.Series | None) -> dict[str, Any]:
    """Return what statsmodels' ``OLS.fit`` needs for a covariance.

    ``DEFINITIONS`` holds formula and R call of each. All use the t distribution; see ``degrees_of_freedom``.

    References:
        MacKinnon and White (1985), Journal of Econometrics 29(3), 305-325 (HC). Cameron and Miller (2015), Journal of
        Human Resources 50(2), 317-372 (cluster). Stata: ``regress, vce(cluster)`` has the same standard errors, t
        and p-values as ``cluster`` here.
    """
    if covariance == "classical":
        return {"cov_type": "nonrobust", "use_t": True}
    if covariance == "cluster" and clusters is not None:
        codes, _ = pd.factorize(clusters)
        return {"cov_type": "cluster", "cov_kwds": {"groups": codes}, "use_t": True}
    return {"cov_type": covariance, "use_t": True}


def degrees_of_freedom(design: Design) -> int:
    """Return the degrees of freedom of the t distribution: clusters - 1, or responses - coefficients."""
    n, n_coefficients = design.matrix.shape
    return n - n_coefficients if design.clusters is None else design.clusters.nunique() - 1


def refuse_full_leverage(covariance: Covariance, design: Design) -> None:
    """Raise ModelDataError when HC2 or HC3 would divide by zero, because one response alone decides a coefficient."""
    if covariance not in ("HC2", "HC3"):
        return
    basis, _ = np.linalg.qr(design.matrix.to_numpy())
    is_full = (basis**2).sum(axis=1) > LEVERAGE_OF_ONE
    if not is_full.any():
        return
    weights = np.abs(design.matrix.to_numpy()[is_full]).max(axis=0)
    lonely = [
        str(term)
        for term, weight, total in zip(design.matrix, weights, design.matrix.abs().sum(), strict=True)
        if weight > 0 and weight == total
    ]
    listed = ", ".join(lonely) or "several"
    raise ModelDataError(
        f"{covariance} is undefined: a single response decides a coefficient by itself ({listed}); "
        "expected every category to have two or more responses; merge or leave out the category, or use HC1"
    )
