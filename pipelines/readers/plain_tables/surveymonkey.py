"""SurveyMonkey exports → reading plan: a row of questions, and below it a row of options, rows of a grid or kinds.

Put here what the two header rows say. Condensed exports have one column a question and hold all ticked options in one
cell; expanded ones have a column an option, whose cells hold the option's label.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pipelines.readers.bind import bind_plan
from pipelines.readers.first_cells import texts_below
from pipelines.readers.headers import cell
from pipelines.readers.plain_tables.date_order import with_time_formats
from pipelines.readers.plain_tables.generic_columns import (
    cut_at_commas,
    has_headers,
    refuse_stated_header_rows,
    revised,
    table_plan,
)
from pipelines.readers.plan import Head, KeyName, PlannedColumn, ReadingPlan, Request, Role, fold
from pipelines.readers.structure import Option, Question

_NEEDED = ("respondent id", "collector id", "start date", "end date")
_KEYS: Mapping[str, KeyName] = {
    "respondent id": "response_id", "start date": "started_at", "end date": "ended_at", "date created": "started_at",
    "date modified": "ended_at",
}  # fmt: skip
_PERSONAL = frozenset(
    {"ip address", "email address", "first name", "last name", "collector id", "custom data", "custom value"}
)
_METADATA = frozenset(_KEYS) | _PERSONAL | {"language", "survey language"}
_KINDS: Mapping[str, Role] = {
    "": "item", "response": "item", "open-ended response": "open_text", "other (please specify)": "other_text",
    "comments": "other_text", "comment": "other_text",
}  # fmt: skip


@dataclass(frozen=True)
class _Heading:
    """What stands above a column: the question, blank cells filled from the left, and the option, row or kind."""

    question: str
    part: str

    @property
    def is_metadata(self) -> bool:
        """Whether SurveyMonkey itself writes the column."""
        name = fold(self.question)
        return name in _METADATA or name.startswith(("custom data", "custom value"))


class SurveyMonkeyReader:
    """Reader of SurveyMonkey exports of individual responses."""

    platform = "surveymonkey"

    def recognises(self, head: Head) -> bool:
        """Say whether the four columns that every export of responses begins with are there."""
        return has_headers(head, _NEEDED)

    def plan(self, head: Head, request: Request) -> ReadingPlan:
        """Make the reading plan.

        Raises:
            ReadingError: When the header rows contradict the study, or required items have no column.
        """
        header_rows = 2 if _has_parts(head) else 1
        refuse_stated_header_rows(head, request, "SurveyMonkey", header_rows)
        headings = _headings(head, header_rows)
        plan = table_plan(head, request, self.platform, list(map(_name, headings)), header_rows)
        siblings: dict[str, list[int]] = {}
        for place, heading in enumerate(headings):
            siblings.setdefault(heading.question, []).append(place)
        options = {question: _options(plan, head, headings, places) for question, places in siblings.items()}
        plan = revised(
            plan,
            lambda each: _as_surveymonkey(each, headings[each.position - 1], siblings, options),
        )
        has_options = any(column.role == "multiple_choice_option" for column in plan.columns)
        plan = replace(plan, layout="expanded" if has_options else "condensed", keys=_keys(plan, headings))
        bound = cut_at_commas(bind_plan(plan, head, request), "SurveyMonkey's condensed export")
        return with_time_formats(bound, head, request)


def _has_parts(head: Head) -> bool:
    """Say whether a second header row follows: it is blank below the respondent's id."""
    names = [fold(cell(head.rows[0], index)) for index in range(len(head.rows[0]))]
    return len(head.rows) > 1 and not cell(head.rows[1], names.index("respondent id"))


def _headings(head: Head, header_rows: int) -> list[_Heading]:
    width = max(map(len, head.rows[:header_rows]))
    headings: list[_Heading] = []
    question = ""
    for index in range(width):
        part = cell(head.rows[1], index) if header_rows > 1 else ""
        stated = cell(head.rows[0], index)
        question = stated or (question if part else "")
        headings.append(_Heading(question, part))
    return headings


def _name(heading: _Heading) -> str:
    if fold(heading.part) in ("", "response", "open-ended response"):
        return heading.question
    return f"{heading.question} | {heading.part}"


def _options(plan: ReadingPlan, head: Head, headings: Sequence[_Heading], places: Sequence[int]) -> tuple[Option, ...]:
    """Return the options of a question whose columns hold nothing but the label above them, else none."""
    parts = [(place, headings[place].part) for place in places if fold(headings[place].part) not in _KINDS]
    texts = {place: texts_below(head, plan.header_rows, place + 1) for place, _ in parts}
    if not any(texts.values()) or not all(fold(text) == fold(part) for place, part in parts for text in texts[place]):
        return ()
    return tuple(Option(part, part) for _, part in parts)


def _as_surveymonkey(
    column: PlannedColumn,
    heading: _Heading,
    siblings: Mapping[str, Sequence[int]],
    options: Mapping[str, tuple[Option, ...]],
) -> PlannedColumn:
    if heading.is_metadata:
        is_personal = fold(heading.question) in _PERSONAL or fold(heading.question).startswith("custom")
        role: Role = "identifier" if fold(heading.question) == "respondent id" else "metadata"
        return replace(column, role=role, is_personal_data=is_personal)
    kind = _KINDS.get(fold(heading.part)) if heading.question else "unknown"
    if kind is not None:
        return replace(column, role=kind, question_text=heading.question)
    if options[heading.question]:
        question = Question(heading.question, heading.question, "multiple_choice", options=options[heading.question])
        role = "multiple_choice_option"
        return replace(
            column, role=role, source_id=question.id, question_text=question.text, question=question,
            option=heading.part,
        )  # fmt: skip
    is_grid = len(siblings[heading.question]) > 1
    row = Question(
        column.name, heading.part, "unknown", stem=heading.question, battery=heading.question if is_grid else ""
    )
    return replace(column, question_text=f"{heading.question} | {heading.part}", question=row)


def _keys(plan: ReadingPlan, headings: Sequence[_Heading]) -> dict[KeyName, str]:
    keys: dict[KeyName, str] = {}
    for column, heading in zip(plan.columns, headings, strict=True):
        key = _KEYS.get(fold(heading.question))
        if key is not None:
            keys.setdefault(key, column.name)
    return keys
