"""Qualtrics exports → reading plan: three header rows, headers stripped to one, or the legacy two.

Put here layouts and plan; what single columns are called is in ``qualtrics_columns``.
"""

import ast
import json
import re
from collections.abc import Sequence

from pipelines.readers.bind import bind_plan
from pipelines.readers.headers import cell, unique_names
from pipelines.readers.plan import Head, KeyName, PlannedColumn, ReadingError, ReadingPlan, Request, fold
from pipelines.readers.qualtrics_columns import (
    FINISHED_TEXTS,
    KEY_OF_ID,
    STATED_NAMES,
    QualtricsHeader,
    is_metadata,
    is_personal,
    known_status_texts,
    question_id,
    role_of,
    status_texts,
)

_LEAST_STATED_NAMES = 4
_LEGACY_COLUMN = re.compile(r"V\d+")
_TIME_STAMP = re.compile(r".*\d.*")


class QualtricsReader:
    """Reader of Qualtrics CSV and TSV exports."""

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
            message = f"header_rows says {stated}, but the file has {header_rows} header rows; leave header_rows out"
            raise ReadingError(head.file_name, message)
        headers = _headers(head, layout, header_rows)
        columns = _columns(headers)
        plan = ReadingPlan(
            platform=self.platform,
            layout=layout,
            encoding=head.encoding,
            delimiter=head.delimiter,
            decimal=request.source.decimal if request.source else ".",
            time_zone=next((header.time_zone for header in headers if header.time_zone), ""),
            header_rows=header_rows,
            columns=columns,
            keys=_keys(headers, columns),
            preview_statuses=status_texts("preview"),
            test_statuses=status_texts("test"),
            finished_texts=FINISHED_TEXTS,
        )
        return bind_plan(_with_status_warning(plan, head), head, request)


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
    text = text.strip()
    if not text.startswith("{"):
        return {}
    for parse in (json.loads, ast.literal_eval):
        try:
            parsed = parse(text)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            continue
        if isinstance(parsed, dict):
            return {str(key): value for key, value in parsed.items()}
    return {}


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
                is_label_twin=bool(parsed.get("IsLabelsColumn", False)),
                time_zone=str(parsed.get("timeZone", "")),
            )
        )
    return headers


def _columns(headers: Sequence[QualtricsHeader]) -> tuple[PlannedColumn, ...]:
    names = unique_names([header.name for header in headers])
    all_ids = {question_id(header) for header in headers}
    return tuple(
        PlannedColumn(
            position=position,
            name=name,
            source_id=header.import_id or name,
            role=role_of(header, all_ids) if header.name else "unknown",
            question_text=header.text,
            is_personal_data=is_personal(header),
        )
        for position, (name, header) in enumerate(zip(names, headers, strict=True), start=1)
    )


def _keys(headers: Sequence[QualtricsHeader], columns: Sequence[PlannedColumn]) -> dict[KeyName, str]:
    keys: dict[KeyName, str] = {}
    for header, column in zip(headers, columns, strict=True):
        key = KEY_OF_ID.get(header.metadata_id)
        if key is not None and is_metadata(header):
            keys.setdefault(key, column.name)
    return keys


def _with_status_warning(plan: ReadingPlan, head: Head) -> ReadingPlan:
    """Warn when the status column holds texts in another language, as then previews cannot be told apart."""
    if "status" not in plan.keys:
        return plan
    index = plan.column(plan.keys["status"]).position - 1
    found = {fold(cell(row, index)) for row in head.rows[plan.header_rows :]} - {""}
    unknown = found - known_status_texts()
    if not unknown:
        return plan
    message = (
        f"the status column holds {len(unknown)} texts that are not Qualtrics' English labels or numbers; previews "
        "among them cannot be recognised; export numeric values or English labels"
    )
    return ReadingPlan(**{**vars(plan), "warnings": (*plan.warnings, message)})
