"""Carries out any reading plan inside DuckDB, in one scan, and audits that no cell is lost.

Put here what runs SQL over an export; the SQL's text is in ``readers``. Nothing here knows a platform.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from pipelines.readers.cells.keys import scanned_keys
from pipelines.readers.cells.scan import count_visible
from pipelines.readers.cells.scanned import ReadResult, ReceiveContext
from pipelines.readers.inspection import (
    CellCounts,
    ColumnCounts,
    count_own_rows,
    describe,
    needs_texts,
    read_own_rows,
    row_counts,
)
from pipelines.readers.opening import OpenedExport, Settings, opened
from pipelines.readers.plan import ReadingPlan, Request
from pipelines.readers.registry import make_plan
from pipelines.readers.structures import read_structure
from pipelines.receive.scanning import SETTINGS, FilledCells, Scan, scan
from pipelines.receive.staging import Staging

__all__ = [
    "FilledCells",
    "ReadResult",
    "ReceiveContext",
    "Staging",
    "count_filled_cells",
    "inspect_export",
    "own_texts",
    "read_export",
]

NO_SETTINGS = Settings()


def read_export(export: OpenedExport, plan: ReadingPlan, context: ReceiveContext) -> ReadResult:
    """Read one export by itself, with its tables in memory.

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
    items = [name for instrument in context.instruments for name in instrument.items]
    with Staging(export.folder) as staging:
        staging.add(export, plan, context)
        staging.settle({name: number for number, name in enumerate(items)})
        responses = f"SELECT * EXCLUDE (file, place) FROM ({staging.relation('responses')})"  # noqa: S608 - ours
        answers = f"SELECT * EXCLUDE (row_number) FROM ({staging.relation('answers', ('row_number',))})"  # noqa: S608
        names = ("open_answers", "repeats", "paradata", "rejects", "conservation")
        return ReadResult(
            responses=staging.fetch(f"{responses} ORDER BY row_number"),
            answers=staging.fetch(f"{answers} ORDER BY row_number"),
            missing=staging.fetch(f"FROM ({staging.relation('missing')}) ORDER BY item, response_id"),
            **{name: staging.fetch(staging.relation(name)) for name in names},
        )


def count_filled_cells(export: OpenedExport, plan: ReadingPlan) -> FilledCells:
    """Count the rows of a file and the cells that are not empty.

    Raises:
        ReadingError: When the file cannot be cut into cells.
    """
    with duckdb.connect(config=dict(SETTINGS)) as connection:
        return scan(connection, export, plan, export.head.file_name, Scan.count_filled)


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
    with duckdb.connect(config=dict(SETTINGS)) as connection:
        return scan(connection, export, plan, export.head.file_name, _counted)


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

    def texts(scanned: Scan, plan: ReadingPlan) -> pa.Table:
        _counted(scanned, plan)
        return scanned.connection.sql(f"SELECT {cells} FROM own").to_arrow_table()  # noqa: S608 - our own names

    with duckdb.connect(config=dict(SETTINGS)) as connection:
        return scan(connection, export, plan, export.head.file_name, texts).rename_columns(list(names))


def _counted(scanned: Scan, plan: ReadingPlan) -> CellCounts:
    connection = scanned.connection
    scanned.n_records()
    connection.execute(f"CREATE OR REPLACE TABLE cells AS {read_own_rows(plan, scanned.table, scanned_keys(plan))}")
    rows = row_counts(plan, connection.execute(count_own_rows(plan)).fetchall()[0], len(scanned.records.odd))
    connection.execute("CREATE OR REPLACE TABLE own AS SELECT * FROM cells WHERE is_own ORDER BY rowid")
    filled = connection.execute(count_visible(plan, "own")).fetchall()[0]
    columns = {
        column.position: ColumnCounts(n, _texts(connection, f"c{column.position}") if needs_texts(column) else {})
        for column, n in zip(plan.columns, filled, strict=True)
    }
    return CellCounts(rows, columns)


def _texts(connection: duckdb.DuckDBPyConnection, cell: str) -> dict[str, int]:
    """Count the different texts of a column, in the order in which they first occur."""
    query = f"FROM own SELECT {cell}, count(*) WHERE {cell} IS NOT NULL GROUP BY {cell} ORDER BY min(rowid)"
    return {str(text): int(n) for text, n in connection.execute(query).fetchall() if str(text).split()}
