"""Newton's method for log-likelihoods with known gradients and Hessians."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from models.estimates import Matrix, Vector
from models.regression.identification import ModelDataError

MOST_ITERATIONS = 200
GRADIENT_TOLERANCE = 1e-8
GRADIENT_AT_REST = 1e-12
LEAST_GAIN = 0.9
LEAST_CURVATURE = 1e-13
MOST_HALVINGS = 40
ROUNDING = 1e-12

Objective = Callable[[Vector], tuple[float, Vector, Matrix]]


@dataclass(frozen=True, eq=False)
class Maximum:
    """Where Newton's method stopped.

    Attributes:
        point: p parameters.
        value: Log-likelihood there.
        information: p x p, minus the Hessian (or what the objective gives for it).
        gradient_norm: Root of g'I^-1g: the largest gradient over all directions, in standard deviations of the score.
        n_iterations: Steps taken.
    """

    point: Vector
    value: float
    information: Matrix
    gradient_norm: float
    n_iterations: int

    @property
    def has_converged(self) -> bool:
        """Whether the gradient is nought within 1e-8."""
        return self.gradient_norm <= GRADIENT_TOLERANCE

    @property
    def inverse_information(self) -> Matrix:
        """Inverse information, p x p.

        Raises:
            ModelDataError: If the information is singular.
        """
        root, scale = _root(self.information)
        if root is None:
            raise ModelDataError(
                "the information about the coefficients is singular: the likelihood has no unique maximum; take out "
                "regressors that say the same, or categories with few responses"
            )
        inverse = np.linalg.inv(root) * scale
        return np.asarray(inverse.T @ inverse)


def maximise(objective: Objective, start: Vector) -> Maximum:
    """Climb by Newton steps, halved until the log-likelihood does not fall, down to where rounding stops the gradient.

    Whether the top was reached is for the caller to ask (``require_converged``): a likelihood without a maximum is
    a fact about the data.

    Args:
        objective: Parameters → log-likelihood (-inf where undefined), gradient (p), information (p x p).
        start: p parameters at which the log-likelihood is defined.

    References:
        Nocedal and Wright (2006), Numerical Optimization, 2nd ed., sections 3.1 and 3.4.
    """
    point, previous, n_iterations = start, np.inf, 0
    value, gradient, information = objective(point)
    while True:
        step = _newton_step(gradient, information)
        size = float(np.sqrt(max(gradient @ step, 0.0)))
        moved = None
        if n_iterations < MOST_ITERATIONS and not _is_at_rest(size, previous):
            moved = _climb(objective, point, value, step)
        if moved is None:
            return Maximum(point, value, information, size, n_iterations)
        point, (value, gradient, information) = moved
        previous, n_iterations = size, n_iterations + 1


def _is_at_rest(size: float, previous: float) -> bool:
    return size <= GRADIENT_AT_REST or (size <= GRADIENT_TOLERANCE and size > LEAST_GAIN * previous)


def require_converged(maximum: Maximum, model: str) -> None:
    """Raise ModelDataError when the gradient is not nought."""
    if not maximum.has_converged:
        raise ModelDataError(
            f"the likelihood of the {model} has no maximum that {maximum.n_iterations} Newton steps could reach "
            f"(gradient {maximum.gradient_norm:.1e}, expected at most {GRADIENT_TOLERANCE:.0e}); take out regressors, "
            "merge small categories, or put regressors on a like scale"
        )


def _climb(
    objective: Objective, point: Vector, value: float, step: Vector
) -> tuple[Vector, tuple[float, Vector, Matrix]] | None:
    slack = ROUNDING * max(abs(value), 1.0)
    for halving in range(MOST_HALVINGS):
        candidate = point + step * 0.5**halving
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            reached = objective(candidate)
        if reached[0] >= value - slack:
            return candidate, reached
    return None


def _newton_step(gradient: Vector, information: Matrix) -> Vector:
    """Return I^-1 g; where I is not positive definite, its eigenvalues (on the unit diagonal) are made so."""
    root, scale = _root(information)
    if root is not None:
        return np.linalg.solve(root.T, np.linalg.solve(root, gradient * scale)) * scale
    values, vectors = np.linalg.eigh(information * scale * scale[:, None])
    values = np.maximum(np.abs(values), LEAST_CURVATURE)
    return vectors @ ((vectors.T @ (gradient * scale)) / values) * scale


def _root(information: Matrix) -> tuple[Matrix | None, Vector]:
    """Return the Cholesky root of the information on the unit diagonal, None when there is none, and the scale."""
    diagonal = np.diag(information)
    scale = 1 / np.sqrt(np.where(diagonal > 0, diagonal, 1.0))
    try:
        root = np.linalg.cholesky(information * scale * scale[:, None])
    except np.linalg.LinAlgError:
        return None, scale
    return (np.asarray(root, dtype=float) if np.diag(root).min() ** 2 > LEAST_CURVATURE else None), scale
