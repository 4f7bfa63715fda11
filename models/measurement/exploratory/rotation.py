r"""Rotations to simple structure: varimax, promax, oblimin.

References:
    Kaiser (1958), Psychometrika 23, 187-200; Hendrickson and White (1964), British Journal of Statistical Psychology
    17, 65-70; Jennrich (2002), Psychometrika 67, 7-19; Bernaards and Jennrich (2005), Educational and Psychological
    Measurement 65, 676-696. R: ``stats::varimax`` and ``stats::promax`` (Kaiser normalisation, power 4),
    ``GPArotation::oblimin`` (gamma 0, without normalisation, as ``psych::fa`` calls it).
"""

# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from models.estimates import Matrix

MOST_STEPS = 10_000
N_STARTS = 8
ROUGH = 1e-4
"""Precision at which ends of several starts are compared; the best is carried further."""
SEED_OF_STARTS = 1
SAME = 1e-6
"""Ends whose criteria differ less are the same; the first of them is kept."""
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


def _starts(n_factors: int, n_starts: int) -> Iterator[Matrix]:
    """Yield the identity, then orthogonal matrices that are the same in every run."""
    generator = np.random.default_rng(SEED_OF_STARTS)
    yield np.eye(n_factors)
    for _ in range(n_starts - 1):
        yield np.asarray(np.linalg.qr(generator.standard_normal((n_factors, n_factors)))[0], dtype=float)


def varimax(loadings: Matrix, smallest_change: float = SMALLEST_CHANGE, n_starts: int = N_STARTS) -> Rotated:
    """Rotate at right angles so that squared loadings of a factor differ most, rows scaled to length 1 before (Kaiser).

    Args:
        loadings: p x m.
        smallest_change: Relative change of the criterion's bound at which the search ends; ``stats::varimax`` stops
            at 1e-5, some way before the optimum.
        n_starts: Turns to start from; the best end is kept. R starts from the factors as they are only, and may stay
            at a saddle there.
    """
    rotated, _, has_converged = _varimax(loadings, smallest_change, n_starts)
    return Rotated(rotated, np.eye(loadings.shape[1]), has_converged)


def _varimax(loadings: Matrix, smallest_change: float, n_starts: int) -> tuple[Matrix, Matrix, bool]:
    length = np.sqrt((loadings**2).sum(axis=1, keepdims=True))
    scaled = loadings / np.where(length > 0, length, 1.0)
    start = np.eye(loadings.shape[1])
    if n_starts > 1:
        ends = [_varimax_from(scaled, each, ROUGH)[0] for each in _starts(loadings.shape[1], n_starts)]
        criteria = np.array([((scaled @ turn) ** 2).var(axis=0).sum() for turn in ends])
        start = ends[int(np.argmax(criteria > criteria.max() - SAME))]
    turn, has_converged = _varimax_from(scaled, start, smallest_change)
    return loadings @ turn, turn, has_converged


def _varimax_from(scaled: Matrix, turn: Matrix, smallest_change: float) -> tuple[Matrix, bool]:
    size = 0.0
    for _ in range(MOST_STEPS):
        at = scaled @ turn
        left, values, right = np.linalg.svd(scaled.T @ (at**3 - at * (at**2).mean(axis=0)))
        turn, before, size = left @ right, size, float(values.sum())
        if size < before * (1 + smallest_change) or size == 0:
            return turn, True
    return turn, False


def promax(
    loadings: Matrix, power: int = 4, smallest_change: float = SMALLEST_CHANGE, n_starts: int = N_STARTS
) -> Rotated:
    """Let go of right angles after varimax: aim at loadings raised to a power with their sign.

    Kaiser normalisation is in the varimax only, as in ``stats::promax``; ``psych::fa(rotate = "promax")`` differs.

    Args:
        loadings: p x m.
        power: Of the loadings aimed at.
        smallest_change: As in ``varimax``.
        n_starts: As in ``varimax``.
    """
    at, turn, has_converged = _varimax(loadings, smallest_change, n_starts)
    aim = at * np.abs(at) ** (power - 1)
    oblique = np.linalg.lstsq(at, aim, rcond=None)[0]
    oblique = oblique * np.sqrt(np.diagonal(np.linalg.inv(oblique.T @ oblique)))
    inverse = np.linalg.inv(turn @ oblique)
    return Rotated(at @ oblique, inverse @ inverse.T, has_converged)


def oblimin(loadings: Matrix, smallest_gradient: float = SMALLEST_GRADIENT, n_starts: int = N_STARTS) -> Rotated:
    """Minimise the products of squared loadings of different factors (quartimin) by gradient projection.

    Args:
        loadings: p x m.
        smallest_gradient: Length of the projected gradient at which the search ends; ``GPArotation::oblimin`` stops at
            1e-5.
        n_starts: Turns to start from; the lowest end is kept. R starts from the factors as they are only, and may stay
            at a saddle there.
    """
    start = np.eye(loadings.shape[1])
    if n_starts > 1:
        ends = [_oblimin_from(loadings, each, ROUGH) for each in _starts(loadings.shape[1], n_starts)]
        values = np.array([value for value, _, _ in ends])
        start = ends[int(np.argmax(values < values.min() + SAME))][1]
    return _oblimin_from(loadings, start, smallest_gradient)[2]


def _oblimin_from(loadings: Matrix, turn: Matrix, smallest_gradient: float) -> tuple[float, Matrix, Rotated]:
    """Return the criterion, the turn and the factors at the end of a search."""
    step, size = 1.0, np.inf
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
    has_converged = size < max(smallest_gradient, LARGEST_GRADIENT)
    return value, turn, Rotated(at, turn.T @ turn, has_converged)


def _quartimin(loadings: Matrix, turn: Matrix) -> tuple[float, Matrix, Matrix]:
    """Return the criterion, its gradient by the turn, and the loadings there."""
    inverse = np.linalg.inv(turn)
    at = loadings @ inverse.T
    others = (at**2) @ (1 - np.eye(at.shape[1]))
    value = float((at**2 * others).sum()) / 4
    gradient = -(at.T @ (at * others) @ inverse).T
    return value, gradient, at
