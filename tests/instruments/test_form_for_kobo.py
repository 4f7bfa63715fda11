"""A form written as an XLSForm: exports of the form that comes of it are read without any mapping."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from pyxform.xls2xform import convert

from instruments.faults import UsageError
from instruments.forms.load import library_labels
from instruments.forms.writers import form_of
from instruments.forms.xlsform import write_xlsform
from instruments.spec import Instrument
from pipelines.readers.plan import ReadingError
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
    odd,
    question_of,
    written,
)
from tests.received import Delivery
from tests.writers.kobo_export import Style, export
from tests.writers.kobo_import import imported, sheets

STYLES = {
    "both": Style(),
    "summary": Style(several="summary"),
    "no groups": Style(joint=""),
    "odk": Style(platform="odk", joint="-", delimiter=","),
}
FEW = (
    ("top_managers", "en", "both", True),
    ("middle_managers", "da", "summary", True),
    ("frontline_staff", "da", "no groups", False),
    ("citizens", "da", "odk", True),
    ("partners", "en", "no groups", False),
)


def exported(asked: Asking, content: bytes, drawn: Sequence[Answers], how: str, *, has_definition: bool) -> Delivery:
    form, shown = imported(content)
    records = [
        {name: " ".join(sorted(each)) if isinstance(each, frozenset) else each for name, each in answers.items()}
        for answers in given(asked, shown, drawn)
    ]
    definition = {"form.xlsx": content} if has_definition else {}
    text = export(form, records, STYLES[how]).text
    return Delivery("e.csv", text.encode(), definition, {"platform": "kobo", "time_zone": "UTC"})


def holds(asked: Asking, content: bytes, how: str, *, has_definition: bool, folder: Path) -> None:
    drawn = draw(asked)
    check(folder, asked, exported(asked, content, drawn, how, has_definition=has_definition), drawn, "unknown_blank")


@pytest.mark.parametrize(("name", "language", "how", "has_definition"), FEW)
def test_exports_are_read_as_answered(name: str, language: str, how: str, has_definition: bool, tmp_path: Path) -> None:
    content = written(name, language, "xlsform")
    holds(asking(name, language), content, how, has_definition=has_definition, folder=tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "language", "how", "has_definition"),
    [each for each in half_of(FORM_NAMES, LANGUAGES, STYLES, (True, False)) if each[3] or each[2] == "no groups"],
)
def test_exports_of_every_form_are_read_as_answered(
    name: str, language: str, how: str, has_definition: bool, tmp_path: Path
) -> None:
    content = written(name, language, "xlsform")
    holds(asking(name, language), content, how, has_definition=has_definition, folder=tmp_path)


def test_headers_of_labels_that_two_sums_share_are_refused_rather_than_guessed(tmp_path: Path) -> None:
    asked = asking("middle_managers", "da")
    form, shown = imported(written("middle_managers", "da", "xlsform"))
    text = export(form, given(asked, shown, draw(asked)[:1]), Style(several="details", labels=True)).text
    definition = {"form.xlsx": written("middle_managers", "da", "xlsform")}
    delivery = Delivery("e.csv", text.encode(), definition, {"platform": "kobo"})
    with pytest.raises(ReadingError, match="missing required column for 12 of 105 items: 'STR_cs_lead_managers'"):
        check(tmp_path, asked, delivery, [], "unknown_blank")


@pytest.mark.parametrize("has_definition", [True, False])
def test_names_and_signs_are_kept(has_definition: bool, tmp_path: Path) -> None:
    asked = odd()
    content = write_xlsform(asked.form, asked.instruments, {})
    holds(asked, content, "no groups", has_definition=has_definition, folder=tmp_path)


@pytest.mark.parametrize("name", FORM_NAMES)
def test_pyxform_takes_every_form_without_a_warning(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"{name}.xlsx"
    path.write_bytes(written(name, "en", "xlsform"))
    result = convert(path, validate=False)
    assert result.warnings == []
    assert 'lang="Danish (da)"' in result.xform
    assert f'id="{name}"' in result.xform


@pytest.mark.parametrize("name", FORM_NAMES)
def test_every_item_is_shown_with_its_options_and_limits(name: str) -> None:
    asked = asking(name, "en")
    _, shown = imported(written(name, "en", "xlsform"))
    assert len(shown) == len(asked.items)
    for item_name, item, instrument in asked.items:
        found, scale = question_of(asked, shown, item_name), instrument.response_scale_of(item_name)
        assert found.key == item_name
        points = [] if scale is None else [*scale.points.items(), *scale.opt_outs.items()]
        assert [(dict(labels), code) for labels, code in found.options] == [
            (each.label, str(code)) for code, each in points
        ]
        if item.kind == "number":
            assert found.limits[:2] == (f"{item.least:g}", f"{item.most:g}")


def test_the_last_part_of_a_sum_is_only_taken_when_the_parts_add_up() -> None:
    rows = {row["name"]: row for row in sheets(written("citizens", "en", "xlsform"))["survey"]}
    assert rows["STR_cs_lead_partners"]["constraint"] == (
        ". >= 0 and . <= 100 and . + coalesce(${STR_cs_lead_managers}, 0) + coalesce(${STR_cs_lead_staff}, 0) + "
        "coalesce(${STR_cs_lead_citizens}, 0) = 100"
    )
    assert rows["STR_cs_lead_partners"]["constraint_message::Danish (da)"] == "Delene giver tilsammen 100"
    assert rows["STR_cs_lead_staff"]["constraint"] == ". >= 0 and . <= 100"


@pytest.mark.parametrize("language", LANGUAGES)
def test_introduction_and_definition_are_there_with_the_word_of_the_study(language: str) -> None:
    name = {"en": "label::English (en)", "da": "label::Danish (da)"}[language]
    labels = [row[name] for row in sheets(written("top_managers", "en", "xlsform"))["survey"]]
    word = {"en": "co-production", "da": "samskabelse"}[language]
    definition = library_labels()["COPROD"].shown_definition[language].replace("{COPROD}", word)
    assert {asking("top_managers", "en").form.introduction[language], definition} <= set(labels)


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("start", "How?", "section 1: start is a name that the sheet needs itself; rename the item"),
        ("grid_1", "How?", "grid_1 is a name that the sheet needs itself"),
        ("a", "Is ${b} so?", "a: the wording holds ${, which would stand for an answer; word it without"),
        ("a", "x" * 32_768, "a: 32768 characters, and a cell holds 32767; shorten the wording"),
    ],
)
def test_a_form_that_does_not_fit_is_refused(name: str, text: str, says: str) -> None:
    raw = {
        "name": "x",
        "version": "1",
        "title": {"en": "X"},
        "items": {name: {"kind": "open_text", "text": {"en": text}}},
    }
    instrument = Instrument.model_validate(raw, strict=False)
    with pytest.raises(UsageError, match="cannot be written for XLSForm") as refused:
        write_xlsform(form_of(instrument), {"x": instrument}, {})
    assert says in str(refused.value)


def test_the_same_form_is_always_the_same_file() -> None:
    assert written("partners", "en", "xlsform") == written.__wrapped__("partners", "en", "xlsform")
