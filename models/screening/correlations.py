"""Covariances and correlations of answers with holes: between items, pairwise complete, and within responses.

Put here the arithmetic that several indices share; the indices are in ``distance`` and ``consistency``.
"""

from dataclasses import dataclass

import numpy as np

from models.estimates import Matrix, Vector
from models.screening.runs import highest, lowest

FEWEST_PAIRS = 3


@dataclass(frozen=True, eq=False)
class WithinResponse:
    """Correlation of two lists of values within each response.

    Attributes:
        r: Length n; NaN with fewer than three complete pairs, or where one of the lists does not vary.
        n_pairs: Length n, complete pairs.
    """

    r: Vector
    n_pairs: Vector


def pairwise_covariance(codes: Matrix) -> Matrix:
    """Compute the covariance (n - 1) of every two items over the responses that answered both.

    Args:
        codes: One row a response (n), one column an item (k), missing as NaN.

    Returns:
        k rows and columns; NaN for items with fewer than two common responses. Not always positive definite.

    References:
        R: ``cov(x, use = "pairwise.complete.obs")``.
    """
    n, cross, sums = _common_sums(codes)
    return (cross - sums * sums.T / np.where(n > 0, n, np.nan)) / np.where(n > 1, n - 1, np.nan)


def pairwise_correlation(codes: Matrix) -> Matrix:
    """Correlate every two items over the responses that answered both.

    Args:
        codes: As in ``pairwise_covariance``.

    Returns:
        k rows and columns, -1 to 1; NaN without two common responses, or where an item does not vary among them.

    References:
        R: ``cor(x, use = "pairwise.complete.obs")``.
    """
    is_answered = np.isfinite(codes)
    filled = _centred(codes)
    n, cross, sums = _common_sums(codes)
    squares = (filled**2).T @ is_answered.astype(float)
    n = np.where(n > 0, n, np.nan)
    spread = squares - sums**2 / n
    spread = np.where(spread > np.finfo(float).eps * np.maximum(squares, 1.0) * n, spread, np.nan)
    return np.clip((cross - sums * sums.T / n) / np.sqrt(spread * spread.T), -1.0, 1.0)


def correlate_within(first: Matrix, second: Matrix) -> WithinResponse:
    """Correlate two lists of values within each response, over the pairs of which both are there.

    Args:
        first: n rows, k columns, missing as NaN.
        second: n rows, k columns, missing as NaN.
    """
    is_pair = np.isfinite(first) & np.isfinite(second)
    n_pairs = is_pair.sum(axis=1).astype(float)
    left, right = np.where(is_pair, first, np.nan), np.where(is_pair, second, np.nan)
    varies = (highest(left) > lowest(left)) & (highest(right) > lowest(right)) & (n_pairs >= FEWEST_PAIRS)
    left, right = _deviations(left, n_pairs), _deviations(right, n_pairs)
    scale = np.sqrt((left**2).sum(axis=1) * (right**2).sum(axis=1))
    r = (left * right).sum(axis=1) / np.where(varies, scale, np.nan)
    return WithinResponse(np.clip(r, -1.0, 1.0), n_pairs)


def _deviations(values: Matrix, n_values: Vector) -> Matrix:
    is_there = np.isfinite(values)
    means = np.where(is_there, values, 0.0).sum(axis=1) / np.maximum(n_values, 1)
    return np.where(is_there, values - means[:, np.newaxis], 0.0)


def _centred(codes: Matrix) -> Matrix:
    """Return deviations from the item means, missing as 0; centring first keeps the sums of products exact enough."""
    return _deviations(codes.T, np.isfinite(codes).sum(axis=0)).T


def _common_sums(codes: Matrix) -> tuple[Matrix, Matrix, Matrix]:
    """Return, for items i and j over their common responses: n, the sum of products, the sum of item i."""
    is_answered = np.isfinite(codes).astype(float)
    filled = _centred(codes)
    return is_answered.T @ is_answered, filled.T @ filled, filled.T @ is_answered
