"""What became of the cells of an export, counted in the private database; the audit compares it."""

from collections.abc import Sequence

import duckdb

from pipelines.readers.cells import results
from pipelines.readers.cells.conservation import Counts, count_stored, count_understood
from pipelines.readers.cells.repeats import repeats
from pipelines.readers.cells.scanned import ScannedFile, union


def count_cells(connection: duckdb.DuckDBPyConnection, file: ScannedFile) -> Counts:
    """Count what was understood and what will be stored of a file whose gaps are found.

    Args:
        connection: The private database.
        file: The file.
    """
    gaps = f"SELECT item, count(*) FROM gaps_{file.number} JOIN item_numbers USING (item_no) GROUP BY item"  # noqa: S608
    stored = _named(connection, count_stored(results.answer_columns(file), results.answers(file)))
    return Counts(
        understood=_named(connection, count_understood(file)),
        states=_pairs(connection, f"SELECT state, count(*) FROM {file.rows} GROUP BY state"),  # noqa: S608
        stored=stored | _by_item(connection, results.open_answers(file)),
        missing=_pairs(connection, gaps),
        repeated=_by_item(connection, repeats(file)),
    )


def _by_item(connection: duckdb.DuckDBPyConnection, queries: Sequence[str]) -> dict[str, int]:
    if not queries:
        return {}
    return _pairs(connection, f"SELECT item, count(*) FROM ({union(queries)}) GROUP BY item")  # noqa: S608


def _pairs(connection: duckdb.DuckDBPyConnection, query: str) -> dict[str, int]:
    return {str(name): int(n) for name, n in connection.execute(query).fetchall()}


def _named(connection: duckdb.DuckDBPyConnection, query: str) -> dict[str, int]:
    found = connection.execute(query)
    names = [str(each[0]) for each in found.description or []]
    return dict(zip(names, map(int, found.fetchall()[0]), strict=True))
