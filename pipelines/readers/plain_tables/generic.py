"""Any table that no known platform wrote → reading plan: its headers, and what the study's settings say of it."""

from dataclasses import replace

from instruments.spec_file import closest
from pipelines.readers.bind import FINISHED_TEXTS, bind_plan
from pipelines.readers.first_cells import texts_below
from pipelines.readers.headers import listed
from pipelines.readers.plain_tables.date_order import with_time_formats
from pipelines.readers.plain_tables.generic_columns import (
    NOT_TICKED,
    revised,
    table_plan,
    with_warnings,
)
from pipelines.readers.plain_tables.generic_headers import header_rows_of, joined_headers
from pipelines.readers.plan import Head, PlannedColumn, ReadingError, ReadingPlan, Request, fold

_PERCENT = "%"


class GenericReader:
    """Reader of tables that no known survey platform wrote; used only when it is asked for."""

    platform = "generic"

    def recognises(self, head: Head) -> bool:
        """Say no: a table without a platform is never recognised, only declared."""
        del head
        return False

    def plan(self, head: Head, request: Request) -> ReadingPlan:
        """Make the reading plan; several header rows are joined with `` | ``, group headers filled to the right.

        Raises:
            ReadingError: When the file has fewer rows than headers, or required items have no column.
        """
        header_rows = header_rows_of(head, request)
        headers = joined_headers(head.rows[:header_rows])
        plan = table_plan(head, request, self.platform, headers, header_rows)
        plan = _without_some_rows(replace(plan, finished_texts=FINISHED_TEXTS), head, request)
        plan = revised(plan, lambda each: _as_generic(each, head, header_rows))
        repeated = sorted({header for header in headers if header and headers.count(header) > 1})
        is_told = request.source is not None and request.source.header_rows is not None
        plan = with_warnings(
            plan,
            f"the first {header_rows} rows were taken for headers; give header_rows when they are not"
            if header_rows > 1 and not is_told
            else "",
            f"several columns have the same header; the later ones got _2, _3 …: {listed(repeated)}"
            if repeated
            else "",
        )
        return with_time_formats(bind_plan(plan, head, request), head, request)


def _without_some_rows(plan: ReadingPlan, head: Head, request: Request) -> ReadingPlan:
    """Plan the rows that are nobody's answers as test responses."""
    names = [column.name for column in plan.columns]
    for column, texts in (request.source.without if request.source else {}).items():
        if column not in names:
            message = f"without names '{column}', but there is no such column{closest(column, names)}"
            raise ReadingError(head.file_name, message)
        return replace(plan, keys={"status": column}, test_statuses=frozenset(map(fold, texts)))
    return plan


def _as_generic(column: PlannedColumn, head: Head, header_rows: int) -> PlannedColumn:
    texts = texts_below(head, header_rows, column.position)
    is_percent = bool(texts) and all(text.endswith(_PERCENT) for text in texts)
    return replace(column, unit=_PERCENT if is_percent else "", unticked=NOT_TICKED)
