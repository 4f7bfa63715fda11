r"""How far organisations differ: ICC(1) and ICC(2) of a score, with exact intervals.

With MSB and MSW of a one-way analysis of variance and the mean size m, ``ICC(1) = (MSB - MSW) / (MSB + (m - 1) MSW)``
and ``ICC(2) = (MSB - MSW) / MSB``, the reliability of a mean of m members. For the interval, with ``t = variance
between / variance within`` and weights ``w_i = n_i / (1 + n_i t)``, ``sum w_i (mean_i - weighted mean)^2 / ((G - 1)
MSW)`` is F distributed whatever the sizes; the ends are the t at which it equals an F quantile, and ``t / (1 + t)``.
With equal sizes they are Shrout and Fleiss's.

References:
    Bliese (2000) in Klein and Kozlowski, Multilevel theory, research, and methods in organizations; Shrout and Fleiss
    (1979), Psychological Bulletin 86, 420-428; Wald (1940), Annals of Mathematical Statistics 11, 96-100. R:
    ``multilevel::ICC1`` and ``ICC2`` of ``aov(score ~ as.factor(group))``; mean, not harmonic, size. ``psych::ICC``
    types ICC1 and ICC1k for equal sizes.
"""

# pyright: reportMissingTypeStubs=false

from dataclasses import dataclass

import numpy as np
from scipy.special import fdtrc, fdtri

from models.estimates import Vector
from models.measurement.aggregation.grouped import Index
from models.roots import crossing

FEWEST_GROUPS = 2
CLOSE = 1e-9
ROUNDING = 16 * float(np.finfo(float).eps)


@dataclass(frozen=True, eq=False)
class VarianceTable:
    """One-way analysis of variance of a score by organisation.

    Attributes:
        sizes: Scores of each organisation, g, none 0.
        means: Mean score of each, g.
        grand_mean: Mean of all scores.
        within: Mean square within (MSW); NaN when no organisation has a second score.
        between: Mean square between (MSB); NaN with one organisation.
    """

    sizes: Vector
    means: Vector
    grand_mean: float
    within: float
    between: float

    @property
    def n_groups(self) -> int:
        """Organisations."""
        return len(self.sizes)

    @property
    def n_obs(self) -> int:
        """Scores."""
        return int(self.sizes.sum())

    @property
    def mean_size(self) -> float:
        """Scores an organisation (m)."""
        return self.n_obs / self.n_groups if self.n_groups else np.nan

    @property
    def df_between(self) -> int:
        """G - 1."""
        return self.n_groups - 1

    @property
    def df_within(self) -> int:
        """N - G."""
        return self.n_obs - self.n_groups


@dataclass(frozen=True)
class IntraclassCorrelation:
    """ICC(1) and ICC(2); NaN where undefined, with the reason.

    Attributes:
        icc_1: Share of variance between organisations; may be negative.
        icc_1_low: Lower end of its interval.
        icc_1_high: Upper end.
        icc_2: Reliability of the mean of an organisation of mean size.
        icc_2_low: Lower end of its interval; NaN where it is minus infinity.
        icc_2_high: Upper end.
        f_statistic: MSB / MSW.
        df_between: Its degrees of freedom.
        df_within: Likewise.
        p_value: Probability of a larger F when organisations do not differ.
        reason: ``one_group``, ``groups_of_one``, ``no_variance``, ``none_within`` (no interval then) or empty.
    """

    icc_1: float
    icc_1_low: float
    icc_1_high: float
    icc_2: float
    icc_2_low: float
    icc_2_high: float
    f_statistic: float
    df_between: int
    df_within: int
    p_value: float
    reason: str = ""


def variance_table(scores: Vector, groups: Index) -> VarianceTable:
    """Return the analysis of variance of scores.

    Args:
        scores: n, none missing.
        groups: Number of the organisation of each score, from 0 without a gap, n.
    """
    n, sizes = len(scores), np.bincount(groups).astype(float)
    if n == 0:
        return VarianceTable(sizes, np.empty(0), np.nan, np.nan, np.nan)
    # Sums of numbers near 0 lose no digits to a large common level.
    level = float(scores.mean())
    centred = scores - level
    means = np.bincount(groups, weights=centred) / sizes
    grand = float(centred.mean())
    within = float(((centred - means[groups]) ** 2).sum()) / (n - len(sizes)) if n > len(sizes) else np.nan
    between = float(sizes @ (means - grand) ** 2) / (len(sizes) - 1) if len(sizes) > 1 else np.nan
    return VarianceTable(sizes, means + level, level + grand, within, between)


def intraclass_correlation(table: VarianceTable, confidence_level: float = 0.95) -> IntraclassCorrelation:
    """Estimate ICC(1) and ICC(2) with exact intervals.

    Args:
        table: Analysis of variance.
        confidence_level: Of the intervals, between 0 and 1.
    """
    reason = _undefined(table)
    df = table.df_between, table.df_within
    if reason:
        return _without_interval(np.nan, np.nan, np.nan, table, reason)
    m, between, within = table.mean_size, table.between, table.within
    icc_1 = (between - within) / (between + (m - 1) * within)
    icc_2 = (between - within) / between if between > 0 else np.nan
    if within <= 0:
        return _without_interval(icc_1, icc_2, np.inf, table, "none_within")
    tail, f_statistic = (1 - confidence_level) / 2, between / within
    low, high = (_variance_ratio(table, float(fdtri(*df, each))) for each in (1 - tail, tail))
    return IntraclassCorrelation(
        icc_1=icc_1,
        icc_1_low=low / (1 + low),
        icc_1_high=high / (1 + high),
        icc_2=icc_2,
        icc_2_low=_of_means(low, m),
        icc_2_high=_of_means(high, m),
        f_statistic=f_statistic,
        df_between=table.df_between,
        df_within=table.df_within,
        p_value=float(fdtrc(*df, f_statistic)),
    )


def _without_interval(
    icc_1: float, icc_2: float, f_statistic: float, table: VarianceTable, reason: str
) -> IntraclassCorrelation:
    return IntraclassCorrelation(
        icc_1=icc_1,
        icc_1_low=np.nan,
        icc_1_high=np.nan,
        icc_2=icc_2,
        icc_2_low=np.nan,
        icc_2_high=np.nan,
        f_statistic=f_statistic,
        df_between=table.df_between,
        df_within=table.df_within,
        p_value=np.nan if np.isnan(f_statistic) else 0.0,
        reason=reason,
    )


def _undefined(table: VarianceTable) -> str:
    if table.n_groups < FEWEST_GROUPS:
        return "one_group"
    if table.df_within == 0:
        return "groups_of_one"
    level = (ROUNDING * table.grand_mean) ** 2
    return "no_variance" if table.between + table.within <= level else ""


def _variance_ratio(table: VarianceTable, quantile: float) -> float:
    """Return the t at which Wald's statistic is the quantile.

    The statistic falls with t, from ``-1 / largest size`` on; that is the answer where it begins below the quantile.
    """
    least = -1 / float(table.sizes.max())

    def distance(shift: float) -> float:
        return wald_statistic(table, least + shift) - quantile

    low, high = -CLOSE * least, -least
    if distance(low) <= 0:
        return least
    while distance(high) > 0:
        high *= 16
    return least + crossing(distance, low, high)


def _of_means(ratio: float, size: float) -> float:
    """Return the reliability of means of so many members; NaN where the ratio is the least that there is."""
    return size * ratio / (1 + size * ratio) if 1 + size * ratio > CLOSE else np.nan


def wald_statistic(table: VarianceTable, ratio: float) -> float:
    """Return the statistic that is F distributed when the variance between is ``ratio`` times the one within."""
    weights = table.sizes / (1 + table.sizes * ratio)
    distance = table.means - table.grand_mean
    middle = float(weights @ distance) / float(weights.sum())
    return float(weights @ (distance - middle) ** 2) / (table.df_between * table.within)
