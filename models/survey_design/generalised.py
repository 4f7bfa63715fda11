"""Linear, logit and Poisson regression of a survey design: weighted estimating equations."""

# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from models.estimates import Matrix, Vector
from models.regression.categorical.binary import fit_binary
from models.regression.categorical.counts import fit_poisson
from models.regression.categorical.generalised import GeneralisedFit, observed
from models.regression.identification import refuse_unidentified
from models.regression.least_squares import LeastSquares, solve_least_squares
from models.survey_design.estimated import Linearised, refuse_missing

Kind = Literal["linear", "logit", "poisson"]


@dataclass(frozen=True, eq=False)
class Regression:
    """A regression whose coefficients solve sum of w x (y - m(x'b)) = 0.

    Attributes:
        kind: m: x'b itself, 1 / (1 + exp(-x'b)) or exp(x'b).
        terms: Names of k coefficients, the intercept first.
        matrix: n x k.
        outcome: n values: numbers, 0 and 1, or counts.

    References:
        Binder (1983), International Statistical Review 51(3), 279-292. R: ``survey::svyglm`` with ``gaussian``,
        ``quasibinomial`` or ``quasipoisson``, converged; t on ``degf(design) + 1 - k``.
    """

    kind: Kind
    terms: tuple[str, ...]
    matrix: Matrix
    outcome: Vector

    @property
    def n_beyond(self) -> int:
        """Coefficients less one."""
        return len(self.terms) - 1

    def estimate(self, weights: Vector) -> Vector:
        """Return k coefficients.

        Raises:
            ModelDataError: If they cannot be told apart, the outcome does not vary or is foretold (separation).
        """
        return self._solved(weights).coefficients

    def linearise(self, weights: Vector) -> Linearised:
        """Return k coefficients; the influence of a row is its score times the inverse information."""
        found = self._solved(weights)
        influence = np.zeros(self.matrix.shape)
        influence[weights > 0] = found.rows * found.residuals[:, None] @ found.bread
        return Linearised(found.coefficients, influence)

    def _solved(self, weights: Vector) -> LeastSquares:
        """Return the (working) least squares problem of the rows that count, weights of mean 1."""
        refuse_missing(np.column_stack([self.outcome, self.matrix]), weights, ("outcome", *self.terms))
        is_in = weights > 0
        own = weights[is_in] / weights[is_in].mean()
        matrix, outcome = self.matrix[is_in], self.outcome[is_in].astype(float)
        refuse_unidentified(
            pd.Series(outcome, name="outcome"), pd.DataFrame(matrix, columns=list(self.terms)), pd.DataFrame()
        )
        if self.kind == "linear":
            return solve_least_squares(matrix, outcome, own)
        return self._fitted(matrix, outcome, own).working

    def _fitted(self, matrix: Matrix, outcome: Vector, weights: Vector) -> GeneralisedFit:
        rows = observed(matrix, outcome, weights)
        return fit_binary(rows, self.terms) if self.kind == "logit" else fit_poisson(rows, self.terms)
