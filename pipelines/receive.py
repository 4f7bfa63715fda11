"""Carries out any reading plan inside DuckDB, in one scan, and audits that no cell is lost.

Put here what runs SQL over an export; the SQL's text is in ``readers.scan``, the meaning of cells in
``readers.resolve``. Nothing here knows a platform.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import pyarrow as pa

from pipelines.readers.conservation import account, audit
from pipelines.readers.inspection import CellCounts, ColumnCounts, describe, needs_texts, own_rows
from pipelines.readers.opening import OpenedExport, Settings, opened
from pipelines.readers.plan import ReadingError, ReadingPlan, Request
from pipelines.readers.records import Records, in_order, plain_records
from pipelines.readers.registry import make_plan
from pipelines.readers.results import ReadResult, ReceiveContext, ScannedFile, as_tables, understand
from pipelines.readers.scan import count_filled, read_answers, table_of_file
from pipelines.readers.structures import read_structure

__all__ = ["ReadResult", "ReceiveContext", "count_rows", "inspect_export", "read_export"]

Found = TypeVar("Found")
NO_SETTINGS = Settings()
_SETTINGS = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
_CANNOT_CUT = (
    "the rows cannot be cut into cells: expected every row to have as many cells as there are headers and at most "
    "2 MB of text; export the file again"
)


def read_export(export: OpenedExport, plan: ReadingPlan, context: ReceiveContext) -> ReadResult:
    """Read an export.

    Args:
        export: The opened file; its bytes are never changed.
        plan: How to read it.
        context: Whose export it is.

    Returns:
        Typed answers of every item of the context's instruments, a missing reason for each that is not there, and
        every rejected row and cell.

    Raises:
        ReadingError: When the file has headers but no answers, cannot be cut into cells, or the audit finds a cell
            unaccounted for.
    """
    file_name = context.file_name or export.head.file_name
    scanned = _scan(export, plan, file_name, lambda scan: _scanned(scan, plan))
    table = scanned.table
    if not table.num_rows or all(table["is_blank_row"].to_pylist()):
        raise ReadingError(file_name, "the file has headers but no answers; export it again or take it out of exports/")
    read = understand(scanned, plan, context)
    result = as_tables(read, account(read))
    audit(result, read)
    return result


def count_rows(export: OpenedExport, plan: ReadingPlan) -> int:
    """Count the rows below the headers; blank lines at the end of the file are none.

    Raises:
        ReadingError: When the file cannot be cut into cells.
    """
    return _scan(export, plan, export.head.file_name, lambda scan: scan.counts(plan)[0] + len(scan.records.odd))


def inspect_export(
    path: Path,
    structure: Sequence[Path] = (),
    platform: str | None = None,
    settings: Settings = NO_SETTINGS,
) -> dict[str, Any]:
    """Say what an export is, column by column, without a study.

    Args:
        path: The file.
        structure: The files of the survey's definition.
        platform: Who wrote the file; recognised when not given.
        settings: Encoding, delimiter and sheet, where they are to be said.

    Returns:
        Plain values for JSON, in the shape that ``readers.inspection.describe`` states.

    Raises:
        ReadingError: When the file is no export.
    """
    known = read_structure(structure) if structure else None
    with opened(path, settings) as export:
        plan = make_plan(export.head, Request(structure=known or export.head.structure), platform)
        return describe(plan, count_cells(export, plan))


def count_cells(export: OpenedExport, plan: ReadingPlan) -> CellCounts:
    """Count rows and cells of an export for ``inspect``; only respondents' own rows count in the columns.

    Args:
        export: The opened file.
        plan: Its plan; needs no items.
    """
    return _scan(export, plan, export.head.file_name, lambda scan: _counted(scan, plan))


def own_texts(export: OpenedExport, plan: ReadingPlan, names: Sequence[str]) -> pa.Table:
    """Return the text cells of some columns over respondents' own responses.

    Args:
        export: The opened file.
        plan: Its plan; needs no items.
        names: Names of the columns, in the order wanted.

    Returns:
        One row a response, one text column a name.
    """
    cells = ", ".join(f"c{plan.column(name).position}" for name in names)

    def texts(scan: _Scan) -> pa.Table:
        _counted(scan, plan)
        return scan.connection.sql(f"SELECT {cells} FROM own").to_arrow_table()  # noqa: S608 - our own names

    return _scan(export, plan, export.head.file_name, texts).rename_columns(list(names))


@dataclass(frozen=True)
class _Scan:
    """A file that can be queried.

    Attributes:
        connection: In-memory database.
        records: The records behind the table.
        table: Table function of the file's text cells.
    """

    connection: duckdb.DuckDBPyConnection
    records: Records
    table: str

    def counts(self, plan: ReadingPlan, table: str | None = None) -> tuple[int, ...]:
        """Count the rows, then the filled cells of every column, of the file or of a table made from it."""
        counts = self.connection.execute(count_filled(plan, table or self.table)).fetchall()[0]
        if table is None and counts[0] != self.records.n_rows:
            raise _OtherCountError
        return counts


class _OtherCountError(Exception):
    """A scan found another number of records than the bytes say."""


def _scanned(scan: _Scan, plan: ReadingPlan) -> ScannedFile:
    table = scan.connection.sql(read_answers(plan, scan.table)).to_arrow_table()
    counts = scan.counts(plan)
    if counts[0] != table.num_rows:
        raise _OtherCountError
    return ScannedFile(
        table=table,
        row_numbers=scan.records.row_numbers(table.num_rows, plan.header_rows),
        odd=scan.records.odd,
        n_filled={column.position: n for column, n in zip(plan.columns, counts[1:], strict=True)},
    )


def _counted(scan: _Scan, plan: ReadingPlan) -> CellCounts:
    connection = scan.connection
    scan.counts(plan)
    connection.execute(f"CREATE OR REPLACE TABLE cells AS FROM {scan.table}")
    rows = own_rows(plan, connection.sql(read_answers(plan, "cells")).to_arrow_table(), scan.records.odd)
    connection.register("own_places", pa.table({"place": rows.places}))
    connection.execute(
        "CREATE OR REPLACE TABLE own AS SELECT cells.* FROM cells JOIN own_places ON cells.rowid = place ORDER BY place"
    )
    filled = scan.counts(plan, "own")[1:]
    columns = {
        column.position: ColumnCounts(n, _texts(connection, f"c{column.position}") if needs_texts(column) else {})
        for column, n in zip(plan.columns, filled, strict=True)
    }
    return CellCounts(rows, columns)


def _texts(connection: duckdb.DuckDBPyConnection, cell: str) -> dict[str, int]:
    """Count the different texts of a column, in the order in which they first occur."""
    query = f"FROM own SELECT {cell}, count(*) WHERE {cell} IS NOT NULL GROUP BY {cell} ORDER BY min(rowid)"
    return {str(text): int(n) for text, n in connection.execute(query).fetchall() if str(text).split()}


def _scan(export: OpenedExport, plan: ReadingPlan, file_name: str, work: Callable[[_Scan], Found]) -> Found:
    """Do work on a file's records.

    A file that a strict scan does not accept as it stands is first put in order, with every odd row set aside by its
    number; then the work is done again.
    """
    records = plain_records(export.path, export.folder, plan, file_name)
    with duckdb.connect(config=dict(_SETTINGS)) as connection:
        for attempt in (lambda: records, lambda: in_order(records, plan, file_name)):
            ready = attempt()
            try:
                return work(_Scan(connection, ready, table_of_file(plan, ready)))
            except (duckdb.InvalidInputException, _OtherCountError):
                continue
    raise ReadingError(file_name, _CANNOT_CUT)
