"""Agreement within groups: may answers of several people be averaged into one score of their organisation?"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

SMALLEST_GROUP = 2


@dataclass(frozen=True)
class Agreement:
    """How far the members of a group agree, and how far groups differ.

    Attributes:
        icc_1: ICC(1), share of variance between groups; may be negative; NaN where undefined.
        icc_2: ICC(2), reliability of the group means; NaN where undefined.
        rwg_j_mean: Mean of r_wg(j) over groups; NaN without a group of two complete responses.
        rwg_j_median: Median of r_wg(j) over groups.
        n_groups: Groups with at least two scores.
        n_obs: Scores in those groups.
    """

    icc_1: float
    icc_2: float
    rwg_j_mean: float
    rwg_j_median: float
    n_groups: int
    n_obs: int


def group_agreement(items: pd.DataFrame, scores: pd.Series, groups: pd.Series, n_points: int) -> Agreement:
    """Estimate ICC(1), ICC(2) and r_wg(j) of one scale.

    Args:
        items: One row a response (n), one column an item (k), reverse-scored items turned round, missing as NA.
        scores: Scale score of each response, missing as NA.
        groups: Group of each response; responses without a group are left out.
        n_points: Points of the response scale.

    Returns:
        Agreement over groups with at least two scores (ICC) or two complete responses (r_wg(j)).
    """
    frame = pd.DataFrame({"group": groups.to_numpy(), "score": scores.to_numpy(dtype=float, na_value=np.nan)}).dropna()
    sizes = frame.groupby("group")["score"].transform("size")
    frame = frame[sizes >= SMALLEST_GROUP]
    icc_1, icc_2 = intraclass_correlations(frame["score"], frame["group"])
    rwg = rwg_j(items, groups, n_points)
    return Agreement(
        icc_1=icc_1,
        icc_2=icc_2,
        rwg_j_mean=float(rwg.mean()),
        rwg_j_median=float(rwg.median()),
        n_groups=int(frame["group"].nunique()),
        n_obs=len(frame),
    )


def intraclass_correlations(scores: pd.Series, groups: pd.Series) -> tuple[float, float]:
    """Estimate ICC(1) and ICC(2) from a one-way analysis of variance.

    ``ICC(1) = (MSB - MSW) / (MSB + (m - 1) MSW)`` with the mean group size m; ``ICC(2) = (MSB - MSW) / MSB``.

    Args:
        scores: One score a response, none missing.
        groups: Group of each response, none missing.

    Returns:
        ICC(1) and ICC(2); NaN with fewer than two groups, without a second member anywhere, or without variance.

    References:
        Bliese (2000) in Klein and Kozlowski, Multilevel theory, research, and methods in organizations. R:
        ``multilevel::ICC1`` and ``ICC2`` of ``aov(score ~ as.factor(group))``; mean, not harmonic, group size.
    """
    values = scores.to_numpy(dtype=float)
    codes, names = pd.factorize(groups)
    n, n_groups = len(values), len(names)
    if n_groups < SMALLEST_GROUP or n == n_groups:
        return np.nan, np.nan
    sizes = np.bincount(codes)
    means = np.bincount(codes, weights=values) / sizes
    between = float(sizes @ (means - values.mean()) ** 2) / (n_groups - 1)
    within = float(((values - means[codes]) ** 2).sum()) / (n - n_groups)
    if between + within == 0:
        return np.nan, np.nan
    icc_1 = (between - within) / (between + (n / n_groups - 1) * within)
    return icc_1, (between - within) / between if between > 0 else np.nan


def rwg_j(items: pd.DataFrame, groups: pd.Series, n_points: int) -> pd.Series:
    """Estimate r_wg(j) of every group against a uniform null distribution.

    ``r = k(1 - v) / (k(1 - v) + v)`` with v the mean item variance (n - 1) over ``(A^2 - 1) / 12`` for A points;
    0 where v is above 1. With one item this is r_wg.

    Args:
        items: One row a response (n), one column an item (k), reverse-scored items turned round, missing as NA.
        groups: Group of each response; responses without a group or with a missing item are left out.
        n_points: Points of the response scale.

    Returns:
        One value a group with at least two complete responses, 0 to 1, index the group in ascending order.

    References:
        James, Demaree and Wolf (1984), Journal of Applied Psychology 69(1), 85-98. R: ``multilevel::rwg.j``.
    """
    codes = items.to_numpy(dtype=float, na_value=np.nan)
    is_used = np.isfinite(codes).all(axis=1) & groups.notna().to_numpy()
    group_codes, names = pd.factorize(groups[is_used], sort=True)
    by_group = pd.DataFrame(codes[is_used]).groupby(group_codes)
    is_group = (by_group.size() >= SMALLEST_GROUP).to_numpy()
    share = by_group.var(ddof=1).mean(axis=1)[is_group] / ((n_points**2 - 1) / 12)
    k = len(codes.T)
    agreement = (k * (1 - share) / (k * (1 - share) + share)).where(share <= 1, 0.0)
    return pd.Series(agreement.to_numpy(), index=pd.Index(names[is_group]), name="rwg_j")
