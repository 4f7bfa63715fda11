"""Whether the files of a wave have arrived whole: which they are, and whether anything still writes to them."""

import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from pipelines.assets.raw import exports_of
from pipelines.load import Study

SETTLED_SECONDS = 5.0
"""Least time since a file was last written to."""
SURELY_SETTLED_SECONDS = 600.0
"""Time after which a file that is looked at for the first time counts as whole."""


@dataclass(frozen=True)
class Arrived:
    """The files of a wave as they are now.

    Attributes:
        print_of: Hash of their names, sizes and times; empty without files.
        ages: Seconds since each was last written to; negative where its clock is ahead.
        newest: When the newest was written, seconds since 1970; None without files.
    """

    print_of: str
    ages: tuple[float, ...]
    newest: float | None

    def is_whole(self, before: str) -> bool:
        """Say whether nothing writes to the files any more.

        A time alone proves nothing: a slow upload pauses, and the sender's clock may be ahead or its times kept. So
        the files have to be the same as at the look before, unless all of them are old.

        Args:
            before: ``print_of`` at the look before, some seconds ago.
        """
        if not self.print_of:
            return False
        if self.print_of == before:
            return all(age >= SETTLED_SECONDS or age < 0 for age in self.ages)
        return all(age >= SURELY_SETTLED_SECONDS for age in self.ages)


def moment_of(seconds: float) -> dt.datetime:
    """Return the time of a number of seconds since 1970."""
    return dt.datetime.fromtimestamp(seconds, dt.UTC)


def arrived(study: Study, wave: str, now: float) -> Arrived:
    """Look at the files of a wave.

    Args:
        study: The study.
        wave: The wave.
        now: The time, seconds since 1970.
    """
    files: list[tuple[str, int, int]] = []
    for _, _, path in exports_of(study, wave):
        status = _status(path)
        if status is not None:
            files.append((path.name, *status))
    if not files:
        return Arrived("", (), None)
    times = [time / 1e9 for _, _, time in files]
    print_of = hashlib.sha256(json.dumps(files).encode()).hexdigest()[:16]
    return Arrived(print_of, tuple(now - time for time in times), max(times))


def _status(path: Path) -> tuple[int, int] | None:
    """Return size and time of a file; None when it was taken away meanwhile."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_size, status.st_mtime_ns
