r"""How small a deviation averaged over several items chance alone would not give: limits of AD(j).

As ``chance`` for one item. Items answered independently: the exact distribution of one item's deviation, convolved with
itself k times; sums of deviations are whole numbers of ``1 / n`` (median) or ``1 / n^2`` (mean). Items of a scale are
alike also where members do not agree, and then AD(j) varies more: ``critical_deviation_of_alike_items`` draws members
from a normal distribution with the items' correlations, cut so that every point has its probability. The limit of
independent items is the largest and so the most lenient; use the drawn one for a scale.

References:
    Dunlap, Burke and Smith-Crowe (2003), Journal of Applied Psychology 88, 356-362; Cohen, Doveh and Nahum-Shani
    (2009), Organizational Research Methods 12, 148-164. R: ``multilevel::ad.m.sim(nitems = k)`` and ``ad.m.sim(itemcors
    = R)``, which draw both.
"""

# pyright: reportMissingTypeStubs=false

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from instruments.faults import UsageError
from models.estimates import Matrix, Vector
from models.measurement.aggregation.chance import FEWEST_MEMBERS, deviations_by_chance
from models.measurement.aggregation.within_group import Centre

ROUNDING = 1e-9
DRAWN_AT_ONCE = 2_000


@dataclass(frozen=True)
class Draws:
    """How organisations are drawn.

    Attributes:
        number: Organisations; the error of the chance at the limit is about ``sqrt(alpha / number)``.
        seed: Of the random numbers.
    """

    number: int = 100_000
    seed: int = 20261126


MANY_DRAWS = Draws()


def critical_deviation_of_items(
    n_members: int, probabilities: Vector, centre: Centre, n_items: int, alpha: float = 0.05
) -> float:
    """Return the largest AD(j) of independent items that is significant; NaN when even full agreement is not.

    Args:
        n_members: Members that answered (n).
        probabilities: Of the answers 1 to A without agreement, the same for every item.
        centre: ``mean`` or ``median``.
        n_items: Items (k).
        alpha: Largest probability of such a deviation by chance.

    Raises:
        UsageError: As ``chance.critical_deviation``, or without items.
    """
    if n_items < 1:
        raise UsageError(f"{n_items} items have no deviation: give the number of items, one or more")
    deviation, chances = deviations_by_chance(n_members, probabilities, centre)
    unit = 1 / n_members if centre == "median" else 1 / n_members**2
    of_one = np.bincount(np.rint(deviation / unit).astype(np.intp), weights=chances)
    of_sum = of_one
    for _ in range(n_items - 1):
        of_sum = np.convolve(of_sum, of_one)
    is_rare = of_sum.cumsum() <= alpha * (1 + ROUNDING)
    is_possible = of_sum > 0
    limits = np.flatnonzero(is_rare & is_possible)
    return float(limits[-1] * unit / n_items) if len(limits) else np.nan


def critical_deviation_of_alike_items(
    n_members: int,
    probabilities: Vector,
    centre: Centre,
    correlations: Matrix,
    alpha: float = 0.05,
    draws: Draws = MANY_DRAWS,
) -> float:
    """Return the largest AD(j) of correlated items that is significant, drawn; NaN when even full agreement is not.

    Args:
        n_members: Members that answered (n).
        probabilities: Of the answers 1 to A without agreement, the same for every item.
        centre: ``mean`` or ``median``.
        correlations: k x k, of the normal variables behind the items.
        alpha: Largest probability of such a deviation by chance.
        draws: How many organisations are drawn, and from which seed.

    Raises:
        UsageError: If the members are fewer than two, or the correlations belong to no distribution.
    """
    if n_members < FEWEST_MEMBERS:
        raise UsageError(f"{n_members} member cannot agree or disagree: give the number of members, two or more")
    values, vectors = np.linalg.eigh(correlations)
    if values[0] < -ROUNDING or not np.allclose(np.diagonal(correlations), 1):
        raise UsageError("these correlations belong to no distribution: give a positive correlation matrix")
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    edges = ndtri(np.cumsum(probabilities)[:-1])
    random, found = np.random.default_rng(draws.seed), list[Vector]()
    for start in range(0, draws.number, DRAWN_AT_ONCE):
        size = (min(DRAWN_AT_ONCE, draws.number - start), n_members, len(root))
        points = np.searchsorted(edges, random.normal(size=size) @ root.T)
        found.append(_mean_deviation(points, centre))
    deviations, counts = np.unique(np.round(np.concatenate(found) / ROUNDING) * ROUNDING, return_counts=True)
    is_rare = counts.cumsum() <= alpha * draws.number
    return float(deviations[is_rare][-1]) if is_rare.any() else np.nan


def _mean_deviation(points: NDArray[np.intp], centre: Centre) -> Vector:
    """Return AD(j) of organisations, points organisations x members x items."""
    middle = np.mean(points, axis=1) if centre == "mean" else np.median(points, axis=1)
    return np.abs(points - middle[:, None, :]).mean(axis=(1, 2))
