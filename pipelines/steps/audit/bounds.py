"""Shown figures of units within units → the tightest bounds of all of them, shown and hidden.

Sums over a tree: bounds are carried from the organisations up to everybody and back down, which gives what a linear
programme over all figures gives (messages on a tree are exact), in time linear in units.
"""

from collections.abc import Callable

import numpy as np

from models.estimates import Matrix, Vector
from pipelines.steps.audit.polygons import LESS, LESS_HIGH, MORE, MORE_HIGH, OPPOSITE, Scores
from pipelines.steps.lattice.units import Places, Truths, UnitTree

ANY_NUMBER = 1e7
"""People; more than any study has."""
UP_AND_DOWN = np.array([1, 0])


def counts_for_readers(tree: UnitTree, least: Vector, most: Vector) -> tuple[Vector, Vector]:
    """Bound the people of every unit for somebody who has nothing but the release.

    Args:
        tree: U units.
        least: Fewest people that the shown number of each allows; 0 where none is shown.
        most: Most people; infinite where none is shown.

    Returns:
        Fewest and most people of each unit.
    """
    known = np.column_stack([np.minimum(most, ANY_NUMBER * len(tree)), -least])
    leaves = np.where(tree.is_leaf[:, None], [ANY_NUMBER, 0.0], 0.0)
    found = _bounds(tree, leaves, known, np.minimum, UP_AND_DOWN)
    return -found[:, 1], found[:, 0]


def sums_for_insiders(tree: UnitTree, scores: Scores, counts: Vector, known: Matrix) -> Matrix:
    """Bound sums of scores and numbers of high scores for somebody who knows how many people of each unit answered.

    Args:
        tree: U units.
        scores: What the scale can have.
        counts: People of every unit.
        known: Reach of what is shown of every unit, U x 8; infinite where nothing is.

    Returns:
        Reach of what each unit may have, U x 8.
    """
    leaves = np.where(tree.is_leaf[:, None], scores.of(counts), 0.0)
    return _bounds(tree, leaves, known, scores.meet, OPPOSITE)


def boxes(n_units: int, places: Places, sums: tuple[Vector, Vector], n_high: tuple[Vector, Vector]) -> Matrix:
    """Return the reach of what is shown.

    Args:
        n_units: U units.
        places: Place of the unit of each of n figures; a unit may have several.
        sums: Least and most sums of scores that each allows.
        n_high: Least and most numbers of high scores.

    Returns:
        U x 8; infinite where nothing is known.
    """
    known = np.full((n_units, len(OPPOSITE)), np.inf)
    reach = {MORE: sums[1], LESS: -sums[0], MORE_HIGH: n_high[1], LESS_HIGH: -n_high[0]}
    for direction, of_units in reach.items():
        np.minimum.at(known[:, direction], places, of_units)
    return known


def one_of(scores: Scores, groups: Matrix, counts: Vector) -> tuple[Vector, Vector]:
    """Bound the score of any one person of groups.

    Args:
        scores: What the scale can have.
        groups: Reach of n groups, n x 8.
        counts: Their people, 1 or more.

    Returns:
        Lowest and highest score.
    """
    others = scores.of(counts - 1)
    found = scores.meet(np.broadcast_to(scores.of_one, groups.shape), groups + others[:, OPPOSITE])
    return -found[:, LESS], found[:, MORE]


def _bounds(
    tree: UnitTree, leaves: Matrix, known: Matrix, meet: Callable[[Matrix, Matrix], Matrix], opposite: Places
) -> Matrix:
    added, within = leaves.copy(), np.zeros_like(leaves)
    for layer in reversed(tree.layers):
        within[layer] = meet(added[layer], known[layer])
        if layer[0] != 0:
            np.add.at(added, tree.parents[layer], within[layer])
    found = within.copy()
    for layer in tree.layers[1:]:
        around = tree.parents[layer]
        siblings = added[around] - within[layer]
        found[layer] = meet(within[layer], found[around] + siblings[:, opposite])
    return found


def hidden_within_shown(tree: UnitTree, is_shown: Truths, counts: Vector) -> Truths:
    """Tell which units are hidden, lie in a shown one, and have people whose organisation is hidden."""
    n_hidden = tree.added_up(np.where(tree.is_leaf & ~is_shown, counts, 0))
    return ~is_shown & (n_hidden > 0) & (tree.lowest(is_shown) >= 0)
