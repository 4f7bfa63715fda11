"""One question of a Qualtrics definition → the questions that its export columns answer, one a column or matrix row.

Ids are ImportIds with ``_`` between their parts: ``QID3`` a choice, ``QID3_2`` a row of a matrix, ``QID5#1_2`` a row of
a side-by-side column, ``QID2_TEXT`` a text, ``QID3_2_TEXT`` the text beside a choice. Pages and blocks are elsewhere.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pipelines.readers.qualtrics.options import allows_several, choice_label, options_of, ordered
from pipelines.readers.qualtrics.texts import condition, entries, mapping, plain
from pipelines.readers.structure import Option, Question, QuestionKind

_CLICKS = ("FIRST_CLICK", "LAST_CLICK", "PAGE_SUBMIT", "CLICK_COUNT")
_FILE = ("FILE_ID", "FILE_NAME", "FILE_SIZE", "FILE_TYPE")
_BROWSER = ("BROWSER", "VERSION", "OS", "RESOLUTION")
_PERSONAL_CONTENT = frozenset({"ValidEmail", "ValidPhone", "ValidZip"})
_WITHOUT_COLUMNS = frozenset({"DB", "Captcha"})


@dataclass(frozen=True)
class Payload:
    """A question as Qualtrics writes it, and what all its parts have in common.

    Attributes:
        id: QuestionID, without the number of a loop.
        tag: DataExportTag.
        content: The payload.
        common: What every part of it shares: text, condition, whether it must be answered.
    """

    id: str
    tag: str
    content: Mapping[str, Any]
    common: Question


def questions_of(content: Mapping[str, Any]) -> tuple[Question, ...]:
    """Read one question.

    Args:
        content: The payload of an ``SQ`` element, or an entry of ``Questions`` of a survey-definition.

    Returns:
        Its parts in the order of the export's columns; none for descriptive texts. A type that is not known gives one
        question of kind ``unknown``.
    """
    question_id = str(content.get("QuestionID") or "")
    tag = plain(content.get("DataExportTag")) or question_id
    settings = mapping(mapping(content.get("Validation")).get("Settings"))
    common = Question(
        id=question_id,
        text=plain(content.get("QuestionText")),
        kind="unknown",
        shown_if=condition(content.get("DisplayLogic")),
        is_required=str(settings.get("ForceResponse")) == "ON",
        is_personal_data=str(settings.get("ContentType")) in _PERSONAL_CONTENT and settings.get("Type") != "None",
        texts={
            language.lower(): plain(words["QuestionText"])
            for language, words in entries(content.get("Language")).items()
            if plain(words.get("QuestionText"))
        },
        names=(tag,),
    )
    kind = str(content.get("QuestionType") or "")
    if kind in _WITHOUT_COLUMNS or not question_id:
        return ()
    read = _READERS.get(kind, _unknown)
    return tuple(read(Payload(question_id, tag, content, common)))


def _unknown(given: Payload) -> Iterator[Question]:
    yield given.common


def _choice(given: Payload) -> Iterator[Question]:
    options = options_of(given.content, "Choices", "ChoiceOrder")
    kind: QuestionKind = "multiple_choice" if allows_several(given.content) else "choice"
    yield replace(given.common, kind=kind, options=options)
    yield from _texts_beside(given, options)
    if given.content.get("Selector") == "NPS":
        yield _part(given, "NPS_GROUP", "score", given.common.text)


def _graphic_slider(given: Payload) -> Iterator[Question]:
    yield replace(given.common, kind="choice", options=options_of(given.content, "Choices", "ChoiceOrder"))


def _text(given: Payload) -> Iterator[Question]:
    if str(given.content.get("Selector")) == "FORM":
        for row, label, common in _rows(given):
            yield replace(common, kind="open_text", text=label, names=_names_of_row(given, row))
        return
    settings = mapping(mapping(given.content.get("Validation")).get("Settings"))
    is_number = settings.get("Type") == "ContentType" and settings.get("ContentType") == "ValidNumber"
    limits = mapping(settings.get("ValidNumber"))
    yield replace(
        given.common,
        id=f"{given.id}_TEXT",
        kind="number" if is_number else "open_text",
        least=_number(limits.get("Min")) if is_number else None,
        most=_number(limits.get("Max")) if is_number else None,
        names=(given.tag, f"{given.tag}_TEXT"),
    )


def _matrix(given: Payload) -> Iterator[Question]:
    selector = str(given.content.get("Selector") or "")
    if selector in ("TE", "CS"):
        yield from _cells(given, "open_text" if selector == "TE" else "number")
        return
    kind: QuestionKind = "multiple_choice" if allows_several(given.content) else "choice"
    kind = "ranking" if selector == "RO" else kind
    points = options_of(given.content, "Answers", "AnswerOrder")
    for row, label, common in _rows(given):
        options = _points_of_row(given, row) if selector == "Profile" else points
        yield replace(common, kind=kind, text=label, options=options, names=_names_of_row(given, row))
    yield from _texts_beside(given, [Option(row, label) for row, label, _ in _rows(given)])


def _cells(given: Payload, kind: QuestionKind) -> Iterator[Question]:
    """Read a matrix with a field in every cell: a question each, as every cell has a column."""
    answers = ordered(given.content.get("Answers"), given.content.get("AnswerOrder"))
    for row, label, common in _rows(given):
        for answer, cell in answers.items():
            yield replace(
                common,
                id=f"{common.id}_{answer}",
                kind=kind,
                text=f"{label} - {choice_label(cell)}" if choice_label(cell) else label,
                names=tuple(f"{name}_{answer}" for name in _names_of_row(given, row)),
            )


def _points_of_row(given: Payload, row: str) -> tuple[Option, ...]:
    answers = mapping(given.content.get("Answers")).get(row)
    return options_of({**given.content, "Answers": answers}, "Answers", "AnswerOrder")


def _side_by_side(given: Payload) -> Iterator[Question]:
    columns = entries(given.content.get("AdditionalQuestions"))
    for number, column in columns.items():
        if column.get("QuestionType") == "SBS":
            continue
        content = {"Choices": given.content.get("Choices"), "ChoiceOrder": given.content.get("ChoiceOrder"), **column}
        content["QuestionID"] = str(column.get("QuestionID") or f"{given.id}#{number}")
        content.setdefault("DataExportTag", f"{given.tag}#{number}")
        for question in questions_of(content):
            stem = " - ".join(filter(None, (given.common.text, question.stem or plain(column.get("QuestionText")))))
            shown_if = " And ".join(filter(None, (given.common.shown_if, question.shown_if)))
            yield replace(question, stem=stem, shown_if=shown_if, is_required=given.common.is_required)


def _slider(given: Payload) -> Iterator[Question]:
    settings = mapping(given.content.get("Configuration"))
    stars = _number(settings.get("StarCount")) if given.content.get("Selector") == "STAR" else None
    least = 0.0 if stars is not None else _number(settings.get("CSSliderMin"))
    most = stars if stars is not None else _number(settings.get("CSSliderMax"))
    rows = list(_rows(given))
    for row, label, common in rows:
        names = _names_of_row(given, row)
        is_alone = len(rows) == 1 and label and common.stem
        text = f"{common.stem} [{label}]" if is_alone else label or common.stem
        yield replace(common, kind="number", text=text, least=least, most=most, names=names)


def _constant_sum(given: Payload) -> Iterator[Question]:
    for row, label, common in _rows(given):
        yield replace(common, kind="number", text=label, names=_names_of_row(given, row))
    yield from _texts_beside(given, [Option(row, label) for row, label, _ in _rows(given)])


def _rank_order(given: Payload) -> Iterator[Question]:
    rows = list(_rows(given))
    for row, label, common in rows:
        names = _names_of_row(given, row)
        yield replace(common, kind="ranking", text=label, least=1.0, most=float(len(rows)), names=names)
    yield from _texts_beside(given, [Option(row, label) for row, label, _ in rows])


def _grid_of_choices(given: Payload) -> Iterator[Question]:
    """Read a question whose choices, as regions of a picture or levels of a list, each hold one of its answers."""
    options = options_of(given.content, "Answers", "AnswerOrder")
    for row, label, common in _rows(given):
        yield replace(common, kind="choice", text=label, options=options, names=_names_of_row(given, row))


def _timing(given: Payload) -> Iterator[Question]:
    for ending in _CLICKS:
        yield _part(given, ending, "timing", ending.replace("_", " ").capitalize())


def _browser(given: Payload) -> Iterator[Question]:
    for ending in _BROWSER:
        part = _part(given, ending, "metadata", ending.capitalize())
        yield replace(part, is_personal_data=ending == "BROWSER")


def _file(given: Payload) -> Iterator[Question]:
    for ending in _FILE:
        yield replace(_part(given, ending, "metadata", given.common.text), is_personal_data=True)


def _part(given: Payload, ending: str, kind: QuestionKind, text: str) -> Question:
    shown = "_".join((given.tag, ending.replace("_", " ").title()))
    return replace(
        given.common,
        id=f"{given.id}_{ending}",
        kind=kind,
        text=text,
        names=(shown, f"{given.tag}_{ending}"),
    )


def _rows(given: Payload) -> Iterator[tuple[str, str, Question]]:
    """Walk the choices that have columns of their own: id, label, and what the question lends every row."""
    languages = {name: entries(words.get("Choices")) for name, words in entries(given.content.get("Language")).items()}
    for row, choice in ordered(given.content.get("Choices"), given.content.get("ChoiceOrder")).items():
        of_row = condition(choice.get("DisplayLogic"))
        yield (
            row,
            choice_label(choice),
            replace(
                given.common,
                id=f"{given.id}_{row}",
                stem=given.common.text,
                battery=given.id,
                shown_if=" And ".join(filter(None, (given.common.shown_if, of_row))),
                texts={
                    language.lower(): plain(words[row].get("Display"))
                    for language, words in languages.items()
                    if row in words
                },
            ),
        )


def _names_of_row(given: Payload, row: str) -> tuple[str, ...]:
    """Return the names of a row's column: by its own tag, alone and after the question's; by its id; by its place."""
    tag = plain(mapping(given.content.get("ChoiceDataExportTags")).get(row))
    places = list(ordered(given.content.get("Choices"), given.content.get("ChoiceOrder")))
    own = (tag, f"{given.tag}_{tag}") if tag else ()
    return tuple(dict.fromkeys((*own, f"{given.tag}_{row}", f"{given.tag}_{places.index(row) + 1}")))


def _texts_beside(given: Payload, options: Sequence[Option]) -> Iterator[Question]:
    """Read the text fields beside choices or rows."""
    choices = entries(given.content.get("Choices"))
    for option in options:
        choice_id = option.id or option.code
        if str(choices.get(choice_id, {}).get("TextEntry")).lower() in ("true", "on", "1"):
            tag = plain(mapping(given.content.get("ChoiceDataExportTags")).get(choice_id))
            own = (f"{given.tag}{tag}",) if tag else ()
            beginnings = dict.fromkeys((*_names_of_row(given, choice_id), f"{given.tag}_{option.code}", *own))
            yield replace(
                given.common,
                id=f"{given.id}_{choice_id}_TEXT",
                kind="other_text",
                text=option.label,
                stem=given.common.text,
                options=(),
                is_required=False,
                names=tuple(f"{name}_TEXT" for name in beginnings),
            )


def _number(text: object) -> float | None:
    try:
        return float(str(text))
    except ValueError:
        return None


_READERS: Mapping[str, Callable[[Payload], Iterator[Question]]] = {
    "MC": _choice,
    "TE": _text,
    "Matrix": _matrix,
    "SBS": _side_by_side,
    "Slider": _slider,
    "CS": _constant_sum,
    "RO": _rank_order,
    "SS": _graphic_slider,
    "DD": _grid_of_choices,
    "HotSpot": _grid_of_choices,
    "Timing": _timing,
    "Meta": _browser,
    "FileUpload": _file,
    "Draw": _file,
}
