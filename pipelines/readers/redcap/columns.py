"""How REDCap spells the columns of an export → which field, form and option each one holds.

Put here names and labels of columns; what a plan makes of them is in ``redcap``.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from instruments.sections.response_scale import MissingReason
from pipelines.readers.markup import without_markup
from pipelines.readers.opt_outs import reason_of_label
from pipelines.readers.plan import fold
from pipelines.readers.structure import Option, Question, Structure

ColumnKind = Literal[
    "field", "option", "event", "repeat_instrument", "repeat_instance", "group", "survey_identifier", "timestamp",
    "complete",
]  # fmt: skip
KIND_OF_NAME: Mapping[str, ColumnKind] = {
    "redcap_event_name": "event",
    "redcap_repeat_instrument": "repeat_instrument",
    "redcap_repeat_instance": "repeat_instance",
    "redcap_data_access_group": "group",
    "redcap_survey_identifier": "survey_identifier",
}
KIND_OF_LABEL: Mapping[str, ColumnKind] = {
    "event name": "event",
    "repeat instrument": "repeat_instrument",
    "repeat instance": "repeat_instance",
    "data access group": "group",
    "survey identifier": "survey_identifier",
    "survey timestamp": "timestamp",
    "complete?": "complete",
}
FORM_STATUSES = frozenset({"0", "1", "2", "incomplete", "unverified", "complete"})
TICKED, UNTICKED = frozenset({"1", "checked"}), frozenset({"0", "unchecked"})
COMPLETE, TIMESTAMP, OPTION = "_complete", "_timestamp", "___"
_OPTION_OF_NAME = re.compile(r"([a-z][a-z0-9_]*?)___(\w+)", re.ASCII)
_OPTION_OF_LABEL = re.compile(r"(.*\S)?\s*\(choice=(.*)\)", re.DOTALL)


@dataclass(frozen=True)
class RedcapColumn:
    """One column.

    Attributes:
        header: Its header, clean.
        kind: What it is.
        field: Field of the dictionary; without one the name, or the label before ``(choice=``.
        option: Code of an option as the dictionary writes it; without one as the header does.
        form: Form it stands on; empty when nobody can say.
        question: What the dictionary says of the field.
    """

    header: str
    kind: ColumnKind
    field: str = ""
    option: str = ""
    form: str = ""
    question: Question | None = None


def option_suffix(code: str) -> str:
    """Return what REDCap writes behind ``field___`` for an option: lower case, anything odd as ``_``."""
    return re.sub(r"[^a-z0-9]", "_", code.lower())


def columns_by_name(
    headers: Sequence[str], statuses: frozenset[str], structure: Structure | None, missing: Mapping[str, MissingReason]
) -> list[RedcapColumn]:
    """Take apart headers that are names of variables.

    Args:
        headers: Clean headers.
        statuses: Headers in ``_complete`` whose cells are form statuses.
        structure: The dictionary.
        missing: Missing codes of the project; of a check box each has a column of its own.
    """
    questions = structure.questions if structure else {}
    options = _option_columns(questions, missing)
    forms = {question.section for question in questions.values()}
    found: list[RedcapColumn] = []
    for header in headers:
        split = _OPTION_OF_NAME.fullmatch(header)
        if header in KIND_OF_NAME:
            found.append(RedcapColumn(header, KIND_OF_NAME[header]))
        elif header in questions:
            found.append(_of_question(header, questions[header]))
        elif header in options:
            question, code = options[header]
            found.append(RedcapColumn(header, "option", question.id, code, question.section, question))
        elif header.endswith(COMPLETE) and (header.removesuffix(COMPLETE) in forms or header in statuses):
            found.append(RedcapColumn(header, "complete", form=header.removesuffix(COMPLETE)))
        elif header.endswith(TIMESTAMP) and header.removesuffix(TIMESTAMP) + COMPLETE in headers:
            found.append(RedcapColumn(header, "timestamp", form=header.removesuffix(TIMESTAMP)))
        elif split and not questions:
            found.append(RedcapColumn(header, "option", split.group(1), split.group(2)))
        else:
            found.append(RedcapColumn(header, "field", header))
    return _with_forms(found if questions else _with_stated_options(found))


def columns_by_label(
    headers: Sequence[str], structure: Structure | None, missing: Mapping[str, MissingReason]
) -> list[RedcapColumn]:
    """Take apart headers that are labels of fields; equal ones are told apart by form and order, or left alone.

    Args:
        headers: Clean headers.
        structure: The dictionary.
        missing: Missing codes of the project; of a check box each has a column of its own.
    """
    names = _names_of_labels(headers, structure) if structure else {}
    questions = structure.questions if structure else {}
    options = _option_columns(questions, {})
    found: list[RedcapColumn] = []
    for index, header in enumerate(headers):
        name, kind = names.get(index, ""), KIND_OF_LABEL.get(fold(header))
        split = _OPTION_OF_LABEL.fullmatch(header)
        if kind is not None:
            found.append(RedcapColumn(header, kind, form=name.removesuffix(COMPLETE) if kind == "complete" else ""))
        elif name in questions:
            found.append(replace(_of_question(name, questions[name]), header=header))
        elif name in options:
            question, code = options[name]
            found.append(RedcapColumn(header, "option", question.id, code, question.section, question))
        elif split:
            found.append(RedcapColumn(header, "option", split.group(1) or "", split.group(2)))
        else:
            found.append(RedcapColumn(header, "field", header))
    return _with_forms(_with_missing_codes(found, questions, missing) if questions else _with_stated_options(found))


def _with_missing_codes(
    columns: Sequence[RedcapColumn], questions: Mapping[str, Question], missing: Mapping[str, MissingReason]
) -> list[RedcapColumn]:
    """Find the options of a check box that its field does not list and whose label says that they are no answer."""
    by_text: dict[str, list[Question]] = defaultdict(list)
    for question in questions.values():
        if question.kind == "multiple_choice" and not question.keeps_missing_codes:
            by_text[fold(question.text)].append(question)
    extra: dict[str, list[Option]] = defaultdict(list)
    found: list[RedcapColumn] = []
    for column in columns:
        asked = by_text[fold(without_markup(column.field))] if column.kind == "option" and not column.question else []
        reason = missing.get(column.option) or reason_of_label(column.option)
        if len(asked) == 1 and reason is not None:
            (question,) = asked
            extra[question.id].append(Option(column.option, column.option, reason=reason))
            found.append(replace(column, field=question.id, form=question.section, question=question))
        else:
            found.append(column)
    return [
        replace(column, question=replace(column.question, options=(*column.question.options, *extra[column.field])))
        if column.kind == "option" and column.question is not None and column.field in extra
        else column
        for column in found
    ]


def _with_stated_options(columns: Sequence[RedcapColumn]) -> list[RedcapColumn]:
    """Give the options of a check box, where there is no dictionary, a question that lists what the headers say."""
    options: dict[str, list[Option]] = defaultdict(list)
    for column in columns:
        if column.kind == "option":
            options[column.field].append(Option(column.option, column.option))
    questions = {field: Question(field, "", "multiple_choice", options=tuple(each)) for field, each in options.items()}
    return [
        replace(column, question=questions[column.field]) if column.kind == "option" else column for column in columns
    ]


def _of_question(name: str, question: Question) -> RedcapColumn:
    return RedcapColumn(name, "field", question.id, form=question.section, question=question)


def _option_columns(
    questions: Mapping[str, Question], missing: Mapping[str, MissingReason]
) -> dict[str, tuple[Question, str]]:
    """Return the column of every option of every check box, missing codes among them; the first of equal ones stays."""
    columns: dict[str, tuple[Question, str]] = {}
    for question in questions.values():
        if question.kind != "multiple_choice":
            continue
        codes = {} if question.keeps_missing_codes else missing
        extra = tuple(Option(code, code, reason=reason) for code, reason in codes.items())
        known = {option.code for option in question.options}
        whole = replace(question, options=(*question.options, *(each for each in extra if each.code not in known)))
        for option in whole.options:
            columns.setdefault(f"{question.id}{OPTION}{option_suffix(option.code)}", (whole, option.code))
    return columns


def _with_forms(columns: Sequence[RedcapColumn]) -> list[RedcapColumn]:
    """Give every column without a form that of the next status to its right, as fields stand before their status."""
    found: list[RedcapColumn] = []
    form = ""
    for position in range(len(columns), 0, -1):
        column = columns[position - 1]
        if column.kind == "complete":
            form = column.form or f"column_{position}"
            column = replace(column, form=form)
        elif not column.form and column.kind in ("field", "option", "timestamp"):
            column = replace(column, form=form)
        found.append(column)
    return found[::-1]


def _names_of_labels(headers: Sequence[str], structure: Structure) -> dict[int, str]:
    """Find the names that belong to labels; return index of the header → name."""
    forms = list(dict.fromkeys(question.section for question in structure.questions.values()))
    ends = [index for index, header in enumerate(headers) if KIND_OF_LABEL.get(fold(header)) == "complete"]
    names: dict[int, str] = {0: next(iter(structure.questions))}
    if len(ends) != len(forms):
        return names | _matched(headers, range(1, len(headers)), list(structure.questions.values()))
    starts = [1, *(end + 1 for end in ends[:-1])]
    for form, start, end in zip(forms, starts, ends, strict=True):
        names[end] = form + COMPLETE
        of_form = [question for question in structure.questions.values() if question.section == form]
        names |= _matched(headers, range(start, end), of_form)
    return names


def _matched(headers: Sequence[str], places: range, questions: Sequence[Question]) -> dict[int, str]:
    """Match labels that occur as often in the headers as in the dictionary, in order."""
    wanted: dict[str, list[str]] = defaultdict(list)
    for question in questions:
        if question.kind == "identifier":
            continue
        if question.kind != "multiple_choice":
            wanted[fold(question.text)].append(question.id)
        for option in question.options if question.kind == "multiple_choice" else ():
            label = fold(f"{question.text} (choice={option.label})")
            wanted[label].append(f"{question.id}{OPTION}{option_suffix(option.code)}")
    found: dict[str, list[int]] = defaultdict(list)
    for index in places:
        if fold(headers[index]) not in KIND_OF_LABEL:
            found[fold(without_markup(headers[index]))].append(index)
    same = [label for label, indices in found.items() if len(indices) == len(wanted.get(label, ()))]
    return {index: name for label in same for index, name in zip(found[label], wanted[label], strict=True)}
