"""What changed in the questionnaire between waves, and which models that stops."""

import json

import pandas as pd
import pytest

from pipelines.steps.instrument_changes import blocking_changes, instrument_changes, meaning_of

FIVE = {"1": "Never", "3": "Sometimes", "5": "Always"}


def asked(wave: str, text: str, options: dict[str, str] | None = None, item: str = "v1") -> dict[str, str]:
    return {"wave": wave, "item": item, "question_text": text, "options": json.dumps(options) if options else ""}


def changes(*rows: dict[str, str], comparable: dict[str, str] | None = None) -> pd.DataFrame:
    return instrument_changes(pd.DataFrame(rows), ["w1", "w2", "w3"], comparable or {})


@pytest.mark.parametrize(
    ("text", "options", "aspects"),
    [
        ("I speak up.", FIVE, []),
        ("<b>I  speak up</b>", {**FIVE, "1": "never"}, []),
        ("I speak up &nbsp;!", FIVE, []),
        ("I speak up at meetings.", FIVE, ["wording"]),
        ("I speak up.", {"5": "Never", "3": "Sometimes", "1": "Always"}, ["option_codes"]),
        ("I speak up.", {**FIVE, "3": "Now and then"}, ["option_labels"]),
        ("I speak up.", {**FIVE, "7": "Don't know"}, ["options_added"]),
        ("I speak up.", {"1": "Never", "5": "Always"}, ["options_removed"]),
        ("I speak up.", {"1": "Never", "2": "Sometimes", "5": "Always"}, ["option_codes"]),
        ("I speak up.", None, []),
    ],
)
def test_changes_of_meaning_are_told_from_changes_of_form(
    text: str, options: dict[str, str] | None, aspects: list[str]
):
    found = changes(asked("w1", "I speak up.", FIVE), asked("w2", text, options))
    assert found["aspect"].tolist() == aspects
    assert found["blocks_pooling"].all()


def test_a_wording_that_both_waves_have_among_others_is_no_change():
    found = changes(asked("w1", "I speak up."), asked("w2", "Jeg siger min mening."), asked("w2", "I speak up."))
    assert found.empty


LIME, OTHERS = {**FIVE, "M8": "Don't know"}, {**FIVE, "-8": "Don't know"}


@pytest.mark.parametrize(
    ("first", "second", "aspects"),
    [
        ((LIME, OTHERS), (OTHERS, LIME), []),
        ((OTHERS,), (OTHERS, LIME), ["options_added"]),
        ((LIME, OTHERS), (LIME,), ["options_removed"]),
        ((FIVE, FIVE), (FIVE, {"5": "Never", "3": "Sometimes", "1": "Always"}), ["option_codes"]),
        (({"5": "Never", "3": "Sometimes", "1": "Always"}, FIVE), (FIVE,), ["option_codes"]),
    ],
)
def test_an_option_may_have_a_code_of_its_own_on_each_platform(first: tuple, second: tuple, aspects: list[str]):
    rows = [asked(wave, "A", each) for wave, of_wave in (("w1", first), ("w2", second)) for each in of_wave]
    assert changes(*rows)["aspect"].tolist() == aspects


def test_an_item_that_one_wave_did_not_ask_is_listed_and_blocks_nothing():
    found = changes(asked("w1", "A"), asked("w1", "B", item="v2"), asked("w2", "A"))
    assert found[["item", "aspect", "before", "after"]].to_numpy().tolist() == [
        ["v2", "not_asked", "asked", "not asked"]
    ]
    assert not found["blocks_pooling"].any()


def test_a_reason_in_the_study_lifts_the_block_and_is_kept():
    found = changes(asked("w1", "A"), asked("w2", "B"), comparable={"v1": "only a comma was meant"})
    assert found[["blocks_pooling", "because"]].to_numpy().tolist() == [[False, "only a comma was meant"]]


@pytest.mark.parametrize(
    ("waves", "items", "blocked"),
    [
        (["w1", "w2"], {"v1"}, True),
        (["w1", "w3"], {"v1"}, True),
        (["w2", "w3"], {"v1"}, False),
        (["w1"], {"v1"}, False),
        (["w1", "w2"], {"v2"}, False),
    ],
)
def test_only_models_over_the_change_are_blocked(waves: list[str], items: set[str], blocked: bool):
    found = changes(asked("w1", "A"), asked("w2", "B"), asked("w3", "B"))
    assert bool(len(blocking_changes(found, items, waves, ["w1", "w2", "w3"]))) is blocked


def test_meaning_ignores_mark_up_and_marks():
    assert meaning_of("<p>Wie\u00a0oft?</p>") == meaning_of("WIE OFT")
