"""The people behind the figures of one scale, and who of them cannot be told apart by what is shown."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from models.estimates import Matrix, Vector
from pipelines.steps.lattice.units import NOWHERE, Places, Truths, UnitTree


@dataclass(frozen=True, eq=False)
class People:
    """Those of one respondent group and wave who have a score.

    Attributes:
        tree: The units.
        units: Place of the organisation of each of n people.
        scores: Of the scale, n.
        is_high: Whether each lies above the middle of the scale, n.
        classes: Who cannot be told apart by what was published before, n codes from 0; all 0 before the first release.
    """

    tree: UnitTree
    units: Places
    scores: Vector
    is_high: Truths
    classes: Places

    @cached_property
    def counts(self) -> Vector:
        """People in each of U units."""
        return self.tree.added_up(np.bincount(self.units, minlength=len(self.tree)))

    @cached_property
    def means(self) -> Vector:
        """Mean score in each of U units; NaN without people."""
        return self.means_of(self.scores)

    def means_of(self, values: Vector) -> Vector:
        """Return the mean in each of U units of something that each of n people has; NaN without people."""
        sums = self.tree.added_up(np.bincount(self.units, values, len(self.tree)))
        return np.divide(sums, self.counts, out=np.full(len(sums), np.nan), where=self.counts > 0)

    @cached_property
    def n_organisations(self) -> Vector:
        """Organisations with people in each of U units."""
        return self.tree.added_up(np.bincount(self.units, minlength=len(self.tree)) > 0)

    @cached_property
    def n_differing(self) -> Vector:
        """People in each of U units whose score is not the one that most of them have."""
        codes, values = pd.factorize(self.scores)
        n_values = max(len(values), 1)
        cells = np.bincount(self.units * n_values + codes, minlength=len(self.tree) * n_values)
        return self.counts - self.tree.added_up(cells.reshape(len(self.tree), n_values)).max(axis=1)


def remainders(people: People, is_shown: Truths) -> Places:
    """Return of every person the shown unit that is left of them when all shown units within it are taken away; or -1.

    Nobody learns more of counts and sums than those of such remainders, and what these add up to: the shown units are
    sums of them, and each is a difference of shown units.

    Args:
        people: n people.
        is_shown: Which of U units are shown.
    """
    return people.tree.lowest(is_shown)[people.units]


@dataclass(frozen=True, eq=False)
class Exchangeable:
    """People of hidden organisations in C classes, within which all values could be dealt out anew.

    Attributes:
        people: n people.
        codes: Class of each, from 0; -1 for people whose organisation is shown.
        counts: U x C people of each class in each unit.
    """

    people: People
    codes: Places
    counts: Matrix

    def widths(self, values: Vector) -> Vector:
        """Return how far apart the largest and the smallest mean lie that each unit may have; NaN without people.

        The largest mean gives the unit the largest values of each class, as many as it has people of it. Everything
        that is shown stays as it is: counts, means, distributions and spreads of all shown units.

        Args:
            values: What is averaged, n.

        Returns:
            U widths.
        """
        apart = np.zeros(len(self.people.tree))
        for code, of_units in enumerate(self.counts.T):
            of_class = np.sort(values[self.codes == code])
            sums = np.concatenate([[0.0], np.cumsum(of_class)])
            taken = of_units.astype(np.intp)
            apart += (sums[-1] - sums[len(of_class) - taken]) - sums[taken]
        n = self.people.counts
        return np.divide(apart, n, out=np.full(len(n), np.nan), where=n > 0)


def exchangeable(people: People, is_shown: Truths) -> Exchangeable:
    """Put people of hidden organisations into classes: left in the same shown unit now, not to be told apart before.

    Args:
        people: n people.
        is_shown: Which of U units are shown.
    """
    is_free = ~is_shown[people.units]
    left_in, before = remainders(people, is_shown)[is_free], people.classes[is_free]
    codes = np.full(len(people.units), NOWHERE, dtype=np.intp)
    codes[is_free] = pd.factorize(left_in * (int(before.max(initial=0)) + 1) + before)[0]
    n_classes = int(codes.max(initial=NOWHERE)) + 1
    cells = people.units[is_free] * n_classes + codes[is_free]
    counts = np.bincount(cells, minlength=len(people.tree) * n_classes).reshape(len(people.tree), n_classes)
    return Exchangeable(people, codes, people.tree.added_up(counts))
