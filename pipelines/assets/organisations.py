"""The step that reads what registers and archives say about the organisations."""

from instruments.spec_file import spec_hash
from pipelines.assets.step import Step, Task
from pipelines.files import file_sha256
from pipelines.load import Study
from pipelines.steps.organisations import FactsError, read_facts
from pipelines.store import Write
from pipelines.tables import core
from pipelines.team_tables import faults_of, read_team_table


def steps(study: Study) -> tuple[Step, ...]:
    """Return the step of ``core.organisations``; none where the study has no such facts."""
    if study.register is None:
        return ()
    table = core.organisations(study)
    return (
        Step(
            name="core/organisations",
            writes=(table,),
            reads=(),
            by_wave=False,
            depends_on=_depends_on,
            make=_read,
            meaning=table.grain,
        ),
    )


def on_register(study: Study) -> str | None:
    """Return what tables with facts about organisations depend on of the register's description."""
    return None if study.register is None else spec_hash(study.register)


def _depends_on(task: Task) -> object:
    section, frame = task.study.spec.organisations, task.study.spec.frame
    files = [each.file for each in (section, frame) if each is not None]
    hashes = [file_sha256(task.study.folder / name) for name in files]
    return [list(task.study.spec.waves), on_register(task.study), hashes]


def _read(task: Task) -> list[Write]:
    study, section = task.study, task.study.spec.organisations
    if section is None or study.register is None:
        raise AssertionError("the step exists only where the study has facts about organisations")
    texts = read_team_table(study.folder / section.file, "list of organisations")
    with faults_of(section.file, FactsError):
        rows = read_facts(texts, study.register, list(study.spec.waves), _known(study))
    table = core.organisations(study)
    return [Write(table, table.typed(rows))]


def _known(study: Study) -> list[str] | None:
    """List the organisations of the frame; None where the study has no frame and cannot know them all."""
    frame = study.spec.frame
    if frame is None:
        return None
    units = read_team_table(study.folder / frame.file, "list of invited units")
    return sorted(set(units["organisation_id"]) - {""}) if "organisation_id" in units else None
