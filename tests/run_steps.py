"""A study brought up to date step by step in this process, without Dagster."""

from pathlib import Path

from pipelines.assets.graph import due_steps
from pipelines.assets.raw import begun_waves
from pipelines.assets.step import Task, run_step
from pipelines.load import Study, load_study
from pipelines.store import Store


def bring_up_to_date(folder: Path, names: set[str] | None = None) -> tuple[Study, Store]:
    """Run every step that is due.

    Args:
        folder: The study folder.
        names: Only these steps and what they need.

    Returns:
        The study and its warehouse.
    """
    study = load_study(folder)
    store = Store(study.warehouse)
    for due in due_steps(study, store, begun_waves(study, store), names):
        run_step(due.step, Task(study, store, due.wave), run_id="test")
    return study, store
