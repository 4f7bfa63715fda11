"""Points → a smooth line through them, for the eye."""

import numpy as np

from models.estimates import Vector

SPAN, N_PLACES = 2 / 3, 40


def smooth_line(x: Vector, y: Vector) -> tuple[Vector, Vector]:
    """Fit a line at each of 40 places to the nearest two thirds of the points, nearer ones counting more (tricube).

    Args:
        x: n values across.
        y: n values up.

    Returns:
        Places from the lowest to the highest x, and the fitted heights there.

    References:
        Cleveland (1979), Journal of the American Statistical Association 74(368), 829-836, without robustness weights.
    """
    n_near = max(2, round(SPAN * len(x)))
    places: Vector = np.linspace(float(x.min()), float(x.max()), N_PLACES)
    return places, np.array([_height(x - place, y, n_near) for place in places])


def _height(away: Vector, y: Vector, n_near: int) -> float:
    reach = float(np.partition(np.abs(away), n_near - 1)[n_near - 1])
    if reach == 0:
        return float(y[away == 0].mean())
    weights = np.clip(1 - (np.abs(away) / reach) ** 3, 0, None) ** 3
    mean, total = float(weights @ away / weights.sum()), float(weights.sum())
    spread = float(weights @ (away - mean) ** 2)
    level = float(weights @ y / total)
    return level if spread == 0 else level - mean * float(weights @ ((away - mean) * y)) / spread
