"""All releases of the same people → who is told apart by them, and what is known of hidden units then.

Whoever has several releases can subtract. Here nothing is granted to rounding: every sum that follows from figures of
any releases is taken for known exactly, and so is how many people of each organisation joined, left or changed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.estimates import Matrix, Vector
from pipelines.steps.audit.bounds import one_of
from pipelines.steps.audit.polygons import LESS, LESS_HIGH, MORE, MORE_HIGH, OPPOSITE, Scores
from pipelines.steps.audit.publications import EVERYBODY, Cell, Publication, Unit
from pipelines.steps.lattice.units import Places

ELSEWHERE, NOT_THERE = "", "-"


@dataclass(frozen=True, eq=False)
class Classes:
    """People who are told apart by nothing that was published.

    Attributes:
        people: Everybody in any release who is told apart from those that no figure is about, one row each: ``class``
            (codes from 0) and, for those of the newest, of whom ``is_now`` is true, ``organisation``, ``region`` and
            the shown unit in which they are ``left``.
        counts: People of each class.
        sums: Reach of each class's sum of scores and number of high scores, C x 8; points.
        extremes: Lowest and highest score in each class.
        scores: What the scale can have.
    """

    people: pd.DataFrame
    counts: Vector
    sums: Matrix
    extremes: tuple[Vector, Vector]
    scores: Scores

    def any_person(self) -> tuple[Vector, Vector]:
        """Bound the score of one person of each class."""
        return one_of(self.scores, self.sums, self.counts)

    def any_other(self) -> Iterator[tuple[Vector, Vector]]:
        """Bound the score of one person of each class for whoever has the lowest in it, and for who has the highest."""
        is_many = self.counts > 1
        for own in self.extremes:
            others = self.sums - self.scores.point(own, (own >= self.scores.least_high).astype(float))
            yield one_of(self.scores, others[is_many], self.counts[is_many] - 1)

    def widths(self, unit: pd.Series) -> pd.DataFrame:
        """Return how far apart bounds of mean and share of high scores lie, ``mean`` and ``share``, by unit.

        Args:
            unit: Of people of the newest release, by their place among all.
        """
        units, names = pd.factorize(unit.to_numpy(dtype=object))
        own = self.people["class"].to_numpy(dtype=np.intp)[unit.index]
        cells, n = np.unique(units * len(self.counts) + own, return_counts=True)
        of_unit, codes = cells // len(self.counts), cells % len(self.counts)
        others = self.scores.of(self.counts[codes] - n)
        reach = self.scores.meet(self.scores.of(n.astype(float)), self.sums[codes] + others[:, OPPOSITE])
        n_people = np.bincount(units, minlength=len(names))
        ends = {"mean": reach[:, MORE] + reach[:, LESS], "share": reach[:, MORE_HIGH] + reach[:, LESS_HIGH]}
        widths = {name: np.bincount(of_unit, apart, len(names)) / n_people for name, apart in ends.items()}
        return pd.DataFrame(widths, index=pd.Index(names, dtype=object))


def told_apart(releases: Sequence[Publication], cell: Cell, scores: Scores) -> Classes:
    """Find who cannot be told apart: left in the same shown units of all releases, those within them taken away.

    Whoever was among the people of a release and in none of its shown units is in none of its figures, as is whoever
    was not there.

    Args:
        releases: In their order, the newest last.
        cell: Wave, respondent group and scale.
        scores: What the scale can have.
    """
    left_of: dict[tuple[object, ...], list[str]] = {}
    regions: dict[object, object] = {}
    for place, release in enumerate(releases):
        people = release.people(cell)
        regions = dict(zip(people["organisation"], people["region"], strict=True))
        for person, left in zip(_persons(people), _left(people, release.shown(cell)), strict=True):
            left_of.setdefault(person, [NOT_THERE] * len(releases))[place] = left
    told = {person: tuple(left) for person, left in left_of.items() if not {*left} <= {ELSEWHERE, NOT_THERE}}
    by_figures = [tuple(ELSEWHERE if unit == NOT_THERE else unit for unit in left) for left in told.values()]
    codes, classes = pd.factorize(pd.Series(by_figures, dtype=object))
    values = np.array([score for *_, score in told], dtype=float)
    organisation = pd.Series([name for _, name, _ in told], dtype=object)
    last = pd.Series([left[-1] for left in told.values()], dtype=object)
    every = pd.DataFrame(
        {
            "class": codes,
            "organisation": organisation,
            "region": organisation.map(regions).fillna(""),
            "left": last,
            "is_now": last != NOT_THERE,
        }
    )
    sums = np.bincount(codes, values, len(classes))
    n_high = np.bincount(codes, values >= scores.least_high, len(classes))
    counts = np.bincount(codes, minlength=len(classes)).astype(float)
    ends = pd.Series(values).groupby(codes).agg(["min", "max"])
    extremes = ends["min"].to_numpy(dtype=float), ends["max"].to_numpy(dtype=float)
    return Classes(every, counts, scores.point(sums, n_high), extremes, scores)


def _persons(people: pd.DataFrame) -> Iterator[tuple[object, ...]]:
    """Return who is who; whoever moved or was corrected is somebody else."""
    return zip(people["response_id"], people["organisation"], people["score"], strict=True)


def _left(people: pd.DataFrame, shown: frozenset[Unit]) -> list[str]:
    """Return of everybody the shown unit that is left of them when the shown units within it are taken away."""
    around = "all" if EVERYBODY in shown else ELSEWHERE
    of_unit = {
        (organisation, region): f"organisation {organisation}"
        if ("organisation", organisation) in shown
        else (f"region {region}" if ("region", region) in shown else around)
        for organisation, region in set(zip(people["organisation"], people["region"], strict=True))
    }
    return [of_unit[unit] for unit in zip(people["organisation"], people["region"], strict=True)]


def possible(values: Vector, bounds: tuple[Vector, Vector]) -> Places:
    """Count how many of some values lie within each pair of bounds."""
    ordered = np.unique(values)
    first = np.searchsorted(ordered, bounds[0] - 1e-9, side="left")
    last = np.searchsorted(ordered, bounds[1] + 1e-9, side="right")
    return np.asarray(last - first, dtype=np.intp)
