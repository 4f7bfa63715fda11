"""One scan of an export inside DuckDB: its records as a table, and a second try where a file is not in order."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import duckdb

from pipelines.readers.cells.scan import count_filled, table_of_file
from pipelines.readers.files.records import Records, in_order, plain_records
from pipelines.readers.opening import OpenedExport
from pipelines.readers.plan import ReadingError, ReadingPlan

SETTINGS = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
Found = TypeVar("Found")
_CELLS = "cells_of_file"
_CANNOT_CUT = (
    "the rows cannot be cut into cells: expected every row to have as many cells as there are headers and at most "
    "2 MB of text; export the file again"
)


@dataclass(frozen=True)
class FilledCells:
    """What lies in a file, counted without any plan of its cells.

    Attributes:
        n_rows: Rows below the headers; blank lines at the end of the file are none.
        by_position: Position of a column → cells that are not empty, in rows of the right width.
        digits: Positions of the columns whose filled cells are one digit each.
    """

    n_rows: int
    by_position: Mapping[int, int]
    digits: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Scan:
    """A file that can be queried.

    Attributes:
        connection: The database.
        records: The records behind the table.
        table: Table of the file's text cells.
    """

    connection: duckdb.DuckDBPyConnection
    records: Records
    table: str

    def count_filled(self, plan: ReadingPlan) -> FilledCells:
        """Count the rows, and the filled cells of every column, afresh from the file.

        Raises:
            OtherCountError: When there are other records than the bytes say.
        """
        n_records, *found = self.connection.execute(count_filled(plan, self.table)).fetchall()[0]
        if n_records != self.records.n_rows:
            raise OtherCountError
        positions, n_columns = [column.position for column in plan.columns], len(plan.columns)
        return FilledCells(
            n_rows=n_records + len(self.records.odd),
            by_position=dict(zip(positions, found[:n_columns], strict=True)),
            digits=frozenset(at for at, is_digit in zip(positions, found[n_columns:], strict=True) if is_digit),
        )

    def n_records(self) -> int:
        """Count the rows alone.

        Raises:
            OtherCountError: When there are other records than the bytes say.
        """
        n_records = self.connection.execute(f"SELECT count(*) FROM {self.table}").fetchall()[0][0]  # noqa: S608
        if n_records != self.records.n_rows:
            raise OtherCountError
        return n_records


class OtherCountError(Exception):
    """A scan found another number of records than the bytes say."""


def scan(
    connection: duckdb.DuckDBPyConnection,
    export: OpenedExport,
    plan: ReadingPlan,
    file_name: str,
    work: Callable[[Scan, ReadingPlan], Found],
) -> Found:
    """Do work on a file's records.

    A file that a strict scan does not accept as it stands is first put in order, with every odd row set aside by its
    number; then the work is done again.

    Raises:
        ReadingError: When the file cannot be cut into cells.
    """
    if export.cells is not None:
        rows = export.cells.slice(plan.header_rows)
        connection.register(_CELLS, rows)
        try:
            return work(Scan(connection, Records(export.path, 0, rows.num_rows, "", export.folder), _CELLS), plan)
        finally:
            connection.unregister(_CELLS)
    records = plain_records(export.path, export.folder, plan, file_name)
    for attempt in (lambda: records, lambda: in_order(records, plan, file_name)):
        ready = attempt()
        try:
            return work(Scan(connection, ready, table_of_file(plan, ready)), plan)
        except (duckdb.InvalidInputException, OtherCountError):
            continue
    raise ReadingError(file_name, _CANNOT_CUT)


def bytes_to_scan(export: OpenedExport) -> int:
    """Return the size of a text file, or of the cells where they lie in memory already."""
    return export.path.stat().st_size if export.cells is None else export.cells.nbytes
