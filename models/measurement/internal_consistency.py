r"""How consistently items of a scale measure, from their covariances: alpha in its variants, and what each item adds.

With C the covariances of k items and R their correlations: ``alpha = k/(k-1) (1 - tr C / sum C)``, standardised alpha
the same of R; lambda 6 is ``1 - sum (1 - smc) / sum R`` with the squared multiple correlations of the items.

References:
    Cronbach (1951); Guttman (1945), Psychometrika 10, 255-282; Duhachek and Iacobucci (2004), Journal of Applied
    Psychology 89, 792-808; Cureton (1966), Psychometrika 31, 93-96. R: ``psych::alpha``.
"""

# pyright: reportMissingTypeStubs=false

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from models.estimates import Matrix, Vector
from models.measurement.reliability import FEWEST_ITEMS, alpha_of


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
        conf_low: Lower end of its 95 % interval.
        conf_high: Upper end.
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


def consistency(covariance: Matrix, n_obs: float) -> Consistency:
    """Describe a scale by the covariances of its items.

    Args:
        covariance: k x k, reverse-scored items turned round; listwise or pairwise as the caller says.
        n_obs: Responses behind it.
    """
    k = len(covariance)
    if k < FEWEST_ITEMS or (np.diagonal(covariance) <= 0).any():
        return Consistency(*[np.nan] * 9)
    correlation = correlation_of(covariance)
    off = correlation[np.tril_indices(k, -1)]
    average = float(off.mean())
    alpha, error = alpha_of(covariance), alpha_error(covariance, n_obs)
    z = float(ndtri(0.975))
    return Consistency(
        alpha=alpha,
        standardised_alpha=alpha_of(correlation),
        lambda_6=_lambda_6(correlation),
        average_r=average,
        median_r=float(np.median(off)),
        signal_to_noise=k * average / (1 - average) if average < 1 else np.nan,
        std_error=error,
        conf_low=alpha - z * error,
        conf_high=alpha + z * error,
    )


def correlation_of(covariance: Matrix) -> Matrix:
    """Return the correlations of a covariance matrix."""
    scale = np.sqrt(np.diagonal(covariance))
    return covariance / np.outer(scale, scale)


def alpha_error(covariance: Matrix, n_obs: float) -> float:
    """Return the standard error of alpha for normal items.

    ``Q = 2 k^2 / ((k-1)^2 S^3) (S (tr C^2 + tr^2 C) - 2 tr C 1'C^2 1)`` with S the sum of C; the error is ``sqrt(Q /
    n)``.
    """
    k, total, trace = len(covariance), float(covariance.sum()), float(np.trace(covariance))
    square = covariance @ covariance
    inner = total * (float(np.trace(square)) + trace**2) - 2 * trace * float(square.sum())
    return float(np.sqrt(2 * k**2 / ((k - 1) ** 2 * total**3) * inner / n_obs))


def _lambda_6(correlation: Matrix) -> float:
    if np.linalg.matrix_rank(correlation) < len(correlation):
        return np.nan
    unique = 1 / np.diagonal(np.linalg.inv(correlation))
    return float(1 - unique.sum() / correlation.sum())


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
    correlation = correlation_of(covariance)
    variance, with_total, total = np.diagonal(covariance), covariance.sum(axis=0), float(covariance.sum())
    rest = with_total - variance
    shared = correlation.copy()
    np.fill_diagonal(shared, 1 - 1 / np.diagonal(np.linalg.inv(correlation)))
    return ItemConsistency(
        alpha_if_dropped=_dropped(covariance),
        standardised_alpha_if_dropped=_dropped(correlation),
        item_total_r=with_total / np.sqrt(variance * total),
        item_rest_r=rest / np.sqrt(variance * (total - 2 * with_total + variance)),
        item_total_r_corrected=shared.sum(axis=0) / np.sqrt(shared.sum()),
    )


def _dropped(matrix: Matrix) -> Vector:
    keep = ~np.eye(len(matrix), dtype=bool)
    return np.array([alpha_of(matrix[np.ix_(each, each)]) for each in keep])


def bootstrap_alpha(
    codes: Matrix, seed: int, replications: int = 2000, confidence_level: float = 0.95
) -> tuple[float, float]:
    """Return the percentile interval of alpha over resampled responses.

    Answer patterns are counted once and their counts drawn, so that the work does not grow with the responses.

    Args:
        codes: n x k, complete, reverse-scored items turned round.
        seed: Of the draws.
        replications: Resampled data sets.
        confidence_level: Between 0 and 1.
    """
    patterns, counts = np.unique(codes, axis=0, return_counts=True)
    n, k = int(counts.sum()), codes.shape[1]
    weights = np.random.default_rng(seed).multinomial(n, counts / n, size=replications).astype(float)
    centred = patterns - codes.mean(axis=0)
    mean = weights @ centred / n
    products = (weights @ (centred[:, :, None] * centred[:, None, :]).reshape(len(patterns), -1)).reshape(-1, k, k)
    covariance = products / n - mean[:, :, None] * mean[:, None, :]
    total = covariance.sum(axis=(1, 2))
    with np.errstate(invalid="ignore", divide="ignore"):
        alphas = k / (k - 1) * (1 - np.trace(covariance, axis1=1, axis2=2) / total)
    tail = (1 - confidence_level) / 2
    low, high = np.nanquantile(alphas, [tail, 1 - tail])
    return float(low), float(high)
