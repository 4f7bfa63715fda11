"""What is asked of the connection to a DuckDB database; whoever opens it hands it over.

Put here how questions are put and answers brought home as Arrow; not what is asked (``query``).
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, SupportsInt

import pandas as pd
import pyarrow as pa

ROWS_OF_A_BATCH = 65_536


class Answer(Protocol):
    """The answer to a question, not yet brought home."""

    def to_arrow_reader(self, batch_size: SupportsInt = ...) -> pa.RecordBatchReader | None:
        """Return a reader of record batches, in the order of the answer."""
        ...


class Connection(Protocol):
    """A connection to DuckDB 2."""

    def sql(self, query: str, *, params: object = None) -> Answer:
        """Put a question with ``$name`` for every value."""
        ...


@dataclass(frozen=True)
class Query:
    """A question in SQL.

    Attributes:
        text: One SELECT, with ``$name`` where a value belongs.
        parameters: Name → value.
    """

    text: str
    parameters: Mapping[str, object] = field(default_factory=dict[str, object])

    def then(self, text: str) -> "Query":
        """Return a question about the answer, which goes by the name of ``responses`` there."""
        return Query(f"WITH responses AS ({self.text}) {text}", self.parameters)


def batches(connection: Connection, query: Query, rows: int = ROWS_OF_A_BATCH) -> Iterator[pa.RecordBatch]:
    """Bring an answer home in batches; a connection carries one answer at a time, so it is closed in any case.

    All batches but the last have as many rows, wherever the answer was cut on its way: what is summed batch by batch
    has the same bits whether rows come from a table, a file or memory.

    Args:
        connection: To the database.
        query: The question.
        rows: Of a batch.
    """
    reader = _asked(connection, query).to_arrow_reader(rows)
    if reader is None:
        raise AssertionError("a SELECT has an answer")
    try:
        yield from _of_equal_length(reader, rows)
    finally:
        reader.close()


def _of_equal_length(parts: Iterable[pa.RecordBatch], rows: int) -> Iterator[pa.RecordBatch]:
    """Cut and join parts to batches of so many rows; of what was handed out nothing is held."""
    waiting: list[pa.RecordBatch] = []
    for part in parts:
        left = part
        while left.num_rows >= (wanted := rows - sum(each.num_rows for each in waiting)):
            waiting.append(left.slice(0, wanted))
            left = left.slice(wanted)
            yield _joined(waiting)
        if left.num_rows:
            waiting.append(left)
    if waiting:
        yield _joined(waiting)


def _joined(waiting: list[pa.RecordBatch]) -> pa.RecordBatch:
    found = waiting[0] if len(waiting) == 1 else pa.concat_batches(waiting)
    waiting.clear()
    return found


def whole(connection: Connection, query: Query) -> pa.Table:
    """Bring a whole answer home."""
    reader = _asked(connection, query).to_arrow_reader()
    if reader is None:
        raise AssertionError("a SELECT has an answer")
    return reader.read_all()


def frame(connection: Connection, query: Query) -> pd.DataFrame:
    """Bring a whole answer home as a frame."""
    return whole(connection, query).to_pandas()


def records(connection: Connection, query: Query) -> list[tuple[Any, ...]]:
    """Bring a short answer home row by row; None where there is no value."""
    return list(zip(*(column.to_pylist() for column in whole(connection, query).columns), strict=True))


def row(connection: Connection, query: Query) -> tuple[Any, ...]:
    """Bring an answer of one row home; None where there is no value."""
    (found,) = records(connection, query)
    return found


def _asked(connection: Connection, query: Query) -> Answer:
    if not query.parameters:
        return connection.sql(query.text)
    return connection.sql(query.text, params=dict(query.parameters))
