"""Files and folders that nobody finished: staging, copies, half-built releases, half-kept files.

The locks of run and release are held while they are looked for, so that none belongs to a run or a release, and no
process has them open; those that a fit may be writing were not touched for a while either.
"""

import shutil
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from pipelines.recovering.finding import Finding, Patient
from pipelines.store.copying import rooms_of_dead_servers

STILL_SECONDS = 60
_UNDER_LOCK = (
    ("warehouse", "staging/*", "staging of a run or an erasure that was killed"),
    ("releases", ".build-*", "a release that was never finished"),
    ("releases", ".current.json.*", "a pointer to a release that was never put in its place"),
    ("warehouse", ".study.duckdb.fresh*", "a database of an erasure that was never put in its place"),
)
_KEPT = ("raw/.*.part", "data/.*.part", "specs/.*.part")


def left_over(patient: Patient) -> Iterator[Finding]:
    """Find what killed processes never finished; it is removed, for nothing reads it."""
    for folder, pattern, what in _UNDER_LOCK:
        for path in sorted((patient.folder / folder).glob(pattern)):
            if not is_open(path):
                yield _removable(path, f"{what}; no process has it open")
    for path in sorted(path for pattern in _KEPT for path in patient.warehouse.glob(pattern)):
        if is_at_rest(path):
            yield _removable(path, "a file that was never kept whole; no process has it open")
    for path in rooms_of_dead_servers(patient.warehouse):
        yield _removable(path, "copies for a workbench whose process is gone")


def _removable(path: Path, what: str) -> Finding:
    return Finding("left-over", str(path), what, "remove it", partial(_remove, path))


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def is_at_rest(path: Path) -> bool:
    """Tell whether nobody is writing a file: none has it open, and it was not touched for a while.

    A time in the future, after a clock was set back, says nothing of the last while.
    """
    try:
        age = time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return False
    return not 0 <= age < STILL_SECONDS and not is_open(path)


def is_open(path: Path) -> bool:
    """Tell whether a process of this machine has a file open, or one in a folder."""
    wanted = path.resolve()
    for descriptor in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            found = descriptor.readlink()
        except OSError:  # it was closed meanwhile, or is somebody else's
            continue
        if found.is_relative_to(wanted):
            return True
    return False
