r"""How consistently items of a scale measure, from their covariances: alpha in its variants, and what each item adds.

With C the covariances of k items and R their correlations: ``alpha = k/(k-1) (1 - tr C / sum C)``, standardised alpha
the same of R; lambda 6 is ``1 - sum (1 - smc) / sum R`` with the squared multiple correlations of the items.

References:
    Cronbach (1951); Guttman (1945), Psychometrika 10, 255-282; Duhachek and Iacobucci (2004), Journal of Applied
    Psychology 89, 792-808; Cureton (1966), Psychometrika 31, 93-96. R: ``psych::alpha``.
"""

# pyright: reportMissingTypeStubs=false

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd
from scipy.special import ndtri

from models.estimates import Matrix, Vector
from models.measurement.reliability import FEWEST_ITEMS, FEWEST_ROWS, alpha_of, feldt_interval

Reason = Literal["", "one_item", "one_response", "constant_item", "constant_sum", "dependent_items"]
"""Why a figure is NaN; empty when all are numbers. ``dependent_items``: lambda 6 and corrected r only."""
SMALLEST_EIGENVALUE = 1e-10


@dataclass(frozen=True)
class Consistency:
    """Coefficients of a whole scale; NaN where undefined.

    Attributes:
        alpha: From covariances.
        standardised_alpha: From correlations.
        lambda_6: Guttman's sixth.
        average_r: Mean correlation of the items.
        median_r: Median correlation.
        signal_to_noise: ``k average_r / (1 - average_r)``.
        std_error: Of alpha, for normal items (Duhachek and Iacobucci).
        conf_low: Lower end of its interval, by the normal distribution.
        conf_high: Upper end.
        feldt_low: Lower end of Feldt's interval of alpha.
        feldt_high: Upper end.
        reason: Why figures are NaN.
    """

    alpha: float
    standardised_alpha: float
    lambda_6: float
    average_r: float
    median_r: float
    signal_to_noise: float
    std_error: float
    conf_low: float
    conf_high: float
    feldt_low: float
    feldt_high: float
    reason: Reason = ""


UNDEFINED = Consistency(*[np.nan] * 11, reason="")


def consistency(covariance: Matrix, n_obs: int, confidence_level: float = 0.95) -> Consistency:
    """Describe a scale by the covariances of its items.

    Args:
        covariance: k x k, reverse-scored items turned round; listwise or pairwise as the caller says.
        n_obs: Responses behind it.
        confidence_level: Of both intervals, between 0 and 1.
    """
    k, reason = len(covariance), why_undefined(covariance, n_obs)
    if reason not in ("", "dependent_items"):
        return replace(UNDEFINED, reason=reason)
    correlation = correlation_of(covariance)
    off = correlation[np.tril_indices(k, -1)]
    average = float(off.mean())
    alpha, error = alpha_of(covariance), alpha_error(covariance, n_obs)
    half = float(ndtri((1 + confidence_level) / 2)) * error
    feldt = feldt_interval(alpha, n_obs, k, confidence_level)
    return Consistency(
        alpha=alpha,
        standardised_alpha=alpha_of(correlation),
        lambda_6=float(1 - (1 - _squared_multiples(correlation)).sum() / correlation.sum()),
        average_r=average,
        median_r=float(np.median(off)),
        signal_to_noise=k * average / (1 - average) if average < 1 else np.nan,
        std_error=error,
        conf_low=alpha - half,
        conf_high=alpha + half,
        feldt_low=feldt[0],
        feldt_high=feldt[1],
        reason=reason,
    )


def why_undefined(covariance: Matrix, n_obs: int) -> Reason:
    """Return why coefficients of items with these covariances are undefined; empty when none is."""
    if len(covariance) < FEWEST_ITEMS:
        return "one_item"
    if n_obs < FEWEST_ROWS or np.isnan(covariance).any():
        return "one_response"
    if (np.diagonal(covariance) <= 0).any():
        return "constant_item"
    if np.isnan(alpha_of(covariance)):
        return "constant_sum"
    return "dependent_items" if _is_dependent(correlation_of(covariance)) else ""


def item_covariances(codes: Matrix) -> Matrix:
    """Return covariances (n - 1), each from the rows that have both items; NaN with fewer than two rows.

    Args:
        codes: n x k, missing as NaN.
    """
    k = codes.shape[1]
    if len(codes) < FEWEST_ROWS:
        return np.full((k, k), np.nan)
    return pd.DataFrame(codes).cov().to_numpy(dtype=float)


def correlation_of(covariance: Matrix) -> Matrix:
    """Return the correlations of a covariance matrix."""
    scale = np.sqrt(np.diagonal(covariance))
    return covariance / np.outer(scale, scale)


def alpha_error(covariance: Matrix, n_obs: int) -> float:
    """Return the standard error of alpha for normal items.

    ``Q = 2 k^2 / ((k-1)^2 S^3) (S (tr C^2 + tr^2 C) - 2 tr C 1'C^2 1)`` with S the sum of C; the error is ``sqrt(Q /
    n)``.
    """
    k, total, trace = len(covariance), float(covariance.sum()), float(np.trace(covariance))
    square = covariance @ covariance
    inner = total * (float(np.trace(square)) + trace**2) - 2 * trace * float(square.sum())
    return float(np.sqrt(2 * k**2 / ((k - 1) ** 2 * total**3) * max(inner, 0.0) / n_obs))


def _is_dependent(correlation: Matrix) -> bool:
    return float(np.linalg.eigvalsh(correlation)[0]) < SMALLEST_EIGENVALUE


def _squared_multiples(correlation: Matrix) -> Vector:
    """Return squared multiple correlations, k; NaN when items depend on each other or pairs contradict one another."""
    if np.isnan(correlation).any() or _is_dependent(correlation):
        return np.full(len(correlation), np.nan)
    return 1 - 1 / np.diagonal(np.linalg.inv(correlation))


@dataclass(frozen=True, eq=False)
class ItemConsistency:
    """What each item adds; vectors of k, NaN where undefined.

    Attributes:
        alpha_if_dropped: Alpha of the others.
        standardised_alpha_if_dropped: Standardised alpha of the others.
        item_total_r: Correlation with the sum of all.
        item_rest_r: Correlation with the sum of the others.
        item_total_r_corrected: Correlation of standardised items with their sum, the item's own share put in by its
            squared multiple correlation (psych's ``r.cor``).
    """

    alpha_if_dropped: Vector
    standardised_alpha_if_dropped: Vector
    item_total_r: Vector
    item_rest_r: Vector
    item_total_r_corrected: Vector


def item_consistency(covariance: Matrix) -> ItemConsistency:
    """Describe the items of a scale by their covariances, k x k."""
    variance, with_total = np.diagonal(covariance), covariance.sum(axis=0)
    rest_variance = covariance.sum() - 2 * with_total + variance
    with np.errstate(invalid="ignore", divide="ignore"):
        correlation = correlation_of(covariance)
        shared = correlation.copy()
        np.fill_diagonal(shared, _squared_multiples(correlation))
        corrected = shared.sum(axis=0) / np.sqrt(shared.sum())
    return ItemConsistency(
        alpha_if_dropped=_dropped(covariance),
        standardised_alpha_if_dropped=_dropped(correlation),
        item_total_r=_correlated(with_total, variance, np.full(len(variance), covariance.sum())),
        item_rest_r=_correlated(with_total - variance, variance, rest_variance),
        item_total_r_corrected=corrected,
    )


def _correlated(covariance: Vector, variance: Vector, of_other: Vector) -> Vector:
    """Return correlations from covariances and both variances; NaN where one of them is 0 but for rounding."""
    product = variance * of_other
    varies = product > np.finfo(float).eps * max(1.0, float(variance.max(initial=0.0))) ** 2
    return np.where(varies, covariance, np.nan) / np.sqrt(np.where(varies, product, 1.0))


def _dropped(matrix: Matrix) -> Vector:
    keep = ~np.eye(len(matrix), dtype=bool)
    return np.array([alpha_of(matrix[np.ix_(each, each)]) for each in keep])
