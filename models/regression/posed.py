"""A design → the least squares problem that its estimator solves: rows as they are, or with effects taken out.

Put here which rows are solved and what is told beside the coefficients; units in waves are in ``panel.posed``.
"""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.regression.design import INTERCEPT, Design
from models.regression.effects import fit_within_effects
from models.regression.identification import refuse_few
from models.regression.least_squares import LeastSquares, solve_least_squares

Clusters = tuple[NDArray[np.intp], ...]


@dataclass(frozen=True, eq=False)
class Posed:
    """A solved problem and how it is read.

    Attributes:
        estimator: Such as ``OLS``.
        terms: Names of the k coefficients that are shown, those of the leading columns of the solution.
        matrix: m x k regressors as they are read: of the rows, or of the units' means or changes.
        outcome: m values, likewise.
        solution: Least squares on the transformed rows, with further columns where effects need them.
        clusters: Codes of the clusters of the solution's rows.
        r_squared: Explained share of what the transformation leaves of the outcome.
        found: Diagnostic → value, of the estimator's own.
        is_plain: Whether the rows were solved as they are.
    """

    estimator: str
    terms: tuple[str, ...]
    matrix: Matrix
    outcome: Vector
    solution: LeastSquares
    clusters: Clusters
    r_squared: float
    found: dict[str, float] = field(default_factory=dict[str, float])
    is_plain: bool = False

    @property
    def n_shown(self) -> int:
        """Coefficients that are shown."""
        return len(self.terms)


def codes_of(values: pd.Series) -> NDArray[np.intp]:
    """Return the group of each row, 0 to G - 1, in order of appearance."""
    return np.asarray(pd.factorize(values)[0])


def pose(design: Design, effects: tuple[str, ...], fewest_beyond: int = 1) -> Posed:
    """Solve a linear regression, with the effects of groups taken out where there are any.

    Args:
        design: What it is computed from.
        effects: Columns whose groups' effects are taken out: none, one or two.
        fewest_beyond: How many more rows than coefficients, effects included, are asked for.

    Raises:
        ModelDataError: If nothing is left within the effects, or too few rows are.
    """
    clusters = tuple(codes_of(design.clusters[name]) for name in design.clusters)
    weights = None if design.weights is None else design.weights.to_numpy()
    kind = "OLS" if weights is None else "WLS"
    outcome = design.outcome.to_numpy()
    if not effects:
        matrix = design.matrix.to_numpy()
        solution = solve_least_squares(matrix, outcome, weights)
        terms = tuple(str(term) for term in design.matrix)
        share = _r_squared(solution, outcome)
        return Posed(kind, terms, matrix, outcome, solution, clusters, share, is_plain=True)
    matrix = design.matrix.drop(columns=INTERCEPT)
    groups = {name: codes_of(design.rows[name]) for name in effects}
    fit = fit_within_effects(matrix, design.outcome, groups, clusters, weights)
    refuse_few(len(outcome), matrix.shape[1] + fit.n_effects, fewest_beyond)
    found = {
        "r2_within": fit.r2_within,
        "r2_overall": fit.r2_overall,
        "n_effects": float(fit.n_effects),
        "n_alone": float(design.n_alone),
    }
    terms = tuple(str(term) for term in matrix)
    estimator = f"{kind}_within"
    return Posed(estimator, terms, matrix.to_numpy(), outcome, fit.solution, clusters, fit.r2_within, found)


def _r_squared(solution: LeastSquares, outcome: Vector) -> float:
    weights = np.ones(len(outcome)) if solution.weights is None else solution.weights
    mean = float(weights @ outcome / weights.sum())
    return 1 - float(solution.residuals @ solution.residuals) / float(weights @ (outcome - mean) ** 2)
