"""A survey and its responses → the bytes that Qualtrics exports in each of its layouts, and the survey's QSF.

Written from what is known of the files, for tests alone; it shares no code with the readers that it tests.
"""

import csv
import html
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

METADATA = (
    ("StartDate", "Start Date", "startDate"),
    ("EndDate", "End Date", "endDate"),
    ("Status", "Response Type", "status"),
    ("Progress", "Progress", "progress"),
    ("Finished", "Finished", "finished"),
    ("RecordedDate", "Recorded Date", "recordedDate"),
    ("ResponseId", "Response ID", "_recordId"),
    ("UserLanguage", "User Language", "userLanguage"),
)
LEGACY_METADATA = ("ResponseID", "ResponseSet", "Name", "Status", "StartDate", "EndDate", "Finished")
STATUS_LABELS = {0: "IP Address", 1: "Survey Preview", 2: "Survey Test", 8: "Spam", 9: "Survey Preview Spam"}
TIMES = ("startDate", "endDate", "recordedDate")


@dataclass(frozen=True)
class Choice:
    """An answer option: its id in the survey, its recode, its words, and the name that exports write in their place."""

    id: str
    recode: str
    label: str
    name: str = ""


@dataclass(frozen=True)
class Row:
    """A row of a matrix: its id, its words, and a tag of its own where it has one."""

    id: str
    label: str
    tag: str = ""


@dataclass(frozen=True)
class Question:
    """A question: ``single``, ``multiple``, ``matrix`` (one answer a row), ``multiple_matrix``, ``sum`` or ``text``."""

    id: str
    tag: str
    text: str
    kind: Literal["single", "multiple", "matrix", "multiple_matrix", "sum", "text"]
    choices: tuple[Choice, ...] = ()
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True)
class Response:
    """A response.

    Attributes:
        id: ResponseId.
        answers: Column key (``QID1``, ``QID2_3`` for a row) → id of the choice, ids of ticked choices, or text; None
            for a question that was seen and not answered. A question that was not shown has no entry.
        status: Code of the status.
        is_finished: Whether the end was reached.
        embedded: Embedded data.
    """

    id: str
    answers: Mapping[str, str | frozenset[str] | None]
    status: int = 0
    is_finished: bool = True
    embedded: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Settings:
    """How the export is made."""

    layout: Literal["modern", "python", "stripped", "legacy"] = "modern"
    container: Literal["csv", "tsv"] = "csv"
    values: Literal["codes", "labels"] = "codes"
    is_split: bool = True
    repeats_choice: bool = False
    ticks_as_one: bool = False
    seen_unanswered: str = ""
    time_zone: str = "Europe/Copenhagen"


@dataclass(frozen=True)
class Column:
    """One column of the export: what its header rows say, and how a response fills it."""

    tag: str
    text: str
    import_id: Mapping[str, str]
    key: str
    question: Question
    choice: Choice | None = None


def export_bytes(
    questions: tuple[Question, ...],
    responses: tuple[Response, ...],
    settings: Settings,
    embedded: tuple[str, ...] = (),
) -> bytes:
    """Write an export."""
    columns = [column for question in questions for column in _columns(question, settings)]
    rows = _headers(columns, settings, embedded)
    for place, response in enumerate(responses):
        cells = [_cell(column, response, settings) for column in columns]
        values = [response.embedded.get(name, "") for name in embedded]
        end = [""] if settings.layout == "legacy" else []
        rows.append([*_metadata(response, place, settings), *cells, *values, *end])
    text = io.StringIO()
    delimiter = "\t" if settings.container == "tsv" else ","
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows(rows)
    if settings.container == "tsv":
        return text.getvalue().encode("utf-16")
    return text.getvalue().encode("utf-8-sig" if settings.layout == "legacy" else "utf-8")


def qsf_bytes(questions: tuple[Question, ...], embedded: tuple[str, ...] = ()) -> bytes:
    """Write the survey's definition, one block for all questions."""
    block = {
        "Type": "Default",
        "ID": "BL_1",
        "Description": "Block",
        "BlockElements": [{"Type": "Question", "QuestionID": question.id} for question in questions],
    }
    flow: list[dict[str, Any]] = [{"Type": "Block", "ID": "BL_1", "FlowID": "FL_2"}]
    fields = [{"Field": name, "Type": "Custom", "Description": name} for name in embedded]
    flow = [{"Type": "EmbeddedData", "FlowID": "FL_3", "EmbeddedData": fields}, *flow] if fields else flow
    elements = [
        {"Element": "BL", "Payload": [block]},
        {"Element": "FL", "Payload": {"Type": "Root", "FlowID": "FL_1", "Flow": flow}},
        *({"Element": "SQ", "PrimaryAttribute": each.id, "Payload": _payload(each)} for each in questions),
    ]
    entry = {"SurveyID": "SV_1", "SurveyName": "Survey", "SurveyLanguage": "EN"}
    return json.dumps({"SurveyEntry": entry, "SurveyElements": elements}).encode()


def _payload(question: Question) -> dict[str, Any]:
    choices = {each.id: {"Display": html.escape(each.label)} for each in question.choices}
    payload: dict[str, Any] = {
        "QuestionID": question.id,
        "DataExportTag": question.tag,
        "QuestionText": f"<p>{html.escape(question.text)}</p>",
        "RecodeValues": {each.id: each.recode for each in question.choices},
        "VariableNaming": {each.id: each.name for each in question.choices if each.name} or [],
        "Language": [],
        "Validation": {"Settings": {"ForceResponse": "OFF", "Type": "None"}},
    }
    if question.kind == "text":
        return payload | {"QuestionType": "TE", "Selector": "SL"}
    if not question.rows:
        selector = "MAVR" if question.kind == "multiple" else "SAVR"
        order = [each.id for each in question.choices]
        return payload | {"QuestionType": "MC", "Selector": selector, "Choices": choices, "ChoiceOrder": order}
    several = question.kind == "multiple_matrix"
    return payload | {
        "QuestionType": "Matrix",
        "Selector": "Likert",
        "SubSelector": "MultipleAnswer" if several else "SingleAnswer",
        "Choices": {row.id: {"Display": html.escape(row.label)} for row in question.rows},
        "ChoiceOrder": [row.id for row in question.rows],
        "Answers": choices,
        "AnswerOrder": [each.id for each in question.choices],
        "ChoiceDataExportTags": {row.id: row.tag for row in question.rows if row.tag} or False,
    }


def _columns(question: Question, settings: Settings) -> Iterator[Column]:
    if question.kind == "text":
        yield Column(question.tag, question.text, {"ImportId": f"{question.id}_TEXT"}, question.id, question)
    elif not question.rows:
        yield from _of_choices(question, settings, question.id, question.tag, question.text)
    for row in question.rows:
        tag = row.tag or f"{question.tag}_{row.id}"
        yield from _of_choices(question, settings, f"{question.id}_{row.id}", tag, f"{question.text} - {row.label}")


def _of_choices(question: Question, settings: Settings, key: str, tag: str, text: str) -> Iterator[Column]:
    if question.kind in ("single", "matrix", "sum") or not settings.is_split:
        yield Column(tag, text, {"ImportId": key}, key, question)
        return
    for place, choice in enumerate(question.choices, start=1):
        ending = str(place) if settings.layout == "legacy" else choice.recode
        import_id = {"ImportId": f"{key}_{choice.id}" if settings.repeats_choice else key, "choiceId": choice.id}
        yield Column(f"{tag}_{ending}", f"{text} - {choice.label}", import_id, key, question, choice)


def _headers(columns: list[Column], settings: Settings, embedded: tuple[str, ...]) -> list[list[str]]:
    tags = [*(column.tag for column in columns), *embedded]
    texts = [*(column.text for column in columns), *embedded]
    if settings.layout == "legacy":
        numbers = [f"V{place}" for place in range(1, len(LEGACY_METADATA) + 1)]
        return [[*numbers, *tags, ""], [*LEGACY_METADATA, *texts, ""]]
    rows = [[*(name for name, _, _ in METADATA), *tags], [*(text for _, text, _ in METADATA), *texts]]
    ids = [{"ImportId": key, **({"timeZone": settings.time_zone} if key in TIMES else {})} for *_, key in METADATA]
    ids += [*(dict(column.import_id) for column in columns), *({"ImportId": name} for name in embedded)]
    if settings.layout == "stripped":
        return rows[:1]
    write = str if settings.layout == "python" else json.dumps
    return [*rows, [write(each) for each in ids]]


def _metadata(response: Response, place: int, settings: Settings) -> list[str]:
    start, end = (f"2026-03-02 {9 + place % 9:02d}:{minute}:00" for minute in ("05", "20"))
    codes = settings.values == "codes"
    status = str(response.status) if codes else STATUS_LABELS[response.status]
    finished = str(int(response.is_finished)) if codes else str(response.is_finished)
    if settings.layout == "legacy":
        return [response.id, "Default Response Set", "Anonymous", status, start, end, finished]
    progress = "100" if response.is_finished else "40"
    return [start, end, status, progress, finished, end, response.id, "EN"]


def _cell(column: Column, response: Response, settings: Settings) -> str:
    if column.key not in response.answers:
        return ""
    answer = response.answers[column.key]
    if column.choice is not None:
        is_ticked = isinstance(answer, frozenset) and column.choice.id in answer
        if not is_ticked:
            return settings.seen_unanswered
        return "1" if settings.ticks_as_one and settings.values == "codes" else _written(column.choice, settings)
    if answer is None or answer == frozenset():
        return settings.seen_unanswered
    if column.question.kind in ("text", "sum"):
        return str(answer)
    ticked = answer if isinstance(answer, frozenset) else {answer}
    return ",".join(_written(each, settings) for each in column.question.choices if each.id in ticked)


def _written(choice: Choice, settings: Settings) -> str:
    return choice.recode if settings.values == "codes" else choice.name or choice.label
