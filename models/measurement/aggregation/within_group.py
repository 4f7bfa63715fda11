r"""How far the members of each organisation agree: one value an organisation.

With s_i^2 the variance (n - 1) of item i among n members, ``m`` its mean, L and H the ends of the response scale and
S^2 the variance of answers without agreement:

- ``r_wg(j) = k (1 - v) / (k (1 - v) + v)``, v the mean of s_i^2 over S^2; 0 where v is above 1. With one item it is
  r_wg;
- ``a_wg = 1 - 2 s^2 / (((H + L) m - m^2 - H L) n / (n - 1))``, 1 where all choose an end, undefined where m lies nearer
  to an end than one answer could bring it; a_wg(j) is the mean over items where it is defined;
- ``AD = sum |x - c| / n`` with c the mean or the median; AD(j) is the mean over items. In points of the response scale;
  small values mean agreement.

References:
    James, Demaree and Wolf (1984), Journal of Applied Psychology 69, 85-98; Brown and Hauenstein (2005), Organizational
    Research Methods 8, 165-184; Burke, Finkelstein and Dusig (1999), Organizational Research Methods 2, 49-68. R:
    ``multilevel::rwg.j``, ``awg``, ``ad.m`` of the package multilevel.
"""

from typing import Literal

import numpy as np
import pandas as pd

from models.estimates import Matrix
from models.measurement.aggregation.grouped import FEWEST_MEMBERS, GroupedItems

Centre = Literal["mean", "median"]
ROUNDING = 1e-9


def rwg_j(grouped: GroupedItems, null_variance: float) -> pd.Series:
    """Return r_wg(j) of every organisation with at least two members, 0 to 1.

    Args:
        grouped: Answers.
        null_variance: Of answers without agreement (``nulls.null_variance``).
    """
    share, k = np.minimum(grouped.variances.mean(axis=0) / null_variance, 1.0), grouped.n_items
    return _of_groups(grouped, k * (1 - share) / (k * (1 - share) + share), "rwg_j")


def awg_j(grouped: GroupedItems, lowest: float, highest: float) -> pd.Series:
    """Return a_wg(j) of every organisation with at least two members, -1 to 1; NaN where no item defines it.

    Args:
        grouped: Answers.
        lowest: Lower end of the response scale (L).
        highest: Upper end (H).
    """
    mean, n = grouped.means, grouped.sizes
    with np.errstate(divide="ignore", invalid="ignore"):
        most = ((highest + lowest) * mean - mean**2 - highest * lowest) * n / (n - 1)
        found = 1 - 2 * grouped.variances / most
    total, slack = mean * n, ROUNDING * (highest - lowest)
    is_too_near = (total < lowest * (n - 1) + highest - slack) | (total > highest * (n - 1) + lowest + slack)
    found[is_too_near] = np.nan
    at_an_end = ((mean - lowest) <= slack / n) | ((highest - mean) <= slack / n)
    found[at_an_end] = 1.0
    return _of_groups(grouped, _mean_of_defined(found), "awg_j")


def average_deviation(grouped: GroupedItems, centre: Centre) -> pd.Series:
    """Return AD(j) of every organisation with at least two members, in points of the response scale."""
    middles = grouped.means if centre == "mean" else grouped.medians
    found = np.array(
        [
            (count * np.abs(each - middle[:, None])).sum(axis=1) / grouped.sizes
            for each, count, middle in zip(grouped.answers, grouped.counts, middles, strict=True)
        ]
    )
    return _of_groups(grouped, found.mean(axis=0), f"average_deviation_{centre}")


def _mean_of_defined(found: Matrix) -> Matrix:
    is_defined = ~np.isnan(found)
    n = is_defined.sum(axis=0)
    total = np.where(is_defined, found, 0.0).sum(axis=0)
    return np.divide(total, n, out=np.full(len(total), np.nan), where=n > 0)


def _of_groups(grouped: GroupedItems, values: Matrix, name: str) -> pd.Series:
    is_group = grouped.sizes >= FEWEST_MEMBERS
    return pd.Series(values[is_group], index=grouped.names[is_group], name=name)
