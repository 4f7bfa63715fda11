"""All releases of the same people → who is told apart by them, and what is known of hidden units then.

Whoever has several releases can subtract. Here nothing is granted to rounding: every sum that follows from figures of
any releases is taken for known exactly, and so is how many people of each organisation joined, left or changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.estimates import Matrix, Vector
from pipelines.steps.audit.bounds import one_of
from pipelines.steps.audit.polygons import LESS, LESS_HIGH, MORE, MORE_HIGH, OPPOSITE, Scores
from pipelines.steps.audit.publications import EVERYBODY, Cell, Publication
from pipelines.steps.lattice.units import Places

ELSEWHERE, NOT_THERE = "", "-"
PERSON = ["response_id", "organisation", "score"]


@dataclass(frozen=True, eq=False)
class Classes:
    """People who are told apart by nothing that was published.

    Attributes:
        people: Everybody in any release who is told apart from those that no figure is about, one row each: ``class``
            (codes from 0) and, for those of the newest, of whom ``is_now`` is true, ``organisation``, ``region`` and
            the shown unit in which they are ``left``.
        counts: People of each class.
        sums: Reach of each class's sum of scores and number of high scores, C x 8; points.
        scores: What the scale can have.
    """

    people: pd.DataFrame
    counts: Vector
    sums: Matrix
    scores: Scores

    def any_person(self) -> tuple[Vector, Vector]:
        """Bound the score of one person of each class."""
        return one_of(self.scores, self.sums, self.counts)

    def widths(self, unit: pd.Series) -> pd.DataFrame:
        """Return how far apart bounds of mean and share of high scores lie, ``mean`` and ``share``, by unit.

        Args:
            unit: Of each of the people of the newest release.
        """
        pairs = pd.DataFrame({"unit": unit, "class": self.people.loc[unit.index, "class"]})
        cells = pairs.groupby(["unit", "class"], sort=True).size().reset_index(name="n")
        codes, n = cells["class"].to_numpy(dtype=np.intp), cells["n"].to_numpy(dtype=float)
        others = self.scores.of(self.counts[codes] - n)
        reach = self.scores.meet(self.scores.of(n), self.sums[codes] + others[:, OPPOSITE])
        cells["mean"] = reach[:, MORE] + reach[:, LESS]
        cells["share"] = reach[:, MORE_HIGH] + reach[:, LESS_HIGH]
        found = cells.groupby("unit")[["n", "mean", "share"]].sum()
        return found[["mean", "share"]].div(found["n"], axis=0)


def told_apart(releases: Sequence[Publication], cell: Cell, scores: Scores) -> Classes:
    """Find who cannot be told apart: left in the same shown units of all releases, those within them taken away.

    Args:
        releases: In their order, the newest last.
        cell: Wave, respondent group and scale.
        scores: What the scale can have.
    """
    people = [_left(each, cell).rename(columns={"left": f"left_{place}"}) for place, each in enumerate(releases)]
    every = people[-1].assign(is_now=True)
    for earlier in people[:-1]:
        every = every.merge(earlier.drop(columns="region"), on=PERSON, how="outer")
    marks = [name for name in every.columns if name.startswith("left_")]
    every[marks] = every[marks].fillna(NOT_THERE)
    every["is_now"] = every["is_now"].notna()
    is_told = ~every[marks].isin([ELSEWHERE, NOT_THERE]).all(axis=1)
    every = every[is_told].reset_index(drop=True)
    codes = every.groupby(marks, sort=True).ngroup().to_numpy(dtype=np.intp)
    n_classes = int(codes.max(initial=-1)) + 1
    values = every["score"].to_numpy(dtype=float)
    sums = np.bincount(codes, values, n_classes)
    n_high = np.bincount(codes, values >= scores.least_high, n_classes)
    counts = np.bincount(codes, minlength=n_classes).astype(float)
    every = every.assign(**{"class": codes, "left": every[f"left_{len(people) - 1}"]})
    return Classes(every, counts, scores.point(sums, n_high), scores)


def _left(release: Publication, cell: Cell) -> pd.DataFrame:
    """Add to everybody the shown unit that is left of them when the shown units within it are taken away."""
    people, shown = release.people(cell), release.shown(cell)
    around = "all" if EVERYBODY in shown else ELSEWHERE
    of_unit = {
        (organisation, region): f"organisation {organisation}"
        if ("organisation", organisation) in shown
        else (f"region {region}" if ("region", region) in shown else around)
        for organisation, region in set(zip(people["organisation"], people["region"], strict=True))
    }
    left = [of_unit[unit] for unit in zip(people["organisation"], people["region"], strict=True)]
    return people.assign(left=pd.Series(left, index=people.index, dtype=object))


def possible(values: Vector, bounds: tuple[Vector, Vector]) -> Places:
    """Count how many of some values lie within each pair of bounds."""
    ordered = np.unique(values)
    first = np.searchsorted(ordered, bounds[0] - 1e-9, side="left")
    last = np.searchsorted(ordered, bounds[1] + 1e-9, side="right")
    return np.asarray(last - first, dtype=np.intp)
