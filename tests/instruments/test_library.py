"""The built-in instruments: loadable, bilingual, consistent, and worded and keyed as in the drafts."""

from math import ceil
from pathlib import Path

import pytest
import yaml

from instruments.load import LIBRARY, load_instrument

NAMES = sorted(path.stem for path in LIBRARY.glob("*.yaml"))
DRAFTS = ("identity_work", "vertical_horizontal_integration", "collective_leadership")
DEFAULT_LABEL = {"en": "co-production", "da": "samskabelse"}
OPT_OUT = -8


def draft(reference: Path, name: str) -> dict:
    return yaml.safe_load((reference / "domain" / "instruments" / f"{name}.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", NAMES)
def test_first_line_names_the_schema_for_editors(name):
    first_line = (LIBRARY / f"{name}.yaml").read_text(encoding="utf-8").splitlines()[0]
    assert first_line == "# yaml-language-server: $schema=../instrument.schema.json"


@pytest.mark.parametrize("name", NAMES)
def test_every_text_exists_in_english_and_danish(name):
    instrument = load_instrument(LIBRARY / f"{name}.yaml")
    texts = [instrument.title, instrument.definition, *(item.text for item in instrument.items.values())]
    texts += [text for scale in instrument.scales.values() for text in (scale.title, scale.high_score_means)]
    for scale in instrument.response_scales.values():
        texts += [option.label for option in (*scale.points.values(), *scale.opt_outs.values())]
    assert all(set(text) == {"en", "da"} and all(text.values()) for text in texts)
    assert not any("{" in wording for text in texts for wording in text.values())


@pytest.mark.parametrize("name", DRAFTS)
def test_scores_need_two_thirds_of_the_items(name):
    for scale in load_instrument(LIBRARY / f"{name}.yaml").scales.values():
        assert (scale.score, scale.least_answered) == ("mean", ceil(2 * len(scale.items) / 3))


@pytest.mark.parametrize("name", DRAFTS)
def test_unvalidated_wordings_are_drafts_with_a_source(name):
    instrument = load_instrument(LIBRARY / f"{name}.yaml")
    assert instrument.status == "draft"
    assert instrument.citation
    assert instrument.licence


def test_identity_work_has_no_total_over_process_and_content():
    scales = load_instrument(LIBRARY / "identity_work.yaml").scales
    assert set(scales) == {"identity_work_activity", "enabler_identity", "identity_tension"}


def test_integration_has_two_scores_and_never_one_total():
    scales = load_instrument(LIBRARY / "vertical_horizontal_integration.yaml").scales
    assert {item[:6] for item in scales["vertical_integration"].items} == {"INT_vl", "INT_vc"}
    assert {item[:6] for item in scales["horizontal_integration"].items} == {"INT_hd", "INT_hs"}
    assert max(len(scale.items) for scale in scales.values()) == 6


def test_no_name_stands_in_two_instruments():
    instruments = [load_instrument(LIBRARY / f"{name}.yaml") for name in NAMES]
    names = [name for each in instruments for name in (*each.items, *each.scales)]
    assert len(names) == len(set(names))


@pytest.mark.reference
@pytest.mark.parametrize("name", DRAFTS)
def test_every_item_is_worded_as_in_the_draft(reference, name):
    instrument = load_instrument(LIBRARY / f"{name}.yaml")
    expected = {
        item["id"]: {language: item[language].replace("{COPROD}", label) for language, label in DEFAULT_LABEL.items()}
        for dimension in draft(reference, name)["dimensions"]
        for item in dimension["items"]
    }
    assert {item: dict(spec.text) for item, spec in instrument.items.items()} == expected


@pytest.mark.reference
@pytest.mark.parametrize("name", DRAFTS)
def test_every_dimension_has_the_items_and_keying_of_the_draft(reference, name):
    instrument = load_instrument(LIBRARY / f"{name}.yaml")
    for dimension in draft(reference, name)["dimensions"]:
        scale = instrument.scales[dimension["name_id"]]
        assert list(scale.items) == [item["id"] for item in dimension["items"]]
        assert set(scale.reverse_scored) == {item["id"] for item in dimension["items"] if item["keyed"] == "-"}
        assert scale.measurement == dimension["measurement_model"]
        assert dict(scale.title) == dimension["title"]
        assert {instrument.items[item].response_scale for item in scale.items} == {dimension["scale"]}
        assert [instrument.items[item].is_core for item in scale.items] == [item["core"] for item in dimension["items"]]


@pytest.mark.reference
@pytest.mark.parametrize("name", DRAFTS)
def test_every_composite_joins_the_items_and_keying_of_its_dimensions(reference, name):
    instrument, source = load_instrument(LIBRARY / f"{name}.yaml"), draft(reference, name)
    for composite in source.get("composites", []):
        parts = [each["items"] for each in source["dimensions"] if each["id"] in composite["of"]]
        items = [item for part in parts for item in part]
        scale = instrument.scales[composite["name_id"]]
        assert list(scale.items) == [item["id"] for item in items]
        assert set(scale.reverse_scored) == {item["id"] for item in items if item["keyed"] == "-"}
        assert dict(scale.title) == composite["title"]


@pytest.mark.reference
@pytest.mark.parametrize("name", DRAFTS)
def test_response_scales_have_the_labels_of_the_drafts_and_an_opt_out(reference, name):
    scales = draft(reference, "response_scales")["scales"]
    for key, scale in load_instrument(LIBRARY / f"{name}.yaml").response_scales.items():
        for language in DEFAULT_LABEL:
            assert [point.label[language] for point in scale.points.values()] == scales[key][language]
            assert scale.opt_outs[OPT_OUT].label[language] == scales[key]["opt_out"][language]
        assert list(scale.points) == scales[key]["values"]
        assert (scale.opt_outs[OPT_OUT].reason, scale.midpoint) == ("dont_know", 3)
