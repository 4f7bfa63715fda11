"""One at a time: a lock file that the kernel frees when its holder dies, and that says who holds it.

A process holds a lock, not a thread: Dagster may enter in one thread and leave in another, so every thread of the
holding process enters at once. Threads never wait for each other while one of them waits for another process.
Put here locking only; what is done under a lock belongs to the store, the run and the release.
"""

import datetime as dt
import fcntl
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

POLL_SECONDS = 0.05
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


@contextmanager
def exclusive(path: Path, purpose: str, on_wait: Waiting = no_message) -> Iterator[None]:
    """Hold a lock file alone; the same process may enter again, in any of its threads.

    Args:
        path: The lock file; made when it does not exist.
        purpose: What the holder does, for the one who waits.
        on_wait: Told once, in a sentence, whom this process waits for.
    """
    key = path.resolve()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    held = _enter(key, purpose)
    if held is None:
        on_wait(f"Waiting for {holder_of(path)} …")
    while held is None:
        time.sleep(POLL_SECONDS)
        held = _enter(key, purpose)
    try:
        yield
    finally:
        with _guard:
            held.times -= 1
            if held.times == 0:
                del _held[key]
                os.close(held.descriptor)


def holder_of(path: Path) -> str:
    """Say in words who holds a lock file, as far as the file tells."""
    try:
        holder = json.loads(path.read_text(encoding="utf-8"))
        return f"{holder['purpose']} (process {holder['process']}, since {holder['since']})"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"


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
        since = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        record = json.dumps({"purpose": purpose, "process": os.getpid(), "since": since})
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, record.encode(), 0)
    except BlockingIOError:
        os.close(descriptor)
        return None
    except OSError:
        os.close(descriptor)
        raise
    return descriptor
