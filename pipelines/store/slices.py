"""How rows replace a slice of a table: by column name, in the types and with the comments of its description.

Put here the SQL of one table inside a transaction that the store has begun; never what is in the table.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from models.origin import data_hash
from pipelines.tables.base import DUCKDB_TYPES, Table

WAREHOUSE = "warehouse"


Scan = Callable[[str, Mapping[str, str]], Iterator[pa.RecordBatch]]
"""Answers a question in SQL with ``$name`` for each of the values, a batch of rows at a time."""
ROWS_OF_A_BATCH = 61_440
"""Half of what DuckDB keeps together, so that a batch stays near the processor."""


@dataclass(frozen=True)
class Query:
    """Rows that are not taken into memory: SQL over the warehouse itself, or over a private database beside it.

    Attributes:
        sql: Yields the rows, with the table's columns.
        staged: The private database, open; None for the warehouse itself.
    """

    sql: str
    staged: duckdb.DuckDBPyConnection | None = None


@dataclass(frozen=True)
class Write:
    """Rows that replace a slice of a table.

    Attributes:
        table: The table.
        rows: The new rows of the slice, with the table's columns.
        where: Column → value of the rows that are replaced; empty for the whole table.
    """

    table: Table
    rows: pd.DataFrame | Query
    where: Mapping[str, str | bool] = field(default_factory=dict)

    @property
    def slice(self) -> str:
        """Name of the slice in the provenance."""
        return ",".join(str(value) for value in self.where.values())


def quoted(name: str) -> str:
    """Quote an identifier for SQL."""
    return '"' + name.replace('"', '""') + '"'


def create_table(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Create a table and its schema; the comments on it and on every column begin with its grain."""
    layer, content = table.name.split(".")
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {quoted(layer)}")
    columns = ", ".join(f"{quoted(name)} {DUCKDB_TYPES[column.kind]}" for name, column in table.columns.items())
    named = f"{quoted(layer)}.{quoted(content)}"
    connection.execute(f"CREATE TABLE {named} ({columns})")
    connection.execute(f"COMMENT ON TABLE {named} IS {literal(table.grain)}")
    for name, column in table.columns.items():
        comment = f"{table.grain}. {column.meaning}"
        connection.execute(f"COMMENT ON COLUMN {named}.{quoted(name)} IS {literal(comment)}")


def insert_rows(connection: duckdb.DuckDBPyConnection, table: Table, rows: pd.DataFrame | Query) -> None:
    """Insert rows by column name."""
    if isinstance(rows, Query):
        connection.execute(f"INSERT INTO {full_name(table)} BY NAME {rows.sql}")
        return
    connection.register("new_rows", _arrow_of(rows))
    connection.execute(f"INSERT INTO {full_name(table)} BY NAME SELECT * FROM new_rows")  # noqa: S608 - quoted
    connection.unregister("new_rows")


def _arrow_of(rows: pd.DataFrame) -> pa.Table:
    """Return rows as DuckDB reads them fastest; a number that is none is missing."""
    table = pa.Table.from_pandas(rows, preserve_index=False)
    for place, column in enumerate(table.columns):
        if pa.types.is_floating(column.type):
            table = table.set_column(
                place,
                table.field(place),
                pc.call_function("if_else", [pc.call_function("is_nan", [column]), None, column]),
            )
    return table


def staged_database(writes: Sequence[Write]) -> duckdb.DuckDBPyConnection | None:
    """Return the private database that rows come from; all of one write come from the same."""
    found = {id(write.rows.staged): write.rows.staged for write in writes if isinstance(write.rows, Query)}
    databases = [each for each in found.values() if each is not None]
    if len(databases) > 1:
        raise AssertionError("the rows of one write come from one private database")
    return databases[0] if databases else None


def write_slice(connection: duckdb.DuckDBPyConnection, write: Write, there: set[str]) -> tuple[str, int]:
    """Replace a slice; return the hash of its rows and their number; ``there`` as of ``replace_slices``."""
    if isinstance(write.rows, Query):
        replace_slices(connection, write.table, write.rows, [write.where], there)
        return _hash_of_slice(connection, write)
    rows = write.table.typed(write.rows)
    replace_slices(connection, write.table, rows, [write.where], there)
    return data_hash(rows), len(rows)


def _hash_of_slice(connection: duckdb.DuckDBPyConnection, write: Write) -> tuple[str, int]:
    """Hash the stored rows whatever their order; DuckDB's version counts, as its hash may change with it."""
    columns = ", ".join(quoted(name) for name in write.table.columns)
    conditions = " AND ".join(f"{quoted(column)} = ?" for column in write.where) or "TRUE"
    found = connection.execute(
        f"SELECT count(*), bit_xor(each), sum(each) FROM (SELECT hash({columns}) AS each "  # noqa: S608 - quoted
        f"FROM {full_name(write.table)} WHERE {conditions})",
        list(write.where.values()),
    ).fetchall()[0]
    content = [duckdb.__version__, {name: column.kind for name, column in write.table.columns.items()}, *found]
    return hashlib.sha256(json.dumps(content, default=str).encode()).hexdigest(), int(found[0])


def replace_slices(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    rows: pd.DataFrame | Query,
    wheres: Sequence[Mapping[str, str | bool]],
    there: set[str],
) -> None:
    """Delete the rows of slices and insert the new ones; the table takes on its described columns.

    Args:
        connection: With a transaction begun.
        table: The table.
        rows: The new rows of all the slices.
        wheres: Column → value of the rows of each slice; empty for the whole table.
        there: Names of the tables that exist; the table's is added.
    """
    present = columns_of(connection, table) if table.name in there else {}
    if not present:
        create_table(connection, table)
        there.add(table.name)
    for where in wheres if present else ():
        conditions = " AND ".join(f"{quoted(column)} = ?" for column in where) or "TRUE"
        statement = f"DELETE FROM {full_name(table)} WHERE {conditions}"  # noqa: S608 - identifiers quoted
        connection.execute(statement, list(where.values()))
    if present and present != _declared(table):
        _rebuild(connection, table, present)
    insert_rows(connection, table, rows)


def _rebuild(connection: duckdb.DuckDBPyConnection, table: Table, present: Mapping[str, str]) -> None:
    """Give a table its new columns; rows of other slices keep all they hold until they are written again."""
    declared = _declared(table)
    named = full_name(table)
    connection.execute(f"CREATE TEMP TABLE kept AS SELECT * FROM {named}")  # noqa: S608 - identifiers quoted
    earlier = {name: kind for name, kind in present.items() if name not in declared and _holds(connection, name)}
    connection.execute(f"DROP TABLE {named}")
    create_table(connection, table)
    for name, kind in earlier.items():
        connection.execute(f"ALTER TABLE {named} ADD COLUMN {quoted(name)} {kind}")
    kept = ", ".join(
        f"TRY_CAST({quoted(name)} AS {declared[name]}) AS {quoted(name)}" if name in declared else quoted(name)
        for name in present
        if name in declared or name in earlier
    )
    connection.execute(f"INSERT INTO {named} BY NAME SELECT {kept} FROM kept")  # noqa: S608 - identifiers quoted
    connection.execute("DROP TABLE kept")


def _holds(connection: duckdb.DuckDBPyConnection, name: str) -> bool:
    return bool(connection.execute(f"SELECT count({quoted(name)}) > 0 FROM kept").fetchall()[0][0])  # noqa: S608


def _declared(table: Table) -> dict[str, str]:
    return {name: DUCKDB_TYPES[column.kind] for name, column in table.columns.items()}


def names_of_tables(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """Return the names of all tables of the warehouse."""
    statement = "SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE database_name = current_database()"
    return {name for (name,) in connection.execute(statement).fetchall()}


def scan(
    connection: duckdb.DuckDBPyConnection | None, question: str, values: Mapping[str, str]
) -> Iterator[pa.RecordBatch]:
    """Answer a question in SQL with ``$name`` for each of the values, batch by batch; there must be a database.

    One thread reads, beside whoever counts: two take more of the processor for the same rows.
    """
    if connection is None:
        raise AssertionError("nothing was written yet")
    yield from connection.sql(question, params=dict(values)).to_arrow_reader(ROWS_OF_A_BATCH)


def columns_of(connection: duckdb.DuckDBPyConnection, table: Table) -> dict[str, str]:
    """Return the columns that a table has, with their types; none when it is not there.

    Within a transaction only for tables that are there: looking for another one aborts it.
    """
    named = literal(f".{full_name(table)}")
    statement = f"SELECT name, type FROM pragma_table_info('\"' || current_database() || '\"' || {named})"  # noqa: S608
    try:
        rows = connection.execute(statement).fetchall()
    except duckdb.CatalogException:  # what DuckDB raises where there is no such table
        return {}
    return {name: "TIMESTAMPTZ" if kind == "TIMESTAMP WITH TIME ZONE" else kind for name, kind in rows}


def selected(table: Table, present: Mapping[str, str]) -> str | None:
    """Write the columns to select of a table, those that it had not yet filled in; None when that cannot be done."""
    found: list[str] = []
    for name, column in table.columns.items():
        if name not in present and (column.if_absent is None or not present):
            return None
        stored = quoted(name) if name in present else "NULL"
        filled = stored if column.if_absent is None else f"coalesce({stored}, {literal(column.if_absent)})"
        found.append(f"{filled} AS {quoted(name)}")
    return ", ".join(found)


def full_name(table: Table) -> str:
    """Name a table in SQL."""
    return ".".join(quoted(part) for part in table.name.split("."))


def literal(text: str) -> str:
    """Write a text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"
