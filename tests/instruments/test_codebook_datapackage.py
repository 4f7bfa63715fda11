"""The descriptor of a Data Package: what version 2.0 of the standard demands, and that every wording survives."""

import json
import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instruments.codebooks.datapackage import data_package
from tests.codebooks import FORM_NAMES, codebook_of, codebook_of_built_in, everything

TYPES = {"integer", "number", "boolean", "date", "datetime", "string"}
BOOKS = {**{name: codebook_of_built_in(name) for name in FORM_NAMES}, "everything": codebook_of(everything())}


def descriptor(book):
    return json.loads(data_package(book))


def fields_of(package, resource="answers"):
    (found,) = [each for each in package["resources"] if each["name"] == resource]
    return {each["name"]: each for each in found["schema"]["fields"]}


@pytest.mark.parametrize("name", BOOKS)
def test_a_package_has_what_the_standard_demands(name):
    package = descriptor(BOOKS[name])
    assert package["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert re.fullmatch(r"[-a-z0-9._]+", package["name"])
    assert all(set(each) & {"name", "path"} for each in package["licenses"])
    assert all(re.fullmatch(r"[-a-zA-Z0-9._]+", each["name"]) for each in package["licenses"])
    assert all(each["title"] for each in package["sources"])
    assert all(isinstance(package[key], str) for key in ("title", "version"))
    names = [each["name"] for each in package["resources"]]
    assert len(names) == len(set(names)) > 0


@pytest.mark.parametrize("name", BOOKS)
def test_a_resource_is_a_table_with_a_header_and_no_rows(name):
    package = descriptor(BOOKS[name])
    home = package["resources"][0]
    for resource in package["resources"]:
        names = [each["name"] for each in resource["schema"]["fields"]]
        assert resource["type"] == "table"
        assert "path" not in resource
        assert resource["data"] == [names]
        assert max(Counter(names).values()) == 1
        assert set(resource["schema"]["primaryKey"]) <= set(names)
        keys = [each["reference"]["resource"] for each in resource["schema"].get("foreignKeys", [])]
        assert keys == ([] if resource is home else [home["name"]])


@pytest.mark.parametrize("name", BOOKS)
def test_categories_and_missing_values_are_as_version_2_has_them(name):
    for resource in descriptor(BOOKS[name])["resources"]:
        for field in resource["schema"]["fields"]:
            assert field["type"] in TYPES
            assert field["title"]
            categories, missing = field.get("categories", []), field.get("missingValues", [])
            assert ("categories" in field) == ("categoriesOrdered" in field)
            assert not categories or field["type"] in ("integer", "string")
            assert all(isinstance(each["value"], int if field["type"] == "integer" else str) for each in categories)
            assert all(isinstance(each["value"], str) for each in missing)
            for listed in (categories, missing):
                labels = [each["label"] for each in listed if "label" in each]
                assert len(set(labels)) == len(labels)
                assert len({each["value"] for each in listed}) == len(listed)
            is_required = field.get("constraints", {}).get("required", False)
            assert is_required == (not missing)
            assert not missing or missing[0]["value"] == ""


def test_options_are_labelled_from_low_to_high_and_translated():
    field = fields_of(descriptor(BOOKS["everything"]))["E_1"]
    assert field["categories"] == [
        {"value": 1, "label": "Low", "translations": {"da": {"label": "Lav"}}},
        {"value": 2},
        {"value": 3, "label": "High", "translations": {"da": {"label": "Høj"}}},
    ]
    assert field["categoriesOrdered"] is True
    assert field["missingValues"][1:] == [
        {"value": "-8", "label": "Don't know", "translations": {"da": {"label": "Ved ikke"}}}
    ]
    assert field["translations"] == {"da": {"title": "Første.", "description": "Tænk på sidste år."}}


@pytest.mark.parametrize(
    ("name", "key", "value"),
    [
        ("E_one", "categoriesOrdered", False),
        ("E_years", "constraints", {"minimum": 0, "maximum": 60.5}),
        ("E_day", "type", "date"),
        ("E_tools_7", "title", "Tools?: Ink"),
        ("response_id", "constraints", {"required": True}),
    ],
)
def test_a_field_says_what_its_item_says(name, key, value):
    assert fields_of(descriptor(BOOKS["everything"]))[name][key] == value


def test_what_the_standard_has_no_word_for_stands_under_survey():
    package = descriptor(BOOKS["everything"])
    item = fields_of(package)["E_2"]["survey"]
    assert (item["scales"], item["reverseScoredIn"], item["askedOf"]) == (["whole"], ["whole"], ["TOP"])
    score = fields_of(package, "scores")["whole"]["survey"]
    assert (score["reverseScored"], score["leastAnswered"], score["status"]) == (["E_2"], 2, "draft")
    (instrument,) = package["survey"]["instruments"]
    assert instrument["provenance"] == [{"author": "A & B", "title": "On <Everything>", "quote": "all of it"}]
    assert instrument["relatedScales"][0]["licence"] == "ask first"
    assert package["licenses"] == [{"name": "CC-BY-4.0"}]
    assert package["sources"] == [{"title": "A & B: On <Everything>"}, {"title": "C: On the whole"}]


def test_options_that_share_a_label_are_told_apart_by_their_code():
    scales = everything().model_dump()["response_scales"]
    scales["tools"]["points"][7]["label"] = {"en": "Pen"}
    field = fields_of(descriptor(codebook_of(everything(response_scales=scales))))["E_one"]
    assert [each["label"] for each in field["categories"]] == ["Pen (1)", "Pen (7)"]


def test_the_same_codebook_gives_the_same_bytes():
    assert data_package(BOOKS["citizens"]) == data_package(codebook_of_built_in.__wrapped__("citizens"))


@given(st.text(min_size=1))
def test_any_wording_survives(words):
    text = words.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    items = everything().model_dump()["items"]
    items["E_1"]["text"] = {"en": text}
    field = fields_of(descriptor(codebook_of(everything(items=items))))["E_1"]
    assert field["title"] == text
