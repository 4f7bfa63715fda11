r"""Reliability of the means of organisations from what members of one have in common.

Spearman and Brown's formula for the size m of each organisation: ``m icc / (1 + (m - 1) icc)`` with ICC(1). ICC(2) is
that of a single size: with the mean size, as ``agreement`` has it, it is that of an organisation of mean size, not
the mean over organisations. Small organisations' means are less reliable than it says.

References:
    Bliese (2000) in Klein and Kozlowski, Multilevel theory, research, and methods in organizations, 349-381; Snijders
    and Bosker (2012), Multilevel analysis, 3.5. R: ``multilevel::gmeanrel`` (which takes the ICC of ``lme`` by REML).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.estimates import Vector


@dataclass(frozen=True, eq=False)
class MeanReliability:
    """How reliable means of organisations are.

    Attributes:
        by_group: Of each organisation, index the organisation in ascending order; NaN without an ICC.
        mean: Their mean over organisations; NaN without organisations.
        lowest: Of the smallest organisation.
    """

    by_group: pd.Series
    mean: float
    lowest: float


def reliability_of_means(icc_1: float, groups: pd.Series) -> MeanReliability:
    """Return the reliability of the mean of every group.

    Args:
        icc_1: ICC(1) of the score; below 0 counts as 0, for then members of a group have nothing in common.
        groups: Group of each response with a score; responses without a group are left out.
    """
    sizes = groups.dropna().value_counts().sort_index()
    by_group = pd.Series(stepped_up(icc_1, np.asarray(sizes, dtype=np.float64)), index=sizes.index, name="reliability")
    return MeanReliability(by_group, float(by_group.mean()), float(by_group.min()))


def stepped_up(icc_1: float, sizes: Vector) -> Vector:
    """Return ``m icc / (1 + (m - 1) icc)`` for every size m; NaN without an ICC."""
    shared = np.nan if np.isnan(icc_1) else max(icc_1, 0.0)
    return np.asarray(sizes * shared / (1 + (sizes - 1) * shared), dtype=np.float64)
