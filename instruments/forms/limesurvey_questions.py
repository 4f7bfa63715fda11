"""A form → the groups, questions, rows and options of a LimeSurvey survey, and the codes they have there.

LimeSurvey takes letters and digits only. A question is called like its item without underscores; a grid ``grid1``,
``grid2`` …, its rows like their items; a negative code of an option has M for its sign, so that -8 is M8. Our reader
knows these names. How the two kinds of file are written is in ``limesurvey`` and ``limesurvey_tabs``.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from instruments.forms.pages import Block, Page, pages_of, said
from instruments.forms.refusal import FormFault, refuse
from instruments.forms.spec import Form
from instruments.spec import Instrument
from instruments.spec_file import Texts

LONGEST_CODE = 20
LONGEST_ANSWER_CODE = 5
LONGEST_TITLE = 200
MOST_COLUMNS = 1_017
OWN_COLUMNS = 10
_RESERVED = frozenset({"lang", "sid", "savedid", "token", "qid", "gid", "sgq", "self", "that", "this", "time", "other"})
_TYPES = {"multiple_choice": "M", "choice": "L", "number": "N", "date": "D", "code": "S", "open_text": "T"}
_PLATFORM = "LimeSurvey"


@dataclass(frozen=True)
class Coded:
    """A row of a question or an answer option: its code and its texts."""

    code: str
    texts: Texts


@dataclass(frozen=True)
class LimeQuestion:
    """One question.

    Attributes:
        kind: LimeSurvey's type: F array, K numbers, M multiple choice, L choice, N number, T text, X text to read …
        code: Its code.
        texts: What it asks; empty texts by language are those of a grid without a stem.
        rows: Sub-questions.
        answers: Answer options.
        attributes: Its attributes that are not LimeSurvey's defaults.
    """

    kind: str
    code: str
    texts: Texts
    rows: tuple[Coded, ...] = ()
    answers: tuple[Coded, ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class LimeGroup:
    """One group, which is one page: its number, its title, empty where the form gives none, and its questions."""

    number: int
    title: Texts
    questions: tuple[LimeQuestion, ...]


def groups_of(form: Form, instruments: Mapping[str, Instrument], labels: Mapping[str, Texts]) -> tuple[LimeGroup, ...]:
    """Arrange a form as LimeSurvey's groups.

    Raises:
        UsageError: When a text is missing in a language, or LimeSurvey does not take the form: a name, a code or a
            title too long, two names that are the same without underscores, more columns than its database holds.
    """
    pages = pages_of(form, instruments, labels)
    numbers = iter(range(1, 1 + sum(len(page.blocks) for page in pages)))
    groups = tuple(LimeGroup(page.number, page.title, tuple(_questions(page, numbers))) for page in pages)
    refuse(form, [*_faults_of_names(pages), *_faults_of_answers(pages), *_faults_of_size(form, groups)], _PLATFORM)
    return groups


def survey_number(form: Form) -> str:
    """Return the number of the survey, always the same for the same name; LimeSurvey takes another if it is in use."""
    return str(100_000 + int.from_bytes(hashlib.sha256(form.name.encode()).digest()[:4], "big") % 900_000)


def as_html(text: str) -> str:
    """Return a plain text as LimeSurvey stores it; braces are no expressions."""
    plain = escape(text, quote=False).replace("{", "&#123;").replace("}", "&#125;")
    return plain.replace("\n", "<br />")


def code_of(name: str) -> str:
    """Return a name as LimeSurvey takes it; an x keeps digits apart, so that Q1_1 is not Q11."""
    return re.sub(r"_+", "", re.sub(r"(?<=\d)_+(?=\d)", "x", name))


def _answer_code(code: int) -> str:
    return str(code) if code >= 0 else f"M{-code}"


def _questions(page: Page, numbers: Iterator[int]) -> Iterator[LimeQuestion]:
    if page.text:
        yield LimeQuestion("X", f"text{page.number}", page.text)
    for block in page.blocks:
        yield _question(block, next(numbers))


def _question(block: Block, number: int) -> LimeQuestion:
    answers = tuple(Coded(_answer_code(each.code), each.label) for each in block.options)
    if block.kind == "grid":
        return LimeQuestion("F", f"grid{number}", block.text, _rows(block), answers)
    if block.kind == "sum":
        limits = (("equals_num_value", str(block.total)), *_limits(block), ("value_range_allows_missing", "1"))
        return LimeQuestion("K", f"grid{number}", block.text, _rows(block), attributes=limits)
    rows, answers = (answers, ()) if block.kind == "multiple_choice" else ((), answers)
    attributes = tuple(_limits(block)) if block.kind == "number" else ()
    return LimeQuestion(_TYPES[block.kind], code_of(block.name), block.item.text, rows, answers, attributes)


def _rows(block: Block) -> tuple[Coded, ...]:
    return tuple(Coded(code_of(name), item.text) for name, item in block.items.items())


def _limits(block: Block) -> Iterator[tuple[str, str]]:
    """Yield the limits that all numbers of a block share."""
    for name, of_items in (
        ("min_num_value_n", {item.least for item in block.items.values()}),
        ("max_num_value_n", {item.most for item in block.items.values()}),
    ):
        limit = of_items.pop() if len(of_items) == 1 else None
        if limit is not None:
            yield name, f"{limit:.15g}"


def _faults_of_names(pages: Sequence[Page]) -> Iterator[FormFault]:
    owner: dict[str, str] = {}
    for page in pages:
        for name in (name for block in page.blocks for name in block.items):
            code, place = code_of(name), ("items", name)
            if len(code) > LONGEST_CODE:
                long = f"{len(code)} characters of at most {LONGEST_CODE}; shorten the name of the item"
                yield FormFault(page.number, f"{name} is {code} without underscores, {long}", within=place)
            if code.lower() in _RESERVED or re.fullmatch(r"(grid|text)\d+", code.lower()):
                message = f"{name} is {code} without underscores, which is reserved; rename the item"
                yield FormFault(page.number, message, within=place)
            other = owner.setdefault(code.lower(), name)
            if other != name:
                message = f"{other} and {name} are both {code} without underscores; rename one of the items"
                yield FormFault(page.number, message, within=place)


def _faults_of_answers(pages: Sequence[Page]) -> Iterator[FormFault]:
    for page in pages:
        for block in page.blocks:
            for each in block.options:
                code = _answer_code(each.code)
                if len(code) > LONGEST_ANSWER_CODE:
                    long = f"{code}, {len(code)} characters of at most {LONGEST_ANSWER_CODE}"
                    message = f"option {each.code} of {block.scale} becomes {long}; give the option a smaller code"
                    yield FormFault(page.number, message, within=each.place)


def _faults_of_size(form: Form, groups: Sequence[LimeGroup]) -> Iterator[FormFault]:
    n_columns = sum(len(each.rows) or 1 for group in groups for each in group.questions)
    if n_columns > MOST_COLUMNS - OWN_COLUMNS:
        yield FormFault(
            0,
            f"its {n_columns} columns and LimeSurvey's own {OWN_COLUMNS} are more than the {MOST_COLUMNS} of a table "
            "in MySQL (InnoDB); ask fewer items or split the form",
            key="sections",
        )
    for language in form.languages:
        title = said(form.title, language)
        if len(title) > LONGEST_TITLE:
            message = f"the title in {language} has {len(title)} characters of at most {LONGEST_TITLE}; shorten it"
            yield FormFault(0, message, key="title")
