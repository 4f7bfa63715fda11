"""Minimising a discrepancy by damped scoring steps, and its second derivatives.

Put here what any discrepancy needs; the discrepancies themselves are in ``likelihood`` and ``least_squares``.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from models.estimates import Matrix, Vector

MOST_STEPS = 500
SMALLEST_DECREASE = 1e-15
LARGEST_DAMPING = 1e12
STEP = 1e-3

Evaluate = Callable[[Vector], tuple[float, Vector]]
"""Value and gradient at a point; the value is infinite where the model implies no covariance matrix."""
Curvature = Callable[[Vector], Matrix]
"""A positive semi-definite matrix near the second derivatives at a point."""


@dataclass(frozen=True, eq=False)
class Optimum:
    """Where the search ended.

    Attributes:
        theta: Free values.
        value: Discrepancy there.
        n_steps: Steps taken.
        has_converged: Whether the next step promised a decrease below 1e-15.
    """

    theta: Vector
    value: float
    n_steps: int
    has_converged: bool


def minimise(evaluate: Evaluate, curvature: Curvature, start: Vector) -> Optimum:
    """Walk downhill by Levenberg-Marquardt steps on the scoring matrix.

    A step solves ``(H + damping diag H) step = -gradient``; damping falls tenfold after a step that lowers the value
    and rises tenfold after one that does not.

    Args:
        evaluate: Value and gradient.
        curvature: Scoring matrix.
        start: Where to begin.

    Returns:
        The last point that was lower than all before it.

    References:
        Nocedal and Wright (2006), Numerical optimization, ch. 10.
    """
    theta, damping = start, 1e-3
    value, gradient = evaluate(theta)
    for n_steps in range(MOST_STEPS):
        matrix = curvature(theta)
        scale = np.maximum(np.diagonal(matrix), np.finfo(float).tiny)
        undamped = np.linalg.lstsq(matrix, -gradient, rcond=None)[0]
        if -gradient @ undamped < SMALLEST_DECREASE:
            return Optimum(theta, value, n_steps, has_converged=bool(np.isfinite(value)))
        while damping < LARGEST_DAMPING:
            step = np.linalg.solve(matrix + damping * np.diag(scale), -gradient)
            new_value, new_gradient = evaluate(theta + step)
            if new_value < value + np.finfo(float).eps * abs(value):
                break
            damping = max(damping * 10, 1e-8)
        else:
            return Optimum(theta, value, n_steps, has_converged=False)
        theta, value, gradient = theta + step, new_value, new_gradient
        damping /= 10
    return Optimum(theta, value, MOST_STEPS, has_converged=False)


def second_derivatives(gradient: Callable[[Vector], Vector], theta: Vector) -> Matrix:
    """Differentiate a gradient by central differences of fourth order, q x q, symmetric.

    ``(8 (g(+h) - g(-h)) - (g(+2h) - g(-2h))) / 12h`` with h a thousandth of each value, at least 1e-3.
    """
    columns: list[Vector] = []
    for place, value in enumerate(theta):
        step = np.zeros_like(theta)
        step[place] = STEP * max(1.0, abs(value))
        near = gradient(theta + step) - gradient(theta - step)
        far = gradient(theta + 2 * step) - gradient(theta - 2 * step)
        columns.append((8 * near - far) / (12 * step[place]))
    matrix = np.column_stack(columns) if columns else np.empty((0, 0))
    return (matrix + matrix.T) / 2
