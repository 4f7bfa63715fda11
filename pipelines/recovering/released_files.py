"""Releases and the pointer to them, held against the record in the warehouse."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from pipelines.embargo import local_day
from pipelines.files import file_sha256
from pipelines.recovering.finding import Finding, Patient
from pipelines.release_log import Published, published
from pipelines.release_pointer import point_to
from pipelines.store.released import POINTER

_FILES = f"r{'[0-9]' * 6}-*.duckdb"


def releases_otherwise(patient: Patient) -> Iterator[Finding]:
    """Find releases that are gone or changed, files that were never recorded, and a pointer to what is not there."""
    recorded = published(patient.store)
    faulty = {each.number: found for each in recorded if (found := _fault_of(patient.releases / each.file, each))}
    for each in recorded:
        if each.number in faulty:
            yield Finding(
                "release",
                str(patient.releases / each.file),
                faulty[each.number],
                f"put the file back from a backup, or let it be shown no more: sensemaking withdraw STUDY "
                f"--release {each.number}",
            )
    known = {each.file for each in recorded}
    for path in sorted(patient.releases.glob(_FILES)):
        if path.name not in known:
            yield Finding(
                "unrecorded-release",
                str(path),
                "the warehouse has no record of it: the release was cut off before it could be seen, or the warehouse "
                "is older than the file",
                "nothing shows it; its number stays taken",
                is_note=True,
            )
    yield from _pointer(patient, recorded, faulty)


def _fault_of(path: Path, release: Published) -> str | None:
    if not path.is_file():
        return "it is on record and gone"
    return None if file_sha256(path) == release.sha256 else "its bytes are not those that were published"


def _pointer(patient: Patient, recorded: Sequence[Published], faulty: Mapping[int, str]) -> Iterator[Finding]:
    path = patient.releases / POINTER
    found = _fault_of_pointer(path, recorded)
    if found is None:
        return
    may_be_written = recorded and not faulty
    yield Finding(
        "pointer",
        str(path),
        found,
        "write it anew from the record of releases" if may_be_written else "mend the releases first, or release again",
        partial(_point_again, patient, recorded) if may_be_written else None,
    )


def _point_again(patient: Patient, recorded: Sequence[Published]) -> None:
    point_to(patient.releases, recorded, local_day())


def _fault_of_pointer(path: Path, recorded: Sequence[Published]) -> str | None:
    """Say what is wrong with the pointer; None when every file it names is as on record."""
    if not path.exists():
        return "it is missing, though there are releases on record" if recorded else None
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        entries = [each for each in (said, *said.get("next", [])) if "file" in each]
        named = {each["file"]: (each["sha256"], each["release"]) for each in entries}
    except (ValueError, KeyError, TypeError, AttributeError):
        return "it cannot be read"
    known = {each.file: each for each in recorded}
    for file, (sha256, _) in named.items():
        if not (path.parent / Path(file).name).is_file():
            return f"it names {file}, which is not there"
        if file in known and sha256 != known[file].sha256:
            return f"it gives {file} another hash than the record of releases"
    missing = [each.file for each in recorded if each.withdrawal is not None and each.file in named]
    return (
        f"it names {missing[0]}, which was withdrawn"
        if missing
        else _outdated([number for _, number in named.values()], recorded)
    )


def _outdated(numbers: Collection[object], recorded: Sequence[Published]) -> str | None:
    """Say that a recorded release is not in the pointer, as after a kill between the two."""
    newest = max((each.number for each in recorded if each.withdrawal is None), default=None)
    return None if newest is None or newest in numbers else f"it does not name release {newest}, which is on record"
