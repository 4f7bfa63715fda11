"""One step of the graph as a value: what it reads, what it writes, which parts of the specifications it depends on.

Put here how a step is described and run, and when it is out of date; the steps themselves are in ``raw``, ``core``
and ``out``. Dagster only appears in ``pipelines.factory``.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from models.origin import source_hash
from pipelines.load import Study
from pipelines.store import Origin, Store, Write
from pipelines.tables.base import Table

HOUSE = Path(__file__).parents[2]
CODE_FOLDERS = ("instruments", "models", "pipelines")
Provenance = Mapping[tuple[str, str], Origin]


@dataclass(frozen=True)
class Task:
    """What a step is asked to do now.

    Attributes:
        study: The study.
        store: Its warehouse.
        wave: The wave of a step by wave; empty otherwise.
        staging: Private folder for what is not stored yet, while a step runs.
        opened: Closes, once the rows of the step are stored, what they come from.
    """

    study: Study
    store: Store
    wave: str = ""
    staging: Path | None = None
    opened: ExitStack = field(default_factory=ExitStack)


@dataclass(frozen=True)
class Step:
    """One step of the graph.

    Attributes:
        name: ``layer/content`` of its first table; for a model ``out/fits/<model>``.
        writes: Tables it writes, first the one it is named after.
        reads: Names of tables it reads.
        by_wave: Whether it works on one wave at a time.
        depends_on: What of the study's files and specifications its result depends on, as JSON values.
        make: Computes the rows.
        meaning: One sentence: grain of its first table.
        slice: Name of the slice it writes in the provenance, for a step that is not by wave.
        is_settled: Whether its last attempt left no failure behind; otherwise it runs again with whatever is there.
    """

    name: str
    writes: tuple[Table, ...]
    reads: tuple[str, ...]
    by_wave: bool
    depends_on: Callable[[Task], object]
    make: Callable[[Task], Sequence[Write]]
    meaning: str
    slice: str = ""
    is_settled: Callable[[Task], bool] = lambda _: True

    def slice_of(self, wave: str) -> str:
        """Return the name of the slice that a run for a wave writes."""
        return wave if self.by_wave else self.slice


def input_hash(step: Step, task: Task, provenance: Provenance) -> str:
    """Hash everything the result of a step depends on: tables read, specifications, files, code.

    Args:
        step: The step.
        task: Study, store and wave.
        provenance: What every table was last written from.

    Returns:
        SHA-256 in hexadecimal.
    """
    waves = set(task.study.spec.waves)
    contents = sorted(
        (table, part, str(row["content_hash"]))
        for (table, part), row in provenance.items()
        if table in step.reads and (part == task.wave if step.by_wave and part in waves else part in {*waves, ""})
    )
    everything = [step.name, task.wave, contents, step.depends_on(task), code_hash()]
    return hashlib.sha256(json.dumps(everything, sort_keys=True, default=str).encode()).hexdigest()


def is_current(step: Step, task: Task, provenance: Provenance) -> bool:
    """Say whether every table of a step was written from what is there now."""
    part = step.slice_of(task.wave)
    written = [provenance.get((table.name, part)) for table in step.writes]
    if any(row is None for row in written) or not step.is_settled(task):
        return False
    now = input_hash(step, task, provenance)
    return all(row is not None and row["input_hash"] == now for row in written)


def run_step(step: Step, task: Task, run_id: str) -> list[Write]:
    """Compute a step and write its tables in one transaction.

    Returns:
        What was written.
    """
    hashed = input_hash(step, task, task.store.provenance())
    with task.store.staging() as folder, ExitStack() as opened:
        writes = list(step.make(replace(task, staging=folder, opened=opened)))
        task.store.write(writes, input_hash=hashed, run_id=run_id)
    return writes


@cache
def code_hash() -> str:
    """Hash the source of everything that makes tables."""
    return source_hash(HOUSE, CODE_FOLDERS)
