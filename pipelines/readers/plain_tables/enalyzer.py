"""Enalyzer exports → reading plan: a table with its respondents' civil registration numbers kept out of reach."""

from collections.abc import Mapping
from dataclasses import replace

from pipelines.readers.bind import bind_plan
from pipelines.readers.first_cells import texts_below
from pipelines.readers.headers import listed
from pipelines.readers.personal_cells import holds_cpr
from pipelines.readers.personal_names import is_personal_header
from pipelines.readers.plain_tables.date_order import with_time_formats
from pipelines.readers.plain_tables.generic_columns import (
    NOT_TICKED,
    first_row,
    keys_by_header,
    refuse_stated_header_rows,
    revised,
    table_plan,
    with_warnings,
)
from pipelines.readers.plan import Head, KeyName, PlannedColumn, ReadingPlan, Request, fold

_IDS = ("respondent id", "respondentid", "besvarelses-id", "respondent-id", "response id", "svar-id")
_STATUSES = ("completion status", "status", "besvarelsesstatus", "svarstatus", "response status")
_STARTS = ("started", "start date", "startet", "startdato", "påbegyndt", "påbörjad", "påbegynt")
_ENDS = ("completed", "completion date", "gennemført", "afsluttet", "slutdato", "slutförd", "fullført")
_KEYS: Mapping[str, KeyName] = {
    **dict.fromkeys(_IDS, "response_id"),
    **dict.fromkeys(_STATUSES, "is_finished"),
    **dict.fromkeys(_STARTS, "started_at"),
    **dict.fromkeys(_ENDS, "ended_at"),
}
_FINISHED = frozenset({"completed", "complete", "gennemført", "afsluttet", "slutförd", "genomförd", "fullført"})
_POSITIONS = (
    "Enalyzer exports single choices as label numbers, the place of the option on the screen, unless value or text was "
    "chosen; check that the codes are those of the instrument"
)


class EnalyzerReader:
    """Reader of Enalyzer exports; they have no sign of their own, so a study says that a file is one."""

    platform = "enalyzer"

    def recognises(self, head: Head) -> bool:
        """Say no: the columns of an Enalyzer export are chosen freely, so it is never recognised, only declared."""
        del head
        return False

    def plan(self, head: Head, request: Request) -> ReadingPlan:
        """Make the reading plan.

        Raises:
            ReadingError: When the header rows contradict the study, or required items have no column.
        """
        refuse_stated_header_rows(head, request, "Enalyzer", 1)
        plan = table_plan(head, request, self.platform, first_row(head))
        plan = revised(plan, lambda each: _as_enalyzer(each, head))
        numbers = [each.name for each in plan.columns if holds_cpr(texts_below(head, 1, each.position))]
        plan = replace(
            plan, layout="one_header_row", keys=keys_by_header(plan.columns, _KEYS), finished_texts=_FINISHED
        )
        plan = with_warnings(plan, _POSITIONS, _numbers_found(numbers))
        return with_time_formats(bind_plan(plan, head, request), head, request, habit="month_first")


def _as_enalyzer(column: PlannedColumn, head: Head) -> PlannedColumn:
    name, texts = fold(column.question_text), texts_below(head, 1, column.position)
    if holds_cpr(texts):
        return replace(column, role="identifier")
    if name in _KEYS:
        return replace(column, role="identifier" if name in _IDS else "metadata")
    if is_personal_header(name):
        return replace(column, role="metadata")
    return replace(column, unticked=NOT_TICKED)


def _numbers_found(names: list[str]) -> str:
    if not names:
        return ""
    return (
        f"civil registration numbers (CPR) seem to stand in {listed(names)}: they are kept out of all tables and never "
        "printed; take them out of the export, or give the column under identifiers.respondent_key to use a pseudonym"
    )
