"""What the cells of a LimeSurvey column mean: its role, question and option, signs of not shown, ticked, withheld.

Put here meanings of cells; which column a header is, is found before.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from instruments.sections.response_scale import MissingReason
from pipelines.readers.headers import reduced_name
from pipelines.readers.limesurvey.headings import PERSONAL, Heading, Headings, is_attribute
from pipelines.readers.limesurvey.lookup import Lookup
from pipelines.readers.limesurvey.words import NOT_SHOWN, words
from pipelines.readers.plan import Head, PlannedColumn, Role, Written, fold
from pipelines.readers.structure import Question, Structure, StructureColumn

_ROLE_OF_KIND: Mapping[str, Role] = {
    "choice": "item",
    "multiple_choice": "multiple_choice_option",
    "number": "item",
    "date": "item",
    "code": "item",
    "ranking": "item",
    "open_text": "open_text",
    "other_text": "other_text",
    "score": "score",
    "metadata": "metadata",
}
_ANONYMISED_TIMES = ("1980-01-01 00:00:00", "1980-01-01 00:00", "1980-01-01")
_TIMES = frozenset({"submitdate", "startdate", "datestamp"})
_TICKED = frozenset({"y"})
_UNTICKED = frozenset({"n"})
_BOX_TICKED = frozenset({"1"})
_BOX_UNTICKED = frozenset({"0"})
_CONVERTED_TICKED = frozenset({"1"})
_CONVERTED_UNTICKED = frozenset({"0", "2"})
_YES = frozenset(map(fold, words("yes")))
_NO = frozenset(map(fold, words("no")))
_NOT_APPLICABLE = tuple(map(fold, words("not_applicable")))
_TRANSLATED = ({"Y", "N"}, {"F", "M"})
_RANK = re.compile(rf"\[(?:{'|'.join(map(re.escape, (*words('rank'), 'Ranking')))}) \d+\]$", re.IGNORECASE)
_COUNT_OF = re.compile(r"^filecount - |\[filecount\]$|_filecount$", re.IGNORECASE)
_ROW_OF_GRID = re.compile(r"grid\d+[\[_]([A-Za-z0-9]+)\]?")
MINUS = "m"
_LEAST_SHARE_KNOWN = 0.8
_OTHER = ("[other]", "comment]", "_other", "othercomment")
_PARTICIPANT = "participant_"


@dataclass(frozen=True)
class Form:
    """An export with everything that is known of it before its cells are read."""

    head: Head
    headings: Headings
    found: Lookup
    structure: Structure | None

    @property
    def states_not_shown(self) -> bool:
        """Whether cells tell questions that were not shown from those left blank."""
        return self.headings.layout in ("vv", "xml")

    @cached_property
    def codes(self) -> frozenset[str]:
        """All codes in the headers, without what stands in brackets."""
        return frozenset(each.code.split("[", 1)[0] for each in self.headings.each if each.code)

    @cached_property
    def _counted(self) -> frozenset[str]:
        """Names of the columns whose files are counted in a column of their own."""
        names = [each.name for each in self.headings.each if _is_file_count(each)]
        return frozenset(
            re.sub(r"^filecount - |\[filecount\]|_filecount", "", name, flags=re.IGNORECASE) for name in names
        )

    def is_upload(self, heading: Heading) -> bool:
        """Say whether the column holds uploaded files, which name them as the respondent did."""
        return heading.name in self._counted

    @cached_property
    def _is_of_survey(self) -> bool:
        """Whether the structure knows nearly all columns."""
        pairs = zip(self.headings.each, self.found.columns, strict=True)
        asked = [column for each, column in pairs if each.header and not each.own and not each.is_time]
        n_known = sum(1 for column in asked if column is not None)
        return self.structure is not None and n_known >= _LEAST_SHARE_KNOWN * len(asked)

    def is_added(self, heading: Heading) -> bool:
        """Say whether a header in words was added from outside: the structure knows nearly all others, and not it."""
        return not heading.code and self._is_of_survey and heading.header not in self.found.unclear

    @property
    def written(self) -> Written:
        """What cells hold: codes where the export states what was not shown; otherwise it does not say."""
        return "codes" if self.states_not_shown else ""

    @cached_property
    def texts_of_choices(self) -> Mapping[str, frozenset[str]]:
        """Id of a multiple choice → folded texts that occur in its options' columns, as far as rows were seen."""
        texts: dict[str, set[str]] = {}
        places = [(place, each) for place, each in enumerate(self.found.columns) if each is not None and each.option]
        for row in self.head.rows[self.headings.n_rows :]:
            for place, column in places:
                if place < len(row):
                    texts.setdefault(column.question, set()).add(fold(row[place]))
        return {question: frozenset(found) for question, found in texts.items()}


def planned_column(form: Form, position: int, name: str) -> PlannedColumn:
    """Plan one column."""
    heading, column = form.headings.each[position - 1], form.found.columns[position - 1]
    if column is not None and column.question and form.structure is not None:
        return _of_question(form, position, name, column, form.structure.questions[column.question])
    role = _role(form, heading, column)
    ticked, unticked = _marks(form, is_box=False) if role == "item" else (frozenset[str](), frozenset[str]())
    is_own = bool(heading.own) or role in ("metadata", "timing")
    is_written_out = form.states_not_shown and not is_own
    opt_outs: dict[str, MissingReason] = dict.fromkeys(_ANONYMISED_TIMES, "redacted") if heading.own in _TIMES else {}
    return PlannedColumn(
        position=position,
        name=name,
        source_id=column.name if column else (heading.code or name),
        role=role,
        question_text=heading.text,
        opt_outs={**opt_outs, **({NOT_SHOWN: "not_administered"} if is_written_out else {})},
        blank_means="seen_unanswered" if is_written_out else "unknown_blank",
        written="" if is_own else form.written,
        is_personal_data=_is_personal(form, heading, column),
        blanks=frozenset({NOT_SHOWN}) if is_own and form.headings.layout == "vv" else frozenset(),
        question=_ranking(name, heading) if role == "item" else None,
        page=name if role == "timing" and _is_page_time(heading, column) else "",
        ticked=ticked,
        unticked=unticked,
        reduced=_reduced(heading.code) if role in _ROLE_OF_KIND.values() else "",
        minus=MINUS,
    )


def reads_conversions(form: Form, columns: Sequence[PlannedColumn]) -> bool:
    """Say whether options' cells hold the numbers that LimeSurvey converts Y and N to."""
    questions = {each.question.id for each in columns if each.option and each.question and not each.question.battery}
    texts = [found for question, found in form.texts_of_choices.items() if question in questions]
    return any(found & (_CONVERTED_TICKED | _CONVERTED_UNTICKED) for found in texts)


def _of_question(form: Form, position: int, name: str, column: StructureColumn, question: Question) -> PlannedColumn:
    is_option = bool(column.option)
    ticked, unticked = (
        _marks(form, is_box=bool(question.battery)) if is_option else (frozenset[str](), frozenset[str]())
    )
    return PlannedColumn(
        position=position,
        name=name,
        source_id=column.name,
        role=_ROLE_OF_KIND.get(question.kind, "unknown"),
        question_text=_text(question, column),
        opt_outs=_opt_outs(form, question),
        blank_means="seen_unanswered" if form.states_not_shown else "unknown_blank",
        written=form.written,
        is_personal_data=question.is_personal_data,
        question=question,
        option=column.option,
        ticked=ticked,
        unticked=unticked,
        blank_is_unticked=not form.texts_of_choices.get(question.id, frozenset()) & unticked,
        reduced=_reduced(column.name),
        minus=MINUS,
    )


def _reduced(code: str) -> str:
    """Return the name of a column without signs; of a row of a grid that has no name of its own, that of the row."""
    row = _ROW_OF_GRID.fullmatch(code)
    return reduced_name(row[1] if row else code)


def _marks(form: Form, *, is_box: bool) -> tuple[frozenset[str], frozenset[str]]:
    """Return what means ticked and not ticked: codes, and in CSV the words and numbers they may be exported as."""
    if is_box:
        return _BOX_TICKED, _BOX_UNTICKED
    if form.states_not_shown:
        return _TICKED, _UNTICKED
    return _TICKED | _YES | _CONVERTED_TICKED, _UNTICKED | _NO | _CONVERTED_UNTICKED


def _opt_outs(form: Form, question: Question) -> dict[str, MissingReason]:
    """Return the signs of not shown; among translated answers LimeSurvey writes its word for "N/A" there."""
    if form.states_not_shown:
        return {NOT_SHOWN: "not_administered"}
    is_translated = question.kind == "multiple_choice" or {option.code for option in question.options} in _TRANSLATED
    return dict.fromkeys(_NOT_APPLICABLE, "not_administered") if is_translated else {}


def _text(question: Question, column: StructureColumn) -> str:
    """Return what was asked in the column: stem, and row or option."""
    option = next((each.label for each in question.options if column.option and each.code == column.option), "")
    return f"{question.whole_text} [{option}]" if option else question.whole_text


def _role(form: Form, heading: Heading, column: StructureColumn | None) -> Role:
    code = heading.code.lower()
    if not heading.header:
        return "unknown"
    if heading.is_time or _is_time_of(form, heading, column):
        return "timing"
    if heading.own or column is not None or is_attribute(code) or _is_file_count(heading) or form.is_upload(heading):
        return "metadata"
    if form.headings.layout == "xml" and code.startswith(_PARTICIPANT):
        return "metadata"
    if form.is_added(heading):
        return "embedded"
    return "other_text" if code.endswith(_OTHER) or heading.header.lower().endswith(_other_words()) else "item"


def _is_page_time(heading: Heading, column: StructureColumn | None) -> bool:
    """Say whether a time is that of a group of questions, which by default is a page."""
    code = column.name if column is not None else heading.code
    return heading.is_page_time or code.startswith("groupTime")


def _is_time_of(form: Form, heading: Heading, column: StructureColumn | None) -> bool:
    """Say whether the code is that of a question with ``Time`` behind it, and the question is there too."""
    if column is not None:
        return not column.question and column.name.endswith("Time") and not column.headings
    if form.structure is not None or not heading.code.endswith("Time"):
        return False
    return heading.code.removesuffix("Time") in form.codes


def _is_file_count(heading: Heading) -> bool:
    header = heading.header.lower()
    in_code = heading.code.lower().endswith(("[filecount]", "_filecount"))
    return in_code or header.startswith("filecount - ") or heading.text.lower().startswith("filecount - ")


def _is_personal(form: Form, heading: Heading, column: StructureColumn | None) -> bool:
    code = heading.code.lower()
    if heading.own in PERSONAL or is_attribute(code) or code == f"{_PARTICIPANT}participant_id":
        return True
    return column is None and (form.is_upload(heading) or _role(form, heading, column) == "embedded")


def _other_words() -> tuple[str, ...]:
    return tuple(f"[{each.lower()}]" for key in ("other", "comment", "other_comment") for each in words(key))


def _ranking(name: str, heading: Heading) -> Question | None:
    """Return a question that says the column holds a rank, where the header says so and no structure is known."""
    if _RANK.search(heading.header) is None:
        return None
    battery = heading.code.split("[", 1)[0] if heading.code else _RANK.sub("", heading.header).strip()
    return Question(heading.code or name, heading.text, "ranking", battery=battery)
