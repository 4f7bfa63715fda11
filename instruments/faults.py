"""What is wrong with a specification file, and where: one record a fault, all of them raised at once.

Put here the fault and its error class; not the rules that find faults.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


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


class SpecError(Exception):
    """One or more specification files cannot be used; ``faults`` holds every reason."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        super().__init__("\n".join(str(fault) for fault in self.faults))


def raise_if_any(faults: Iterable[Fault]) -> None:
    """Raise SpecError when there is at least one fault."""
    found = tuple(faults)
    if found:
        raise SpecError(found)
