"""A fit as moderation reads it: its columns at chosen values, the others at their means, as rows of weights.

Put here how a value of a variable becomes weights of the coefficients; what is asked at which values is in the others.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.estimates import Matrix, Vector
from models.regression.columns import Labels, column_of, columns_of, joined_terms
from models.regression.moderation.combinations import Coefficients
from models.regression.moderation.observed import Distribution, Observed
from models.regression.profile import Profile
from models.sections.regressors import Interaction, Surface, Variable, parts_of
from models.spec import RegressionSpec

Columns = Mapping[str, Vector]


@dataclass(frozen=True, eq=False)
class FittedDesign:
    """What was fitted and what came of it.

    Attributes:
        spec: The model, variant applied.
        observed: The n responses used.
        profile: What had to be known of them to lay them out.
        focal: Terms of the focal regressor; none where a variant leaves it out.
        means: Mean of every column of the design, and of their units' means where these have coefficients, by term;
            each response counting once.
        labels: Variable → code → label, for the names of terms.
        terms: Names of the k coefficients; those of the design's columns among them.
        coefficients: k, with their covariance.
    """

    spec: RegressionSpec
    observed: Observed
    profile: Profile
    focal: tuple[str, ...]
    means: Mapping[str, float]
    labels: Labels
    terms: tuple[str, ...]
    coefficients: Coefficients

    def has_terms(self, terms: list[str]) -> bool:
        """Tell whether all terms are among the coefficients."""
        return set(terms) <= set(self.terms)

    def distribution(self, variable: Variable) -> Distribution:
        """Return how a number is distributed over the responses used, in its own unit."""
        return self.observed.distribution(column_of(variable))

    def is_number(self, variable: Variable) -> bool:
        """Tell whether a variable takes more than two values that are numbers."""
        return variable.use != "category" and not self.observed.is_indicator(column_of(variable))

    def is_line(self, variable: Variable) -> bool:
        """Tell whether a variable enters as one column that is a line in it."""
        return variable.use != "category" and variable.polynomial == 1 and variable.spline is None

    def columns_at(self, variable: Variable, values: pd.Series) -> Columns:
        """Return the columns of a variable by term at q values of it in its own unit."""
        rows = pd.DataFrame({column_of(variable): values.to_numpy()})
        found = columns_of(variable, rows, self.labels, self.profile)
        return {term: column.to_numpy(dtype=float) for term, column in found.items()}

    def mean_columns(self, variable: Variable, n: int) -> Columns:
        """Return the columns of a variable by term, n times their means."""
        terms = self.columns_at(variable, pd.Series([self.observed.example(column_of(variable))]))
        return {term: np.full(n, self.means[term]) for term in terms}

    def weights(self, columns: Columns, n: int) -> Matrix:
        """Return n x k weights from columns by term; terms that are no coefficients are left out, others are nought."""
        found = np.zeros((n, len(self.terms)))
        for term, column in columns.items():
            if term in self.terms:
                found[:, self.terms.index(term)] = column
        return found

    def outcome_at(self, fixed: Mapping[Variable, Columns], n: int) -> Matrix:
        """Return n x k weights of the fitted outcome with some variables at given values and all else at its mean.

        A product of a variable that is given takes the mean of its other parts; a surface and any other product its own
        mean.
        """
        columns: dict[str, Vector] = {term: np.full(n, mean) for term, mean in self.means.items()}
        for regressor in self.spec.regressors_as_variables():
            parts = parts_of(regressor)
            if isinstance(regressor, Surface) or not any(part in fixed for part in parts):
                continue
            given = [fixed[part] if part in fixed else self.mean_columns(part, n) for part in parts]
            columns |= joined_terms(given) if isinstance(regressor, Interaction) else given[0]
        return self.weights(columns, n)
