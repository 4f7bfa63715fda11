"""Which scores of many responses a model uses, as the conditions on scores look at them, without the responses."""

from pathlib import Path

import pandas as pd

from models.regression.in_database.connection import Connection, Query, frame
from models.regression.in_database.query import quoted
from models.spec import RegressionSpec
from pipelines.load import Study
from pipelines.steps.measurement_uses import MET, conditions
from pipelines.store import Store
from pipelines.store.many_rows import from_the_warehouse, named_in_warehouse
from pipelines.store.slices import literal
from pipelines.tables import core
from pipelines.tables.measurement import GATES
from pipelines.tables.relations import DYADS

ORGANISATION = "organisation_id"
ABOUT = ("wave", "respondent_group", ORGANISATION)


def scores_in_use(study: Study, store: Store, connection: Connection, used: Path) -> tuple[pd.DataFrame, pd.Series]:
    """Return the different responses as the conditions on scores look at them, and which of them a model uses.

    A score is 1 where a response has one: conditions ask which groups have scores, and there are few groups.

    Args:
        study: The study.
        store: Its warehouse.
        connection: To ``core.analysis`` under the name of ``analysis``.
        used: Parquet file of the rows that the model uses.
    """
    gates, known = store.read(GATES), core.analysis(study).columns
    about = [each for each in dict.fromkeys([*ABOUT, *map(str, gates["over"].unique())]) if each in known]
    scores = [each for each in dict.fromkeys(map(str, gates["scale"].unique())) if each in known]
    listed = [f"a.{quoted(name)}" for name in about]
    listed += [f"CASE WHEN a.{quoted(name)} IS NOT NULL THEN 1.0 END AS {quoted(name)}" for name in scores]
    rows = frame(
        connection,
        Query(
            f"SELECT DISTINCT {', '.join(listed)}, u.response_id IS NOT NULL AS is_used FROM analysis AS a "  # noqa: S608 - quoted
            f"LEFT JOIN read_parquet({literal(str(used))}) AS u ON u.response_id = a.response_id"
        ),
    )
    return rows.drop(columns="is_used"), rows["is_used"].astype(bool)


def conditions_missed(study: Study, store: Store, model: RegressionSpec, used: Path) -> pd.DataFrame:
    """Return the conditions on its scores that a fit to many responses does not meet: rows of ``out.gates``.

    Args:
        study: The study.
        store: Its warehouse.
        model: The model as fitted.
        used: Parquet file of the rows that it used.
    """
    question = f"SELECT * FROM {named_in_warehouse(core.analysis(study))}"  # noqa: S608 - quoted
    with from_the_warehouse(store, question) as connection:
        rows, is_used = scores_in_use(study, store, connection, used)
    found = conditions(store.read(GATES), study.measurement, model, rows, is_used, DYADS.empty())
    return found[found["verdict"] != MET]
