"""Scanned cells → the rows of ``core`` that one export yields: responses, answers, missing reasons, rejects. As SQL.

Put here how tables are put together; what texts mean is in ``resolve`` and ``keys``. Scanned cells lie in
``cells_<n>`` (one row a record, ``rowid`` its place), what is known of the row as a response in ``rows_<n>``.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from instruments.spec import Instrument, Item, option_column
from pipelines.readers.keys import (
    RULE_OF_KEY,
    RULES_OF_KEYS,
    faulty_keys,
    finished,
    has_status,
    key_fault,
    key_text,
    moment,
    needs_zone,
    respondent_group,
    seconds,
    whole,
)
from pipelines.readers.marks import BROKEN, FILLED, REASONS, RULES, broken_mark, reason_number
from pipelines.readers.plan import PlannedColumn, ReadingPlan
from pipelines.readers.records import RULES_OF_ROWS
from pipelines.readers.scan import folded, holds_marks, is_list, is_option, literal
from pipelines.sections.sources import Source

KEPT, REPEAT, SUPERSEDED = "kept", "repeat", "superseded_by_later_export"
_NOT_ADMINISTERED, _NOT_REACHED = REASONS.index("not_administered"), REASONS.index("not_reached")
_TYPES = {"choice": "SMALLINT", "number": "DOUBLE", "date": "DATE", "code": "VARCHAR", "open_text": "VARCHAR"}


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
    """

    source_name: str
    source: Source
    instruments: tuple[Instrument, ...]
    wave: str
    file_sha256: str
    file_name: str = ""


@dataclass(frozen=True)
class ScannedFile:
    """One export in the staging database.

    Attributes:
        number: Its number there; files that come later count over earlier ones.
        plan: How it was read.
        context: Whose it is.
        odd: Row number → rule, for rows without the right width.
        n_records: Records of the right width.
        n_filled: Position → cells that are not empty, counted afresh from the file without any plan.
        n_blank_texts: Position → cells of items that hold nothing but blanks.
        may_be_broken: Positions of items of which some text breaks a rule.
    """

    number: int
    plan: ReadingPlan
    context: ReceiveContext
    odd: Mapping[int, str]
    n_records: int
    n_filled: Mapping[int, int]
    n_blank_texts: Mapping[int, int] = field(default_factory=dict[int, int])
    may_be_broken: frozenset[int] = frozenset()

    @property
    def cells(self) -> str:
        """Name of its table of scanned cells."""
        return f"cells_{self.number}"

    @property
    def rows(self) -> str:
        """Name of its table of rows as responses."""
        return f"rows_{self.number}"

    @property
    def columns_of_items(self) -> list[PlannedColumn]:
        """Its columns that hold items."""
        return [column for column in self.plan.columns if column.kind is not None and column.item is not None]

    def columns_of(self, item: str) -> list[PlannedColumn]:
        """Its columns of one item: none, one, or one an option."""
        return [column for column in self.plan.columns if column.item == item]

    @property
    def has_repeats(self) -> bool:
        """Whether rows of it may be repetitions."""
        return bool(self.context.source.repeats_of) or "repeat_instrument" in self.plan.keys

    def picks(self, column: PlannedColumn) -> str:
        """Name of the table of what each text of a list of options means."""
        return f"picks_{self.number}_{column.position}"


@dataclass(frozen=True)
class ReadResult:
    """What one export yields.

    Attributes:
        responses: One row a response: keys, paradata, ``is_preview``, file and row number.
        answers: One row a response, in the same order: response_id, wave, one column an item other than open text, one
            an option of a multiple choice.
        missing: One row an item without an answer: response_id, wave, item, reason.
        open_answers: One row an open-text answer: response_id, wave, item, text.
        repeats: One row an answer in a repetition, as ``core.repeats``.
        rejects: One row a rejected row or cell: file_sha256, wave, row_number, column_name, rule, reason.
        conservation: One row a column of the file: where every cell went.
    """

    responses: pd.DataFrame
    answers: pd.DataFrame
    missing: pd.DataFrame
    open_answers: pd.DataFrame
    repeats: pd.DataFrame
    rejects: pd.DataFrame
    conservation: pd.DataFrame


def read_rows(file: ScannedFile, numbers: str | None, zone: str) -> str:
    """Write the query of what is known of every row as a response.

    Args:
        file: The file.
        numbers: Table of place and row number, where row numbers have gaps.
        zone: Table of minutes moved to UTC, where the plan has a time zone.
    """
    plan, context = file.plan, file.context
    number = "numbers.row_number" if numbers else f"cells.rowid + {plan.header_rows + 1}"
    prefix = f"{context.file_sha256[:8]}-row-" if "response_id" in plan.keys else "row-"
    identity = f"coalesce({key_text(plan, 'response_id')}, {literal(prefix)} || ({number}))"
    joins = f" JOIN {numbers} AS numbers ON numbers.place = cells.rowid" if numbers else ""
    if needs_zone(plan):
        joins += "".join(
            f" LEFT JOIN {zone} AS zone_{key} ON zone_{key}.minute = date_trunc('minute', l_{key})"
            for key in ("started_at", "ended_at", "recorded_at")
            if key in plan.keys
        )
    columns = {
        "place": "cells.rowid",
        "row_number": f"CAST({number} AS BIGINT)",
        "response_id": f"{literal((context.source.repeats_of or context.source_name) + '/')} || {identity}",
        "wave": literal(context.wave),
        "source": literal(context.source_name),
        **_paradata(plan, context),
        "file_sha256": literal(context.file_sha256),
        **{f"f_{key}": key_fault(plan, key) for key in faulty_keys(plan)},
        "last_filled": "last_filled" if plan.unreached == "after_last_answer" else "CAST(NULL AS INTEGER)",
    }
    listed = ", ".join(f"{expression} AS {name}" for name, expression in columns.items())
    return f"SELECT *, {_state(plan, context)} AS state FROM (SELECT {listed}, is_blank, is_own FROM {file.cells} AS cells{joins})"  # noqa: S608, E501 - texts are literals


def _paradata(plan: ReadingPlan, context: ReceiveContext) -> dict[str, str]:
    source = context.source
    language = "CAST(NULL AS VARCHAR)" if source.language is None else literal(source.language)
    return {
        "respondent_group": respondent_group(plan, source.groups, source.respondent_group),
        "organisation_id": key_text(plan, "organisation_id"),
        "respondent_key": key_text(plan, "respondent_key"),
        "language": folded(key_text(plan, "language")) if "language" in plan.keys else language,
        "started_at": moment(plan, "started_at"),
        "ended_at": moment(plan, "ended_at"),
        "recorded_at": moment(plan, "recorded_at"),
        "response_seconds": seconds(plan, "response_seconds"),
        "is_finished": finished(plan),
        "is_preview": has_status(plan, plan.preview_statuses | plan.test_statuses),
        "platform_disposition": key_text(plan, "platform_disposition"),
        "last_page": whole(plan, "last_page"),
        "repeat_instrument": key_text(plan, "repeat_instrument"),
        "repeat_instance": whole(plan, "repeat_instance"),
    }


def _state(plan: ReadingPlan, context: ReceiveContext) -> str:
    """Write what becomes of a row: it is kept, a repetition, or set aside by a rule."""
    repeats = "WHEN true" if context.source.repeats_of else "WHEN repeat_instrument IS NOT NULL"
    group = ""
    if "respondent_group" in plan.keys:
        group = (
            "WHEN respondent_group IS NULL AND is_preview THEN 'preview_without_group' "
            "WHEN respondent_group IS NULL THEN 'unknown_respondent_group'"
        )
    return (
        "CASE WHEN is_blank THEN 'blank_row' WHEN NOT is_own THEN 'row_of_another_source' "
        f"{repeats} THEN '{REPEAT}' {group} ELSE '{KEPT}' END"
    )


def understood(file: ScannedFile) -> str:
    """Write the scanned cells with their place, what was picked of lists, and whether any option was ticked."""
    parts, joins = ["cells.rowid AS place"], ""
    replaced: list[str] = []
    for column in file.columns_of_items:
        if is_list(column):
            name = f"p{column.position}"
            parts.append(f"{name}.codes AS o{column.position}")
            replaced.append(f"coalesce(m{column.position}, {name}.mark) AS m{column.position}")
            joins += f" LEFT JOIN {file.picks(column)} AS {name} ON {name}.text = cells.v{column.position}"
    for item in dict.fromkeys(column.item for column in file.columns_of_items if is_option(column)):
        options = file.columns_of(str(item))
        is_ticked = ", ".join(f"CASE WHEN v{each.position} = 1 THEN 1 END" for each in options)
        parts.append(f"coalesce({is_ticked}, NULL) IS NOT NULL AS ticked_{options[0].position}")
    star = f"cells.* REPLACE ({', '.join(replaced)})" if replaced else "cells.*"
    return f"(SELECT {star}, {', '.join(parts)} FROM {file.cells} AS cells{joins})"  # noqa: S608 - names are ours


def stored_as(column: PlannedColumn) -> str:
    """Name the column of the answers that holds a cell's answer."""
    return option_column(str(column.item), int(column.option)) if is_option(column) else str(column.item)


def mark_of(column: PlannedColumn) -> str:
    """Write the mark of a cell; NULL where it holds an answer or nothing."""
    value = f"v{column.position}"
    return f"CASE WHEN {value} >= {FILLED} THEN {value} END" if holds_marks(column) else f"m{column.position}"


def answer_of(file: ScannedFile, column: PlannedColumn) -> str:
    """Write the answer of a cell; NULL where there is none. A list of options is the list of picked codes."""
    value = f"v{column.position}"
    if is_list(column):
        return f"CASE WHEN m{column.position} IS NULL THEN o{column.position} END"
    if is_option(column):
        first = file.columns_of(str(column.item))[0].position
        return f"CAST(CASE WHEN {value} < {FILLED} THEN {value} WHEN {value} IS NULL AND ticked_{first} THEN 0 END AS SMALLINT)"  # noqa: E501
    return f"CAST(CASE WHEN {value} < {FILLED} THEN {value} END AS SMALLINT)" if column.kind == "choice" else value


def answers(file: ScannedFile, more: Sequence[str] = ()) -> str:
    """Write the query of the answers of kept rows: response_id, wave, one column an item other than open text.

    Args:
        file: The file.
        more: Further columns of the rows.
    """
    columns = [f"{expression} AS {quoted(name)}" for name, expression in _answer_columns(file)]
    listed = ", ".join(["rows.response_id", "rows.wave", *(f"rows.{name}" for name in more), *columns])
    return f"SELECT {listed} {_from_kept(file)}"


def answer_columns(file: ScannedFile) -> list[str]:
    """List the columns of the answers, other than response_id and wave."""
    return [name for name, _ in _answer_columns(file)]


def _answer_columns(file: ScannedFile) -> Iterator[tuple[str, str]]:
    for instrument in file.context.instruments:
        for name, item in instrument.items.items():
            columns = file.columns_of(name)
            if item.kind == "multiple_choice":
                yield from _option_columns(file, instrument, name, columns)
            elif item.kind != "open_text":
                yield name, answer_of(file, columns[0]) if columns else _constant(file, name, item)


def _option_columns(
    file: ScannedFile, instrument: Instrument, item: str, columns: Sequence[PlannedColumn]
) -> Iterator[tuple[str, str]]:
    by_code = {column.option: column for column in columns}
    for name, code in instrument.option_columns(item).items():
        if columns and is_list(columns[0]):
            picked = answer_of(file, columns[0])
            yield name, f"CAST(list_contains({picked}, {code}) AS SMALLINT)"
        elif str(code) in by_code:
            yield name, answer_of(file, by_code[str(code)])
        else:
            yield name, "CAST(NULL AS SMALLINT)"


def _constant(file: ScannedFile, name: str, item: Item) -> str:
    constant = file.context.source.constants.get(name)
    value = "NULL" if constant is None else literal(str(constant))
    return f"CAST({value} AS {_TYPES[item.kind]})"


def gaps(file: ScannedFile, item_numbers: Mapping[str, int]) -> str:
    """Write the query of the missing answers of kept rows: place, item_no, reason_no.

    Args:
        file: The file.
        item_numbers: Item → its number.
    """
    branches = [
        branch
        for instrument in file.context.instruments
        for name in instrument.items
        if (branch := _gaps_of_item(file, name, item_numbers[name])) is not None
    ]
    if not branches:
        return "SELECT 0 AS place, 0 AS item_no, 0 AS reason_no WHERE false"
    reason = reason_number("mark", "blank")
    if file.plan.unreached:
        limit = "last_filled" if file.plan.unreached == "after_last_answer" else "last_page"
        reason = f"CASE WHEN mark IS NULL AND rows.is_finished = false AND at > rows.{limit} THEN {_NOT_REACHED} ELSE {reason} END"  # noqa: E501
    union = " UNION ALL ".join(branches)
    return (
        f"SELECT gap.place, CAST(item_no AS USMALLINT) AS item_no, CAST({reason} AS UTINYINT) AS reason_no "  # noqa: S608
        f"FROM ({union}) AS gap JOIN {file.rows} AS rows ON rows.place = gap.place WHERE rows.state = '{KEPT}'"
    )


def _gaps_of_item(file: ScannedFile, item: str, number: int) -> str | None:
    columns = file.columns_of(item)
    if not columns:
        if item in file.context.source.constants:
            return None
        return (
            f"SELECT place, {number} AS item_no, CAST(NULL AS INTEGER) AS mark, {_NOT_ADMINISTERED} AS blank, "  # noqa: S608
            f"CAST(NULL AS INTEGER) AS at FROM {file.rows}"
        )
    first = columns[0]
    absent = [f"{answer_of(file, column)} IS NULL" for column in columns]
    broken = [
        f"CASE WHEN {mark_of(column)} >= {BROKEN} THEN {mark_of(column)} END" for column in columns[1:] and columns
    ]
    mark = f"coalesce({', '.join([*broken, *(mark_of(column) for column in columns), 'NULL'])})"
    if len(columns) == 1:
        mark = mark_of(first)
    page = first.question.page if first.question else None
    at = first.position if file.plan.unreached == "after_last_answer" else page
    return (
        f"SELECT place, {number} AS item_no, {mark} AS mark, {REASONS.index(first.blank_means)} AS blank, "  # noqa: S608
        f"CAST({'NULL' if at is None else at} AS INTEGER) AS at FROM {understood(file)} WHERE {' OR '.join(absent)}"
    )


def open_answers(file: ScannedFile) -> list[str]:
    """Write the queries of the open-text answers of kept rows, one an item."""
    return [
        f"SELECT rows.response_id, rows.wave, {literal(str(column.item))} AS item, v{column.position} AS text "
        f"{_from_kept(file)} AND v{column.position} IS NOT NULL"
        for column in file.columns_of_items
        if column.kind == "open_text"
    ]


def responses(file: ScannedFile, columns: Sequence[str]) -> str:
    """Write the query of the kept rows as responses."""
    listed = ", ".join([*columns, "place", f"{file.number} AS file"])
    return f"SELECT {listed} FROM {file.rows} WHERE state = '{KEPT}'"  # noqa: S608 - names are ours


def rejects(file: ScannedFile) -> str:
    """Write the query of rejected rows and cells: row_number, column_name, rule, reason, seq (their order in a row)."""
    plan = file.plan
    group, status = (literal(plan.keys[key]) if key in plan.keys else "NULL" for key in ("respondent_group", "status"))
    reasons = " ".join(
        f"WHEN {literal(rule)} THEN {literal(text)}" for rule, text in {**RULES_OF_ROWS, **RULES_OF_KEYS}.items()
    )
    column = f"CASE state WHEN 'unknown_respondent_group' THEN {group} WHEN 'preview_without_group' THEN {status} END"
    found = [
        f"SELECT row_number, CAST({column} AS VARCHAR) AS column_name, state AS rule, CASE state {reasons} END AS reason, "  # noqa: S608
        f"0 AS seq FROM {file.rows} WHERE state NOT IN ('{KEPT}', '{REPEAT}')"
    ]
    found += [
        f"SELECT {number}, NULL, {literal(rule)}, {literal(RULES_OF_ROWS[rule])}, 0"
        for number, rule in file.odd.items()
    ]
    found += [
        f"SELECT row_number, {literal(plan.keys[key])}, {literal(RULE_OF_KEY[key])}, "  # noqa: S608
        f"{literal(RULES_OF_KEYS[RULE_OF_KEY[key]])}, 1 FROM {file.rows} WHERE f_{key} AND state IN ('{KEPT}', '{REPEAT}')"
        for key in faulty_keys(plan)
    ]
    for each in file.columns_of_items:
        if each.position in file.may_be_broken:
            names = ", ".join(map(literal, RULES))
            texts = ", ".join(map(literal, RULES.values()))
            mark = mark_of(each)
            found.append(
                f"SELECT rows.row_number, {literal(each.name)}, [{names}][{mark} - {BROKEN - 1}], "  # noqa: S608
                f"[{texts}][{mark} - {BROKEN - 1}], {each.position + 1} FROM {understood(file)} AS cells "
                f"JOIN {file.rows} AS rows USING (place) WHERE state IN ('{KEPT}', '{REPEAT}') AND {mark} >= {BROKEN}"
            )
    union = " UNION ALL ".join(found)
    return (
        f"SELECT {literal(file.context.file_sha256)} AS file_sha256, {literal(file.context.wave)} AS wave, row_number, "  # noqa: S608
        f"column_name, rule, reason FROM ({union}) ORDER BY row_number, seq"
    )


def invalid_set_aside(file: ScannedFile) -> list[tuple[int, str]]:
    """Write, by position, the statements that turn answers which their item does not allow into broken marks."""
    items = {name: (each, item) for each in file.context.instruments for name, item in each.items.items()}
    found: list[tuple[int, str]] = []
    for column in file.columns_of_items:
        instrument, item = items[str(column.item)]
        value, scale = f"v{column.position}", instrument.response_scale_of(str(column.item))
        if column.kind == "choice" and scale is not None:
            known = ", ".join(map(str, scale.points))
            change = f"{value} = {broken_mark('outside_response_scale')}"
            found.append(
                (
                    column.position,
                    f"UPDATE {file.cells} SET {change} WHERE {value} < {FILLED} AND {value} NOT IN ({known})",
                )
            )
        elif column.kind == "number" and (item.least is not None or item.most is not None):
            limits = [f"{value} < {item.least}"] if item.least is not None else []
            limits += [f"{value} > {item.most}"] if item.most is not None else []
            change = f"{value} = NULL, m{column.position} = {broken_mark('outside_range')}"
            found.append((column.position, f"UPDATE {file.cells} SET {change} WHERE {' OR '.join(limits)}"))  # noqa: S608
    return found


def _from_kept(file: ScannedFile) -> str:
    return f"FROM {understood(file)} AS cells JOIN {file.rows} AS rows USING (place) WHERE rows.state = '{KEPT}'"


def quoted(name: str) -> str:
    """Quote an identifier for SQL."""
    return '"' + name.replace('"', '""') + '"'
