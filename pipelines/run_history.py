"""The history of runs in the warehouse: a row a run, and which figures it changed. Written under the run lock."""

import datetime as dt
from dataclasses import dataclass

import pandas as pd

from pipelines.steps.run_changes import changes_of_run, figures_now
from pipelines.store import Store, Write
from pipelines.tables import out
from pipelines.tables.runs import RUN_CHANGES, RUNS


@dataclass(frozen=True)
class RunRecord:
    """A run that ended.

    Attributes:
        run_id: Dagster's id.
        started_by: Who or what started it.
        began_at: When it began, with time zone.
        ended_at: When it ended, with time zone.
        n_failed_steps: Steps that failed.
    """

    run_id: str
    started_by: str
    began_at: dt.datetime
    ended_at: dt.datetime
    n_failed_steps: int


def record_run(store: Store, run: RunRecord) -> pd.DataFrame:
    """Add a run to the history of a study.

    Args:
        store: Its warehouse, as the run left it.
        run: The run.

    Returns:
        Rows of ``core.run_changes`` of this run.
    """
    n_rows = {key: int(origin["n_rows"]) for key, origin in store.provenance().items()}
    tables = (out.RESPONSE_RATES, out.RELIABILITY, out.FITS, out.ESTIMATES)
    now = figures_now(n_rows, *(store.read(table) for table in tables))
    runs, earlier = store.read(RUNS), store.read(RUN_CHANGES)
    changed = changes_of_run(_in_order(earlier, runs), now, run.run_id)
    row = RUNS.typed(pd.DataFrame([{**vars(run), "n_changes": len(changed)}]))
    store.write(
        [
            Write(RUNS, pd.concat([runs, row], ignore_index=True)),
            Write(RUN_CHANGES, pd.concat([earlier, changed], ignore_index=True)),
        ],
        input_hash=run.run_id,
        run_id=run.run_id,
    )
    return changed


def _in_order(changes: pd.DataFrame, runs: pd.DataFrame) -> pd.DataFrame:
    """Sort changes by when their runs ended, oldest first."""
    timed = changes.merge(runs[["run_id", "ended_at"]], on="run_id", how="left")
    return timed.sort_values("ended_at", kind="stable").drop(columns="ended_at")
