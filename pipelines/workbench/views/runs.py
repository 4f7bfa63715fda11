"""The history of runs: when each ran, who or what started it, and which figures it changed."""

import pandas as pd
import streamlit as st

from pipelines.tables.pulling import FAILED_PULLS, PULLS
from pipelines.tables.runs import MEASURES, RUN_CHANGES, RUNS
from pipelines.workbench.opening import Bench
from pipelines.workbench.page import choose, meanings_of, show_rows

SHOWN = ["ended_at", "started_by", "n_failed_steps", "n_changes", "run_id"]
TITLES = {
    "rows": "Rows of tables",
    "response_rate": "Response rates (AAPOR 2)",
    "alpha": "Alphas",
    "coefficient": "Coefficients of declared models",
}


def show(bench: Bench) -> None:
    """Show the page."""
    st.title("Runs", anchor=False)
    runs = bench.store.read(RUNS).sort_values("ended_at", ascending=False)
    show_rows(
        "History of runs", runs[SHOWN], meanings_of(RUNS), "Newest first; runs that had nothing to do are left out."
    )
    pulls = pulls_of(bench.store.read(PULLS), bench.store.read(FAILED_PULLS))
    if not pulls.empty:
        show_rows("Pulls from platforms", pulls, {**meanings_of(PULLS), **meanings_of(FAILED_PULLS)}, "Newest first.")
    if runs.empty:
        return
    run_id = choose("run", "What changed in the run", list(runs["run_id"]))
    changes = bench.store.read(RUN_CHANGES)
    of_run = changes[changes["run_id"] == run_id]
    for measure in MEASURES:
        rows = of_run[of_run["measure"] == measure]
        if not rows.empty:
            show_rows(TITLES[measure], changed_rows(rows), meanings_of(RUN_CHANGES))
    if of_run.empty:
        st.caption("The run changed none of the figures that are compared.")


def pulls_of(good: pd.DataFrame, failed: pd.DataFrame) -> pd.DataFrame:
    """Return pulls as they are shown, newest first: those that went well and, with what stood in their way, others."""
    every = pd.concat([good, failed.rename(columns={"tried_at": "pulled_at"})], ignore_index=True)
    shown = every.reindex(columns=["pulled_at", "source", "n_new", "n_changed", "n_deleted", "n_erased", "fault"])
    return shown.sort_values("pulled_at", ascending=False, kind="stable").reset_index(drop=True)


def changed_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """Return changes as they are shown, with the difference, largest first; what is new or gone stands at the end."""
    shown = rows[["about", "before", "now"]].assign(difference=rows["now"] - rows["before"])
    order = shown["difference"].abs().sort_values(ascending=False, na_position="last", kind="stable").index
    return shown.loc[order]
