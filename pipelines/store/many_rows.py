"""Many rows lent to a database from where they lie, and rows that pass by in parts on their way to a file.

Put here what holds no table in memory; rows that are in memory already are lent by ``passing``.
"""

import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from models.origin import hash_of_parts
from pipelines.store import Store
from pipelines.store.attaching import MEMORY, little_memory
from pipelines.store.keeping import keep
from pipelines.store.passing import SETTINGS
from pipelines.store.slices import WAREHOUSE, full_name, literal
from pipelines.tables.base import Table

ROWS_OF_A_PART = 65_536


@contextmanager
def from_a_file(path: Path, folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Lend rows in a Parquet file to a database, where they are the table ``responses``; none of them stays in memory.

    Args:
        path: The file.
        folder: Where the database puts what does not fit into its memory.
    """
    config = {**SETTINGS, "memory_limit": MEMORY, "temp_directory": str(folder)}
    with duckdb.connect(config=config) as connection:
        connection.execute(f"CREATE VIEW responses AS SELECT * FROM read_parquet({literal(str(path))})")  # noqa: S608
        yield connection


@contextmanager
def from_the_warehouse(store: Store, question: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """Lend the answer to a question to the warehouse as the view ``analysis``; none of it stays in memory.

    Args:
        store: The warehouse, with tables.
        question: In SQL.
    """
    with store.lending() as connection:
        if connection is None:
            raise AssertionError("nothing was written yet")
        with little_memory(connection):
            connection.execute(f"CREATE TEMP VIEW analysis AS {question}")
            yield connection


def named_in_warehouse(table: Table) -> str:
    """Name a table of the warehouse wherever the question is put."""
    return f"{WAREHOUSE}.{full_name(table)}"


def write_parts(path: Path, parts: Iterable[pd.DataFrame]) -> str:
    """Write frames one below the other into a Parquet file, each in memory by itself.

    Args:
        path: The file.
        parts: Of the same columns and types; at least one, all but the last with a multiple of eight rows.

    Returns:
        The ``data_hash`` of all rows.
    """
    writer: pq.ParquetWriter | None = None
    try:
        for part in parts:
            rows = pa.Table.from_pandas(part, preserve_index=False)
            if writer is None:
                writer = pq.ParquetWriter(path, rows.schema)
            writer.write_table(rows, row_group_size=ROWS_OF_A_PART)
    finally:
        if writer is not None:
            writer.close()
    written = pq.ParquetFile(path)
    names = written.schema_arrow.names
    return hash_of_parts(written.metadata.num_rows, names, lambda name: _column(path, name))


def keep_written(store: Store, path: Path, name: str) -> None:
    """Keep rows written by ``write_parts`` as ``Store.keep_rows`` keeps rows; name is their hash."""
    keep(store.folder / "data" / f"{name}.parquet", lambda target: shutil.move(path, target))


def examples_of_rows(path: Path, categories: Sequence[str]) -> pd.DataFrame:
    """Return the first rows of a Parquet file, and one for every further value of some columns."""
    found: list[pd.DataFrame] = []
    known: dict[str, set[object]] = {name: set() for name in categories}
    for part in _parts(path, None):
        is_new = pd.Series(data=not found, index=part.index)
        for name, values in known.items():
            is_new |= ~part[name].isin(list(values)) & ~part[name].duplicated()
            values.update(part[name].unique().tolist())
        found.append(part[is_new])
    return pd.concat(found, ignore_index=True)


def _column(path: Path, name: str) -> Iterator[pd.Series]:
    for part in _parts(path, [name]):
        yield part[name]


def _parts(path: Path, columns: list[str] | None) -> Iterator[pd.DataFrame]:
    for batch in pq.ParquetFile(path).iter_batches(batch_size=ROWS_OF_A_PART, columns=columns):
        yield pa.Table.from_batches([batch]).to_pandas()
