"""A form written as a data dictionary: exports of the project that comes of it are read without any mapping."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import pytest

from instruments.faults import UsageError
from instruments.forms.load import library_labels
from instruments.forms.redcap import HEADERS, write_dictionary
from instruments.forms.writers import form_of
from instruments.spec import Instrument
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
    with_nothing_ticked,
    written,
)
from tests.received import Delivery
from tests.writers import redcap_export
from tests.writers.redcap_import import imported

FEW = (
    ("top_managers", "en", False, True),
    ("middle_managers", "da", True, True),
    ("frontline_staff", "da", False, False),
    ("citizens", "da", True, False),
    ("partners", "en", False, False),
)


def exported(
    asked: Asking, content: bytes, drawn: Sequence[Answers], *, labels: bool, has_definition: bool
) -> Delivery:
    project, shown = imported(content, asked.language)
    form = project.forms[0]
    rows = [
        {"record_id": str(number), f"{form}_complete": "2", "str_cs_lead_sum": "100", **each}
        for number, each in enumerate(given(asked, shown, drawn), start=1)
    ]
    export = redcap_export.export(project, rows, labels=labels).text.encode()
    return Delivery("e.csv", export, {"form.csv": content} if has_definition else {})


def holds(asked: Asking, content: bytes, *, labels: bool, has_definition: bool, folder: Path) -> None:
    drawn = draw(asked)
    delivery = exported(asked, content, drawn, labels=labels, has_definition=has_definition)
    check(folder, asked, delivery, with_nothing_ticked(asked, drawn), "unknown_blank")


@pytest.mark.parametrize(("name", "language", "labels", "has_definition"), FEW)
def test_exports_are_read_as_answered(
    name: str, language: str, labels: bool, has_definition: bool, tmp_path: Path
) -> None:
    content = written(name, language, "redcap")
    holds(asking(name, language), content, labels=labels, has_definition=has_definition, folder=tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "language", "labels", "has_definition"), half_of(FORM_NAMES, LANGUAGES, (True, False), (True, False))
)
def test_exports_of_every_form_are_read_as_answered(
    name: str, language: str, labels: bool, has_definition: bool, tmp_path: Path
) -> None:
    content = written(name, language, "redcap")
    holds(asking(name, language), content, labels=labels, has_definition=has_definition, folder=tmp_path)


@pytest.mark.parametrize("has_definition", [True, False])
def test_names_and_codes_that_redcap_spells_otherwise_are_known(has_definition: bool, tmp_path: Path) -> None:
    asked = odd()
    content = write_dictionary(asked.form, asked.instruments, {})
    holds(asked, content, labels=False, has_definition=has_definition, folder=tmp_path)


def fields(content: bytes) -> dict[str, dict[str, str]]:
    rows = csv.DictReader(io.StringIO(content.decode(), newline=""))
    return {row["Variable / Field Name"]: row for row in rows}


@pytest.mark.parametrize("name", FORM_NAMES)
def test_every_item_is_shown_with_its_options_and_limits(name: str) -> None:
    asked = asking(name, "da")
    _, shown = imported(written(name, "da", "redcap"), "da")
    assert len(shown) == len(asked.items)
    for item_name, item, instrument in asked.items:
        found, scale = question_of(asked, shown, item_name), instrument.response_scale_of(item_name)
        options = [] if scale is None else [*scale.points.values(), *scale.opt_outs.values()]
        assert [labels["da"] for labels, _ in found.options] == [each.label["da"] for each in options]
        if item.kind == "number":
            is_part = any(item_name in each.items for each in instrument.constant_sums.values())
            total = "Delene giver tilsammen 100" if is_part else ""
            assert found.limits == (f"{item.least:g}", f"{item.most:g}", total)


def test_grids_are_matrices_and_sums_are_added_up() -> None:
    rows = fields(written("top_managers", "en", "redcap"))
    assert rows["sm_cu_1"]["Matrix Group Name"] == rows["sm_en_1"]["Matrix Group Name"] != ""
    assert rows["str_edu"]["Choices, Calculations, OR Slider Labels"].endswith("4, Long higher | -9, Prefer not to say")
    assert rows["str_cs_lead_sum"]["Field Type"] == "calc"
    assert rows["str_cs_lead_sum"]["Choices, Calculations, OR Slider Labels"].startswith("sum([str_cs_lead_managers], ")
    assert rows["oeq_1"]["Identifier?"] == "y"
    assert rows["str_tenure"]["Identifier?"] == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_introduction_and_definition_are_there_with_the_word_of_the_study(language: str) -> None:
    labels = [row["Field Label"] for row in fields(written("top_managers", language, "redcap")).values()]
    word = {"en": "co-production", "da": "samskabelse"}[language]
    definition = library_labels()["COPROD"].shown_definition[language].replace("{COPROD}", word)
    assert {asking("top_managers", "en").form.introduction[language], definition} <= set(labels)


@pytest.mark.parametrize(
    ("items", "label", "says"),
    [
        (["STR_account_of_top_managers"], "Low", "str_account_of_top_managers has 27 characters, and the name of a"),
        (["IW_1", "iw_1"], "Low", "section 1: iw_1 and IW_1 are both iw_1 in small letters; rename the item"),
        (["Record_ID"], "Low", "Record_ID and the record id are both record_id"),
        (["x_complete"], "Low", "x_complete and the status of the form are both x_complete"),
        (["text_1"], "Low", "text_1 is the name of a text or a grid of ours"),
        (["a"], "Low | high", "option 1 of x_s holds a stroke or a line break"),
    ],
)
def test_a_form_that_redcap_does_not_take_is_refused(items: list[str], label: str, says: str) -> None:
    raw = {
        "name": "x", "version": "1", "title": {"en": "X"},
        "response_scales": {"s": {"points": {1: {"label": {"en": label}}, 2: {}}}},
        "items": {name: {"response_scale": "s", "text": {"en": f"Of {name}"}} for name in items},
    }  # fmt: skip
    instrument = Instrument.model_validate(raw, strict=False)
    with pytest.raises(UsageError, match="cannot be written for REDCap") as refused:
        write_dictionary(form_of(instrument), {"x": instrument}, {})
    assert says in str(refused.value)


@pytest.mark.reference
def test_headers_and_types_of_fields_are_those_of_the_real_dictionaries(reference: Path) -> None:
    files = sorted((reference / "data/redcap").glob("*/dictionary.csv"))
    assert len(files) == 6
    real = [list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""))) for path in files]
    assert {tuple(rows[0]) for rows in real} == {HEADERS}
    types = {row[3] for rows in real for row in rows[1:]}
    validations = {row[7] for rows in real for row in rows[1:]}
    for name in FORM_NAMES:
        rows = fields(written(name, "en", "redcap")).values()
        # The files have no text that is only read; the type is documented, and the reader knows it.
        assert {row["Field Type"] for row in rows} <= types | {"descriptive"}
        assert {row["Text Validation Type OR Show Slider Number"] for row in rows} <= validations


def test_the_same_form_is_always_the_same_file() -> None:
    assert written("partners", "en", "redcap") == written.__wrapped__("partners", "en", "redcap")
