"""A disk without room for the next run."""

import shutil
from collections.abc import Iterator

from pipelines.recovering.finding import Finding, Patient

ROOM_BYTES = 50_000_000
"""What a run of a small study writes, its records included."""


def full_disk(patient: Patient) -> Iterator[Finding]:
    """Look whether the disk has room for the tables once more, which the largest step of a run writes beside them."""
    database = patient.store.database
    needed = ROOM_BYTES + (database.stat().st_size if database.exists() else 0)
    free = shutil.disk_usage(patient.folder).free
    if free < needed:
        yield Finding(
            "full-disk",
            str(patient.folder),
            f"{free // 1_000_000} MB are free; a run may need {needed // 1_000_000} MB",
            "make room on the disk, or move the whole study folder to another one; earlier tables are unharmed",
        )
