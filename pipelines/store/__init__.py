"""The warehouse: the only writer of ``study.duckdb`` and of the files kept beside it.

One writer at a time (``flock``), one transaction a write, rows inserted by column name, provenance in the same
transaction. A connection lives for one call. Put here how tables are kept; never what is in them.
"""

import datetime as dt
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pandas as pd

from models.origin import data_hash
from pipelines.files import file_sha256, flush_file
from pipelines.lock import exclusive
from pipelines.store import erasing
from pipelines.store.attaching import attached, beside
from pipelines.store.copying import remove_copies
from pipelines.store.keeping import keep, keep_text, kept_text
from pipelines.store.machine import WarehouseError, environment_faults, refuse_a_second_beginning
from pipelines.store.remembered import REMEMBERED, mark_of
from pipelines.store.slices import (
    Query,
    Scan,
    Write,
    columns_of,
    create_table,
    full_name,
    insert_rows,
    names_of_tables,
    quoted,
    replace_slices,
    scan,
    selected,
    staged_database,
    write_slice,
)
from pipelines.tables.base import Table
from pipelines.tables.raw import LAYOUTS, WRITES

__all__ = [
    "Origin",
    "Query",
    "Store",
    "WarehouseError",
    "Write",
    "create_table",
    "environment_faults",
    "insert_rows",
    "quoted",
]

Origin = Mapping[Any, Any]


class Store:
    """Reads and writes the tables and files of one warehouse folder.

    Attributes:
        folder: The warehouse folder.
        database: ``study.duckdb`` in it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = folder / "study.duckdb"
        self._reader: duckdb.DuckDBPyConnection | None = None

    def read(self, table: Table) -> pd.DataFrame:
        """Return a table, sorted by its key; without rows when it was never written."""
        rows = REMEMBERED.table(self.database, table)
        if rows is None:
            with exclusive(self.folder / "store.lock", "a write to the warehouse"):
                mark = mark_of(self.database)
                rows = self._read(table)
                REMEMBERED.keep(self.database, mark, table, rows)
        return rows

    def _read(self, table: Table) -> pd.DataFrame:
        order = ", ".join(quoted(column) for column in table.key) or "ALL"
        with self._connection(read_only=True) as connection:
            columns = None if connection is None else selected(table, columns_of(connection, table))
            if connection is None or columns is None:
                return table.empty()
            rows = connection.sql(f"SELECT {columns} FROM {full_name(table)} ORDER BY {order}")  # noqa: S608 - quoted
            return table.typed(rows.to_arrow_table().to_pandas())

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Let one connection serve every read of one thread; whoever wants to write waits, so keep it short."""
        outer = self._reader
        with self._connection(read_only=True) as connection:
            self._reader = connection
            try:
                yield
            finally:
                self._reader = outer

    @contextmanager
    def scanning(self) -> Iterator[Scan]:
        """Read tables that were written, in SQL with ``$name`` for each value, a batch of rows at a time."""
        with self._connection(read_only=True) as connection:
            yield partial(scan, connection)

    @contextmanager
    def lending(self) -> Iterator[duckdb.DuckDBPyConnection | None]:
        """Lend a connection for reading to ``passing``; None where nothing was written yet."""
        with self._connection(read_only=True) as connection:
            yield connection

    def provenance(self) -> dict[tuple[str, str], Origin]:
        """Return what the last write of every table and slice was made from, by table name and slice."""
        return {(row["table_name"], row["slice"]): row for row in self.read(WRITES).to_dict("records")}

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
        names = {WRITES.name, LAYOUTS.name, *(write.table.name for write in writes)}
        with self._connection(read_only=False, staged=staged_database(writes), names=names) as connection:
            if connection is None:
                raise AssertionError("a connection for writing always exists")
            if any(isinstance(write.rows, Query) for write in writes):
                connection.execute("RESET threads")
            there = names_of_tables(connection)
            connection.begin()
            origins: list[dict[str, object]] = []
            for write in writes:
                content_hash, n_rows = write_slice(connection, write, there)
                origins.append(
                    {
                        "table_name": write.table.name,
                        "slice": write.slice,
                        "input_hash": input_hash,
                        "content_hash": content_hash,
                        "n_rows": n_rows,
                        "run_id": run_id,
                        "written_at": now,
                    }
                )
            slices = [{"table_name": str(row["table_name"]), "slice": str(row["slice"])} for row in origins]
            replace_slices(connection, WRITES, WRITES.typed(pd.DataFrame(origins)), slices, there)
            connection.commit()

    @contextmanager
    def staging(self) -> Iterator[Path]:
        """Give a private folder for what is not stored yet; it is removed afterwards."""
        folder = self.folder / "staging"
        with environment_faults(folder):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with TemporaryDirectory(prefix="sensemaking-", dir=folder) as private:
                yield Path(private)

    def clear_staging(self) -> None:
        """Remove what killed runs left in the staging folder; only for whoever holds the lock of the run."""
        shutil.rmtree(self.folder / "staging", ignore_errors=True)

    def keep_file(self, path: Path) -> str:
        """Keep a file byte for byte under its SHA-256 in ``raw/``.

        Returns:
            The SHA-256 in hexadecimal.
        """
        sha256 = file_sha256(path)
        kept = self.folder / "raw" / sha256
        if kept.is_file() and file_sha256(kept) != sha256:
            kept.unlink()
        keep(kept, lambda target: shutil.copyfile(path, target))
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

    def kept_names(self, folder: str) -> list[str]:
        """List what is kept in ``raw`` or ``data``, by name."""
        return sorted(path.name for path in (self.folder / folder).glob("[!.]*"))

    def remove_kept(self, folder: str, name: str) -> None:
        """Remove something kept in ``raw`` or ``data``, for good."""
        with environment_faults(self.folder / folder):
            (self.folder / folder / name).unlink(missing_ok=True)
            flush_file(self.folder / folder)

    def rename_file(self, old: str, new: str) -> None:
        """Let every row that came from a kept file name the one that took its place."""
        with self._connection(read_only=False) as connection:
            if connection is not None:
                erasing.rename_file(connection, old, new)

    def delete_people(self, responses: Collection[str], people: Collection[str]) -> Mapping[str, int]:
        """Delete the rows of some responses and people from every table, in one transaction, and all provenance.

        Args:
            responses: Ids of responses.
            people: Pseudonyms of people.

        Returns:
            Table → rows deleted.
        """
        with self._connection(read_only=False) as connection:
            if connection is None:
                return {}
            connection.begin()
            deleted = erasing.delete_people(connection, responses, people)
            connection.commit()
            return deleted

    def write_afresh(self) -> None:
        """Put a new database file in the place of the old one, whose pages still hold what was deleted."""
        fresh = self.folder / f".{self.database.name}.fresh"
        with exclusive(self.folder / "store.lock", "a write to the warehouse"):
            with self._connection(read_only=False) as connection:
                if connection is not None:
                    erasing.write_afresh(connection, fresh)
            with environment_faults(self.database):
                fresh.replace(self.database)
                flush_file(self.folder)
            remove_copies(self.folder)

    def keep_rows(self, rows: pd.DataFrame) -> str:
        """Keep the rows a fit used, as Parquet under their hash in ``data/``.

        Returns:
            The hash of the rows.
        """
        name = data_hash(rows)
        keep(self.folder / "data" / f"{name}.parquet", lambda target: rows.to_parquet(target, index=False))
        return name

    def kept_rows(self, name: str) -> pd.DataFrame:
        """Return rows kept by ``keep_rows``; WarehouseError when they are gone, for example after an erasure."""
        return pd.read_parquet(self.kept_rows_file(name))

    def kept_rows_file(self, name: str) -> Path:
        """Return where rows lie as Parquet; WarehouseError when they are gone."""
        path = self.folder / "data" / f"{name}.parquet"
        if not path.is_file():
            raise WarehouseError(f"the rows {name[:12]} are no longer in {path.parent}; they may have been erased")
        return path

    def keep_text(self, text: str) -> str:
        """Keep a specification, or what refers to some, under its SHA-256 in ``specs/``; return the hash."""
        return keep_text(self.folder / "specs", text)

    def kept_text(self, sha256: str) -> str:
        """Return a text kept by ``keep_text``; WarehouseError when it is gone or damaged."""
        return kept_text(self.folder / "specs", sha256)

    @contextmanager
    def _connection(
        self,
        *,
        read_only: bool,
        staged: duckdb.DuckDBPyConnection | None = None,
        names: Collection[str] | None = None,
    ) -> Iterator[duckdb.DuckDBPyConnection | None]:
        """Open the warehouse for one call; ``names`` are the tables that are written, None stands for any."""
        if self._reader is not None:
            if not read_only:
                raise AssertionError("nothing is written to the warehouse within reading()")
            yield self._reader
            return
        if read_only and not self.database.exists():
            yield None
            return
        refuse_a_second_beginning(self.database)
        with (
            environment_faults(self.database),
            exclusive(self.folder / "store.lock", "a write to the warehouse"),
            nullcontext() if read_only else REMEMBERED.through_write(self.database, names),
        ):
            if staged is not None:
                with beside(staged, self.database) as connection:
                    yield connection
                return
            with attached(self.database, read_only=read_only) as connection:
                yield connection
