"""Regressions of any number of responses: few as rows in memory, many in a database that reads them as they lie.

Put here which of the two a model takes; not how either computes.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace

import pandas as pd

from models.estimates import Fit
from models.regression.comparing.asked import needs_rows_beside
from models.regression.design import SelectedRows, select_rows
from models.regression.fit import apply_variant, fit_regression
from models.regression.fit_task import FitTask, StoredResponses
from models.regression.in_database.connection import Connection
from models.sections.imputation import imputation_of
from models.spec import RegressionSpec

MANY_RESPONSES = 200_000
BINARY = ("logit", "probit")

Database = Callable[[pd.DataFrame], AbstractContextManager[Connection]]
"""Opens a connection to a database in which some rows are the table ``responses``."""


def fit_at_any_size(task: FitTask, analysis: pd.DataFrame, database: Database, many: int = MANY_RESPONSES) -> Fit:
    """Fit a regression to the responses that its specification selects, in a database where they are many.

    Args:
        task: What is asked.
        analysis: ``core.analysis``: one row an analysed response, missing as NA.
        database: Where many responses are computed.
        many: How many complete responses are too many for rows in memory.

    Returns:
        As ``models.regression.fit.fit_regression``, or as ``fit_stored``.

    Raises:
        ModelDataError: If the data cannot carry the model, or it has no such variant.
    """
    spec = apply_variant(task.spec, task.variant)
    if len(analysis) >= many and may_be_stored(spec):
        selected = select_rows(spec, analysis)
        if len(selected.rows) >= many:
            with database(selected.rows) as connection:
                found = fit_stored(task, _stored(connection, selected))
            if found is not None:
                return replace(found, data=selected.data)
    return fit_regression(task.spec, analysis, task.labels, task.variant, task.fewest_beyond, task.seed)


def may_be_stored(spec: RegressionSpec) -> bool:
    """Tell whether an engine may compute a model from responses in a database, as far as its specification tells.

    Args:
        spec: The model, variant applied.
    """
    if imputation_of(spec.missing) is not None or spec.panel is not None or spec.level != "response":
        return False
    if needs_rows_beside(spec) or spec.corrected or spec.without_items:
        return False
    if spec.dyads is not None or any(each.earlier_wave for each in spec.variables()):
        return False
    if spec.estimator not in ("linear", *BINARY) or (spec.estimator in BINARY and spec.bootstrap_draws):
        return False
    from models.regression.in_database.planner import needs_rows  # noqa: PLC0415 - seldom, and slow
    from models.regression.of_database import covariances_needed  # noqa: PLC0415

    return needs_rows(spec, covariances_needed(spec)) is None


def fit_stored(task: FitTask, stored: StoredResponses) -> Fit | None:
    """Fit a regression to many complete responses in a database; memory does not grow with them.

    Args:
        task: What is asked, of a model that ``may_be_stored``.
        stored: The responses.

    Returns:
        Without a row of ``data``, which the caller has. Coefficients, covariance, readings of both, joint tests,
        slopes, curves and diagnostics of the columns are those of ``models.regression.fit.fit_regression`` but for
        rounding. What looks at single responses or leaves out clusters is absent, and ``engine_reason`` says so:
        Cook's distance, tests of residuals and form, influence of clusters, selection on what was left out, wild
        bootstrap, bootstrap intervals of a logit or probit. None where no engine computes these responses: regressors
        of a logit or probit take too many different values together.

    Raises:
        ModelDataError: If the data cannot carry the model.
    """
    from models.regression.of_database import fit_linear  # noqa: PLC0415 - seldom, and slow
    from models.regression.of_patterns import fit_binary_outcome  # noqa: PLC0415

    spec = apply_variant(task.spec, task.variant)
    return fit_binary_outcome(task, spec, stored) if spec.estimator in BINARY else fit_linear(task, spec, stored)


def _stored(connection: Connection, selected: SelectedRows) -> StoredResponses:
    return StoredResponses(connection, ("responses",), selected.n_in_population, selected.n_alone)
