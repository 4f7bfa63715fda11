"""Agreement about one scale in a few figures; every index by organisation and the rule are in ``aggregation``."""

from dataclasses import dataclass

import pandas as pd

from models.measurement.aggregation.evidence import scores_by_group
from models.measurement.aggregation.grouped import grouped_items
from models.measurement.aggregation.intraclass import intraclass_correlation
from models.measurement.aggregation.nulls import null_variance
from models.measurement.aggregation.within_group import rwg_j


@dataclass(frozen=True)
class Agreement:
    """How far the members of a group agree, and how far groups differ.

    Attributes:
        icc_1: ICC(1), share of variance between groups; may be negative; NaN where undefined.
        icc_2: ICC(2), reliability of the group means; NaN where undefined.
        rwg_j_mean: Mean of r_wg(j) over groups, uniform null; NaN without a group of two complete responses.
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
    _, table = scores_by_group(scores, groups)
    found = intraclass_correlation(table)
    rwg = rwg_j(grouped_items(items, groups), null_variance("uniform", n_points))
    return Agreement(
        icc_1=found.icc_1,
        icc_2=found.icc_2,
        rwg_j_mean=float(rwg.mean()),
        rwg_j_median=float(rwg.median()),
        n_groups=table.n_groups,
        n_obs=table.n_obs,
    )
