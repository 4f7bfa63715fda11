"""Patterns laid out as a regression, and its solution as the covariances take it.

Put here what linear and binary models on patterns share; not how they are estimated.
"""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from models.estimates import Matrix, Vector
from models.regression.columns import Labels
from models.regression.design import lay_out, uses_of
from models.regression.identification import (
    dependencies_of,
    refuse_constant,
    refuse_dependencies,
    refuse_few,
    refuse_few_clusters,
)
from models.regression.in_database.patterns import Patterns
from models.regression.least_squares import LeastSquares
from models.regression.profile import profile_of
from models.triangles import triangle_of_rows


@dataclass(frozen=True, eq=False)
class PatternSquares(LeastSquares):
    """A solved least squares problem with one row a pattern, from which covariances follow as from responses.

    Rows are a single response's, times the root of its weight; residuals are the roots of the sums of the squared
    residuals of a pattern's responses; the triangle is of all responses.

    Attributes:
        n_responses: Responses.
    """

    n_responses: int = field(kw_only=True)

    @property
    def n_obs(self) -> int:
        """Responses."""
        return self.n_responses


@dataclass(frozen=True, eq=False)
class PatternDesign:
    """What a regression on patterns is computed from.

    Attributes:
        patterns: Counted.
        matrix: One row a pattern, one column a coefficient, named as the term.
        factors: Triangle of the matrix and the means of the outcome, of all responses without weights, k + 1 x k + 1.
    """

    patterns: Patterns
    matrix: pd.DataFrame
    factors: Matrix

    @property
    def n_clusters(self) -> int | None:
        """Clusters; None when the model has none."""
        return self.patterns.n_clusters if self.patterns.spec.clusters() else None

    @property
    def weights(self) -> Vector:
        """Weight of each response of a pattern, C; 1 where all count the same."""
        weights = self.patterns.weights
        return np.ones(len(self.matrix)) if weights is None else weights

    @property
    def weighted(self) -> Matrix:
        """The matrix times the weights, C x k."""
        matrix, weights = self.matrix.to_numpy(), self.patterns.weights
        return matrix if weights is None else matrix * weights[:, None]

    @property
    def terms(self) -> tuple[str, ...]:
        """Names of the coefficients."""
        return tuple(str(term) for term in self.matrix)


def design_of_patterns(patterns: Patterns, labels: Labels, fewest_beyond: int) -> PatternDesign:
    """Lay out patterns, with the refusals of ``build_design``.

    Raises:
        ModelDataError: If the data cannot carry the model.
    """
    spec, n = patterns.spec, patterns.n_obs
    profile = profile_of(uses_of(spec), patterns.rows, patterns.counts)
    matrix = lay_out(spec, patterns.rows, labels, profile)
    refuse_few(n, len(matrix.columns), fewest_beyond)
    refuse_constant(spec.outcome, n, *patterns.ends)
    factors = triangle_of(matrix.to_numpy(), patterns.means, patterns.counts)
    lengths, k = np.linalg.norm(factors[:, 1:-1], axis=0), len(matrix.columns)
    refuse_dependencies(dependencies_of(factors[1:k, 1:-1], lengths, list(matrix.columns[1:])))
    for cluster in spec.clusters():
        refuse_few_clusters(cluster, patterns.n_clusters, n)
    return PatternDesign(patterns, matrix, factors)


def triangle_of(matrix: Matrix, means: Vector, masses: Vector) -> Matrix:
    """Return the triangle of the QR factors of k columns and the means, rows times the roots of their masses."""
    rows: Matrix = np.column_stack([matrix, means])
    rows *= np.sqrt(masses)[:, None]
    return triangle_of_rows(rows)


def pattern_squares(
    design: PatternDesign, coefficients: Vector, triangle: Matrix, squares: Vector, weights: Vector
) -> PatternSquares:
    """Return the least squares problem of all responses.

    Args:
        design: What was fitted.
        coefficients: k.
        triangle: k x k, of all responses.
        squares: Sums of squared residuals of the patterns' responses, C.
        weights: Weight of each response of a pattern, C.
    """
    roots = np.sqrt(weights)
    rows: Matrix = design.matrix.to_numpy() * roots[:, None]
    residuals: Vector = roots * np.sqrt(squares)
    return PatternSquares(rows, coefficients, residuals, triangle, weights, n_responses=design.patterns.n_obs)
