"""Messages that wait, were delivered or were given up: one file an event and recipient, written whole or not at all.

What was noticed and the state it was noticed from are one file, replaced at once: a program that is killed before has
noticed nothing, one that is killed after puts the same messages into the outbox when it is started again, each once.
A message that was handed over but not yet marked so is handed over again, with the same identity: it is never lost,
and arrives twice at most where the receiver does not heed the identity.
"""

import datetime as dt
import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from typing import Literal, TypeVar

from pydantic import TypeAdapter, ValidationError

from instruments.faults import EnvironmentFault
from pipelines.files import whole_or_absent
from pipelines.lock import Waiting, exclusive, no_message
from pipelines.telling.event import Event
from pipelines.telling.state import State

T = TypeVar("T")
Status = Literal["waiting", "told", "given_up"]
LONGEST_WAIT = dt.timedelta(days=1)
RESERVED_BYTES = 262_144
_threads: dict[Path, Lock] = {}


@dataclass(frozen=True)
class Noticed:
    """What was last known of a study, and the events that were found then.

    Attributes:
        state: What was known.
        events: What had happened since the time before.
    """

    state: State
    events: tuple[Event, ...] = ()


@dataclass(frozen=True)
class Message:
    """One event for one recipient.

    Attributes:
        event: What happened.
        recipient: Name of the recipient in ``study.yaml``.
        status: Whether it waits, was told or was given up.
        next_at: Before then it is not tried, ISO, UTC.
        attempts: When it was tried and what came of it, in words of the software: never a server's own.
        attachment: Name of a file in the folder ``attachments``; empty for none.
    """

    event: Event
    recipient: str
    status: Status = "waiting"
    next_at: str = ""
    attempts: tuple[tuple[str, str], ...] = ()
    attachment: str = ""

    @property
    def identity(self) -> str:
        """Return what tells it from any other message: the same event and recipient, the same identity."""
        return f"{self.event.key}.{self.recipient}"

    def is_due(self, now: dt.datetime) -> bool:
        """Tell whether it may be tried now."""
        return self.status == "waiting" and (not self.next_at or dt.datetime.fromisoformat(self.next_at) <= now)


@dataclass(frozen=True)
class Restored:
    """A study that was restored from a backup, in which news may be old.

    Attributes:
        at: When it was restored, ISO, UTC.
        backup_of: When the backup was made, ISO, UTC.
        is_caught_up: Whether a run has ended well since.
        events: What was found until then and may have been told before the study was lost; it was not told again.
    """

    at: str
    backup_of: str
    is_caught_up: bool = False
    events: tuple[Event, ...] = ()


NOTICED, MESSAGE, RESTORED = TypeAdapter(Noticed), TypeAdapter(Message), TypeAdapter(Restored)


class Outbox:
    """The folder ``outbox`` of a warehouse.

    Attributes:
        folder: The folder; made with the first message.
    """

    def __init__(self, warehouse: Path) -> None:
        self.folder = warehouse / "outbox"

    @contextmanager
    def alone(self, purpose: str, on_wait: Waiting = no_message) -> Iterator[None]:
        """Let no other program and no other thread notice or deliver at the same time.

        Args:
            purpose: What the holder does, for the one who waits.
            on_wait: Told whom it waits for.
        """
        with _threads.setdefault(self.folder.resolve(), Lock()), exclusive(self.folder / "lock", purpose, on_wait):
            yield

    def noticed(self) -> Noticed | None:
        """Return what was last known; None before anybody looked.

        Raises:
            EnvironmentFault: When the file is damaged, or of another version of the software.
        """
        path = self.folder / "noticed.json"
        return _read(NOTICED, path) if path.is_file() else None

    def remember(self, noticed: Noticed) -> None:
        """Replace what was last known."""
        self._write(self.folder / "noticed.json", NOTICED.dump_json(noticed))

    def put(self, message: Message) -> bool:
        """Add a message, unless it is there already, whatever became of it; say whether it is new."""
        path = self._path(message)
        if path.exists() or message.identity in self.told_before():
            return False
        self._write(path, MESSAGE.dump_json(message))
        return True

    def replace(self, message: Message) -> None:
        """Write what became of a message."""
        self._write(self._path(message), MESSAGE.dump_json(message))

    def messages(self) -> list[Message]:
        """Return every message, oldest event first.

        Raises:
            EnvironmentFault: When a file is damaged, or of another version of the software.
        """
        found = [_read(MESSAGE, path) for path in self._files()]
        return sorted(found, key=lambda each: (each.event.at, each.identity))

    def readable(self) -> Iterator[Message]:
        """Yield the messages whose files are not damaged."""
        for path in self._files():
            message = None
            with suppress(EnvironmentFault):
                message = _read(MESSAGE, path)
            if message is not None:
                yield message

    def _files(self) -> list[Path]:
        return sorted((self.folder / "messages").glob("[!.]*.json"))

    def told_before(self) -> frozenset[str]:
        """Return the identities of messages that were told and of which nothing else is kept."""
        path = self.folder / "told.txt"
        return frozenset(path.read_text(encoding="utf-8").split()) if path.is_file() else frozenset()

    def reduce(self, before: dt.datetime) -> int:
        """Keep of messages that were told of events before a moment no more than their identity; return how many.

        The identities are on the disk before a message is removed, so that nothing is told again after a kill.
        """
        every = self.messages()
        is_old = [each.status == "told" and dt.datetime.fromisoformat(each.event.at) < before for each in every]
        old = [each for each, is_so in zip(every, is_old, strict=True) if is_so]
        if old:
            identities = sorted(self.told_before() | {each.identity for each in old})
            self._write(self.folder / "told.txt", "".join(f"{each}\n" for each in identities).encode())
        for each in old:
            self._path(each).unlink()
        needed = {each.attachment for each, is_so in zip(every, is_old, strict=True) if not is_so}
        for path in (self.folder / "attachments").glob("[!.]*") if old else ():
            if path.stem not in needed:
                path.unlink()
        return len(old)

    def restored(self) -> Restored | None:
        """Return what is known of the backup that the study was restored from; None where it was not.

        Raises:
            EnvironmentFault: When the file is damaged, or of another version of the software.
        """
        path = self.folder / "restored.json"
        return _read(RESTORED, path) if path.is_file() else None

    def mark_restored(self, restored: Restored | None) -> None:
        """Write down what is known of the backup that the study was restored from; None when it is of use no more."""
        if restored is None:
            (self.folder / "restored.json").unlink(missing_ok=True)
        else:
            self._write(self.folder / "restored.json", RESTORED.dump_json(restored))

    def attach(self, name: str, content: bytes) -> None:
        """Keep a file that goes with messages."""
        self._write(self.folder / "attachments" / name, content)

    def attached(self, name: str) -> bytes:
        """Return a file that goes with messages."""
        return (self.folder / "attachments" / name).read_bytes()

    def _path(self, message: Message) -> Path:
        return self.folder / "messages" / f"{message.identity}.json"

    def keep_room(self) -> None:
        """Keep some room on the disk for the message that it is full; where it is full already, there is none."""
        if not self._reserve.exists():
            with suppress(OSError):
                self._write_whole(self._reserve, os.urandom(RESERVED_BYTES))

    @property
    def _reserve(self) -> Path:
        return self.folder / "reserve"

    def _write(self, path: Path, content: bytes) -> None:
        try:
            self._write_whole(path, content)
        except OSError as error:
            if error.errno != errno.ENOSPC or not self._reserve.exists():
                raise
            self._reserve.unlink()
            self._write_whole(path, content)

    def _write_whole(self, path: Path, content: bytes) -> None:
        for folder in (self.folder.parent, self.folder, path.parent):
            folder.mkdir(mode=0o700, exist_ok=True)
        with whole_or_absent(path) as unfinished:
            unfinished.write_bytes(content)


def _read(kind: TypeAdapter[T], path: Path) -> T:
    try:
        return kind.validate_json(path.read_bytes())
    except ValidationError:
        what_to_do = "move it out of the outbox; what it knew is looked at afresh, a message in it is lost"
        raise EnvironmentFault(f"{path} is damaged, or of another version of the software; {what_to_do}") from None


def after_failure(message: Message, now: dt.datetime, outcome: str, first_wait: dt.timedelta, most: int) -> Message:
    """Return a message that could not be delivered now: it waits twice as long each time, or is given up.

    Args:
        message: The message.
        now: When it was tried.
        outcome: What came of it, in words of the software.
        first_wait: Wait after the first attempt.
        most: Attempts after which it is given up.
    """
    attempts = (*message.attempts, (now.isoformat(timespec="seconds"), outcome))
    wait = min(first_wait * 2 ** min(len(attempts) - 1, 30), LONGEST_WAIT)
    status: Status = "given_up" if len(attempts) >= most else "waiting"
    return replace(message, attempts=attempts, status=status, next_at=(now + wait).isoformat(timespec="seconds"))


def after_outcome(message: Message, now: dt.datetime, outcome: str, status: Status) -> Message:
    """Return a message that was delivered, or refused for good."""
    return replace(message, attempts=(*message.attempts, (now.isoformat(timespec="seconds"), outcome)), status=status)
