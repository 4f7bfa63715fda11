"""Tables as they were last read, kept in memory for as long as the database file is as this process left it.

A step reads what earlier steps wrote, and many read the same tables. Put here when a table that was read before may be
given out again; how a table is read and written is in ``store`` and ``slices``.
"""

import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from pipelines.tables.base import Table

MOST_BYTES = 128_000_000
"""Memory of all tables that are kept; a larger one is read anew every time."""
_HEADERS = 3 * 4096
"""DuckDB's file begins with three blocks of headers, of which every checkpoint replaces one and counts it up."""

Mark = tuple[object, ...]


def mark_of(database: Path) -> Mark | None:
    """Tell one state of a database file from every other: which file it is, its headers, and its write-ahead log.

    Returns:
        None when there is no such file.
    """
    try:
        with database.open("rb") as file:
            headers = file.read(_HEADERS)
        found = database.stat()
    except FileNotFoundError:
        return None
    log = database.with_name(f"{database.name}.wal")
    try:
        logged = log.stat()
    except FileNotFoundError:
        return found.st_ino, found.st_size, found.st_mtime_ns, headers
    return found.st_ino, found.st_size, found.st_mtime_ns, headers, logged.st_size, logged.st_mtime_ns


class Remembered:
    """Tables of the one database that was read last.

    A frame that is given out shares its cells with what is kept; pandas copies them on the first change.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._state: tuple[Path, Mark | None] | None = None
        self._tables: dict[object, tuple[str, pd.DataFrame, int]] = {}

    def table(self, database: Path, table: Table) -> pd.DataFrame | None:
        """Return a table that was read before, when nothing has written to it since."""
        with self._guard:
            if self._state != (database, mark_of(database)):
                return None
            found = self._tables.get(_form(table))
        return None if found is None else found[1].copy(deep=False)

    def keep(self, database: Path, mark: Mark | None, table: Table, rows: pd.DataFrame) -> None:
        """Keep a table.

        Args:
            database: The file.
            mark: Its mark, taken before the table was read.
            table: The table.
            rows: All its rows.
        """
        size = int(rows.memory_usage(index=False).sum())
        with self._guard:
            if self._state != (database, mark):
                self._tables.clear()
                self._state = database, mark
            self._tables.pop(_form(table), None)
            if size > MOST_BYTES:
                return
            while sum(held for _, _, held in self._tables.values()) + size > MOST_BYTES:
                del self._tables[next(iter(self._tables))]
            self._tables[_form(table)] = table.name, rows.copy(deep=False), size

    @contextmanager
    def through_write(self, database: Path, names: Collection[str] | None) -> Iterator[None]:
        """Go on with the tables that a write leaves as they are; whoever writes holds the lock of the store.

        Args:
            database: The file.
            names: Names of the tables that are written; None for any.
        """
        with self._guard:
            is_known = names is not None and self._state == (database, mark_of(database))
            self._drop(names if is_known else None)
        try:
            yield
        except BaseException:
            with self._guard:
                self._drop(None)
            raise
        with self._guard:
            self._drop(names if is_known else None)
            if is_known and self._state is not None:
                self._state = database, mark_of(database)

    def _drop(self, names: Collection[str] | None) -> None:
        """Forget some tables; everything where ``names`` is None."""
        if names is None:
            self._tables.clear()
            self._state = None
            return
        for form in [form for form, (name, _, _) in self._tables.items() if name in names]:
            del self._tables[form]


def _form(table: Table) -> object:
    """Return everything about a table that decides how its rows are read."""
    kinds = tuple((name, column.kind) for name, column in table.columns.items())
    return table.name, table.key, kinds


REMEMBERED = Remembered()
