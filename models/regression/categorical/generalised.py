"""Generalised linear models by Newton's method: the core of binary outcomes and of counts.

Put here the fit and its working least squares problem, from which every covariance follows; not which outcomes a
family allows (``binary``, ``counts``).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from models.estimates import Matrix, Vector
from models.regression.categorical.families import Family
from models.regression.categorical.maximise import Maximum, Objective, maximise
from models.regression.categorical.predicted import Predicted
from models.regression.least_squares import LeastSquares


@dataclass(frozen=True, eq=False)
class Observed:
    """What a generalised linear model is fitted to; n rows in the same order.

    Attributes:
        matrix: n x k regressors of full column rank.
        outcome: n values.
        weights: n positive weights; a row of weight w counts like w rows in the likelihood.
        offset: n known parts of the linear predictor.
    """

    matrix: Matrix
    outcome: Vector
    weights: Vector
    offset: Vector


def observed(matrix: Matrix, outcome: Vector, weights: Vector | None = None, offset: Vector | None = None) -> Observed:
    """Put rows together; without weights each counts once, without offset it is nought."""
    n = len(outcome)
    return Observed(
        np.asarray(matrix, dtype=float),
        np.asarray(outcome, dtype=float),
        np.ones(n) if weights is None else np.asarray(weights, dtype=float),
        np.zeros(n) if offset is None else np.asarray(offset, dtype=float),
    )


@dataclass(frozen=True, eq=False)
class GeneralisedFit:
    """A fitted generalised linear model.

    Attributes:
        family: Distribution and link.
        rows: What it was fitted to.
        coefficients: k coefficients.
        log_likelihood: Weighted sum of the rows' terms.
        n_iterations: Newton steps.
    """

    family: Family
    rows: Observed
    coefficients: Vector
    log_likelihood: float
    n_iterations: int

    @cached_property
    def predictor(self) -> Vector:
        """Linear predictor of each row, n."""
        return self.rows.matrix @ self.coefficients + self.rows.offset

    @cached_property
    def fitted(self) -> Vector:
        """Expected outcome of each row, n."""
        return self.family.mean(self.predictor)

    @cached_property
    def working(self) -> LeastSquares:
        """The least squares problem whose solution the estimate is.

        Rows sqrt(w i) x and residuals sqrt(w) s / sqrt(i), with i the expected information about the linear predictor
        and s the derivative of the log-likelihood: their cross-product is the expected information, their products
        are the scores. So ``heteroskedastic_covariance`` and ``cluster_covariance`` of it are those of the model, with
        the variances that the family gives as working model.

        References:
            R: ``sandwich::vcovHC``, ``clubSandwich::vcovCR`` for ``glm``. McCullagh and Nelder (1989), Generalized
            Linear Models, 2nd ed., section 2.5.
        """
        terms = self.family.terms(self.rows.outcome, self.predictor)
        roots = np.sqrt(self.rows.weights * terms.expected)
        rows = self.rows.matrix * roots[:, None]
        spread = np.sqrt(terms.expected)
        residuals = np.divide(terms.slope, spread, out=np.zeros_like(spread), where=spread > 0)
        residuals *= np.sqrt(self.rows.weights)
        _, triangle = np.linalg.qr(rows)
        return LeastSquares(rows, self.coefficients, residuals, triangle, self.rows.weights * terms.expected)

    @property
    def covariance(self) -> Matrix:
        """Classical covariance: the inverse expected information, k x k; R: ``vcov(glm(...))``, dispersion 1."""
        return self.working.bread

    @property
    def observed_covariance(self) -> Matrix:
        """Inverse observed information, k x k; ``covariance`` where the link is canonical (logit, Poisson)."""
        curvature = self.family.terms(self.rows.outcome, self.predictor).curvature
        return np.asarray(np.linalg.inv(weighted_product(self.rows.matrix, self.rows.weights * curvature)), dtype=float)

    @property
    def scores(self) -> Matrix:
        """Derivatives of each row's term in the coefficients, n x k."""
        return self.working.rows * self.working.residuals[:, None]

    def predicted(self, matrix: Matrix, weights: Vector, offset: Vector | None = None) -> Predicted:
        """Return the weighted mean of the expected outcome over rows, one value, and its derivatives.

        Args:
            matrix: m x k regressors.
            weights: m weights.
            offset: m known parts of the linear predictor; None: nought.
        """
        predictor = matrix @ self.coefficients + (0.0 if offset is None else offset)
        shares = weights / weights.sum()
        slopes = (shares * self.family.mean_slope(predictor)) @ matrix
        return Predicted(np.array([shares @ self.family.mean(predictor)]), slopes[None, :])

    def expected(self, matrix: Matrix) -> Matrix:
        """Return the expected outcome of each of m rows without offset, m x 1."""
        return self.family.mean(matrix @ self.coefficients)[:, None]


def fit_generalised(
    family: Family,
    rows: Observed,
    start: Vector,
    check: Callable[[Maximum], None],
    objective: Objective | None = None,
) -> GeneralisedFit:
    """Maximise the likelihood of a family.

    Args:
        family: Distribution and link.
        rows: n rows.
        start: k coefficients to begin from.
        check: Raises when the likelihood has no maximum or it was not reached.
        objective: The log-likelihood of the rows where it can be had at less cost than row by row.
    """
    maximum = maximise(objective or objective_of(family, rows), start)
    check(maximum)
    return GeneralisedFit(family, rows, maximum.point, maximum.value, maximum.n_iterations)


def weighted_product(matrix: Matrix, weights: Vector) -> Matrix:
    """Return X'WX; at half the cost where no weight is negative."""
    if weights.min(initial=0.0) < 0:
        return (matrix * weights[:, None]).T @ matrix
    halves = matrix * np.sqrt(weights)[:, None]
    return halves.T @ halves


def objective_of(family: Family, rows: Observed) -> Objective:
    """Return the log-likelihood, gradient and observed information as a function of the coefficients."""

    def objective(coefficients: Vector) -> tuple[float, Vector, Matrix]:
        predictor = rows.matrix @ coefficients + rows.offset
        terms = family.terms(rows.outcome, predictor)
        value = float(rows.weights @ terms.log_likelihood)
        information = weighted_product(rows.matrix, rows.weights * terms.curvature)
        return value, (rows.weights * terms.slope) @ rows.matrix, information

    return objective
