"""A survey of LimeSurvey → its structure: questions as code headings call them, and every name its columns go by.

Put here what LimeSurvey makes of each type of question; how its files are read is in ``limesurvey_structure``.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pipelines.readers.limesurvey.options import limits_of, option_of, options_of, spoken, text_in, with_ends
from pipelines.readers.limesurvey.survey import Group, LimeQuestion, SubQuestion, Survey, Texts, condition
from pipelines.readers.limesurvey.words import word
from pipelines.readers.structure import Option, Question, QuestionKind, Structure, StructureColumn

_SINGLE: Mapping[str, QuestionKind] = {
    "L": "choice",
    "!": "choice",
    "O": "choice",
    "5": "choice",
    "Y": "choice",
    "G": "choice",
    "I": "code",
    "N": "number",
    "S": "open_text",
    "T": "open_text",
    "U": "open_text",
    "D": "date",
    "*": "score",
    "|": "metadata",
}
_ROWS: Mapping[str, QuestionKind] = {
    "A": "choice",
    "B": "choice",
    "C": "choice",
    "E": "choice",
    "F": "choice",
    "H": "choice",
    "K": "number",
    "Q": "open_text",
}
Label = Texts | str


@dataclass(frozen=True)
class _Made:
    """A question and the columns that hold it."""

    question: Question | None
    columns: tuple[StructureColumn, ...]


@dataclass(frozen=True)
class _Place:
    """Where a column of a question is: in headings, in databases up to version 6, and in those from version 7 on.

    Attributes:
        aid: What stands in brackets; empty for the question's only column.
        old: What follows survey, group and question number.
        new: What follows the question's number.
        labels: What stands in brackets where texts are the headings: texts, or a word of LimeSurvey's own.
        scale: 0 or 1 in a dual scale.
    """

    aid: str = ""
    old: str = ""
    new: str = ""
    labels: tuple[Label, ...] = ()
    scale: int | None = None


def structure_of(survey: Survey, *, is_whole: bool) -> Structure:
    """Make the structure of a survey.

    Args:
        survey: The survey.
        is_whole: Whether it holds all groups, so that pages can be counted.
    """
    made = list(_all_made(survey, is_whole=is_whole))
    times = Counter(each.question.id for each in made if each.question is not None)
    questions = {each.question.id: each.question for each in made if each.question and times[each.question.id] == 1}
    unknown = [question.id for question in questions.values() if question.kind == "unknown"]
    shared = [question for question, n_times in times.items() if n_times > 1]
    warnings = (f"the type of these questions is not known: {', '.join(unknown)}",) if unknown else ()
    if shared:
        warnings += (f"several questions share these codes, so nothing is known of them: {', '.join(shared)}",)
    return Structure(
        platform="limesurvey",
        title=survey.titles.get(survey.language, ""),
        language=survey.language,
        questions=questions,
        columns=tuple(column for each in made for column in each.columns if times[column.question] <= 1),
        warnings=warnings,
    )


def _all_made(survey: Survey, *, is_whole: bool) -> Iterator[_Made]:
    n_groups, n_questions = 0, 0
    for group, questions in survey.in_order():
        n_groups += bool(questions)
        for question in questions:
            n_questions += 1
            page = {"S": n_questions, "A": 1}.get(survey.paging, n_groups)
            is_placed = is_whole and not group.is_shuffled
            yield from _Maker(survey, group, question, page if is_placed else None).make()
        yield _Made(None, tuple(_times(survey, group, questions)))


def _times(survey: Survey, group: Group, questions: Sequence[LimeQuestion]) -> Iterator[StructureColumn]:
    if not questions:
        return
    old = f"{survey.id}X{group.id}"
    yield StructureColumn(f"groupTime{group.id}", "", aliases=(f"{old}time", f"G{group.id}time"))
    for each in questions:
        yield StructureColumn(f"{each.code}Time", "", aliases=(f"{old}X{each.id}time", f"Q{each.id}time"))


@dataclass(frozen=True)
class _Maker:
    """Makes the columns of one question."""

    survey: Survey
    group: Group
    lime: LimeQuestion
    page: int | None

    def make(self) -> Iterator[_Made]:
        """Make every column of the question, in the order in which exports have them; that of a mere text is empty."""
        kind = self.lime.kind
        if kind in _BY_TYPE:
            yield from _BY_TYPE[kind](self)
        elif kind in _ROWS:
            yield from self._rows(_ROWS[kind])
        elif kind == "X":
            yield _Made(None, (replace(self._column(_Place()), question=""),))
        else:
            yield from self._single(_SINGLE.get(kind, "unknown"))

    def _single(self, kind: QuestionKind) -> Iterator[_Made]:
        options = options_of(self.lime, self.survey, 0)
        if kind == "code":
            options = tuple(Option(language, language) for language in self.survey.languages)
        yield self._made(self._question(kind, options=options), _Place())
        if self.lime.has_other and self.lime.kind in "L!":
            yield self._text(_Place("other", "other", "_Cother", ("other",)))
        if self.lime.kind == "O":
            yield self._text(_Place("comment", "comment", "_Ccomment", ("comment",)), also=("_Ccomment",))
        if self.lime.kind == "|":
            place = _Place("filecount", "_filecount", "_Cfilecount")
            yield _Made(None, (replace(self._column(place), question=""),))

    def _rows(self, kind: QuestionKind) -> Iterator[_Made]:
        options = options_of(self.lime, self.survey, 0)
        for sub in self._subs(0):
            place = _Place(sub.code, sub.code, f"_S{sub.id}", (sub.texts,))
            yield self._made(self._question(kind, place=place, sub=sub, options=options), place)

    def dual(self) -> Iterator[_Made]:
        """Make the two columns of every row of a dual scale."""
        for sub in self._subs(0):
            for scale in (0, 1):
                suffix = f"#{scale}"
                labels: tuple[Label, ...] = (sub.texts, f"scale {scale + 1}")
                place = _Place(sub.code, sub.code + suffix, f"_S{sub.id}{suffix}", labels, scale)
                question = self._question(
                    "choice", place=place, sub=sub, options=options_of(self.lime, self.survey, scale)
                )
                header = self.lime.attributes.get(f"dualscale_header{'AB'[scale]}", "")
                stem = f"{question.stem} [{header}]" if header else question.stem
                yield self._made(replace(question, battery=f"{self.lime.code}#{scale + 1}", stem=stem), place)

    def multiple(self) -> Iterator[_Made]:
        """Make one column an option, with its comment, and those of "other"."""
        subs = self._subs(0)
        options = tuple(option_of(sub.code, sub.texts, self.survey.language) for sub in subs)
        question = self._question("multiple_choice", options=options)
        for number, sub in enumerate(subs):
            place = _Place(sub.code, sub.code, f"_S{sub.id}", (sub.texts,))
            yield _Made(None if number else question, (self._column(place, option=sub.code),))
            if self.lime.kind == "P":
                comment = f"{sub.code}comment"
                yield self._text(_Place(comment, comment, f"_S{sub.id}_Ccomment", (sub.texts, "comment")))
        if self.lime.has_other:
            yield self._text(_Place("other", "other", "_Cother", ("other",)))
        if self.lime.has_other and self.lime.kind == "P":
            yield self._text(_Place("othercomment", "othercomment", "_Cothercomment", ("other_comment",)))

    def grid(self) -> Iterator[_Made]:
        """Make one column a cell of a grid of numbers, texts or ticks."""
        is_ticked = self.lime.kind == ":" and self.lime.attributes.get("multiflexible_checkbox") == "1"
        columns = self._subs(1)
        options = tuple(option_of(column.code, column.texts, self.survey.language) for column in columns)
        for row in self._subs(0):
            row_place = _Place(row.code, labels=(row.texts,))
            ticked = self._question("multiple_choice", place=row_place, sub=row, options=options)
            for number, column in enumerate(columns):
                aid = f"{row.code}_{column.code}"
                place = _Place(aid, aid, f"_S{row.id}_S{column.id}", (row.texts, column.texts))
                if is_ticked:
                    made = replace(self._column(place, option=column.code), question=ticked.id)
                    yield _Made(None if number else ticked, (made,))
                else:
                    kind: QuestionKind = "number" if self.lime.kind == ":" else "open_text"
                    question = self._question(kind, place=place, sub=row)
                    yield self._made(replace(question, text=self._joined(row, column)), place)

    def ranking(self) -> Iterator[_Made]:
        """Make one column a rank."""
        answers = sorted(self.lime.answers, key=lambda answer: answer.order)
        most = self.lime.attributes.get("max_subquestions", "")
        n_ranks = min(int(most), len(answers)) if most.isdecimal() and int(most) else len(answers)
        for rank in range(1, n_ranks + 1):
            answer_id = answers[rank - 1].id
            place = _Place(str(rank), str(rank), f"_R{answer_id}", (f"rank {rank}",))
            question = self._question("ranking", place=place, options=options_of(self.lime, self.survey, 0))
            question = replace(question, text=f"{word('rank', self.survey.language)} {rank}", battery=self.lime.code)
            yield self._made(question, place, also=(answer_id,) if answer_id else ())

    def _question(
        self,
        kind: QuestionKind,
        place: _Place | None = None,
        sub: SubQuestion | None = None,
        options: tuple[Option, ...] = (),
    ) -> Question:
        """Make a question: the whole one, or one of its rows with the whole one as its stem."""
        lime, language = self.lime, self.survey.language
        own = lime.texts if sub is None else sub.texts
        least, most = limits_of(self.lime) if kind == "number" else (None, None)
        return Question(
            id=lime.code if place is None else self._column(place).name,
            text=with_ends(text_in(own, language)) if self.lime.kind == "K" else text_in(own, language),
            kind=kind,
            stem="" if place is None else text_in(lime.texts, language),
            battery="" if sub is None else lime.code,
            options=options,
            page=self.page,
            section=text_in(self.group.texts, language),
            shown_if=condition(self.group.relevance, lime.relevance, sub.relevance if sub else ""),
            is_required=lime.is_mandatory,
            is_personal_data=lime.is_encrypted or lime.kind == "|",
            least=least,
            most=most,
            texts={key: text for key, text in own.items() if text} if len(self.survey.languages) > 1 else {},
        )

    def _text(self, place: _Place, also: tuple[str, ...] = ()) -> _Made:
        """Make the text that goes with an option."""
        question = self._question("other_text", place=place)
        label = place.labels[-1]
        text = word(label, self.survey.language) if isinstance(label, str) else text_in(label, self.survey.language)
        return self._made(replace(question, text=text, is_required=False, texts={}), place, also)

    def _made(self, question: Question, place: _Place, also: tuple[str, ...] = ()) -> _Made:
        return _Made(question, (replace(self._column(place, also), question=question.id),))

    def _column(self, place: _Place, also: tuple[str, ...] = (), option: str = "") -> StructureColumn:
        lime, survey = self.lime, self.survey
        scale = "" if place.scale is None else f"[{place.scale + 1}]"
        name = lime.code + (f"[{place.aid}]" if place.aid else "") + scale
        spoken = lime.code + (f"_{place.aid}" if place.aid else "")
        spoken += "" if place.scale is None else f"_{place.scale}"
        aliases = (
            spoken,
            f"{survey.id}X{lime.group}X{lime.id}{place.old}",
            f"Q{lime.id}{place.new}",
            *(f"{lime.code}[{each}]" for each in also),
            *(f"{lime.code}_{each}" for each in also),
        )
        return StructureColumn(name, lime.code, option, aliases, self._headings(place))

    def _headings(self, place: _Place) -> tuple[str, ...]:
        """Write what the column is called where texts are the headings, in every language of the survey."""
        found: list[str] = []
        for language in self.survey.languages or [""]:
            headings = [text_in(self.lime.texts, language)]
            for label in place.labels:
                texts = spoken(label) if isinstance(label, str) else (text_in(label, language),)
                headings = [f"{heading} [{text}]" for heading in headings for text in texts]
            found += [f"filecount - {each}" for each in headings] if place.aid == "filecount" else headings
        return tuple(dict.fromkeys(found))

    def _subs(self, scale: int) -> list[SubQuestion]:
        return sorted((each for each in self.lime.sub_questions if each.scale == scale), key=lambda each: each.order)

    def _joined(self, row: SubQuestion, column: SubQuestion) -> str:
        language = self.survey.language
        return f"{text_in(row.texts, language)} [{text_in(column.texts, language)}]"


_BY_TYPE: Mapping[str, Callable[[_Maker], Iterator[_Made]]] = {
    "1": _Maker.dual,
    ":": _Maker.grid,
    ";": _Maker.grid,
    "M": _Maker.multiple,
    "P": _Maker.multiple,
    "R": _Maker.ranking,
}
