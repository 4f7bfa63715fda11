"""Generalised estimating equations: coefficients, scale and working correlation that solve them together."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from models.estimates import Matrix, Vector
from models.multilevel.marginal.clusters import ClusteredRows, put_in_clusters
from models.multilevel.marginal.outcomes import OUTCOMES, OutcomeName
from models.multilevel.marginal.working_correlation import WORKING, Correlation
from models.regression.categorical.binary import fit_binary
from models.regression.categorical.counts import fit_poisson
from models.regression.categorical.generalised import observed
from models.regression.identification import (
    ModelDataError,
    find_dependencies,
    refuse_constant,
    refuse_dependencies,
    refuse_few,
)
from models.regression.least_squares import LeastSquares, solve_least_squares

MOST_ITERATIONS = 200
SMALL_STEP = 1e-11
NO_RESIDUALS = 1e-20


@dataclass(frozen=True, eq=False)
class MarginalSpec:
    """What is to be estimated.

    Attributes:
        outcome: Distribution and link: ``gaussian`` with identity, ``logit``, ``poisson`` with logarithm.
        correlation: Working correlation within clusters; ``ar1`` asks for waves.
    """

    outcome: OutcomeName = "gaussian"
    correlation: Correlation = "exchangeable"


@dataclass(frozen=True, eq=False)
class MarginalFit:
    """Solved estimating equations.

    Attributes:
        spec: What was asked for.
        rows: n rows, one cluster after the other.
        terms: Names of the k coefficients.
        coefficients: k.
        scale: Mean squared Pearson residual, weighted where rows are.
        alpha: Working correlation of two rows of a cluster, or of two neighbouring waves; nought for independence.
        n_iterations: Steps taken.
    """

    spec: MarginalSpec
    rows: ClusteredRows
    terms: tuple[str, ...]
    coefficients: Vector
    scale: float
    alpha: float
    n_iterations: int

    @cached_property
    def working(self) -> LeastSquares:
        """The least squares problem that the equations are at the estimates.

        With A the variances of the means and R the working correlation: rows R^-1/2 A^-1/2 D and residuals
        R^-1/2 A^-1/2 (y - m), without the scale. Covariances of least squares with clusters are those of the
        equations: CR0 the sandwich, CR3 that of Mancl and DeRouen.
        """
        return _least_squares(self.spec, self.rows, self.coefficients, self.alpha)

    @property
    def predictor(self) -> Vector:
        """Linear predictor of each row, n."""
        return self.rows.matrix @ self.coefficients


def fit_marginal(
    matrix: pd.DataFrame,
    outcome: pd.Series,
    clusters: pd.Series,
    spec: MarginalSpec,
    waves: pd.Series | None = None,
    weights: Vector | None = None,
) -> MarginalFit:
    """Solve generalised estimating equations.

    The scale is the mean squared Pearson residual (over n, not n - k). An exchangeable alpha is the mean product of
    scaled residuals over all pairs within clusters; that of ``ar1`` makes sum over pairs of gap a^(gap - 1) (product -
    a^gap) nought, gaps by the wave numbers, so that waves may be missing or unequally far apart.

    Args:
        matrix: n x k regressors, the intercept first.
        outcome: n values.
        clusters: Cluster of each row.
        spec: Outcome and working correlation.
        waves: Wave number of each row; None where rows of a cluster have no order.
        weights: n, of the rows' terms under independence, the scale a weighted mean; None when all count the same.

    Raises:
        SeparationError: If regressors foretell a binary outcome.
        ModelDataError: If clusters or waves are missing or unfit, coefficients cannot be told apart, the working
            correlation is impossible, or the equations are not solved.
        ValueError: If ``ar1`` is asked for without waves, or weights with another correlation than independence.

    References:
        Liang and Zeger (1986), Biometrika 73(1), 13-22; Yan and Fine (2004), Statistics in Medicine 23(6), 859-874. R:
        ``geepack::geeglm(id = , waves = , corstr = )``, whose ids must lie together; converged.
    """
    if spec.correlation == "ar1" and waves is None:
        raise ValueError("the working correlation ar1 needs the wave of each row; give waves")
    if weights is not None and spec.correlation != "independence":
        raise ValueError(f"weights go with the working correlation independence; found {spec.correlation}")
    _refuse_unidentified(matrix, outcome)
    rows = put_in_clusters(matrix.to_numpy(dtype=float), outcome.to_numpy(dtype=float), clusters, waves, weights)
    terms = tuple(map(str, matrix))
    coefficients = _start(spec, rows, terms)
    size = np.inf
    for iteration in range(MOST_ITERATIONS):
        scale, alpha = _nuisance(spec, rows, coefficients)
        problem = _least_squares(spec, rows, coefficients, alpha)
        if size <= SMALL_STEP:
            return MarginalFit(spec, rows, terms, coefficients, scale, alpha, iteration)
        step = problem.bread @ (problem.rows.T @ problem.residuals)
        size = float(np.linalg.norm(problem.factor @ step)) / np.sqrt(len(terms) * scale)
        if not np.isfinite(size):
            break
        coefficients = coefficients + step
    raise ModelDataError(
        f"the estimating equations were not solved in {MOST_ITERATIONS} steps (last one {size:.1e} standard errors, "
        f"expected {SMALL_STEP:.0e}); write working_correlation: independence, or take out regressors"
    )


def _nuisance(spec: MarginalSpec, rows: ClusteredRows, coefficients: Vector) -> tuple[float, float]:
    residuals = _residuals(spec, rows, coefficients)
    weighted = residuals * np.sqrt(rows.weights)
    scale = float(weighted @ weighted) / float(rows.weights.sum())
    if scale <= NO_RESIDUALS * float(np.var(rows.outcome)):
        raise ModelDataError(
            "the regressors foretell the outcome exactly: nothing is left of which clusters could have a correlation; "
            "take out what the outcome was computed from"
        )
    return scale, WORKING[spec.correlation].estimate(rows, residuals / np.sqrt(scale))


def _residuals(spec: MarginalSpec, rows: ClusteredRows, coefficients: Vector) -> Vector:
    outcome, predictor = OUTCOMES[spec.outcome], rows.matrix @ coefficients
    return (rows.outcome - outcome.mean(predictor)) / np.sqrt(outcome.variance(predictor))


def _least_squares(spec: MarginalSpec, rows: ClusteredRows, coefficients: Vector, alpha: float) -> LeastSquares:
    spread = np.sqrt(OUTCOMES[spec.outcome].variance(rows.matrix @ coefficients))
    both = np.column_stack([rows.matrix * spread[:, None], _residuals(spec, rows, coefficients)])
    freed: Matrix = WORKING[spec.correlation].free(rows, alpha, both * np.sqrt(rows.weights)[:, None])
    _, factor = np.linalg.qr(freed[:, :-1])
    return LeastSquares(freed[:, :-1], coefficients, freed[:, -1], factor)


def _start(spec: MarginalSpec, rows: ClusteredRows, terms: Sequence[str]) -> Vector:
    if spec.outcome == "gaussian":
        return solve_least_squares(rows.matrix, rows.outcome, rows.weights).coefficients
    fit = fit_binary if spec.outcome == "logit" else fit_poisson
    return fit(observed(rows.matrix, rows.outcome, rows.weights), terms).coefficients


def _refuse_unidentified(matrix: pd.DataFrame, outcome: pd.Series) -> None:
    refuse_few(*matrix.shape)
    refuse_constant(str(outcome.name), len(outcome), float(outcome.min()), float(outcome.max()))
    refuse_dependencies(find_dependencies(matrix))
