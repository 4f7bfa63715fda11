"""A survey as LimeSurvey defines it: groups, questions, sub-questions, answer options, each in every language.

Made from the tables of its XML files of any version, or from its tab-separated form. Put here the definition as it
stands; what columns exports make of it is in ``limesurvey_columns``.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape

from pipelines.readers.limesurvey.xml import Row

_MARKUP = re.compile(r"<(?:!--.*?--|/?[A-Za-z][^<>]*)>", re.DOTALL)
_HIDDEN = re.compile(r"<(script|style)\b.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
_ALWAYS = ("", "1")
Texts = dict[str, str]
Cells = Mapping[str, str]


def new_texts() -> Texts:
    """Return an empty language → text."""
    return {}


@dataclass
class Answer:
    """One answer option: its code, which of two scales it belongs to, its place, its value in assessments."""

    id: str
    code: str
    scale: int
    order: tuple[int, int]
    value: float | None
    texts: Texts = field(default_factory=new_texts)


@dataclass
class SubQuestion:
    """One row, or with scale 1 one column, of a question."""

    id: str
    code: str
    scale: int
    order: tuple[int, int]
    relevance: str
    texts: Texts = field(default_factory=new_texts)


@dataclass
class LimeQuestion:
    """One question; its attributes are those of no language, or the base language's.

    Attributes:
        id: LimeSurvey's ``qid``.
        group: LimeSurvey's ``gid``.
        kind: The one-character type, such as ``F``.
        code: What headings call it.
        order: Place in the group; then in the file.
        has_other: Whether there is an option "other" with a text.
    """

    id: str
    group: str
    kind: str
    code: str
    order: tuple[int, int]
    relevance: str
    has_other: bool
    is_mandatory: bool
    is_encrypted: bool
    texts: Texts = field(default_factory=new_texts)
    attributes: dict[str, str] = field(default_factory=dict[str, str])
    other_texts: Texts = field(default_factory=new_texts)
    sub_questions: list[SubQuestion] = field(default_factory=list[SubQuestion])
    answers: list[Answer] = field(default_factory=list[Answer])


@dataclass
class Group:
    """One group of questions."""

    id: str
    order: tuple[int, int]
    relevance: str
    is_shuffled: bool
    texts: Texts = field(default_factory=new_texts)


@dataclass
class Survey:
    """A survey, or the part of it that a file holds.

    Attributes:
        id: LimeSurvey's ``sid``; empty when the file does not say.
        language: The base language.
        languages: All languages, the base one first.
        paging: ``G`` one group a page, ``S`` one question, ``A`` all on one; ``I`` or empty when it is not said here.
    """

    id: str = ""
    language: str = ""
    languages: list[str] = field(default_factory=list[str])
    paging: str = ""
    titles: Texts = field(default_factory=new_texts)
    groups: dict[str, Group] = field(default_factory=dict[str, Group])
    questions: dict[str, LimeQuestion] = field(default_factory=dict[str, LimeQuestion])

    def in_order(self) -> list[tuple[Group, list[LimeQuestion]]]:
        """Return the groups in the order shown, each with its questions in order; groups nobody defines come last."""
        known = sorted(self.groups.values(), key=lambda group: group.order)
        strays = dict.fromkeys(each.group for each in self.questions.values() if each.group not in self.groups)
        groups = [*known, *(Group(gid, (0, 0), "", is_shuffled=False) for gid in strays)]
        questions = sorted(self.questions.values(), key=lambda question: question.order)
        return [(group, [each for each in questions if each.group == group.id]) for group in groups]


def survey_of(rows: Iterable[Row], languages: Sequence[str]) -> Survey:
    """Put the tables of an XML file together.

    Older versions repeat a question's row for every language with its texts; newer ones keep the texts apart, in tables
    whose names end in ``_l10ns``.
    """
    tables: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        tables.setdefault(row.table, []).append(row.cells)
    survey = Survey()
    _take_settings(survey, tables, languages)
    for number, cells in enumerate(tables.get("groups", [])):
        add_group(survey, cells, number)
    for number, cells in enumerate(tables.get("questions", [])):
        add_question(survey, cells, number)
    owners: dict[str, SubQuestion] = {}
    for number, cells in enumerate(tables.get("subquestions", [])):
        add_sub_question(survey, owners, cells, number)
    answers: dict[str, Answer] = {}
    for number, cells in enumerate(tables.get("answers", [])):
        add_answer(survey, answers, cells, number)
    _take_texts(survey, tables, owners, answers)
    for cells in tables.get("question_attributes", []):
        add_attribute(survey, cells.get("qid", ""), cells.get("attribute", ""), cells.get("value", ""), cells)
    return survey


def add_group(survey: Survey, cells: Cells, number: int) -> None:
    """Add a group, or a further language of one."""
    shuffled = bool(cells.get("randomization_group", "").strip())
    group = Group(cells.get("gid", ""), (whole(cells, "group_order"), number), cells.get("grelevance", ""), shuffled)
    _say(survey.groups.setdefault(group.id, group).texts, cells, "group_name")


def add_question(survey: Survey, cells: Cells, number: int) -> None:
    """Add a question, or a further language of one."""
    question = LimeQuestion(
        id=cells.get("qid", ""),
        group=cells.get("gid", ""),
        kind=cells.get("type", "").strip(),
        code=cells.get("title", "").strip(),
        order=(whole(cells, "question_order"), number),
        relevance=cells.get("relevance", "").strip(),
        has_other=cells.get("other", "") == "Y",
        is_mandatory=cells.get("mandatory", "") == "Y",
        is_encrypted=cells.get("encrypted", "") == "Y",
    )
    _say(survey.questions.setdefault(question.id, question).texts, cells, "question")


def add_sub_question(survey: Survey, owners: dict[str, SubQuestion], cells: Cells, number: int) -> None:
    """Add a row or column of a question, or a further language of one; those of no known question are left out."""
    qid, order = cells.get("qid", ""), (whole(cells, "question_order"), number)
    parent = survey.questions.get(cells.get("parent_qid", ""))
    if parent is None:
        return
    if qid not in owners:
        code, relevance = cells.get("title", "").strip(), cells.get("relevance", "").strip()
        owners[qid] = SubQuestion(qid, code, whole(cells, "scale_id"), order, relevance)
        parent.sub_questions.append(owners[qid])
    _say(owners[qid].texts, cells, "question")


def add_answer(survey: Survey, answers: dict[str, Answer], cells: Cells, number: int) -> None:
    """Add an answer option, or a further language of one; those of no known question are left out."""
    question = survey.questions.get(cells.get("qid", ""))
    if question is None:
        return
    code, scale = cells.get("code", "").strip(), whole(cells, "scale_id")
    key = cells.get("aid", "") or f"{question.id} {scale} {code}"
    if key not in answers:
        value = cells.get("assessment_value", "").strip()
        number_of = float(value) if re.fullmatch(r"-?\d{1,9}(\.\d{1,9})?", value) else None
        order = (whole(cells, "sortorder"), number)
        answers[key] = Answer(cells.get("aid", ""), code, scale, order, number_of)
        question.answers.append(answers[key])
    _say(answers[key].texts, cells, "answer")


def add_attribute(survey: Survey, qid: str, name: str, value: str, cells: Cells) -> None:
    """Add an attribute of a question; one in another language than the base one counts only for "other"."""
    question, language = survey.questions.get(qid), cells.get("language", "")
    if question is None or not value.strip():
        return
    if language in ("", survey.language):
        question.attributes[name] = value.strip()
    if name == "other_replace_text":
        question.other_texts[language or survey.language] = flat(value)


def flat(html: str) -> str:
    """Return a text without mark-up, blanks single, as exports show it."""
    return " ".join(unescape(_MARKUP.sub(" ", _HIDDEN.sub(" ", html))).split())


def condition(*relevances: str) -> str:
    """Join the relevance equations of a group, a question and a sub-question; one alone stays verbatim."""
    said = list(dict.fromkeys(each.strip() for each in relevances if each.strip() not in _ALWAYS))
    return said[0] if len(said) == 1 else " and ".join(f"({each})" for each in said)


def whole(cells: Cells, name: str) -> int:
    """Return a small whole number; 0 where there is none."""
    text = cells.get(name, "").strip()
    return int(text) if re.fullmatch(r"\d{1,9}", text, re.ASCII) else 0


def _take_settings(survey: Survey, tables: Mapping[str, list[dict[str, str]]], languages: Sequence[str]) -> None:
    settings = next(iter(tables.get("surveys", [])), {})
    survey.id = settings.get("sid", "")
    survey.language = settings.get("language", "") or next(iter(languages), "")
    survey.languages = list(
        dict.fromkeys((survey.language, *languages, *settings.get("additional_languages", "").split()))
    )
    survey.languages = [language for language in survey.languages if language]
    survey.paging = settings.get("format", "")
    for cells in tables.get("surveys_languagesettings", []):
        title = flat(cells.get("surveyls_title", ""))
        survey.titles.setdefault(cells.get("surveyls_language", ""), title)


def _take_texts(
    survey: Survey,
    tables: Mapping[str, list[dict[str, str]]],
    owners: Mapping[str, SubQuestion],
    answers: Mapping[str, Answer],
) -> None:
    for cells in tables.get("group_l10ns", []):
        group = survey.groups.get(cells.get("gid", ""))
        if group is not None:
            _say(group.texts, cells, "group_name")
    for cells in tables.get("question_l10ns", []):
        question = survey.questions.get(cells.get("qid", "")) or owners.get(cells.get("qid", ""))
        if question is not None:
            _say(question.texts, cells, "question")
    for cells in tables.get("answer_l10ns", []):
        answer = answers.get(cells.get("aid", ""))
        if answer is not None:
            _say(answer.texts, cells, "answer")


def _say(texts: Texts, cells: Cells, name: str) -> None:
    if name in cells:
        texts.setdefault(cells.get("language", ""), flat(cells[name]))
