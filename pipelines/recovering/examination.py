"""Looks a whole study folder through, and repairs what can be proved and repaired."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from instruments.faults import EnvironmentFault, UsageError
from pipelines.lock import Waiting, exclusive, no_message, note_of
from pipelines.recovering.clocks import of_the_future
from pipelines.recovering.database import damaged_database
from pipelines.recovering.disk import full_disk
from pipelines.recovering.finding import DOCTOR, RUN_LOCK, Finding, Patient
from pipelines.recovering.kept_files import kept_otherwise
from pipelines.recovering.leftovers import left_over
from pipelines.recovering.machines import cut_off, kept_on_a_network, moved, several_machines
from pipelines.recovering.pulls import failing_pulls
from pipelines.recovering.released_files import releases_otherwise
from pipelines.recovering.runs import dead_runs
from pipelines.recovering.untold import untold
from pipelines.store import Store, WarehouseError

LOCKS = (RUN_LOCK, "release.lock", "store.lock")
Look = Callable[[Patient], Iterator[Finding]]
OF_FOLDERS: tuple[Look, ...] = (
    left_over, full_disk, kept_on_a_network, cut_off, several_machines, moved, dead_runs, untold,
    damaged_database,
)  # fmt: skip
OF_TABLES: tuple[Look, ...] = (kept_otherwise, releases_otherwise, of_the_future, failing_pulls)

Outcome = Literal["repaired", "to repair", "left to you", "note"]


@dataclass(frozen=True)
class Examined:
    """What came of one finding.

    Attributes:
        finding: The finding.
        outcome: What was done about it.
    """

    finding: Finding
    outcome: Outcome


def examine(
    folder: Path, *, repair: bool, ended_on: Collection[str] = (), on_wait: Waiting = no_message
) -> list[Examined]:
    """Look for what killed runs, full disks, moves and copies left in a study.

    Args:
        folder: The study folder; its specifications are not read.
        repair: Whether what can be repaired is repaired.
        ended_on: Machines of which a person says that nothing of the study is at work there any more.
        on_wait: Told whom it waits for.

    Returns:
        Every finding, in the order in which they are to be mended.

    Raises:
        UsageError: When the folder is no study.
        EnvironmentFault: When a run or a release is at work in it, or a repair is not possible.
    """
    if not (folder / "study.yaml").is_file():
        raise UsageError(f"{folder} is no study folder: it holds no study.yaml")
    with alone_with(folder, frozenset(ended_on), on_wait) as patient:
        found = [_treated(each, repair=repair) for look in OF_FOLDERS for each in look(patient)]
        if patient.store.database.exists() and not any(each.finding.kind in ("database", "newer") for each in found):
            found += [_treated(each, repair=repair) for look in OF_TABLES for each in look(patient)]
    return found


@contextmanager
def alone_with(folder: Path, ended_on: frozenset[str], on_wait: Waiting) -> Iterator[Patient]:
    """Keep runs, releases and writes away from a study; who held its locks before is not written over."""
    warehouse = folder / "warehouse"
    notes = {name: note for name in LOCKS if (note := note_of(warehouse / name)) is not None}
    if not warehouse.is_dir():
        yield Patient(folder, Store(warehouse), notes, ended_on)
        return
    with (
        exclusive(warehouse / RUN_LOCK, DOCTOR, _refuse, leave_note=True),
        exclusive(warehouse / "release.lock", DOCTOR, _refuse, leave_note=True),
        exclusive(warehouse / "store.lock", DOCTOR, on_wait, leave_note=True),
    ):
        yield Patient(folder, Store(warehouse), notes, ended_on)


def _refuse(message: str) -> None:
    raise WarehouseError(
        f"{message.removesuffix(' …')}: it is at work, so that nothing can be told to be left over; wait until it has "
        "ended, or end that process, and ask again"
    )


def _treated(finding: Finding, *, repair: bool) -> Examined:
    if finding.is_note:
        return Examined(finding, "note")
    if finding.repair is None:
        return Examined(finding, "left to you")
    if not repair:
        return Examined(finding, "to repair")
    try:
        finding.repair()
    except OSError as error:
        raise EnvironmentFault(
            f"{finding.place}: could not {finding.remedy}: {error.strerror or error}; mend the folder's permissions or "
            "make room, and ask again"
        ) from error
    return Examined(finding, "repaired")
