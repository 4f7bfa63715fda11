"""Regressions of any number of responses: few as rows in memory, many in a database that reads them as they lie.

Put here which of the two a model takes; not how either computes.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

import pandas as pd

from models.estimates import Fit
from models.regression.columns import Labels
from models.regression.design import select_rows
from models.regression.fit import apply_variant, fit_regression
from models.regression.in_database.connection import Connection
from models.sections.imputation import imputation_of
from models.spec import RegressionSpec

MANY_RESPONSES = 200_000

Database = Callable[[pd.DataFrame], AbstractContextManager[Connection]]
"""Opens a connection to a database in which some rows are the table ``responses``."""


@dataclass(frozen=True)
class FitTask:
    """What a fit is asked of.

    Attributes:
        spec: The model with its variants.
        labels: Variable → code → label, for the names of terms.
        variant: Name of a variant of the model; ``main`` is the model itself.
        fewest_beyond: How many more responses than coefficients are asked for.
        seed: Of what is drawn.
    """

    spec: RegressionSpec
    labels: Labels
    variant: str = "main"
    fewest_beyond: int = 1
    seed: int = 0


def fit_at_any_size(task: FitTask, analysis: pd.DataFrame, database: Database, many: int = MANY_RESPONSES) -> Fit:
    """Fit a regression to the responses that its specification selects, in a database where they are many.

    Args:
        task: What is asked.
        analysis: ``core.analysis``: one row an analysed response, missing as NA.
        database: Where many responses are computed.
        many: How many complete responses are too many for rows in memory.

    Returns:
        As ``models.regression.fit.fit_regression``. From a database, coefficients, covariance, readings of both,
        slopes, curves and diagnostics of the columns are the same but for rounding; what looks at single responses or
        leaves out clusters is absent (Cook's distance, tests of residuals and form, influence of clusters,
        selection on what was left out, wild bootstrap), and joint tests and slopes with CR2 are those of F and t on the
        least degrees of freedom of a coefficient.

    Raises:
        ModelDataError: If the data cannot carry the model, or it has no such variant.
    """
    spec = apply_variant(task.spec, task.variant)
    is_listwise = imputation_of(spec.missing) is None and not spec.corrected
    is_plain = is_listwise and spec.estimator == "linear" and spec.panel is None and spec.level == "response"
    if is_plain and len(analysis) >= many:
        from models.regression.of_database import can_be_in_database, fit_large  # noqa: PLC0415 - seldom, and slow

        selected = select_rows(spec, analysis)
        if len(selected.rows) >= many and can_be_in_database(spec):
            with database(selected.rows) as connection:
                return fit_large(spec, task.variant, selected, task.labels, task.fewest_beyond, connection)
    return fit_regression(task.spec, analysis, task.labels, task.variant, task.fewest_beyond, task.seed)
