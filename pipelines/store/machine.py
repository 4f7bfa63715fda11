"""Faults of the machine, told with what helps: disk, permissions, memory, a damaged or newer file.

Put here what stands in the way of a file of the warehouse; never what is wrong with a study or its data.
"""

import errno
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb

from instruments.faults import EnvironmentFault

MACHINE_ERRORS = (duckdb.IOException, duckdb.SerializationException, duckdb.FatalException, duckdb.TransactionException)
DISK_IS_FULL = ("No space left on device", "Disk quota exceeded")
TOO_LARGE = "File too large"
CORRUPT = "Corrupt database file"
_PERMISSIONS = "check the folder's permissions"
_WHAT_HELPS: Mapping[int | None, str] = {
    errno.EACCES: _PERMISSIONS,
    errno.EPERM: _PERMISSIONS,
    errno.EROFS: "the disk is mounted read-only; keep the study on one that can be written",
    errno.EFBIG: "the file is larger than the disk's format, or the limit set for your account (ulimit -f), allows; "
    "have the limit raised, or keep the study on another disk",
    errno.EMFILE: "too many files are open at once; close other programs or raise the limit (ulimit -n)",
    errno.EIO: "the disk reports that it is damaged; restore the study from a backup on another one",
    errno.EEXIST: "a file of that name stands where the folder should be; move it away",
    errno.ENOTDIR: "a file of that name stands where the folder should be; move it away",
}


class WarehouseError(EnvironmentFault):
    """The machine, not the study, stands in the way: disk, permissions, a damaged or newer file."""


@contextmanager
def environment_faults(path: Path) -> Iterator[None]:
    """Turn a full disk, missing permissions and damaged files into WarehouseError with what to do."""
    try:
        yield
    except duckdb.Error as error:
        text = str(error).split("\n")[0]
        if isinstance(error, duckdb.OutOfMemoryException):
            raise WarehouseError(f"{text}; close other programs, or run where there is more memory") from error
        if any(phrase in text for phrase in DISK_IS_FULL):
            raise WarehouseError(_disk_full(path)) from error
        if CORRUPT in text:
            raise WarehouseError(f"{path} was damaged on its disk ({text}); restore the study from a backup") from error
        if isinstance(error, MACHINE_ERRORS):
            helps = f"; {_WHAT_HELPS[errno.EFBIG]}" if TOO_LARGE in text else ""
            raise WarehouseError(f"{path} cannot be opened or written: {text}{helps}") from error
        raise
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise WarehouseError(_disk_full(path)) from error
        helps = _WHAT_HELPS.get(error.errno, "see to it that the folder is there and can be written")
        raise WarehouseError(f"{path}: {error.strerror or error}; {helps}") from error


def what_helps(error: OSError) -> str:
    """Say what to do about an error of the machine, wherever it came from; empty where nothing better is known."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "make room on the disk, and run again"
    return _WHAT_HELPS.get(error.errno, "")


def refuse_a_second_beginning(database: Path) -> None:
    """Raise WarehouseError when the database is gone, though exports with fits, or releases, tell that there was one.

    A new one would begin without the record of releases, the locked plan and the codings, and number releases anew.
    """
    if database.exists():
        return
    kept, of_fits = (len(list((database.parent / name).glob("[!.]*"))) for name in ("raw", "data"))
    n_released = len(list((database.parent.parent / "releases").glob("r*.duckdb")))
    if (kept and of_fits) or n_released:
        raise WarehouseError(
            f"{database} is missing, though {kept} exports, {of_fits} files of fits and {n_released} releases are "
            "there: the folder was copied in part, or the file was removed; put a whole copy of warehouse/ in its "
            "place (sensemaking restore), or, to begin anew without the record of releases, the plan and the codings, "
            "move warehouse/ and releases/ away"
        )


def _disk_full(path: Path) -> str:
    free = shutil.disk_usage(path.parent).free // 1_000_000 if path.parent.exists() else 0
    return f"the disk of {path.parent} is full ({free} MB free); make room and run again: earlier tables are unharmed"
