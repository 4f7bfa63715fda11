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
from scipy.stats import t as student

from models.estimates import Vector
from pipelines.steps.audit.lattices import Lattice, unit_words
from pipelines.steps.audit.publications import HALF_OF_A_HUNDREDTH, SLACK

COARSE_STEPS = (4.0, 2.0, 1.0, 0.5, 0.25, 0.1, 0.05)
"""What ends may have been rounded to, away from the mean, in answer options; else to the nearest hundredth."""
LEVEL_ABOVE = 0.975
LEAST_CLUSTERS = 2


@dataclass(frozen=True, eq=False)
class _Cluster:
    """Clusters of a unit, hidden ones by the shown unit they are left in.

    Attributes:
        rows: One row a cluster: ``n``, ``deviation``, ``own`` (place of its organisation), ``left``, ``is_hidden``.
        ball: Least and most sum of squares of the hidden ones, less what their known sums ask for.
        is_pair: Whether only two hidden ones can differ, so that either has one of two values.
    """

    rows: pd.DataFrame
    ball: tuple[float, float]
    is_pair: bool


def widths_by_intervals(lattice: Lattice) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield for every shown interval of several organisations, in words, the width that it leaves hidden means.

    Args:
        lattice: One scale, group and wave.

    Returns:
        Unit in words and ``mean`` in points of the score, indexed by hidden units in words.
    """
    shown = lattice.figures.assign(place=lattice.shown).drop_duplicates("place")
    for figure in shown.dropna(subset=["conf_low", "conf_high"]).to_dict("records"):
        place = int(figure["place"])
        if lattice.tree.is_leaf[place]:
            continue
        found = _clusters(lattice, place, (float(figure["conf_low"]), float(figure["conf_high"])))
        if found is not None:
            widths = pd.Series(dict(_widths(lattice, place, found)), dtype="float64")
            names = [_words(lattice, int(unit)) for unit in widths.index]
            of = _words(lattice, place)
            yield of, pd.DataFrame({"mean": widths.to_numpy()}, index=pd.Index(names, dtype="object"))


def _clusters(lattice: Lattice, place: int, ends: tuple[float, float]) -> _Cluster | None:
    tree, own = lattice.tree, lattice.own
    people = pd.DataFrame({"own": own, "score": lattice.people["score"].to_numpy(dtype=float)})
    people = people[tree.is_within[place, own]]
    mean, nameless = people["score"].mean(), [tree.names[each] == "" for each in people["own"]]
    cluster = people["own"].mask(nameless, len(tree) + np.arange(len(people)))
    of_cluster = people.groupby(cluster).agg(own=("own", "first"), n=("score", "size"), total=("score", "sum"))
    if len(of_cluster) < LEAST_CLUSTERS:
        return None
    left = tree.lowest(lattice.is_shown)[of_cluster["own"]]
    rows = of_cluster.assign(
        deviation=of_cluster["total"] - of_cluster["n"] * mean, left=left, is_hidden=left != of_cluster["own"]
    )
    known = float((rows.loc[~rows["is_hidden"], "deviation"] ** 2).sum())
    sums = rows[rows["is_hidden"]].groupby("left")["deviation"].agg(["sum", "size"])
    asked_for = float((sums["sum"] ** 2 / sums["size"]).sum())
    squares = [_squares(reach, rows["n"]) - known - asked_for for reach in _reaches(mean, ends, lattice.scores.option)]
    ball = (max(squares[0], 0.0), max(squares[1], 0.0))
    return _Cluster(rows, ball, is_pair=int((sums["size"] - 1).sum()) == 1)


def _reaches(mean: float, ends: tuple[float, float], option: float) -> tuple[float, float]:
    """Return the least and most length of half the interval that its ends tell to who knows the mean."""
    told = (mean - ends[0], ends[1] - mean)
    for step in COARSE_STEPS:
        if all(abs(end / (step * option) - round(end / (step * option))) < SLACK for end in ends):
            return max(max(told) - step * option, 0.0), min(told) + HALF_OF_A_HUNDREDTH
    return max(max(told) - HALF_OF_A_HUNDREDTH, 0.0), min(told) + HALF_OF_A_HUNDREDTH


def _squares(reach: float, n: pd.Series) -> float:
    quantile = float(student.ppf(LEVEL_ABOVE, len(n) - 1))
    return (reach / quantile * float(n.sum())) ** 2 * (len(n) - 1) / len(n)


def _widths(lattice: Lattice, place: int, found: _Cluster) -> Iterator[tuple[int, float]]:
    tree, hidden = lattice.tree, found.rows[found.rows["is_hidden"]]
    for unit in np.flatnonzero(lattice.is_hidden & tree.is_within[place]).tolist():
        is_own = tree.is_within[unit, hidden["own"]]
        if not is_own.any():
            continue
        together = hidden["left"] == hidden.loc[is_own, "left"].iloc[0]
        own, others = hidden[is_own], hidden[together & ~is_own]
        if len(others):
            yield unit, _room(lattice, found, own, others) / float(lattice.counts[unit])


def _room(lattice: Lattice, found: _Cluster, own: pd.DataFrame, others: pd.DataFrame) -> float:
    """Return how long the part is that balls and the scale leave to the sum of scores of some hidden organisations."""
    both = pd.concat([own, others])
    part = len(own) / len(both)
    centre = float(own["total"].sum() - own["deviation"].sum() + part * both["deviation"].sum())
    across: Vector = np.sqrt(part * len(others) * np.array(found.ball))
    lowest, highest = lattice.scores.lowest, lattice.scores.highest
    total, n, n_others = float(both["total"].sum()), float(own["n"].sum()), float(others["n"].sum())
    bottom = max(n * lowest, total - n_others * highest)
    top = min(n * highest, total - n_others * lowest)
    of_ball = max(0.0, min(top, centre + across[1]) - max(bottom, centre - across[1]))
    hole = max(0.0, min(top, centre + across[0]) - max(bottom, centre - across[0])) if found.is_pair else 0.0
    return of_ball - hole


def _words(lattice: Lattice, place: int) -> str:
    return unit_words(lattice.tree.levels[place], lattice.tree.names[place])
