"""Writes ``current.json``: which release is shown, which follow when their embargo is over, which are withdrawn."""

import datetime as dt
import json
import uuid
from collections.abc import Sequence
from pathlib import Path

from pipelines.files import PUBLIC, flush_file
from pipelines.release_log import Published, shown_on
from pipelines.store.released import POINTER


def point_to(folder: Path, releases: Sequence[Published], day: dt.date) -> None:
    """Replace ``current.json`` of a folder of releases at once by what the record says.

    Where nothing may be shown it names no file. Whoever reads it chooses among the files named by the day.

    Args:
        folder: The releases of a study.
        releases: Every release on record.
        day: Today.
    """
    current = shown_on(releases, day)
    last = current.number if current is not None else 0
    later = [each for each in releases if each.number > last and each.withdrawal is None]
    pointer = {
        **(_entry(current) if current is not None else {}),
        "next": [_entry(each) for each in later],
        "withdrawn": [each.file for each in releases if each.withdrawal is not None],
    }
    for left_over in folder.glob(f".{POINTER}.*"):
        left_over.unlink()
    temporary = folder / f".{POINTER}.{uuid.uuid4().hex}"
    temporary.write_text(json.dumps(pointer, indent=2) + "\n", encoding="utf-8")
    temporary.chmod(PUBLIC)
    flush_file(temporary)
    temporary.replace(folder / POINTER)
    flush_file(folder)


def _entry(release: Published) -> dict[str, str | int]:
    return {
        "file": release.file,
        "sha256": release.sha256,
        "release": release.number,
        "schema_version": release.schema_version,
        "published_at": release.published_at.isoformat(timespec="seconds"),
        "embargo_until": release.embargo_until,
    }
