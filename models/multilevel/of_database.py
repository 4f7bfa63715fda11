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
from models.multilevel.identified import refuse_variances_unseen
from models.multilevel.mixed_model import MixedEstimates, MixedModel, fit_problem
from models.multilevel.of_model import EstimatedMixed, approximated, mixed_joint_tests
from models.multilevel.random_terms import refuse_few_groups
from models.multilevel.readings import read_in_groups
from models.multilevel.summed_rows import SummedRows, factor_in_groups, sum_rows
from models.multilevel.variance_ratio import best_ratio
from models.one_thread import on_one_thread
from models.regression.columns import Labels
from models.regression.diagnostics import judged, of_clusters, of_columns
from models.regression.fit_task import FitTask, StoredResponses
from models.regression.in_database.grouped import refused_as_looked_at
from models.regression.in_database.overview import look_over
from models.regression.in_database.responses import Selected, look_at_responses, select_responses
from models.regression.in_database.result import TableFit
from models.regression.in_database.streamed import Rows, refuse_unfit
from models.regression.joint_tests import places_of_regressors
from models.regression.moderation.of_fit import products_not_covered, shapes_of
from models.regression.of_columns import ToldOfColumns
from models.regression.profile import Profile
from models.regression.reading.of_coefficients import COLUMNS
from models.spec import RegressionSpec


@dataclass(frozen=True, eq=False)
class SummedIntercept:
    """A random intercept at the best variance ratio, and the sums that it was found from.

    Attributes:
        summed: The responses as groups add up.
        model: The model at the ratio.
    """

    summed: SummedRows
    model: MixedEstimates


def estimate_random_intercept(selected: Selected, labels: Labels, fewest_beyond: int = 1) -> SummedIntercept:
    """Estimate a linear model with a random intercept of one kind of groups, in one reading of the rows.

    Rows are read again where cross-products would not be exact.

    Args:
        selected: Responses of a mixed model; ``models.regression.in_database.planner.needs_rows`` has no reason
            against it.
        labels: Variable → code → label, for the names of terms.
        fewest_beyond: How many more responses than coefficients are asked for.

    Raises:
        ModelDataError: If the data cannot carry the model.
    """
    spec = selected.spec
    (group,) = spec.random_groups()
    rows = Rows(selected, _profile(selected), labels, group)
    blocks = refused_as_looked_at(rows.blocks(with_groups=True), selected)
    factored, moments = factor_in_groups(blocks)
    refuse_unfit(rows, factored, fewest_beyond)
    refuse_few_groups(group, moments.n_groups, 1, factored.n_obs)
    summed = sum_rows(blocks, factored, moments)
    problem = summed.problem(rows.terms, group, range(moments.n_groups), spec.likelihood or "REML")
    refuse_variances_unseen(problem)
    ratio = best_ratio(summed.moments, problem.method)
    return SummedIntercept(summed, MixedEstimates(problem, problem.solve(np.array([ratio**0.5]))))


def _profile(selected: Selected) -> Profile:
    """Return what must be known of all rows to lay them out; of plain numbers nothing, which saves a look."""
    if all(each.is_plain for each in selected.spec.variables()):
        return Profile(n_rows=0)
    return look_over(look_at_responses(selected.spec, selected.connection, selected.relation))


def fit_random_intercept(task: FitTask, spec: RegressionSpec, stored: StoredResponses) -> Fit:
    """Fit as ``estimate_random_intercept``, look at the optimum, and tell all that is told of rows in memory.

    Args:
        task: What is asked.
        spec: The model, variant applied.
        stored: Its responses.

    Returns:
        As ``models.regression.large.fit_stored``.

    Raises:
        ModelDataError: If the data cannot carry the model.
    """
    selected = select_responses(spec, stored.connection, stored.relation)
    with on_one_thread():
        found = estimate_random_intercept(selected, task.labels, task.fewest_beyond)
        problem = found.model.problem
        model = fit_problem(problem, found.summed.criteria, found.model.solved.theta)
        explained = _explained(model)
        uncertainty, approximation = approximated(spec, model)
        estimated = EstimatedMixed(model, uncertainty, approximation, explained.marginal_r2, pd.DataFrame())
        responses = look_at_responses(spec, stored.connection, stored.relation)
        return _Told(task, spec, stored, responses, _table_fit(estimated), estimated, explained).fit()


def _table_fit(estimated: EstimatedMixed) -> TableFit:
    model = estimated.model
    ((group, n_groups),) = model.n_groups.items()
    return TableFit(
        engine="blocks",
        reason=f"{model.n_obs:,} responses have a random intercept of {group}; they are summed by its {n_groups:,} "
        "groups.",
        terms=model.terms,
        coefficients=model.coefficients,
        n_obs=model.n_obs,
        n_clusters=estimated.uncertainty.n_clusters,
        r_squared=estimated.r_squared,
        df_resid=float(model.n_obs - len(model.terms)),
        uncertainties={"classical": estimated.uncertainty},
    )


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
