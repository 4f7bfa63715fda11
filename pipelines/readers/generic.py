"""Any delimited table → reading plan: headers as they stand, everything else from the study's settings."""

from pipelines.readers.bind import FINISHED_TEXTS, bind_plan
from pipelines.readers.headers import cell, unique_names
from pipelines.readers.plan import Head, PlannedColumn, ReadingError, ReadingPlan, Request


class GenericReader:
    """Reader of tables that no known survey platform wrote; used only when it is asked for."""

    platform = "generic"

    def recognises(self, head: Head) -> bool:
        """Say no: a table without a platform is never recognised, only declared."""
        del head
        return False

    def plan(self, head: Head, request: Request) -> ReadingPlan:
        """Make the reading plan; several header rows are joined with `` | ``.

        Raises:
            ReadingError: When the file has fewer rows than headers, or required items have no column.
        """
        header_rows = (request.source.header_rows if request.source else None) or 1
        if len(head.rows) < header_rows:
            message = f"header_rows says {header_rows}, but the file has {len(head.rows)} rows; correct header_rows"
            raise ReadingError(head.file_name, message)
        rows = head.rows[:header_rows]
        width = max(map(len, rows))
        headers = [" | ".join(filter(None, (cell(row, index) for row in rows))) for index in range(width)]
        names = unique_names(headers)
        columns = tuple(
            PlannedColumn(
                position=position,
                name=name,
                source_id=name,
                role="item" if header else "unknown",
                question_text=header,
            )
            for position, (name, header) in enumerate(zip(names, headers, strict=True), start=1)
        )
        plan = ReadingPlan(
            platform=self.platform,
            layout="one_header_row" if header_rows == 1 else f"{header_rows}_header_rows",
            encoding=head.encoding,
            delimiter=head.delimiter,
            decimal=request.source.decimal if request.source else ".",
            time_zone="",
            header_rows=header_rows,
            columns=columns,
            keys={},
            finished_texts=FINISHED_TEXTS,
        )
        return bind_plan(plan, head, request)
