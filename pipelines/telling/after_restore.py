"""A study that was restored from a backup: what may have been told before it was lost is not told again, but listed.

Until a run has ended well since, the tables are as old as the backup, and news that the run finds may be news of then.
What needs a person is told all the same: a failure, a blocked validation, a changed question.
"""

import datetime as dt
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from instruments.faults import EnvironmentFault
from pipelines.telling.event import Event, Kind
from pipelines.telling.outbox import Outbox, Restored, after_outcome

MAY_BE_OLD: frozenset[Kind] = frozenset({"late_export", "falling_response_rate", "drifting_reliability", "recovered"})
OUTCOME = "restored from a backup: it may have been told since the backup was made; --again tells it"


def settle_restored(warehouse: Path, backup_of: str, now: dt.datetime) -> None:
    """Give up what waits in an outbox that was restored, and write down that it was.

    Args:
        warehouse: The restored warehouse, at which nobody is at work yet.
        backup_of: When the backup was made, ISO.
        now: The moment.
    """
    outbox = Outbox(warehouse)
    if not outbox.folder.is_dir():
        return
    pending: tuple[Event, ...] = ()
    # What is damaged was so in the backup, and is said whenever somebody is to be told.
    with suppress(EnvironmentFault):
        noticed = outbox.noticed()
        if noticed is not None:
            pending = noticed.events
            outbox.remember(replace(noticed, events=()))
    outbox.mark_restored(Restored(now.isoformat(timespec="seconds"), backup_of, events=pending))
    for each in outbox.readable():
        if each.status == "waiting":
            outbox.replace(after_outcome(each, now, OUTCOME, "given_up"))


def worth_telling(outbox: Outbox, found: Sequence[Event]) -> list[Event]:
    """Return what is told of what was found; what may have been told before a restore is written down instead.

    Args:
        outbox: The outbox, held alone.
        found: What was found.
    """
    restored = outbox.restored()
    if restored is None or restored.is_caught_up:
        return list(found)
    old = tuple(each for each in found if each.kind in MAY_BE_OLD)
    if old:
        outbox.mark_restored(replace(restored, events=(*restored.events, *old)))
    return [each for each in found if each not in old]


def is_of_before(outbox: Outbox, event: Event) -> bool:
    """Say whether an event was due before a restore, so that it may have been told then; it is written down once.

    Args:
        outbox: The outbox, held alone.
        event: An event whose moment is when it was due, as that of a letter is.
    """
    restored = outbox.restored()
    if restored is None or dt.datetime.fromisoformat(event.at) > dt.datetime.fromisoformat(restored.at):
        return False
    if event not in restored.events:
        outbox.mark_restored(replace(restored, events=(*restored.events, event)))
    return True


def note_that_it_caught_up(outbox: Outbox) -> None:
    """Write down that a run has ended well, so that from now on everything is told; nothing where no backup is."""
    restored = outbox.restored()
    if restored is not None and not restored.is_caught_up:
        outbox.mark_restored(replace(restored, is_caught_up=True))


def forget_restore(outbox: Outbox, before: dt.datetime) -> None:
    """Forget of a study that caught up that it was restored before a moment."""
    restored = outbox.restored()
    if restored is not None and restored.is_caught_up and dt.datetime.fromisoformat(restored.at) < before:
        outbox.mark_restored(None)
