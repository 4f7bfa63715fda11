"""Answers counted by organisation and answer, from which every index of agreement follows without the single rows."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.estimates import Matrix, Vector

Index = NDArray[np.intp]
FEWEST_MEMBERS = 2


@dataclass(frozen=True, eq=False)
class GroupedItems:
    """Complete answers to the items of a scale, counted.

    Attributes:
        names: Organisations (g) in ascending order.
        sizes: Members with every item answered, g.
        answers: Distinct answers of each item in ascending order, k vectors of lengths a.
        counts: Members of each organisation that gave each answer, k matrices g x a.
    """

    names: pd.Index
    sizes: Vector
    answers: tuple[Vector, ...]
    counts: tuple[Matrix, ...]

    @property
    def n_items(self) -> int:
        """Items (k)."""
        return len(self.answers)

    @cached_property
    def means(self) -> Matrix:
        """Mean of every item in every organisation, k x g."""
        return np.array([count @ each / self.sizes for each, count in zip(self.answers, self.counts, strict=True)])

    @cached_property
    def variances(self) -> Matrix:
        """Variance (n - 1) of every item in every organisation, k x g; NaN with one member."""
        squares = np.array(
            [
                (count * (each - mean[:, None]) ** 2).sum(axis=1)
                for each, count, mean in zip(self.answers, self.counts, self.means, strict=True)
            ]
        )
        return np.divide(squares, self.sizes - 1, out=np.full_like(squares, np.nan), where=self.sizes > 1)

    @cached_property
    def medians(self) -> Matrix:
        """Median of every item in every organisation, k x g; halfway between the middle two with an even number."""
        found = np.empty_like(self.means)
        for item, (each, count) in enumerate(zip(self.answers, self.counts, strict=True)):
            reached = count.cumsum(axis=1)
            lower = (reached < np.ceil(self.sizes / 2)[:, None]).sum(axis=1)
            upper = (reached < (np.floor(self.sizes / 2) + 1)[:, None]).sum(axis=1)
            found[item] = (each[lower] + each[upper]) / 2
        return found


def grouped_items(items: pd.DataFrame, groups: pd.Series) -> GroupedItems:
    """Count the complete answers to a scale by organisation.

    Args:
        items: One row a response (n), one column an item (k), reverse-scored items turned round, missing as NA.
        groups: Organisation of each response; responses without one or with a missing item are left out.
    """
    codes = items.to_numpy(dtype=float, na_value=np.nan)
    is_used = np.isfinite(codes).all(axis=1) & groups.notna().to_numpy()
    members, names = numbered_groups(groups, is_used)
    used = codes if is_used.all() else codes[is_used]
    answers: list[Vector] = []
    counts: list[Matrix] = []
    for column in used.T:
        number, distinct = pd.factorize(column, sort=True)
        n_answers = len(distinct)
        table = np.bincount(members * n_answers + number, minlength=len(names) * n_answers)
        answers.append(distinct.astype(float))
        counts.append(table.reshape(len(names), n_answers).astype(float))
    sizes = np.bincount(members, minlength=len(names)).astype(float)
    return GroupedItems(names, sizes, tuple(answers), tuple(counts))


def numbered_groups(groups: pd.Series, is_used: NDArray[np.bool_]) -> tuple[Index, pd.Index]:
    """Return the number of the organisation of every used response, and the organisations in ascending order."""
    used: pd.Series = groups if is_used.all() else groups.loc[is_used]
    numbers, names = pd.factorize(used, sort=True)
    return numbers.astype(np.intp), pd.Index(names)
