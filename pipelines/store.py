"""The warehouse: the only writer of ``study.duckdb`` and of the files kept beside it.

One writer at a time (``flock``), one transaction a write, rows inserted by column name, provenance in the same
transaction. A connection lives for one call. Put here how tables are kept; never what is in them.
"""

import datetime as dt
import errno
import shutil
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pandas as pd

from instruments.faults import EnvironmentFault
from models.origin import data_hash
from pipelines.files import file_sha256, flush_file
from pipelines.lock import exclusive
from pipelines.tables.base import DUCKDB_TYPES, Table
from pipelines.tables.raw import WRITES

CONFIG: Mapping[str, str | bool | int | float | list[str]] = {
    "threads": 1,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
}

MACHINE_ERRORS = (duckdb.IOException, duckdb.SerializationException, duckdb.FatalException, duckdb.TransactionException)
DISK_IS_FULL = ("No space left on device", "Disk quota exceeded")


class WarehouseError(EnvironmentFault):
    """The machine, not the study, stands in the way: disk, permissions, a damaged or newer file."""


@dataclass(frozen=True)
class Write:
    """Rows that replace a slice of a table.

    Attributes:
        table: The table.
        rows: The new rows of the slice, with the table's columns.
        where: Column → value of the rows that are replaced; empty for the whole table.
    """

    table: Table
    rows: pd.DataFrame
    where: Mapping[str, str | bool] = field(default_factory=dict)

    @property
    def slice(self) -> str:
        """Name of the slice in the provenance."""
        return ",".join(str(value) for value in self.where.values())


class Store:
    """Reads and writes the tables and files of one warehouse folder.

    Attributes:
        folder: The warehouse folder.
        database: ``study.duckdb`` in it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = folder / "study.duckdb"

    def read(self, table: Table) -> pd.DataFrame:
        """Return a table, sorted by its key; without rows when it was never written."""
        order = ", ".join(quoted(column) for column in table.key) or "ALL"
        columns = ", ".join(quoted(column) for column in table.columns)
        with self._connection(read_only=True) as connection:
            if connection is None or set(table.columns) - set(_columns_of(connection, table)):
                return table.empty()
            rows = connection.sql(f"SELECT {columns} FROM {_full_name(table)} ORDER BY {order}")  # noqa: S608 - quoted
            return table.typed(rows.to_arrow_table().to_pandas())

    def provenance(self) -> dict[tuple[str, str], pd.Series]:
        """Return what the last write of every table and slice was made from, by table name and slice."""
        writes = self.read(WRITES)
        return {(row["table_name"], row["slice"]): row for _, row in writes.iterrows()}

    def write(self, writes: Sequence[Write], *, input_hash: str, run_id: str) -> None:
        """Replace slices of one or more tables in one transaction, with their provenance.

        Args:
            writes: What to replace.
            input_hash: Hash of everything the rows were made from.
            run_id: The run that made them.

        Raises:
            WarehouseError: When the disk is full or the file cannot be written; the old rows stay.
        """
        now = dt.datetime.now(dt.UTC)
        with self._connection(read_only=False) as connection:
            if connection is None:
                raise AssertionError("a connection for writing always exists")
            connection.begin()
            for write in writes:
                rows = write.table.typed(write.rows)
                _replace(connection, Write(write.table, rows, write.where))
                origin = {
                    "table_name": write.table.name,
                    "slice": write.slice,
                    "input_hash": input_hash,
                    "content_hash": data_hash(rows),
                    "n_rows": len(rows),
                    "run_id": run_id,
                    "written_at": now,
                }
                where = {"table_name": write.table.name, "slice": write.slice}
                _replace(connection, Write(WRITES, WRITES.typed(pd.DataFrame([origin])), where))
            connection.commit()

    def keep_file(self, path: Path) -> str:
        """Keep a file byte for byte under its SHA-256 in ``raw/``.

        Returns:
            The SHA-256 in hexadecimal.
        """
        sha256 = file_sha256(path)
        kept = self.folder / "raw" / sha256
        if kept.is_file() and file_sha256(kept) != sha256:
            kept.unlink()
        self._keep(kept, lambda target: shutil.copyfile(path, target))
        return sha256

    def kept_file(self, sha256: str) -> Path:
        """Return where a kept file lies.

        Raises:
            WarehouseError: When it is gone, or its bytes are not those that were kept.
        """
        kept = self.folder / "raw" / sha256
        if not kept.is_file() or file_sha256(kept) != sha256:
            raise WarehouseError(f"{kept} is gone or damaged; put the export it came from into exports/ again and run")
        return kept

    def keep_rows(self, rows: pd.DataFrame) -> str:
        """Keep the rows a fit used, as Parquet under their hash in ``data/``.

        Returns:
            The hash of the rows.
        """
        name = data_hash(rows)
        self._keep(self.folder / "data" / f"{name}.parquet", lambda target: rows.to_parquet(target, index=False))
        return name

    def kept_rows(self, name: str) -> pd.DataFrame:
        """Return rows kept by ``keep_rows``.

        Raises:
            WarehouseError: When they are gone, for example after an erasure.
        """
        path = self.folder / "data" / f"{name}.parquet"
        if not path.is_file():
            raise WarehouseError(f"the rows {name[:12]} are no longer in {path.parent}; they may have been erased")
        return pd.read_parquet(path)

    def _keep(self, target: Path, write: Callable[[Path], object]) -> None:
        if target.exists():
            return
        temporary = target.with_name(f".{target.name}.{uuid.uuid4().hex}.part")
        with environment_faults(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                write(temporary)
                flush_file(temporary)
                temporary.chmod(0o400)
                temporary.replace(target)
            finally:
                temporary.unlink(missing_ok=True)

    @contextmanager
    def _connection(self, *, read_only: bool) -> Iterator[duckdb.DuckDBPyConnection | None]:
        if read_only and not self.database.exists():
            yield None
            return
        with environment_faults(self.database), exclusive(self.folder / "store.lock", "a write to the warehouse"):
            connection = duckdb.connect(self.database, read_only=read_only, config=dict(CONFIG))
            try:
                connection.execute("SET TimeZone = 'UTC'")
                yield connection
            finally:
                connection.close()


@contextmanager
def environment_faults(path: Path) -> Iterator[None]:
    """Turn a full disk, missing permissions and damaged files into WarehouseError with what to do."""
    try:
        yield
    except duckdb.Error as error:
        text = str(error).split("\n")[0]
        if any(phrase in text for phrase in DISK_IS_FULL):
            raise WarehouseError(_disk_full(path)) from error
        if isinstance(error, MACHINE_ERRORS):
            raise WarehouseError(f"{path} cannot be opened or written: {text}") from error
        raise
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise WarehouseError(_disk_full(path)) from error
        raise WarehouseError(f"{path}: {error.strerror or error}; check the folder's permissions") from error


def _disk_full(path: Path) -> str:
    free = shutil.disk_usage(path.parent).free // 1_000_000 if path.parent.exists() else 0
    return f"the disk of {path.parent} is full ({free} MB free); make room and run again: earlier tables are unharmed"


def quoted(name: str) -> str:
    """Quote an identifier for SQL."""
    return '"' + name.replace('"', '""') + '"'


def create_table(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Create a table and its schema; the comments on it and on every column begin with its grain."""
    layer, content = table.name.split(".")
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {quoted(layer)}")
    columns = ", ".join(f"{quoted(name)} {DUCKDB_TYPES[column.kind]}" for name, column in table.columns.items())
    full_name = f"{quoted(layer)}.{quoted(content)}"
    connection.execute(f"CREATE TABLE {full_name} ({columns})")
    connection.execute(f"COMMENT ON TABLE {full_name} IS {_literal(table.grain)}")
    for name, column in table.columns.items():
        comment = f"{table.grain}. {column.meaning}"
        connection.execute(f"COMMENT ON COLUMN {full_name}.{quoted(name)} IS {_literal(comment)}")


def insert_rows(connection: duckdb.DuckDBPyConnection, table: Table, rows: pd.DataFrame) -> None:
    """Insert rows by column name."""
    connection.register("new_rows", rows)
    connection.execute(f"INSERT INTO {_full_name(table)} BY NAME SELECT * FROM new_rows")  # noqa: S608 - quoted
    connection.unregister("new_rows")


def _replace(connection: duckdb.DuckDBPyConnection, write: Write) -> None:
    table = write.table
    present = _columns_of(connection, table)
    if not present:
        create_table(connection, table)
    conditions = " AND ".join(f"{quoted(column)} = ?" for column in write.where) or "TRUE"
    statement = f"DELETE FROM {_full_name(table)} WHERE {conditions}"  # noqa: S608 - identifiers quoted
    connection.execute(statement, list(write.where.values()))
    if present and present != _declared(table):
        _rebuild(connection, table, present)
    insert_rows(connection, table, write.rows)


def _rebuild(connection: duckdb.DuckDBPyConnection, table: Table, present: Mapping[str, str]) -> None:
    """Give a table its new columns; rows of other slices keep all they hold until they are written again."""
    declared = _declared(table)
    full_name = _full_name(table)
    connection.execute(f"CREATE TEMP TABLE kept AS SELECT * FROM {full_name}")  # noqa: S608 - identifiers quoted
    earlier = {name: kind for name, kind in present.items() if name not in declared and _holds(connection, name)}
    connection.execute(f"DROP TABLE {full_name}")
    create_table(connection, table)
    for name, kind in earlier.items():
        connection.execute(f"ALTER TABLE {full_name} ADD COLUMN {quoted(name)} {kind}")
    kept = ", ".join(
        f"TRY_CAST({quoted(name)} AS {declared[name]}) AS {quoted(name)}" if name in declared else quoted(name)
        for name in present
        if name in declared or name in earlier
    )
    connection.execute(f"INSERT INTO {full_name} BY NAME SELECT {kept} FROM kept")  # noqa: S608 - identifiers quoted
    connection.execute("DROP TABLE kept")


def _holds(connection: duckdb.DuckDBPyConnection, name: str) -> bool:
    return bool(connection.execute(f"SELECT count({quoted(name)}) > 0 FROM kept").fetchall()[0][0])  # noqa: S608


def _declared(table: Table) -> dict[str, str]:
    return {name: DUCKDB_TYPES[column.kind] for name, column in table.columns.items()}


def _columns_of(connection: duckdb.DuckDBPyConnection, table: Table) -> dict[str, str]:
    layer, content = table.name.split(".")
    rows = connection.execute(
        "SELECT column_name, data_type FROM duckdb_columns() WHERE schema_name = ? AND table_name = ? "
        "ORDER BY column_index",
        [layer, content],
    ).fetchall()
    return {name: "TIMESTAMPTZ" if kind == "TIMESTAMP WITH TIME ZONE" else kind for name, kind in rows}


def _full_name(table: Table) -> str:
    return ".".join(quoted(part) for part in table.name.split("."))


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
