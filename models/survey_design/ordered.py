"""Ordered regression of a survey design: the weighted likelihood, with errors of the design."""

from dataclasses import dataclass

import numpy as np

from models.estimates import Matrix, Vector
from models.regression.categorical.cumulative_links import OrderedLink
from models.regression.categorical.ordered import OrderedFit, OrderedRows, fit_ordered
from models.survey_design.estimated import Linearised, refuse_missing
from models.survey_design.stages import Codes


@dataclass(frozen=True, eq=False)
class Ordered:
    """P(Y <= j) = F(threshold_j - x'b), its weighted likelihood maximised.

    Attributes:
        columns: Names of k regressors, without intercept.
        matrix: n x k.
        categories: Names of J categories in order.
        codes: n places in ``categories``.
        link: F.

    References:
        Binder (1983), International Statistical Review 51(3), 279-292. R: ``survey::svyolr``, converged; errors of the
        thresholds as in its summary.
    """

    columns: tuple[str, ...]
    matrix: Matrix
    categories: tuple[str, ...]
    codes: Codes
    link: OrderedLink = "logit"

    @property
    def terms(self) -> tuple[str, ...]:
        """Thresholds ``low|high``, then regressors."""
        rows = OrderedRows(self.matrix[:0], np.arange(len(self.categories)), np.ones(0), link=self.link)
        return rows.names(self.columns, self.categories)

    @property
    def n_beyond(self) -> int:
        """Parameters less one."""
        return len(self.columns) + len(self.categories) - 2

    def estimate(self, weights: Vector) -> Vector:
        """Return thresholds and coefficients.

        Raises:
            ModelDataError: If a category is empty, or the outcome is foretold (separation).
        """
        return self._fitted(weights).coefficients

    def linearise(self, weights: Vector) -> Linearised:
        """Return thresholds and coefficients; the influence of a row is its score times the inverse information."""
        fit = self._fitted(weights)
        influence = np.zeros((len(weights), len(fit.coefficients)))
        influence[weights > 0] = fit.scores @ fit.covariance
        return Linearised(fit.coefficients, influence)

    def _fitted(self, weights: Vector) -> OrderedFit:
        refuse_missing(self.matrix, weights, self.columns)
        is_in = weights > 0
        own = weights[is_in] / weights[is_in].mean()
        rows = OrderedRows(self.matrix[is_in], np.asarray(self.codes)[is_in], own, link=self.link)
        return fit_ordered(rows, self.terms)
