"""One at a time: a lock file that the kernel frees when its holder dies, and that says who holds or last held it.

A process holds a lock, not a thread: Dagster may enter in one thread and leave in another, so every thread of the
holding process enters at once. Threads never wait for each other while one of them waits for another process.
Put here locking only; what is done under a lock belongs to the store, the run and the release.
"""

import datetime as dt
import errno
import fcntl
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from instruments.faults import EnvironmentFault
from pipelines.file_systems import network_file_system
from pipelines.process_mark import ProcessMark, mark_from, mark_of_this_process

POLL_SECONDS = 0.05
_ENDED = b'"is_ended": true'
_LONGEST_NOTE = 1 << 14
Waiting = Callable[[str], None]


@dataclass
class _Held:
    descriptor: int
    times: int


_held: dict[Path, _Held] = {}
_guard = threading.Lock()


def no_message(message: str) -> None:
    """Say nothing while waiting."""
    del message


@dataclass(frozen=True)
class Note:
    """What a lock file says of who holds or last held it.

    Attributes:
        purpose: What the holder does or did.
        since: When it took the lock, by its machine's clock, ISO.
        place: Path of the lock file then.
        is_ended: Whether the holder let go of it as it should; not so after a kill.
        mark: The process.
    """

    purpose: str
    since: str
    place: str
    is_ended: bool
    mark: ProcessMark

    @property
    def holder(self) -> str:
        """The holder in words."""
        return f"{self.purpose} (process {self.mark.process}, since {self.since})"


class HeldElsewhere(EnvironmentFault):
    """Another machine holds the lock, or did when it was cut off, and this one cannot prove that it is at work."""


@contextmanager
def exclusive(path: Path, purpose: str, on_wait: Waiting = no_message, *, leave_note: bool = False) -> Iterator[None]:
    """Hold a lock file alone; the same process may enter again, in any of its threads.

    Args:
        path: The lock file; made when it does not exist.
        purpose: What the holder does, for the one who waits.
        on_wait: Told once, in a sentence, whom this process waits for; what it raises ends the waiting.
        leave_note: Leave what the last holder wrote, for whoever looks into how it ended.

    Raises:
        HeldElsewhere: When the last holder, on another machine of a network file system, never let go.
    """
    key = path.resolve()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    signature = "" if leave_note else purpose
    held = _enter(key, signature)
    if held is None:
        on_wait(f"Waiting for {holder_of(path)} …")
    while held is None:
        time.sleep(POLL_SECONDS)
        held = _enter(key, signature)
    try:
        yield
    finally:
        with _guard:
            held.times -= 1
            if held.times == 0:
                del _held[key]
                _let_go(held.descriptor, key, signature)


def sign_as_ended(path: Path, purpose: str) -> None:
    """Write into a lock file that this process holds that its holder let go of it as it should."""
    _sign(_held[path.resolve()].descriptor, path.resolve(), purpose, is_ended=True)


def note_of(path: Path) -> Note | None:
    """Read what a lock file says; None where it says nothing that can be relied on."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        mark = mark_from(told)
        facts = {name: str(told[name]) for name in ("purpose", "since", "place")}
        return None if mark is None else Note(**facts, is_ended=bool(told["is_ended"]), mark=mark)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def holder_of(path: Path) -> str:
    """Say in words who holds a lock file, as far as the file tells."""
    note = note_of(path)
    return "another process" if note is None else note.holder


def is_free(path: Path) -> bool:
    """Say whether no process, this one neither, holds a lock file at this moment; the file is not written to."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


def _enter(path: Path, purpose: str) -> _Held | None:
    """Enter when this process holds the lock or can take it at once."""
    with _guard:
        held = _held.get(path)
        if held is None:
            descriptor = _take(path, purpose)
            if descriptor is None:
                return None
            held = _held[path] = _Held(descriptor, 0)
        held.times += 1
        return held


def _take(path: Path, purpose: str) -> int | None:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if purpose:
            if _ENDED not in os.pread(descriptor, _LONGEST_NOTE, 0):
                _refuse_held_elsewhere(path)
            _sign(descriptor, path, purpose)
    except BlockingIOError:
        os.close(descriptor)
        return None
    except (OSError, HeldElsewhere):
        os.close(descriptor)
        raise
    return descriptor


def _let_go(descriptor: int, path: Path, purpose: str) -> None:
    try:
        if purpose:
            _sign(descriptor, path, purpose, is_ended=True)
    finally:
        os.close(descriptor)


def _refuse_held_elsewhere(path: Path) -> None:
    """Believe a free lock only where it cannot be held by a machine whose locks are not seen here."""
    note = note_of(path)
    if note is None or note.is_ended or note.mark.life() != "elsewhere":
        return
    kind = network_file_system(path)
    if kind is not None:
        raise HeldElsewhere(
            f"{note.holder} on the machine {note.mark.host} never let go of {path}, and on a network file system "
            f"({kind}) this machine cannot see whether it is still at work; look there, and when it has ended run: "
            f"sensemaking doctor STUDY --repair --ended-on {note.mark.host}"
        )


def _sign(descriptor: int, path: Path, purpose: str, *, is_ended: bool = False) -> None:
    """Write who holds the lock and where; on a full disk it is held all the same, and nobody can read by whom."""
    since = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    told = {"purpose": purpose, **vars(mark_of_this_process()), "since": since, "place": str(path)}
    written = json.dumps(told | {"is_ended": is_ended}).replace("true}", "true }").encode()  # as long as "false}"
    try:
        os.pwrite(descriptor, written, 0)
        if os.fstat(descriptor).st_size > len(written):
            os.ftruncate(descriptor, len(written))
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
