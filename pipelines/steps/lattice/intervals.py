"""The interval of a unit of several organisations, rounded so coarsely that no hidden mean follows from it.

Its organisations are its clusters, and ``SE^2`` is a sum of squares of what each adds to the deviations from the mean.
Whoever knows the shown organisations knows the sum and the sum of squares of what the hidden ones add: of two of
them that leaves two values for each.

References:
    Liang and Zeger (1986), Biometrika 73(1), 13-22 (what the interval is made of; see ``measurement.means``).
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from models.estimates import Vector
from pipelines.steps.lattice.people import People, remainders
from pipelines.steps.lattice.policy import Policy
from pipelines.steps.lattice.units import Places, Truths

STEPS = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0)
"""What ends are rounded to, in answer options: the first to the nearest, the others away from the mean."""
LEAST_STEP_OF_REGIONS = 0.1
"""Of a region with hidden organisations: those of everybody, to hundredths, tell of the same ones."""
CONFIDENCE = 0.95
Ends = tuple[float, float]


@dataclass(frozen=True, eq=False)
class Clusters:
    """The clusters of a unit of several organisations: each organisation, and each person of no known one.

    Attributes:
        n: People of C clusters.
        deviations: Sum of the deviations of each from the unit's mean.
        units: Place of the organisation of each.
        left_in: Place of the shown unit in which each is left; its own organisation's where that is shown.
        ends: Lowest and highest deviation of a person.
    """

    n: Vector
    deviations: Vector
    units: Places
    left_in: Places
    ends: Ends

    @property
    def is_hidden(self) -> Truths:
        """Whether the organisation of each is hidden."""
        return self.left_in != self.units

    def squares(self, reach: float) -> float:
        """Return the sum of squares of hidden clusters when the interval reaches so far from the mean."""
        n_clusters = len(self.n)
        of_all = (reach / _quantile(n_clusters) * self.n.sum()) ** 2 * (n_clusters - 1) / n_clusters
        return float(of_all - (self.deviations[~self.is_hidden] ** 2).sum())

    @property
    def reach(self) -> float:
        """How far the interval reaches from the mean."""
        n_clusters = len(self.n)
        std_error = math.sqrt(n_clusters / (n_clusters - 1) * float((self.deviations**2).sum())) / self.n.sum()
        return std_error * _quantile(n_clusters)


def interval_of_several(
    people: People, is_shown: Truths, place: int, is_alone: Truths, policy: Policy, option: float = 1.0
) -> Ends:
    """Return the ends of the 95 % interval of a unit of several organisations.

    Args:
        people: n people.
        is_shown: Which of U units are shown.
        place: Of the unit.
        is_alone: Whose organisation is not known, n; each is a cluster of its own.
        policy: What is asked; its ``least_width`` in points of the score.
        option: Points of the score that one answer option is worth.

    Returns:
        Lower and upper end, the finest of ``STEPS`` that leaves every hidden mean as wide as asked; NaN where none
        does, and for a unit of one organisation.
    """
    found = _clusters(people, is_shown, place, is_alone)
    if len(found.n) < 2:  # noqa: PLR2004 - one cluster has no interval
        return math.nan, math.nan
    is_region = people.tree.levels[place] == "region" and bool(found.is_hidden.any())
    first = LEAST_STEP_OF_REGIONS if is_region else STEPS[0]
    mean = float(people.means[place])
    for step in [each for each in STEPS if each >= first]:
        is_finest = step == STEPS[0]
        ends, reaches = _to_hundredths(mean, found.reach) if is_finest else _outward(mean, found.reach, step * option)
        if all(width >= policy.least_width for width in _widths(people, is_shown, place, found, reaches)):
            return ends
    return math.nan, math.nan


def _clusters(people: People, is_shown: Truths, place: int, is_alone: Truths) -> Clusters:
    within = people.tree.is_within[place, people.units]
    units, deviations = people.units[within], people.scores[within] - people.means[place]
    own = np.where(is_alone[within], len(people.tree) + np.arange(len(units)), units)
    _, first, codes = np.unique(own, return_index=True, return_inverse=True)
    return Clusters(
        n=np.bincount(codes).astype(float),
        deviations=np.bincount(codes, deviations),
        units=units[first],
        left_in=remainders(people, is_shown)[within][first],
        ends=(float(deviations.min()), float(deviations.max())),
    )


def _to_hundredths(mean: float, reach: float) -> tuple[Ends, Ends]:
    """Round the ends to the nearest; return them, and the least and most reach that they tell to who knows the mean."""
    low, high = round(mean - reach, 2), round(mean + reach, 2)
    told, half = (mean - low, high - mean), STEPS[0] / 2
    return (low, high), (max(told) - half, min(told) + half)


def _outward(mean: float, reach: float, step: float) -> tuple[Ends, Ends]:
    """Round the ends away from the mean, so that the interval holds at least what it says; return the same."""
    low = round(math.floor((mean - reach) / step) * step, 2)
    high = round(math.ceil((mean + reach) / step) * step, 2)
    told = (mean - low, high - mean)
    return (low, high), (max(told) - step, min(told))


def _widths(people: People, is_shown: Truths, place: int, found: Clusters, reaches: Ends) -> Iterator[float]:
    """Yield how much room the interval leaves the mean of each hidden organisation and region of a unit."""
    least, most = (found.squares(max(reach, 0.0)) for reach in reaches)
    hidden = found.is_hidden
    lefts, of_left = np.unique(found.left_in[hidden], return_inverse=True)
    n_left, sums = np.bincount(of_left), np.bincount(of_left, found.deviations[hidden])
    floor = float((sums**2 / n_left).sum()) if len(lefts) else 0.0
    spares = (max(least - floor, 0.0) if (n_left - 1).sum() == 1 else 0.0, max(most - floor, 0.0))
    is_unit = people.tree.is_within[:, found.units] & hidden
    for unit in np.flatnonzero(~is_shown & is_unit.any(axis=1) & people.tree.is_within[place]):
        own = is_unit[unit]
        around = found.left_in[own][0]
        others = hidden & (found.left_in == around) & ~own
        if others.any():
            yield _room(found, own, others, spares) / float(people.counts[unit])


def _room(found: Clusters, own: Truths, others: Truths, spares: Ends) -> float:
    """Return how much room is left for the deviations of some hidden clusters beside the others left with them.

    Their sum with the others is known, and the squares of all: by Cauchy and Schwarz they lie about their part of it.
    """
    k, n_left = int(own.sum()), int(own.sum() + others.sum())
    both = float(found.deviations[own | others].sum())
    inner, outer = (math.sqrt(k * (n_left - k) / n_left * spare) for spare in spares)
    lowest, highest = found.ends
    of_own, of_others = found.n[own].sum(), found.n[others].sum()
    bottom = max(of_own * lowest, both - of_others * highest) - k * both / n_left
    top = min(of_own * highest, both - of_others * lowest) - k * both / n_left
    return float(_overlap((-outer, -inner), (bottom, top)) + _overlap((inner, outer), (bottom, top)))


def _overlap(one: Ends, other: Ends) -> float:
    return max(0.0, min(one[1], other[1]) - max(one[0], other[0]))


def _quantile(n_clusters: int) -> float:
    return float(stdtrit(n_clusters - 1, (1 + CONFIDENCE) / 2))
