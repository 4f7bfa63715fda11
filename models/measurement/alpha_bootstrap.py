"""The percentile interval of alpha over resampled responses, drawn from counts of answer patterns."""

import numpy as np

from models.estimates import Matrix, Vector
from models.measurement.reliability import FEWEST_ITEMS, FEWEST_ROWS, alpha_of

MOST_CELLS = 4_000_000
"""Counts held at once."""


def bootstrap_alpha(
    codes: Matrix, seed: int, replications: int = 2000, confidence_level: float = 0.95
) -> tuple[float, float]:
    """Return the percentile interval of alpha over resampled responses.

    Answer patterns are counted once and their counts drawn, so that work grows with the patterns, not the responses.
    Resampled sets whose sum does not vary have no alpha and are left out.

    Args:
        codes: n x k, complete, reverse-scored items turned round.
        seed: Of the draws.
        replications: Resampled data sets.
        confidence_level: Between 0 and 1.

    Returns:
        Both ends; NaN where alpha is undefined.

    References:
        Efron and Tibshirani (1993), An introduction to the bootstrap, ch. 13. R: ``psych::alpha(n.iter =
        2000)$boot.ci``.
    """
    n, k = codes.shape
    if n < FEWEST_ROWS or k < FEWEST_ITEMS or np.isnan(alpha_of(np.asarray(np.cov(codes, rowvar=False)))):
        return np.nan, np.nan
    patterns, counts = np.unique(codes, axis=0, return_counts=True)
    alphas = _resampled(patterns - codes.mean(axis=0), counts / n, n, np.random.default_rng(seed), replications)
    tail = (1 - confidence_level) / 2
    low, high = np.nanquantile(alphas, [tail, 1 - tail])
    return float(low), float(high)


def _resampled(patterns: Matrix, shares: Vector, n: int, generator: np.random.Generator, replications: int) -> Vector:
    """Return alpha of every resampled set; it needs the variances of the items and of their sum only."""
    k = patterns.shape[1]
    squares = np.column_stack([(patterns**2).sum(axis=1), patterns.sum(axis=1) ** 2])
    at_once = max(1, MOST_CELLS // len(patterns))
    found: list[Vector] = []
    for start in range(0, replications, at_once):
        size = min(at_once, replications - start)
        weights = generator.multinomial(n, shares, size=size) / n
        mean, square = weights @ patterns, weights @ squares
        trace = square[:, 0] - (mean**2).sum(axis=1)
        total = square[:, 1] - mean.sum(axis=1) ** 2
        varies = total > k * np.finfo(float).eps * trace
        found.append(np.where(varies, k / (k - 1) * (1 - trace / np.where(varies, total, 1.0)), np.nan))
    return np.concatenate(found)
