"""Forms: who is asked what, in which order, before or after the word of the study was shown."""

from collections.abc import Mapping
from typing import Any

import pytest

from instruments.forms.asked import as_asked, asked_items, minutes
from instruments.forms.load import FORMS, find_forms, labels_of, library_labels, load_form
from instruments.forms.spec import Form
from instruments.load import LIBRARY, find_instruments, load_instrument
from instruments.spec import Instrument
from instruments.wording import fill_slots, with_labels

POINTS = {"points": {1: {}, 2: {}, 3: {}}}


@pytest.fixture(scope="module")
def library() -> dict[str, Instrument]:
    return {name: load_instrument(path) for name, path in find_instruments([LIBRARY]).items()}


@pytest.fixture(scope="module")
def forms(library: dict[str, Instrument]) -> dict[str, Form]:
    return {name: load_form(path, library) for name, path in find_forms([FORMS]).items()}


def instrument(**parts: Any) -> Instrument:
    items = {f"a{number}": {"response_scale": "agreement", "is_core": number < 3} for number in range(1, 5)}
    raw = {"name": "x", "version": "1", "title": {}, "response_scales": {"agreement": POINTS}, "items": items, **parts}
    return Instrument.model_validate(raw, strict=False)


def form(*sections: Mapping[str, Any], name: str = "f") -> Form:
    raw = {"name": name, "version": "1", "title": {}, "respondent_group": "TOP", "languages": ("en",)}
    return Form.model_validate({**raw, "sections": sections}, strict=False)


def asked(one: Form, *instruments: Instrument) -> list[str]:
    return [each.item for each in asked_items(one, {each.name: each for each in instruments})]


@pytest.mark.parametrize(
    ("name", "group", "n_closed", "minutes_of_closed"),
    [
        ("top_managers", "TOP", 63, 7.9),
        ("middle_managers", "MID", 72, 9.0),
        ("frontline_staff", "FRL", 79, 9.9),
        ("citizens", "CIT", 21, 2.6),
        ("partners", "PAR", 53, 6.6),
    ],
)
def test_a_form_of_the_library_asks_as_much_as_it_should(
    library: dict[str, Instrument],
    forms: dict[str, Form],
    name: str,
    group: str,
    n_closed: int,
    minutes_of_closed: float,
) -> None:
    items = [each.item for each in asked_items(forms[name], library)]
    closed = [item for item in items if not item.startswith(("OEQ_", "STR_"))]
    assert (forms[name].respondent_group, len(closed)) == (group, n_closed)
    assert abs(minutes(forms[name], library) - minutes_of_closed) <= 0.05


def test_open_questions_come_first_and_nothing_before_the_definition_is_prompted(
    library: dict[str, Instrument], forms: dict[str, Form]
) -> None:
    for one in forms.values():
        items = asked_items(one, library)
        assert items[0].item.startswith("OEQ_1")
        at_definition = next((n for n, each in enumerate(one.sections) if each.definition), len(one.sections))
        closed = [each for each in items if not each.item.startswith("OEQ_")]
        assert all(each.is_unprompted for each in closed if each.section < at_definition)
        assert not any(each.is_unprompted for each in closed if each.section > at_definition)


def test_the_core_is_the_short_form_and_full_is_every_item() -> None:
    one = instrument()
    assert asked(form({"instrument": "x"}), one) == ["a1", "a2"]
    assert asked(form({"instrument": "x", "length": "full"}), one) == ["a1", "a2", "a3", "a4"]
    assert asked(form({"instrument": "x", "items": ("a4", "a1")}), one) == ["a4", "a1"]


def test_a_section_asks_the_wording_it_names() -> None:
    items = {
        "s": {"response_scale": "agreement"},
        "s_o": {"response_scale": "agreement", "wording": "observer", "parallel_to": "s"},
    }
    one = instrument(items=items)
    assert asked(form({"instrument": "x"}), one) == ["s"]
    assert asked(form({"instrument": "x", "wording": "observer"}), one) == ["s_o"]


def test_scales_can_be_chosen_and_left_out() -> None:
    scales = {"p": {"items": ("a1", "a3"), "least_answered": 2}, "q": {"items": ("a2", "a4"), "least_answered": 1}}
    one = instrument(scales=scales)
    assert asked(form({"instrument": "x", "scales": ("q",), "length": "full"}), one) == ["a2", "a4"]
    assert asked(form({"instrument": "x", "without": ("q",), "length": "full"}), one) == ["a1", "a3"]


def test_a_scale_is_scored_from_what_every_form_with_it_asks() -> None:
    one = instrument(scales={"p": {"items": ("a1", "a2", "a3", "a4"), "reverse_scored": ("a4",), "least_answered": 3}})
    long = form({"instrument": "x", "length": "full"}, name="long")
    short = form({"instrument": "x", "items": ("a1", "a2", "a3")}, name="short")
    alone = as_asked({"long": long}, {"x": one})["x"].scales["p"]
    assert (alone.items, alone.least_answered, alone.reverse_scored) == (("a1", "a2", "a3", "a4"), 3, ("a4",))
    both = as_asked({"long": long, "short": short}, {"x": one})["x"]
    assert (both.scales["p"].items, both.scales["p"].least_answered, both.scales["p"].reverse_scored) == (
        ("a1", "a2", "a3"),
        3,
        (),
    )
    assert list(both.items) == ["a1", "a2", "a3", "a4"]


def test_one_item_is_no_scale_and_one_item_a_dimension_is_an_index() -> None:
    scales = {
        "p": {"items": ("a1", "a3"), "least_answered": 2},
        "q": {"items": ("a2", "a4"), "least_answered": 2},
        "both": {"dimensions": ("p", "q"), "items": ("a1", "a2", "a3", "a4"), "least_answered": 3},
    }
    core = as_asked({"f": form({"instrument": "x"})}, {"x": instrument(scales=scales)})["x"]
    assert list(core.scales) == ["both"]
    assert (core.scales["both"].measurement, core.scales["both"].dimensions) == ("formative", ())
    assert core.scales["both"].least_answered == 2


def test_the_seven_core_items_of_sensemaking_are_an_index(
    library: dict[str, Instrument], forms: dict[str, Form]
) -> None:
    core = as_asked({"top_managers": forms["top_managers"]}, library)["sensemaking"]
    assert list(core.scales) == ["sensemaking_intensity"]
    assert core.scales["sensemaking_intensity"].measurement == "formative"


def test_a_label_fills_the_slot_in_every_language(library: dict[str, Instrument]) -> None:
    slots = library_labels()
    filled = with_labels(library["sensemaking"], labels_of(None, slots)).items["SM_id_1"].text
    assert "co-production" in filled["en"]
    assert "samskabelse" in filled["da"]
    other = form({"instrument": "sensemaking"}).model_copy(update={"labels": {"COPROD": "co_creation"}})
    assert labels_of(other, slots)["COPROD"]["en"] == "co-creation"
    assert fill_slots({"en": "{COPROD} and {OTHER}"}, labels_of(None, slots)) == {"en": "co-production and {OTHER}"}


def test_no_label_stands_at_the_beginning_of_a_sentence(library: dict[str, Instrument]) -> None:
    texts = [text for each in library.values() for item in each.items.values() for text in item.text.values()]
    assert not [text for text in texts if text.startswith("{") or ". {" in text or "? {" in text]
