"""Rows that belong to a group of each of several factors, nested in each other or crossed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.estimates import Vector
from models.multilevel.categorical.groups import put_in_groups
from models.multilevel.categorical.refusals import refuse_groups
from models.multilevel.categorical.responses import Responses
from models.regression.identification import ModelDataError

MOST_PAIRS = 20_000_000


@dataclass(frozen=True, eq=False)
class CrossedGroups:
    """Groups of n rows by F factors, the one with most groups first.

    Attributes:
        names: Of the factors.
        labels: Of each factor, its labels in rising order.
        codes: Of each factor, the group of each row, 0 to G_f - 1.
    """

    names: tuple[str, ...]
    labels: tuple[NDArray[np.object_], ...]
    codes: tuple[NDArray[np.intp], ...]

    @property
    def sizes(self) -> tuple[int, ...]:
        """Groups of each factor, F."""
        return tuple(len(each) for each in self.labels)

    def sums(self, factor: int, values: Vector) -> Vector:
        """Sum n values by the groups of a factor."""
        return np.bincount(self.codes[factor], weights=values, minlength=self.sizes[factor]).astype(float)

    def pair_sums(self, one: int, other: int, values: Vector) -> NDArray[np.float64]:
        """Sum n values by pairs of groups of two factors, G_one x G_other."""
        rows, columns = self.sizes[one], self.sizes[other]
        cells = self.codes[one] * columns + self.codes[other]
        return np.bincount(cells, weights=values, minlength=rows * columns).reshape(rows, columns).astype(float)

    def parts(self, effects: Vector) -> list[Vector]:
        """Cut values of all groups, factor after factor, into those of each factor."""
        return np.split(effects, np.cumsum(self.sizes)[:-1])

    def only(self, kept: Sequence[int]) -> "CrossedGroups":
        """Return the groups of some factors."""
        return CrossedGroups(
            tuple(self.names[place] for place in kept),
            tuple(self.labels[place] for place in kept),
            tuple(self.codes[place] for place in kept),
        )


def put_in_crossed_groups(responses: Responses, factors: pd.DataFrame) -> tuple[Responses, CrossedGroups]:
    """Sort rows by the groups of all factors and by what they hold, so that their order as given changes no bit.

    Args:
        responses: n rows.
        factors: n rows, one column a factor; a group of one factor may lie in several of another.

    Raises:
        ModelDataError: If groups are missing, too few or too small, two factors make the same ones, or pairs of groups
            are too many.
    """
    for name in factors:
        refuse_groups(*put_in_groups(responses, factors[name]), str(name))
    coded = {str(name): pd.factorize(factors[name], sort=True) for name in factors}
    names = sorted(coded, key=lambda name: (-len(coded[name][1]), name))
    order = np.lexsort([*responses.keys(), *(coded[name][0] for name in reversed(names))])
    groups = CrossedGroups(
        tuple(names),
        tuple(np.asarray(coded[name][1], dtype=object) for name in names),
        tuple(np.asarray(coded[name][0], dtype=np.intp)[order] for name in names),
    )
    _refuse_same_groups(groups)
    n_pairs = groups.sizes[0] * sum(groups.sizes[1:])
    if n_pairs > MOST_PAIRS:
        raise ModelDataError(
            f"{n_pairs:,} pairs of groups of '{names[0]}' and the other factors; expected at most {MOST_PAIRS:,}; take "
            "one factor as a regressor, or leave it out"
        )
    return responses.in_order(order), groups


def _refuse_same_groups(groups: CrossedGroups) -> None:
    for one in range(len(groups.names)):
        for other in range(one + 1, len(groups.names)):
            n_pairs = len(np.unique(groups.codes[one] * groups.sizes[other] + groups.codes[other]))
            if n_pairs == groups.sizes[one] == groups.sizes[other]:
                raise ModelDataError(
                    f"'{groups.names[one]}' and '{groups.names[other]}' make the same {n_pairs} groups: variances "
                    "cannot be told apart; leave one out"
                )
