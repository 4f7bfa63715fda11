"""Google Forms responses → reading plan: a localised time stamp, then one column a question, labels only."""

import re
from dataclasses import replace

from pipelines.readers.bind import bind_plan
from pipelines.readers.first_cells import texts_below
from pipelines.readers.plain_tables.date_order import with_time_formats
from pipelines.readers.plain_tables.generic_columns import (
    cut_at_commas,
    first_row,
    refuse_stated_header_rows,
    revised,
    table_plan,
)
from pipelines.readers.plan import Head, PlannedColumn, ReadingPlan, Request, fold
from pipelines.readers.structure import Question

_TIME_STAMPS = frozenset(
    {"timestamp", "tidsstempel", "tidsstämpel", "zeitstempel", "horodateur", "tijdstempel", "marca temporal",
     "informazioni cronologiche", "carimbo de data/hora"}
)  # fmt: skip
_SCORES = frozenset({"score", "total score", "point", "punkte", "poäng", "poeng"})
_GRID_ROW = re.compile(r"(?P<stem>.+\S)\s*\[(?P<row>[^\[\]]+)\]", re.DOTALL)
_STAMP = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}[ ,].*\d{1,2}[:.]\d{2}.*")


class GoogleFormsReader:
    """Reader of Google Forms responses, from the form itself or from its sheet."""

    platform = "google_forms"

    def recognises(self, head: Head) -> bool:
        """Say whether the first column is called a time stamp in a known language and holds nothing but time stamps."""
        names = first_row(head)
        stamps = texts_below(head, 1, 1)
        is_stamp = fold(names[0]) in _TIME_STAMPS and bool(stamps)
        return is_stamp and len(names) > 1 and all(_STAMP.fullmatch(text) for text in stamps)

    def plan(self, head: Head, request: Request) -> ReadingPlan:
        """Make the reading plan.

        Raises:
            ReadingError: When the header rows contradict the study, or required items have no column.
        """
        refuse_stated_header_rows(head, request, "Google Forms", 1)
        plan = table_plan(head, request, self.platform, first_row(head))
        plan = revised(plan, _as_google_forms)
        plan = replace(plan, layout="one_header_row", keys={"ended_at": plan.columns[0].name})
        bound = cut_at_commas(bind_plan(plan, head, request), "Google Forms")
        return with_time_formats(bound, head, request)


def _as_google_forms(column: PlannedColumn) -> PlannedColumn:
    name = fold(column.question_text)
    if column.position == 1:
        return replace(column, role="metadata")
    if not name:
        return column
    if name in _SCORES or name.endswith(("[score]", "[feedback]")):
        return replace(column, role="score")
    grid = _GRID_ROW.fullmatch(column.question_text)
    if grid is None:
        return column
    row = Question(column.name, grid["row"], "unknown", stem=grid["stem"], battery=grid["stem"])
    return replace(column, question=row)
