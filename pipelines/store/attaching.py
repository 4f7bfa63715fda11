"""Opens the warehouse's database: one engine a process, to which the file is attached for as long as a call takes.

Starting an engine costs seven times what attaching a file does, and a run reads and writes some two hundred times.
Put here how the file is opened and closed; who may open it is settled by the store's lock.
"""

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipelines.store.layouts import NewerFile, settle_layout
from pipelines.store.slices import WAREHOUSE, literal, quoted

CONFIG: Mapping[str, str | bool | int | float | list[str]] = {
    "threads": 1,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
}


MEMORY = "128MB"


@dataclass
class _Engine:
    """DuckDB in memory, for one database file: what does not fit into memory is put beside that file.

    The layout is looked at when a file is opened first or was written to since, and whenever it is opened for writing:
    looking takes as long as a quarter of a small read.
    """

    process: int
    database: Path
    instance: duckdb.DuckDBPyConnection
    n_attached: int = 0
    known: tuple[int, int] | None = None


_guard = threading.Lock()
_engines: list[_Engine] = []
"""The engine that was used last, if any."""
_of_parents: list[_Engine] = []
"""Engines of the processes that this one was forked from; letting one go would wait for threads that are not here."""


@contextmanager
def little_memory(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Keep an engine to little memory: what sorts or groups many rows goes to disk beyond that."""
    connection.execute(f"SET GLOBAL memory_limit = {literal(MEMORY)}")
    try:
        yield
    finally:
        connection.execute("RESET GLOBAL memory_limit")


@contextmanager
def attached(database: Path, *, read_only: bool) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a database for one call; whoever reads may be entered again, and what is not committed is rolled back.

    Args:
        database: The file.
        read_only: Whether nothing is written.

    Raises:
        duckdb.Error: When it cannot be opened; the engine is then not used again.
        NewerFile: When newer software wrote it.
    """
    with _guard:
        engine = _engine_for(database)
        connection = engine.instance.cursor()
    try:
        with _guard:
            _attach(engine, connection, read_only=read_only)
        try:
            yield connection
        finally:
            with _guard:
                _detach(engine, connection)
    except BaseException:
        with _guard:
            _engines[:] = [each for each in _engines if each is not engine]
        raise


def _engine_for(database: Path) -> _Engine:
    if _engines and _engines[0].process != os.getpid():
        _of_parents.append(_engines.pop())
    if not _engines or _engines[0].database != database:
        config = {**CONFIG, "temp_directory": f"{database}.tmp"}
        instance = duckdb.connect(":memory:", config=config)
        instance.execute("SET GLOBAL TimeZone = 'UTC'")
        _engines[:] = [_Engine(os.getpid(), database, instance)]
    return _engines[0]


def _attach(engine: _Engine, connection: duckdb.DuckDBPyConnection, *, read_only: bool) -> None:
    if not engine.n_attached:
        how = "(READ_ONLY)" if read_only else ""
        connection.execute(f"ATTACH {literal(str(engine.database))} AS {WAREHOUSE} {how}")
    connection.execute(f"USE {WAREHOUSE}")
    if not engine.n_attached and not (read_only and engine.known == _file_of(engine.database)):
        try:
            settle_layout(connection, read_only=read_only)
        except NewerFile:
            connection.execute("USE memory")
            connection.execute(f"DETACH {WAREHOUSE}")
            raise
        engine.known = _file_of(engine.database)
    engine.n_attached += 1


def _file_of(database: Path) -> tuple[int, int]:
    """Tell a file from another one that took its place, and from itself once it was written to."""
    found = database.stat()
    return found.st_ino, found.st_mtime_ns


def _detach(engine: _Engine, connection: duckdb.DuckDBPyConnection) -> None:
    connection.close()
    engine.n_attached -= 1
    if not engine.n_attached:
        engine.instance.execute(f"DETACH {WAREHOUSE}")
        engine.instance.execute(f"SET threads = {CONFIG['threads']}")


@contextmanager
def beside(staged: duckdb.DuckDBPyConnection, database: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a warehouse beside a private database: tables of both are found by their own names.

    What is not committed is rolled back when the connection closes.
    """
    connection = staged.cursor()
    own = str(connection.execute("SELECT current_database()").fetchall()[0][0])
    try:
        connection.execute(f"ATTACH {literal(str(database))} AS {WAREHOUSE}")
        connection.execute(f"SET search_path = {literal(f'{WAREHOUSE}.main,{quoted(own)}.main')}")
        connection.execute("SET TimeZone = 'UTC'")
        settle_layout(connection, read_only=False)
        yield connection
    finally:
        connection.close()
        staged.execute(f"DETACH DATABASE IF EXISTS {WAREHOUSE}")
