r"""Factors from correlations: minimum residuals, maximum likelihood, principal axes.

Given uniquenesses u, minimum residuals takes the loadings of the largest eigenvalues of ``R - diag(u)`` and minimises
the squares of the other eigenvalues; maximum likelihood takes those of ``diag(u)^-1/2 R diag(u)^-1/2`` and minimises
``-sum (log e - e + 1)`` over the other eigenvalues e. Principal axes repeats communality → loadings until it stands
still.

References:
    Harman and Jones (1966), Psychometrika 31, 351-368; Joreskog (1967), Psychometrika 32, 443-482. R: ``psych::fa(fm =
    "minres")``, ``"pa"``; ``stats::factanal`` (uniquenesses at least .005).
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownLambdaType=false

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.optimize import minimize

from models.estimates import Matrix, Vector
from models.measurement.exploratory.adequacy import squared_multiple_correlations

Extraction = Literal["minres", "ml", "pa"]
LEAST_UNIQUENESS = 0.005
MOST_STEPS = 10_000
SMALLEST_CHANGE = 1e-12
LARGEST_GRADIENT = 1e-4


@dataclass(frozen=True, eq=False)
class Extracted:
    """Unrotated factors.

    Attributes:
        loadings: p x m; columns by falling sum of squares, the sum of each positive.
        uniqueness: p.
        has_converged: Whether the search ended at an optimum.
    """

    loadings: Matrix
    uniqueness: Vector
    has_converged: bool

    @property
    def communality(self) -> Vector:
        """Share of each item's variance that the factors explain, p."""
        return (self.loadings**2).sum(axis=1)


def extract(correlation: Matrix, n_factors: int, method: Extraction) -> Extracted:
    """Find so many factors.

    Args:
        correlation: p x p, positive definite.
        n_factors: Below p.
        method: How.
    """
    if method == "pa":
        return principal_axes(correlation, n_factors)
    objective = _minres if method == "minres" else _likelihood
    start = np.clip(1 - squared_multiple_correlations(correlation), LEAST_UNIQUENESS, 1.0)
    found = minimize(
        lambda u: objective(correlation, u, n_factors),
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=[(LEAST_UNIQUENESS, 1.0)] * len(correlation),
        options={"maxiter": MOST_STEPS, "maxfun": MOST_STEPS, "ftol": 1e-15, "gtol": 1e-9},
    )
    uniqueness = np.asarray(found.x, dtype=float)
    loadings = (_minres_loadings if method == "minres" else _likelihood_loadings)(correlation, uniqueness, n_factors)
    if method == "minres":
        uniqueness = 1 - (loadings**2).sum(axis=1)
    return Extracted(_turned(loadings), uniqueness, _is_optimal(found.x, found.jac))


def _is_optimal(uniqueness: Vector, gradient: Vector) -> bool:
    """Whether no step within the bounds leads downhill."""
    is_held = ((uniqueness <= LEAST_UNIQUENESS) & (gradient > 0)) | ((uniqueness >= 1) & (gradient < 0))
    return bool(np.abs(np.where(is_held, 0.0, gradient)).max() < LARGEST_GRADIENT)


def _minres(correlation: Matrix, uniqueness: Vector, m: int) -> tuple[float, Vector]:
    values, vectors = np.linalg.eigh(correlation - np.diag(uniqueness))
    rest, of_rest = values[:-m], vectors[:, :-m]
    return float((rest**2).sum()) / 2, -(of_rest**2) @ rest


def _minres_loadings(correlation: Matrix, uniqueness: Vector, m: int) -> Matrix:
    values, vectors = np.linalg.eigh(correlation - np.diag(uniqueness))
    return vectors[:, ::-1][:, :m] * np.sqrt(np.maximum(values[::-1][:m], 0.0))


def _likelihood(correlation: Matrix, uniqueness: Vector, m: int) -> tuple[float, Vector]:
    scale = 1 / np.sqrt(uniqueness)
    values, vectors = np.linalg.eigh(correlation * np.outer(scale, scale))
    rest = values[:-m]
    value = -float((np.log(rest) - rest).sum()) - len(rest)
    loadings = vectors[:, -m:] * np.sqrt(np.maximum(values[-m:] - 1, 0.0)) / scale[:, None]
    residual = (loadings**2).sum(axis=1) + uniqueness - np.diagonal(correlation)
    return value, residual / uniqueness**2


def _likelihood_loadings(correlation: Matrix, uniqueness: Vector, m: int) -> Matrix:
    scale = 1 / np.sqrt(uniqueness)
    values, vectors = np.linalg.eigh(correlation * np.outer(scale, scale))
    return vectors[:, ::-1][:, :m] * np.sqrt(np.maximum(values[::-1][:m] - 1, 0.0)) / scale[:, None]


def principal_axes(
    correlation: Matrix, m: int, smallest_change: float = SMALLEST_CHANGE, most_steps: int = MOST_STEPS
) -> Extracted:
    """Repeat communality → loadings until the sum of the communalities stands still.

    Args:
        correlation: p x p, positive definite.
        m: Factors.
        smallest_change: Of that sum; ``psych::fa(fm = "pa")`` stops at .001 (``min.err``), some way before the end.
        most_steps: Repetitions at most; psych's ``max.iter`` is 50.
    """
    communality = squared_multiple_correlations(correlation)
    loadings, has_converged = np.empty((len(correlation), m)), False
    for _ in range(most_steps):
        loadings = _minres_loadings(correlation, 1 - communality, m)
        new = (loadings**2).sum(axis=1)
        has_converged = bool(abs(new.sum() - communality.sum()) <= smallest_change)
        communality = new
        if has_converged:
            break
    return Extracted(_turned(loadings), 1 - communality, has_converged)


def _turned(loadings: Matrix) -> Matrix:
    return loadings * np.where(loadings.sum(axis=0) < 0, -1.0, 1.0)
