"""The built-in instruments: loadable, bilingual, consistent, and worded and keyed as in the drafts."""

from functools import cache
from math import ceil
from pathlib import Path

import pytest
import yaml

from instruments.load import LIBRARY, load_instrument
from instruments.spec import Instrument
from instruments.wording import slots_in

NAMES = sorted(path.stem for path in LIBRARY.glob("*.yaml"))
FACTS = ("background", "open_questions", "register")
CONSTRUCTS = [name for name in NAMES if name not in FACTS]
LANGUAGES = {"en", "da"}
OPT_OUT = -8
MEASUREMENT = {"reflective": "reflective", "formative": "formative", "formative-cluster": "formative"}


@cache
def built_in(name: str) -> Instrument:
    return load_instrument(LIBRARY / f"{name}.yaml")


@cache
def draft(reference: Path, name: str) -> dict:
    return yaml.safe_load((reference / "domain" / "instruments" / f"{name}.yaml").read_text(encoding="utf-8"))


def scored_dimensions(source: dict) -> list[dict]:
    return [each for each in source["dimensions"] if each["measurement_model"] != "check"]


def parallel_items(dimension: dict) -> list[dict]:
    return [item for item in dimension["items"] if "observer_id" in item]


def in_both_languages(entry: dict, suffix: str = "") -> dict[str, str]:
    return {language: entry[language + suffix] for language in ("en", "da")}


def test_the_sixteen_instruments_and_the_single_facts_are_built_in():
    assert len(CONSTRUCTS) == 16
    assert set(FACTS) <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_first_line_names_the_schema_for_editors(name):
    first_line = (LIBRARY / f"{name}.yaml").read_text(encoding="utf-8").splitlines()[0]
    assert first_line == "# yaml-language-server: $schema=../instrument.schema.json"


@pytest.mark.parametrize("name", NAMES)
def test_every_text_exists_in_english_and_danish(name):
    instrument = built_in(name)
    texts = [instrument.title, instrument.definition, *(item.text for item in instrument.items.values())]
    texts += [text for each in instrument.scales.values() for text in (each.title, each.definition)]
    texts += [each.high_score_means for each in instrument.scales.values()]
    texts += [each.text for each in instrument.constant_sums.values()]
    for scale in instrument.response_scales.values():
        texts += [option.label for option in (*scale.points.values(), *scale.opt_outs.values())]
    assert all(set(text) == LANGUAGES and all(text.values()) for text in texts)
    assert {slot for text in texts for slot in slots_in(text)} <= {"COPROD"}
    assert all(len({frozenset(slots_in({language: text[language]})) for language in text}) == 1 for text in texts)


@pytest.mark.parametrize("name", CONSTRUCTS)
def test_every_construct_says_to_whom_about_what_and_when(name):
    instrument = built_in(name)
    assert set(instrument.stem) == LANGUAGES
    assert all((instrument.code, instrument.level, instrument.referent, instrument.window, instrument.structure))
    assert instrument.respondent_groups


@pytest.mark.parametrize("name", CONSTRUCTS)
def test_scores_need_two_thirds_of_the_items(name):
    for scale in built_in(name).scales.values():
        assert (scale.score, scale.least_answered) == ("mean", ceil(2 * len(scale.items) / 3))


@pytest.mark.parametrize("name", NAMES)
def test_unvalidated_wordings_are_drafts_with_a_source(name):
    instrument = built_in(name)
    assert instrument.status == "draft"
    assert instrument.evidence["en"].startswith("None yet")
    assert instrument.evidence["da"].startswith("Intet endnu")
    assert instrument.citation
    assert instrument.licence
    assert instrument.provenance


@pytest.mark.parametrize("name", CONSTRUCTS)
def test_every_scale_of_first_order_has_a_code_and_a_source(name):
    for scale in built_in(name).scales.values():
        assert scale.code
        assert scale.provenance or scale.dimensions


@pytest.mark.parametrize("name", CONSTRUCTS)
def test_every_related_scale_says_how_it_relates_how_it_was_checked_and_on_what_terms_it_may_be_used(name):
    related = built_in(name).related_scales
    assert related
    for each in related:
        assert any(mark in each.scale for mark in ("[V", "[M", "[S"))
        assert each.relation
        assert each.licence


def test_a_response_scale_of_one_name_is_the_same_in_every_instrument():
    seen: dict[str, set[str]] = {}
    for name in NAMES:
        for key, scale in built_in(name).response_scales.items():
            seen.setdefault(key, set()).add(scale.model_dump_json())
    assert [key for key, versions in seen.items() if len(versions) > 1] == []
    assert {"agree5", "freq5", "extent5"} <= set(seen)


def test_identity_work_has_no_total_over_process_and_content():
    assert set(built_in("identity_work").scales) == {"identity_work_activity", "enabler_identity", "identity_tension"}


def test_integration_has_two_scores_and_never_one_total():
    scales = built_in("vertical_horizontal_integration").scales
    assert {item[:6] for item in scales["vertical_integration"].items} == {"INT_vl", "INT_vc"}
    assert {item[:6] for item in scales["horizontal_integration"].items} == {"INT_hd", "INT_hs"}
    assert max(len(scale.items) for scale in scales.values()) == 6


@pytest.mark.parametrize(
    "name", ["frames", "forwarding_inhibiting", "governance_culture", "considerations", "shared_leadership_structure"]
)
def test_factors_that_are_never_added_up_have_no_scale_of_second_order(name):
    assert not [scale for scale in built_in(name).scales.values() if scale.dimensions]


def test_no_name_stands_in_two_instruments():
    names = [name for each in NAMES for name in (*built_in(each).items, *built_in(each).scales)]
    assert len(names) == len(set(names))


@pytest.mark.reference
@pytest.mark.parametrize("name", CONSTRUCTS)
def test_every_item_is_worded_as_in_the_draft(reference, name):
    expected: dict[str, dict[str, str]] = {}
    for dimension in draft(reference, name)["dimensions"]:
        expected |= {item["id"]: in_both_languages(item) for item in dimension["items"]}
        expected |= {item["observer_id"]: in_both_languages(item, "_observer") for item in parallel_items(dimension)}
    assert {item: dict(spec.text) for item, spec in built_in(name).items.items()} == expected
    assert dict(built_in(name).stem) == draft(reference, name)["stem"]


@pytest.mark.reference
@pytest.mark.parametrize("name", CONSTRUCTS)
def test_every_dimension_has_the_items_and_keying_of_the_draft(reference, name):
    instrument = built_in(name)
    for dimension in scored_dimensions(draft(reference, name)):
        scale = instrument.scales[dimension["name_id"]]
        assert list(scale.items) == [item["id"] for item in dimension["items"]]
        assert set(scale.reverse_scored) == {item["id"] for item in dimension["items"] if item["keyed"] == "-"}
        assert scale.measurement == MEASUREMENT[dimension["measurement_model"]]
        assert dict(scale.title) == dimension["title"]
        assert scale.definition["en"] == dimension["definition"]
        assert {instrument.items[item].response_scale for item in scale.items} == {dimension["scale"]}
        assert [instrument.items[item].is_core for item in scale.items] == [item["core"] for item in dimension["items"]]


@pytest.mark.reference
@pytest.mark.parametrize("name", ["sensegiving", "forwarding_inhibiting", "leadership_coproduction"])
def test_every_parallel_scale_mirrors_the_own_wording_item_for_item(reference, name):
    instrument = built_in(name)
    parallel = {each.parallel_to: each for each in instrument.scales.values() if each.parallel_to}
    mirrored = [each for each in scored_dimensions(draft(reference, name)) if parallel_items(each)]
    assert mirrored
    for dimension in mirrored:
        own, scale = instrument.scales[dimension["name_id"]], parallel[dimension["name_id"]]
        assert list(scale.items) == [item["observer_id"] for item in parallel_items(dimension)]
        assert tuple(instrument.items[item].parallel_to for item in scale.items) == own.items
        assert tuple(instrument.items[item].parallel_to for item in scale.reverse_scored) == own.reverse_scored
        assert [instrument.items[item].is_core for item in scale.items] == [
            instrument.items[item].is_core for item in own.items
        ]


@pytest.mark.reference
@pytest.mark.parametrize("name", CONSTRUCTS)
def test_every_composite_joins_the_items_and_keying_of_its_dimensions(reference, name):
    instrument, source = built_in(name), draft(reference, name)
    composites = source.get("composites", [])
    for composite in composites:
        parts = [each["items"] for each in source["dimensions"] if each["id"] in composite["of"]]
        items = [item for part in parts for item in part]
        scale = instrument.scales[composite["name_id"]]
        assert list(scale.items) == [item["id"] for item in items]
        assert set(scale.reverse_scored) == {item["id"] for item in items if item["keyed"] == "-"}
        assert dict(scale.title) == composite["title"]
    own = {key for key, each in instrument.scales.items() if each.dimensions and not each.parallel_to}
    assert own == {each["name_id"] for each in composites}


@pytest.mark.reference
def test_attention_checks_expect_the_answers_of_the_draft(reference):
    checks = next(each for each in draft(reference, "controls")["dimensions"] if each["id"] == "CTL.at")
    items = built_in("controls").items
    expected = {item["id"]: item["expected_answer"] for item in checks["items"]}
    assert {key: items[key].expected_answer for key in expected} == expected
    assert all(items[key].stands_alone for key in expected)


@pytest.mark.reference
@pytest.mark.parametrize("name", CONSTRUCTS)
def test_response_scales_have_the_labels_of_the_drafts_and_an_opt_out(reference, name):
    scales = draft(reference, "response_scales")["scales"]
    for key, scale in built_in(name).response_scales.items():
        for language in LANGUAGES:
            assert [point.label[language] for point in scale.points.values()] == scales[key][language]
            assert scale.opt_outs[OPT_OUT].label[language] == scales[key]["opt_out"][language]
        assert list(scale.points) == scales[key]["values"]
        assert (scale.opt_outs[OPT_OUT].reason, scale.midpoint) == ("dont_know", 3)


@pytest.mark.reference
def test_open_questions_are_those_of_the_draft_and_one_wording_for_citizens(reference):
    items, source = dict(built_in("open_questions").items), draft(reference, "open_questions")["items"]
    for_citizens = items.pop("OEQ_1_citizen")
    assert {key: dict(item.text) for key, item in items.items()} == {
        each["id"]: in_both_languages(each) for each in source
    }
    assert {key: item.prompted for key, item in items.items()} == {each["id"]: each["prompted"] for each in source}
    assert for_citizens.prompted is False
    assert "organisation" not in " ".join(for_citizens.text.values())


@pytest.mark.reference
def test_background_questions_are_worded_as_in_the_draft(reference):
    instrument = built_in("background")
    asked = [each for each in draft(reference, "structure_background")["variables"] if "en" in each]
    for each in asked:
        if each["type"] == "sum100":
            share = instrument.constant_sums[each["id"]]
            parts = [instrument.items[item].text for item in share.items]
            assert dict(share.text) == in_both_languages(each)
            assert [part["en"].lower() for part in parts] == each["parts"]
            assert [part["da"].lower() for part in parts] == each["parts_da"]
            assert share.total == 100
        else:
            assert dict(instrument.items[each["id"]].text) == in_both_languages(each)
    assert len(asked) == len(instrument.items) - 3 * 4 + 3


@pytest.mark.reference
def test_background_options_are_those_of_the_draft(reference):
    instrument = built_in("background")
    for each in draft(reference, "structure_background")["variables"]:
        if "en" not in each or "options_en" not in each:
            continue
        scale = instrument.response_scale_of(each["id"])
        options = [*scale.points.values(), *scale.opt_outs.values()]
        for language in LANGUAGES:
            assert [option.label[language] for option in options] == [*map(str, each[f"options_{language}"])]


@pytest.mark.reference
def test_register_variables_are_those_of_the_draft(reference):
    source = draft(reference, "structure_background")
    by_register = [each["id"] for each in source["variables"] if each["groups"] == ["register"]]
    expected = by_register + [each["id"] for part in ("register", "archival_outcomes") for each in source[part]]
    assert list(built_in("register").items) == expected
    assert "1,000 inhabitants" in built_in("register").items["ARC_acute"].text["en"]
