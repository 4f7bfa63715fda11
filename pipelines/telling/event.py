"""What happened to a study, in typed fields: names that its specifications give, figures, hashes. Never a text of data.

Put here the values that events are made of and how they become JSON and come back; what happened is for ``changes``.
"""

import hashlib
from dataclasses import dataclass
from typing import Literal

from pydantic import TypeAdapter

from instruments.faults import FaultKind
from pipelines.sections.telling import EventKind

Kind = EventKind | Literal["test", "letter"]
MOST_PLACES = 20
"""Places that a message names; of the others it says how many there are."""


@dataclass(frozen=True)
class Place:
    """Where something happened, and by how much; what does not belong to an event is empty.

    Attributes:
        wave: Wave of ``study.yaml``.
        group: Respondent group of ``study.yaml``.
        source: Source of ``study.yaml``.
        file: First digits of the SHA-256 of a file; never its name, which people choose.
        table: Table of the warehouse.
        column: Item of an instrument, or column of a table.
        rule: Rule that was broken.
        scale: Scale of an instrument.
        step: Step of a run.
        fault: What kind of failure it was.
        measure: ``response_rate``, ``alpha`` or ``omega``.
        against: Wave that it is compared with; empty for the last run.
        was: What it is compared with.
        now: What it is.
        n: How many: failures, or the number of a release.
        since: Day or moment that belongs to it, ISO.
        what: Kind of event that is over, for ``recovered``.
    """

    wave: str = ""
    group: str = ""
    source: str = ""
    file: str = ""
    table: str = ""
    column: str = ""
    rule: str = ""
    scale: str = ""
    step: str = ""
    fault: FaultKind | None = None
    measure: str = ""
    against: str = ""
    was: float | None = None
    now: float | None = None
    n: int | None = None
    since: str = ""
    what: EventKind | None = None


@dataclass(frozen=True)
class Event:
    """One thing that happened.

    Attributes:
        kind: What.
        study: Name of the study.
        at: When it was noticed, ISO, UTC.
        places: Where, at most ``MOST_PLACES``.
        n_places: How many places there are.
        week: Week that a letter is of, such as 2026-W32; empty otherwise.
    """

    kind: Kind
    study: str
    at: str
    places: tuple[Place, ...] = ()
    n_places: int = 0
    week: str = ""

    @property
    def key(self) -> str:
        """Return what tells it from any other event: the same event has the same key, 32 hexadecimal digits."""
        if self.week:
            return hashlib.sha256(f"{self.study} {self.kind} {self.week}".encode()).hexdigest()[:32]
        return hashlib.sha256(EVENT.dump_json(self)).hexdigest()[:32]


EVENT = TypeAdapter(Event)


def event_of(kind: Kind, study: str, at: str, places: list[Place]) -> Event:
    """Make an event of all its places."""
    return Event(kind, study, at, tuple(places[:MOST_PLACES]), len(places))
