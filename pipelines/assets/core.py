"""Steps of responses: read, validated before anything is replaced, scored, joined for analysis."""

import datetime as dt
from dataclasses import fields

import pandas as pd

from instruments.spec_file import spec_hash
from pipelines.assets.raw import planned
from pipelines.assets.step import Step, Task
from pipelines.load import Study
from pipelines.receive import ReadResult, ReceiveContext, read_export
from pipelines.steps import dispositions, invalid_answers, response_rates, scores, validation
from pipelines.store import Write
from pipelines.tables import core, raw

READING_CHECK = "answers_are_valid"


def steps(study: Study) -> tuple[Step, ...]:
    """Return the steps that write ``core``."""
    scored, analysis = core.scores(study), core.analysis(study)
    every_instrument = {name: spec_hash(each) for name, each in study.instruments.items()}
    return (
        _reading_step(study, every_instrument),
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


def _reading_step(study: Study, every_instrument: dict[str, str]) -> Step:
    answers = core.answers(study)
    return Step(
        name="core/responses",
        writes=(core.RESPONSES, answers, core.MISSING, core.OPEN_ANSWERS, core.REJECTS, raw.CONSERVATION),
        reads=("raw.files", "raw.columns"),
        by_wave=True,
        depends_on=lambda task: [every_instrument, _reading_rules(task)],
        make=_read,
        meaning=core.RESPONSES.grain,
        is_settled=_last_check_passed,
    )


def of_waves(study: Study, rows: pd.DataFrame) -> pd.DataFrame:
    """Keep the rows of waves that the study still has."""
    return rows[rows["wave"].isin(list(study.spec.waves))].reset_index(drop=True)


def _reading_rules(task: Task) -> object:
    spec = task.study.spec
    sources = {name: spec_hash(source) for name, source in spec.sources.items() if source.wave == task.wave}
    return [sources, spec.invalid_answers, spec_hash(spec.dispositions)]


def _read(task: Task) -> list[Write]:
    files = task.store.read(raw.FILES)
    files = files[files["wave"] == task.wave].sort_values(["received_at", "file_name"], kind="stable")
    later: dict[str, set[str]] = {}
    results: list[ReadResult] = []
    for file in reversed(files.to_dict("records")):
        seen = later.setdefault(str(file["source"]), set())
        results.append(_read_file(task, {str(name): str(value) for name, value in file.items()}, frozenset(seen)))
        seen.update(results[-1].responses["response_id"])
    return _validated(task, _together(results[::-1]))


def _read_file(task: Task, file: dict[str, str], later_responses: frozenset[str]) -> ReadResult:
    source = task.study.sources()[file["source"]]
    path = task.store.kept_file(file["file_sha256"])
    context = ReceiveContext(
        source_name=file["source"],
        source=source,
        instruments=tuple(task.study.instruments.values()),
        wave=task.wave,
        file_sha256=file["file_sha256"],
        file_name=file["file_name"],
        later_responses=later_responses,
    )
    with planned(task.study, source, path, file["file_name"]) as (export, plan):
        return read_export(export, plan, context)


def _together(results: list[ReadResult]) -> ReadResult:
    """Put the files of a wave together."""
    tables = {
        field.name: pd.concat([getattr(each, field.name) for each in results], ignore_index=True)
        for field in fields(ReadResult)
    }
    return ReadResult(**tables)


def _validated(task: Task, result: ReadResult) -> list[Write]:
    """Validate before anything is written; a failing rule leaves all earlier rows as they are."""
    study = task.study
    answers_table = core.answers(study)
    if study.spec.invalid_answers == "set_missing":
        result = _with_invalid_as_missing(task, result)
    closed = [name for name, item in study.items().items() if item.kind == "choice"]
    share = dispositions.share_answered(result.responses["response_id"], _once(result.missing), closed)
    responses = dispositions.classify_dispositions(
        result.responses.assign(share_answered=share), study.spec.dispositions
    )
    places = responses[["file_sha256", "row_number", "response_id"]]
    failures = [
        validation.find_failures(core.RESPONSES, responses, places, task.wave),
        _of_cells(validation.find_failures(answers_table, result.answers, places, task.wave)),
    ]
    rule = study.spec.invalid_answers
    failures.append(validation.failures_of_rejects(result.rejects, task.wave, invalid_answers=rule))
    _record_check(task, failures)
    validation.raise_if_blocking(task.wave, failures)
    where = {"wave": task.wave}
    tables = (core.RESPONSES, answers_table, core.MISSING, core.OPEN_ANSWERS, core.REJECTS, raw.CONSERVATION)
    rows = (responses, result.answers, result.missing, result.open_answers, result.rejects, result.conservation)
    return [Write(table, content, where) for table, content in zip(tables, rows, strict=True)]


def _of_cells(failures: pd.DataFrame) -> pd.DataFrame:
    """Leave out repeated keys, which the validation of the responses has named already."""
    return failures[failures["rule"] != "duplicated_key"]


def _once(missing: pd.DataFrame) -> pd.DataFrame:
    return missing.drop_duplicates(["response_id", "item"])


def _record_check(task: Task, failures: list[pd.DataFrame]) -> None:
    """Write the outcome in a transaction of its own: the release gate reads it, also after a failure."""
    found = pd.concat(failures, ignore_index=True)
    result = {
        "check_name": READING_CHECK,
        "wave": task.wave,
        "passed": not len(found),
        "n_failures": len(found),
        "checked_at": dt.datetime.now(dt.UTC),
    }
    writes = [
        Write(raw.CHECKS, pd.DataFrame([result]), {"check_name": READING_CHECK, "wave": task.wave}),
        Write(raw.FAILURES, found, {"wave": task.wave}),
    ]
    task.store.write(writes, input_hash="", run_id="")


def _last_check_passed(task: Task) -> bool:
    checks = task.store.read(raw.CHECKS)
    return bool(checks.loc[checks["wave"] == task.wave, "passed"].all())


def _with_invalid_as_missing(task: Task, result: ReadResult) -> ReadResult:
    cells = invalid_answers.invalid_cells(result.answers, list(task.study.instruments.values()))
    columns = task.store.read(raw.COLUMNS).dropna(subset=["item"])
    rejects = invalid_answers.as_rejects(result.responses, cells, columns)
    return ReadResult(
        responses=result.responses,
        answers=invalid_answers.without_invalid(result.answers, cells),
        missing=pd.concat([result.missing, invalid_answers.as_missing(result.answers, cells)], ignore_index=True),
        open_answers=result.open_answers,
        rejects=pd.concat([result.rejects, rejects.drop(columns="position")], ignore_index=True),
        conservation=invalid_answers.recount(result.conservation, rejects),
    )


def _score(task: Task) -> list[Write]:
    responses, answers = task.store.read(core.RESPONSES), task.store.read(core.answers(task.study))
    analysed = responses[(responses["wave"] == task.wave) & responses["is_analysed"].astype(bool)]["response_id"]
    scored = scores.score_responses(answers, analysed, task.study.scales())
    return [Write(core.scores(task.study), scored, {"wave": task.wave})]


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
