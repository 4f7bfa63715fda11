"""The columns of a Kobo, ODK or SurveyCTO export → what each one holds, with the form or without it.

Put here single columns and the options that belong to one question; the plan is in ``kobo``.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pipelines.readers.headers import cell
from pipelines.readers.kobo.headers import FormHeaders, Spelling
from pipelines.readers.kobo.names import PERSONAL, is_added, original_name, r_name
from pipelines.readers.personal_names import names_a_person
from pipelines.readers.plan import Head, Role, fold
from pipelines.readers.structure import Option, Question, QuestionKind, Structure

TICKED, UNTICKED = frozenset({"1", "true", "1.0"}), frozenset({"0", "false", "0.0"})
BETWEEN_CODES = " "
ROLES: Mapping[QuestionKind, Role] = {
    "choice": "item",
    "multiple_choice": "item",
    "number": "item",
    "date": "item",
    "code": "item",
    "ranking": "item",
    "open_text": "open_text",
    "other_text": "other_text",
    "metadata": "metadata",
    "embedded": "embedded",
}
_GEOPOINT_PART = re.compile(r"(?:X?_)?(.+?)[_.-](?:latitude|longitude|altitude|precision|accuracy)", re.IGNORECASE)
_REPETITION = re.compile(r"(.+?)_\d+(?:_\d+)*")
_LINK, _OTHER = "_URL", "_other"


@dataclass(frozen=True)
class KoboColumn:
    """One column.

    Attributes:
        header: Its header, clean.
        name: Its header as the platform wrote it.
        role: What it is.
        question: What the form says of it; without a form only what the options of a question have in common.
        option: Code of the option it holds; empty for other columns.
        is_summary: Whether it holds all ticked options of a question whose options have columns of their own.
        is_personal_data: Whether it may identify a person.
        spelling: How the header spells the question.
    """

    header: str
    name: str
    role: Role
    question: Question | None = None
    option: str = ""
    is_summary: bool = False
    is_personal_data: bool = False
    spelling: Spelling = "name"


def columns_of(head: Head, structure: Structure | None) -> list[KoboColumn]:
    """Say what every column of a file holds."""
    headers = [cell(head.rows[0], index) for index in range(len(head.rows[0]))]
    if structure is None:
        return _without_form(head, headers)
    form = FormHeaders(structure)
    names = frozenset(headers)
    found = [_with_form(header, form, names) for header in headers]
    split = {column.question.id for column in found if column.question and column.option}
    return [
        replace(column, is_summary=True)
        if column.question and column.question.id in split and not column.option and _is_several(column.question)
        else column
        for column in found
    ]


def _is_several(question: Question) -> bool:
    return question.kind == "multiple_choice"


def _with_form(header: str, form: FormHeaders, headers: frozenset[str]) -> KoboColumn:
    name = original_name(header)
    target = form.find(header) or form.find(name)
    if target is not None:
        question = target.question
        option = target.option if _is_several(question) else ""
        return KoboColumn(
            header=header,
            name=name,
            role="multiple_choice_option" if option else ROLES.get(question.kind, "item"),
            question=question,
            option=option,
            is_personal_data=question.is_personal_data or name in PERSONAL,
            spelling=target.spelling,
        )
    added = _added(header, name, headers)
    if added is not None:
        return added
    repeated = _REPETITION.fullmatch(header)
    base = form.find(repeated[1]) if repeated else None
    if base is not None and base.question.repeated_block:
        return KoboColumn(header, name, "repeat", base.question, is_personal_data=base.question.is_personal_data)
    return KoboColumn(header, name, "unknown", is_personal_data=names_a_person(name))


def _added(header: str, name: str, headers: frozenset[str]) -> KoboColumn | None:
    """Recognise what the platform adds: its own columns, the parts of a place, the link to a picture."""
    if not header:
        return KoboColumn(header, name, "unknown")
    if is_added(name):
        return KoboColumn(header, name, "metadata", is_personal_data=name in PERSONAL)
    part = _GEOPOINT_PART.fullmatch(header)
    is_link = header.endswith(_LINK) and header.removesuffix(_LINK) in headers
    if is_link or (part is not None and (part[1] in headers or header.startswith(("_", "X_")) or "-" in header)):
        return KoboColumn(header, name, "metadata", is_personal_data=True)
    return None


def _without_form(head: Head, headers: Sequence[str]) -> list[KoboColumn]:
    """Tell options by the column that sums them up; everything else is an item as far as anybody can say."""
    options = _options_by_summary(head, headers)
    listed: dict[str, list[Option]] = {}
    for question, code in options.values():
        listed.setdefault(question, []).append(Option(code, code))
    split = {name: Question(name, "", "multiple_choice", options=tuple(each)) for name, each in listed.items()}
    names = frozenset(headers)
    found: list[KoboColumn] = []
    for index, header in enumerate(headers):
        name = original_name(header)
        added = _added(header, name, names)
        personal = names_a_person(re.split(r"[/:]", name)[-1])
        if added is not None:
            found.append(added)
        elif index in options:
            question, code = options[index]
            found.append(KoboColumn(header, name, "multiple_choice_option", split[question], code))
        elif header in split:
            found.append(KoboColumn(header, name, "item", split[header], is_summary=True))
        elif header.endswith(_OTHER) and header.removesuffix(_OTHER) in names:
            found.append(KoboColumn(header, name, "other_text", is_personal_data=personal))
        else:
            found.append(KoboColumn(header, name, "item", is_personal_data=personal))
    return found


def _options_by_summary(head: Head, headers: Sequence[str]) -> dict[int, tuple[str, str]]:
    """Find columns named after another one, which names all that they tick; return index → question and code."""
    below: dict[str, dict[int, str]] = {}
    known = set(headers)
    for index, header in enumerate(headers):
        for joint in ("/", "."):
            question, found, code = header.rpartition(joint)
            if found and question in known and code:
                below.setdefault(question, {})[index] = code
    found_options: dict[int, tuple[str, str]] = {}
    for question, codes in below.items():
        summary = _texts(head, headers.index(question))
        named = {r_name("q." + code) for text in summary for code in text.split(BETWEEN_CODES) if code}
        cells = {text for index in codes for text in _texts(head, index)}
        if named <= {r_name("q." + code) for code in map(fold, codes.values())} and cells <= TICKED | UNTICKED:
            found_options |= {index: (question, code) for index, code in codes.items()}
    return found_options


def _texts(head: Head, index: int) -> frozenset[str]:
    return frozenset(fold(row[index]) for row in head.rows[1:] if index < len(row)) - {""}
