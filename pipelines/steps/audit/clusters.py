"""Intervals of units of several organisations → how much room they leave the means of hidden ones.

Half an interval's length tells the sum of the squares of what every organisation adds to the deviations from the mean.
Whoever takes away those of shown organisations has a ball in which the hidden ones lie, cut by their known sums.

References:
    Liang and Zeger (1986), Biometrika 73(1), 13-22 (what the interval is made of).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from models.estimates import Vector
from pipelines.steps.audit.lattices import Lattice, unit_words
from pipelines.steps.audit.publications import HALF_OF_A_HUNDREDTH, SLACK
from pipelines.steps.lattice.units import Places, Truths

COARSE_STEPS = (4.0, 2.0, 1.0, 0.5, 0.25, 0.1, 0.05)
"""What ends may have been rounded to, away from the mean, in answer options; else to the nearest hundredth."""
LEVEL_ABOVE = 0.975
LEAST_CLUSTERS = 2


@dataclass(frozen=True, eq=False)
class _Hidden:
    """Hidden clusters of a unit.

    Attributes:
        own: Place of the organisation of each.
        left: Place of the shown unit in which each is left.
        n: Their people.
        totals: Their sums of scores.
        deviations: Their sums of deviations from the mean of the unit.
        ball: Least and most sum of squares of the deviations, less what their known sums ask for.
        is_pair: Whether only two of them can differ, so that either has one of two values.
    """

    own: Places
    left: Places
    n: Vector
    totals: Vector
    deviations: Vector
    ball: tuple[float, float]
    is_pair: bool


def widths_by_intervals(lattice: Lattice, least: float) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield, for every interval that tells too much, the unit in words and the widths that it leaves hidden means.

    Args:
        lattice: One scale, group and wave.
        least: Width that is asked, in points of the score; nothing is said of an interval that leaves all as wide.

    Returns:
        Unit in words and ``mean`` in points of the score, indexed by hidden units in words.
    """
    shown = lattice.figures.assign(place=lattice.shown).drop_duplicates("place")
    for figure in shown.dropna(subset=["conf_low", "conf_high"]).to_dict("records"):
        place = int(figure["place"])
        if lattice.tree.is_leaf[place]:
            continue
        found = _clusters(lattice, place, (float(figure["conf_low"]), float(figure["conf_high"])))
        found_widths = {} if found is None else dict(_widths(lattice, place, found))
        if any(width < least - SLACK for width in found_widths.values()):
            names = pd.Index([_words(lattice, unit) for unit in found_widths], dtype="object")
            yield _words(lattice, place), pd.DataFrame({"mean": list(found_widths.values())}, index=names)


def _clusters(lattice: Lattice, place: int, ends: tuple[float, float]) -> _Hidden | None:
    tree = lattice.tree
    within = tree.is_within[place, lattice.own]
    units, scores = lattice.own[within], lattice.people["score"].to_numpy(dtype=float)[within]
    is_nameless = np.array([name == "" for name in tree.names])[units]
    _, first, codes = np.unique(
        np.where(is_nameless, len(tree) + np.arange(len(units)), units), return_index=True, return_inverse=True
    )
    if len(first) < LEAST_CLUSTERS:
        return None
    n, totals, own = np.bincount(codes).astype(float), np.bincount(codes, scores), units[first]
    mean, left = float(scores.mean()), tree.lowest(lattice.is_shown)[own]
    deviations, is_hidden = totals - n * mean, left != own
    _, of_left = np.unique(left[is_hidden], return_inverse=True)
    sums, sizes = np.bincount(of_left, deviations[is_hidden]), np.bincount(of_left)
    known = float((deviations[~is_hidden] ** 2).sum() + (sums**2 / sizes).sum())
    squares = [_squares(reach, n) - known for reach in _reaches(mean, ends, lattice.scores.option)]
    ball = max(squares[0], 0.0), max(squares[1], 0.0)
    return _Hidden(
        own=own[is_hidden],
        left=left[is_hidden],
        n=n[is_hidden],
        totals=totals[is_hidden],
        deviations=deviations[is_hidden],
        ball=ball,
        is_pair=int((sizes - 1).sum()) == 1,
    )


def _reaches(mean: float, ends: tuple[float, float], option: float) -> tuple[float, float]:
    """Return the least and most length of half the interval that its ends tell to who knows the mean."""
    told = (mean - ends[0], ends[1] - mean)
    for step in COARSE_STEPS:
        if all(abs(end / (step * option) - round(end / (step * option))) < SLACK for end in ends):
            return max(max(told) - step * option, 0.0), min(told) + HALF_OF_A_HUNDREDTH
    return max(max(told) - HALF_OF_A_HUNDREDTH, 0.0), min(told) + HALF_OF_A_HUNDREDTH


def _squares(reach: float, n: Vector) -> float:
    quantile = float(stdtrit(len(n) - 1, LEVEL_ABOVE))
    return float((reach / quantile * n.sum()) ** 2 * (len(n) - 1) / len(n))


def _widths(lattice: Lattice, place: int, hidden: _Hidden) -> Iterator[tuple[int, float]]:
    tree = lattice.tree
    for unit in np.flatnonzero(lattice.is_hidden & tree.is_within[place]).tolist():
        is_own = tree.is_within[unit, hidden.own]
        if not is_own.any():
            continue
        is_other = (hidden.left == hidden.left[is_own][0]) & ~is_own
        if is_other.any():
            yield unit, _room(lattice, hidden, is_own, is_other) / float(lattice.counts[unit])


def _room(lattice: Lattice, hidden: _Hidden, is_own: Truths, is_other: Truths) -> float:
    """Return how long the part is that balls and the scale leave to the sum of scores of some hidden organisations."""
    both, n_own, n_others = is_own | is_other, int(is_own.sum()), int(is_other.sum())
    part = n_own / (n_own + n_others)
    expected = float((hidden.totals - hidden.deviations)[is_own].sum())
    centre = expected + part * float(hidden.deviations[both].sum())
    inner, outer = (float(np.sqrt(part * n_others * squares)) for squares in hidden.ball)
    lowest, highest = lattice.scores.lowest, lattice.scores.highest
    total, people, others = (float(each.sum()) for each in (hidden.totals[both], hidden.n[is_own], hidden.n[is_other]))
    bottom, top = max(people * lowest, total - others * highest), min(people * highest, total - others * lowest)
    of_ball = max(0.0, min(top, centre + outer) - max(bottom, centre - outer))
    hole = max(0.0, min(top, centre + inner) - max(bottom, centre - inner)) if hidden.is_pair else 0.0
    return of_ball - hole


def _words(lattice: Lattice, place: int) -> str:
    return unit_words(lattice.tree.levels[place], lattice.tree.names[place])
