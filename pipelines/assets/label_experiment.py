"""The step that reads who was given which label."""

from pathlib import Path

from instruments.faults import UsageError
from instruments.spec_file import spec_hash
from pipelines.assets.erased import without_erased_units
from pipelines.assets.pseudonyms import normalised_units, pseudonymised_units
from pipelines.assets.step import Step, Task
from pipelines.files import file_sha256
from pipelines.load import Study
from pipelines.sections.label_experiment import LabelExperiment
from pipelines.steps.label_experiment import read_labels_seen
from pipelines.steps.team_cells import ListError
from pipelines.store import Write
from pipelines.tables.erasures import ERASED
from pipelines.tables.experiments import LABELS_SEEN
from pipelines.team_tables import faults_of, read_team_table


def steps(study: Study) -> tuple[Step, ...]:
    """Return the step of ``core.labels_seen``; none where the study has no such experiment."""
    if study.spec.label_experiment is None:
        return ()
    return (
        Step(
            name="core/labels_seen",
            writes=(LABELS_SEEN,),
            reads=(),
            by_wave=False,
            depends_on=_depends_on,
            make=_read,
            meaning=LABELS_SEEN.grain,
        ),
    )


def _depends_on(task: Task) -> object:
    experiment = task.study.spec.label_experiment
    if experiment is None:
        return None
    return [spec_hash(experiment), file_sha256(_drawn(task, experiment)), sorted(task.store.read(ERASED)["mark"])]


def _read(task: Task) -> list[Write]:
    experiment = task.study.spec.label_experiment
    if experiment is None:
        raise AssertionError("the step exists only where the study has the experiment")
    texts = normalised_units(read_team_table(_drawn(task, experiment), "list of labels"))
    with faults_of(experiment.file, ListError):
        rows = read_labels_seen(texts, experiment.labels)
    known = pseudonymised_units(task, without_erased_units(task.study, task.store, rows))
    return [Write(LABELS_SEEN, LABELS_SEEN.typed(known))]


def _drawn(task: Task, experiment: LabelExperiment) -> Path:
    path = task.study.folder / experiment.file
    if not path.is_file():
        draw = f"sensemaking export labels {task.study.folder} --out {path}"
        raise UsageError(f"there is no file {experiment.file} in the study folder; draw the labels with: {draw}")
    return path
