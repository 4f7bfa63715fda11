"""A random intercept of responses in a database, computed from what groups add up to, with what is told of it.

Put here what is told; not how rows are summed up (``summed_rows``) nor which models are computed there
(``models.regression.large``).
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.estimates import Fit
from models.multilevel.diagnostics import values_of_model
from models.multilevel.explained import Explained
from models.multilevel.mixed_model import MixedModel, fit_problem
from models.multilevel.of_model import EstimatedMixed, approximated, mixed_joint_tests
from models.multilevel.random_terms import refuse_few_groups
from models.multilevel.readings import read_in_groups
from models.multilevel.summed_rows import sum_rows
from models.one_thread import on_one_thread
from models.regression.diagnostics import judged, of_clusters, of_columns
from models.regression.fit_task import FitTask, StoredResponses
from models.regression.in_database.blocks import factor
from models.regression.in_database.connection import row
from models.regression.in_database.overview import look_over
from models.regression.in_database.query import quoted
from models.regression.in_database.responses import Responses, look_at_responses
from models.regression.in_database.result import TableFit
from models.regression.in_database.streamed import Rows, refuse_unfit
from models.regression.joint_tests import places_of_regressors
from models.regression.moderation.of_fit import products_not_covered, shapes_of
from models.regression.of_columns import ToldOfColumns
from models.regression.reading.of_coefficients import COLUMNS
from models.spec import RegressionSpec


def fit_random_intercept(task: FitTask, spec: RegressionSpec, stored: StoredResponses) -> Fit:
    """Fit a linear model with a random intercept of one kind of groups, and tell all that is told of rows in memory.

    Args:
        task: What is asked.
        spec: The model, variant applied; ``models.regression.in_database.planner.needs_rows`` has no reason against it.
        stored: Its responses.

    Returns:
        As ``models.regression.large.fit_stored``.

    Raises:
        ModelDataError: If the data cannot carry the model.
    """
    responses = look_at_responses(spec, stored.connection, stored.relation)
    with on_one_thread():
        model = _fitted(task, spec, responses)
        explained = _explained(model)
        uncertainty, approximation = approximated(spec, model)
        (group,) = spec.random_groups()
        n, n_groups = model.n_obs, model.n_groups[group]
        found = TableFit(
            engine="blocks",
            reason=f"{n:,} responses have a random intercept of {group}; they are summed by its {n_groups:,} groups.",
            terms=model.terms,
            coefficients=model.coefficients,
            n_obs=n,
            n_clusters=uncertainty.n_clusters,
            r_squared=explained.marginal_r2,
            df_resid=float(n - len(model.terms)),
            uncertainties={"classical": uncertainty},
        )
        estimated = EstimatedMixed(model, uncertainty, approximation, explained.marginal_r2, pd.DataFrame())
        return _Told(task, spec, stored, responses, found, estimated, explained).fit()


def _fitted(task: FitTask, spec: RegressionSpec, responses: Responses) -> MixedModel:
    """Read the responses three times: for the triangle, for the sums of groups, and for the second engine."""
    (group,) = spec.random_groups()
    counted = responses.query.then(f"SELECT count(DISTINCT {quoted(group)}) FROM responses")  # noqa: S608 - quoted
    (n_groups,) = row(responses.connection, counted)
    rows = Rows(responses, look_over(responses), task.labels, group)
    factored = factor(rows.blocks())
    refuse_unfit(rows, factored, task.fewest_beyond)
    refuse_few_groups(group, n_groups, 1, factored.n_obs)
    summed = sum_rows(rows.blocks(with_groups=True), factored)
    problem = summed.problem(rows.terms, group, range(n_groups), spec.likelihood or "REML")
    return fit_problem(problem, summed.criteria)


def _explained(model: MixedModel) -> Explained:
    """Divide the variance as ``explained_variance``: of Xb from the triangle, whose first row is of the intercept."""
    ((group, covariance),) = model.group_covariances.items()
    shares = model.problem.triangle @ model.coefficients
    fixed = float(shares[1:] @ shares[1:]) / (model.n_obs - 1)
    random = float(covariance[0, 0])
    return Explained(fixed, random, {group: random}, model.sigma2)


@dataclass(frozen=True, eq=False)
class _Told(ToldOfColumns):
    """A random intercept, of which it is told."""

    estimated: EstimatedMixed
    explained: Explained

    def fit(self) -> Fit:
        spec, found = self.spec, self.found
        design = self.design()
        readings = read_in_groups(self.read(None), self.focal, spec.smallest_effect_of_interest)
        uncovered = pd.DataFrame(products_not_covered(design), columns=list(COLUMNS))
        return Fit(
            model=spec.name,
            variant=self.task.variant,
            estimator=spec.estimator,
            covariance=spec.covariance_used(),
            outcome=spec.outcome,
            n_obs=found.n_obs,
            n_clusters=found.n_clusters,
            df_resid=found.df_resid,
            r_squared=found.r_squared,
            estimates=found.estimates(spec.covariance_used(), spec.confidence_level),
            diagnostics=self._diagnostics(),
            readings=readings if uncovered.empty else pd.concat([readings, uncovered], ignore_index=True),
            shapes=shapes_of(design),
            joint_tests=mixed_joint_tests(self.estimated, self.groups),
            data=self.one_row.iloc[:0],
            engine=found.engine,
            engine_reason=found.reason,
        )

    def _diagnostics(self) -> pd.DataFrame:
        """Return the diagnostics of ``diagnose_mixed``."""
        found, columns, model = self.found, self.columns, self.estimated.model
        regressors = places_of_regressors(self.groups, found.terms)
        values = {
            **values_of_model(model, self.explained),
            "max_leverage": columns.max_leverage,
            **of_columns(np.asarray(columns.triangle), model.terms, regressors),
            "n_parameters": float(model.n_parameters),
            **({} if columns.least_category is None else {"least_category_n": float(columns.least_category)}),
            **of_clusters(self.sure),
            "share_of_responses_used": self.share_used,
        }
        return judged(values)
