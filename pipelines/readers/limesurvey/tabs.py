"""LimeSurvey's tab-separated structure → the survey: one row a group, question, sub-question or answer, and language.

The order of the rows says what belongs to what. Put here the form; not what columns come of it.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pipelines.readers.files.head import csv_rows
from pipelines.readers.limesurvey.survey import (
    Answer,
    SubQuestion,
    Survey,
    add_answer,
    add_attribute,
    add_group,
    add_question,
    add_sub_question,
    flat,
)
from pipelines.readers.plan import ReadingError

_DISTINCTIVE = frozenset({"class", "type/scale", "name", "relevance", "text", "language"})
_COMMON = _DISTINCTIVE | {
    "id", "related_id", "help", "validation", "mandatory", "encrypted", "other", "default", "same_default",
    "same_script", "assessment_value",
}  # fmt: skip


def is_tab_separated(start: str) -> bool:
    """Say from the beginning of a text whether it is LimeSurvey's tab-separated structure."""
    headers = start.removeprefix("\ufeff").split("\n", 1)[0].rstrip("\r").split("\t")
    return {header.strip('" ').lower() for header in headers} >= _DISTINCTIVE


@dataclass
class _Place:
    """Where the rows have come to: group and question that further rows belong to, and how many there were."""

    survey: Survey = field(default_factory=Survey)
    owners: dict[str, SubQuestion] = field(default_factory=dict[str, SubQuestion])
    answers: dict[str, Answer] = field(default_factory=dict[str, Answer])
    group: str = ""
    question: str = ""
    number: int = 0
    groups_of_language: dict[str, int] = field(default_factory=dict[str, int])


def survey_of_tabs(file_name: str, text: str) -> Survey:
    """Read the survey.

    Raises:
        ReadingError: When the rows cannot be cut into cells.
    """
    place = _Place()
    for row in _rows(file_name, text):
        place.number += 1
        kind = row.get("class", "").strip().upper()
        if kind in _READERS:
            _READERS[kind](place, {"text": "", **row})
    return place.survey


def _rows(file_name: str, text: str) -> Iterator[dict[str, str]]:
    headers: list[str] = []
    n_rows = 0
    try:
        for row in csv_rows(io.StringIO(text.removeprefix("\ufeff"), newline=""), "\t"):
            n_rows += 1
            if headers:
                yield dict(zip(headers, row, strict=False))
            headers = headers or [header.strip().lower() for header in row]
    except csv.Error as error:
        message = f"row {n_rows + 1} cannot be cut into cells ({error}); export the structure again from LimeSurvey"
        raise ReadingError(file_name, message) from error


def _setting(place: _Place, cells: Mapping[str, str]) -> None:
    survey, value = place.survey, cells["text"].strip()
    name = cells.get("name", "")
    if name == "sid":
        survey.id = value
    elif name == "language":
        survey.language = value
        survey.languages = list(dict.fromkeys((value, *survey.languages)))
    elif name == "additional_languages":
        survey.languages = list(dict.fromkeys((*survey.languages, *value.split())))
    elif name == "format":
        survey.paging = value


def _title(place: _Place, cells: Mapping[str, str]) -> None:
    if cells.get("name") == "surveyls_title":
        place.survey.titles.setdefault(cells.get("language", ""), flat(cells["text"]))


def _group(place: _Place, cells: Mapping[str, str]) -> None:
    language = cells.get("language", "")
    place.groups_of_language[language] = place.groups_of_language.get(language, 0) + 1
    place.group = cells.get("id", "").strip() or f"number {place.groups_of_language[language]}"
    known = {
        "gid": place.group,
        "group_order": cells.get("type/scale", ""),
        "grelevance": cells.get("relevance", ""),
        "randomization_group": cells.get("random_group", ""),
        "group_name": cells.get("name", ""),
        "language": language,
    }
    add_group(place.survey, known, place.number)


def _question(place: _Place, cells: Mapping[str, str]) -> None:
    code = cells.get("name", "").strip()
    place.question = cells.get("id", "").strip() or code
    is_new = place.question not in place.survey.questions
    known = {
        **cells,
        "qid": place.question,
        "gid": place.group,
        "type": cells.get("type/scale", ""),
        "title": code,
        "question": cells["text"],
    }
    add_question(place.survey, known, place.number)
    for name, value in cells.items():
        if name not in _COMMON and (is_new or name == "other_replace_text"):
            language = {"language": cells.get("language", "")}
            add_attribute(place.survey, place.question, name, value, language)


def _sub_question(place: _Place, cells: Mapping[str, str]) -> None:
    code, scale = cells.get("name", "").strip(), cells.get("type/scale", "").strip()
    known = {
        "qid": f"{place.question} {scale or '0'} {code}",
        "parent_qid": place.question,
        "title": code,
        "scale_id": scale,
        "relevance": cells.get("relevance", ""),
        "question": cells["text"],
        "language": cells.get("language", ""),
    }
    add_sub_question(place.survey, place.owners, known, place.number)
    added = place.owners.get(known["qid"])
    if added is not None and cells.get("id", "").strip():
        added.id = cells["id"].strip()


def _answer(place: _Place, cells: Mapping[str, str]) -> None:
    known = {
        "qid": place.question,
        "code": cells.get("name", ""),
        "scale_id": cells.get("type/scale", ""),
        "assessment_value": cells.get("assessment_value", "") or cells.get("relevance", ""),
        "answer": cells["text"],
        "language": cells.get("language", ""),
    }
    add_answer(place.survey, place.answers, known, place.number)


_READERS = {"S": _setting, "SL": _title, "G": _group, "Q": _question, "SQ": _sub_question, "A": _answer}
