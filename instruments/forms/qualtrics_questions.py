"""Blocks of a page → the questions of a Qualtrics survey, with their translations.

Put here what one question looks like in a QSF; blocks, flow and options of the survey are in ``qualtrics``.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from instruments.forms.pages import Block, said
from instruments.spec import Item
from instruments.spec_file import Texts

_LONGEST_DESCRIPTION = 100
_NO_LIMIT = ""


@dataclass(frozen=True)
class Wording:
    """How texts are written: the survey's first language, and the others by Qualtrics' code."""

    first: str
    others: Mapping[str, str]

    def text(self, texts: Texts) -> str:
        """Return a text in the first language, as HTML."""
        return as_html(said(texts, self.first))

    def translated(self, parts: Callable[[str], dict[str, Any]]) -> dict[str, Any] | list[Any]:
        """Return code of a language → parts of the question in it; an empty list where there is one language."""
        return {code: parts(language) for code, language in self.others.items()} or []


def as_html(text: str) -> str:
    """Return a plain text as Qualtrics stores it; what looks like piped text stays a text."""
    return escape(text, quote=False).replace("${", "&#36;{").replace("\n", "<br>")


def descriptive(question_id: str, tag: str, texts: Texts, wording: Wording) -> dict[str, Any]:
    """Write a text that is only read."""
    return _with_texts(question_id, tag, texts, wording, {}) | {
        "QuestionType": "DB",
        "Selector": "TB",
        "ChoiceOrder": [],
        "Validation": {"Settings": {"Type": "None"}},
    }


def question(question_id: str, tag: str, block: Block, wording: Wording) -> dict[str, Any]:
    """Write the question of a block.

    Args:
        question_id: Qualtrics' id, such as ``QID7``.
        tag: Export tag of a grid or a sum; a single question has the name of its item.
        block: The block.
        wording: The languages.
    """
    if block.kind == "grid":
        return _grid(question_id, tag, block, wording)
    if block.kind == "sum":
        return _sum(question_id, tag, block, wording)
    if block.kind in ("choice", "multiple_choice"):
        return _choice(question_id, block, wording)
    return _with_texts(question_id, block.name, block.item.text, wording, {}) | {
        "QuestionType": "TE",
        "Selector": "ESTB" if block.kind == "open_text" else "SL",
        "Validation": _number_limits(block.item) if block.kind == "number" else _validation(Type="None"),
        "SearchSource": {"AllowFreeResponse": "false"},
    }


def _choice(question_id: str, block: Block, wording: Wording) -> dict[str, Any]:
    labels = [each.label for each in block.options]
    return _with_texts(question_id, block.name, block.item.text, wording, {"Choices": labels}) | {
        "QuestionType": "MC",
        "Selector": "MAVR" if block.kind == "multiple_choice" else "SAVR",
        "SubSelector": "TX",
        "ChoiceOrder": _order(labels),
        "RecodeValues": _recodes(block),
        "Validation": _validation(ForceResponseType="ON", Type="None"),
    }


def _grid(question_id: str, tag: str, block: Block, wording: Wording) -> dict[str, Any]:
    rows = [item.text for item in block.items.values()]
    answers = [each.label for each in block.options]
    return _with_texts(question_id, tag, block.text, wording, {"Choices": rows, "Answers": answers}) | {
        "QuestionType": "Matrix",
        "Selector": "Likert",
        "SubSelector": "SingleAnswer",
        "Configuration": {
            "QuestionDescriptionOption": "UseText",
            "TextPosition": "inline",
            "ChoiceColumnWidth": 25,
            "RepeatHeaders": "none",
            "WhiteSpace": "OFF",
            "MobileFirst": True,
        },
        "ChoiceOrder": _order(rows),
        "AnswerOrder": _order(answers),
        "RecodeValues": _recodes(block),
        "ChoiceDataExportTags": _tags(block),
        "Validation": _validation(ForceResponseType="ON", Type="None"),
    }


def _sum(question_id: str, tag: str, block: Block, wording: Wording) -> dict[str, Any]:
    rows = [item.text for item in block.items.values()]
    return _with_texts(question_id, tag, block.text, wording, {"Choices": rows}) | {
        "QuestionType": "CS",
        "Selector": "VRTL",
        "SubSelector": "TX",
        "Configuration": {
            "QuestionDescriptionOption": "UseText",
            "CSSliderMin": 0,
            "CSSliderMax": block.total,
            "GridLines": 10,
            "NumDecimals": "0",
        },
        "ChoiceOrder": _order(rows),
        "ChoiceDataExportTags": _tags(block),
        "Validation": _validation(Type="ChoicesTotal", ChoiceTotal=str(block.total)),
        "Labels": [],
    }


def _with_texts(
    question_id: str, tag: str, texts: Texts, wording: Wording, parts: Mapping[str, Sequence[Texts]]
) -> dict[str, Any]:
    """Write what all questions have: id, tag, text, and the texts of their parts, in every language."""

    def in_language(language: str) -> dict[str, Any]:
        shown = {name: _shown(each, language) for name, each in parts.items()}
        return {"QuestionText": as_html(said(texts, language)), **shown}

    first = in_language(wording.first)
    return {
        **first,
        "DefaultChoices": False,
        "DataExportTag": tag,
        "QuestionID": question_id,
        "DataVisibility": {"Private": False, "Hidden": False},
        "Configuration": {"QuestionDescriptionOption": "UseText"},
        "QuestionDescription": described(said(texts, wording.first)),
        "GradingData": [],
        "Language": wording.translated(in_language),
        "NextChoiceId": len(parts.get("Choices", ())) + 1,
        "NextAnswerId": len(parts.get("Answers", ())) + 1,
    }


def described(text: str) -> str:
    """Return the beginning of a text, by which the editor names a question."""
    plain = " ".join(text.split())
    return plain if len(plain) <= _LONGEST_DESCRIPTION else f"{plain[: _LONGEST_DESCRIPTION - 3]}..."


def _shown(texts: Sequence[Texts], language: str) -> dict[str, Any]:
    return {str(place): {"Display": as_html(said(each, language))} for place, each in enumerate(texts, start=1)}


def _order(texts: Sequence[Texts]) -> list[str]:
    return [str(place) for place in range(1, len(texts) + 1)]


def _recodes(block: Block) -> dict[str, str]:
    return {str(place): str(each.code) for place, each in enumerate(block.options, start=1)}


def _tags(block: Block) -> dict[str, str]:
    return {str(place): name for place, name in enumerate(block.items, start=1)}


def _validation(**settings: str) -> dict[str, Any]:
    return {"Settings": {"ForceResponse": "OFF", **settings}}


def _number_limits(item: Item) -> dict[str, Any]:
    limits = {
        "Min": _NO_LIMIT if item.least is None else f"{item.least:g}",
        "Max": _NO_LIMIT if item.most is None else f"{item.most:g}",
        "NumDecimals": "",
    }
    known = {"ForceResponse": "OFF", "Type": "ContentType", "MinChars": "1", "ContentType": "ValidNumber"}
    return {"Settings": {**known, "ValidNumber": limits}}
