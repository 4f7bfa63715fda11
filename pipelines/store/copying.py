"""Copies of the warehouse's database for pages that are read while a run writes: nobody waits for a reader.

No lock is taken. Every write to the file changes its mark (``remembered``), so that a copy between two equal marks is
what the disk held at one moment, and DuckDB opens that as it would after a power cut: at the last commit. A copy holds
answers, as the warehouse does: it lies in the warehouse's folder, for the owner only, and goes when it is outdated,
when the server ends, and with every erasure. Put here how copies are made and removed; what is read of them is for
pages.
"""

import datetime as dt
import os
import shutil
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipelines.process_mark import is_running
from pipelines.store.machine import WarehouseError, environment_faults
from pipelines.store.remembered import Mark, mark_of

FOLDER = "workbench"
_KEPT = ("data", "raw", "specs")
_TIMES, _TIMES_OF_THE_FIRST, _PAUSE_SECONDS = 5, 100, 0.1
SETTLED_SECONDS = 0.05
"""File systems count time in ticks of up to 10 ms: two writes within one leave the same mark."""
_CHUNK = 1 << 26


@dataclass(frozen=True, eq=False)
class WarehouseCopy:
    """A folder that reads like the warehouse as it was at one commit.

    Attributes:
        folder: The folder; what is kept by its hash is the warehouse's own.
        mark: State of the database that was copied; None where nothing was written yet.
        committed_at: When that state was written; None likewise.
    """

    folder: Path
    mark: Mark | None
    committed_at: dt.datetime | None


@dataclass(frozen=True)
class Reading:
    """What a page reads.

    Attributes:
        copy: The newest copy.
        is_late: Whether the warehouse has changed since, and was being written when it was to be copied.
    """

    copy: WarehouseCopy
    is_late: bool


class WarehouseCopies:
    """The newest copy of one warehouse, and those that pages still read."""

    def __init__(self, warehouse: Path, room: Path) -> None:
        """Copy a warehouse into a private folder that ``room_for_copies`` gave."""
        self._database = warehouse / "study.duckdb"
        self._room = room
        self._guard = threading.Lock()
        self._newest: WarehouseCopy | None = None
        self._readers: dict[WarehouseCopy, int] = {}

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """Give the last committed state that can be copied; it stays until the block ends.

        Raises:
            WarehouseError: When there is no copy yet and the warehouse is being written all the time.
        """
        with self._guard:
            found = self._renewed()
            self._readers[found.copy] = self._readers.get(found.copy, 0) + 1
        try:
            yield found
        finally:
            with self._guard:
                self._readers[found.copy] -= 1
                self._remove_unread()

    def _renewed(self) -> Reading:
        known = self._newest
        is_there = known is not None and known.folder.is_dir()
        if known is not None and is_there and known.mark == mark_of(self._database):
            return Reading(known, is_late=False)
        made = self._made()
        if made is not None:
            self._newest = made
            self._remove_unread()
            return Reading(made, is_late=False)
        if known is None or not is_there:
            raise WarehouseError(f"{self._database} is being written and was not seen at rest yet; load the page again")
        return Reading(known, is_late=True)

    def _made(self) -> WarehouseCopy | None:
        """Copy the database; None where it is written meanwhile."""
        for _ in range(_TIMES if self._newest else _TIMES_OF_THE_FIRST):
            mark, folder = mark_of(self._database), self._room / uuid.uuid4().hex
            if mark is None or _is_settled(self._database):
                with environment_faults(folder):
                    _make_folder(self._room)
                    committed_at = _copy(self._database, folder) if mark is not None else None
                    _lay_out(self._database, folder)
                if mark_of(self._database) == mark:
                    return WarehouseCopy(folder, mark, committed_at)
                shutil.rmtree(folder)
            time.sleep(_PAUSE_SECONDS)
        return None

    def _remove_unread(self) -> None:
        for copy in [each for each, n in self._readers.items() if not n and each is not self._newest]:
            del self._readers[copy]
            shutil.rmtree(copy.folder, ignore_errors=True)


def _is_settled(database: Path) -> bool:
    """Tell whether the last write is so long ago that another one would change the mark."""
    written = [path.stat().st_mtime for path in (database, _log_of(database)) if path.exists()]
    return all(abs(time.time() - when) > SETTLED_SECONDS for when in written)


def _make_folder(folder: Path) -> None:
    """Make a folder for the owner only, and those above it that are missing."""
    for each in (*reversed(folder.parents), folder):
        each.mkdir(mode=0o700, exist_ok=True)


def _lay_out(database: Path, folder: Path) -> None:
    """Let the copy find what the warehouse keeps by its hash and never writes again."""
    _make_folder(folder)
    for name in _KEPT:
        (folder / name).symlink_to((database.parent / name).absolute())


def _copy(database: Path, folder: Path) -> dt.datetime | None:
    """Copy the database and its write-ahead log; return when it was written, None where a file went away meanwhile."""
    _make_folder(folder)
    try:
        _copy_file(database, folder / database.name)
        if _log_of(database).exists():
            _copy_file(_log_of(database), folder / _log_of(database).name)
        return dt.datetime.fromtimestamp(database.stat().st_mtime, dt.UTC)
    except FileNotFoundError:  # the mark has changed with it
        return None


def _copy_file(source: Path, target: Path) -> None:
    """Copy within the kernel, which shares the blocks where the file system can."""
    with source.open("rb") as old, target.open("xb") as new:
        os.fchmod(new.fileno(), 0o600)
        while os.copy_file_range(old.fileno(), new.fileno(), _CHUNK):
            pass


def _log_of(database: Path) -> Path:
    return database.with_name(f"{database.name}.wal")


@contextmanager
def room_for_copies(warehouse: Path) -> Iterator[Path]:
    """Give a private folder for the copies of one server; it is removed afterwards, and so is what killed ones left."""
    room = warehouse / FOLDER / str(os.getpid())
    with environment_faults(room):
        for left_over in rooms_of_dead_servers(warehouse):
            shutil.rmtree(left_over)
        _make_folder(room)
    try:
        yield room
    finally:
        shutil.rmtree(room, ignore_errors=True)


def rooms_of_dead_servers(warehouse: Path) -> list[Path]:
    """Return the folders of copies whose server is gone."""
    rooms = sorted((warehouse / FOLDER).glob("[0-9]*"))
    return [room for room in rooms if not is_running(int(room.name))]


def remove_copies(warehouse: Path) -> None:
    """Remove every copy: what was erased from the warehouse is to be in none of them."""
    with environment_faults(warehouse / FOLDER):
        for room in (warehouse / FOLDER).glob("*"):
            shutil.rmtree(room)
