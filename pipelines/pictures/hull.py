"""Points of a plane → the smallest convex region that holds them."""

import numpy as np

from models.estimates import Matrix

FEWEST = 3


def convex_hull(points: Matrix) -> Matrix:
    """Return the corners of the convex hull, anticlockwise from the lowest left (Andrew's monotone chain).

    Args:
        points: m x 2, at least three not on a line.

    Raises:
        ValueError: When they lie on a line.
    """
    ordered = sorted({(float(x), float(y)) for x, y in points})
    lower, upper = _chain(ordered), _chain(ordered[::-1])
    corners = [*lower[:-1], *upper[:-1]]
    if len(corners) < FEWEST:
        raise ValueError("points on one line have no hull")
    return np.array(corners)


def _chain(ordered: list[tuple[float, float]]) -> list[tuple[float, float]]:
    chain: list[tuple[float, float]] = []
    for point in ordered:
        while len(chain) > 1 and _turn(chain[-2], chain[-1], point) <= 0:
            chain.pop()
        chain.append(point)
    return chain


def _turn(first: tuple[float, float], middle: tuple[float, float], last: tuple[float, float]) -> float:
    """Return above nought for a turn to the left."""
    return (middle[0] - first[0]) * (last[1] - first[1]) - (middle[1] - first[1]) * (last[0] - first[0])
