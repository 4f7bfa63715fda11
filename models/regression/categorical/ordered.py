"""Ordered regressions: logit, probit and complementary log-log, with some terms released from proportional odds.

Put here likelihood, fit and predictions; the test of proportional odds is in ``proportional_odds``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.regression.categorical.cumulative_links import INFINITE, LINKS, OrderedLink
from models.regression.categorical.maximise import Maximum, Objective, maximise, require_converged
from models.regression.categorical.predicted import Predicted
from models.regression.categorical.separation import refuse_separation
from models.regression.identification import ModelDataError

REMEDY = "merge categories of the outcome or of these regressors, or take them out"
FEWEST_CATEGORIES = 3


@dataclass(frozen=True, eq=False)
class OrderedRows:
    """What an ordered regression is fitted to; n rows in the same order.

    Attributes:
        matrix: n x k regressors without a constant.
        categories: n categories of the outcome, 0 to J - 1, each at least once.
        weights: n positive weights; a row of weight w counts like w rows in the likelihood.
        released: Columns of the matrix with a coefficient of their own at every threshold.
        link: Distribution function F.
    """

    matrix: Matrix
    categories: NDArray[np.intp]
    weights: Vector
    released: tuple[int, ...] = ()
    link: OrderedLink = "logit"

    @property
    def n_thresholds(self) -> int:
        """Categories less one."""
        return int(self.categories.max())

    @cached_property
    def sides(self) -> tuple[Matrix, Matrix]:
        """Derivatives of each row's upper and lower predictor in the parameters, n x p each; nought at the ends."""
        last = self.n_thresholds
        upper = np.zeros((len(self.categories), self.n_parameters))
        lower = np.zeros_like(upper)
        for cut in range(last):
            for side, at in ((upper, self.categories == cut), (lower, self.categories == cut + 1)):
                side[at] = self.cut_rows(self.matrix[at], cut)
        return upper, lower

    @property
    def n_parameters(self) -> int:
        """Thresholds, coefficients of the kept columns, and of the released ones at every threshold."""
        k, q = self.matrix.shape[1], len(self.released)
        return self.n_thresholds + k - q + self.n_thresholds * q

    def cut_rows(self, matrix: Matrix, cut: int) -> Matrix:
        """Return the derivatives of threshold less linear predictor at one threshold, m x p."""
        last, kept = self.n_thresholds, self.kept
        rows = np.zeros((len(matrix), self.n_parameters))
        rows[:, cut] = 1.0
        rows[:, last : last + len(kept)] = -matrix[:, kept]
        start = last + len(kept) + cut * len(self.released)
        rows[:, start : start + len(self.released)] = -matrix[:, list(self.released)]
        return rows

    @property
    def kept(self) -> list[int]:
        """Columns with one coefficient for all thresholds."""
        return [column for column in range(self.matrix.shape[1]) if column not in self.released]

    def names(self, columns: Sequence[str], categories: Sequence[str]) -> tuple[str, ...]:
        """Name the parameters: thresholds ``1|2``, kept columns, released ones ``column at 1|2``."""
        cuts = [f"{low}|{high}" for low, high in pairwise(categories)]
        of_cuts = [f"{columns[place]} at {cut}" for cut in cuts for place in self.released]
        return (*cuts, *(columns[place] for place in self.kept), *of_cuts)


@dataclass(frozen=True, eq=False)
class OrderedFit:
    """A fitted ordered regression, P(Y <= j) = F(theta_j - x'b - z'c_j), z the released columns.

    Attributes:
        rows: What it was fitted to.
        coefficients: p parameters: thresholds, kept coefficients, released ones by threshold.
        log_likelihood: Weighted sum of the rows' terms.
        covariance: Inverse observed information, p x p.
        n_iterations: Newton steps.
    """

    rows: OrderedRows
    coefficients: Vector
    log_likelihood: float
    covariance: Matrix
    n_iterations: int

    @cached_property
    def scores(self) -> Matrix:
        """Derivatives of each row's term in the parameters, n x p."""
        return _terms(self.rows, self.coefficients)[1] * self.rows.weights[:, None]

    def probabilities(self, matrix: Matrix) -> Matrix:
        """Return the probability of each category, m x J.

        Raises:
            ModelDataError: If released terms make thresholds cross at some row, so that a probability is negative.
        """
        shares = self.expected(matrix)
        if (shares < 0).any():
            raise ModelDataError(
                f"the thresholds cross at {int((shares < 0).any(axis=1).sum())} of {len(matrix)} rows: the terms "
                "released from proportional odds give a negative probability there; release fewer terms, or predict "
                "within the range of the data"
            )
        return shares

    def expected(self, matrix: Matrix) -> Matrix:
        """Return the probability of each category, m x J; where thresholds cross, less than nought.

        Drawn again, a model may cross where that of all rows does not. To leave such draws out, or to cut them off at
        nought, would make intervals too narrow: averages over draws are of the model as it is.
        """
        link, last = LINKS[self.rows.link], self.rows.n_thresholds
        inner = [self.rows.cut_rows(matrix, cut) @ self.coefficients for cut in range(last)]
        ends = np.full(len(matrix), INFINITE)
        cuts = [-ends, *inner, ends]
        return np.column_stack([link.share(low, high) for low, high in pairwise(cuts)])

    def predicted(self, matrix: Matrix, weights: Vector, offset: Vector | None = None) -> Predicted:
        """Return the weighted mean probability of each category over m rows (J) and its derivatives (J x p).

        Raises:
            ModelDataError: If thresholds cross at some row.
            ValueError: If an offset is given.
        """
        if offset is not None:
            raise ValueError("an ordered regression has no offset; leave it out")
        shares = weights / weights.sum()
        link = LINKS[self.rows.link]
        slopes = np.zeros((self.rows.n_thresholds + 2, len(self.coefficients)))
        for cut in range(self.rows.n_thresholds):
            rows = self.rows.cut_rows(matrix, cut)
            slopes[cut + 1] = (shares * link.density(rows @ self.coefficients)) @ rows
        return Predicted(shares @ self.probabilities(matrix), np.diff(slopes, axis=0))


def fit_ordered(rows: OrderedRows, names: Sequence[str]) -> OrderedFit:
    """Fit an ordered regression by Newton's method.

    Args:
        rows: n rows.
        names: Names of the p parameters (``OrderedRows.names``).

    Raises:
        SeparationError: If regressors foretell categories, so that estimates are infinite.
        ModelDataError: If fewer than three categories are there, or one is empty, or no maximum is reached.

    References:
        McCullagh (1980), Journal of the Royal Statistical Society B 42(2), 109-142; Peterson and Harrell (1990),
        Applied Statistics 39(2), 205-217. R: ``ordinal::clm(link, nominal = ~released)``, whose released coefficients
        have the other sign; ``MASS::polr``.
    """
    maximum = climb(rows)
    unexplained = ordered_objective(rows)(_start(rows))[2]
    refuse_separation(maximum, unexplained, lambda: ordered_conditions(rows), names, REMEDY)
    require_converged(maximum, f"ordered {rows.link}")
    return OrderedFit(rows, maximum.point, maximum.value, maximum.inverse_information, maximum.n_iterations)


def climb(rows: OrderedRows) -> Maximum:
    """Maximise the likelihood as far as it goes; under separation the value is its limit, the point is not.

    Raises:
        ModelDataError: If fewer than three categories are there, or one is empty.
    """
    counts = np.bincount(rows.categories)
    if len(counts) < FEWEST_CATEGORIES or (counts == 0).any():
        raise ModelDataError(
            f"{int((counts > 0).sum())} of {len(counts)} categories of the outcome were used; an ordered regression "
            f"expects at least {FEWEST_CATEGORIES} and none without responses; merge categories, or use a logit"
        )
    return maximise(ordered_objective(rows), _start(rows))


def ordered_conditions(rows: OrderedRows) -> Matrix:
    """Return the rows z such that a term does not fall along d while z'd >= 0 (``find_separation``)."""
    upper, lower = rows.sides
    return np.r_[upper[rows.categories < rows.n_thresholds], -lower[rows.categories > 0]]


def _start(rows: OrderedRows) -> Vector:
    """Return coefficients of nought and the thresholds that fit the shares of the categories."""
    totals = np.bincount(rows.categories, weights=rows.weights)
    start = np.zeros(rows.n_parameters)
    start[: rows.n_thresholds] = LINKS[rows.link].quantile(np.cumsum(totals)[:-1] / totals.sum())
    return start


def ordered_objective(rows: OrderedRows) -> Objective:
    """Return the log-likelihood, gradient and observed information as a function of the parameters."""

    def objective(point: Vector) -> tuple[float, Vector, Matrix]:
        value, scores, information = _terms(rows, point)
        return value, rows.weights @ scores, information

    return objective


def _terms(rows: OrderedRows, point: Vector) -> tuple[float, Matrix, Matrix]:
    """Return the log-likelihood, each row's derivatives without weight (n x p), and the observed information.

    With a and b the upper and lower predictor of a row, A and B their derivatives and P = F(a) - F(b): score
    s = (f(a) A - f(b) B) / P, information sum w (ss' - (f'(a) AA' - f'(b) BB') / P).
    """
    link, (upper, lower) = LINKS[rows.link], rows.sides
    is_last, is_first = rows.categories == rows.n_thresholds, rows.categories == 0
    high = np.clip(np.where(is_last, INFINITE, upper @ point), -INFINITE, INFINITE)
    low = np.clip(np.where(is_first, -INFINITE, lower @ point), -INFINITE, INFINITE)
    share = link.share(low, high)
    if not (share > 0).all():
        p = rows.n_parameters
        return -np.inf, np.zeros_like(upper), np.eye(p)
    scores = upper * (link.density(high) / share)[:, None] - lower * (link.density(low) / share)[:, None]
    information = (scores * rows.weights[:, None]).T @ scores
    for side, value, sign in ((upper, high, -1.0), (lower, low, 1.0)):
        information += sign * (side * (rows.weights * link.density_slope(value) / share)[:, None]).T @ side
    return float(rows.weights @ np.log(share)), scores, information
