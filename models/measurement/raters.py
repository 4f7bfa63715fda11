r"""Reliability of ratings: of several raters of the same units, and of the same people asked twice.

From the mean squares of units (BMS), raters (JMS), within units (WMS) and residual (EMS) of n units and k raters:
ICC(1) has random raters of each unit, ICC(2) the same random raters, ICC(3) the same fixed raters; with k they are of
the mean rating.

References:
    Shrout and Fleiss (1979), Psychological Bulletin 86, 420-428; McGraw and Wong (1996), Psychological Methods 1,
    30-46. R: ``psych::ICC(lmer = FALSE)``.
"""

# pyright: reportMissingTypeStubs=false

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import fdtrc, fdtri, ndtri

from instruments.faults import UsageError
from models.estimates import Matrix, Vector

FEWEST = 2
FEWEST_PAIRS = 4
"""Fisher's z has the variance ``1 / (n - 3)``."""


@dataclass(frozen=True)
class Intraclass:
    """One intraclass correlation.

    Attributes:
        name: ``ICC1``, ``ICC2``, ``ICC3`` or these with ``k``.
        estimate: Its value.
        f_value: Test that units do not differ.
        df_1: Its degrees of freedom.
        df_2: Its degrees of freedom.
        p_value: Its p-value.
        conf_low: Lower end of the interval.
        conf_high: Upper end.
    """

    name: str
    estimate: float
    f_value: float
    df_1: float
    df_2: float
    p_value: float
    conf_low: float
    conf_high: float


class RatingsError(UsageError):
    """Ratings from which no reliability follows; the message says why and what to do."""


def intraclass(ratings: Matrix, confidence_level: float = 0.95) -> list[Intraclass]:
    """Estimate the six coefficients of Shrout and Fleiss.

    Args:
        ratings: n units x k raters, none missing.
        confidence_level: Of the intervals.

    Returns:
        ICC1, ICC2, ICC3, ICC1k, ICC2k, ICC3k; NaN where units do not differ at all, and for the interval of ICC2 where
        raters agree on every difference.

    Raises:
        RatingsError: If there are fewer than two units or raters, a rating is missing, or all ratings are the same.
    """
    _refuse_unusable(ratings)
    bms, jms, wms, ems = _mean_squares(ratings)
    n, k = ratings.shape
    one_way, two_way = (_ratio(bms, wms), n - 1, n * (k - 1)), (_ratio(bms, ems), n - 1, (n - 1) * (k - 1))
    random = _share(bms - ems, bms + (k - 1) * ems + k * (jms - ems) / n)
    ends = _two_way_random(random, (bms, jms, ems), (n, k), (1 - confidence_level) / 2)
    singles = [
        _coefficient("ICC1", _share(bms - wms, bms + (k - 1) * wms), one_way, _fixed(one_way, k, confidence_level)),
        _coefficient("ICC2", random, two_way, ends),
        _coefficient("ICC3", _share(bms - ems, bms + (k - 1) * ems), two_way, _fixed(two_way, k, confidence_level)),
    ]
    of_means = (_share(bms - wms, bms), _share(bms - ems, bms + (jms - ems) / n), _share(bms - ems, bms))
    return singles + [
        replace(
            each,
            name=f"{each.name}k",
            estimate=value,
            conf_low=_stepped_up(each.conf_low, k),
            conf_high=_stepped_up(each.conf_high, k),
        )
        for each, value in zip(singles, of_means, strict=True)
    ]


def _refuse_unusable(ratings: Matrix) -> None:
    n, k = ratings.shape
    if n < FEWEST or k < FEWEST:
        raise RatingsError(f"{n} units and {k} raters: reliability of ratings needs at least two of both")
    if not np.isfinite(ratings).all():
        unit, rater = np.argwhere(~np.isfinite(ratings))[0]
        msg = f"rater {rater + 1} has not rated unit {unit + 1}: leave out units that somebody has not rated"
        raise RatingsError(msg)
    if np.ptp(ratings) == 0:
        raise RatingsError("all ratings are the same: whether raters tell units apart cannot be seen")


def _mean_squares(ratings: Matrix) -> tuple[float, float, float, float]:
    """Return mean squares between units, between raters, within units, and of the residual."""
    n, k = ratings.shape
    grand, by_unit, by_rater = ratings.mean(), ratings.mean(axis=1), ratings.mean(axis=0)
    bms = k * float(((by_unit - grand) ** 2).sum()) / (n - 1)
    wms = float(((ratings - by_unit[:, None]) ** 2).sum()) / (n * (k - 1))
    jms = n * float(((by_rater - grand) ** 2).sum()) / (k - 1)
    residual = ratings - by_unit[:, None] - by_rater + grand
    return bms, jms, wms, float((residual**2).sum()) / ((n - 1) * (k - 1))


def _share(above: float, below: float) -> float:
    return above / below if below else np.nan


def _ratio(above: float, below: float) -> float:
    """Return a ratio; infinite over 0, where raters agree on every difference."""
    return above / below if below > 0 else np.inf


def _coefficient(name: str, value: float, test: tuple[float, float, float], ends: tuple[float, float]) -> Intraclass:
    return Intraclass(name, value, *test, float(fdtrc(test[1], test[2], test[0])), *ends)


def _fixed(test: tuple[float, float, float], k: int, confidence_level: float) -> tuple[float, float]:
    (f, df_1, df_2), tail = test, (1 - confidence_level) / 2
    if not np.isfinite(f):
        return 1.0, 1.0
    low, high = f / float(fdtri(df_1, df_2, 1 - tail)), f * float(fdtri(df_2, df_1, 1 - tail))
    return (low - 1) / (low + k - 1), (high - 1) / (high + k - 1)


def _two_way_random(
    value: float, squares: tuple[float, float, float], size: tuple[int, int], tail: float
) -> tuple[float, float]:
    (bms, jms, ems), (n, k) = squares, size
    if ems <= 0 or np.isnan(value):
        return np.nan, np.nan
    ratio = jms / ems
    part = k * value * ratio + n * (1 + (k - 1) * value) - k * value
    below = (n - 1) * k**2 * value**2 * ratio**2 + (n * (1 + (k - 1) * value) - k * value) ** 2
    df = (k - 1) * (n - 1) * part**2 / below
    up, down = float(fdtri(n - 1, df, 1 - tail)), float(fdtri(df, n - 1, 1 - tail))
    low = n * (bms - up * ems) / (up * (k * jms + (k * n - k - n) * ems) + n * bms)
    high = n * (down * bms - ems) / (k * jms + (k * n - k - n) * ems + n * down * bms)
    return low, high


def _stepped_up(value: float, k: int) -> float:
    """Spearman and Brown's reliability of the mean of k."""
    return _share(value * k, 1 + value * (k - 1))


@dataclass(frozen=True)
class Stability:
    """The same people asked twice.

    Attributes:
        correlation: Pearson's r of both times.
        conf_low: Lower end of its interval, by Fisher's z.
        conf_high: Upper end.
        agreement: ICC(2): r that a common shift lowers too.
        n_obs: People with both scores.
    """

    correlation: float
    conf_low: float
    conf_high: float
    agreement: float
    n_obs: int


def stability(first: Vector, second: Vector, confidence_level: float = 0.95) -> Stability:
    """Compare scores of the same people at two times; those with one score are left out.

    Returns:
        NaN with fewer than four people or scores that do not vary.
    """
    both = np.isfinite(first) & np.isfinite(second)
    n = int(both.sum())
    scores = np.column_stack([first[both], second[both]])
    if n < FEWEST_PAIRS or (np.ptp(scores, axis=0) == 0).any():
        return Stability(np.nan, np.nan, np.nan, np.nan, n)
    r = float(np.asarray(np.corrcoef(scores, rowvar=False))[0, 1])
    half = float(ndtri((1 + confidence_level) / 2)) / np.sqrt(n - 3)
    with np.errstate(divide="ignore"):
        z = np.arctanh(r)
    return Stability(r, float(np.tanh(z - half)), float(np.tanh(z + half)), intraclass(scores)[1].estimate, n)
