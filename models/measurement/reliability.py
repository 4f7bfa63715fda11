"""Reliability of scales: how consistently their items measure.

Put here coefficients of a whole scale; statistics of single items are in ``items``.
"""

# pyright: reportMissingTypeStubs=false

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import fdtri

from models.estimates import Matrix

FEWEST_ITEMS = 2
FEWEST_ROWS = 2


@dataclass(frozen=True)
class Reliability:
    """One reliability coefficient of one scale.

    Attributes:
        coefficient: Its name, such as ``alpha``.
        estimate: Its value; NaN where it is undefined.
        conf_low: Lower end of the interval; NaN where undefined.
        conf_high: Upper end of the interval; NaN where undefined.
        n_obs: Responses with every item answered.
        n_items: Items.
        reason: Why the estimate is NaN; empty where it is a number.
    """

    coefficient: str
    estimate: float
    conf_low: float
    conf_high: float
    n_obs: int
    n_items: int
    reason: str = ""


def cronbach_alpha(items: pd.DataFrame | Matrix, confidence_level: float = 0.95) -> Reliability:
    r"""Estimate Cronbach's alpha from complete cases, with Feldt's exact interval.

    ``alpha = k / (k - 1) * (1 - sum of item variances / variance of the sum)``; with F quantiles of ``n - 1`` and
    ``(n - 1)(k - 1)`` degrees of freedom the interval is ``1 - (1 - alpha) * F``. The interval assumes normal items
    with equal covariances.

    Args:
        items: One row a response (n), one column an item (k), reverse-scored items turned round, missing as NA.
        confidence_level: Of the interval, between 0 and 1.

    Returns:
        Alpha; all NaN with fewer than two items, fewer than two complete responses or sums without variance.

    References:
        Cronbach (1951), Psychometrika 16, 297-334. Feldt, Woodruff and Salih (1987), Applied Psychological
        Measurement 11(1), 93-103. R: ``psych::alpha(use = "complete.obs")`` and ``psych::alpha.ci``.
    """
    codes = complete_cases(items)
    n, k = codes.shape
    covariance = np.cov(codes, rowvar=False, ddof=1) if n >= FEWEST_ROWS else np.full((k, k), np.nan)
    return alpha_from_covariance(np.atleast_2d(covariance), n, confidence_level)


def alpha_from_covariance(covariance: Matrix, n_obs: int, confidence_level: float = 0.95) -> Reliability:
    """Estimate what ``cronbach_alpha`` does from the covariances (n - 1) of k items and the responses behind them."""
    k = len(covariance)
    alpha = alpha_of(covariance)
    ends = feldt_interval(alpha, n_obs, k, confidence_level)
    return Reliability("alpha", alpha, *ends, n_obs, k, _why_undefined(alpha, n_obs, k))


def _why_undefined(alpha: float, n_obs: int, n_items: int) -> str:
    if not np.isnan(alpha):
        return ""
    if n_items < FEWEST_ITEMS:
        return f"{n_items} item: alpha needs at least {FEWEST_ITEMS}"
    if n_obs < FEWEST_ROWS:
        return f"{n_obs} responses with every item answered: alpha needs at least {FEWEST_ROWS}"
    return "the sum of the items is the same in every response: alpha is not defined"


def feldt_interval(alpha: float, n_obs: int, n_items: int, confidence_level: float = 0.95) -> tuple[float, float]:
    """Return the ends of Feldt's interval of an alpha; NaN where alpha is undefined.

    R: ``psych::alpha.ci``; with gaps ``psych::alpha`` counts every response, answered in full or not.
    """
    if np.isnan(alpha):
        return np.nan, np.nan
    tail = (1 - confidence_level) / 2
    upper_f, lower_f = fdtri(n_obs - 1, (n_obs - 1) * (n_items - 1), [1 - tail, tail])
    return 1 - (1 - alpha) * float(upper_f), 1 - (1 - alpha) * float(lower_f)


def alpha_of(covariance: Matrix) -> float:
    """Return alpha of a k x k covariance matrix of items; NaN with one item or when their sum does not vary."""
    k = len(covariance)
    total = float(covariance.sum())
    if k < FEWEST_ITEMS or total <= k * np.finfo(float).eps * float(np.trace(covariance)):
        return np.nan
    return k / (k - 1) * (1 - float(np.trace(covariance)) / total)


def complete_cases(items: pd.DataFrame | Matrix) -> Matrix:
    """Return the rows without a missing item, as numbers.

    Args:
        items: n rows, k columns, missing as NA or NaN.

    Returns:
        At most n rows, k columns, float64.
    """
    codes = items.to_numpy(dtype=float, na_value=np.nan) if isinstance(items, pd.DataFrame) else items.astype(float)
    return codes[np.isfinite(codes).all(axis=1)]
