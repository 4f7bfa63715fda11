"""The optimum of a mixed model's likelihood: several optimisers from several starts, the best one kept and polished.

No optimiser is believed: what counts is the criterion it reached, the gradient there, and the curvature.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.multilevel.curvature import curvature
from models.multilevel.identified import nothing_within
from models.multilevel.problem import Problem
from models.multilevel.random_terms import is_diagonal, split_theta
from models.triangles import triangle_of_rows

STEP = 1e-3
SAME = 1e-9
AT_BOUND = 1e-7
SMALL = 1e-3
COSTS_NOTHING = 1e-8
MOST_STEPS = 12
MOST_RESTARTS = 3
LENGTHS = tuple(0.1 / 3**power for power in range(8))
FALLING = 1e-6
LEAST_DECREMENT = 1e-20
NOTHING_LEFT = 1e-12


@dataclass(frozen=True, eq=False)
class Run:
    """Where an optimiser stopped.

    Attributes:
        optimiser: Its name and start.
        theta: Parameters.
        value: Criterion.
        n_evaluations: Of the criterion.
    """

    optimiser: str
    theta: Vector
    value: float
    n_evaluations: int


@dataclass(frozen=True, eq=False)
class Optimum:
    """The lowest criterion found.

    Attributes:
        theta: Parameters; exactly nought on a diagonal where a variance is.
        value: Criterion there, of the transformed rows.
        runs: Every optimiser's end, before polishing.
        gradient: Derivative there, one of every parameter; those at a bound may not be nought.
        hessian: Second derivatives there.
        is_at_bound: Which parameters lie at their bound.
        steepest_fall: Smallest eigenvalue of the derivative in the covariances of the effects: below nought, some
            direction of possible covariances still falls.
    """

    theta: Vector
    value: float
    runs: tuple[Run, ...]
    gradient: Vector
    hessian: Matrix
    is_at_bound: NDArray[np.bool_]
    steepest_fall: float


def find_optimum(problem: Problem, found: Vector | None = None) -> Optimum:
    """Minimise the criterion by a quasi-Newton method with gradient and one without derivatives, from unlike starts.

    Args:
        problem: The likelihood.
        found: Parameters that a search along all variance ratios came to, None without one.

    Raises:
        ModelDataError: If the residual variance goes to nought, so that the likelihood has no maximum.
    """
    ones = is_diagonal(problem.factors).astype(float)
    runs = [_quasi_newton(problem, ones, "quasi-Newton from 1"), _derivative_free(problem, 0.3 * ones)]
    if found is not None:
        runs.append(Run("root of the slope along all ratios", found, problem.solve(found).value, 1))
    theta = polish(problem, _best(runs).theta)
    for attempt in range(MOST_RESTARTS):
        start = _lower(problem, theta)
        if start is None:
            break
        runs.append(_quasi_newton(problem, start, f"quasi-Newton from below a bound, {attempt + 1}"))
        theta = polish(problem, _best(runs).theta)
    _refuse_nothing_left(problem, theta)
    return _described(problem, theta, tuple(runs))


def _best(runs: Sequence[Run]) -> Run:
    return min(runs, key=lambda run: run.value)


def lowest_value(problem: Problem) -> float:
    """Return the criterion at the end of one quasi-Newton run, or of a second one where the first stopped at a bound.

    For a search over something else, not for a result.
    """
    run = _quasi_newton(problem, is_diagonal(problem.factors).astype(float), "quasi-Newton from 1")
    start = _lower(problem, run.theta)
    return run.value if start is None else _quasi_newton(problem, start, "quasi-Newton from below a bound").value


def polish(problem: Problem, theta: Vector) -> Vector:
    """Take Newton steps to where the gradient is nought, with diagonals that are nearly nought put there."""
    theta = _snapped(problem, theta)
    for _ in range(MOST_STEPS):
        solved = problem.solve(theta)
        is_free = ~_at_bound(problem, theta)
        gradient, hessian = solved.gradient[is_free], hessian_of(problem, theta)[np.ix_(is_free, is_free)]
        if not is_free.any() or np.linalg.eigvalsh(hessian)[0] <= 0:
            break
        step = np.linalg.solve(hessian, gradient)
        candidate = theta.copy()
        candidate[is_free] -= step
        reached = problem.solve(candidate)
        if reached.value > solved.value + SAME or not np.isfinite(reached.value):
            break
        smaller = float(gradient @ step)
        theta = candidate
        if smaller < LEAST_DECREMENT:
            break
    return _turned(problem, theta)


def hessian_of(problem: Problem, theta: Vector, sigma2: float | None = None) -> Matrix:
    """Return the second derivatives of the criterion, t x t, with the residual variance held or at its best.

    In closed form where one kind of groups has one effect; else central differences of fourth order of the gradient,
    symmetrised.
    """
    if len(theta) == len(problem.factors) == problem.factors[0].n_effects == 1:
        return np.array([[curvature(problem.solve(theta), sigma2)]])

    def slope(point: Vector) -> Vector:
        solved = problem.solve(point)
        return solved.gradient if sigma2 is None else solved.gradient_at(sigma2)

    columns: list[Vector] = []
    for place in range(len(theta)):
        step = np.zeros(len(theta))
        step[place] = STEP * max(abs(float(theta[place])), 0.1)
        near, far = (slope(theta + k * step) - slope(theta - k * step) for k in (1, 2))
        columns.append((8 * near - far) / (12 * step[place]))
    found = np.column_stack(columns)
    return (found + found.T) / 2


def _quasi_newton(problem: Problem, start: Vector, name: str) -> Run:
    from scipy.optimize import minimize  # noqa: PLC0415 - slow to import

    def both(theta: Vector) -> tuple[float, Vector]:
        solved = problem.solve(theta)
        return solved.value, solved.gradient

    options = {"ftol": 1e-13, "gtol": 1e-7, "maxiter": 500}
    found: Any = minimize(both, start, jac=True, method="L-BFGS-B", bounds=_bounds(problem), options=options)
    return Run(name, np.asarray(found.x), float(found.fun), int(found.nfev))


def _derivative_free(problem: Problem, start: Vector) -> Run:
    from scipy.optimize import minimize  # noqa: PLC0415

    def value(theta: Vector) -> float:
        return problem.solve(theta).value

    options = {"xatol": 1e-4, "fatol": 1e-7, "maxfev": 100 * len(start) + 100}
    shape = np.vstack([start, start + 0.4 * np.eye(len(start))])
    found: Any = minimize(
        value,
        start,
        method="Nelder-Mead",
        bounds=_bounds(problem),
        options={**options, "initial_simplex": shape, "adaptive": True},
    )
    return Run("Nelder-Mead from 0.3", np.asarray(found.x), float(found.fun), int(found.nfev))


def _bounds(problem: Problem) -> list[tuple[float | None, None]]:
    return [(0.0 if diagonal else None, None) for diagonal in is_diagonal(problem.factors)]


def _at_bound(problem: Problem, theta: Vector) -> NDArray[np.bool_]:
    """Tell which parameters are held: diagonals of nought, and what stands below one in its column."""
    held: list[Vector] = []
    for factor, part in zip(problem.factors, split_theta(problem.factors, theta), strict=True):
        triangle = factor.triangle(part)
        is_nought = np.diag(triangle) == 0
        held.append(factor.free_elements(np.broadcast_to(is_nought, triangle.shape).astype(float)))
    return (np.concatenate(held) > 0) & ((theta == 0) | ~is_diagonal(problem.factors))


def _snapped(problem: Problem, theta: Vector) -> Vector:
    """Put small diagonals, and what stands below them, at nought where that costs nothing."""
    value = problem.solve(theta).value
    candidate = _turned(problem, theta)
    small = is_diagonal(problem.factors) & (np.abs(candidate) < SMALL)
    for place in np.flatnonzero(small):
        tried = candidate.copy()
        tried[place] = 0.0
        reached = problem.solve(tried).value
        if reached <= value + COSTS_NOTHING or abs(candidate[place]) < AT_BOUND:
            candidate, value = tried, reached
    return candidate


def _turned(problem: Problem, theta: Vector) -> Vector:
    """Turn signs of columns so that no diagonal is negative."""
    found: list[Vector] = []
    for factor, part in zip(problem.factors, split_theta(problem.factors, theta), strict=True):
        triangle = factor.triangle(part)
        found.append(factor.free_elements(triangle * np.where(np.diag(triangle) < 0, -1.0, 1.0)))
    return np.concatenate(found)


def _fall(problem: Problem, theta: Vector) -> tuple[float, list[Vector]]:
    """Return the smallest eigenvalue of the derivative in possible covariances, and for each factor its direction."""
    solved = problem.solve(theta)
    falls: list[float] = []
    directions: list[Vector] = []
    for factor, slope in zip(problem.factors, solved.slopes_of_covariances(solved.sigma2), strict=True):
        possible = slope * (factor.is_free | factor.is_free.T)
        values, vectors = np.linalg.eigh((possible + possible.T) / 2)
        falls.append(float(values[0]) / problem.sums.n_obs)
        directions.append(vectors[:, 0] if values[0] < 0 else np.zeros(len(values)))
    return min(falls), directions


def _lower(problem: Problem, theta: Vector) -> Vector | None:
    """Leave a bound along a direction that falls, by a step short enough to be lower there; None where none falls."""
    fall, directions = _fall(problem, theta)
    if fall > -FALLING:
        return None
    value = problem.solve(theta).value
    points = [_further(problem, theta, directions, length) for length in LENGTHS]
    return next((point for point in points if problem.solve(point).value < value), points[-1])


def _further(problem: Problem, theta: Vector, directions: Sequence[Vector], length: float) -> Vector:
    """Return the factors of TT' + d d', d in its direction; a step of T itself would keep signs of correlations."""
    found: list[Vector] = []
    for factor, part, each in zip(problem.factors, split_theta(problem.factors, theta), directions, strict=True):
        wider = np.column_stack([factor.triangle(part), length * each])
        found.append(factor.free_elements(triangle_of_rows(wider.T).T) if each.any() else part)
    return _turned(problem, np.concatenate(found))


def _refuse_nothing_left(problem: Problem, theta: Vector) -> None:
    solved = problem.solve(theta)
    if not np.isfinite(solved.value) or solved.squares <= NOTHING_LEFT or np.abs(theta).max() > 1 / NOTHING_LEFT**0.5:
        raise nothing_within()


def _described(problem: Problem, theta: Vector, runs: tuple[Run, ...]) -> Optimum:
    solved = problem.solve(theta)
    return Optimum(
        theta=theta,
        value=solved.value,
        runs=runs,
        gradient=solved.gradient,
        hessian=hessian_of(problem, theta),
        is_at_bound=_at_bound(problem, theta),
        steepest_fall=_fall(problem, theta)[0],
    )
