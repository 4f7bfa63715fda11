"""The table of ways out: every form and every instrument alone goes out everywhere, with the items that it asks."""

import pytest

from instruments.faults import UsageError
from instruments.forms.asked import asked_items
from instruments.forms.spec import Form, Section
from instruments.forms.writers import WRITERS, form_of, write_form
from instruments.spec import Instrument
from tests.instruments.answered_forms import FORM_NAMES, library, library_form
from tests.writers.kobo_import import imported

PLATFORMS = {"qualtrics", "qualtrics-txt", "limesurvey", "limesurvey-tsv", "redcap", "xlsform"}


@pytest.mark.parametrize("target", sorted(PLATFORMS))
def test_every_form_and_instrument_goes_out_to_every_platform(target: str) -> None:
    for each in [*map(library_form, FORM_NAMES), *map(form_of, library().values())]:
        assert write_form(each, library(), target)


def test_every_platform_has_its_writer() -> None:
    assert set(WRITERS) >= PLATFORMS


def test_an_item_that_is_the_only_one_asked_of_its_scale_is_asked() -> None:
    raw = {
        "name": "x", "version": "1", "title": {"en": "X"}, "response_scales": {"s": {"points": {1: {}, 2: {}}}},
        "items": {name: {"response_scale": "s", "text": {"en": name}, "is_core": name == "a"} for name in "abc"},
        "scales": {"abc": {"items": ["a", "b", "c"], "least_answered": 2}},
    }  # fmt: skip
    instrument = Instrument.model_validate(raw, strict=False)
    section = Section(instrument="x", scales=("abc",))
    form = Form(
        name="x", version="1", title={"en": "X"}, respondent_group="TOP", languages=("en",), sections=(section,)
    )
    assert [each.item for each in asked_items(form, {"x": instrument})] == ["a"]
    _, shown = imported(write_form(form, {"x": instrument}, "xlsform"))
    assert [each.key for each in shown] == ["a"]


def test_parts_of_a_sum_that_are_asked_apart_are_refused() -> None:
    lead = [f"STR_cs_lead_{who}" for who in ("managers", "staff", "citizens", "partners")]
    section = Section(instrument="background", items=(*lead[:2], "STR_age", *lead[2:]))
    form = library_form("citizens").model_copy(update={"sections": (section,)})
    with pytest.raises(UsageError, match="STR_cs_lead add up to 100 and are asked apart or not all; ask STR_cs_lead_m"):
        write_form(form, library(), "qualtrics")


def test_every_text_without_a_translation_is_named_with_its_place() -> None:
    form = library_form("citizens").model_copy(update={"introduction": {"en": "Hello"}, "languages": ("en", "de")})
    with pytest.raises(UsageError, match="the form citizens cannot be written: title: there is no wording in de") as e:
        write_form(form, library(), "redcap")
    for place in ("introduction", "section 1: OEQ_1_citizen", "section 6: option -9 of background_age5"):
        assert f"{place}: there is no wording in de" in str(e.value)
    assert "translate it, or leave the language out" in str(e.value)
