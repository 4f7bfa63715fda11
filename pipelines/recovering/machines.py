"""Who held the locks last and where: a killed holder, another machine, a folder that was moved, a network disk."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from pipelines.file_systems import network_file_system
from pipelines.lock import Note, sign_as_ended
from pipelines.process_mark import mark_of_this_process
from pipelines.recovering.finding import DOCTOR, RUN_LOCK, Finding, Patient


def kept_on_a_network(patient: Patient) -> Iterator[Finding]:
    """Find a study on a network file system, whose locks may not be seen by every machine."""
    kind = network_file_system(patient.warehouse)
    if kind is not None:
        yield Finding(
            "network-disk",
            str(patient.warehouse),
            f"it lies on a network file system ({kind}), where locks may fail and a database may be damaged",
            "keep the study on a disk of the machine that runs it, and carry releases away by copying",
            is_note=True,
        )


def cut_off(patient: Patient) -> Iterator[Finding]:
    """Find holders of a lock that never let go: killed here, or on another machine."""
    for name, note in patient.notes.items():
        if note.is_ended:
            continue
        place = str(patient.warehouse / name)
        life = note.mark.life()
        kind = network_file_system(patient.warehouse)
        if life != "elsewhere" or kind is None or note.mark.host in patient.ended_on:
            yield Finding(
                "killed-holder",
                place,
                f"{note.holder} never let go of it; the kernel says that nobody holds it now",
                "sign it anew; what was not committed never happened",
                partial(sign_as_ended, patient.warehouse / name, DOCTOR),
            )
        else:
            yield Finding(
                "held-elsewhere",
                place,
                f"{note.holder} on the machine {note.mark.host} never let go of it; over {kind} this machine cannot "
                "see whether it is still at work",
                f"look there; when nothing of the study is at work any more: sensemaking doctor STUDY --repair "
                f"--ended-on {note.mark.host}",
            )


def several_machines(patient: Patient) -> Iterator[Finding]:
    """Find that another machine was the last one at work in the folder."""
    note, here = patient.notes.get(RUN_LOCK), mark_of_this_process().host
    if note is not None and note.mark.host != here:
        yield Finding(
            "other-machine",
            str(patient.folder),
            f"the last run, release or erasure was on the machine {note.mark.host}; this one is {here}",
            "let one machine run a study; where two share its folder, stop the schedules of one of them",
            is_note=True,
        )


def moved(patient: Patient) -> Iterator[Finding]:
    """Find that the folder lay elsewhere when it was last worked in."""
    note = patient.notes.get(RUN_LOCK)
    if note is None or _folder_then(note) == patient.folder.resolve():
        return
    then = _folder_then(note)
    if (then / "study.yaml").is_file():
        found = f"it is a copy of {then}, which is still there: both would publish releases of the same numbers"
        remedy = "go on with one of them only; the other one's schedules, services and pages must be ended"
    else:
        found = f"it lay at {then} when it was last worked in"
        remedy = "start its pages and services with the new path, and change it in schedules and cron lines"
    yield Finding(
        "moved",
        str(patient.folder),
        found,
        f"record the new place; {remedy}",
        partial(sign_as_ended, patient.warehouse / RUN_LOCK, DOCTOR),
    )


def _folder_then(note: Note) -> Path:
    return Path(note.place).parent.parent
