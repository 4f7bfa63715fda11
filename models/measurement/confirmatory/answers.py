"""Answers made ready for factor models: one matrix a group, clusters numbered alike, unusable answers refused."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.estimates import Matrix
from models.measurement.confirmatory.refusals import FactorModelError, refuse_unusable

FEWEST_CLUSTERS = 2


@dataclass(frozen=True, eq=False)
class GroupedAnswers:
    """Answers by group.

    Attributes:
        items: Columns (p).
        names: Names of the groups, in order of first appearance; one empty name without groups.
        data: n x p of each group, missing as NaN.
        clusters: Number of the cluster of every response, one array a group; empty without clusters.
    """

    items: tuple[str, ...]
    names: tuple[str, ...]
    data: tuple[Matrix, ...]
    clusters: tuple[NDArray[np.intp], ...]


def grouped_answers(
    answers: pd.DataFrame,
    items: tuple[str, ...],
    *,
    is_complete: bool,
    groups: pd.Series | None = None,
    clusters: pd.Series | None = None,
) -> GroupedAnswers:
    """Split answers by group and keep what a model can use.

    Args:
        answers: One row a response, at least the columns ``items``, missing as NA.
        items: Columns to take.
        is_complete: Whether responses with a gap are left out; otherwise only those without any answer are.
        groups: Group of each response; responses without one are left out. None for a single group.
        clusters: Cluster of each response; responses without one are left out. None for independent responses.

    Raises:
        FactorModelError: If a group cannot be used, or there is a single cluster.
    """
    codes = answers[list(items)].to_numpy(dtype=float, na_value=np.nan)
    is_answered = ~np.isnan(codes)
    is_used = np.asarray(is_answered.all(axis=1) if is_complete else is_answered.any(axis=1), dtype=np.bool_)
    if clusters is not None:
        is_used &= clusters.notna().to_numpy()
    if groups is not None:
        is_used &= groups.notna().to_numpy()
    names, members = _groups(groups, is_used)
    numbers = _cluster_numbers(clusters, is_used)
    data = tuple(codes[is_used][members == each] for each in range(len(names)))
    for name, each in zip(names, data, strict=True):
        refuse_unusable(items, each, name)
    of_group = tuple(numbers[members == each] for each in range(len(names))) if clusters is not None else ()
    return GroupedAnswers(items, names, data, of_group)


def _groups(groups: pd.Series | None, is_used: NDArray[np.bool_]) -> tuple[tuple[str, ...], NDArray[np.intp]]:
    if groups is None:
        return ("",), np.zeros(int(is_used.sum()), dtype=np.intp)
    members, names = pd.factorize(groups[is_used])
    if len(names) < 2:  # noqa: PLR2004
        found = f"only the group {names[0]}" if len(names) else "no group"
        msg = f"{found} has answers: groups are compared in twos or more"
        raise FactorModelError(msg)
    return tuple(str(each) for each in names), members.astype(np.intp)


def _cluster_numbers(clusters: pd.Series | None, is_used: NDArray[np.bool_]) -> NDArray[np.intp]:
    if clusters is None:
        return np.empty(0, dtype=np.intp)
    numbers, names = pd.factorize(clusters[is_used])
    if len(names) < FEWEST_CLUSTERS:
        raise FactorModelError("all responses come from one cluster: standard errors over clusters need at least two")
    return numbers.astype(np.intp)


def refuse_unlike_categories(grouped: GroupedAnswers) -> tuple[int, ...]:
    """Return the categories of each item, refusing items that lack one in some group.

    Raises:
        FactorModelError: If a category that one group uses is never used in another.
    """
    n_categories: list[int] = []
    for place, item in enumerate(grouped.items):
        used = [np.unique(each[:, place]) for each in grouped.data]
        everywhere = np.unique(np.concatenate(used))
        for name, own in zip(grouped.names, used, strict=True):
            lacking = np.setdiff1d(everywhere, own)
            if len(lacking):
                codes = ", ".join(f"{code:g}" for code in lacking)
                msg = (
                    f"nobody in {name} chose {codes} of {item}: join this category with its neighbour, or take the "
                    f"item as continuous (estimator: mlr)"
                )
                raise FactorModelError(msg)
        n_categories.append(len(everywhere))
    return tuple(n_categories)
