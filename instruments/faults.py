"""What users meet when something is wrong: three kinds of error, and the faults of specification files.

Put here the base classes, each with its exit code, and the fault; not the rules that find faults.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal


class DataError(Exception):
    """The data cannot be used as they are; nothing was changed and nothing released."""

    exit_code: ClassVar[int] = 1


class UsageError(Exception):
    """A specification or the use of a command is wrong."""

    exit_code: ClassVar[int] = 2


class EnvironmentFault(Exception):
    """The machine stands in the way: a missing program, a locked file, a full disk."""

    exit_code: ClassVar[int] = 3


FaultKind = Literal["data", "specification", "environment", "defect"]


def fault_kind(error: BaseException) -> FaultKind:
    """Name the kind of an error: what was met, and nothing of what it says."""
    if isinstance(error, DataError):
        return "data"
    if isinstance(error, UsageError):
        return "specification"
    return "environment" if isinstance(error, EnvironmentFault | OSError) else "defect"


@dataclass(frozen=True, order=True)
class Fault:
    """One thing to mend in one file.

    Attributes:
        path: The file.
        line: Line of the faulty key or value, counted from 1; 0 when the file as a whole is meant.
        place: Dotted keys that lead to it, such as ``items.IW_ac_1.text``; empty at the top.
        message: What was found, what was expected, what to do.
    """

    path: Path
    line: int
    place: str
    message: str

    def __str__(self) -> str:
        """Return ``file:line: place: message``."""
        where = f"{self.path}:{self.line}" if self.line else str(self.path)
        return f"{where}: {self.place}: {self.message}" if self.place else f"{where}: {self.message}"


class SpecError(UsageError):
    """One or more specification files cannot be used; ``faults`` holds every reason."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        super().__init__("\n".join(str(fault) for fault in self.faults))


def raise_if_any(faults: Iterable[Fault]) -> None:
    """Raise SpecError when there is at least one fault."""
    found = tuple(faults)
    if found:
        raise SpecError(found)
