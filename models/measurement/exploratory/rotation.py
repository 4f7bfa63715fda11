r"""Rotations to simple structure: varimax, promax, oblimin.

References:
    Kaiser (1958), Psychometrika 23, 187-200; Hendrickson and White (1964), British Journal of Statistical Psychology
    17, 65-70; Jennrich (2002), Psychometrika 67, 7-19; Bernaards and Jennrich (2005), Educational and Psychological
    Measurement 65, 676-696. R: ``stats::varimax`` and ``stats::promax`` (Kaiser normalisation, power 4),
    ``GPArotation::oblimin`` (gamma 0, without normalisation, as ``psych::fa`` calls it).
"""

# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from models.estimates import Matrix

MOST_STEPS = 10_000
SMALLEST_CHANGE = 1e-12
SMALLEST_GRADIENT = 1e-9
LARGEST_GRADIENT = 1e-6
"""Beyond which an oblimin that can go no further has not converged."""


@dataclass(frozen=True, eq=False)
class Rotated:
    """Rotated factors.

    Attributes:
        loadings: Pattern, p x m.
        factor_correlation: m x m; ones on the diagonal, the identity after an orthogonal rotation.
        has_converged: Whether the search ended at an optimum.
    """

    loadings: Matrix
    factor_correlation: Matrix
    has_converged: bool = True


def unrotated(loadings: Matrix) -> Rotated:
    """Leave factors as they were extracted."""
    return Rotated(loadings, np.eye(loadings.shape[1]))


def varimax(loadings: Matrix, smallest_change: float = SMALLEST_CHANGE) -> Rotated:
    """Rotate at right angles so that squared loadings of a factor differ most, rows scaled to length 1 before (Kaiser).

    Args:
        loadings: p x m.
        smallest_change: Relative change of the criterion's bound at which the search ends; ``stats::varimax`` stops
            at 1e-5, some way before the optimum.
    """
    rotated, _, has_converged = _varimax(loadings, smallest_change)
    return Rotated(rotated, np.eye(loadings.shape[1]), has_converged)


def _varimax(loadings: Matrix, smallest_change: float) -> tuple[Matrix, Matrix, bool]:
    length = np.sqrt((loadings**2).sum(axis=1, keepdims=True))
    scaled = loadings / np.where(length > 0, length, 1.0)
    turn, size, has_converged = np.eye(loadings.shape[1]), 0.0, False
    for _ in range(MOST_STEPS):
        at = scaled @ turn
        left, values, right = np.linalg.svd(scaled.T @ (at**3 - at * (at**2).mean(axis=0)))
        turn, before, size = left @ right, size, float(values.sum())
        has_converged = size < before * (1 + smallest_change) or size == 0
        if has_converged:
            break
    return loadings @ turn, turn, has_converged


def promax(loadings: Matrix, power: int = 4, smallest_change: float = SMALLEST_CHANGE) -> Rotated:
    """Let go of right angles after varimax: aim at loadings raised to a power with their sign.

    Kaiser normalisation is in the varimax only, as in ``stats::promax``; ``psych::fa(rotate = "promax")`` differs.

    Args:
        loadings: p x m.
        power: Of the loadings aimed at.
        smallest_change: As in ``varimax``.
    """
    at, turn, has_converged = _varimax(loadings, smallest_change)
    aim = at * np.abs(at) ** (power - 1)
    oblique = np.linalg.lstsq(at, aim, rcond=None)[0]
    oblique = oblique * np.sqrt(np.diagonal(np.linalg.inv(oblique.T @ oblique)))
    inverse = np.linalg.inv(turn @ oblique)
    return Rotated(at @ oblique, inverse @ inverse.T, has_converged)


def oblimin(loadings: Matrix, smallest_gradient: float = SMALLEST_GRADIENT) -> Rotated:
    """Minimise the products of squared loadings of different factors (quartimin) by gradient projection.

    Args:
        loadings: p x m.
        smallest_gradient: Length of the projected gradient at which the search ends; ``GPArotation::oblimin`` stops at
            1e-5.
    """
    turn, step, size = np.eye(loadings.shape[1]), 1.0, np.inf
    value, gradient, at = _quartimin(loadings, turn)
    for _ in range(MOST_STEPS):
        projected = gradient - turn * (turn * gradient).sum(axis=0)
        size = float(np.sqrt((projected**2).sum()))
        if size < smallest_gradient or step < SMALLEST_CHANGE:
            break
        step *= 2
        while step >= SMALLEST_CHANGE:
            moved = turn - step * projected
            moved = moved / np.sqrt((moved**2).sum(axis=0))
            new = _quartimin(loadings, moved)
            if value - new[0] > 0.5 * size**2 * step:
                turn, (value, gradient, at) = moved, new
                break
            step /= 2
    return Rotated(at, turn.T @ turn, has_converged=size < max(smallest_gradient, LARGEST_GRADIENT))


def _quartimin(loadings: Matrix, turn: Matrix) -> tuple[float, Matrix, Matrix]:
    """Return the criterion, its gradient by the turn, and the loadings there."""
    inverse = np.linalg.inv(turn)
    at = loadings @ inverse.T
    others = (at**2) @ (1 - np.eye(at.shape[1]))
    value = float((at**2 * others).sum()) / 4
    gradient = -(at.T @ (at * others) @ inverse).T
    return value, gradient, at


def aligned(found: Rotated, wanted: Matrix) -> Rotated:
    """Put factors in the order, and with the signs, in which they resemble given loadings most."""
    likeness = wanted.T @ found.loadings
    order = np.asarray(linear_sum_assignment(-np.abs(likeness))[1], dtype=np.intp)
    sign = np.sign(likeness[np.arange(len(order)), order])
    correlation = found.factor_correlation[np.ix_(order, order)] * np.outer(sign, sign)
    return Rotated(found.loadings[:, order] * sign, correlation)
