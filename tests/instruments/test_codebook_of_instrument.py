"""The codebook of an instrument alone: every item and scale of its file, in each wording."""

import json

import pytest

from instruments.load import LIBRARY, find_instruments, load_instrument
from pipelines.commands.instruments import Catalogue

FILES = find_instruments([LIBRARY])
CATALOGUE = Catalogue()


@pytest.mark.parametrize("name", sorted(FILES))
def test_the_codebook_of_an_instrument_has_its_items_and_scales_for_observers_too(name):
    instrument = load_instrument(FILES[name])
    tables = json.loads(CATALOGUE.written(name, "datapackage", ()))["resources"]
    fields = [field["survey"] for table in tables for field in table["schema"]["fields"] if "survey" in field]
    closed = {item for item, each in instrument.items.items() if each.kind != "open_text"}
    assert {each["item"] for each in fields if "item" in each} == closed
    assert {each["scale"] for each in fields if "scale" in each} == set(instrument.scales)


def test_whom_a_parallel_item_is_asked_of_is_left_to_forms():
    tables = json.loads(CATALOGUE.written("sensegiving", "datapackage", ()))["resources"]
    asked = {f["name"]: f["survey"]["askedOf"] for f in tables[0]["schema"]["fields"] if "survey" in f}
    assert asked["SG_gi_1"] == ["TOP", "MID", "FRL"]
    assert asked["SG_gi_1_o"] == []


def test_a_platform_gets_the_items_about_oneself_only():
    written = CATALOGUE.written("sensegiving", "redcap", ()).decode()
    assert "sg_gi_1," in written
    assert "sg_gi_1_o" not in written
