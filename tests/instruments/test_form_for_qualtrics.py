"""A form written as a QSF: exports of the survey that Qualtrics makes of it are read without any mapping."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from instruments.faults import UsageError
from instruments.forms.load import library_labels
from instruments.forms.writers import WRITERS
from tests.instruments.answered_forms import (
    FORM_NAMES,
    LANGUAGES,
    Answers,
    Asking,
    asking,
    check,
    draw,
    given,
    half_of,
    question_of,
    with_nothing_ticked,
    written,
)
from tests.received import Delivery
from tests.writers.qualtrics_export import Response, Settings, export_bytes, qsf_bytes
from tests.writers.qualtrics_import import imported, imported_text, read_texts

CODES, LABELS = Settings(), Settings(values="labels")
SIGNED = Settings(seen_unanswered="-99")
FEW = (
    ("top_managers", "en", CODES, True),
    ("middle_managers", "da", LABELS, True),
    ("frontline_staff", "da", CODES, False),
    ("citizens", "en", LABELS, False),
    ("partners", "da", SIGNED, True),
)
NOT_IN_THE_REFERENCE_FILES = {
    # Seen in data-raw/sq_example.qsf of the repository sumtxt/qsf (commit 2226b086) and in its R/activate_languages.R.
    "SO/AvailableLanguages", "SO/AvailableLanguages/*", "SQ/Language/*", "SQ/Language/*/QuestionText",
    "SQ/Language/*/Choices", "SQ/Language/*/Choices/*", "SQ/Language/*/Choices/*/Display",
    # Seen there for single questions only; a grid has its answers beside its choices in both places.
    "SQ/Language/*/Answers", "SQ/Language/*/Answers/*", "SQ/Language/*/Answers/*/Display",
    # Seen in a constant sum that a public parser of QSF files quotes whole.
    "SQ/Validation/Settings/ChoiceTotal",
}  # fmt: skip


def exported(asked: Asking, drawn: Sequence[Answers], settings: Settings, *, has_definition: bool) -> Delivery:
    content = written(asked.form.name, asked.language, "qualtrics")
    questions, shown = imported(content)
    seen = {each.key: None for each in shown} if settings.seen_unanswered else {}
    responses = [Response(f"R_{place}", seen | each) for place, each in enumerate(given(asked, shown, drawn), start=1)]
    definition = {"form.qsf": content} if has_definition else {}
    return Delivery("e.csv", export_bytes(questions, tuple(responses), settings), definition)


def holds(name: str, language: str, settings: Settings, *, has_definition: bool, folder: Path) -> None:
    asked = asking(name, language)
    drawn = draw(asked)
    delivery = exported(asked, drawn, settings, has_definition=has_definition)
    if settings.seen_unanswered:
        check(folder, asked, delivery, with_nothing_ticked(asked, drawn), "seen_unanswered")
    else:
        check(folder, asked, delivery, drawn, "unknown_blank")


def holds_in_text(asked: Asking, *, has_definition: bool, folder: Path) -> None:
    """Read an export of what comes of the text; its definition is the QSF that Qualtrics then exports."""
    questions, shown, texts = imported_text(written(asked.form.name, asked.language, "qualtrics-txt"), asked.language)
    drawn = draw(asked)
    places = {name: place for place, (name, _, _) in enumerate(asked.items)}
    assert [places[each.tag] for each in questions] == list(range(len(asked.items)))
    assert asked.form.introduction[asked.language] in texts
    by_item = {name: shown[place] for name, place in places.items()}
    responses = [
        Response(f"R_{place}", each) for place, each in enumerate(given(asked, shown, drawn, by_item), start=1)
    ]
    definition = {"form.qsf": qsf_bytes(questions)} if has_definition else {}
    delivery = Delivery("e.csv", export_bytes(questions, tuple(responses), CODES), definition)
    check(folder, asked, delivery, drawn, "unknown_blank")


@pytest.mark.parametrize(("name", "language", "settings", "has_definition"), FEW)
def test_exports_are_read_as_answered(
    name: str, language: str, settings: Settings, has_definition: bool, tmp_path: Path
) -> None:
    holds(name, language, settings, has_definition=has_definition, folder=tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "language", "settings", "has_definition"),
    half_of(FORM_NAMES, LANGUAGES, (CODES, LABELS), (True, False)),
)
def test_exports_of_every_form_are_read_as_answered(
    name: str, language: str, settings: Settings, has_definition: bool, tmp_path: Path
) -> None:
    holds(name, language, settings, has_definition=has_definition, folder=tmp_path)


@pytest.mark.parametrize(("name", "language", "has_definition"), [("citizens", "en", False), ("partners", "da", True)])
def test_exports_of_a_form_in_text_are_read_as_answered(
    name: str, language: str, has_definition: bool, tmp_path: Path
) -> None:
    holds_in_text(asking(name, language), has_definition=has_definition, folder=tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "language", "has_definition"), half_of(FORM_NAMES, LANGUAGES, (True, False)))
def test_exports_of_every_form_in_text_are_read_as_answered(
    name: str, language: str, has_definition: bool, tmp_path: Path
) -> None:
    holds_in_text(asking(name, language), has_definition=has_definition, folder=tmp_path)


def test_a_text_that_begins_a_tag_is_refused() -> None:
    form = asking("citizens", "en").form.model_copy(update={"introduction": {"en": "See [[ID:x]]", "da": "Se"}})
    with pytest.raises(UsageError, match="text format: introduction: the wording holds \\[\\[, which begins a tag"):
        WRITERS["qualtrics-txt"](form, asking("citizens", "en").instruments, {})


def test_tags_of_rows_that_an_export_leaves_out_are_known_from_the_definition(tmp_path: Path) -> None:
    asked = asking("citizens", "en")
    drawn, content = draw(asked), written("citizens", "en", "qualtrics")
    questions, shown = imported(content)
    numbered = [replace(each, rows=tuple(replace(row, tag="") for row in each.rows)) for each in questions]
    responses = [Response(f"R_{place}", each) for place, each in enumerate(given(asked, shown, drawn))]
    export = export_bytes(tuple(numbered), tuple(responses), CODES)
    check(tmp_path, asked, Delivery("e.csv", export, {"form.qsf": content}), drawn, "unknown_blank")


@pytest.mark.parametrize("name", FORM_NAMES)
def test_every_item_is_shown_with_its_options_and_limits(name: str) -> None:
    asked = asking(name, "en")
    _, shown = imported(written(name, "en", "qualtrics"))
    assert len(shown) == len(asked.items)
    for item_name, item, instrument in asked.items:
        found, scale = question_of(asked, shown, item_name), instrument.response_scale_of(item_name)
        options = [] if scale is None else [each.label for each in (*scale.points.values(), *scale.opt_outs.values())]
        assert [dict(labels) for labels, _ in found.options] == options
        total = next((each.total for each in instrument.constant_sums.values() if item_name in each.items), 0)
        if total:
            assert found.limits == ("", "", "100")
        elif item.kind == "number":
            assert found.limits == (f"{item.least:g}", f"{item.most:g}", "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_introduction_and_definition_are_there_with_the_word_of_the_study(language: str) -> None:
    asked = asking("top_managers", "en")
    texts = read_texts(written("top_managers", "en", "qualtrics"), language)
    definition = library_labels()["COPROD"].shown_definition[language]
    word = {"en": "co-production", "da": "samskabelse"}[language]
    assert asked.form.introduction[language] in texts
    assert definition.replace("{COPROD}", word) in texts


def test_recodes_are_the_codes_of_the_instrument() -> None:
    questions, _ = imported(written("top_managers", "en", "qualtrics"))
    recodes = {each.tag: [choice.recode for choice in each.choices] for each in questions if not each.rows}
    assert recodes["STR_edu"] == ["1", "2", "3", "4", "-9"]
    assert recodes["STR_screen"] == ["1", "2", "-8"]
    rows = {row.tag: question for question in questions for row in question.rows}
    assert [each.recode for each in rows["SM_cu_1"].choices] == ["1", "2", "3", "4", "5", "-8"]
    assert rows["STR_cs_lead_staff"].kind == "sum"


def test_the_same_form_is_always_the_same_file() -> None:
    first, second = written("partners", "en", "qualtrics"), written.__wrapped__("partners", "en", "qualtrics")
    assert first == second
    assert first != written("citizens", "en", "qualtrics")


def test_what_looks_like_mark_up_or_piped_text_is_shown_as_written() -> None:
    asked = asking("citizens", "en")
    strange = "Is 1 < 2 & ${e://Field/x} <b>true</b>?"
    form = asked.form.model_copy(update={"introduction": {"en": strange, "da": "x"}})
    content = WRITERS["qualtrics"](form, asked.instruments, {})
    assert strange in read_texts(content, "en")
    assert b'"QuestionText":"Is 1 &lt; 2 &amp; &#36;{e://Field/x} &lt;b&gt;true' in content


def paths(value: Any, path: str = "") -> Iterator[str]:
    """Yield every key path of a JSON value with the type at its end; ids, numbers and languages count as one key."""
    yield f"{path}:{type(value).__name__}"
    if isinstance(value, dict):
        for key, each in value.items():
            is_any = key.isdigit() or path.endswith(("/Language", "/AvailableLanguages"))
            yield from paths(each, f"{path}/{'*' if is_any else key}")
    if isinstance(value, list):
        for each in value:
            yield from paths(each, f"{path}/-")


def paths_of(content: bytes) -> set[str]:
    survey = json.loads(content.decode("utf-8-sig"))
    found = set(paths(survey["SurveyEntry"], "entry"))
    for element in survey["SurveyElements"]:
        around = {key: each for key, each in element.items() if key != "Payload"}
        found |= set(paths(around, f"around {element['Element']}")) | set(paths(element["Payload"], element["Element"]))
    return found


@pytest.mark.reference
def test_every_key_and_type_occurs_in_the_real_files(reference: Path) -> None:
    files = sorted((reference / "data/qualtrics").glob("*/*.qsf"))
    assert len(files) == 5
    real = set[str]().union(*(paths_of(path.read_bytes()) for path in files))
    ours = set[str]().union(*(paths_of(written(name, "en", "qualtrics")) for name in FORM_NAMES))
    strange = {path for path in ours - real if path.rpartition(":")[0] not in NOT_IN_THE_REFERENCE_FILES}
    assert strange == {"SQ/Language:dict"}
