"""A scanned file → the rows of ``core`` that one export yields: responses, answers, missing reasons, rejects.

Put here how tables are put together; what texts mean is in ``resolve`` and ``keys``.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from instruments.spec import Instrument, Item
from pipelines.readers.keys import (
    RULES_OF_KEYS,
    Keys,
    finished,
    folded,
    is_status,
    moments,
    read_keys,
    respondent_groups,
    seconds,
    without_opt_outs,
)
from pipelines.readers.plan import KeyName, ReadingPlan
from pipelines.readers.records import RULES_OF_ROWS
from pipelines.readers.resolve import REASONS, RULES, ResolvedColumn, resolve_column, rule_name
from pipelines.sections.sources import Source
from pipelines.tables.core import MISSING, OPEN_ANSWERS, REJECTS, RESPONSES

_DTYPES = {"choice": "Int16", "number": "Float64", "code": "str", "open_text": "str", "date": "object"}
_ANSWERED = -1
SUPERSEDED = "superseded_by_later_export"
WITHOUT_GROUP: tuple[KeyName, ...] = ("respondent_group", "status")


@dataclass(frozen=True)
class ReceiveContext:
    """Whose export it is.

    Attributes:
        source_name: Name of the source in ``study.yaml``.
        source: The source's settings.
        instruments: All instruments of the study; items that the source did not administer become missing.
        wave: The wave.
        file_sha256: SHA-256 of the bytes.
        file_name: Name the file arrived with, for messages.
        later_responses: response_id of the responses that a later export of the source holds again; they are left out.
    """

    source_name: str
    source: Source
    instruments: tuple[Instrument, ...]
    wave: str
    file_sha256: str
    file_name: str = ""
    later_responses: frozenset[str] = frozenset()


@dataclass(frozen=True)
class ScannedFile:
    """What one scan of a file yields.

    Attributes:
        table: One row a record of the right width, in the order of the file; columns as ``scan.read_answers`` says.
        row_numbers: Length n; row number in the file, headers counted.
        odd: Row number → rule, for rows without the right width.
        n_filled: Position → cells that are not blank, counted afresh from the file without any plan.
    """

    table: pa.Table
    row_numbers: npt.NDArray[np.int64]
    odd: Mapping[int, str]
    n_filled: Mapping[int, int]


@dataclass(frozen=True)
class ReadResult:
    """What one export yields.

    Attributes:
        responses: One row a response: keys, paradata, ``is_preview``, file and row number.
        answers: One row a response, in the same order: response_id, wave, one column an item other than open text.
        missing: One row an item without an answer: response_id, wave, item, reason.
        open_answers: One row an open-text answer: response_id, wave, item, text.
        rejects: One row a rejected row or cell: file_sha256, wave, row_number, column_name, rule, reason.
        conservation: One row a column of the file: where every cell went.
    """

    responses: pd.DataFrame
    answers: pd.DataFrame
    missing: pd.DataFrame
    open_answers: pd.DataFrame
    rejects: pd.DataFrame
    conservation: pd.DataFrame


@dataclass(frozen=True)
class ReadFile:
    """A scanned file with every cell understood; rows still include the rejected ones."""

    scanned: ScannedFile
    plan: ReadingPlan
    context: ReceiveContext
    columns: Mapping[int, ResolvedColumn]
    keys: Keys
    responses: pd.DataFrame
    is_kept: npt.NDArray[np.bool_]
    is_superseded: npt.NDArray[np.bool_]

    @property
    def n_rejected_rows(self) -> int:
        """Rows that yield no response, other than those that a later export holds again."""
        return len(self.scanned.odd) + int((~self.is_kept & ~self.is_superseded).sum())


def understand(scanned: ScannedFile, plan: ReadingPlan, context: ReceiveContext) -> ReadFile:
    """Say what every cell of a scanned file means."""
    table = scanned.table
    columns = {
        column.position: resolve_column(
            column,
            table[f"v{column.position}"] if f"v{column.position}" in table.column_names else None,
            table[f"t{column.position}"],
            plan.decimal,
        )
        for column in plan.columns
        if column.kind is not None
    }
    keys = read_keys(plan, table)
    responses = _responses(scanned, plan, keys, context)
    is_blank = table["is_blank_row"].to_numpy()
    is_superseded = responses["response_id"].isin(context.later_responses).to_numpy(dtype=bool) & ~is_blank
    is_kept = ~is_blank & ~is_superseded
    for key in WITHOUT_GROUP:
        if key in keys.faults:
            is_kept = is_kept & ~keys.faults[key][1]
    return ReadFile(scanned, plan, context, columns, keys, responses, is_kept, is_superseded)


def as_tables(file: ReadFile, conservation: pd.DataFrame) -> ReadResult:
    """Put the rows of ``core`` together."""
    responses = file.responses[file.is_kept].reset_index(drop=True)
    identity = responses[["response_id", "wave"]]
    answers: dict[str, pd.Series] = {}
    missing, open_answers = [MISSING.empty()], [OPEN_ANSWERS.empty()]
    for instrument in file.context.instruments:
        for name, item in instrument.items.items():
            values, reasons = _cells_of_item(file, name, item)
            if item.kind == "open_text":
                given = values.notna().to_numpy()
                open_answers.append(identity[given].assign(item=name, text=values[given]))
            else:
                answers[name] = values
            absent = reasons != _ANSWERED
            texts = np.array(REASONS, dtype=object)[reasons[absent]]
            missing.append(identity[absent].assign(item=name, reason=texts))
    return ReadResult(
        responses=responses,
        answers=pd.concat([identity, pd.DataFrame(answers, index=identity.index)], axis=1),
        missing=MISSING.typed(pd.concat(missing, ignore_index=True)),
        open_answers=OPEN_ANSWERS.typed(pd.concat(open_answers, ignore_index=True)),
        rejects=_rejects(file),
        conservation=conservation,
    )


def _cells_of_item(file: ReadFile, name: str, item: Item) -> tuple[pd.Series, npt.NDArray[np.int8]]:
    """Return values and reasons of an item over the kept rows."""
    n_rows = int(file.is_kept.sum())
    position = next((column.position for column in file.plan.columns if column.item == name), None)
    if position is not None:
        column = file.columns[position]
        return column.cells[file.is_kept].reset_index(drop=True), column.reasons[file.is_kept]
    constant = file.context.source.constants.get(name)
    if constant is not None and item.kind == "date":
        constant = dt.date.fromisoformat(str(constant))
    values = pd.Series([constant] * n_rows, dtype=_DTYPES[item.kind])
    reason = REASONS.index("not_administered") if constant is None else _ANSWERED
    return values, np.full(n_rows, reason, dtype=np.int8)


def _responses(scanned: ScannedFile, plan: ReadingPlan, keys: Keys, context: ReceiveContext) -> pd.DataFrame:
    source, n_rows = context.source, len(scanned.row_numbers)
    file = f"{context.file_sha256[:8]}-" if "response_id" in keys.texts else ""
    numbered = pd.Series([f"{file}row-{number}" for number in scanned.row_numbers], dtype="str")

    def times(key: KeyName) -> tuple[pd.Series, pd.Series]:
        return moments(without_opt_outs(plan, key, keys.text(key, n_rows)), plan.time_zone, plan.time_formats)

    started, no_start = times("started_at")
    ended, no_end = times("ended_at")
    lasted, no_seconds = seconds(keys.text("response_seconds", n_rows), plan.decimal)
    keys.blame("started_at", "not_a_time", no_start)
    keys.blame("ended_at", "not_a_time", no_end)
    keys.blame("response_seconds", "not_a_number", no_seconds)
    is_preview = is_status(keys, plan.preview_statuses | plan.test_statuses, n_rows)
    group = respondent_groups(keys, dict(source.groups), source.respondent_group, is_preview)
    language = folded(keys.text("language", n_rows)) if "language" in keys.texts else source.language
    rows = pd.DataFrame(
        {
            "response_id": f"{context.source_name}/" + keys.text("response_id", n_rows).fillna(numbered),
            "wave": pd.Series([context.wave] * n_rows, dtype="str"),
            "source": context.source_name,
            "respondent_group": group,
            "organisation_id": keys.text("organisation_id", n_rows),
            "respondent_key": keys.text("respondent_key", n_rows),
            "language": language,
            "started_at": started,
            "ended_at": ended,
            "response_seconds": lasted,
            "is_finished": finished(plan, keys, n_rows),
            "is_preview": is_preview,
            "file_sha256": context.file_sha256,
            "row_number": pd.Series(scanned.row_numbers, dtype="Int64"),
        }
    )
    kinds = {name: column.kind for name, column in RESPONSES.columns.items() if name in rows}
    return rows.astype(kinds)


def _rejects(file: ReadFile) -> pd.DataFrame:
    """List rejected rows and cells, in the order of the file."""
    numbers, is_kept = file.scanned.row_numbers, file.is_kept
    is_blank = file.scanned.table["is_blank_row"].to_numpy()
    found = [_reject_rows(numbers[is_blank], None, "blank_row", RULES_OF_ROWS["blank_row"])]
    found += [_reject_rows(np.array([n]), None, rule, RULES_OF_ROWS[rule]) for n, rule in file.scanned.odd.items()]
    found.append(_reject_rows(numbers[file.is_superseded], None, SUPERSEDED, RULES_OF_ROWS[SUPERSEDED]))
    for key, (rule, is_faulty) in file.keys.faults.items():
        at = is_faulty & (~is_blank & ~file.is_superseded if key in WITHOUT_GROUP else is_kept)
        found.append(_reject_rows(numbers[at], file.plan.keys[key], rule, RULES_OF_KEYS[rule]))
    for column in file.plan.columns:
        if column.position in file.columns:
            rules = file.columns[column.position].rules
            for code in np.unique(rules[rules >= 0]):
                rule = rule_name(int(code))
                found.append(_reject_rows(numbers[(rules == code) & is_kept], column.name, rule, RULES[rule]))
    rejects = pd.concat(found, ignore_index=True).sort_values("row_number", kind="stable")
    return REJECTS.typed(rejects.assign(file_sha256=file.context.file_sha256, wave=file.context.wave))


def _reject_rows(numbers: npt.NDArray[np.int64], column: str | None, rule: str, reason: str) -> pd.DataFrame:
    n_rows = len(numbers)
    names = pd.Series([column] * n_rows, dtype="str")
    return pd.DataFrame({"row_number": numbers, "column_name": names, "rule": rule, "reason": reason}).astype(
        {"rule": "str", "reason": "str"}
    )
