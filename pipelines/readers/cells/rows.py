"""Scanned cells → what is known of every row as a response, and what becomes of the row. As SQL."""

from collections.abc import Sequence

from pipelines.readers.cells.keys import (
    TIMES,
    faulty_keys,
    finished,
    has_status,
    key_fault,
    key_text,
    moment,
    needs_zone,
    repeat_instrument,
    respondent_group,
    response_seconds,
    whole,
)
from pipelines.readers.cells.scanned import KEPT, REPEAT, ReceiveContext, ScannedFile
from pipelines.readers.cells.texts import folded, literal
from pipelines.readers.plan import ReadingPlan


def read_rows(file: ScannedFile, numbers: str | None, zone: str) -> str:
    """Write the query of what is known of every row as a response and may differ from row to row.

    Args:
        file: The file.
        numbers: Table of place and row number, where row numbers have gaps.
        zone: Table of minutes moved to UTC, where the plan has a time zone.
    """
    plan, context = file.plan, file.context
    number = "numbers.row_number" if numbers else f"cells.rowid + {plan.header_rows + 1}"
    prefix = f"{context.file_sha256[:8]}-row-" if "response_id" in plan.keys else "row-"
    identity = f"coalesce({key_text(plan, 'response_id')}, {literal(prefix)} || ({number}))"
    joins = f" JOIN {numbers} AS numbers ON numbers.place = cells.rowid" if numbers else ""
    if needs_zone(plan):
        joins += "".join(
            f" LEFT JOIN {zone} AS zone_{key} ON zone_{key}.minute = date_trunc('minute', l_{key})"
            for key in TIMES
            if key in plan.keys
        )
    columns = {
        "place": "cells.rowid",
        "row_number": f"CAST({number} AS BIGINT)",
        "response_id": f"{literal((context.source.repeats_of or context.source_name) + '/')} || {identity}",
        **_paradata(plan, context),
        **{f"f_{key}": key_fault(plan, key) for key in faulty_keys(plan)},
        "reached": _reached(plan),
    }
    listed = ", ".join(f"{expression} AS {name}" for name, expression in columns.items())
    return f"SELECT *, {_state(plan, context)} AS state FROM (SELECT {listed}, is_blank, is_own FROM {file.cells} AS cells{joins})"  # noqa: S608, E501 - texts are literals


def rows_of(file: ScannedFile) -> str:
    """Write the query of all that is known of every row: also what is the same for a whole file, which takes room."""
    context = file.context
    same = {"wave": context.wave, "source": context.source_name, "file_sha256": context.file_sha256}
    listed = ", ".join(f"{literal(value)} AS {name}" for name, value in same.items())
    return f"SELECT *, {listed} FROM {file.changing_rows}"  # noqa: S608 - texts are literals, names are ours


def _reached(plan: ReadingPlan) -> str:
    """Write how far a row came: the position of its last answer or its last page; NULL where nobody can say."""
    if plan.unreached == "after_last_answer":
        return "last_filled"
    if not plan.unreached:
        return "CAST(NULL AS INTEGER)"
    never_began = f"{key_text(plan, 'last_page')} IS NULL AND NOT has_answer"
    return f"CASE WHEN {never_began} THEN 0 ELSE {whole(plan, 'last_page')} END"


def _paradata(plan: ReadingPlan, context: ReceiveContext) -> dict[str, str]:
    source = context.source
    language = "CAST(NULL AS VARCHAR)" if source.language is None else literal(source.language)
    return {
        "respondent_group": respondent_group(plan, source.groups, source.respondent_group),
        "organisation_id": key_text(plan, "organisation_id"),
        "respondent_key": key_text(plan, "respondent_key"),
        "language": folded(key_text(plan, "language")) if "language" in plan.keys else language,
        "started_at": moment(plan, "started_at"),
        "ended_at": moment(plan, "ended_at"),
        "recorded_at": moment(plan, "recorded_at"),
        "response_seconds": response_seconds(plan),
        "is_finished": finished(plan),
        "is_preview": has_status(plan, plan.preview_statuses | plan.test_statuses),
        "platform_disposition": key_text(plan, "platform_disposition"),
        "repeat_instrument": repeat_instrument(plan),
        "repeat_instance": whole(plan, "repeat_instance"),
    }


def _state(plan: ReadingPlan, context: ReceiveContext) -> str:
    """Write what becomes of a row: it is kept, a repetition, or set aside by a rule."""
    repeats = "WHEN true" if context.source.repeats_of else "WHEN repeat_instrument IS NOT NULL"
    group = ""
    if "respondent_group" in plan.keys:
        group = (
            "WHEN respondent_group IS NULL AND is_preview THEN 'preview_without_group' "
            "WHEN respondent_group IS NULL THEN 'unknown_respondent_group'"
        )
    return (
        "CASE WHEN is_blank THEN 'blank_row' WHEN NOT is_own THEN 'row_of_another_source' "
        f"{repeats} THEN '{REPEAT}' {group} ELSE '{KEPT}' END"
    )


def responses(file: ScannedFile, columns: Sequence[str]) -> str:
    """Write the query of the kept rows as responses."""
    listed = ", ".join([*columns, "place", f"{file.number} AS file"])
    return f"SELECT {listed} FROM {file.rows} WHERE state = '{KEPT}'"  # noqa: S608 - names are ours
