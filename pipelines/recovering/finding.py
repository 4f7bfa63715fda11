"""The form of a finding: what is wrong with a study after an accident, where, and what is to be done."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.lock import Note
from pipelines.store import Store

DOCTOR = "sensemaking doctor"
RUN_LOCK = "run.lock"


@dataclass(frozen=True)
class Finding:
    """One thing that an accident left, or that stands in the way.

    Attributes:
        kind: One word for it.
        place: File, folder or record.
        found: What was found, and what proves it.
        remedy: What its repair does; without one, what a person has to do.
        repair: Repairs it; None where only a person can.
        is_note: Whether it is worth knowing, and nothing has to be done.
    """

    kind: str
    place: str
    found: str
    remedy: str
    repair: Callable[[], None] | None = None
    is_note: bool = False


@dataclass(frozen=True)
class Patient:
    """A study folder that is looked through while nothing else is at work in it.

    Attributes:
        folder: The study folder.
        store: Its warehouse.
        notes: What its lock files said before they were taken, by their names.
        ended_on: Machines of which a person says that nothing of the study is at work there any more.
    """

    folder: Path
    store: Store
    notes: dict[str, Note] = field(default_factory=dict[str, Note])
    ended_on: frozenset[str] = frozenset()

    @property
    def warehouse(self) -> Path:
        """Folder of the private tables."""
        return self.store.folder

    @property
    def releases(self) -> Path:
        """Folder of the released files."""
        return self.folder / "releases"
