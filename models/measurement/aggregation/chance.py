r"""How small a deviation, or how large an agreement, chance alone would not give.

Practical limit of AD: ``A / 6`` for A points, what r_wg of .70 amounts to under a uniform null. Statistical limit: the
answers of n members are drawn independently from a null distribution; the limit is the largest deviation that such
members stay at or below with probability at most alpha. The distribution is summed over all ways in which n members can
share the A points. Limits of several items are in ``chance_of_items``.

References:
    Burke and Dunlap (2002), Organizational Research Methods 5, 159-172; Dunlap, Burke and Smith-Crowe (2003), Journal
    of Applied Psychology 88, 356-362; Cohen, Doveh and Nahum-Shani (2009), Organizational Research Methods 12, 148-164.
    R: ``multilevel::ad.m.sim(nitems = 1)`` and ``rwg.sim``, which draw what is summed here.
"""

# pyright: reportMissingTypeStubs=false

from math import comb

import numpy as np
from scipy.special import gammaln, xlogy

from instruments.faults import UsageError
from models.estimates import Matrix, Vector
from models.measurement.aggregation.within_group import Centre

MOST_COMPOSITIONS = 2_000_000
FEWEST_MEMBERS = 2
ROUNDING = 1e-9


def practical_deviation(n_points: int) -> float:
    """Return the AD up to which members agree for practical purposes, in points: ``A / 6``."""
    return n_points / 6


def critical_deviation(n_members: int, probabilities: Vector, centre: Centre, alpha: float = 0.05) -> float:
    """Return the largest AD of one item that is significant; NaN when even full agreement is not.

    Args:
        n_members: Members that answered (n).
        probabilities: Of the answers 1 to A without agreement; equal ones for the uniform null.
        centre: ``mean`` or ``median``.
        alpha: Largest probability of such a deviation by chance.

    Raises:
        UsageError: If the members are fewer than two, or members and points too many to sum over.
    """
    deviation, chances = deviations_by_chance(n_members, probabilities, centre)
    return -_significant(-deviation, chances, alpha)


def deviations_by_chance(n_members: int, probabilities: Vector, centre: Centre) -> tuple[Vector, Vector]:
    """Return the AD of one item in every way in which members share the points, and the probability of each.

    Raises:
        UsageError: As ``critical_deviation``.
    """
    shares = _compositions(n_members, len(probabilities))
    points = np.arange(1.0, len(probabilities) + 1)
    middle = shares @ points / n_members if centre == "mean" else _medians(shares, n_members)
    deviation = (shares * np.abs(points - middle[:, None])).sum(axis=1) / n_members
    return deviation, _chances(shares, probabilities)


def critical_rwg(n_members: int, probabilities: Vector, alpha: float = 0.05) -> float:
    """Return the smallest r_wg of one item that is significant; NaN when even full agreement is not.

    Args:
        n_members: Members that answered (n).
        probabilities: Of the answers 1 to A without agreement; their variance is also that of r_wg.
        alpha: Largest probability of such an agreement by chance.

    Raises:
        UsageError: As ``critical_deviation``.
    """
    shares = _compositions(n_members, len(probabilities))
    points = np.arange(1.0, len(probabilities) + 1)
    expected = float(probabilities @ (points - probabilities @ points) ** 2)
    middle = shares @ points / n_members
    variance = (shares * (points - middle[:, None]) ** 2).sum(axis=1) / (n_members - 1)
    return _significant(np.maximum(1 - variance / expected, 0.0), _chances(shares, probabilities), alpha)


def _significant(agreement: Vector, chances: Vector, alpha: float) -> float:
    """Return the smallest value that is reached or passed with probability at most alpha."""
    order = np.argsort(-agreement, kind="stable")
    ranked = agreement[order]
    reached = np.cumsum(chances[order])
    is_last = np.append(ranked[:-1] - ranked[1:] > ROUNDING, [True])
    values, passed = ranked[is_last], reached[is_last]
    is_rare = passed <= alpha * (1 + ROUNDING)
    return float(values[is_rare][-1]) if is_rare.any() else np.nan


def _compositions(n_members: int, n_points: int) -> Matrix:
    """Return every way in which members share the points, one a row."""
    if n_members < FEWEST_MEMBERS:
        raise UsageError(f"{n_members} member cannot agree or disagree: give the number of members, two or more")
    if comb(n_members + n_points - 1, n_points - 1) > MOST_COMPOSITIONS:
        msg = f"{n_members} members on {n_points} points can answer in too many ways to sum over: use fewer members"
        raise UsageError(msg)
    rows = np.zeros((1, 0))
    left = np.array([n_members])
    for _ in range(n_points - 1):
        parents = np.repeat(np.arange(len(left)), left + 1)
        first = np.cumsum(left + 1) - (left + 1)
        taken = np.arange(len(parents)) - first[parents]
        rows, left = np.column_stack([rows[parents], taken]), left[parents] - taken
    return np.column_stack([rows, left]).astype(float)


def _medians(shares: Matrix, n_members: int) -> Vector:
    reached = shares.cumsum(axis=1)
    lower = (reached < np.ceil(n_members / 2)).sum(axis=1)
    upper = (reached < n_members // 2 + 1).sum(axis=1)
    return (lower + upper) / 2 + 1


def _chances(shares: Matrix, probabilities: Vector) -> Vector:
    log = gammaln(shares.sum(axis=1) + 1) - gammaln(shares + 1).sum(axis=1) + xlogy(shares, probabilities).sum(axis=1)
    return np.exp(log)
