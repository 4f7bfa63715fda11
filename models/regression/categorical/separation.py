"""Separation: regressors that foretell outcomes so well that likelihood estimates are infinite.

Put here how it is found, for any model whose likelihood only rises in some directions; not what to do instead
(``firth``).
"""

# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false, reportUnknownMemberType=false

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.regression.categorical.maximise import Maximum
from models.regression.identification import ModelDataError

PART_TOLERANCE = 1e-7
RANK_TOLERANCE = 1e-9
LEAST_SHARE = 1e-9
NO_INFORMATION = 1e-13
INFEASIBLE = 2
INTERCEPT = "intercept"
CUT = "|"


@dataclass(frozen=True)
class Separation:
    """That a likelihood has no maximum, and because of what.

    Attributes:
        is_complete: Whether one direction foretells every outcome; else only some (quasi-complete).
        columns: Parameters of a direction in which the likelihood only rises, without constants: the reason.
        without_estimate: Parameters that have no finite estimate.
        n_foretold: Distinct conditions that hold strictly.
    """

    is_complete: bool
    columns: tuple[str, ...]
    without_estimate: tuple[str, ...]
    n_foretold: int


class SeparationError(ModelDataError):
    """The likelihood has no maximum because of separation.

    Attributes:
        separation: What was found.
    """

    def __init__(self, separation: Separation, remedy: str) -> None:
        kind = "completely" if separation.is_complete else "in part"
        listed = ", ".join(f"'{column}'" for column in separation.columns)
        infinite = ", ".join(f"'{column}'" for column in separation.without_estimate)
        super().__init__(
            f"the outcome is {kind} foretold by {listed} ({'complete' if separation.is_complete else 'quasi-complete'} "
            f"separation), so that no finite estimate exists of {infinite}; {remedy}"
        )
        self.separation = separation


def binary_conditions(matrix: Matrix, outcome: Vector) -> Matrix:
    """Return the rows z (n x k) such that an outcome of 0 or 1 gains likelihood along d while z'd > 0."""
    return matrix * np.where(outcome > 0, 1.0, -1.0)[:, None]


def refuse_separation(
    maximum: Maximum,
    unexplained: Matrix,
    conditions: Callable[[], Matrix],
    names: Sequence[str],
    remedy: str,
) -> None:
    """Raise SeparationError when the likelihood rises for ever in some direction, and when it is flat in one.

    Where it does, the information at the point reached is next to nought in that direction; so the search is made only
    when the gradient is not nought, or when the information in some direction is below 1e-9 of what it is when nothing
    is explained.

    Args:
        maximum: Where Newton's method stopped.
        unexplained: p x p information at coefficients of nought.
        conditions: Gives m x p conditions as for ``find_separation``.
        names: Names of the p parameters.
        remedy: What to do, for the message.

    Raises:
        SeparationError: If it rises for ever.
        ModelDataError: If parameters cannot be told apart.
    """
    alike = _named(_flat(unexplained), names)
    if alike:
        listed = ", ".join(f"'{name}'" for name in alike)
        raise ModelDataError(
            f"the coefficients cannot be told apart: {listed} follow from each other; take one of them out of the model"
        )
    if is_settled(maximum, unexplained):
        return
    separation = find_separation(conditions(), names)
    if separation is not None:
        raise SeparationError(separation, remedy)


def is_settled(maximum: Maximum, unexplained: Matrix) -> bool:
    """Tell whether a maximum was reached at which every direction still has information: p x p when unexplained."""
    return maximum.has_converged and _least_share(maximum.information, unexplained) > LEAST_SHARE


def has_flat_direction(information: Matrix) -> bool:
    """Tell whether parameters cannot be told apart: a direction without information, p x p."""
    return bool((np.diag(information) <= 0).any() or _flat(information).any())


def _flat(information: Matrix) -> NDArray[np.bool_]:
    """Return which parameters take part in a direction without information, p."""
    diagonal = np.diag(information)
    scale = 1 / np.sqrt(np.where(diagonal > 0, diagonal, 1.0))
    values, vectors = np.linalg.eigh(information * scale * scale[:, None])
    return np.linalg.norm(vectors[:, values < NO_INFORMATION], axis=1) > PART_TOLERANCE


def _least_share(information: Matrix, unexplained: Matrix) -> float:
    from scipy.linalg import eigh  # noqa: PLC0415

    scale = 1 / np.sqrt(np.diag(unexplained))
    pair = [matrix * scale * scale[:, None] for matrix in (information, unexplained)]
    return float(cast("Vector", eigh(*pair, eigvals_only=True))[0])


def find_separation(conditions: Matrix, names: Sequence[str]) -> Separation | None:
    """Look for a direction d in which no term of a log-likelihood falls and some rise for ever.

    Maximise sum t with 0 <= t <= 1, t <= Zd: t is 1 for every condition that some direction makes strict, and 0 for
    all others. A parameter without finite estimate is one that the others' conditions do not identify (its unit
    vector is not in their row space). The reason is a direction with Zd >= t of the
    smallest sum of absolute parts, columns scaled to one length, from which no column can be left out.

    Args:
        conditions: m x p rows z; the log-likelihood's terms do not fall along d when z'd >= 0, and rise when z'd > 0.
        names: Names of the p parameters.

    Returns:
        None when the likelihood has a maximum (if the parameters can be told apart).

    References:
        Albert and Anderson (1984), Biometrika 71(1), 1-10. Konis (2007), thesis, Oxford. Geyer (2009), Electronic
        Journal of Statistics 3, 259-289. R: ``detectseparation::detect_separation`` (the kind and infinite ones).
    """
    rows = np.unique(conditions, axis=0)
    scale = np.sqrt((rows**2).mean(axis=0))
    scaled = rows / np.where(scale > 0, scale, 1.0)
    is_strict = _strict(scaled)
    if not is_strict.any():
        return None
    return Separation(
        is_complete=bool(is_strict.all()),
        columns=_regressors(_named(_fewest(scaled, is_strict), names)),
        without_estimate=_named(_unidentified(scaled[~is_strict]), names),
        n_foretold=int(is_strict.sum()),
    )


def _strict(rows: Matrix) -> NDArray[np.bool_]:
    """Return which conditions some direction makes strict, m."""
    from scipy.sparse import csr_array, eye_array, hstack  # noqa: PLC0415

    m, p = len(rows), int(rows.shape[1])
    bounds: list[tuple[float | None, float | None]] = [*[(None, None)] * p, *[(0.0, 1.0)] * m]
    limits: Any = hstack([csr_array(-rows), eye_array(m)], format="csr")
    gains = _solve(np.concatenate([np.zeros(p), -np.ones(m)]), limits, np.zeros(m), bounds)
    return gains[p:] > 0.5  # noqa: PLR2004


def _fewest(rows: Matrix, is_strict: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which parameters a direction needs that makes the strict conditions strict, p: none can be left out."""
    direction = _shortest(rows, is_strict)
    is_part = np.abs(direction) > PART_TOLERANCE * np.abs(direction).max()
    for place in np.argsort(np.abs(direction)):
        without = is_part & (np.arange(len(is_part)) != place)
        if is_part[place] and _shortest(rows[:, without], is_strict).size:
            is_part = without
    return is_part


def _shortest(rows: Matrix, is_strict: NDArray[np.bool_]) -> Vector:
    """Return the direction with the smallest sum of absolute parts; empty when there is none."""
    p = int(rows.shape[1])
    least = -np.asarray(is_strict, dtype=float)
    both = _solve(np.ones(2 * p), np.hstack([-rows, rows]), least, [(0.0, None)] * (2 * p))
    return both[:p] - both[p:] if both.size else both


def _solve(costs: Vector, limits: Any, at_most: Vector, bounds: list[tuple[float | None, float | None]]) -> Vector:  # noqa: ANN401
    """Minimise costs; empty when no point is within the limits."""
    from scipy.optimize import linprog  # noqa: PLC0415

    if not costs.size:
        return costs
    found: Any = linprog(costs, A_ub=limits, b_ub=at_most, bounds=bounds, method="highs")
    if found.status == INFEASIBLE:
        return np.empty(0)
    if found.status != 0:
        raise ModelDataError(
            f"whether the outcome is separated could not be decided ({found.message}); put regressors on a like scale"
        )
    return np.asarray(found.x, dtype=float)


def _unidentified(rows: Matrix) -> NDArray[np.bool_]:
    """Return which parameters the conditions do not identify, p."""
    p = rows.shape[1]
    if not len(rows):
        return np.ones(p, dtype=bool)
    triangle = np.linalg.qr(np.r_[rows, np.zeros((p, p))], mode="r")
    lengths = np.linalg.norm(triangle, axis=0)
    _, values, vectors = np.linalg.svd(triangle / np.where(lengths > 0, lengths, 1.0))
    rank = int((values > RANK_TOLERANCE * values.max(initial=0.0)).sum())
    return np.linalg.norm(vectors[rank:], axis=0) > PART_TOLERANCE


def _named(is_part: NDArray[np.bool_], names: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name, part in zip(names, is_part, strict=True) if part)


def _regressors(named: tuple[str, ...]) -> tuple[str, ...]:
    """Leave out intercepts (also ``category: intercept``) and thresholds (``1|2``), unless nothing is left."""
    kept = [name for name in named if not name.endswith(INTERCEPT) and (CUT not in name or " at " in name)]
    return tuple(kept) or named
