"""Writes REDCap data dictionaries and exports as REDCap does, from a project drawn or stated by a test.

Shares nothing with the readers: what each column is meant to be is noted while it is written.
"""

import csv
import io
from dataclasses import dataclass, field

HEADERS = (
    "Variable / Field Name", "Form Name", "Section Header", "Field Type", "Field Label",
    "Choices, Calculations, OR Slider Labels", "Field Note", "Text Validation Type OR Show Slider Number",
    "Text Validation Min", "Text Validation Max", "Identifier?", "Branching Logic (Show field only if...)",
    "Required Field?", "Custom Alignment", "Question Number (surveys only)", "Matrix Group Name", "Matrix Ranking?",
    "Field Annotation",
)  # fmt: skip
API_HEADERS = (
    "field_name", "form_name", "section_header", "field_type", "field_label", "select_choices_or_calculations",
    "field_note", "text_validation_type_or_show_slider_number", "text_validation_min", "text_validation_max",
    "identifier", "branching_logic", "required_field", "custom_alignment", "question_number", "matrix_group_name",
    "matrix_ranking", "field_annotation",
)  # fmt: skip


@dataclass(frozen=True)
class Field:
    """One field of a project; ``choices`` are pairs of code and label."""

    name: str
    form: str
    kind: str = "text"
    label: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    header: str = ""
    validation: str = ""
    least: str = ""
    most: str = ""
    identifier: str = ""
    branching: str = ""
    required: str = ""
    matrix: str = ""
    annotation: str = ""


@dataclass(frozen=True)
class Written:
    """An export and, column by column, the field and the option that was written into it."""

    text: str
    columns: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Project:
    """A project: its fields in order, the first being the record id."""

    fields: tuple[Field, ...]
    surveys: frozenset[str] = frozenset()
    missing_codes: tuple[str, ...] = ()
    special: tuple[str, ...] = field(default=())

    @property
    def forms(self) -> list[str]:
        return list(dict.fromkeys(each.form for each in self.fields))


def as_csv(rows, delimiter=",", quoting=csv.QUOTE_MINIMAL) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator="\n").writerows(rows)
    return out.getvalue()


def dictionary(project: Project, *, api: bool = False, delimiter: str = ",") -> str:
    rows = [API_HEADERS if api else HEADERS]
    for each in project.fields:
        choices = " | ".join(f"{code}, {label}" for code, label in each.choices)
        rows.append(
            (
                each.name, each.form, each.header, each.kind, each.label, choices, "", each.validation, each.least,
                each.most, each.identifier, each.branching, each.required, "", "", each.matrix, "", each.annotation,
            )
        )  # fmt: skip
    return as_csv(rows, delimiter)


def spelled(code: str) -> str:
    """Spell a code as a part of a column's name: ``-1`` as ``_1``, ``Oth.`` as ``oth_``."""
    return "".join(letter if letter in "abcdefghijklmnopqrstuvwxyz0123456789" else "_" for letter in code.lower())


def export(project: Project, records, *, labels: bool = False, label_headers: bool = False) -> Written:
    """Write an export.

    Args:
        project: The project.
        records: One mapping a row: field → text, or the set of ticked codes of a check box; special column → text;
            ``<form>_complete`` → status.
        labels: Whether cells hold labels.
        label_headers: Whether headers are labels.
    """
    headers: list[str] = []
    meant: list[tuple[str, str]] = []
    cells: list[list[str]] = [[] for _ in records]

    def add(name, label, meaning, texts):
        headers.append(label if label_headers else name)
        meant.append(meaning)
        for row, text in zip(cells, texts, strict=True):
            row.append(text)

    record_id = project.fields[0]
    add(record_id.name, record_id.label, (record_id.name, ""), [str(each[record_id.name]) for each in records])
    titles = {
        "redcap_event_name": "Event Name", "redcap_repeat_instrument": "Repeat Instrument",
        "redcap_repeat_instance": "Repeat Instance", "redcap_data_access_group": "Data Access Group",
        "redcap_survey_identifier": "Survey Identifier",
    }  # fmt: skip
    for name in project.special:
        add(name, titles[name], (name, ""), [each.get(name, "") for each in records])
    for form in project.forms:
        if form in project.surveys:
            texts = [each.get(f"{form}_timestamp", "") for each in records]
            add(f"{form}_timestamp", "Survey Timestamp", (f"{form}_timestamp", ""), texts)
        for each in project.fields[1:]:
            if each.form == form and each.kind != "descriptive":
                _add_field(project, each, records, add, labels=labels)
        statuses = [each.get(f"{form}_complete", "") for each in records]
        shown = {"0": "Incomplete", "1": "Unverified", "2": "Complete", "": ""}
        add(
            f"{form}_complete", "Complete?", (f"{form}_complete", ""),
            [shown[each] if labels else each for each in statuses],
        )  # fmt: skip
    return Written(as_csv([headers, *cells]), tuple(meant))


def _add_field(project, each, records, add, *, labels):
    if each.kind != "checkbox":
        known = dict(each.choices)
        texts = [record.get(each.name, "") for record in records]
        add(each.name, each.label, (each.name, ""), [known.get(text, text) if labels else text for text in texts])
        return
    options = [*each.choices, *((code, code) for code in project.missing_codes)]
    for code, label in options:
        ticked = [code in record.get(each.name, ()) for record in records]
        texts = [("Checked" if tick else "Unchecked") if labels else str(int(tick)) for tick in ticked]
        add(f"{each.name}___{spelled(code)}", f"{each.label} (choice={label})", (each.name, code), texts)
