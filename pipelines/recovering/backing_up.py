"""Makes a backup of a whole study, as it is at one moment, proved before it takes its name."""

import datetime as dt
import shutil
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from instruments.faults import EnvironmentFault, UsageError
from models.origin import software_version
from pipelines.files import file_sha256, flush_file
from pipelines.lock import Waiting, exclusive, no_message
from pipelines.recovering.backup_files import (
    CONTENT,
    FORMAT,
    LIST,
    BackedUpFile,
    BackupList,
    paths_to_back_up,
    prove_backup,
)
from pipelines.recovering.finding import RUN_LOCK
from pipelines.store import Store, environment_faults
from pipelines.store.proving import read_through, write_log_into_file

WHO = "sensemaking backup"
_FOLDER, _FILE = 0o700, 0o600


def back_up(folder: Path, target: Path, on_wait: Waiting = no_message) -> BackupList:
    """Copy a study, between two runs, to a new folder for its owner only.

    Args:
        folder: The study folder.
        target: The backup; it must not be there yet.
        on_wait: Told whom it waits for.

    Returns:
        What was backed up, every file proved by its hash.

    Raises:
        UsageError: When the folder is no study, or the target is there, in the study, or in no folder.
        EnvironmentFault: When the study is damaged, or there is no room.
    """
    _refuse_target(folder, target)
    with environment_faults(target), _at_rest(folder, on_wait), _whole_or_absent(target) as unfinished:
        paths = list(paths_to_back_up(folder))
        _refuse_without_room(paths, target.parent)
        _copy(folder, paths, unfinished)
        return prove_backup(unfinished)


@contextmanager
def _at_rest(folder: Path, on_wait: Waiting) -> Iterator[None]:
    """Keep runs, releases and writes away; what is committed is in the database, and every block of it can be read."""
    warehouse = folder / "warehouse"
    if not warehouse.is_dir():
        yield
        return
    with (
        exclusive(warehouse / RUN_LOCK, WHO, on_wait),
        exclusive(warehouse / "release.lock", WHO, on_wait),
        exclusive(warehouse / "store.lock", WHO, on_wait),
    ):
        database = Store(warehouse).database
        if database.exists():
            write_log_into_file(database)
            read_through(database)
        yield


@contextmanager
def _whole_or_absent(target: Path) -> Iterator[Path]:
    for left_over in target.parent.glob(f".{target.name}.*.unfinished"):
        shutil.rmtree(left_over)
    unfinished = target.with_name(f".{target.name}.{uuid.uuid4().hex}.unfinished")
    unfinished.mkdir(_FOLDER)
    try:
        yield unfinished
        unfinished.rename(target)
        flush_file(target.parent)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise


def _copy(folder: Path, paths: list[Path], unfinished: Path) -> None:
    content = unfinished / CONTENT
    content.mkdir(_FOLDER)
    folders: dict[str, int] = {}
    files: dict[str, BackedUpFile] = {}
    for path in paths:
        name = path.relative_to(folder).as_posix()
        there = path.stat()
        if path.is_dir():
            (content / name).mkdir(_FOLDER)
            folders[name] = there.st_mode & 0o777
            continue
        _copy_file(path, content / name)
        sha256 = file_sha256(content / name)
        _refuse_unlike_its_name(name, sha256)
        size = (content / name).stat().st_size
        files[name] = BackedUpFile(
            sha256=sha256, n_bytes=size, mode=there.st_mode & 0o777, changed_ns=there.st_mtime_ns
        )
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    listed = BackupList(
        format=FORMAT,
        study=folder.resolve().name,
        made_at=now,
        software_version=software_version(),
        folders=folders,
        files=files,
    )
    (unfinished / LIST).touch(_FILE)
    (unfinished / LIST).write_text(listed.model_dump_json(indent=1) + "\n", encoding="utf-8")
    flush_file(unfinished / LIST)


def _copy_file(source: Path, target: Path) -> None:
    target.touch(_FILE)
    if source.suffix == ".db" and "dagster" in source.parts[-5:]:
        # Dagster's daemon may be writing its records; SQLite itself copies them as of one moment.
        with closing(sqlite3.connect(source)) as records, closing(sqlite3.connect(target)) as copy:
            records.backup(copy)
    else:
        shutil.copyfile(source, target)
    flush_file(target)


def _refuse_unlike_its_name(name: str, sha256: str) -> None:
    above, _, last = name.rpartition("/")
    is_raw = above == "warehouse/raw" and last != sha256
    is_release = above == "releases" and last.endswith(".duckdb") and last[8:20] != sha256[:12]
    if is_raw or is_release:
        raise EnvironmentFault(
            f"{name} is damaged: its name carries another hash; mend it first (sensemaking doctor STUDY), so that the "
            "backup is of a sound study"
        )


def _refuse_target(folder: Path, target: Path) -> None:
    if not (folder / "study.yaml").is_file():
        raise UsageError(f"{folder} is no study folder: it holds no study.yaml")
    if target.exists() or target.is_symlink():
        raise UsageError(f"{target} is there already; give the name of a new folder, such as one with the date")
    if not target.parent.is_dir():
        raise UsageError(f"there is no folder {target.parent}; make it first")
    if target.resolve().is_relative_to(folder.resolve()):
        raise UsageError(f"{target} lies in the study itself and would be lost with it; give a place outside {folder}")


def _refuse_without_room(paths: list[Path], place: Path) -> None:
    needed = sum(path.stat().st_size for path in paths if path.is_file())
    free = shutil.disk_usage(place).free
    if free < needed:
        raise EnvironmentFault(
            f"{place} has {free // 1_000_000} MB free, and the backup needs {needed // 1_000_000} MB; make room, or "
            "give another place"
        )
