"""Steps of responses: read, validated before anything is replaced, scored, joined for analysis."""

import pandas as pd

from instruments.spec_file import spec_hash
from pipelines.assets import organisations, reading
from pipelines.assets.step import Step, Task
from pipelines.load import Study
from pipelines.steps import scores
from pipelines.steps.organisations import with_facts
from pipelines.store import Query, Write
from pipelines.tables import core


def steps(study: Study) -> tuple[Step, ...]:
    """Return the steps that write ``core``."""
    scored, analysis = core.scores(study), core.analysis(study)
    facts = ("core.organisations",) if study.register is not None else ()
    every_instrument = {name: spec_hash(each) for name, each in study.instruments.items()}
    return (
        reading.reading_step(study, every_instrument),
        Step(
            name="core/scores",
            writes=(scored,),
            reads=("core.responses", "core.answers"),
            by_wave=True,
            depends_on=lambda _: every_instrument,
            make=_score,
            meaning=scored.grain,
        ),
        *organisations.steps(study),
        Step(
            name="core/analysis",
            writes=(analysis,),
            reads=("core.responses", "core.answers", "core.scores", *facts),
            by_wave=False,
            depends_on=lambda task: [every_instrument, list(task.study.spec.waves), organisations.on_register(study)],
            make=_join,
            meaning=analysis.grain,
        ),
    )


def of_waves(study: Study, rows: pd.DataFrame) -> pd.DataFrame:
    """Keep the rows of waves that the study still has."""
    return rows[rows["wave"].isin(list(study.spec.waves))].reset_index(drop=True)


def _score(task: Task) -> list[Write]:
    query = scores.score_responses(task.study.scales(), task.wave)
    return [Write(core.scores(task.study), Query(query), {"wave": task.wave})]


def _join(task: Task) -> list[Write]:
    study, store = task.study, task.store
    tables = [of_waves(study, store.read(table)) for table in (core.RESPONSES, core.answers(study), core.scores(study))]
    responses, answers, scored = tables
    joined = scores.join_for_analysis(responses, answers, scored, list(study.scales()))
    if study.register is not None:
        joined = with_facts(joined, of_waves(study, store.read(core.organisations(study))))
    return [Write(core.analysis(study), joined)]
