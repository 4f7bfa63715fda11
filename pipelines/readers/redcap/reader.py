"""REDCap exports → reading plan: names or labels as headers, codes or labels as cells, with or without a dictionary.

Put here the plan; how columns are spelled is in ``redcap_columns``, the dictionary in ``redcap_structure``.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from instruments.sections.response_scale import MissingReason
from pipelines.readers.bind import bind_plan
from pipelines.readers.headers import cell, unique_names
from pipelines.readers.personal_names import names_a_person
from pipelines.readers.plan import Head, KeyName, PlannedColumn, ReadingError, ReadingPlan, Request, Role, fold
from pipelines.readers.redcap.columns import (
    COMPLETE,
    FORM_STATUSES,
    KIND_OF_LABEL,
    KIND_OF_NAME,
    OPTION,
    TICKED,
    TIMESTAMP,
    UNTICKED,
    RedcapColumn,
    columns_by_label,
    columns_by_name,
)
from pipelines.readers.redcap.repeated_forms import repeated_forms
from pipelines.readers.redcap.warnings import warnings_of
from pipelines.readers.structure import Question, QuestionKind

FINISHED = frozenset({"2", "complete"})
NOT_COMPLETED = "[not completed]"
_VARIABLE = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
_RECORD_ID = re.compile(r"\w*id|(\w+_)?(record|subject|participant|patient|case)", re.ASCII)
_TRUTH_WORDS = {"1": "true", "0": "false"}
_COMMA_NUMBER, _POINT_NUMBER = re.compile(r"-?\d*,\d+"), re.compile(r"-?\d*\.\d+")
_ROLES: Mapping[QuestionKind, Role] = {
    "choice": "item",
    "multiple_choice": "multiple_choice_option",
    "number": "item",
    "date": "item",
    "code": "item",
    "open_text": "open_text",
    "score": "score",
    "metadata": "metadata",
    "identifier": "identifier",
}


class RedcapReader:
    """Reader of REDCap CSV exports."""

    platform = "redcap"

    def recognises(self, head: Head) -> bool:
        """Say whether REDCap's own columns are there, or form statuses beside names that REDCap allows."""
        if head.container not in ("text", "workbook") or not head.rows:
            return False
        headers = _headers(head)
        names = set(headers)
        if names & set(KIND_OF_NAME):
            return True
        statuses = _statuses(head, headers)
        if any(fold(header) == "complete?" for header in statuses):
            return True
        if not statuses or not all(map(_VARIABLE.fullmatch, headers)) or headers[0] in statuses:
            return False
        is_survey = any(header.removesuffix(COMPLETE) + TIMESTAMP in names for header in statuses)
        has_options = any(OPTION in header for header in headers)
        is_whole = headers[-1] in statuses and _holds_complete(head, len(headers) - 1)
        return has_options or is_survey or is_whole or _RECORD_ID.fullmatch(headers[0]) is not None

    def plan(self, head: Head, request: Request) -> ReadingPlan:
        """Make the reading plan.

        Raises:
            ReadingError: When the header rows contradict the study, or required items have no column.
        """
        if request.source and request.source.header_rows not in (None, 1):
            raise ReadingError(head.file_name, "a REDCap export has one header row; leave header_rows out")
        headers = _headers(head)
        has_labels = any(fold(header) in KIND_OF_LABEL for header in headers)
        missing = _missing_codes(request)
        statuses = frozenset(_statuses(head, headers))
        found = (
            columns_by_label(headers, request.structure, missing)
            if has_labels
            else columns_by_name(headers, statuses, request.structure, missing)
        )
        columns = _Columns(head, request, found).planned()
        repeated = repeated_forms(head, found, request.structure)
        keys, key_parts = _keys(found, columns, repeated.forms)
        warnings = warnings_of(head, found, columns, request.structure, says_finished="is_finished" in keys)
        plan = ReadingPlan(
            platform=self.platform,
            layout="field_labels" if has_labels else "variable_names",
            encoding=head.encoding,
            delimiter=head.delimiter,
            decimal=request.source.decimal if request.source else ".",
            time_zone="",
            header_rows=1,
            columns=columns,
            keys=keys,
            key_parts=key_parts,
            repeated_blocks=repeated.titles,
            finished_texts=FINISHED,
            warnings=(*warnings, *repeated.warnings()),
        )
        return _with_form_status(bind_plan(plan, head, request), found)


class _Columns:
    """What a plan makes of the columns of one file."""

    def __init__(self, head: Head, request: Request, found: Sequence[RedcapColumn]) -> None:
        self._head = head
        self._structure = request.structure
        self._decimal = request.source.decimal if request.source else "."
        self._found = found
        self._names = unique_names([column.header for column in found])
        self._status_of_form = {
            column.form: name for column, name in zip(found, self._names, strict=True) if column.kind == "complete"
        }

    def planned(self) -> tuple[PlannedColumn, ...]:
        """Plan every column."""
        return tuple(self._planned(index) for index in range(len(self._found)))

    def _planned(self, index: int) -> PlannedColumn:
        column, name = self._found[index], self._names[index]
        question = column.question
        is_answer = column.kind in ("field", "option") and index > 0
        planned = PlannedColumn(
            position=index + 1,
            name=name,
            source_id=column.field or name,
            role="identifier" if index == 0 and column.kind == "field" else self._role(column),
            question_text=question.text if question else "",
            is_personal_data=_is_personal(column),
            opt_outs={NOT_COMPLETED: "not_reached"} if column.kind == "timestamp" else {},
            shown_if=self._status_of_form.get(column.form, "") if is_answer else "",
            question=question,
        )
        if column.kind == "option" and question is not None:
            return replace(planned, option=column.option, ticked=TICKED, unticked=UNTICKED)
        if question is not None and question.kind == "number":
            return replace(planned, decimal=self._decimal_of(index, question.decimal or "."))
        if question is not None and self._holds_truth_words(index):
            return replace(planned, question=_with_truth_words(question))
        return planned

    def _holds_truth_words(self, index: int) -> bool:
        """Say whether a choice between 0 and 1 holds TRUE and FALSE instead, as other programs save such a column."""
        question = self._found[index].question
        if question is None or question.kind != "choice" or {option.code for option in question.options} != {"0", "1"}:
            return False
        texts = {fold(row[index]) for row in self._head.rows[1:] if index < len(row)} - {""}
        return bool(texts) and texts <= set(_TRUTH_WORDS.values())

    def _role(self, column: RedcapColumn) -> Role:
        if column.kind == "option":
            return "multiple_choice_option" if column.question is not None else "unknown"
        if column.kind in ("repeat_instrument", "repeat_instance"):
            return "repeat"
        if column.kind != "field":
            return "metadata"
        if column.question is not None:
            return _ROLES.get(column.question.kind, "unknown")
        return "unknown" if self._structure is not None or not column.header else "item"

    def _decimal_of(self, index: int, stored: str) -> str:
        """Return the decimal sign that the cells show, as an export may force one; else the one that is stored."""
        texts = [row[index].strip() for row in self._head.rows[1:] if index < len(row)]
        has_commas, has_points = (
            any(sign.fullmatch(text) for text in texts) for sign in (_COMMA_NUMBER, _POINT_NUMBER)
        )
        shown = stored if has_commas == has_points else "," if has_commas else "."
        return "" if shown == self._decimal else shown


def _headers(head: Head) -> list[str]:
    return [cell(head.rows[0], index) for index in range(len(head.rows[0]))]


def _statuses(head: Head, headers: Sequence[str]) -> list[str]:
    """Return the headers of columns that may hold the status of a form and hold nothing else."""
    found: list[str] = []
    for index, header in enumerate(headers):
        if header.endswith(COMPLETE) or fold(header) == "complete?":
            texts = {fold(row[index]) for row in head.rows[1:] if index < len(row)} - {""}
            found += [header] if texts <= FORM_STATUSES else []
    return found


def _holds_complete(head: Head, index: int) -> bool:
    """Say whether a column of form statuses holds the third one, which tells it from a yes or no."""
    return any(fold(row[index]) in FINISHED for row in head.rows[1:] if index < len(row))


def _with_truth_words(question: Question) -> Question:
    options = (replace(each, also=(*each.also, _TRUTH_WORDS[each.code])) for each in question.options)
    return replace(question, options=tuple(options))


def _missing_codes(request: Request) -> dict[str, MissingReason]:
    stated = request.source.missing if request.source else {}
    return {**(request.structure.missing if request.structure else {}), **stated}


def _is_personal(column: RedcapColumn) -> bool:
    if column.kind in ("survey_identifier", "timestamp"):
        return True
    if column.question is not None:
        return column.question.is_personal_data
    return column.kind == "field" and names_a_person(column.header)


def _keys(
    found: Sequence[RedcapColumn], columns: Sequence[PlannedColumn], repeated: frozenset[str]
) -> tuple[dict[KeyName, str], dict[KeyName, tuple[str, ...]]]:
    """Return the columns of the keys: a row is a record, of an event where there are any, or a repetition in it."""
    named = {column.kind: planned.name for column, planned in zip(found, columns, strict=True)}
    keys: dict[KeyName, str] = {}
    parts: dict[KeyName, tuple[str, ...]] = {}
    if columns[0].role == "identifier":
        keys["response_id"] = columns[0].name
    if "repeat_instrument" in named:
        keys["repeat_instrument"] = named["repeat_instrument"]
    if "repeat_instance" in named:
        keys["repeat_instance"] = named["repeat_instance"]
    if "event" in named and "response_id" in keys:
        keys["respondent_key"] = keys["response_id"]
        parts["response_id"] = tuple(named[kind] for kind in ("event", "repeat_instance") if kind in named)
    form = "" if "event" in named else _last_form(found, repeated)
    for column, planned in zip(found, columns, strict=True):
        if form and column.form == form and column.kind in ("complete", "timestamp"):
            keys["is_finished" if column.kind == "complete" else "ended_at"] = planned.name
    return keys, parts


def _last_form(found: Sequence[RedcapColumn], repeated: frozenset[str]) -> str:
    """Return the last survey among the forms, or the only form; none where nobody can say."""
    asked = {column.form for column in found if column.kind == "timestamp"}
    forms = [column.form for column in found if column.kind == "complete" and column.form not in repeated]
    surveys = [form for form in forms if form in asked]
    return surveys[-1] if surveys else forms[0] if len(forms) == 1 else ""


def _with_form_status(plan: ReadingPlan, found: Sequence[RedcapColumn]) -> ReadingPlan:
    """Count only ``Complete`` as finished where the study names the status of a form: 1 means unverified there."""
    name = plan.keys.get("is_finished")
    statuses = [planned.name for column, planned in zip(found, plan.columns, strict=True) if column.kind == "complete"]
    return replace(plan, finished_texts=FINISHED) if name in statuses else plan
