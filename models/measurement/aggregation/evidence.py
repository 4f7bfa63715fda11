"""One scale and its organisations → everything by which its aggregation is judged."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from instruments.faults import UsageError
from models.measurement.aggregation.grouped import FEWEST_MEMBERS, GroupedItems, grouped_items, numbered_groups
from models.measurement.aggregation.intraclass import (
    IntraclassCorrelation,
    VarianceTable,
    intraclass_correlation,
    variance_table,
)
from models.measurement.aggregation.nulls import Null, null_variance, published_nulls
from models.measurement.aggregation.rule import Evidence
from models.measurement.aggregation.within_group import average_deviation, awg_j, rwg_j


@dataclass(frozen=True)
class ResponseRange:
    """Ends of the response scale of the items.

    Attributes:
        lowest: Lowest code.
        highest: Highest code.
    """

    lowest: int
    highest: int

    @property
    def n_points(self) -> int:
        """Points."""
        return self.highest - self.lowest + 1


@dataclass(frozen=True, eq=False)
class ScaleAgreement:
    """Agreement about one scale.

    Attributes:
        table: Analysis of variance of the scores; organisations with two scores or more.
        names: Those organisations, in the order of ``table``.
        intraclass: ICC(1) and ICC(2).
        by_group: One row an organisation with two complete responses: n_members, rwg_j under every null that exists for
            the number of points (``rwg_j_uniform`` and so on), awg_j, average_deviation_mean, average_deviation_median.
    """

    table: VarianceTable
    names: pd.Index
    intraclass: IntraclassCorrelation
    by_group: pd.DataFrame

    def evidence(self, null: Null = "uniform") -> Evidence:
        """Return what a rule asks for, agreement against one null.

        Raises:
            KeyError: If that null does not exist for the number of points.
        """
        agreement, members = self.by_group[f"rwg_j_{null}"], self.by_group["n_members"]
        return Evidence(
            icc_1=self.intraclass.icc_1,
            icc_2=self.intraclass.icc_2,
            p_value=self.intraclass.p_value,
            median_rwg_j=float(agreement.median()),
            median_members=float(members.median()),
            n_organisations=self.table.n_groups,
        )


def scale_agreement(
    items: pd.DataFrame, scores: pd.Series, groups: pd.Series, answers: ResponseRange, confidence_level: float = 0.95
) -> ScaleAgreement:
    """Estimate agreement about one scale.

    Args:
        items: One row a response (n), one column an item (k), reverse-scored items turned round, missing as NA.
        scores: Scale score of each response, missing as NA.
        groups: Organisation of each response; responses without one are left out.
        answers: Ends of the response scale.
        confidence_level: Of the intervals of ICC(1) and ICC(2).

    Raises:
        UsageError: If an answer lies outside the response scale.
    """
    names, table = scores_by_group(scores, groups)
    return ScaleAgreement(
        table=table,
        names=names,
        intraclass=intraclass_correlation(table, confidence_level),
        by_group=_by_group(grouped_items(items, groups), answers),
    )


def scores_by_group(scores: pd.Series, groups: pd.Series) -> tuple[pd.Index, VarianceTable]:
    """Return the organisations with two scores or more, ascending, and the analysis of variance of their scores."""
    values = scores.to_numpy(dtype=float, na_value=np.nan)
    is_used = np.isfinite(values) & groups.notna().to_numpy()
    numbers, names = numbered_groups(groups, is_used)
    sizes = np.bincount(numbers, minlength=len(names))
    is_group = sizes >= FEWEST_MEMBERS
    kept = is_group[numbers]
    renumbered = (np.cumsum(is_group) - 1)[numbers[kept]]
    return names[is_group], variance_table(values[is_used][kept], renumbered)


def _by_group(grouped: GroupedItems, answers: ResponseRange) -> pd.DataFrame:
    _refuse_strange_answers(grouped, answers)
    columns = {
        f"rwg_j_{null}": rwg_j(grouped, null_variance(null, answers.n_points))
        for null in published_nulls(answers.n_points)
    }
    columns["awg_j"] = awg_j(grouped, answers.lowest, answers.highest)
    columns["average_deviation_mean"] = average_deviation(grouped, "mean")
    columns["average_deviation_median"] = average_deviation(grouped, "median")
    is_group = grouped.sizes >= FEWEST_MEMBERS
    return pd.DataFrame(columns).assign(n_members=grouped.sizes[is_group].astype(int))


def _refuse_strange_answers(grouped: GroupedItems, answers: ResponseRange) -> None:
    for place, each in enumerate(grouped.answers):
        if len(each) and (each[0] < answers.lowest or each[-1] > answers.highest):
            msg = (
                f"item {place + 1} has answers from {each[0]:g} to {each[-1]:g} on a response scale of "
                f"{answers.lowest} to {answers.highest}: correct the response scale or the answers"
            )
            raise UsageError(msg)
