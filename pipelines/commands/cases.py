"""``cases``: what material there is of every case: responses, members, documents, interviews, process trace."""

from typing import Any

import pandas as pd

from instruments.faults import DataError, UsageError
from instruments.seeds.traces import load_template
from instruments.spec_file import closest
from pipelines.assets.core import of_waves
from pipelines.assets.graph import due_steps
from pipelines.assets.raw import begun_waves
from pipelines.commands import printing
from pipelines.load import Study
from pipelines.store import Store
from pipelines.tables import casework, core, relations
from pipelines.tables.base import Table

NEEDED = {
    "core/cases",
    "core/documents",
    "core/interviews",
    "core/trace_steps",
    "core/collaborations",
    "core/responses",
}
PRIVATE = "private: about single cases; what is counted in them is no share of any population"
_OF_DOCUMENTS = ["document_id", "kind", "title", "dated_on", "origin", "words"]
_OF_INTERVIEWS = ["interview_id", "interviewed_on", "minutes", "mode", "is_recorded", "language", "words"]
_OF_STEPS = ["step", "is_observed", "observed_on", "is_in_order", "strength", "evidence", "note"]


def describe_cases(study: Study, only: str | None) -> list[dict[str, Any]]:
    """Return what there is of every case as JSON values.

    Args:
        study: The study.
        only: Only this case; every one when None.

    Returns:
        One entry a case: its row of ``core.cases``; ``responses``, the analysed ones of its organisation, and
        ``members``, those of them that name its collaboration, by wave and respondent group; ``documents``;
        ``interviews`` without the person; ``trace``, its steps in the order of the template.

    Raises:
        UsageError: When the study has no case registry, or no such case.
        DataError: When the tables are not up to date.
    """
    if study.spec.casework.cases is None:
        raise UsageError("the study has no case registry; name one in study.yaml: casework: {cases: cases.csv}")
    store = Store(study.warehouse)
    if due_steps(study, store, begun_waves(study, store), NEEDED):
        raise DataError("lists, exports, specifications or the software changed since then; run the study first")
    cases = store.read(casework.CASES)
    known = list(cases["case_id"])
    if only is not None and only not in known:
        raise UsageError(f"there is no case {only}{closest(only, known)}; there are: {', '.join(known) or 'none'}")
    material = _material(study, store)
    return [{**case, **_of_case(case, material)} for case in printing.records(cases) if only in (None, case["case_id"])]


def print_cases(found: list[dict[str, Any]]) -> None:
    """Print what there is of every case."""
    titles = [step.title["en"] for step in load_template().steps]
    facts = [name for name in casework.CASES.columns if name not in ("case_id", "unit_kind")]
    for case in found:
        printing.print_lines([f"{case['case_id']} ({case['unit_kind']})"])
        printing.print_lines(f"  {name}: {case[name]}" for name in facts if case[name] is not None)
        for name in ("responses", "members", "documents", "interviews"):
            if case[name]:
                printing.print_rows(name.capitalize(), list(case[name][0]), (list(row.values()) for row in case[name]))
            else:
                printing.print_lines([f"  {name}: none"])
        if case["trace"]:
            rows = ([titles[row["step"] - 1], *row.values()] for row in case["trace"])
            printing.print_rows("Process trace", ["what happens", *case["trace"][0]], rows)
        printing.print_lines([f"  process trace: {trace_in_words(case['trace'])}"])
    printing.print_lines([PRIVATE])


def trace_in_words(steps: list[dict[str, Any]]) -> str:
    """Say how many steps were observed, which are missing, and which came earlier than a step before them."""
    if not steps:
        return "none"
    missing = [str(row["step"]) for row in steps if not row["is_observed"]]
    early = [str(row["step"]) for row in steps if row["is_in_order"] is False]
    told = f"{len(steps) - len(missing)} of {len(steps)} steps observed"
    told += f"; missing: {', '.join(missing)}" if missing else ""
    return told + (f"; out of order, earlier than a step before: {', '.join(early)}" if early else "")


def _material(study: Study, store: Store) -> dict[str, pd.DataFrame]:
    """Read what the study has now; a table that it no longer makes has no rows."""
    lists = study.spec.casework

    def read(table: Table, *, is_made: bool) -> pd.DataFrame:
        return store.read(table) if is_made else table.empty()

    responses = of_waves(study, store.read(core.RESPONSES))
    responses = responses[responses["is_analysed"].astype(bool)]
    members = read(relations.MEMBERSHIPS, is_made=study.spec.collaborations is not None)
    groups = responses[["response_id", "respondent_group"]]
    return {
        "responses": responses,
        "members": members.merge(groups, on="response_id", validate="many_to_one"),
        "documents": read(casework.DOCUMENTS, is_made=lists.documents is not None),
        "interviews": read(casework.INTERVIEWS, is_made=lists.interviews is not None),
        "trace": read(casework.TRACES, is_made=lists.traces is not None),
    }


def _of_case(case: dict[str, Any], material: dict[str, pd.DataFrame]) -> dict[str, Any]:
    def own(name: str, column: str) -> pd.DataFrame:
        rows = material[name]
        return rows[rows[column].eq(case[column]).fillna(value=False).astype(bool)]

    return {
        "responses": _by_group(own("responses", "organisation_id")),
        "members": _by_group(own("members", "collaboration_id")),
        "documents": printing.records(own("documents", "case_id")[_OF_DOCUMENTS]),
        "interviews": printing.records(own("interviews", "case_id")[_OF_INTERVIEWS]),
        "trace": printing.records(own("trace", "case_id").sort_values("step")[_OF_STEPS]),
    }


def _by_group(rows: pd.DataFrame) -> list[dict[str, Any]]:
    return printing.records(rows.groupby(["wave", "respondent_group"]).size().reset_index(name="n"))
