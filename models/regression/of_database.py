"""A linear regression computed in a database, with what is told of it without looking at single responses.

Put here what is told; not how an engine computes (``in_database``) nor which models are computed there (``large``).
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from collections.abc import Iterator

import pandas as pd

from models.estimates import Fit
from models.one_thread import on_one_thread
from models.regression.columns import column_of
from models.regression.diagnostics import judged, of_clusters, of_columns
from models.regression.fit_task import FitTask, StoredResponses
from models.regression.identification import refuse_decided_by_clusters
from models.regression.in_database.connection import frame
from models.regression.in_database.planner import fit_in_database
from models.regression.in_database.query import quoted
from models.regression.in_database.responses import Responses, look_at_responses
from models.regression.inference import Uncertainty
from models.regression.joint_tests import joint_tests, places_of_regressors
from models.regression.moderation.of_fit import products_not_covered, shapes_of
from models.regression.of_columns import ToldOfColumns
from models.regression.reading.of_coefficients import COLUMNS, read_every_term, read_focal_term
from models.sections.inference import Covariance
from models.sections.regressors import focal_variable
from models.spec import RegressionSpec

CORRECTED = ("CR2", "CR3")
NOT_TOLD = (
    "Left out: Cook's distances, tests of residuals and of the form, which look at single responses; influence of "
    "clusters, selection on what was left out and wild bootstrap, which fit again without some."
)
NOT_CORRECTED = (
    "Tests of several coefficients and slopes are on the least degrees of freedom of one: there are too many clusters "
    "to keep what would correct them."
)
NOT_TOLD_WITHIN = "Left out with effects: inflation of variances, the share explained by the effects and their number."


def covariances_needed(spec: RegressionSpec) -> tuple[Covariance, ...]:
    """Return the covariances that are needed: that of the model; of a linear one the classical one for its readings."""
    read: tuple[Covariance, ...] = ("classical",) if spec.estimator == "linear" else ()
    return tuple(dict.fromkeys((spec.covariance_used(), *read)))


def fit_linear(task: FitTask, spec: RegressionSpec, stored: StoredResponses) -> Fit:
    """Fit a linear model of responses in a database and tell what is known of it.

    Args:
        task: What is asked.
        spec: The model, variant applied; one that an engine computes.
        stored: Its responses.

    Returns:
        As ``models.regression.large.fit_stored``.

    Raises:
        ModelDataError: If the data cannot carry the model.
    """
    connection, relation = stored.connection, stored.relation
    kinds = covariances_needed(spec)
    found = fit_in_database(spec, connection, relation, task.labels, kinds, task.fewest_beyond)
    with on_one_thread():
        responses = look_at_responses(spec, connection, relation)
        told = _Told(task, spec, stored, responses, found)
        return told.fit()


class _Told(ToldOfColumns):
    """A linear fit, of which it is told."""

    def fit(self) -> Fit:
        spec, found, used = self.spec, self.found, self.spec.covariance_used()
        refuse_decided(self.responses, self.sure)
        design = self.design()
        readings = [*self._readings(), *products_not_covered(design)]
        places = {term: (place,) for place, term in enumerate(found.terms)}
        kind = "OLS" if spec.weights is None else "WLS"
        return Fit(
            model=spec.name,
            variant=self.task.variant,
            estimator=f"{kind}_within" if spec.effects() else kind,
            covariance=used,
            outcome=spec.outcome,
            n_obs=found.n_obs,
            n_clusters=found.n_clusters if spec.clusters() else None,
            df_resid=found.df_resid,
            r_squared=found.r_squared,
            estimates=found.estimates(used, spec.confidence_level),
            diagnostics=self._diagnostics(),
            readings=pd.DataFrame(readings, columns=list(COLUMNS)),
            shapes=shapes_of(design),
            joint_tests=joint_tests(self.groups, places, found.coefficients, self.sure),
            data=self.one_row.iloc[:0],
            engine=found.engine,
            engine_reason=" ".join(self._reasons()),
        )

    def _reasons(self) -> Iterator[str]:
        """Say why the engine, and what is not told therefore."""
        yield self.found.reason
        yield NOT_TOLD
        if self.spec.effects():
            yield NOT_TOLD_WITHIN
        if self.spec.covariance_used() in CORRECTED and self.sure.corrected is None:
            yield NOT_CORRECTED

    def _readings(self) -> Iterator[tuple[str, str, float, float, float, str]]:
        read = self.read(self.found.uncertainties["classical"].errors)
        yield from read_every_term(read)
        for place, term in enumerate(read.terms):
            if term in self.focal:
                yield from read_focal_term(read, place, self.spec.smallest_effect_of_interest)

    def _diagnostics(self) -> pd.DataFrame:
        """Return the diagnostics that ``models.regression.diagnostics.diagnose`` has of columns, clusters, counts."""
        spec, found, columns = self.spec, self.found, self.columns
        values = {"max_leverage": columns.max_leverage}
        regressors = places_of_regressors(self.groups, found.terms)
        values |= {} if spec.effects() else of_columns(columns.triangle, found.terms, regressors)
        values["n_parameters"] = float(found.n_obs) - found.df_resid
        if columns.least_category is not None:
            values["least_category_n"] = float(columns.least_category)
        values |= of_clusters(self.sure)
        if spec.effects():
            values |= {"r2_within": found.r_squared, "n_alone": float(self.stored.n_alone)}
        values["share_of_responses_used"] = self.share_used
        return judged(values)


def refuse_decided(responses: Responses, sure: Uncertainty) -> None:
    """Raise ModelDataError as ``refuse_decided_by_clusters``, asking for values only where clusters are that few."""
    if sure.n_clusters is None or sure.n_decided is None or sure.n_decided < sure.n_clusters:
        return
    (cluster,), focal = responses.spec.clusters(), column_of(focal_variable(responses.spec.focal))
    listed = ", ".join(quoted(column) for column in dict.fromkeys((cluster, focal)))
    asked = f"SELECT DISTINCT {listed} FROM responses LIMIT {sure.n_clusters + 1}"  # noqa: S608 - quoted
    values = frame(responses.connection, responses.query.then(asked))
    refuse_decided_by_clusters(values[focal], values[[cluster]], sure.n_clusters, sure.n_decided)
