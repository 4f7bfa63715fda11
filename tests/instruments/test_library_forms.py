"""The built-in forms ask what the drafts ask, in the order of the drafts, and two items more of frontline staff."""

from pathlib import Path

import pytest
import yaml

from instruments.forms.asked import asked_items, minutes
from instruments.forms.load import FORMS, find_forms, library_labels, load_form
from instruments.forms.spec import Form
from instruments.load import LIBRARY, find_instruments, load_instrument
from instruments.spec import Instrument

FORM_OF = {
    "TOP": "top_managers",
    "MID": "middle_managers",
    "FRL": "frontline_staff",
    "CIT": "citizens",
    "PAR": "partners",
}
ADDED = {"FRL": ["CON_wi_1", "CON_wi_2"]}
FACTS = ("OEQ_", "STR_")
OWN_WORDING = {("CIT", "OEQ_1"): "OEQ_1_citizen"}

pytestmark = pytest.mark.reference


@pytest.fixture(scope="module")
def library() -> dict[str, Instrument]:
    return {name: load_instrument(path) for name, path in find_instruments([LIBRARY]).items()}


@pytest.fixture(scope="module")
def forms(library: dict[str, Instrument]) -> dict[str, Form]:
    return {name: load_form(path, library) for name, path in find_forms([FORMS]).items()}


@pytest.fixture(scope="module")
def drafts(reference: Path) -> dict:
    return yaml.safe_load((reference / "domain" / "instruments" / "forms.yaml").read_text(encoding="utf-8"))["forms"]


def items_on(form: Form, library: dict[str, Instrument]) -> list[str]:
    return [each.item for each in asked_items(form, library)]


def constant_sum_or_item(item: str, library: dict[str, Instrument]) -> str:
    shares = library["background"].constant_sums
    return next((name for name, each in shares.items() if item in each.items), item)


@pytest.mark.parametrize("group", FORM_OF)
def test_a_form_asks_the_closed_items_of_the_draft(library, forms, drafts, group):
    closed = [item for item in items_on(forms[FORM_OF[group]], library) if not item.startswith(FACTS)]
    added = ADDED.get(group, [])
    assert sorted(closed) == sorted([*drafts[group]["items"], *added])
    assert len(closed) == drafts[group]["n_items"] + len(added)


@pytest.mark.parametrize("group", FORM_OF)
def test_a_form_takes_the_minutes_of_the_draft_and_an_eighth_for_each_item_more(library, forms, drafts, group):
    expected = drafts[group]["minutes_at_8_items_per_min"] + len(ADDED.get(group, [])) / 8
    assert minutes(forms[FORM_OF[group]], library) == pytest.approx(expected, abs=0.051)


@pytest.mark.parametrize("group", FORM_OF)
def test_a_form_has_its_blocks_in_the_order_of_the_draft(library, forms, drafts, group):
    closed = [item for item in items_on(forms[FORM_OF[group]], library) if not item.startswith(FACTS)]
    blocks = dict.fromkeys(item.split("_")[0] for item in closed if item not in ADDED.get(group, []))
    assert list(blocks) == drafts[group]["order"]


@pytest.mark.parametrize("group", FORM_OF)
def test_the_definition_is_shown_after_the_block_that_the_draft_names(forms, library, drafts, group):
    sections = forms[FORM_OF[group]].sections
    shown = [number for number, each in enumerate(sections) if each.definition]
    after = drafts[group].get("definition_page_after")
    if after is None:
        assert shown == []
    else:
        assert [sections[number].definition for number in shown] == ["COPROD"]
        assert library[sections[shown[0] - 1].instrument].code == after


@pytest.mark.parametrize("group", FORM_OF)
def test_a_form_asks_the_open_questions_of_the_draft_prompted_and_unprompted(library, forms, drafts, group):
    asked = [each for each in asked_items(forms[FORM_OF[group]], library) if each.item.startswith("OEQ_")]
    for is_unprompted, key in ((True, "open_questions_unprompted"), (False, "open_questions_prompted")):
        expected = [OWN_WORDING.get((group, item), item) for item in drafts[group][key]]
        assert [each.item for each in asked if each.is_unprompted is is_unprompted] == expected


@pytest.mark.parametrize("group", FORM_OF)
def test_a_form_asks_the_background_questions_of_the_draft(library, forms, drafts, group):
    asked = [item for item in items_on(forms[FORM_OF[group]], library) if item.startswith("STR_")]
    whole = dict.fromkeys(constant_sum_or_item(item, library) for item in asked)
    assert set(whole) == set(drafts[group]["structure_variables"])
    for name, share in library["background"].constant_sums.items():
        assert set(share.items) <= set(asked) if name in whole else not set(share.items) & set(asked)


def test_the_label_slot_and_the_shown_definition_are_those_of_the_draft(reference):
    path = reference / "domain" / "instruments" / "response_scales.yaml"
    source = yaml.safe_load(path.read_text(encoding="utf-8"))
    slot, expected = library_labels()["COPROD"], source["label_slots"]["COPROD"]
    for language in ("en", "da"):
        offered = {label[language] for label in slot.labels.values()}
        assert slot.labels[slot.default][language] == expected[language]["default"]
        assert expected[language]["alternative"] in offered
        assert slot.shown_definition[language] == source["shown_definition"][language]
