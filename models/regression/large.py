"""Regressions of any number of responses: few as rows in memory, many in a database that reads them as they lie.

Put here which of the two a model takes; not how either computes.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace

import pandas as pd

from models.estimates import Fit
from models.regression.design import SelectedRows, select_rows
from models.regression.fit import apply_variant, fit_regression
from models.regression.fit_task import FitTask, StoredResponses
from models.regression.in_database.connection import Connection
from models.sections.imputation import imputation_of
from models.sections.nonresponse import nonresponse_of
from models.spec import RegressionSpec

MANY_RESPONSES = 200_000
BINARY = ("logit", "probit")
FEW = ""

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
        As ``models.regression.fit.fit_regression``, where many responses come into memory with the reason, or as
        ``fit_stored``.

    Raises:
        ModelDataError: If the data cannot carry the model, or it has no such variant.
    """
    spec = apply_variant(task.spec, task.variant)
    reason = why_in_memory(spec) if len(analysis) >= many else FEW
    if reason is None:
        selected = select_rows(spec, analysis)
        if len(selected.rows) >= many:
            with database(selected.rows) as connection:
                found = fit_stored(task, _stored(connection, selected))
            if found is not None:
                return replace(found, data=selected.data)
            reason = f"Patterns of regressors are too many to be counted; {spec.estimator} has no other engine."
    fit = fit_regression(task.spec, analysis, task.labels, task.variant, task.fewest_beyond, task.seed)
    return replace(fit, engine_reason=reason) if reason and len(fit.data) >= many else fit


def why_in_memory(spec: RegressionSpec) -> str | None:
    """Say in a sentence why no engine computes a model from responses in a database; None where one may.

    Args:
        spec: The model, variant applied.
    """
    is_asked = {
        "Imputed values": imputation_of(spec.missing) is not None,
        "Weights of response and selection": nonresponse_of(spec.missing) is not None,
        "Panels": spec.panel is not None,
        "Rows of organisations": spec.level != "response",
        "Corrected means of organisations": bool(spec.corrected),
        "Scales without some items": bool(spec.without_items),
        "Answers of the other member of a dyad": spec.dyads is not None,
        "Variables of an earlier wave": any(each.earlier_wave for each in spec.variables()),
        f"Bootstrap intervals of a {spec.estimator}": spec.estimator in BINARY and bool(spec.bootstrap_draws),
    }
    reasons = [f"{name} are computed from rows only." for name, is_so in is_asked.items() if is_so]
    if reasons:
        return reasons[0]
    from models.regression.in_database.planner import needs_rows  # noqa: PLC0415 - seldom, and slow
    from models.regression.of_database import covariances_needed  # noqa: PLC0415

    return needs_rows(spec, covariances_needed(spec))


def fit_stored(task: FitTask, stored: StoredResponses) -> Fit | None:
    """Fit a regression to many complete responses in a database; memory does not grow with them.

    Args:
        task: What is asked, of a model that nothing keeps in memory (``why_in_memory``).
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
    if spec.estimator == "mixed":
        from models.multilevel.of_database import fit_random_intercept  # noqa: PLC0415

        return fit_random_intercept(task, spec, stored)
    return fit_binary_outcome(task, spec, stored) if spec.estimator in BINARY else fit_linear(task, spec, stored)


def _stored(connection: Connection, selected: SelectedRows) -> StoredResponses:
    return StoredResponses(connection, ("responses",), selected.n_in_population, selected.n_alone)
