"""Form files: every mistake a person can make has a wrong file in ``bad_specs`` and a message of its own."""

import shutil
from pathlib import Path

import pytest

from instruments.faults import SpecError
from instruments.forms.load import load_form, read_form
from instruments.load import LIBRARY, find_instruments, load_instrument
from instruments.spec import Instrument

BAD_SPECS = Path(__file__).parents[1] / "bad_specs"
FAULTS = {
    "item_twice": [(11, "sections.3", "CL_sy_1 is asked twice; ask it once")],
    "items_and_scales": [(11, "sections.3", "items are asked as listed; remove scales and without")],
    "language_without_wording": [
        (3, "title", "there is no wording in sv; translate it, or take the language out"),
        (8, "sections.0", "CL_sy_1 and 7 more have no wording in sv; translate, or take the language out"),
        (10, "sections.2", "FWI_fo_1_o and 5 more have no wording in sv; translate, or take the language out"),
        (11, "sections.3", "CON_wi_1 and 1 more have no wording in sv; translate, or take the language out"),
    ],
    "misspelt_key": [(10, "sections.2.wordings", "unknown key; did you mean 'wording'?")],
    "named_unlike_its_file": [(1, "name", "the file is called short.yaml; expected name: short")],
    "no_sections": [(7, "sections", "expected 1 or more entries, found 0")],
    "section_asks_nothing": [
        (
            8,
            "sections.0",
            "the section asks no item of collective_leadership; look at length, scales, without and wording",
        )
    ],
    "section_of_nothing": [(9, "sections.1", "a section needs either an instrument or a definition, and not both")],
    "section_of_two_things": [(9, "sections.1", "a section needs either an instrument or a definition, and not both")],
    "title_not_translated": [
        (3, "title", "there is no wording in da; translate it, or take the language out"),
        (6, "introduction", "there is no wording in en; translate it, or take the language out"),
    ],
    "unknown_definition": [(9, "sections.1.definition", "there is no slot 'CROWD'; did you mean 'COPROD'?")],
    "unknown_instrument": [
        (
            8,
            "sections.0.instrument",
            "there is no instrument 'colective_leadership'; did you mean 'collective_leadership'?",
        )
    ],
    "unknown_item": [(8, "sections.0.items", "collective_leadership has no item 'CL_sy_9'; did you mean 'CL_sy_4'?")],
    "unknown_label": [(6, "labels.COPROD", "there is no label 'cocreation'; did you mean 'co_creation'?")],
    "unknown_scale": [
        (11, "sections.3.scales", "considerations has no scale 'wicked_issues'; did you mean 'wicked_issue'?")
    ],
    "unknown_scale_left_out": [
        (8, "sections.0.without", "collective_leadership has no scale 'emergent'; did you mean 'emergent_principle'?")
    ],
    "unknown_slot": [(6, "labels.COPRO", "there is no slot 'COPRO'; did you mean 'COPROD'?")],
}


@pytest.fixture(scope="module")
def library() -> dict[str, Instrument]:
    return {name: load_instrument(path) for name, path in find_instruments([LIBRARY]).items()}


@pytest.fixture
def bad_form(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """Path of a copy of a wrong file, called as the form in it."""
    return Path(shutil.copy(BAD_SPECS / f"form_{request.param}.yaml", tmp_path / "short.yaml"))


@pytest.mark.parametrize(("bad_form", "faults"), FAULTS.items(), ids=FAULTS, indirect=["bad_form"])
def test_a_mistake_is_named_with_line_place_and_remedy(bad_form, faults, library):
    form, document = read_form(bad_form, library)
    assert form is None
    assert [(fault.line, fault.place, fault.message) for fault in document.faults] == faults
    assert {fault.path for fault in document.faults} == {bad_form}


def test_every_wrong_file_is_tested():
    assert {path.stem.removeprefix("form_") for path in BAD_SPECS.glob("form_*.yaml")} == set(FAULTS)


@pytest.mark.parametrize("bad_form", ["unknown_item"], indirect=True)
def test_loading_a_wrong_file_raises_with_its_faults(bad_form, library):
    with pytest.raises(SpecError, match=r"short.yaml:8: sections.0.items: collective_leadership has no item"):
        load_form(bad_form, library)


def test_a_slot_without_labels_is_named(tmp_path, library):
    item = library["identity_work"].items["IW_te_2"].model_copy(update={"text": {"en": "We call it {COPRD}."}})
    changed = library["identity_work"].model_copy(update={"items": {"IW_te_2": item}, "scales": {}})
    path = tmp_path / "short.yaml"
    path.write_text(
        'name: short\nversion: "1"\ntitle: {en: Short}\nrespondent_group: TOP\nlanguages: [en]\n'
        "sections:\n  - {instrument: identity_work}\n",
        encoding="utf-8",
    )
    _, document = read_form(path, {"identity_work": changed})
    assert [str(fault.message) for fault in document.faults] == [
        "IW_te_2 has the slot {COPRD}, which has no labels; did you mean 'COPROD'?"
    ]
