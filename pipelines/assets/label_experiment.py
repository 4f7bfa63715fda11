"""The steps of a label experiment: who was given which label, and whether they saw it."""

from pathlib import Path

from instruments.faults import UsageError
from instruments.forms.load import library_labels
from instruments.spec_file import spec_hash
from pipelines.assets.erased import without_erased_units
from pipelines.assets.pseudonyms import normalised_units, pseudonymised_units
from pipelines.assets.step import Step, Task
from pipelines.files import file_sha256
from pipelines.load import Study
from pipelines.sections.label_experiment import LabelExperiment
from pipelines.steps.label_experiment import label_balance, read_labels_seen
from pipelines.steps.team_cells import ListError
from pipelines.store import Write
from pipelines.tables import core
from pipelines.tables.erasures import ERASED
from pipelines.tables.experiments import LABEL_BALANCE, LABELS_SEEN
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


def balance_steps(study: Study) -> tuple[Step, ...]:
    """Return the step that counts who saw which label; none where the study has no such experiment."""
    if study.spec.label_experiment is None:
        return ()
    return (
        Step(
            name="out/label_balance",
            writes=(LABEL_BALANCE,),
            reads=("core.labels_seen", "core.responses"),
            by_wave=False,
            depends_on=lambda task: [list(task.study.spec.waves), words_of_sources(task.study)],
            make=_balance,
            meaning=LABEL_BALANCE.grain,
        ),
    )


def words_of_sources(study: Study) -> dict[str, str]:
    """Return the label in the form of every source, where the forms of its respondent group have different ones."""
    experiment = study.spec.label_experiment
    if experiment is None:
        return {}
    default = library_labels()[experiment.slot].default
    label_of = {name: form.labels.get(experiment.slot, default) for name, form in study.forms.items()}
    of_groups: dict[str, set[str]] = {}
    for name, form in study.forms.items():
        of_groups.setdefault(form.respondent_group, set()).add(label_of[name])
    form_of = {name: source.form for name, source in study.spec.sources.items() if source.form is not None}
    return {
        name: label_of[form] for name, form in form_of.items() if len(of_groups[study.forms[form].respondent_group]) > 1
    }


def _balance(task: Task) -> list[Write]:
    responses = task.store.read(core.RESPONSES)
    responses = responses[responses["wave"].isin(list(task.study.spec.waves))]
    seen = task.store.read(LABELS_SEEN)
    return [Write(LABEL_BALANCE, label_balance(responses, seen, words_of_sources(task.study)))]


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
