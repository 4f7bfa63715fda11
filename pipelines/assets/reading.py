"""The step that reads the exports of a wave: into a private database, validated there before anything is replaced."""

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from instruments.spec import CLOSED_KINDS
from instruments.spec_file import spec_hash
from pipelines.assets.exports import planned
from pipelines.assets.open_answers import screened
from pipelines.assets.pseudonyms import dyad_keys, link_codes, pseudonymise_people
from pipelines.assets.step import Step, Task
from pipelines.load import Study
from pipelines.steps import dispositions, validation
from pipelines.store import Write
from pipelines.tables import core, raw
from pipelines.tables.base import Table
from pipelines.tables.linking import LINK_CODES
from pipelines.tables.pulling import DELETIONS
from pipelines.tables.relations import DYAD_KEYS
from pipelines.tables.screening import PARADATA

if TYPE_CHECKING:
    from pipelines.receive import FilledCells, Staging

READING_CHECK = "answers_are_valid"
_DECIDED = ("share_answered", "disposition", "disposition_code", "is_analysed")
_DECIDES = ("n_open", "n_absent", "n_dealt_with", "source", "is_preview", "is_finished", "platform_disposition")


def reading_step(study: Study, every_instrument: dict[str, str]) -> Step:
    """Return the step that writes everything read from the exports of a wave."""
    return Step(
        name="core/responses",
        writes=(*_tables(study).values(),),
        reads=("raw.files", "raw.columns"),
        by_wave=True,
        depends_on=lambda task: [every_instrument, _rules(task)],
        make=_read,
        meaning=core.RESPONSES.grain,
        is_settled=_last_check_passed,
    )


def _tables(study: Study) -> dict[str, Table]:
    """Return the tables by the relation of the private database that each is filled from."""
    return {
        "responses": core.RESPONSES,
        "answers": core.answers(study),
        "missing": core.MISSING,
        "open_answers": core.OPEN_ANSWERS,
        "open_text_findings": core.OPEN_TEXT_FINDINGS,
        "link_codes": LINK_CODES,
        "dyads": DYAD_KEYS,
        "repeats": core.REPEATS,
        "paradata": PARADATA,
        "rejects": core.REJECTS,
        "conservation": raw.CONSERVATION,
    }


def _rules(task: Task) -> object:
    spec = task.study.spec
    sources = {name: spec_hash(source) for name, source in spec.sources.items() if source.wave == task.wave}
    quality = sorted(spec.screening.every_fraud_score())
    deleted = sorted(_deleted_responses(task))
    return [sources, spec.invalid_answers, spec_hash(spec.dispositions), quality, spec.privacy.open_text, deleted]


def _read(task: Task) -> list[Write]:
    from pipelines.receive import FilledCells, Staging  # noqa: PLC0415 - commands that read no export wait for no reader

    if task.staging is None:
        raise AssertionError("a step runs with a folder for what is not stored yet")
    files = task.store.read(raw.FILES)
    files = files[files["wave"] == task.wave].sort_values(["received_at", "file_name"], kind="stable")
    columns = task.store.read(raw.COLUMNS).set_index(["file_sha256", "source"])
    staging = task.opened.enter_context(Staging(task.staging))
    for file in files.to_dict("records"):
        of_file = columns.loc[[(file["file_sha256"], file["source"])]]
        digits = frozenset(map(int, of_file.loc[of_file["is_digits"], "position"]))
        filled = FilledCells(int(file["n_rows"]), of_file.set_index("position")["n_filled"].to_dict(), digits)
        _add(task, staging, {str(name): str(value) for name, value in file.items()}, filled)
    _set_deleted_aside(task, staging)
    numbers = {name: number for number, name in enumerate(task.study.items())}
    staging.settle(numbers, set_missing=task.study.spec.invalid_answers == "set_missing")
    pseudonymise_people(task, staging)
    made = {**screened(task.study, staging), "link_codes": link_codes(task, staging), "dyads": dyad_keys(task, staging)}
    queries = {name: made.get(name) or staging.relation(name) for name in _tables(task.study)}
    platforms = dict(zip(files["source"], files["platform"], strict=True))
    queries["responses"] = _classified(task.study, staging, platforms)
    _validate(task, staging, queries["responses"], dict(zip(files["file_sha256"], files["file_name"], strict=True)))
    return [
        Write(table, staging.rows(queries[name]), {"wave": task.wave}) for name, table in _tables(task.study).items()
    ]


def _deleted_responses(task: Task) -> set[str]:
    rows = task.store.read(DELETIONS)
    return set(rows.loc[rows["wave"] == task.wave, "response_id"])


def _set_deleted_aside(task: Task, staging: "Staging") -> None:
    """Set responses aside that their platform has no more; they stay in the files until somebody erases them."""
    from pipelines.readers.cells.repeats import deleted  # noqa: PLC0415

    ids = _deleted_responses(task)
    if ids:
        staging.create("deleted_ids", pd.DataFrame({"response_id": sorted(ids)}))
        for file in staging.files:
            staging.count(deleted(file, "deleted_ids"))


def _add(task: Task, staging: "Staging", file: dict[str, str], filled: "FilledCells") -> None:
    from pipelines.receive import ReceiveContext  # noqa: PLC0415

    source = task.study.sources()[file["source"]]
    path = task.store.kept_file(file["file_sha256"])
    context = ReceiveContext(
        source_name=file["source"],
        source=source,
        instruments=tuple(task.study.instruments.values()),
        wave=task.wave,
        file_sha256=file["file_sha256"],
        file_name=file["file_name"],
        quality_columns=frozenset(task.study.spec.screening.every_fraud_score()),
    )
    with planned(task.study, source, path, file["file_name"]) as (export, plan):
        staging.add(export, plan, context, filled)


def _classified(study: Study, staging: "Staging", platforms: dict[str, str]) -> str:
    """Return the query of the responses with their disposition, decided once for all that are alike."""
    closed = [name for name, item in study.items().items() if item.kind in CLOSED_KINDS]
    staging.create("gap_counts", dispositions.count_gaps(staging.gaps(closed), "file, place"))
    columns = ", ".join(name for name in core.RESPONSES.columns if name not in _DECIDED)
    counts = ", ".join(f"CAST(coalesce({name}, 0) AS BIGINT) AS {name}" for name in _DECIDES[:3])
    known = (
        f"SELECT {columns}, is_preview, platform_disposition, {counts} "  # noqa: S608 - names are ours
        f"FROM ({staging.relation('responses')}) AS responses LEFT JOIN gap_counts USING (file, place)"
    )
    alike = ", ".join(_DECIDES)
    kinds = staging.fetch(f"SELECT DISTINCT {alike} FROM ({known})")  # noqa: S608 - names are ours
    share = dispositions.share_answered(kinds, len(closed))
    kinds = kinds.assign(share_answered=share, platform=kinds["source"].map(platforms))
    staging.create("outcomes", dispositions.classify_dispositions(kinds, study.spec.dispositions))
    same = " AND ".join(f"responses.{name} IS NOT DISTINCT FROM outcomes.{name}" for name in _DECIDES)
    own = ", ".join(f"responses.{name}" for name in core.RESPONSES.columns if name not in _DECIDED)
    decided = ", ".join(f"outcomes.{name}" for name in _DECIDED)
    return f"SELECT {own}, {decided} FROM ({known}) AS responses JOIN outcomes ON {same}"  # noqa: S608 - names are ours


def _validate(task: Task, staging: "Staging", responses: str, file_names: dict[str, str]) -> None:
    """Validate before anything is written; a failing rule leaves all earlier rows as they are."""
    # Repeated keys are named by the validation of the responses already.
    cells = replace(core.answers(task.study), key=())
    answers = staging.relation("answers", ("file_sha256", "row_number"))
    rejects = validation.blocking_rejects(staging.relation("rejects"), invalid_answers=task.study.spec.invalid_answers)
    failures = [
        validation.find_failures(core.RESPONSES, responses, staging.fetch, task.wave),
        validation.find_failures(cells, answers, staging.fetch, task.wave),
        raw.FAILURES.typed(staging.fetch(rejects)),
    ]
    _record_check(task, failures)
    items = {
        name: (item, each.response_scale_of(name))
        for each in task.study.instruments.values()
        for name, item in each.items.items()
    }
    validation.raise_if_blocking(task.wave, failures, file_names, items)


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
