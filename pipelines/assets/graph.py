"""The steps of a study in the order they run, and which of them are out of date."""

from dataclasses import dataclass

from pipelines.assets import (
    casework,
    codings,
    core,
    fieldwork,
    label_experiment,
    linking,
    measurement,
    out,
    raw,
    relations,
    sampling,
    screening,
)
from pipelines.assets.step import Step, Task, is_current
from pipelines.load import Study
from pipelines.store import Store


@dataclass(frozen=True)
class Due:
    """A step that has to run.

    Attributes:
        step: The step.
        wave: The wave; empty for a step over all waves.
    """

    step: Step
    wave: str


def steps_of(study: Study) -> tuple[Step, ...]:
    """Return every step of a study, each after those it reads from."""
    return (
        *raw.STEPS,
        *core.steps(study),
        *codings.steps(study),
        core.analysis_step(study),
        *codings.shares_step(study),
        *fieldwork.STEPS,
        *linking.steps(study),
        *relations.steps(study),
        *casework.steps(study),
        *sampling.steps(study),
        *label_experiment.balance_steps(study),
        *screening.STEPS,
        *measurement.steps(study),
        *out.steps(study),
    )


def due_steps(study: Study, store: Store, waves: list[str], names: set[str] | None = None) -> list[Due]:
    """Find the steps whose inputs changed since they last wrote, and all that read from them.

    Args:
        study: The study.
        store: Its warehouse.
        waves: The waves to look at.
        names: Only these steps, and what they need that is out of date; all when None.

    Returns:
        Steps with their wave, in the order they run.
    """
    found: list[Due] = []
    provenance = store.provenance()
    for step in steps_of(study):
        for wave in waves if step.by_wave else [""]:
            upstream = any(
                each.step.writes and {table.name for table in each.step.writes} & set(step.reads)
                for each in found
                if not step.by_wave or each.wave in (wave, "")
            )
            if upstream or not is_current(step, Task(study, store, wave), provenance):
                found.append(Due(step, wave))
    return found if names is None else _needed_for(found, names)


def _needed_for(due: list[Due], names: set[str]) -> list[Due]:
    wanted: list[Due] = []
    tables: set[str] = set()
    for each in reversed(due):
        if each.step.name in names or tables & {table.name for table in each.step.writes}:
            wanted.append(each)
            tables.update(each.step.reads)
    return wanted[::-1]
