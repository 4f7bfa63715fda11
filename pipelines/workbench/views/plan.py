"""The page of the analysis plan: what was locked and amended, what changed since, whether the record is as written."""

import pandas as pd
import streamlit as st

from pipelines.commands.plan_status import had_arrived, plan_status
from pipelines.tables.plan import PLAN
from pipelines.workbench.opening import Bench
from pipelines.workbench.page import meanings_of, show_rows, show_text

SHOWN = ("entry", "kind", "locked_at", "locked_by", "plan_hash", "arrived", "models", "reason", "software")


def show(bench: Bench) -> None:
    """Show the page; nothing is written, not even a document that is missing."""
    st.title("Plan", anchor=False)
    found = plan_status(bench.study, mends=False)
    for fault in found.faults:
        st.error("The record of the plan is not as it was written:")
        show_text(fault)
    for note in found.notes:
        show_text(note)
    entries = [
        {**each, "models": ", ".join(each["models"]), "arrived": had_arrived(each["arrived"])} for each in found.entries
    ]
    held = meanings_of(PLAN) | {"arrived": "Data that were here at that moment", "models": "Models it fixes"}
    show_rows("Lock and amendments", pd.DataFrame(entries, columns=list(SHOWN)), held)
    amended = [
        {"entry": each["entry"], "model": model, **change}
        for each in found.entries
        for model, changes in each["changes"].items()
        for change in changes
    ]
    show_rows("What amendments changed", pd.DataFrame(amended))
    since = [{"model": model, **change} for model, changes in found.changes.items() for change in changes]
    note = "Models that are not as the last entry says; their fits are exploratory until the plan is amended."
    show_rows("Deviations from the plan", pd.DataFrame(since), note=note)
    waves = [{"wave": wave, **each} for wave, each in found.waves.items()]
    show_rows("Data that have arrived", pd.DataFrame(waves))
    show_text("Change it: sensemaking plan lock STUDY, sensemaking plan amend STUDY --reason TEXT")
