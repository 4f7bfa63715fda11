r"""Intervals of effects: from resamples (percentile, basic, BCa), from drawn coefficients (Monte Carlo), by delta.

With B draws in order, the quantile at a is the value at ``(B + 1) a``, between two draws on the scale of normal
quantiles. BCa moves a to ``Phi(z0 + (z0 + z_a) / (1 - s (z0 + z_a)))`` with ``z0 = Phi^-1`` of the share of draws below
the estimate and the acceleration ``s = sum d^3 / (6 (sum d^2)^(3/2))``, d the mean of the estimates without each unit
less each of them.

References:
    Efron (1987), JASA 82, 171-185; Davison and Hinkley (1997), ch. 5; MacKinnon, Lockwood and Williams (2004),
    Multivariate Behavioral Research 39, 99-128; Sobel (1982). R: ``boot::boot.ci``, ``semTools::monteCarloCI``.
"""

# pyright: reportMissingTypeStubs=false

import numpy as np
from scipy.special import ndtr, ndtri

from models.estimates import Matrix, Vector

FEWEST_DRAWS = 100


def quantiles(draws: Vector, levels: Vector) -> Vector:
    """Return quantiles of B draws; the least or largest draw where a level lies outside them.

    Args:
        draws: B, none missing.
        levels: Between 0 and 1.
    """
    ordered, b = np.sort(draws), len(draws)
    place = (b + 1) * levels
    below = np.clip(np.floor(place), 1, b - 1).astype(int)
    inner = np.clip(levels, 1 / (b + 1), b / (b + 1))
    ends = [ndtri(each / (b + 1)) for each in (below, below + 1)]
    share = (ndtri(inner) - ends[0]) / (ends[1] - ends[0])
    return ordered[below - 1] + share * (ordered[below] - ordered[below - 1])


def percentile_interval(draws: Vector, confidence_level: float) -> tuple[float, float]:
    """Return the interval between two quantiles of draws."""
    low, high = quantiles(draws, _tails(confidence_level))
    return float(low), float(high)


def basic_interval(draws: Vector, estimate: float, confidence_level: float) -> tuple[float, float]:
    """Return the interval mirrored at the estimate: ``2 estimate`` less the quantiles."""
    low, high = percentile_interval(draws, confidence_level)
    return 2 * estimate - high, 2 * estimate - low


def bca_interval(draws: Vector, estimate: float, without_each: Vector, confidence_level: float) -> tuple[float, float]:
    """Return the bias-corrected and accelerated interval; NaN where all draws lie on one side of the estimate.

    Args:
        draws: B.
        estimate: Of all rows.
        without_each: Estimates without each row or cluster.
        confidence_level: Between 0 and 1.
    """
    share = float((draws < estimate).mean())
    if share in (0.0, 1.0):
        return np.nan, np.nan
    bias, speed = float(ndtri(share)), acceleration(without_each)
    moved = bias + ndtri(_tails(confidence_level))
    low, high = quantiles(draws, ndtr(bias + moved / (1 - speed * moved)))
    return float(low), float(high)


def acceleration(without_each: Vector) -> float:
    """Return ``sum d^3 / (6 (sum d^2)^(3/2))`` of estimates without each unit; 0 where they are all the same."""
    distance = without_each.mean() - without_each
    size = float((distance**2).sum()) ** 1.5
    return float((distance**3).sum()) / (6 * size) if size > 0 else 0.0


def drawn_coefficients(
    coefficients: Vector, covariance: Matrix, n_draws: int, generator: np.random.Generator
) -> Matrix:
    """Draw coefficients from the normal distribution around the estimates, B x K (MacKinnon's Monte Carlo method)."""
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    return coefficients + generator.standard_normal((n_draws, len(coefficients))) @ root.T


def _tails(confidence_level: float) -> Vector:
    tail = (1 - confidence_level) / 2
    return np.array([tail, 1 - tail])
