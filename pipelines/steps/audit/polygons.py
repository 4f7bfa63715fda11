"""Which sums of scores and numbers of high scores a group of people can have: polygons with edges in few directions.

A person is a point (score, 1 for a high score or else 0) of a quadrangle. Groups add up (Minkowski sums), and figures
that are known cut boxes out. All edges that arise so have one of eight directions, and a convex polygon in the plane is
given by how far it reaches in the directions of its edges, so that everything here is exact.

References:
    Schneider (2014), Convex Bodies: The Brunn-Minkowski Theory, section 1.7 (support functions add up).
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations_with_replacement

import numpy as np
from numpy.typing import NDArray

from models.estimates import Matrix, Vector

MORE, LESS, MORE_HIGH, LESS_HIGH = range(4)
"""Directions of the sum of scores and of the number of high scores, up and down."""
OPPOSITE = np.array([1, 0, 3, 2, 5, 4, 7, 6])
NEARLY_PARALLEL = 1e-9


@dataclass(frozen=True)
class Scores:
    """The scores that a scale can have.

    Attributes:
        lowest: Lowest.
        highest: Highest.
        least_high: Lowest of the high ones.
        highest_other: Highest of the others.
    """

    lowest: float
    highest: float
    least_high: float
    highest_other: float

    @property
    def option(self) -> float:
        """Points of the score that one answer option is worth."""
        return 2 * self.least_high - self.lowest - self.highest

    @cached_property
    def directions(self) -> Matrix:
        """Normals of all edges, 8 x 2; each opposite stands beside it."""
        right = (1.0, self.highest_other - self.highest)
        left = (1.0, self.lowest - self.least_high)
        return np.array([each for one in ((1, 0), (0, 1), right, left) for each in (one, (-one[0], -one[1]))], float)

    @cached_property
    def of_one(self) -> Vector:
        """How far the quadrangle of one person reaches in each direction, 8."""
        corners = np.array(
            [(self.lowest, 0), (self.highest_other, 0), (self.highest, 1), (self.least_high, 1)], dtype=float
        )
        return np.asarray((self.directions @ corners.T).max(axis=1), dtype=float)

    @cached_property
    def _shares(self) -> NDArray[np.float64]:
        """Ways to combine each direction of two with shares from nought on, 8 x ways x 8; the last is repeated."""
        ways = [
            [way for pair in combinations_with_replacement(range(8), 2) if (way := self._way(goal, pair)) is not None]
            for goal in range(8)
        ]
        most = max(map(len, ways))
        return np.array([[*of_goal, *[of_goal[-1]] * (most - len(of_goal))] for of_goal in ways])

    def _way(self, goal: int, pair: tuple[int, int]) -> list[float] | None:
        one, other = pair
        if one == other:
            return np.eye(8)[goal].tolist() if one == goal else None
        two = self.directions[[one, other]].T
        if abs(np.linalg.det(two)) < NEARLY_PARALLEL:
            return None
        shares = np.linalg.solve(two, self.directions[goal])
        if (shares < -NEARLY_PARALLEL).any():
            return None
        found = np.zeros(8)
        found[[one, other]] = np.maximum(shares, 0)
        return list(found)

    def of(self, counts: NDArray[np.float64]) -> Matrix:
        """Return how far the polygons of groups of some people reach, n x 8."""
        return counts[:, None] * self.of_one

    def point(self, sums: Vector, n_high: Vector) -> Matrix:
        """Return the reach of points, n x 8."""
        return np.asarray(np.column_stack([sums, n_high]) @ self.directions.T, dtype=float)

    def meet(self, one: Matrix, other: Matrix) -> Matrix:
        """Intersect polygons; the least combination of two bounds is what each direction allows (duality).

        Args:
            one: Reach of n polygons, n x 8.
            other: The same; infinite where nothing is known.
        """
        least = np.minimum(one, other)
        return np.asarray(np.einsum("nk,gwk->ngw", least, self._shares).min(axis=2), dtype=float)
