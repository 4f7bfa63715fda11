"""What one page run reads: the specifications as their files are now, and a copy of the warehouse at one commit.

Put here how both are come by; what is shown of them is for the pages.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import streamlit as st

from pipelines.load import Study, load_study
from pipelines.store import Store
from pipelines.store.copying import Reading, WarehouseCopies

STUDY_VARIABLE, ROOM_VARIABLE = "SENSEMAKING_STUDY", "SENSEMAKING_COPIES"
_MADE = ("warehouse", "exports", "releases", "reports", "plan")
Stamp = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class Bench:
    """What a page shows; all its figures are of one commit.

    Attributes:
        study: The study, whose tables are read from a copy.
        store: The copy.
        reading: Of when the copy is.
    """

    study: Study
    store: Store
    reading: Reading


@contextmanager
def opened() -> Iterator[Bench]:
    """Open the study that the environment names, for one page run.

    Raises:
        SpecError: When its specifications have faults.
        WarehouseError: When there is nothing to read yet because a run is writing for the first time.
    """
    folder, room = (Path(os.environ[name]) for name in (STUDY_VARIABLE, ROOM_VARIABLE))
    study = _study(folder, stamp_of(folder))
    with _copies(study.warehouse, room).reading() as reading:
        copied = replace(study, copy=reading.copy.folder)
        yield Bench(copied, Store(copied.warehouse), reading)


def stamp_of(folder: Path) -> Stamp:
    """Tell one state of a study's specifications from every other, by names, sizes and times of their files."""
    files = [*folder.glob("*.yaml"), *folder.glob("*/**/*.yaml")]
    own = [path for path in files if path.relative_to(folder).parts[0] not in _MADE]
    return tuple((str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in sorted(own))


@st.cache_resource(max_entries=1, show_spinner=False)
def _study(folder: Path, stamp: Stamp) -> Study:
    del stamp  # part of the key only
    return load_study(folder)


@st.cache_resource(show_spinner=False)
def _copies(warehouse: Path, room: Path) -> WarehouseCopies:
    return WarehouseCopies(warehouse, room)
