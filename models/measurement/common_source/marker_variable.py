r"""Correlations freed of what a marker variable says the method alone gives.

With r_M the correlation that method alone gives, ``r_a = (r - r_M) / (1 - r_M)`` and
``t = r_a sqrt((n - 3) / (1 - r_a^2))`` with n - 3 degrees of freedom.

References:
    Lindell and Whitney (2001), Journal of Applied Psychology 86, 114-121, equations 4 and 5; Malhotra, Kim and Patil
    (2006), Management Science 52, 1865-1883 (upper ends of the interval of r_M as a test of sensitivity). No R package
    gives it; in R ``(r - m) / (1 - m)`` and ``2 * pt(-abs(t), n - 3)``.
"""

# pyright: reportMissingTypeStubs=false

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri, stdtr

from instruments.faults import UsageError
from models.estimates import Matrix, Vector

FEWEST_ROWS = 5


@dataclass(frozen=True, eq=False)
class AdjustedCorrelations:
    """Correlations of p variables after the method's share is taken out; each p x p.

    Attributes:
        method_correlation: r_M.
        correlation: r_a; 1 on the diagonal.
        statistic: t; NaN on the diagonal.
        p_value: Two-sided; NaN on the diagonal.
        df: n - 3.
    """

    method_correlation: float
    correlation: Matrix
    statistic: Matrix
    p_value: Matrix
    df: int


def method_correlation(with_marker: Vector, *, rank: int = 1) -> float:
    """Return the correlation that stands for the method: the smallest that is not negative.

    Args:
        with_marker: Correlations of the marker with the other variables, or without a marker those of all pairs.
        rank: 1 for the smallest, 2 for the second smallest, which capitalises less on chance.

    Returns:
        r_M; 0 where so many are not there, as then nothing speaks for a method that moves all variables alike.
    """
    ordered = np.sort(with_marker[with_marker >= 0])
    return float(ordered[rank - 1]) if len(ordered) >= rank else 0.0


def upper_correlation(correlation: float, n_obs: int, confidence_level: float) -> float:
    """Return the upper end of a one-sided interval of r_M by Fisher's z: ``tanh(atanh(r) + z / sqrt(n - 3))``."""
    _refuse_few(n_obs)
    return float(np.tanh(np.arctanh(correlation) + float(ndtri(confidence_level)) / np.sqrt(n_obs - 3)))


def adjusted_correlations(correlation: Matrix, n_obs: int, method: float) -> AdjustedCorrelations:
    """Take the method's share out of correlations.

    Args:
        correlation: Of p variables, p x p, all scored so that the method moves them the same way.
        n_obs: Responses (n).
        method: r_M, 0 to below 1.

    Raises:
        UsageError: If r_M is outside that range or there are fewer than five responses.
    """
    _refuse_few(n_obs)
    if not 0 <= method < 1:
        raise UsageError(f"a method correlation of {method:g} cannot be taken out: give one from 0 to below 1")
    adjusted = (correlation - method) / (1 - method)
    is_pair = ~np.eye(len(correlation), dtype=bool)
    df = n_obs - 3
    statistic = np.full_like(adjusted, np.nan)
    rest = np.maximum(1 - adjusted[is_pair] ** 2, 0.0)
    with np.errstate(divide="ignore"):
        statistic[is_pair] = adjusted[is_pair] * np.sqrt(df / rest)
    return AdjustedCorrelations(method, adjusted, statistic, 2 * np.asarray(stdtr(df, -np.abs(statistic))), df)


def _refuse_few(n_obs: int) -> None:
    if n_obs < FEWEST_ROWS:
        raise UsageError(f"{n_obs} responses are too few for a marker variable: at least {FEWEST_ROWS} are needed")
