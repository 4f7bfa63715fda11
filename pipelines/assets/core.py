"""Steps of responses: read, validated before anything is replaced, scored, joined for analysis."""

import pandas as pd

from instruments.spec_file import spec_hash
from pipelines.assets import reading
from pipelines.assets.step import Step, Task
from pipelines.load import Study
from pipelines.steps import response_rates, scores
from pipelines.store import Query, Write
from pipelines.tables import core


def steps(study: Study) -> tuple[Step, ...]:
    """Return the steps that write ``core``."""
    scored, analysis = core.scores(study), core.analysis(study)
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
        Step(
            name="core/sampled_units",
            writes=(core.SAMPLED_UNITS,),
            reads=("core.responses",),
            by_wave=False,
            depends_on=_frame_text,
            make=_sample,
            meaning=core.SAMPLED_UNITS.grain,
        ),
        Step(
            name="core/analysis",
            writes=(analysis,),
            reads=("core.responses", "core.answers", "core.scores"),
            by_wave=False,
            depends_on=lambda task: [every_instrument, list(task.study.spec.waves)],
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


def _frame_text(task: Task) -> object:
    frame = task.study.spec.frame
    return None if frame is None else (task.study.folder / frame.file).read_bytes().decode("utf-8", "replace")


def _sample(task: Task) -> list[Write]:
    frame = task.study.spec.frame
    if frame is None:
        return [Write(core.SAMPLED_UNITS, core.SAMPLED_UNITS.empty())]
    path = task.study.folder / frame.file
    responses = of_waves(task.study, task.store.read(core.RESPONSES))
    try:
        units = pd.read_csv(path, dtype="str", keep_default_na=False, encoding="utf-8-sig")
        groups = list(task.study.spec.respondent_groups)
        response_rates.check_frame_against_study(units, list(task.study.spec.waves), groups)
        sampled = response_rates.sample_units(units, responses)
        response_rates.outside_frame(responses, sampled)
        return [Write(core.SAMPLED_UNITS, sampled)]
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        message = f"{frame.file} is no list of invited units; expected a UTF-8 CSV file with headers"
        raise response_rates.FrameError(message) from error
    except response_rates.FrameError as error:
        raise response_rates.FrameError(f"{frame.file}: {error}") from error


def _join(task: Task) -> list[Write]:
    study, store = task.study, task.store
    tables = [of_waves(study, store.read(table)) for table in (core.RESPONSES, core.answers(study), core.scores(study))]
    responses, answers, scored = tables
    joined = scores.join_for_analysis(responses, answers, scored, list(study.scales()))
    return [Write(core.analysis(study), joined)]
