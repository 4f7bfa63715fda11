"""What was not told after a restore, since it may have been told before the study was lost."""

from collections.abc import Iterator

from instruments.faults import EnvironmentFault
from pipelines.recovering.finding import Finding, Patient
from pipelines.telling.after_restore import OUTCOME
from pipelines.telling.outbox import Outbox


def untold(patient: Patient) -> Iterator[Finding]:
    """Find messages and events that a restore kept from being told; or an outbox that cannot be read."""
    outbox = Outbox(patient.warehouse)
    try:
        restored = outbox.restored()
        messages = outbox.messages() if restored is not None else []
    except EnvironmentFault as fault:
        yield Finding("outbox", str(outbox.folder), str(fault), "move that file out of the outbox")
        return
    if restored is None:
        return
    given_up = [each for each in messages if each.status == "given_up" and each.attempts[-1][1] == OUTCOME]
    found = [f"{each.event.kind.replace('_', ' ')} of {each.event.at} to {each.recipient}" for each in given_up]
    found += [f"{each.kind.replace('_', ' ')} noticed {each.at}" for each in restored.events]
    if found:
        yield Finding(
            "restored",
            str(outbox.folder),
            f"restored on {restored.at} from a backup of {restored.backup_of}; not told again, as it may have been "
            f"told since: {', '.join(found)}",
            "look whether they were told; sensemaking tell STUDY --again tells what waited in the backup",
            is_note=True,
        )
