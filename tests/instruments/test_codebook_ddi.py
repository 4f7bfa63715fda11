"""DDI-Codebook 2.5: elements, their order and closed lists as ``tests.ddi_rules`` has them; every wording survives."""

import json
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instruments.codebooks.ddi import ddi_codebook
from instruments.codebooks.xml_tree import REPLACEMENT, readable
from instruments.forms.writers import form_of, write_form
from tests.codebooks import FORM_NAMES, codebook_of, codebook_of_built_in, everything, library
from tests.ddi_rules import LANGUAGE, NAMESPACE, faults_of

BOOKS = {**{name: codebook_of_built_in(name) for name in FORM_NAMES}, "everything": codebook_of(everything())}
N = {"d": NAMESPACE.strip("{}")}


def parsed(book):
    return ET.fromstring(ddi_codebook(book))


def variable(name, root=None):
    (found,) = (parsed(BOOKS["everything"]) if root is None else root).findall(f".//d:var[@name='{name}']", N)
    return found


def texts(element, path):
    return [each.text for each in element.findall(path, N)]


@pytest.mark.parametrize("name", BOOKS)
def test_a_codebook_keeps_the_rules_of_the_schema(name):
    assert faults_of(parsed(BOOKS[name])) == []


@pytest.mark.parametrize("name", library())
def test_every_instrument_of_the_library_can_be_written(name):
    form = form_of(library()[name])
    assert faults_of(ET.fromstring(write_form(form, library(), "ddi"))) == []
    package = json.loads(write_form(form, library(), "datapackage"))
    asked = [item for item, each in library()[name].items.items() if each.wording == "self"]
    (missing,) = [each for each in package["resources"] if each["name"] == "missing"]
    (items,) = [each["categories"] for each in missing["schema"]["fields"] if each["name"] == "item"]
    assert [each["value"] for each in items] == asked


@pytest.mark.parametrize(
    ("path", "change", "fault"),
    [
        (".//d:var", lambda each: each.insert(0, each[-1]), "var has"),
        (".//d:var", lambda each: each.attrib.pop("name"), "var has no name"),
        (".//d:var", lambda each: each.set("nature", "scale"), "nature is 'scale'"),
        (".//d:var", lambda each: each.set("representationType", "scale"), "representationType is 'scale'"),
        (".//d:varGrp", lambda each: each.set("var", "answers.nothing"), "answers.nothing, which is not there"),
        (".//d:catgry", lambda each: each.set("missing", "yes"), "missing is 'yes'"),
        (".//d:titlStmt", lambda each: each.remove(each[0]), "titlStmt has"),
        (".//d:stdyDscr", lambda each: each.remove(each[0]), "stdyDscr has"),
        (".//d:invalrng", lambda each: each.remove(each[0]), "invalrng is empty"),
        (".//d:fileDscr", lambda each: each.set("ID", "answers.E_1"), "answers.E_1 stands twice"),
    ],
)
def test_the_rules_find_what_is_wrong(path, change, fault):
    root = parsed(BOOKS["everything"])
    change(root.find(path, N))
    assert any(fault in each for each in faults_of(root)), faults_of(root)


@pytest.mark.parametrize(
    ("name", "path", "expected"),
    [
        ("E_1", "d:labl", ["First.", "Første."]),
        ("E_1", "d:qstn/d:preQTxt", ["Think of last year.", "Tænk på sidste år."]),
        ("E_1", "d:qstn/d:qstnLit", ["First.", "Første."]),
        ("E_1", "d:catgry[@missing='N']/d:catValu", ["1", "2", "3"]),
        ("E_1", "d:catgry[@missing='Y']/d:catValu", ["-8"]),
        ("E_1", "d:catgry[@missType='dont_know']/d:labl", ["Don't know", "Ved ikke"]),
        ("E_1", "d:concept", ["The whole"]),
        ("E_2", "d:notes", ["Reverse-scored in whole."]),
        ("E_code", "d:security", ["The answer may identify a person."]),
        ("E_1", "d:universe", ["TOP"]),
        ("text", "d:qstn/d:qstnLit", ["Why?", "Hvorfor?"]),
    ],
)
def test_a_variable_says_what_its_item_says(name, path, expected):
    assert texts(variable(name), path) == expected


@pytest.mark.parametrize(
    ("name", "path", "attributes"),
    [
        ("E_1", "d:valrng/d:range", {"UNITS": "INT", "min": "1", "max": "3"}),
        ("E_1", "d:invalrng/d:item", {"UNITS": "INT", "VALUE": "-8"}),
        ("E_one", "d:valrng/d:item", {"UNITS": "INT", "VALUE": "1"}),
        ("E_years", "d:valrng/d:range", {"UNITS": "REAL", "min": "0", "max": "60.5"}),
        ("E_day", "d:varFormat", {"type": "character", "schema": "ISO", "category": "date"}),
        ("E_1", "d:varFormat", {"type": "numeric", "schema": "ISO", "category": "other"}),
        ("whole", "d:valrng/d:range", {"UNITS": "REAL", "min": "2", "max": "6"}),
        ("whole", "d:derivation", {"var": "answers.E_1 answers.E_2"}),
    ],
)
def test_ranges_formats_and_derivations_are_attributes(name, path, attributes):
    assert variable(name).find(path, N).attrib == attributes


def test_every_question_is_there_in_both_languages():
    root = parsed(BOOKS["top_managers"])
    for each in root.findall(".//d:var", N):
        languages = [question.get(LANGUAGE) for question in each.findall("d:qstn", N)]
        assert languages.count("en") == languages.count("da")
        assert languages or each.get("ID").split(".")[0] != "answers" or each.get("name") == "response_id"
    assert {each.get(LANGUAGE) for each in root.findall(".//d:catgry/d:labl", N)} == {"en", "da"}


def test_keys_that_are_the_same_everywhere_are_one_variable():
    assert variable("response_id").get("files") == "answers open_answers scores missing"


def test_scales_options_and_shares_are_groups():
    groups = {each.get("ID"): each for each in parsed(BOOKS["everything"]).findall(".//d:varGrp", N)}
    found = {name: (each.get("type"), each.get("var")) for name, each in groups.items()}
    assert found["group.whole"] == ("analysis", "scores.whole answers.E_1 answers.E_2")
    assert found["options.E_tools"] == ("multipleResp", "answers.E_tools_1 answers.E_tools_7")
    assert found["parts.shares"] == ("grid", "answers.E_a answers.E_b")
    assert groups["instrument.everything"].get("varGrp") == "group.whole"
    assert texts(groups["group.whole"], "d:concept") == ["EV.w"]


def test_nothing_is_counted():
    root = parsed(BOOKS["everything"])
    assert root.findall(".//d:sumStat", N) == root.findall(".//d:catStat", N) == root.findall(".//d:dimensns", N) == []


@given(st.text(min_size=1))
def test_any_wording_survives(words):
    items = everything().model_dump()["items"]
    items["E_1"]["text"] = {"en": words}
    root = parsed(codebook_of(everything(items=items)))
    assert faults_of(root) == []
    assert texts(variable("E_1", root), "d:labl") == [readable(words)]


def test_only_what_xml_has_no_sign_for_is_replaced():
    assert readable("a\x00b\ud800c\uffff") == f"a{REPLACEMENT}b{REPLACEMENT}c{REPLACEMENT}"
    assert readable("<&>\"'\r\n\t æøå 😀\u0085\u2028") == "<&>\"'\r\n\t æøå 😀\u0085\u2028"
