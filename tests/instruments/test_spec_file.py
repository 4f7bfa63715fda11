"""What a specification may contain: every mistake a person can make, with line, place and remedy; nothing unknown."""

import datetime as dt
import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from instruments.faults import Fault, SpecError, raise_if_any
from instruments.spec import Instrument
from instruments.spec_file import (
    Name,
    Spec,
    canonical_json,
    closest,
    json_like,
    json_schema,
    read_spec,
    spec_hash,
    validate_spec,
)
from instruments.strict_yaml import Document

PLAIN = st.recursive(
    st.text(max_size=6) | st.integers() | st.floats() | st.booleans() | st.none() | st.dates(),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=6) | st.integers(), below, max_size=3),
    max_leaves=10,
)
KEYS = st.sampled_from([*Instrument.model_fields, "points", "label", "kind", "response_scale", "also", "v1"])


class Room(Spec):
    name: Name
    seats: int = Field(default=1, ge=1)


class House(Spec):
    title: str
    rooms: tuple[Room, ...] = ()
    owner: Name | Room | None = None
    built_on: dt.date | None = None


class Plot(Spec):
    bounds: Name | tuple[Name, Name]
    corner: tuple[int, int] = (0, 0)


def house(tmp_path, text):
    path = tmp_path / "house.yaml"
    path.write_text(text, encoding="utf-8")
    spec, document = read_spec(path, House)
    return spec, [(fault.line, fault.place, fault.message) for fault in document.faults]


def test_a_sound_file_becomes_a_frozen_specification(tmp_path):
    spec, faults = house(tmp_path, "title: Home\nrooms:\n  - name: hall\nbuilt_on: 1962-05-01\n")
    assert faults == []
    assert spec == House(title="Home", rooms=(Room(name="hall"),), built_on=dt.date(1962, 5, 1))
    with pytest.raises(ValueError, match="frozen"):
        spec.title = "Away"


def test_every_fault_of_a_file_is_reported_at_once(tmp_path):
    spec, faults = house(
        tmp_path, "titel: Home\nrooms:\n  - name: big hall\n    seats: 0\n  - seats: many\nbuilt_on: soon\n"
    )
    assert spec is None
    assert sorted(faults) == [
        (1, "titel", "unknown key; did you mean 'title'?"),
        (1, "title", "this key is missing; add it"),
        (
            3,
            "rooms.0.name",
            "expected a name of at most 63 letters, digits and underscores that begins with a letter, found 'big hall'",
        ),
        (4, "rooms.0.seats", "expected greater than or equal to 1, found 0"),
        (5, "rooms.1.name", "this key is missing; add it"),
        (5, "rooms.1.seats", "expected a whole number, found 'many'"),
        (6, "built_on", "expected a date such as 2026-03-01, found 'soon'"),
    ]


def test_faults_of_notation_and_content_come_together(tmp_path):
    _, faults = house(tmp_path, "title: Home\ntitle: Away\nroms: []\n")
    assert {message for _, _, message in faults} == {
        "this key stands twice, first on line 1; keep one of them",
        "unknown key; did you mean 'rooms'?",
    }


@pytest.mark.parametrize(
    ("owner", "faults"),
    [
        (
            "two words",
            ["expected a name of at most 63 letters, digits and underscores that begins with a letter, found "],
        ),
        ("{name: hall, seats: 0}", ["expected greater than or equal to 1, found 0"]),
        ("{name: hall, seat: 2}", ["unknown key; did you mean 'seats'?"]),
        ("{seats: 2}", ["this key is missing; add it"]),
        ("12", ['expected text, found 12; write "12" in quotation marks']),
    ],
)
def test_where_several_kinds_are_possible_only_the_fitting_one_is_spoken_of(tmp_path, owner, faults):
    _, found = house(tmp_path, f"title: Home\nowner: {owner}\n")
    assert [message.removesuffix(f"'{owner}'") for _, _, message in found] == faults


@pytest.mark.parametrize(
    ("word", "hint"),
    [("wve", "; did you mean 'wave'?"), ("WAVE", "; did you mean 'wave'?"), ("platform", ""), ("", "")],
)
def test_only_a_near_word_is_suggested(word, hint):
    assert closest(word, ["wave", "title"]) == hint


def test_the_same_content_has_the_same_hash_whatever_its_order(tmp_path):
    first, _ = house(tmp_path, "title: Home\nrooms: [{name: hall, seats: 2}]\n")
    second, _ = house(tmp_path, "rooms:\n  - seats: 2\n    name: hall\ntitle: Home\n")
    other, _ = house(tmp_path, "title: Home\nrooms: [{name: hall, seats: 3}]\n")
    assert canonical_json(first) == canonical_json(second)
    assert spec_hash(first) == spec_hash(second) != spec_hash(other)


def test_a_json_schema_names_keys_and_refuses_others():
    schema = json.loads(json_schema(House))
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert set(schema["properties"]) == {"title", "rooms", "owner", "built_on"}
    assert schema["additionalProperties"] is False
    assert schema["required"] == ["title"]


def test_faults_are_sorted_by_file_and_line_and_said_once():
    faults = [Fault(Path("b.yaml"), 1, "x", "m"), Fault(Path("a.yaml"), 9, "", "m"), Fault(Path("a.yaml"), 2, "y", "m")]
    with pytest.raises(SpecError) as caught:
        raise_if_any([*faults, faults[0]])
    assert str(caught.value) == "a.yaml:2: y: m\na.yaml:9: m\nb.yaml:1: x: m"
    assert len(caught.value.faults) == 3


@given(PLAIN | st.dictionaries(KEYS, PLAIN | st.dictionaries(KEYS, PLAIN, max_size=4), max_size=6))
def test_no_content_makes_checking_fall_over(tmp_path_factory, value):
    path = tmp_path_factory.mktemp("spec") / "voice.yaml"
    path.write_text(yaml.safe_dump(value, allow_unicode=True), encoding="utf-8")
    spec, document = read_spec(path, Instrument)
    assert (spec is None) == bool(document.faults)


@given(PLAIN)
def test_no_value_makes_checking_fall_over(value):
    document = Document(Path("voice.yaml"), value)
    assert (validate_spec(document, Instrument, json_like(value)) is None) == bool(document.faults)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("bounds: [road]", "entry 2 of the list is missing; add it, or write a single one without brackets"),
        ("bounds: [road, brook, hedge]", "expected at most 2 entries, found 3"),
        ("bounds: {road: brook}", "expected text, found keys with values"),
        ("bounds: road\ncorner: [3]", "entry 2 of the list is missing; add it"),
    ],
)
def test_a_list_of_another_length_is_told_from_a_single_entry(tmp_path, text, told):
    path = tmp_path / "plot.yaml"
    path.write_text(text, encoding="utf-8")
    _, document = read_spec(path, Plot)
    place = "corner" if "corner" in text else "bounds"
    assert [(fault.place, fault.message) for fault in document.faults] == [(place, told)]


@pytest.mark.parametrize("text", ["bounds: road", "bounds: [road, brook]"])
def test_one_entry_or_a_list_of_two_is_sound(tmp_path, text):
    path = tmp_path / "plot.yaml"
    path.write_text(text, encoding="utf-8")
    assert read_spec(path, Plot)[1].faults == []
