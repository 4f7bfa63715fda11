"""Somebody who has everything that is published of one scale, group and wave, and a linear programme. No test.

The attacker knows that answers lie within the scale, that counts are rounded to 5 and means to two decimals. One who
counted heads besides knows how many people of every organisation answered.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog

HALF_OF_FIVE = 2.5
HALF_OF_A_HUNDREDTH = 0.005


@dataclass(frozen=True)
class Published:
    """What is shown of U units.

    Attributes:
        is_shown: Which units.
        counts: Their people, rounded to 5.
        means: Their means, rounded to two decimals.
    """

    is_shown: np.ndarray
    counts: np.ndarray
    means: np.ndarray


def published(people, is_shown):
    """Round what is shown as a release does."""
    return Published(is_shown, np.floor((people.counts + 2.5) / 5) * 5, np.round(people.means, 2))


class Attacker:
    """Bounds hidden figures of organisations 0 to L - 1 and of what they add up to.

    Args:
        tree: The units.
        shown: What is published.
        scale: Lowest and highest score.
        heads: People of every organisation who answered; None: not known.
    """

    def __init__(self, tree, shown, scale, heads=None):
        self.leaves = np.flatnonzero(tree.is_leaf)
        self.within = tree.is_within[:, self.leaves].astype(float)
        n_leaves = len(self.leaves)
        rows, nothing = [], np.zeros(n_leaves)
        for place in np.flatnonzero(shown.is_shown):
            of_unit, n, mean = self.within[place], shown.counts[place], shown.means[place]
            rows += [
                [*of_unit, *nothing, -(n + HALF_OF_FIVE)],
                [*-of_unit, *nothing, max(n - HALF_OF_FIVE, 0)],
                [*-(mean + HALF_OF_A_HUNDREDTH) * of_unit, *of_unit, 0],
                [*(mean - HALF_OF_A_HUNDREDTH) * of_unit, *-of_unit, 0],
            ]
        for one in np.eye(n_leaves):
            rows += [[*-scale[1] * one, *one, 0], [*scale[0] * one, *-one, 0]]
        self.rows, self.equal = np.array(rows), np.zeros((0, 2 * n_leaves + 1))
        if heads is not None:
            self.equal = np.hstack([np.eye(n_leaves), np.zeros((n_leaves, n_leaves)), -heads[:, None]])

    def count(self, place):
        """Bounds of the people of a unit."""
        return self._bounds(self.within[place], np.zeros(len(self.leaves)), [*np.zeros(2 * len(self.leaves)), 1.0])

    def mean(self, place):
        """Bounds of the mean of a unit that has at least one person (Charnes and Cooper, 1962)."""
        unit = self.within[place]
        return self._bounds(np.zeros_like(unit), unit, [*unit, *np.zeros_like(unit), 0.0], most=1.0)

    def _bounds(self, of_counts, of_sums, fixed, most=None):
        wanted = np.array([*of_counts, *of_sums, 0.0])
        equal = np.vstack([self.equal, fixed])
        of_one = [*np.zeros(len(self.equal)), 1.0]
        ends = []
        for sign in (1, -1):
            found = linprog(
                sign * wanted, self.rows, np.zeros(len(self.rows)), equal, of_one,
                bounds=[(0, None)] * len(self.leaves) + [(None, None)] * len(self.leaves) + [(0, most)],
            )  # fmt: skip
            if found.status == 3:  # unbounded
                ends.append(-sign * np.inf)
                continue
            assert found.status == 0, found.message
            ends.append(sign * found.fun)
        return ends[0], ends[1]
