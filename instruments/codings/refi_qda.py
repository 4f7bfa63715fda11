"""REFI-QDA: codebooks (``.qdc``) and projects (``.qdpx``) that programs for qualitative analysis exchange.

Written and read as the schemas of 18 March 2019 say: ``urn:QDA-XML:codebook:1.0`` and ``urn:QDA-XML:project:1.0``.
Positions count the signs of a text from 0, the end one beyond the last. Put here the format; which answers leave a
study and what comes back is for the commands.
"""

import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from uuid import UUID, uuid5
from xml.sax.saxutils import escape, quoteattr

from instruments.codings.xml_tree import Element, XmlFault, read_xml

CODEBOOK, PROJECT = "urn:QDA-XML:codebook:1.0", "urn:QDA-XML:project:1.0"
ORIGIN = "sensemaking"
PROJECT_FILE = "project.qde"
SOURCES = "sources"
_INTERNAL = "internal://"
_SAME_TIME = (1980, 1, 1, 0, 0, 0)


class ExchangeFault(Exception):
    """A file is no codebook or project that can be read; the message says why and what to do."""


@dataclass(frozen=True)
class QdaCode:
    """One code of a codebook.

    Attributes:
        guid: Its id.
        name: Its name.
        description: What it means.
        is_codable: Whether it can be given; a family cannot.
        children: Codes below it.
    """

    guid: str
    name: str
    description: str = ""
    is_codable: bool = True
    children: tuple["QdaCode", ...] = ()


@dataclass(frozen=True)
class QdaCoding:
    """One code given to a text.

    Attributes:
        guid: Its id.
        code: Id of the code.
        user: Id of who gave it; empty when the file does not say.
        segment: First and last-plus-one sign; None for the whole text.
        note: What the user wrote beside it.
    """

    guid: str
    code: str
    user: str = ""
    segment: tuple[int, int] | None = None
    note: str = ""


@dataclass(frozen=True)
class QdaSource:
    """One text.

    Attributes:
        guid: Its id.
        name: Its name.
        text: The text.
        variables: Variable → value.
        codings: Codes given to it.
    """

    guid: str
    name: str
    text: str
    variables: Mapping[str, str] = field(default_factory=dict[str, str])
    codings: tuple[QdaCoding, ...] = ()


@dataclass(frozen=True)
class QdaProject:
    """A project.

    Attributes:
        name: Its name.
        description: What it says of itself.
        users: Id → name.
        codes: The codebook.
        variables: Variable → id.
        sources: Its texts; other kinds of source are passed over.
    """

    name: str
    description: str
    users: Mapping[str, str]
    codes: tuple[QdaCode, ...]
    variables: Mapping[str, str]
    sources: tuple[QdaSource, ...]


def write_codebook(codes: Iterable[QdaCode]) -> bytes:
    """Write a codebook: the content of a ``.qdc`` file."""
    return _document(_tag("CodeBook", {"xmlns": CODEBOOK, "origin": ORIGIN}, [_codes(codes)]))


def read_codebook(content: bytes) -> tuple[QdaCode, ...]:
    """Read a codebook.

    Raises:
        ExchangeFault: When it is none.
    """
    return _codes_in(_root(content, "CodeBook", CODEBOOK))


def write_project(project: QdaProject) -> bytes:
    """Write a project: the content of a ``.qdpx`` file, the same bytes for the same project."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(PROJECT_FILE, _SAME_TIME), _project(project))
        for source in project.sources:
            entry = zipfile.ZipInfo(f"{SOURCES}/{source.guid}.txt", _SAME_TIME)
            archive.writestr(entry, source.text.encode())
    return target.getvalue()


def read_project(content: bytes, texts: Mapping[str, str]) -> QdaProject:
    """Read a project.

    Args:
        content: The member ``project.qde``.
        texts: Text of every plain text in the archive, by the last part of its name.

    Raises:
        ExchangeFault: When it is none, or a text is missing.
    """
    root = _root(content, "Project", PROJECT)
    variables = {each.attributes["guid"]: each.attributes["name"] for each in _inside(root, "Variables", "Variable")}
    notes = {each.attributes["guid"]: _text(each, "PlainTextContent") for each in _inside(root, "Notes", "Note")}
    codebook = root.one("CodeBook")
    return QdaProject(
        name=root.attributes.get("name", ""),
        description=_text(root, "Description"),
        users={
            _plain(each.attributes["guid"]): each.attributes.get("name", "") for each in _inside(root, "Users", "User")
        },
        codes=() if codebook is None else _codes_in(codebook),
        variables={name: guid for guid, name in variables.items()},
        sources=tuple(_source_in(each, texts, variables, notes) for each in _inside(root, "Sources", "TextSource")),
    )


def _project(project: QdaProject) -> bytes:
    users = [_tag("User", {"guid": guid, "name": name}) for guid, name in project.users.items()]
    variables = [
        _tag("Variable", {"guid": guid, "name": name, "typeOfVariable": "Text"})
        for name, guid in project.variables.items()
    ]
    codings = [coding for source in project.sources for coding in source.codings if coding.note]
    notes = [
        _tag("Note", {"guid": _beside(each.guid, "note")}, [_element("PlainTextContent", each.note)])
        for each in codings
    ]
    parts = [
        _some("Users", users),
        _tag("CodeBook", {}, [_codes(project.codes)]),
        _some("Variables", variables),
        _some("Sources", [_source(source, project.variables) for source in project.sources]),
        _some("Notes", notes),
        _element("Description", project.description),
    ]
    return _document(_tag("Project", {"xmlns": PROJECT, "name": project.name, "origin": ORIGIN}, parts))


def _beside(coding: str, what: str) -> str:
    """Return the id of what belongs to a coding, such as its note."""
    return str(uuid5(UUID(coding), what))


def _source(source: QdaSource, variables: Mapping[str, str]) -> str:
    segments = [
        _tag(
            "PlainTextSelection",
            {
                "guid": _beside(coding.guid, "selection"),
                "startPosition": str(coding.segment[0]),
                "endPosition": str(coding.segment[1]),
            },
            [_coding(coding)],
        )
        for coding in source.codings
        if coding.segment is not None
    ]
    whole = [_coding(coding) for coding in source.codings if coding.segment is None]
    values = [
        _tag("VariableValue", {}, [_tag("VariableRef", {"targetGUID": variables[name]}), _element("TextValue", value)])
        for name, value in source.variables.items()
    ]
    path = f"{_INTERNAL}{source.guid}.txt"
    return _tag(
        "TextSource",
        {"guid": source.guid, "name": source.name, "plainTextPath": path},
        [*segments, *whole, *values],
    )


def _coding(coding: QdaCoding) -> str:
    attributes = {"guid": coding.guid} | ({"creatingUser": coding.user} if coding.user else {})
    notes = [_tag("NoteRef", {"targetGUID": _beside(coding.guid, "note")})] if coding.note else []
    return _tag("Coding", attributes, [_tag("CodeRef", {"targetGUID": coding.code}), *notes])


def _codes(codes: Iterable[QdaCode]) -> str:
    return _tag("Codes", {}, [_code(code) for code in codes])


def _code(code: QdaCode) -> str:
    attributes = {"guid": code.guid, "name": code.name, "isCodable": "true" if code.is_codable else "false"}
    said = [_element("Description", code.description)] if code.description else []
    return _tag("Code", attributes, [*said, *(_code(child) for child in code.children)])


def _tag(name: str, attributes: Mapping[str, str], inside: Iterable[str] = ()) -> str:
    listed = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    content = "".join(inside)
    return f"<{name}{listed}>{content}</{name}>" if content else f"<{name}{listed}/>"


def _element(name: str, text: str) -> str:
    # A carriage return would be read as a new line, and positions in the text would move.
    return f"<{name}>{escape(text, {chr(13): '&#13;'})}</{name}>"


def _some(name: str, inside: list[str]) -> str:
    return _tag(name, {}, inside) if inside else ""


def _document(root: str) -> bytes:
    return f'<?xml version="1.0" encoding="utf-8"?>\n{root}\n'.encode()


def _root(content: bytes, name: str, namespace: str) -> Element:
    try:
        root = read_xml(content)
    except XmlFault as error:
        raise ExchangeFault(str(error)) from error
    if (root.name, root.namespace) != (name, namespace):
        found = f"{root.name} of {root.namespace or 'no namespace'}"
        raise ExchangeFault(f"expected {name} of {namespace}, found {found}; export it as REFI-QDA")
    missing = next((each for each in _every(root) if _lacks_id(each)), None)
    if missing is not None:
        raise ExchangeFault(f"an element {missing.name} has no guid or name; export it again as REFI-QDA")
    return root


def _every(element: Element) -> Iterator[Element]:
    yield element
    for child in element.children:
        yield from _every(child)


_NEEDED = {
    **dict.fromkeys(("User", "TextSource", "Coding", "Note", "PlainTextSelection"), ("guid",)),
    **dict.fromkeys(("Code", "Variable"), ("guid", "name")),
    **dict.fromkeys(("CodeRef", "VariableRef", "NoteRef"), ("targetGUID",)),
}


def _lacks_id(element: Element) -> bool:
    return not set(_NEEDED.get(element.name, ())) <= set(element.attributes)


def _inside(root: Element, group: str, name: str) -> Iterator[Element]:
    return (each for found in root.each(group) for each in found.each(name))


def _text(element: Element, name: str) -> str:
    found = element.one(name)
    return "" if found is None else found.text


def _codes_in(codebook: Element) -> tuple[QdaCode, ...]:
    return tuple(_code_in(each) for each in _inside(codebook, "Codes", "Code"))


def _code_in(element: Element) -> QdaCode:
    attributes = element.attributes
    return QdaCode(
        guid=_plain(attributes["guid"]),
        name=attributes["name"],
        description=_text(element, "Description"),
        is_codable=attributes.get("isCodable", "true") in ("true", "1"),
        children=tuple(_code_in(each) for each in element.each("Code")),
    )


def _source_in(
    element: Element, texts: Mapping[str, str], variables: Mapping[str, str], notes: Mapping[str, str]
) -> QdaSource:
    name = element.attributes.get("name", "")
    path = element.attributes.get("plainTextPath", "").removeprefix(_INTERNAL)
    if path and path not in texts:
        raise ExchangeFault("the text of a source is not in the archive; export the project again with its sources")
    whole = [_coding_in(each, None, notes) for each in element.each("Coding")]
    parts = [
        _coding_in(each, _segment(selection), notes)
        for selection in element.each("PlainTextSelection")
        for each in selection.each("Coding")
    ]
    values = {
        variables[ref.attributes["targetGUID"]]: _text(each, "TextValue")
        for each in element.each("VariableValue")
        if (ref := each.one("VariableRef")) is not None and ref.attributes["targetGUID"] in variables
    }
    text = texts[path] if path else _text(element, "PlainTextContent")
    return QdaSource(_plain(element.attributes["guid"]), name, text, values, (*parts, *whole))


def _segment(selection: Element) -> tuple[int, int]:
    try:
        return int(selection.attributes["startPosition"]), int(selection.attributes["endPosition"])
    except (KeyError, ValueError) as error:
        raise ExchangeFault("a selection has no positions in whole numbers; export the project again") from error


def _coding_in(element: Element, segment: tuple[int, int] | None, notes: Mapping[str, str]) -> QdaCoding:
    ref, note = element.one("CodeRef"), element.one("NoteRef")
    if ref is None:
        raise ExchangeFault("a coding names no code; export the project again")
    return QdaCoding(
        guid=_plain(element.attributes["guid"]),
        code=_plain(ref.attributes["targetGUID"]),
        user=_plain(element.attributes.get("creatingUser", "")),
        segment=segment,
        note="" if note is None else notes.get(note.attributes["targetGUID"], ""),
    )


def _plain(guid: str) -> str:
    return guid.strip("{}").lower()
