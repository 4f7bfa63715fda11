"""REDCap data dictionaries, as the project page or the API writes them → structure.

A second file may be the project's own settings (the API's ``content=project``), for the missing data codes. Put here
fields and choices; how an export spells their columns is in ``redcap_columns``.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from instruments.sections.response_scale import MissingReason
from pipelines.readers.files.definition_tables import first_headers, rows_of_text
from pipelines.readers.headers import cell
from pipelines.readers.markup import without_markup
from pipelines.readers.opt_outs import reason_of_label
from pipelines.readers.personal_names import identifies
from pipelines.readers.plan import ReadingError, fold
from pipelines.readers.structure import Option, Question, QuestionKind, Structure
from pipelines.readers.structure_file import StructureFile

_COLUMNS = {
    "variable / field name": "field_name",
    "form name": "form_name",
    "section header": "section_header",
    "field type": "field_type",
    "field label": "field_label",
    "choices, calculations, or slider labels": "select_choices_or_calculations",
    "choices or calculations": "select_choices_or_calculations",
    "field note": "field_note",
    "text validation type or show slider number": "text_validation_type_or_show_slider_number",
    "text validation min": "text_validation_min",
    "text validation max": "text_validation_max",
    "identifier?": "identifier",
    "branching logic (show field only if...)": "branching_logic",
    "required field?": "required_field",
    "matrix group name": "matrix_group_name",
    "field annotation": "field_annotation",
}
_DISTINCTIVE = frozenset({"field_name", "form_name", "field_type", "field_label"})
_PROJECT = frozenset({"project_title", "missing_data_codes"})
_KINDS: Mapping[str, QuestionKind] = {
    "notes": "open_text",
    "radio": "choice",
    "dropdown": "choice",
    "select": "choice",
    "yesno": "choice",
    "truefalse": "choice",
    "checkbox": "multiple_choice",
    "slider": "number",
    "calc": "score",
    "sql": "code",
    "file": "metadata",
}
_PERSONAL_VALIDATIONS = re.compile(r"email|.*phone.*|ssn|v?mrn\w*|.*zip.*|postal\w*|signature")
_NUMBER = re.compile(r"integer|number\w*")
_DATE = re.compile(r"date(time)?_\w+")
_FIXED: Mapping[str, tuple[Option, ...]] = {
    "yesno": (Option("1", "Yes"), Option("0", "No")),
    "truefalse": (Option("1", "True"), Option("0", "False")),
}
_FIRST_BYTES = 50_000
_SLIDER_ENDS = (0.0, 100.0)
_NO_MISSING_CODES = "@NOMISSING"
_YES = frozenset({"y", "yes", "1", "true"})


class RedcapStructureReader:
    """Reader of REDCap data dictionaries."""

    platform = "redcap"

    def recognises(self, files: Sequence[StructureFile]) -> bool:
        """Say whether one file is a data dictionary and the others at most the project's settings."""
        kinds = [_kind_of_file(file) for file in files]
        return kinds.count("dictionary") == 1 and all(kinds)

    def read(self, files: Sequence[StructureFile]) -> Structure:
        """Read the dictionary.

        Raises:
            ReadingError: When a file is damaged, holds no field, or names a field twice.
        """
        dictionary = next(file for file in files if _kind_of_file(file) == "dictionary")
        settings = [record for file in files if _kind_of_file(file) == "project" for record in _records(file)]
        project = settings[0] if settings else {}
        questions, warnings = _questions(dictionary.name, _records(dictionary))
        missing, more = _missing_codes(project.get("missing_data_codes", ""))
        return Structure(
            platform=self.platform,
            title=without_markup(project.get("project_title", "")),
            language="",
            questions=questions,
            missing=missing,
            warnings=(*warnings, *more),
        )


def choices(text: str) -> tuple[Option, ...]:
    """Read ``1, Low | 2, High``: code before the first comma, label behind it; labels may hold commas.

    Args:
        text: Cell of the dictionary; lines may stand for the bars, as forms show them.
    """
    parts = re.split(r"\||\r?\n|\\n", text)
    options: dict[str, Option] = {}
    for part in filter(None, map(str.strip, parts)):
        code, comma, label = (piece.strip() for piece in part.partition(","))
        shown = without_markup(label) if comma else without_markup(code)
        also = (label,) if label and fold(label) != fold(shown) else ()
        options.setdefault(code, Option(code, shown, also))
    return tuple(options.values())


def _kind_of_file(file: StructureFile) -> str:
    """Return ``dictionary``, ``project`` or nothing."""
    if _looks_like_json(file.content):
        candidates = [_keys_of_json(file.content)] if _holds_redcap_keys(file.content) else []
    else:
        candidates = first_headers(file.content)
    for headers in candidates:
        known = {_column(header) for header in headers}
        if known >= _DISTINCTIVE:
            return "dictionary"
        if known >= _PROJECT:
            return "project"
    return ""


def _looks_like_json(content: bytes) -> bool:
    return content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"[", b"{")


def _holds_redcap_keys(content: bytes) -> bool:
    """Say whether the beginning of JSON names a key of REDCap, before all of a large file is parsed."""
    start = content[:_FIRST_BYTES]
    return b'"field_name"' in start or b'"missing_data_codes"' in start


def _json_records(content: bytes) -> list[dict[str, str]]:
    try:
        parsed = json.loads(content)
    except (ValueError, RecursionError):
        return []
    records = parsed if isinstance(parsed, list) else [parsed]
    given = [cast("dict[str, Any]", record) for record in records if isinstance(record, dict)]
    return [{str(key): "" if value is None else str(value) for key, value in record.items()} for record in given]


def _keys_of_json(content: bytes) -> list[str]:
    records = _json_records(content)
    return list(records[0]) if records else []


def _records(file: StructureFile) -> list[dict[str, str]]:
    if _looks_like_json(file.content):
        return _json_records(file.content)
    rows = rows_of_text(file)
    names = [_column(header) for header in rows[0]]
    return [{name: row[index].strip() for index, name in enumerate(names) if index < len(row)} for row in rows[1:]]


def _column(header: str) -> str:
    name = fold(cell((header,), 0).strip('"'))
    return _COLUMNS.get(name, name)


def _questions(file_name: str, fields: Sequence[Mapping[str, str]]) -> tuple[dict[str, Question], list[str]]:
    """Read every field that holds data; the first one is the record id."""
    questions: dict[str, Question] = {}
    stems: dict[str, str] = {}
    unknown: list[str] = []
    for row in fields:
        field = {"field_name": "", "field_type": "", **row}
        name, kind = field["field_name"], fold(field["field_type"])
        if not name or kind == "descriptive":
            continue
        if name in questions:
            raise ReadingError(file_name, f"the dictionary names the field '{name}' twice; download it again")
        battery = field.get("matrix_group_name", "")
        stems.setdefault(battery, without_markup(field.get("section_header", "")))
        question = _question(field, stems[battery] if battery else "")
        questions[name] = question if questions else _as_record_id(question)
        unknown += [f"{name} ({kind})"] if kind != "text" and kind not in _KINDS else []
    if not questions:
        raise ReadingError(file_name, "expected fields below the headers, found none; download the dictionary again")
    warnings = [f"fields of an unknown type are left as they are: {', '.join(unknown)}"] if unknown else []
    return questions, warnings


def _question(field: Mapping[str, str], stem: str) -> Question:
    name, kind = field["field_name"], fold(field["field_type"])
    validation = fold(field.get("text_validation_type_or_show_slider_number", ""))
    given = field.get("select_choices_or_calculations", "")
    least, most = (_number(field.get(f"text_validation_{end}", "")) for end in ("min", "max"))
    if kind == "slider":
        least, most = (_SLIDER_ENDS[0] if least is None else least), (_SLIDER_ENDS[1] if most is None else most)
    is_marked = fold(field.get("identifier", "")) in _YES or kind == "file"
    question = Question(
        id=name,
        text=without_markup(field.get("field_label", "")),
        kind=_KINDS.get(kind, _kind_of_text(validation) if kind == "text" else "unknown"),
        stem=stem,
        battery=field.get("matrix_group_name", ""),
        options=_FIXED.get(kind, choices(given) if kind in ("radio", "dropdown", "select", "checkbox") else ()),
        section=field.get("form_name", ""),
        shown_if=field.get("branching_logic", ""),
        is_required=fold(field.get("required_field", "")) in _YES,
        is_personal_data=is_marked or bool(_PERSONAL_VALIDATIONS.fullmatch(validation)),
        least=least,
        most=most,
        decimal="," if validation.endswith("comma_decimal") else "",
        keeps_missing_codes=_NO_MISSING_CODES in field.get("field_annotation", "").upper().split(),
    )
    return replace(question, is_personal_data=question.is_personal_data or identifies(question))


def _as_record_id(question: Question) -> Question:
    return replace(question, kind="identifier")


def _kind_of_text(validation: str) -> QuestionKind:
    if _NUMBER.fullmatch(validation):
        return "number"
    return "date" if _DATE.fullmatch(validation) else "open_text"


def _number(text: str) -> float | None:
    """Read a limit; dates and limits that are other fields (``[height]``) are none."""
    return float(text.replace(",", ".")) if re.fullmatch(r"-?\d+([.,]\d+)?", text.strip()) else None


def _missing_codes(text: str) -> tuple[dict[str, MissingReason], list[str]]:
    """Read the project's missing data codes, with the reason that the label states."""
    found = choices(text)
    reasons: dict[str, MissingReason] = {each.code: reason_of_label(each.label) or "unknown_blank" for each in found}
    unclear = [f"{each.code} ({each.label})" for each in found if reason_of_label(each.label) is None]
    if not unclear:
        return reasons, []
    listed = ", ".join(unclear)
    return reasons, [f"missing data codes whose label does not say why: {listed}; give their reasons under missing"]
