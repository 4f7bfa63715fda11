"""Steps of responses: read, validated before anything is replaced, scored, joined for analysis."""

import pandas as pd

from pipelines.assets import label_experiment, organisations, reading
from pipelines.assets.step import Step, Task
from pipelines.load import Study
from pipelines.steps import scores
from pipelines.steps.label_experiment import with_labels_seen
from pipelines.steps.organisations import with_facts
from pipelines.store import Query, Write
from pipelines.tables import core
from pipelines.tables.coding import themes
from pipelines.tables.experiments import LABELS_SEEN


def steps(study: Study) -> tuple[Step, ...]:
    """Return the steps that read and score responses."""
    scored, every_instrument = core.scores(study), _instruments(study)
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
        *label_experiment.steps(study),
    )


def analysis_step(study: Study) -> Step:
    """Return the step that joins what is analysed; it comes after all it joins."""
    table, every_instrument = core.analysis(study), _instruments(study)
    coded = ("core.coded_themes",) if study.coding is not None else ()
    facts = ("core.organisations",) if study.register is not None else ()
    labels = ("core.labels_seen",) if study.spec.label_experiment is not None else ()
    return Step(
        name="core/analysis",
        writes=(table,),
        reads=("core.responses", "core.answers", "core.scores", *coded, *facts, *labels),
        by_wave=False,
        depends_on=lambda task: [
            every_instrument,
            list(task.study.spec.waves),
            organisations.on_register(study),
            label_experiment.words_of_sources(study),
        ],
        make=_join,
        meaning=table.grain,
    )


def _instruments(study: Study) -> dict[str, str]:
    return study.instrument_hashes


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
    if study.coding is not None:
        coded = store.read(themes(study)).drop(columns="wave")
        joined = joined.merge(coded, on="response_id", how="left", validate="one_to_one")
    if study.register is not None:
        joined = with_facts(joined, of_waves(study, store.read(core.organisations(study))))
    if study.spec.label_experiment is not None:
        joined = with_labels_seen(joined, store.read(LABELS_SEEN), label_experiment.words_of_sources(study))
    return [Write(core.analysis(study), joined)]
