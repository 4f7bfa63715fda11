"""What speaks for an optimum: unlike optimisers, a second engine, gradient and curvature, each in a number."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.estimates import Vector
from models.multilevel.optimise import Optimum
from models.multilevel.problem import Problem
from models.multilevel.second_engine import SecondEngine

LARGEST_DISAGREEMENT = 1e-4
LARGEST_ENGINE_DIFFERENCE = 1e-9
LARGEST_GRADIENT = 1e-6
PROBE = 1e-3


@dataclass(frozen=True, eq=False)
class Audit:
    """Findings about an optimum, criteria as -2 log-likelihood.

    Attributes:
        runs: One row an optimiser: optimiser, criterion, above_best, evaluations.
        disagreement: Criterion of the worst run above the best.
        engine_difference: Largest difference between the two engines at the optimum and around it, over 1 + criterion.
        better_nearby: How much lower than at the optimum the second engine finds the criterion around it, likewise.
        gradient_norm: Largest expected fall of the criterion by one Newton step, g'H^-1g, bounds aside.
        least_curvature: Smallest eigenvalue of the Hessian, bounds aside; NaN when everything is at a bound.
        steepest_fall: Smallest eigenvalue of the derivative in possible covariances over rows; not below nought.
    """

    runs: pd.DataFrame
    disagreement: float
    engine_difference: float
    better_nearby: float
    gradient_norm: float
    least_curvature: float
    steepest_fall: float

    @property
    def doubts(self) -> tuple[str, ...]:
        """What speaks against the optimum, in words; empty when nothing does.

        Disagreement between optimisers is none as long as the one kept stands the other tests: it is shown in
        ``runs``.
        """
        checks = (
            (self.engine_difference > LARGEST_ENGINE_DIFFERENCE, "the two engines give different likelihoods"),
            (self.better_nearby > LARGEST_ENGINE_DIFFERENCE, "the second engine finds a better point nearby"),
            (not self.gradient_norm <= LARGEST_GRADIENT, "the gradient is not nought"),
            (self.least_curvature <= 0, "the curvature is not that of a minimum"),
            (self.steepest_fall < -LARGEST_GRADIENT, "a direction of possible variances still falls"),
        )
        return tuple(text for is_doubt, text in checks if is_doubt)


def audit_of(problem: Problem, optimum: Optimum, engine: SecondEngine) -> Audit:
    """Look at an optimum from all sides, with a second engine for the same likelihood."""
    constant = problem.constant()
    best = optimum.value + constant
    points = [optimum.theta, *_around(optimum)]
    second = engine(problem, points)
    first = np.array([problem.solve(point).value + constant for point in points])
    is_free = ~optimum.is_at_bound
    hessian, gradient = optimum.hessian[np.ix_(is_free, is_free)], optimum.gradient[is_free]
    least = float(np.linalg.eigvalsh(hessian)[0]) if is_free.any() else np.nan
    above = [run.value - optimum.value for run in optimum.runs]
    runs = pd.DataFrame(
        {
            "optimiser": [run.optimiser for run in optimum.runs],
            "criterion": [run.value + constant for run in optimum.runs],
            "above_best": above,
            "evaluations": [run.n_evaluations for run in optimum.runs],
        }
    )
    return Audit(
        runs=runs,
        disagreement=max([*above, 0.0]),
        engine_difference=float(np.abs(first - second).max() / (1 + abs(best))),
        better_nearby=max(0.0, float(second[0] - second.min()) / (1 + abs(best))),
        gradient_norm=float(gradient @ np.linalg.solve(hessian, gradient)) if least > 0 else float(len(gradient) > 0),
        least_curvature=least,
        steepest_fall=optimum.steepest_fall,
    )


def _around(optimum: Optimum) -> list[Vector]:
    """Return points a small step away from the optimum along every axis; at a bound inwards only."""
    found: list[Vector] = []
    for place, value in enumerate(optimum.theta):
        for sign in (1.0,) if optimum.is_at_bound[place] else (1.0, -1.0):
            point = optimum.theta.copy()
            point[place] += sign * PROBE * max(abs(float(value)), 0.1)
            found.append(point)
    return found
