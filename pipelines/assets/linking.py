"""Steps across waves: who is who, who is lost, and what the questionnaires of two waves asked differently."""

import pandas as pd

from instruments.spec_file import spec_hash
from pipelines.assets.core import of_waves
from pipelines.assets.step import Step, Task
from pipelines.files import file_sha256
from pipelines.load import Study
from pipelines.steps.attrition import attrition, attrition_differences
from pipelines.steps.instrument_changes import instrument_changes
from pipelines.steps.link_waves import DecisionError, check_decisions, link_waves
from pipelines.store import Write
from pipelines.tables import core, linking, raw
from pipelines.team_tables import faults_of, read_team_table

_NO_DECISIONS = pd.DataFrame({"response_id": [], "other_response_id": [], "decision": []}, dtype="str")


def steps(study: Study) -> tuple[Step, ...]:
    """Return the steps across waves."""
    del study
    return (
        Step(
            name="core/links",
            writes=(linking.LINKS, linking.LINK_CANDIDATES),
            reads=("core.responses", "core.link_codes"),
            by_wave=False,
            depends_on=lambda task: [list(task.study.spec.waves), spec_hash(task.study.spec.linking), _hash(task)],
            make=_link,
            meaning=linking.LINKS.grain,
        ),
        Step(
            name="out/attrition",
            writes=(linking.ATTRITION, linking.ATTRITION_DIFFERENCES),
            reads=("core.responses", "core.links", "core.link_candidates", "core.link_codes", "core.scores"),
            by_wave=False,
            depends_on=lambda task: list(task.study.spec.waves),
            make=_attrition,
            meaning=linking.ATTRITION.grain,
        ),
        Step(
            name="out/instrument_changes",
            writes=(linking.INSTRUMENT_CHANGES,),
            reads=("raw.columns",),
            by_wave=False,
            depends_on=lambda task: [list(task.study.spec.waves), spec_hash(task.study.spec.linking)],
            make=_changes,
            meaning=linking.INSTRUMENT_CHANGES.grain,
        ),
    )


def _link(task: Task) -> list[Write]:
    study, store = task.study, task.store
    responses = of_waves(study, store.read(core.RESPONSES))
    decisions = _decisions(task, responses)
    codes = of_waves(study, store.read(linking.LINK_CODES))
    found = link_waves(responses, codes, list(study.spec.waves), study.spec.linking.code, decisions)
    return [Write(linking.LINKS, found.links), Write(linking.LINK_CANDIDATES, found.candidates)]


def _hash(task: Task) -> str:
    file = task.study.spec.linking.decisions
    return "" if file is None else file_sha256(task.study.folder / file)


def _decisions(task: Task, responses: pd.DataFrame) -> pd.DataFrame:
    file = task.study.spec.linking.decisions
    if file is None:
        return _NO_DECISIONS
    decisions = read_team_table(task.study.folder / file, "list of decisions")
    with faults_of(file, DecisionError):
        check_decisions(decisions, responses)
    return decisions


def _attrition(task: Task) -> list[Write]:
    study, store, waves = task.study, task.store, list(task.study.spec.waves)
    responses = of_waves(study, store.read(core.RESPONSES))
    links, candidates = store.read(linking.LINKS), store.read(linking.LINK_CANDIDATES)
    codes, scores = store.read(linking.LINK_CODES), of_waves(study, store.read(core.scores(study)))
    counted = attrition(responses, links, candidates, codes, waves)
    compared = attrition_differences(responses, links, scores, list(study.scales()), waves)
    return [Write(linking.ATTRITION, counted), Write(linking.ATTRITION_DIFFERENCES, compared)]


def _changes(task: Task) -> list[Write]:
    columns = task.store.read(raw.COLUMNS)
    spec = task.study.spec
    changed = instrument_changes(columns, list(spec.waves), spec.linking.comparable)
    return [Write(linking.INSTRUMENT_CHANGES, changed)]
