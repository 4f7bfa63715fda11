"""Multinomial logit: a category of several without order."""

# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.regression.categorical.maximise import Objective, maximise, require_converged
from models.regression.categorical.predicted import Predicted
from models.regression.categorical.separation import refuse_separation
from models.regression.identification import ModelDataError

REMEDY = "merge categories of the outcome or of these regressors, or take them out"


@dataclass(frozen=True, eq=False)
class MultinomialRows:
    """What a multinomial logit is fitted to; n rows in the same order.

    Attributes:
        matrix: n x k regressors of full column rank.
        categories: n categories, 0 to J - 1, each at least once; 0 is the one that others are compared with.
        weights: n positive weights; a row of weight w counts like w rows in the likelihood.
    """

    matrix: Matrix
    categories: NDArray[np.intp]
    weights: Vector

    @property
    def n_others(self) -> int:
        """Categories less one."""
        return int(self.categories.max())

    def names(self, columns: Sequence[str], categories: Sequence[str]) -> tuple[str, ...]:
        """Name the parameters ``category: column``, category by category."""
        return tuple(f"{category}: {column}" for category in categories[1:] for column in columns)


@dataclass(frozen=True, eq=False)
class MultinomialFit:
    """A fitted multinomial logit, log(P(Y = j) / P(Y = 0)) = x'b_j.

    Attributes:
        rows: What it was fitted to.
        coefficients: (J - 1) k coefficients, category by category.
        log_likelihood: Weighted sum of the rows' terms.
        covariance: Inverse information, (J - 1) k x (J - 1) k.
        n_iterations: Newton steps.
    """

    rows: MultinomialRows
    coefficients: Vector
    log_likelihood: float
    covariance: Matrix
    n_iterations: int

    @cached_property
    def scores(self) -> Matrix:
        """Derivatives of each row's term in the coefficients, n x (J - 1) k."""
        excess = _excess(self.rows, self.probabilities(self.rows.matrix)) * self.rows.weights[:, None]
        return (excess[:, :, None] * self.rows.matrix[:, None, :]).reshape(len(excess), -1)

    def probabilities(self, matrix: Matrix) -> Matrix:
        """Return the probability of each category, m x J."""
        return np.exp(_log_probabilities(matrix, self.coefficients, self.rows.n_others))

    def expected(self, matrix: Matrix) -> Matrix:
        """Return the probability of each category, m x J; as ``probabilities``."""
        return self.probabilities(matrix)

    def predicted(self, matrix: Matrix, weights: Vector, offset: Vector | None = None) -> Predicted:
        """Return the weighted mean probability of each category over m rows (J) and its derivatives.

        Raises:
            ValueError: If an offset is given.
        """
        if offset is not None:
            raise ValueError("a multinomial logit has no offset; leave it out")
        shares = weights / weights.sum()
        probabilities = self.probabilities(matrix)
        n_others, k = self.rows.n_others, matrix.shape[1]
        slopes = np.empty((n_others + 1, n_others, k))
        for category in range(n_others + 1):
            for other in range(n_others):
                same = 1.0 if other + 1 == category else 0.0
                change = probabilities[:, category] * (same - probabilities[:, other + 1])
                slopes[category, other] = (shares * change) @ matrix
        return Predicted(shares @ probabilities, slopes.reshape(n_others + 1, -1))


def fit_multinomial(rows: MultinomialRows, names: Sequence[str]) -> MultinomialFit:
    """Fit a multinomial logit by Newton's method.

    Args:
        rows: n rows.
        names: Names of the (J - 1) k coefficients (``MultinomialRows.names``).

    Raises:
        SeparationError: If regressors foretell categories, so that estimates are infinite.
        ModelDataError: If a category is empty or there is only one, or no maximum is reached.

    References:
        McFadden (1974), in Zarembka (ed.), Frontiers in Econometrics, 105-142. R: ``nnet::multinom``, converged.
    """
    counts = np.bincount(rows.categories)
    if len(counts) < 2 or (counts == 0).any():  # noqa: PLR2004
        raise ModelDataError(
            f"{int((counts > 0).sum())} of {len(counts)} categories of the outcome were used; a multinomial "
            "regression expects at least 2 and none without responses; merge categories"
        )
    start = np.zeros(rows.n_others * rows.matrix.shape[1])
    objective = multinomial_objective(rows)
    maximum = maximise(objective, start)
    refuse_separation(maximum, objective(start)[2], lambda: multinomial_conditions(rows), names, REMEDY)
    require_converged(maximum, "multinomial logit")
    return MultinomialFit(rows, maximum.point, maximum.value, maximum.inverse_information, maximum.n_iterations)


def multinomial_conditions(rows: MultinomialRows) -> Matrix:
    """Return the rows z such that a term does not fall along d while z'd >= 0 (``find_separation``)."""
    n, k = rows.matrix.shape
    blocks: list[Matrix] = []
    for category in range(rows.n_others + 1):
        block = np.zeros((n, rows.n_others + 1, k))
        block[np.arange(n), rows.categories] = rows.matrix
        block[:, category] -= rows.matrix
        blocks.append(block[rows.categories != category, 1:].reshape(-1, rows.n_others * k))
    return np.concatenate(blocks)


def multinomial_objective(rows: MultinomialRows) -> Objective:
    """Return the log-likelihood, gradient and information as a function of the coefficients."""

    def objective(point: Vector) -> tuple[float, Vector, Matrix]:
        logs = _log_probabilities(rows.matrix, point, rows.n_others)
        probabilities = np.exp(logs)
        excess = _excess(rows, probabilities) * rows.weights[:, None]
        value = float(rows.weights @ logs[np.arange(len(logs)), rows.categories])
        return value, (excess.T @ rows.matrix).ravel(), _information(rows, probabilities[:, 1:])

    return objective


def _information(rows: MultinomialRows, others: Matrix) -> Matrix:
    """Return the blocks sum w p_a (1(a = b) - p_b) xx'."""
    n_others, k = others.shape[1], rows.matrix.shape[1]
    information = np.empty((n_others, k, n_others, k))
    for first in range(n_others):
        for second in range(first + 1):
            same = 1.0 if first == second else 0.0
            weights = rows.weights * others[:, first] * (same - others[:, second])
            block = (rows.matrix * weights[:, None]).T @ rows.matrix
            information[first, :, second, :] = information[second, :, first, :] = block
    return information.reshape(n_others * k, n_others * k)


def _excess(rows: MultinomialRows, probabilities: Matrix) -> Matrix:
    """Return 1(y = j) - p_j of the categories but the first, n x (J - 1)."""
    excess = -probabilities[:, 1:]
    is_other = rows.categories > 0
    excess[is_other, rows.categories[is_other] - 1] += 1.0
    return excess


def _log_probabilities(matrix: Matrix, coefficients: Vector, n_others: int) -> Matrix:
    from scipy.special import logsumexp  # noqa: PLC0415

    predictors = np.zeros((len(matrix), n_others + 1))
    predictors[:, 1:] = matrix @ coefficients.reshape(n_others, -1).T
    return predictors - logsumexp(predictors, axis=1, keepdims=True)
