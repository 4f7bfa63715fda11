"""Rows lent to a database for as long as they are computed with; nothing is kept."""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
import pandas as pd
import pyarrow as pa

SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
}


@contextmanager
def in_a_database(rows: pd.DataFrame) -> Iterator[duckdb.DuckDBPyConnection]:
    """Lend rows to a database of memory, where they are the table ``responses``."""
    with duckdb.connect(config=dict(SETTINGS)) as connection:
        connection.register("responses", pa.Table.from_pandas(rows, preserve_index=False))
        yield connection
