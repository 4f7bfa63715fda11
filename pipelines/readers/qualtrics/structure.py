"""Qualtrics survey definitions (QSF files, or what ``GET /survey-definitions`` answers) → structure.

Put here blocks, flow, pages and what questions take from each other; single questions are in ``qualtrics_questions``.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pipelines.readers.headers import listed
from pipelines.readers.plan import ReadingError
from pipelines.readers.qualtrics.options import set_apart_by_order
from pipelines.readers.qualtrics.questions import questions_of
from pipelines.readers.qualtrics.texts import condition, entries, mapping, plain
from pipelines.readers.structure import Question, Structure
from pipelines.readers.structure_file import StructureFile

_CARRIED = re.compile(r"q://([^/?]+)/ChoiceGroup/(\w+)")
_DEEPEST_FLOW = 50


@dataclass(frozen=True)
class _Definition:
    """The parts of a definition, whichever of the two forms it has."""

    title: str
    language: str
    questions: Mapping[str, dict[str, Any]]
    blocks: Mapping[str, dict[str, Any]]
    flow: object
    scoring: object


@dataclass
class _Pages:
    """Pages counted while walking the flow: block → page it begins on and condition under which it is shown."""

    page: int = 0
    first: dict[str, tuple[int, str]] = field(default_factory=dict[str, tuple[int, str]])
    fields: dict[str, str] = field(default_factory=dict[str, str])


class QualtricsStructureReader:
    """Reader of QSF files and survey-definitions."""

    platform = "qualtrics"

    def recognises(self, files: Sequence[StructureFile]) -> bool:
        """Say whether a file is a QSF or a survey-definition."""
        return any(_definition(file) is not None for file in files)

    def read(self, files: Sequence[StructureFile]) -> Structure:
        """Read the definition.

        Raises:
            ReadingError: When several files are given, or the definition has no question.
        """
        if len(files) > 1:
            names = ", ".join(file.name for file in files)
            message = f"expected one definition of a Qualtrics survey, found {len(files)} files ({names}); name one"
            raise ReadingError(files[0].name, message)
        definition = _definition(files[0])
        if definition is None or not definition.questions:
            raise ReadingError(
                files[0].name,
                "expected a Qualtrics survey with questions, found none; export the QSF again (Tools, Import/Export, "
                "Export survey)",
            )
        return _structure(definition)


def _definition(file: StructureFile) -> _Definition | None:
    try:
        document = mapping(json.loads(file.content.decode("utf-8-sig")))
    except (ValueError, RecursionError):
        return None
    if isinstance(document.get("SurveyElements"), list) and "SurveyEntry" in document:
        return _of_qsf(document)
    result = mapping(document.get("result")) or document
    return _of_interface(result) if {"Questions", "Blocks"} <= result.keys() else None


def _of_qsf(document: Mapping[str, Any]) -> _Definition:
    entry = mapping(document.get("SurveyEntry"))
    elements = [mapping(each) for each in document["SurveyElements"]]
    parts: dict[str, list[Any]] = {}
    for element in elements:
        parts.setdefault(str(element.get("Element")), []).append(element.get("Payload"))
    questions = [mapping(payload) for payload in parts.get("SQ", [])]
    blocks: list[dict[str, Any]] = []
    for payload in parts.get("BL", []):
        is_one_block = "BlockElements" in mapping(payload) or "ID" in mapping(payload)
        blocks += [mapping(payload)] if is_one_block else list(entries(payload).values())
    return _Definition(
        title=plain(entry.get("SurveyName")),
        language=str(entry.get("SurveyLanguage") or "").lower(),
        questions={str(each["QuestionID"]): each for each in questions if each.get("QuestionID")},
        blocks={str(block.get("ID") or place): block for place, block in enumerate(blocks)},
        flow=next(iter(parts.get("FL", [])), None),
        scoring=next(iter(parts.get("SCO", [])), None),
    )


def _of_interface(result: Mapping[str, Any]) -> _Definition:
    options = mapping(result.get("SurveyOptions"))
    return _Definition(
        title=plain(result.get("SurveyName")),
        language=str(options.get("SurveyLanguage") or result.get("SurveyLanguage") or "").lower(),
        questions={key: {"QuestionID": key, **each} for key, each in entries(result.get("Questions")).items()},
        blocks=entries(result.get("Blocks")),
        flow=result.get("SurveyFlow"),
        scoring=result.get("Scoring"),
    )


def _structure(definition: _Definition) -> Structure:
    pages = _Pages()
    _walk(definition, definition.flow, "", pages)
    warnings: list[str] = []
    questions: dict[str, Question] = {}
    for question_id, place in _places(definition, pages).items():
        content = _with_carried_choices(definition, definition.questions[question_id], warnings)
        parts = questions_of(content)
        warnings += _warnings_of(question_id, parts)
        for part in parts:
            shown_if = " And ".join(filter(None, (place.shown_if, part.shown_if)))
            questions[part.id] = replace(part, page=place.page, section=place.section, shown_if=shown_if)
    for name, text in pages.fields.items():
        questions.setdefault(name, Question(id=name, text=text, kind="embedded", names=(name,)))
    for number, category in enumerate(entries(mapping(definition.scoring).get("ScoringCategories")).values()):
        score = str(category.get("ID") or f"SC_{number}")
        questions[score] = Question(id=score, text=plain(category.get("Name")), kind="score", names=(f"SC{number}",))
    return Structure("qualtrics", definition.title, definition.language, questions, warnings=tuple(warnings))


def _places(definition: _Definition, pages: _Pages) -> dict[str, Question]:
    """Return question id → page, section and condition, in the order of the flow; questions in the trash are left out.

    Blocks that the flow leaves out come last, without a page.
    """
    places: dict[str, Question] = {}
    in_trash: set[str] = set()
    order = {block: place for place, block in enumerate(pages.first)}
    for block_id, block in sorted(definition.blocks.items(), key=lambda entry: order.get(entry[0], len(order))):
        page, shown_if = pages.first.get(block_id, (None, ""))
        is_trash = str(block.get("Type")) == "Trash"
        for element in entries(block.get("BlockElements")).values():
            question = str(element.get("QuestionID") or "")
            if element.get("Type") == "Page Break" and page is not None:
                page += 1
            elif question in definition.questions and is_trash:
                in_trash.add(question)
            elif question in definition.questions:
                section = plain(block.get("Description"))
                found = Question(question, "", "unknown", page=page, section=section, shown_if=shown_if)
                places.setdefault(question, found)
    rest = [each for each in definition.questions if each not in places and each not in in_trash]
    return places | {each: Question(each, "", "unknown") for each in rest}


def _walk(definition: _Definition, element: object, shown_if: str, pages: _Pages, depth: int = 0) -> None:
    """Walk the flow: number the pages, collect branch conditions and the fields of embedded data."""
    given = mapping(element)
    if depth > _DEEPEST_FLOW:
        return
    kind, block = str(given.get("Type")), str(given.get("ID") or "")
    if kind == "Branch":
        shown_if = " And ".join(filter(None, (shown_if, condition(given.get("BranchLogic")))))
    elif kind == "EmbeddedData":
        for each in entries(given.get("EmbeddedData")).values():
            name = str(each.get("Field") or "")
            if name:
                pages.fields.setdefault(name, plain(each.get("Description")))
    elif block in definition.blocks and block not in pages.first:
        breaks = [each for each in _elements(definition.blocks[block]) if each.get("Type") == "Page Break"]
        pages.first[block] = (pages.page + 1, shown_if)
        pages.page += 1 + len(breaks)
    for below in entries(given.get("Flow")).values():
        _walk(definition, below, shown_if, pages, depth + 1)


def _elements(block: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    yield from entries(block.get("BlockElements")).values()


def _with_carried_choices(definition: _Definition, content: dict[str, Any], warnings: list[str]) -> dict[str, Any]:
    """Add the choices that a question takes from an earlier one; their ids begin with ``x``."""
    carried = mapping(content.get("DynamicChoices"))
    if not carried.get("Locator"):
        return content
    found = _CARRIED.match(str(carried["Locator"]))
    source = definition.questions.get(found.group(1)) if found else None
    if found is None or source is None:
        message = (
            f"question {content.get('QuestionID')}: its choices are carried forward from a list that is not in the file"
        )
        warnings.append(message)
        return content
    key = "Answers" if "Answer" in found.group(2) else "Choices"
    choices = {f"x{each}": choice for each, choice in entries(source.get(key)).items()}
    order = [f"x{each}" for each in mapping(source.get(f"{key[:-1]}Order")).values()]
    own = mapping(content.get("ChoiceOrder"))
    if not set(choices) <= mapping(content.get("RecodeValues")).keys():
        warnings.append(
            f"question {content.get('QuestionID')}: the definition gives no recodes for its carried choices; numbers "
            "of an export cannot be matched with them, labels can"
        )
    return {
        **content,
        "Choices": choices | entries(content.get("Choices")),
        "ChoiceOrder": list(dict.fromkeys([*order, *map(str, own.values())])),
    }


def _warnings_of(question_id: str, parts: Sequence[Question]) -> list[str]:
    options = next((part.options for part in parts if part.options), ())
    warnings = [set_apart_by_order(question_id, options)]
    codes = [option.code for option in options]
    shared = sorted({code for code in codes if codes.count(code) > 1})
    if shared:
        warnings.append(
            f"question {question_id}: several options share a recode ({listed(shared)}), so a numeric export cannot "
            "tell them apart; export choice text"
        )
    if parts and all(part.kind == "unknown" for part in parts):
        warnings.append(f"question {question_id}: its type is not known here; its columns are listed as unknown")
    return [warning for warning in warnings if warning]
