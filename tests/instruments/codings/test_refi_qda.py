"""REFI-QDA codebooks and projects: written as the schemas say, read back as they were, refused when they are not."""

import io
import uuid
import zipfile
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instruments.codings.refi_qda import ExchangeFault, QdaCode, QdaCoding, QdaProject, QdaSource
from instruments.codings.refi_qda_reading import read_codebook, read_project
from instruments.codings.refi_qda_writing import write_codebook, write_project

# The children of every element in their order, after the schemas of 18 March 2019 (codebook 1.0, project 1.0):
# what stands here and nothing else may stand there, in this order.
ORDER = {
    "Project": [
        "Users",
        "CodeBook",
        "Variables",
        "Cases",
        "Sources",
        "Notes",
        "Links",
        "Sets",
        "Graphs",
        "Description",
    ],
    "Users": ["User"],
    "CodeBook": ["Codes"],
    "Codes": ["Code"],
    "Code": ["Description", "NoteRef", "Code"],
    "Variables": ["Variable"],
    "Sources": ["TextSource"],
    "Notes": ["Note"],
    "Note": ["Description", "PlainTextContent", "PlainTextSelection", "Coding", "NoteRef", "VariableValue"],
    "TextSource": ["Description", "PlainTextContent", "PlainTextSelection", "Coding", "NoteRef", "VariableValue"],
    "PlainTextSelection": ["Description", "Coding", "NoteRef"],
    "Coding": ["CodeRef", "NoteRef"],
    "VariableValue": ["VariableRef", "TextValue"],
}
NEEDED = {
    "Project": {"name"},
    "User": {"guid"},
    "Code": {"guid", "name", "isCodable"},
    "Variable": {"guid", "name", "typeOfVariable"},
    "TextSource": {"guid"},
    "PlainTextSelection": {"guid", "startPosition", "endPosition"},
    "Coding": {"guid"},
    "Note": {"guid"},
    **{name: {"targetGUID"} for name in ("CodeRef", "NoteRef", "VariableRef")},
}
ONCE = {"Description", "PlainTextContent", "CodeRef", "VariableRef", "TextValue", "Users", "CodeBook", "Sources"}
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t\r"), max_size=30)
GUIDS = st.uuids().map(str)


def texts_in(content: bytes) -> tuple[bytes, dict[str, str]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        texts = {name.partition("/")[2]: archive.read(name).decode() for name in archive.namelist() if "/" in name}
        return archive.read("project.qde"), texts


def check_order(element: ET.Element, namespace: str) -> None:
    name = element.tag.removeprefix(f"{{{namespace}}}")
    children = [child.tag.removeprefix(f"{{{namespace}}}") for child in element]
    allowed = ORDER.get(name, [])
    assert set(children) <= set(allowed), name
    assert children == sorted(children, key=allowed.index)
    assert NEEDED.get(name, set()) <= set(element.attrib), name
    assert all(children.count(each) <= 1 for each in ONCE & set(children))
    if name == "TextSource":
        has_path = element.get("plainTextPath", "").startswith("internal://")
        assert has_path != ("PlainTextContent" in children)
    for key in {"guid", "targetGUID", "creatingUser"} & set(element.attrib):
        assert str(uuid.UUID(element.attrib[key])) == element.attrib[key]
    for child in element:
        check_order(child, namespace)


NAMES = TEXT.filter(bool)
CODES = st.recursive(
    st.builds(QdaCode, GUIDS, NAMES, TEXT, st.booleans()),
    lambda below: st.builds(QdaCode, GUIDS, NAMES, TEXT, st.booleans(), st.lists(below, max_size=2).map(tuple)),
    max_leaves=5,
)


def parts_first(codings: list[QdaCoding]) -> tuple[QdaCoding, ...]:
    return tuple(sorted(codings, key=lambda each: each.segment is None))


@st.composite
def projects(draw: st.DrawFn) -> QdaProject:
    codes = draw(st.lists(st.builds(QdaCode, GUIDS, NAMES), min_size=1, max_size=3))
    users = draw(st.dictionaries(GUIDS, NAMES, min_size=1, max_size=2))
    variables = {"item": draw(GUIDS)}
    coding = st.builds(
        QdaCoding,
        guid=GUIDS,
        code=st.sampled_from([each.guid for each in codes]),
        user=st.sampled_from(sorted(users)),
        segment=st.none() | st.tuples(st.integers(0, 3), st.integers(4, 8)),
        note=TEXT,
    )
    source = st.builds(
        QdaSource,
        guid=GUIDS,
        name=TEXT,
        text=TEXT,
        variables=st.just({"item": "OEQ_1"}),
        codings=st.lists(coding, max_size=3).map(parts_first),
    )
    sources = tuple(draw(st.lists(source, min_size=1, max_size=3)))
    return QdaProject(draw(NAMES), draw(TEXT), users, tuple(codes), variables, sources)


@given(st.lists(CODES, min_size=1, max_size=3).map(tuple))
def test_a_codebook_is_read_as_it_was_written(codes):
    content = write_codebook(codes)
    check_order(ET.fromstring(content), "urn:QDA-XML:codebook:1.0")
    assert read_codebook(content) == codes


@given(projects())
def test_a_project_is_read_as_it_was_written(project):
    content = write_project(project)
    assert content == write_project(project)
    description, texts = texts_in(content)
    root = ET.fromstring(description)
    assert root.tag == "{urn:QDA-XML:project:1.0}Project"
    check_order(root, "urn:QDA-XML:project:1.0")
    assert read_project(description, texts) == project


FOREIGN = """\
<?xml version="1.0" encoding="utf-8"?>
<CodeBook xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns="urn:QDA-XML:codebook:1.0" origin="another"
  xsi:schemaLocation="urn:QDA-XML:codebook:1.0 Codebook.xsd">
  <Codes>
    <Code guid="{1FF58B12-6F6F-4B0C-8BE5-BBDC91F55294}" name="SILO" color="#46AA00" isCodable="true">
      <Description>Walls</Description>
    </Code>
  </Codes>
  <Sets><Set name="A" guid="ECA18D76-2B8B-4F26-BC1D-19ECA19FB3F0"/></Sets>
</CodeBook>
"""


def test_a_codebook_of_another_program_is_read():
    assert read_codebook(FOREIGN.encode()) == (QdaCode("1ff58b12-6f6f-4b0c-8be5-bbdc91f55294", "SILO", "Walls"),)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "no XML that can be read"),
        ("<CodeBook>", "no XML that can be read"),
        ("<CodeBook/>", "expected CodeBook of urn:QDA-XML:codebook:1.0, found CodeBook of no namespace"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "declares a document type"),
        ("<a>" * 70 + "</a>" * 70, "expected at most 64 elements in one another"),
        (FOREIGN.replace('name="SILO"', ""), "an element Code has no guid or name"),
    ],
)
def test_what_is_no_codebook_is_refused_with_the_reason(content, said):
    with pytest.raises(ExchangeFault, match=said):
        read_codebook(content.encode())


PROJECT = """\
<Project xmlns="urn:QDA-XML:project:1.0" name="p"><Sources>
<TextSource guid="1ff58b12-6f6f-4b0c-8be5-bbdc91f55294" name="s" plainTextPath="internal://a.txt">
<PlainTextSelection guid="2ff58b12-6f6f-4b0c-8be5-bbdc91f55294" startPosition="0" endPosition="x">
<Coding guid="3ff58b12-6f6f-4b0c-8be5-bbdc91f55294"/></PlainTextSelection></TextSource></Sources></Project>
"""


@pytest.mark.parametrize(
    ("content", "texts", "said"),
    [
        (PROJECT, {}, "the text of a source is not in the archive"),
        (PROJECT, {"a.txt": "t"}, "a selection has no positions in whole numbers"),
        (PROJECT.replace('"x"', '"1"'), {"a.txt": "t"}, "a coding names no code"),
    ],
)
def test_a_project_with_holes_is_refused_with_the_reason(content, texts, said):
    with pytest.raises(ExchangeFault, match=said):
        read_project(content.encode(), texts)
