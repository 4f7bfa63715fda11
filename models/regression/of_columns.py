"""What is told of a fit in a database by its columns, whatever computed it: names, readings, slopes.

Put here what linear models in a database share; not what one of them tells alone (``of_database``, and of responses in
groups ``models.multilevel.of_database``).
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from models.estimates import Vector
from models.regression.fit_task import FitTask, StoredResponses
from models.regression.focal_columns import focal_terms, followed_terms
from models.regression.in_database.column_facts import ColumnFacts, column_facts
from models.regression.in_database.connection import frame
from models.regression.in_database.observed_values import ObservedInDatabase
from models.regression.in_database.overview import look_over
from models.regression.in_database.responses import Responses
from models.regression.in_database.result import TableFit
from models.regression.inference import Uncertainty
from models.regression.joint_tests import regressor_groups
from models.regression.moderation.combinations import Coefficients
from models.regression.moderation.fitted import FittedDesign
from models.regression.profile import Profile
from models.regression.reading.of_coefficients import ReadCoefficients
from models.spec import RegressionSpec


@dataclass(frozen=True, eq=False)
class ToldOfColumns:
    """A fit and the responses that were used, of which it is told.

    Attributes:
        task: What was asked.
        spec: The model, variant applied.
        stored: Its responses.
        responses: What a look at them told.
        found: What the engine came to.
    """

    task: FitTask
    spec: RegressionSpec
    stored: StoredResponses
    responses: Responses
    found: TableFit

    @cached_property
    def profile(self) -> Profile:
        """What had to be known of all responses to lay them out."""
        return look_over(self.responses)

    @cached_property
    def columns(self) -> ColumnFacts:
        """What the columns add up to."""
        return column_facts(self.responses, self.task.labels, self.profile, self.found.factored)

    @cached_property
    def one_row(self) -> pd.DataFrame:
        """One response, for the kinds of its columns."""
        return frame(self.responses.connection, self.responses.query.then("SELECT * FROM responses LIMIT 1"))

    @cached_property
    def focal(self) -> tuple[str, ...]:
        """Terms of the focal regressor."""
        return focal_terms(self.spec, self.one_row, self.task.labels, self.profile)

    @cached_property
    def groups(self) -> dict[str, tuple[str, ...]]:
        """Regressor → its terms, all regressors last."""
        return regressor_groups(self.spec, self.one_row, self.profile, self.task.labels, self.found.terms)

    @property
    def sure(self) -> Uncertainty:
        """How sure coefficients are by the covariance of the model."""
        return self.found.uncertainties[self.spec.covariance_used()]

    @property
    def share_used(self) -> float:
        """Responses used over those of the population."""
        return self.found.n_obs / self.stored.n_in_population

    def design(self) -> FittedDesign:
        """Return the fit as slopes and curves read it."""
        found, sure = self.found, self.sure
        combined = Coefficients(found.coefficients, sure.covariance, float(sure.df.min()), sure.corrected)
        means = dict(zip(self.columns.terms, self.columns.means.tolist(), strict=True))
        observed = ObservedInDatabase(self.responses, found.n_obs)
        followed = followed_terms(self.spec, self.one_row, self.task.labels, self.profile)
        return FittedDesign(self.spec, observed, self.profile, followed, means, self.task.labels, found.terms, combined)

    def read(self, classical_errors: Vector | None) -> ReadCoefficients:
        """Return the coefficients as they are read, with classical standard errors where there are any."""
        found, columns = self.found, self.columns
        places = [columns.terms.index(term) for term in found.terms]
        return ReadCoefficients(
            terms=found.terms,
            values=found.coefficients,
            classical_errors=classical_errors,
            standardised=found.coefficients * columns.standardising[places],
            outcome_spread=columns.outcome_spread,
            df_resid=int(found.df_resid),
            uncertainty=self.sure,
            confidence_level=self.spec.confidence_level,
        )
