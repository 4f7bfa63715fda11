"""One scale, group and wave of a release → what somebody who has only this release can work out, and what is too much.

Readers know what is published; insiders know besides how many people of every organisation answered, so that whatever
readers bound insiders bound at least as tightly.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from models.estimates import Matrix, Vector
from pipelines.steps.audit.bounds import boxes, counts_for_readers, hidden_within_shown, one_of, sums_for_insiders
from pipelines.steps.audit.classes import possible
from pipelines.steps.audit.polygons import LESS, LESS_HIGH, MORE, MORE_HIGH, Scores
from pipelines.steps.audit.publications import MOST_OFF, SLACK, intervals
from pipelines.steps.lattice.policy import Policy
from pipelines.steps.lattice.units import Places, Truths, UnitTree

LEAST_SCORES = 2
"""Scores that any one person may have for all that is published."""


@dataclass(frozen=True, eq=False)
class Lattice:
    """What is shown of one scale, group and wave, and the people behind it.

    Attributes:
        figures: n rows: ``level``, ``unit``, ``n_obs``, ``mean``, ``percent_high``, and ``conf_low`` and ``conf_high``,
            the ends of the interval; a unit may stand there twice.
        people: One row a person: ``organisation`` and ``score``.
        tree: The units that have people.
        scores: What the scale can have.
    """

    figures: pd.DataFrame
    people: pd.DataFrame
    tree: UnitTree
    scores: Scores

    @cached_property
    def _place_of(self) -> dict[tuple[str, str], int]:
        return {unit: place for place, unit in enumerate(zip(self.tree.levels, self.tree.names, strict=True))}

    @cached_property
    def shown(self) -> Places:
        """Place of the unit of each figure."""
        units = zip(self.figures["level"], self.figures["unit"], strict=True)
        return np.array([self._place_of[unit] for unit in units], dtype=np.intp)

    @cached_property
    def is_shown(self) -> Truths:
        """Whether each unit is shown."""
        found = np.zeros(len(self.tree), dtype=bool)
        found[self.shown] = True
        return found

    @cached_property
    def own(self) -> Places:
        """Place of the organisation of each person."""
        return np.array([self._place_of["organisation", name] for name in self.people["organisation"]], dtype=np.intp)

    def _added_up(self, of_people: Vector) -> Vector:
        return self.tree.added_up(np.bincount(self.own, of_people, len(self.tree)))

    @cached_property
    def counts(self) -> Vector:
        """People of each unit."""
        return self._added_up(np.ones(len(self.people)))

    @cached_property
    def true_sums(self) -> tuple[Vector, Vector]:
        """Sum of scores and number of high scores of each unit."""
        scores = self.people["score"].to_numpy(dtype=float)
        return self._added_up(scores), self._added_up((scores >= self.scores.least_high).astype(float))

    @cached_property
    def is_hidden(self) -> Truths:
        """Whether each unit is hidden within a shown one and has people whose organisation is hidden.

        Where nobody's organisation is known, those of no known organisation are everybody by another name.
        """
        is_nameless = np.array([name == "" for name in self.tree.names]) & (self.counts == self.counts[0])
        return hidden_within_shown(self.tree, self.is_shown, self.counts) & ~is_nameless

    def counts_for_readers(self) -> tuple[Vector, Vector]:
        """Bound the people of every unit by the rounded numbers that are shown."""
        least, most = np.zeros(len(self.tree)), np.full(len(self.tree), np.inf)
        n = self.figures["n_obs"].to_numpy(dtype=float)
        least[self.shown], most[self.shown] = np.maximum(n - MOST_OFF, 0), n + MOST_OFF
        return counts_for_readers(self.tree, least, most)

    @cached_property
    def sums_for_insiders(self) -> Matrix:
        """Bound sum of scores and number of high scores of every unit, U x 8."""
        known = boxes(len(self.tree), self.shown, *intervals(self.figures, self.counts[self.shown]))
        return sums_for_insiders(self.tree, self.scores, self.counts, known)


def unlike_people(lattice: Lattice) -> Iterator[str]:
    """Yield shown units whose figures are not those of their people; bounds would be worth nothing."""
    figures, counts = lattice.figures, lattice.counts[lattice.shown]
    sums, n_high = (each[lattice.shown] for each in lattice.true_sums)
    of_sums, of_high = intervals(figures, counts)
    is_right = np.abs(figures["n_obs"].to_numpy(dtype=float) - counts) <= MOST_OFF + SLACK
    for value, (least, most) in ((sums, of_sums), (n_high, of_high)):
        is_right &= (value >= least - SLACK) & (value <= most + SLACK)
    for place in np.unique(lattice.shown[~is_right]).tolist():
        yield f"what is shown of {_words_of(lattice.tree, place)} is not what its people answered"


def too_narrow(lattice: Lattice, policy: Policy) -> Iterator[str]:
    """Yield what can be worked out of one release: people, means and shares of hidden units, scores of single people.

    Args:
        lattice: One scale, group and wave.
        policy: What is asked; its ``least_width`` in points of the score.
    """
    tree, n = lattice.tree, lattice.counts
    for place in np.flatnonzero(lattice.is_shown & (n < policy.least_cell_size)).tolist():
        yield f"{_words_of(tree, place)} is shown with fewer than {policy.least_cell_size} people"
    least, most = lattice.counts_for_readers()
    is_known = (most < policy.least_cell_size) | (most - least < policy.least_cell_size)
    for place in np.flatnonzero(lattice.is_hidden & is_known).tolist():
        yield (
            f"how many people of {_words_of(tree, place)} answered could be worked out to within "
            f"{min(most[place], most[place] - least[place]):.0f}; at least {policy.least_cell_size} asked"
        )
    reach = lattice.sums_for_insiders
    places = np.flatnonzero(lattice.is_hidden)
    widths = pd.DataFrame(
        {
            "mean": (reach[places, MORE] + reach[places, LESS]) / n[places],
            "share": (reach[places, MORE_HIGH] + reach[places, LESS_HIGH]) / n[places],
        },
        index=pd.Index([_words_of(tree, place) for place in places.tolist()], dtype="object"),
    )
    yield from narrow(widths, policy)
    leaves = np.flatnonzero(tree.is_leaf & (n > 0))
    values = lattice.people["score"].to_numpy(dtype=float)
    n_possible = possible(values, one_of(lattice.scores, reach[leaves], n[leaves]))
    for place in leaves[n_possible < LEAST_SCORES].tolist():
        yield f"the score of single people of {_words_of(tree, place)} could be worked out"
    for place in _open_to_one_of_them(lattice, leaves[n_possible >= LEAST_SCORES]):
        yield f"one of the people of {_words_of(tree, place)} could work out the score of another"


def _open_to_one_of_them(lattice: Lattice, leaves: Places) -> list[int]:
    """Return the organisations in which whoever knows an own score knows that of another."""
    values, n, reach = lattice.people["score"].to_numpy(dtype=float), lattice.counts, lattice.sums_for_insiders
    places = leaves[n[leaves] > 1]
    of_people = pd.Series(values).groupby(lattice.own).agg(["min", "max"]).loc[places]
    found: set[int] = set()
    for own in (of_people["min"].to_numpy(dtype=float), of_people["max"].to_numpy(dtype=float)):
        others = reach[places] - lattice.scores.point(own, (own >= lattice.scores.least_high).astype(float))
        n_possible = possible(values, one_of(lattice.scores, others, n[places] - 1))
        found |= set(places[n_possible < LEAST_SCORES].tolist())
    return sorted(found)


def narrow(widths: pd.DataFrame, policy: Policy, against: str = "") -> Iterator[str]:
    """Yield hidden units whose mean or share of high scores is known too well.

    Args:
        widths: ``mean`` in points of the score and ``share`` from 0 to 1, or the former alone, indexed by the unit in
            words.
        policy: What is asked; its ``least_width`` in points of the score.
        against: By what it is known.
    """
    for unit, width in widths.loc[widths["mean"] < policy.least_width - SLACK, "mean"].items():
        yield (
            f"the mean of {unit}, which is hidden, could be worked out to within {width:.2f} points{against}; "
            f"at least {policy.least_width:g} asked"
        )
    if "share" not in widths:
        return
    for unit, width in widths.loc[widths["share"] < policy.least_share_width - SLACK, "share"].items():
        yield (
            f"the share of high scores of {unit}, which is hidden, could be worked out to within "
            f"{100 * width:.0f} per cent{against}; at least {100 * policy.least_share_width:g} asked"
        )


def unit_words(level: str, name: str) -> str:
    """Name a unit."""
    if level == "all":
        return "everybody"
    return f"{level} '{name}'" if name else "those of no known organisation"


def _words_of(tree: UnitTree, place: int) -> str:
    return unit_words(tree.levels[place], tree.names[place])
