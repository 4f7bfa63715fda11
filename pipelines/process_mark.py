"""Which process on which machine did something: a mark that can be proved dead long after, whatever the clocks say.

A process number is given out again; together with the moment of its start, counted by the kernel from its own start,
and with the kernel's own mark it never is. Put here what tells processes apart; what is done about dead ones is for
``recovering``.
"""

import json
import os
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Literal

TAG = "sensemaking/process"
_MACHINE_FILE = Path("/etc/machine-id")
_KERNEL_FILE = Path("/proc/sys/kernel/random/boot_id")
_START, _AFTER_THE_NAME = 22, 3

Life = Literal["alive", "dead", "elsewhere"]


@dataclass(frozen=True)
class ProcessMark:
    """One process of one machine.

    Attributes:
        process: Its number.
        started: Ticks of the kernel from the machine's start to its own; 0 where the system does not say.
        boot: The kernel's mark of this start of the machine; empty where the system does not say.
        numbers: Which numbering of processes its number belongs to (a container has its own); empty likewise.
        host: Name of the machine, with its own id where it has one.
    """

    process: int
    started: int
    boot: str
    numbers: str
    host: str

    def written(self) -> str:
        """Write the mark as JSON."""
        return json.dumps(asdict(self), sort_keys=True)

    def life(self) -> Life:
        """Tell whether the process is at work; ``elsewhere`` where this machine cannot know."""
        here = mark_of_this_process()
        if self.host != here.host:
            return "elsewhere"
        if self.boot != here.boot:
            return "dead"
        if self.numbers != here.numbers:
            return "elsewhere"
        return "alive" if is_running(self.process) and started_at(self.process) == self.started else "dead"


def mark_of_this_process() -> ProcessMark:
    """Return the mark of the process that asks."""
    return _mark(os.getpid())


@cache
def _mark(process: int) -> ProcessMark:
    return ProcessMark(process, started_at(process), _text(_KERNEL_FILE), _numbering(), _host())


def mark_from(said: Mapping[str, object]) -> ProcessMark | None:
    """Read a mark out of a note; None where the note holds none."""
    try:
        numbers = {name: int(str(said[name])) for name in ("process", "started")}
        return ProcessMark(**numbers, **{name: str(said[name]) for name in ("boot", "numbers", "host")})
    except (KeyError, ValueError):
        return None


def mark_of_tags(tags: Mapping[str, str]) -> ProcessMark | None:
    """Read the mark of the process that carries a run out from the run's tags; None where they hold none."""
    try:
        return mark_from(json.loads(tags.get(TAG, "{}")))
    except json.JSONDecodeError:
        return None


def started_at(process: int) -> int:
    """Return when a process started, in ticks of the kernel since the machine's start; 0 where that is not known."""
    said = _text(Path(f"/proc/{process}/stat"))
    fields = said.rpartition(")")[2].split()  # the name of the program, in brackets, may hold anything
    return int(fields[_START - _AFTER_THE_NAME]) if len(fields) > _START - _AFTER_THE_NAME else 0


def is_running(process: int) -> bool:
    """Tell whether a process of this number is at work; one that ended and that nobody asked after is not."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # it runs, for somebody else
        return True
    return _text(Path(f"/proc/{process}/stat")).rpartition(")")[2].split()[:1] not in (["Z"], ["X"])


def _host() -> str:
    return ":".join(filter(None, (platform.node(), _text(_MACHINE_FILE))))


def _numbering() -> str:
    try:
        return str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        return ""


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
