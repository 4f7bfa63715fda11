"""Qualtrics exports → reading plan: three header rows, headers stripped to one, or the legacy two.

Put here layouts and plan; what single columns are called is in ``qualtrics_columns``, which question of the survey's
definition they hold in ``qualtrics_lookup``, what their cells tell of the export in ``qualtrics_values``.
"""

import ast
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from instruments.counted import counted
from pipelines.readers.bind import bind_plan
from pipelines.readers.headers import cell, listed, unique_names
from pipelines.readers.plan import Head, KeyName, PlannedColumn, ReadingError, ReadingPlan, Request, Role, Written, fold
from pipelines.readers.qualtrics.columns import (
    FINISHED_TEXTS,
    KEY_OF_ID,
    STATED_NAMES,
    QualtricsHeader,
    is_metadata,
    is_personal,
    loop_of,
    page_of,
    question_id,
    role_of,
    source_ids,
    status_texts,
)
from pipelines.readers.qualtrics.lookup import Found, find_questions
from pipelines.readers.qualtrics.values import how_written, mark_seen_unanswered, status_warnings
from pipelines.readers.structure import QuestionKind, Structure

_LEAST_STATED_NAMES = 4
_LEGACY_COLUMN = re.compile(r"V\d+")
_TIME_STAMP = re.compile(r".*\d.*")
_LONGEST_IMPORT_ID = 10_000
_QUOTED = r"(?:'[^'\\\n]*'|\"[^\"\\\n]*\")"
_PYTHON_STYLE = re.compile(rf"\{{(?:\s*{_QUOTED}\s*:\s*(?:{_QUOTED}|True|False|\d+)\s*,?)+\s*\}}")
_ROLE_OF_KIND: Mapping[QuestionKind, Role] = {
    "choice": "item",
    "multiple_choice": "item",
    "number": "item",
    "date": "item",
    "code": "item",
    "ranking": "item",
    "open_text": "open_text",
    "other_text": "other_text",
    "timing": "timing",
    "display_order": "display_order",
    "metadata": "metadata",
    "embedded": "embedded",
    "weight": "weight",
    "score": "score",
    "identifier": "identifier",
    "unknown": "unknown",
}
_ANSWERS: tuple[Role, ...] = ("item", "multiple_choice_option", "open_text", "other_text")
_SEPARATOR = ","


class QualtricsReader:
    """Reader of Qualtrics exports: CSV, TSV, workbooks."""

    platform = "qualtrics"

    def recognises(self, head: Head) -> bool:
        """Say whether a row of ImportIds, the legacy headers or Qualtrics' own column names are there."""
        names = {cell(head.rows[0], index) for index in range(len(head.rows[0]))}
        is_stripped = len(names & STATED_NAMES) >= _LEAST_STATED_NAMES
        return _import_id_row(head) is not None or _is_legacy(head) or is_stripped

    def plan(self, head: Head, request: Request) -> ReadingPlan:
        """Make the reading plan.

        Raises:
            ReadingError: When the header rows contradict the study, or required items have no column.
        """
        layout, header_rows = _layout(head)
        stated = request.source.header_rows if request.source else None
        if stated not in (None, header_rows):
            found = counted(header_rows, "header row")
            message = f"header_rows says {stated}, but the file has {found}; leave header_rows out"
            raise ReadingError(head.file_name, message)
        headers = _headers(head, layout, header_rows)
        columns = _columns(headers)
        keys = _keys(headers, columns)
        columns, warnings = _explained(columns, headers, request.structure, layout, head)
        holders = {key: columns[index] for key, index in keys.items()}
        columns = _with_written(columns, headers, how_written(head, header_rows, holders))
        stated = {fold(text) for text, reason in _missing(request).items() if reason == "seen_unanswered"}
        columns = mark_seen_unanswered(head, header_rows, columns, frozenset(stated))
        plan = ReadingPlan(
            platform=self.platform,
            layout=layout,
            encoding=head.encoding,
            delimiter=head.delimiter,
            decimal=request.source.decimal if request.source else ".",
            time_zone=next((header.time_zone for header in headers if header.time_zone), ""),
            header_rows=header_rows,
            columns=columns,
            keys={key: columns[index].name for key, index in keys.items()},
            preview_statuses=status_texts("preview"),
            test_statuses=status_texts("test"),
            finished_texts=FINISHED_TEXTS,
            unreached="after_last_answer",
            warnings=(*status_warnings(head, header_rows, holders), *_repeated(headers), *warnings),
        )
        return bind_plan(plan, head, request)


def _missing(request: Request) -> Mapping[str, str]:
    return request.source.missing if request.source else {}


def _layout(head: Head) -> tuple[str, int]:
    """Return the name of the layout and the number of header rows."""
    import_ids = _import_id_row(head)
    if import_ids is not None:
        return ("three_header_rows" if import_ids == 2 else "names_and_import_ids"), import_ids + 1  # noqa: PLR2004
    if _is_legacy(head):
        return "legacy_two_header_rows", 2
    names = [cell(head.rows[0], index) for index in range(len(head.rows[0]))]
    times = [index for index, name in enumerate(names) if name in ("StartDate", "EndDate", "RecordedDate")]
    below = [cell(row, index) for row in head.rows[1:2] for index in times]
    if any(below) and not any(_TIME_STAMP.fullmatch(text) for text in below):
        return "names_and_question_texts", 2
    return "headers_stripped", 1


def _import_id_row(head: Head) -> int | None:
    """Return the index of the header row that holds an ImportId in every cell, or None."""
    for index in (2, 1):
        row = head.rows[index] if index < len(head.rows) else ()
        filled = [text for text in row if text.strip()]
        if filled and all("ImportId" in _import_id(text) for text in filled):
            return index
    return None


def _import_id(text: str) -> dict[str, object]:
    """Parse a cell of the ImportId row, written as JSON or in Python's notation; empty when it is neither."""
    text = text.replace("\ufeff", "").strip()
    if not text.startswith("{") or len(text) > _LONGEST_IMPORT_ID:
        return {}
    try:
        parsed = ast.literal_eval(text) if _PYTHON_STYLE.fullmatch(text) else json.loads(text)
    except (ValueError, SyntaxError, RecursionError):
        return {}
    return {str(key): value for key, value in parsed.items()} if isinstance(parsed, dict) else {}


def _is_legacy(head: Head) -> bool:
    if len(head.rows) < 2 or cell(head.rows[0], 0) != "V1":  # noqa: PLR2004
        return False
    return cell(head.rows[1], 0).lower() == "responseid" and "ResponseSet" in map(str.strip, head.rows[1])


def _headers(head: Head, layout: str, header_rows: int) -> list[QualtricsHeader]:
    names = [cell(head.rows[0], index) for index in range(len(head.rows[0]))]
    texts = head.rows[1] if header_rows > 1 and layout != "names_and_import_ids" else ()
    ids = [_import_id(text) for text in head.rows[header_rows - 1]] if layout.endswith(("rows", "ids")) else []
    headers: list[QualtricsHeader] = []
    for index, name in enumerate(names):
        parsed = ids[index] if index < len(ids) else {}
        text = cell(texts, index)
        headers.append(
            QualtricsHeader(
                name=text if _LEGACY_COLUMN.fullmatch(name) and layout.startswith("legacy") else name,
                text=text,
                import_id=str(parsed.get("ImportId", "")),
                choice_id=str(parsed.get("choiceId", "")),
                is_label_twin=str(parsed.get("IsLabelsColumn")).lower() == "true",
                time_zone=str(parsed.get("timeZone", "")),
            )
        )
    return headers


def _columns(headers: Sequence[QualtricsHeader]) -> tuple[PlannedColumn, ...]:
    names = unique_names([header.name for header in headers])
    all_ids = {question_id(header) for header in headers}
    columns: list[PlannedColumn] = []
    ids = source_ids(headers)
    for position, (name, header) in enumerate(zip(names, headers, strict=True), start=1):
        source_id = "" if header.is_label_twin else ids[position - 1]
        role = role_of(header, all_ids) if header.name else "unknown"
        columns.append(
            PlannedColumn(
                position=position,
                name=name,
                source_id=source_id or name,
                role=role,
                question_text=header.text,
                option=header.choice_id if role == "multiple_choice_option" else "",
                page=page_of(header) if role in ("timing", "display_order") else "",
                is_personal_data=is_personal(header) or (role == "embedded" and not header.is_label_twin),
            )
        )
    return tuple(columns)


def _keys(headers: Sequence[QualtricsHeader], columns: Sequence[PlannedColumn]) -> dict[KeyName, int]:
    """Return what is known of a response → index of its column; the time of the last change goes before recording."""
    keys: dict[KeyName, int] = {}
    for index, header in enumerate(headers):
        key = KEY_OF_ID.get(header.metadata_id)
        if key is not None and is_metadata(header) and columns[index].role == "metadata":
            keys.setdefault(key, index)
            if header.metadata_id == "lastmodifieddate":
                keys[key] = index
    return keys


def _explained(
    columns: Sequence[PlannedColumn],
    headers: Sequence[QualtricsHeader],
    structure: Structure | None,
    layout: str,
    head: Head,
) -> tuple[tuple[PlannedColumn, ...], tuple[str, ...]]:
    """Add what the survey's definition says of every column.

    Raises:
        ReadingError: When it has none of the export's questions.
    """
    if structure is None:
        return tuple(columns), ()
    found, warnings = find_questions(structure, headers, is_legacy=layout.startswith("legacy"))
    asked = [column for column in columns if column.role in _ANSWERS]
    strangers = [column.name for column in asked if found[column.position - 1].question is None]
    if asked and len(strangers) == len(asked):
        message = (
            f"the definition of the survey ('{structure.title}', of {structure.platform}) has none of the {len(asked)} "
            "questions of this export; give the QSF of the survey that it came from, or leave structure out"
        )
        raise ReadingError(head.file_name, message)
    strangers = [column.name for column in asked if column.name in strangers and column.role != "other_text"]
    if strangers:
        message = f"the definition of the survey does not have these columns: {listed(strangers)}"
        warnings = (*warnings, message)
    explained = tuple(
        _with_question(column, header, each) for column, header, each in zip(columns, headers, found, strict=True)
    )
    return explained, (*structure.warnings, *warnings)


def _with_question(column: PlannedColumn, header: QualtricsHeader, found: Found) -> PlannedColumn:
    question, option = found.question, found.option
    if question is None or column.role == "metadata":
        return column
    is_split = question.kind == "multiple_choice" and option is not None
    role = "multiple_choice_option" if is_split else _ROLE_OF_KIND[question.kind]
    opt_outs = {
        fold(text): each.reason
        for each in question.options
        if each.reason is not None and not is_split
        for text in (each.code, each.label, *each.also)
    }
    text = f"{question.text} - {option.label}" if is_split and option else question.text
    return replace(
        column,
        source_id=column.source_id if header.import_id else loop_of(header) + found.source_id,
        role="embedded" if header.is_label_twin else role,
        question_text=header.text if loop_of(header) and header.text else text or header.text,
        question=question,
        option=option.code if is_split and option else "",
        separator=_SEPARATOR if question.kind == "multiple_choice" and not is_split else "",
        opt_outs=opt_outs,
        least=question.least,
        most=question.most,
        is_personal_data=column.is_personal_data or question.is_personal_data or role == "embedded",
    )


def _with_written(
    columns: Sequence[PlannedColumn], headers: Sequence[QualtricsHeader], written: Written
) -> tuple[PlannedColumn, ...]:
    return tuple(
        replace(column, written="labels" if header.is_label_twin else written) if column.role in _ANSWERS else column
        for column, header in zip(columns, headers, strict=True)
    )


def _repeated(headers: Sequence[QualtricsHeader]) -> tuple[str, ...]:
    times = Counter(header.name for header in headers if header.name)
    repeated = [name for name, count in times.items() if count > 1]
    if not repeated:
        return ()
    return (
        f"several columns have the same tag ({listed(repeated)}); those after the first are numbered _2, _3; under "
        "columns name them by their source_id, such as QID5_1",
    )
