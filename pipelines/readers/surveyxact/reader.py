"""SurveyXact data sets → reading plan: values or labels, with or without the survey's structure.

Put here what SurveyXact calls its columns and how it says what came of a respondent; the structure and the labels are
read in ``surveyxact_structure``.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipelines.readers.bind import bind_plan
from pipelines.readers.first_cells import texts_below
from pipelines.readers.headers import listed
from pipelines.readers.personal_names import is_personal_header
from pipelines.readers.plain_tables.date_order import with_time_formats
from pipelines.readers.plain_tables.generic_columns import (
    first_row,
    refuse_stated_header_rows,
    revised,
    table_plan,
    with_warnings,
)
from pipelines.readers.plan import (
    Head,
    KeyName,
    PlannedColumn,
    ReadingPlan,
    Request,
    Role,
    Written,
    fold,
)
from pipelines.readers.structure import Option, Question, QuestionKind, Structure
from pipelines.readers.surveyxact.structure import NOT_TICKED, OF_AN_OPTION, SYSTEM, TICKED

_OVERALL = re.compile(r"stato(?:verall)?_([1-5])")
_STATES = frozenset("12345")
_COMPLETE = "4"
_KEYS: Mapping[str, KeyName] = {
    "respondentid": "response_id", "responde": "response_id", "starttime": "started_at", "starttim": "started_at",
    "closetime": "ended_at", "closetim": "ended_at", "modified": "recorded_at", "difftime": "response_seconds",
}  # fmt: skip
_PERSONAL = frozenset({"respondentkey", "digitaldistributionerrormessage", "digitaldistributionstatus"})
_ROLES: Mapping[QuestionKind, Role] = {
    "choice": "item", "number": "item", "date": "item", "open_text": "open_text", "metadata": "metadata",
    "embedded": "embedded",
}  # fmt: skip
_LEAST_SYSTEM_COLUMNS = 3
_COMMA_NUMBER, _POINT_NUMBER = re.compile(r"-?\d+,\d+"), re.compile(r"-?\d+\.\d+")
Options = Mapping[str, tuple[Question, Option]]


class SurveyXactReader:
    """Reader of SurveyXact data sets."""

    platform = "surveyxact"

    def recognises(self, head: Head) -> bool:
        """Say whether the five columns of the overall status are there, or the respondent's id with its like."""
        if head.structure is not None and head.structure.platform == self.platform:
            return True
        names = {name.lower() for name in first_row(head)}
        states = {found.group(1) for name in names if (found := _OVERALL.fullmatch(name))}
        if states == _STATES:
            return True
        n_system = sum(SYSTEM.fullmatch(name) is not None for name in names)
        return "respondentid" in names and n_system >= _LEAST_SYSTEM_COLUMNS

    def plan(self, head: Head, request: Request) -> ReadingPlan:
        """Make the reading plan.

        Raises:
            ReadingError: When the header rows contradict the study, or required items have no column.
        """
        refuse_stated_header_rows(head, request, "SurveyXact", 1)
        plan = table_plan(head, request, self.platform, first_row(head))
        structure = request.structure or head.structure
        plan = _with_questions(plan, head, structure)
        states = _states(plan)
        plan = replace(
            plan,
            layout=_layout(plan, head, states),
            decimal=_decimal(plan, head),
            keys=_keys(plan),
            dispositions=states,
            finished_texts=TICKED,
            unreached="after_last_answer" if states else "",
        )
        plan = with_warnings(_written(plan), *_warnings(plan, structure))
        return with_time_formats(bind_plan(plan, head, request), head, request, habit="day_first")


def _with_questions(plan: ReadingPlan, head: Head, structure: Structure | None) -> ReadingPlan:
    questions = structure.questions if structure else {}
    options = _options(questions) or _options_by_content(plan, head)

    def change(column: PlannedColumn) -> PlannedColumn:
        column = replace(column, is_personal_data=fold(column.name) in _PERSONAL)
        if SYSTEM.fullmatch(column.name.lower()) or is_personal_header(column.name):
            return replace(column, role="identifier" if column.name.lower() == "respondentid" else "metadata")
        if column.name in options:
            return _as_option(column, *options[column.name])
        return _as_question(column, questions[column.name]) if column.name in questions else column

    return revised(plan, change)


def _options(questions: Mapping[str, Question]) -> dict[str, tuple[Question, Option]]:
    """Find the column of every option: the structure gives the variable's name among the option's further texts."""
    return {
        variable: (question, option)
        for question in questions.values()
        if question.kind == "multiple_choice"
        for option in question.options
        for variable in option.also
    }


def _options_by_content(plan: ReadingPlan, head: Head) -> Options:
    """Find options without a structure: numbered columns that hold nothing but the words for ticked and not ticked."""
    words = (TICKED | NOT_TICKED) - {"0", "1"}
    options: dict[str, list[Option]] = {}
    for column in plan.columns:
        texts = texts_below(head, plan.header_rows, column.position)
        number = OF_AN_OPTION.fullmatch(column.name)
        is_system = SYSTEM.fullmatch(column.name.lower()) is not None
        if number and texts and not is_system and all(fold(text) in words for text in texts):
            options.setdefault(number.group(1), []).append(Option(number.group(2), "", also=(column.name,)))
    questions = {name: Question(name, "", "multiple_choice", options=tuple(each)) for name, each in options.items()}
    return _options(questions)


def _as_option(column: PlannedColumn, question: Question, option: Option) -> PlannedColumn:
    """Plan one option: 0 may mean not ticked or never shown, so it is blank until a neighbour is ticked."""
    return replace(
        column,
        role="multiple_choice_option",
        source_id=question.id,
        question_text=question.text or column.question_text,
        question=question,
        option=option.code,
        ticked=TICKED,
        blanks=NOT_TICKED,
    )


def _as_question(column: PlannedColumn, question: Question) -> PlannedColumn:
    words = f"{question.stem} - {question.text}" if question.stem else question.text
    return replace(
        column,
        role=_ROLES.get(question.kind, "item"),
        question_text=words or column.question_text,
        question=question,
        is_personal_data=column.is_personal_data or question.is_personal_data,
    )


def _states(plan: ReadingPlan) -> dict[str, dict[str, str]]:
    """Say which column stands for which of the five: new, distributed, partially answered, completed, excused."""
    return {
        column.name: dict.fromkeys(TICKED, found.group(1))
        for column in plan.columns
        if (found := _OVERALL.fullmatch(column.name.lower()))
    }


def _keys(plan: ReadingPlan) -> dict[KeyName, str]:
    keys: dict[KeyName, str] = {}
    for column in plan.columns:
        lower = column.name.lower()
        if lower in _KEYS:
            keys.setdefault(_KEYS[lower], column.name)
        complete = _OVERALL.fullmatch(lower)
        if complete and complete.group(1) == _COMPLETE:
            keys["is_finished"] = column.name
    return keys


def _layout(plan: ReadingPlan, head: Head, states: Mapping[str, object]) -> str:
    columns = [column for column in plan.columns if column.name in states or column.role == "multiple_choice_option"]
    texts = {fold(text) for each in columns for text in texts_below(head, plan.header_rows, each.position)}
    return "labels" if texts - {"0", "1"} else "values"


def _written(plan: ReadingPlan) -> ReadingPlan:
    """Say whether the cells of choices hold codes or labels, as a label may be the number of another option."""
    written: Written = "labels" if plan.layout == "labels" else "codes"
    return revised(
        plan, lambda each: replace(each, written=written) if each.question and each.question.kind == "choice" else each
    )


def _decimal(plan: ReadingPlan, head: Head) -> str:
    """Return the comma where numbers of the platform's own or of the structure show it and none has a point."""
    numeric = [
        column
        for column in plan.columns
        if column.name.lower() == "difftime" or (column.question is not None and column.question.kind == "number")
    ]
    texts = [text for each in numeric for text in texts_below(head, plan.header_rows, each.position)]
    has_comma, has_point = any(map(_COMMA_NUMBER.fullmatch, texts)), any(map(_POINT_NUMBER.fullmatch, texts))
    return "," if has_comma and not has_point else plan.decimal


def _warnings(plan: ReadingPlan, structure: Structure | None) -> Sequence[str]:
    if structure is None:
        return (
            "no structure is given, so texts, answer options and multiple choices are not known; give SurveyXact's "
            "structure.csv and labels.csv under structure",
        )
    names = {column.name for column in plan.columns}
    variables = {
        variable
        for question in structure.questions.values()
        for variable in ([each for option in question.options for each in option.also] or [question.id])
    }
    absent = sorted(variables - names)
    missing = f"the structure has variables that the data set has not: {listed(absent)}" if absent else ""
    return (*structure.warnings, missing)
