"""Reads a table of a release file, for whoever proves it again; the dashboard has questions of its own."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import duckdb
import pandas as pd

from pipelines.store.machine import WarehouseError, environment_faults
from pipelines.store.slices import columns_of, full_name, selected
from pipelines.tables.base import Table


def released_rows(path: Path, table: Table, names: Sequence[str]) -> pd.DataFrame:
    """Return some columns of a table of a release.

    Raises:
        WarehouseError: When the file is no database, or has no such table and columns.
    """
    wanted = replace(table, columns={name: table.columns[name] for name in names})
    with environment_faults(path), duckdb.connect(path, read_only=True) as connection:
        columns = selected(wanted, columns_of(connection, wanted))
        if columns is None:
            raise WarehouseError(f"{path} has no table {table.name} with {', '.join(names)}; it cannot be proved")
        rows = connection.sql(f"SELECT {columns} FROM {full_name(table)}").to_arrow_table()  # noqa: S608 - quoted
        return wanted.typed(rows.to_pandas())
