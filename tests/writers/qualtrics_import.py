"""A QSF → the survey that Qualtrics would make of it, as respondents see it and as exports name its columns."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tests.writers.imported import Shown, Texts, plain
from tests.writers.qualtrics_export import Choice, Question, Row


def imported(content: bytes) -> tuple[tuple[Question, ...], list[Shown]]:
    """Return the questions in the order of the flow, texts in the survey's first language, and what is shown."""
    survey = json.loads(content)
    first = survey["SurveyEntry"]["SurveyLanguage"].lower()
    elements: dict[str, list[Any]] = {}
    for each in survey["SurveyElements"]:
        elements.setdefault(each["Element"], []).append(each["Payload"])
    blocks = {block["ID"]: block for block in elements["BL"][0]}
    by_id = {payload["QuestionID"]: payload for payload in elements["SQ"]}
    order = [
        by_id[each["QuestionID"]]
        for step in elements["FL"][0]["Flow"]
        for each in blocks[step["ID"]]["BlockElements"]
    ]  # fmt: skip
    assert len(order) == len(by_id), "every question stands in the flow once"
    asked = [payload for payload in order if payload["QuestionType"] != "DB"]
    return tuple(map(_question, asked)), [shown for payload in asked for shown in _shown(payload, first)]


def imported_text(content: bytes, language: str) -> tuple[tuple[Question, ...], list[Shown], list[str]]:
    """Return the questions of a file in the advanced text format, what is shown, and the texts that are only read."""
    head, *parts = content.decode().split("[[Question:")
    assert head.startswith("[[AdvancedFormat]]")
    questions: list[Question] = []
    texts: list[str] = []
    for part in parts:
        kind, _, rest = part.partition("]]\n")
        tag, _, rest = rest.removeprefix("[[ID:").partition("]]\n")
        body, _, choices = rest.partition("\n\n")[0].partition("\n[[AdvancedChoices]]\n")
        if kind == "DB":
            texts.append(plain(body))
            continue
        pairs = [each.partition("]]\n")[::2] for each in choices.split("[[Choice:")[1:]]
        made = [Choice(str(place), code, plain(label.strip())) for place, (code, label) in enumerate(pairs, start=1)]
        kinds = {"MC:MultipleAnswer:Vertical": "multiple"}
        several = kinds.get(kind, "single" if kind.startswith("MC:SingleAnswer") else "text")
        questions.append(Question(f"QID{len(questions) + 1}", tag, plain(body), several, tuple(made)))
    shown = [
        Shown(
            each.id,
            {language: each.text},
            options=tuple(({language: choice.label}, choice.id) for choice in each.choices),
            is_multiple=each.kind == "multiple",
        )
        for each in questions
    ]
    return tuple(questions), shown, texts


def read_texts(content: bytes, language: str) -> list[str]:
    """Return the texts that are only read, in a language."""
    survey = json.loads(content)
    first = survey["SurveyEntry"]["SurveyLanguage"].lower()
    payloads = [each["Payload"] for each in survey["SurveyElements"] if each["Element"] == "SQ"]
    return [_texts(each, first)[language] for each in payloads if each["QuestionType"] == "DB"]


def _question(payload: Mapping[str, Any]) -> Question:
    kinds = {
        ("MC", "SAVR"): "single",
        ("MC", "MAVR"): "multiple",
        ("Matrix", "Likert"): "matrix",
        ("CS", "VRTL"): "sum",
    }
    kind = kinds.get((payload["QuestionType"], payload["Selector"]), "text")
    has_rows = kind in ("matrix", "sum")
    points = {"matrix": "Answers", "sum": ""}.get(kind, "Choices")
    choices = [
        Choice(each, payload["RecodeValues"][each], plain(payload[points][each]["Display"]))
        for each in payload.get({"Answers": "AnswerOrder"}.get(points, "ChoiceOrder"), ())
        if points
    ]
    rows = [
        Row(each, plain(payload["Choices"][each]["Display"]), payload["ChoiceDataExportTags"][each])
        for each in payload.get("ChoiceOrder", ())
        if has_rows
    ]
    text = plain(payload["QuestionText"])
    return Question(payload["QuestionID"], payload["DataExportTag"], text, kind, tuple(choices), tuple(rows))


def _shown(payload: Mapping[str, Any], first: str) -> Iterator[Shown]:
    above, key, settings = _texts(payload, first), payload["QuestionID"], payload["Validation"]["Settings"]
    if payload["QuestionType"] in ("Matrix", "CS"):
        options = _options(payload, "Answers", first) if payload["QuestionType"] == "Matrix" else ()
        limits = ("", "", settings.get("ChoiceTotal", ""))
        for row, texts in _parts(payload, "Choices", first).items():
            yield Shown(f"{key}_{row}", texts, above, options, limits=limits)
    elif payload["QuestionType"] == "MC":
        options = _options(payload, "Choices", first)
        yield Shown(key, above, options=options, is_multiple=payload["Selector"] == "MAVR")
    else:
        number = settings.get("ValidNumber", {})
        yield Shown(key, above, limits=(number.get("Min", ""), number.get("Max", ""), ""))


def _texts(payload: Mapping[str, Any], first: str) -> Texts:
    others = {code.lower(): plain(each["QuestionText"]) for code, each in dict(payload["Language"]).items()}
    return {first: plain(payload["QuestionText"]), **others}


def _parts(payload: Mapping[str, Any], name: str, first: str) -> dict[str, Texts]:
    others = {code.lower(): each[name] for code, each in dict(payload["Language"]).items()}
    return {
        key: {first: plain(each["Display"]), **{code: plain(words[key]["Display"]) for code, words in others.items()}}
        for key, each in payload[name].items()
    }


def _options(payload: Mapping[str, Any], name: str, first: str) -> tuple[tuple[Texts, str], ...]:
    return tuple((texts, key) for key, texts in _parts(payload, name, first).items())
