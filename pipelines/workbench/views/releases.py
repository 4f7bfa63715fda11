"""The release desk: what was published under which policy, and what the next release would hide and why.

Nothing is signed off here: who answers for a release says so at the command line.
"""

import json
from dataclasses import asdict

import pandas as pd
import streamlit as st

from pipelines.commands.shown import preview_current
from pipelines.commands.shown_releases import log_document
from pipelines.release_draft import Draft
from pipelines.steps.lattice.policy import Policy
from pipelines.tables.releases import RELEASES
from pipelines.workbench.opening import Bench
from pipelines.workbench.page import meanings_of, show_rows, show_text

SHOWN = ("release", "file", "published_at", "signed_off_by", "policy_sha256", "n_hidden", "status", "superseded_by",
         "supersedes", "embargo_until", "withdrawn_at", "withdrawn_by", "withdrawn_because")  # fmt: skip
WHAT_IT_ASKS = {
    "least_cell_size": "Fewest people behind a shown figure, and behind what is left of one",
    "least_organisations": "Fewest organisations behind a figure of more than one",
    "least_hidden_units": "Fewest hidden units that may be told apart from the others",
    "least_differing": "Fewest people behind a shown figure whose score is not the one that most of them have",
    "least_width": "Width of the interval of a hidden mean, points of the scale",
    "least_share_width": "Width of the interval of a hidden share, 0 to 1",
}


def show(bench: Bench) -> None:
    """Show the page."""
    st.title("Releases", anchor=False)
    log = log_document(bench.study)["releases"]
    held = meanings_of(RELEASES) | {
        "n_hidden": "Withheld cells, all tables",
        "status": "What has become of it by today",
    }
    show_rows("Published", pd.DataFrame(log, columns=list(SHOWN)), held)
    hidden = [
        {"release": each["release"], "table": table, "hidden_cells": n}
        for each in log
        for table, n in (each["hidden_cells"] or {}).items()
    ]
    show_rows("Withheld cells of every release", pd.DataFrame(hidden))
    _show_policies(bench)
    st.subheader("The next release", anchor=False)
    st.caption("Protects and audits the present results as a release would, on the copy; nothing is published.")
    if st.button("Look at what it would hold"):
        with st.spinner("Protecting and auditing …"):
            draft = preview_current(bench.study)
        _show_draft(draft)
    show_text("Publish it: sensemaking release STUDY --sign-off NAME")
    show_text("Take one back: sensemaking withdraw STUDY --release NUMBER --because TEXT --sign-off NAME")


def _show_policies(bench: Bench) -> None:
    now = asdict(Policy(least_cell_size=bench.study.spec.release.least_cell_size))
    rows = bench.store.read(RELEASES).sort_values("release")
    asked = [("next", now), *((str(row.release), json.loads(str(row.policy_json))) for row in rows.itertuples())]
    named = pd.DataFrame([{"release": release, **policy} for release, policy in asked])
    show_rows(
        "Policies", named, WHAT_IT_ASKS, "What is asked of every figure; the next release takes that of study.yaml."
    )


def _show_draft(draft: Draft) -> None:
    st.success(f"Release {draft.number} passes the audit: nothing in it gives away a respondent or a few people.")
    hidden = pd.DataFrame(list(draft.n_hidden.items()), columns=["table", "hidden_cells"])
    show_rows(
        "It would withhold", hidden, note="Cells that too few people are behind, or that would tell of such cells."
    )
    show_rows("Why it would withhold them", pd.DataFrame([asdict(each) for each in draft.hidden_because]))
    fits = pd.DataFrame(list(draft.withheld_fits.items()), columns=["fit_or_model", "reason"])
    show_rows("Fits it would withhold", fits)
    before = pd.DataFrame(list(draft.as_before.items()), columns=["where", "release"])
    show_rows("It would keep as published", before, note="Fewer people changed there than may be told apart.")
