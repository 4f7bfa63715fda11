"""Columns of a Qualtrics export → questions and options of the survey's structure, by ImportId or by name.

Without ImportIds a column is found by what exports may call it: question tag, row tag, row id or place, recode. Where
names leave a choice, the question text in the second header row decides; where there is none, a warning says so.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipelines.readers.headers import listed
from pipelines.readers.plan import fold
from pipelines.readers.qualtrics.columns import QualtricsHeader, loop_of, question_id
from pipelines.readers.structure import Option, Question, Structure

_WRITTEN_BY_HAND = ("open_text", "number")


@dataclass(frozen=True)
class Found:
    """What a column holds: a question, and for a column of one option also the option; nothing when it is unknown."""

    question: Question | None = None
    option: Option | None = None

    @property
    def source_id(self) -> str:
        """Return the id of the question, for an option with that of the option."""
        if self.question is None:
            return ""
        return self.question.id if self.option is None else f"{self.question.id}_{self.option.id or self.option.code}"


def find_questions(
    structure: Structure, headers: Sequence[QualtricsHeader], *, is_legacy: bool
) -> tuple[list[Found], tuple[str, ...]]:
    """Find what every column holds.

    Args:
        structure: The survey's definition.
        headers: Every column.
        is_legacy: Whether options are numbered by place rather than by recode.

    Returns:
        What was found, column by column, and warnings of columns that names alone could not tell apart.
    """
    if any(header.import_id for header in headers):
        return [_by_import_id(structure, header) for header in headers], ()
    return _by_names(structure, headers, is_legacy=is_legacy)


def says(header_text: str, label: str) -> bool:
    """Say whether a header text ends with a label, as ``Question - Row`` does with ``Row``."""
    text, end = fold(header_text), fold(label)
    before = text[: -len(end)].rstrip() if end and text.endswith(end) else None
    return before is not None and (not before or before[-1] in "-–:|")


def _by_import_id(structure: Structure, header: QualtricsHeader) -> Found:
    identity = question_id(header) or header.import_id
    for candidate in _spellings_of_id(identity):
        question = structure.questions.get(candidate)
        if question is not None and candidate != identity and question.kind not in _WRITTEN_BY_HAND:
            continue
        if question is not None and question.kind != "multiple_choice":
            return Found(question)
        if question is not None:
            option = _option(question, header.choice_id) if header.choice_id else None
            return Found(question, option) if option or not header.choice_id else Found()
        parent, _, choice = candidate.rpartition("_")
        question = structure.questions.get(parent)
        if question is not None and question.kind == "multiple_choice":
            option = _option(question, choice)
            if option is not None:
                return Found(question, option)
    return _only_text_beside(structure, identity)


def _spellings_of_id(identity: str) -> Iterator[str]:
    """Yield the id; some layouts write ``_TEXT`` after the fields of a form or a matrix and leave it out elsewhere."""
    yield identity
    yield identity.removesuffix("_TEXT") if identity.endswith("_TEXT") else f"{identity}_TEXT"


def _only_text_beside(structure: Structure, identity: str) -> Found:
    """Find the text of a question by ``QID1_TEXT``, where only one of its choices has one."""
    if not identity.endswith("_TEXT"):
        return Found()
    beginning = identity.removesuffix("TEXT")
    texts = [each for each in structure.questions.values() if each.kind == "other_text"]
    texts = [each for each in texts if each.id.startswith(beginning)]
    return Found(texts[0]) if len(texts) == 1 else Found()


def _option(question: Question, choice_id: str) -> Option | None:
    return next((each for each in question.options if (each.id or each.code) == choice_id), None)


def _by_names(
    structure: Structure, headers: Sequence[QualtricsHeader], *, is_legacy: bool
) -> tuple[list[Found], tuple[str, ...]]:
    names = _Names(structure)
    times = Counter(header.name for header in headers)
    seen: Counter[str] = Counter()
    found: list[Found] = []
    unclear: list[str] = []
    for header in headers:
        candidates = names.questions(header, seen[header.name], times[header.name])
        seen[header.name] += 1
        question = next((each for each in candidates if says(header.text, each.text)), None)
        if question is None and len({each.id for each in candidates}) > 1:
            unclear.append(header.name)
        found.append(Found(question or (candidates[0] if candidates else None)))
    options, unclear_options = names.options(headers, found, is_legacy=is_legacy)
    unclear += unclear_options
    warnings = (
        f"names alone do not say which row or option these columns hold: {listed(unclear)}; rows were taken by their "
        "ids, options by their recodes; check them, or use an export with its three header rows",
    )
    return options, warnings if unclear else ()


class _Names:
    """Names that exports give to the columns of a survey."""

    def __init__(self, structure: Structure) -> None:
        questions = list(structure.questions.values())
        most = max((len(question.names) for question in questions), default=0)
        self._ranks: list[dict[str, list[Question]]] = [{} for _ in range(most)]
        self._split: dict[str, Question] = {}
        for question in questions:
            for rank, name in enumerate(question.names):
                self._ranks[rank].setdefault(name, []).append(question)
                if question.kind == "multiple_choice":
                    self._split.setdefault(name, question)

    def questions(self, header: QualtricsHeader, place: int, times: int) -> list[Question]:
        """Return the questions that a header may mean, the likeliest first.

        Args:
            header: The header.
            place: How many columns of this name stood before it.
            times: How many columns have this name.
        """
        name = header.name
        for spelling in (name, name.removeprefix(loop_of(header))):
            candidates: list[Question] = []
            for rank in self._ranks:
                named = rank.get(spelling, [])
                candidates += [named[place]] if len(named) == times else named
            if candidates:
                return _different(candidates)
        return []

    def options(
        self, headers: Sequence[QualtricsHeader], found: Sequence[Found], *, is_legacy: bool
    ) -> tuple[list[Found], list[str]]:
        """Find the columns that hold one option of a multiple choice; return all columns and the unclear names."""
        groups: dict[str, dict[int, str]] = {}
        for index, (header, each) in enumerate(zip(headers, found, strict=True)):
            name = header.name.removeprefix(loop_of(header))
            base, _, ending = name.rpartition("_")
            if each.question is None and base in self._split and ending in _endings(self._split[base]):
                groups.setdefault(loop_of(header) + base, {})[index] = ending
        result, unclear = list(found), list[str]()
        for endings in groups.values():
            first = headers[min(endings)]
            question = self._split[first.name.removeprefix(loop_of(first)).rpartition("_")[0]]
            ways = _readings(question, set(endings.values()), is_legacy=is_legacy)
            is_twice = len(set(endings.values())) < len(endings)
            for index, ending in endings.items():
                told = [each for each in question.options if says(headers[index].text, each.label)]
                named = [way[ending] for way in ways]
                if told or named:
                    option = max(told, key=lambda each: len(each.label)) if told else named[0]
                    result[index] = Found(question, option)
                    if is_twice or (not told and any(each != option for each in named)):
                        unclear.append(headers[index].name)
        return result, unclear


def _readings(question: Question, endings: set[str], *, is_legacy: bool) -> list[Mapping[str, Option]]:
    """Return the ways in which the endings of all columns of a question name its options, the likeliest first."""
    by_code, by_id, by_place = _ways(question)
    ways = (by_place, by_id, by_code) if is_legacy else (by_code, by_id, by_place)
    return [way for way in ways if endings <= way.keys()]


def _ways(question: Question) -> tuple[Mapping[str, Option], Mapping[str, Option], Mapping[str, Option]]:
    return (
        {option.code: option for option in question.options},
        {option.id or option.code: option for option in question.options},
        {str(place): option for place, option in enumerate(question.options, start=1)},
    )


def _endings(question: Question) -> frozenset[str]:
    """Return whatever may stand behind the tag of a multiple choice."""
    return frozenset(ending for way in _ways(question) for ending in way)


def _different(questions: Sequence[Question]) -> list[Question]:
    return list({question.id: question for question in questions}.values())
