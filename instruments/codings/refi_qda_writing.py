"""Codebooks and projects → the bytes of ``.qdc`` and ``.qdpx`` files."""

import io
import zipfile
from collections.abc import Iterable, Mapping
from uuid import UUID, uuid5
from xml.sax.saxutils import escape, quoteattr

from instruments.codings.refi_qda import (
    CODEBOOK,
    INTERNAL,
    PROJECT,
    PROJECT_FILE,
    QdaCode,
    QdaCoding,
    QdaProject,
    QdaSource,
)

ORIGIN = "sensemaking"
SOURCES = "sources"
_SAME_TIME = (1980, 1, 1, 0, 0, 0)


def write_codebook(codes: Iterable[QdaCode]) -> bytes:
    """Write a codebook: the content of a ``.qdc`` file."""
    return _document(_tag("CodeBook", {"xmlns": CODEBOOK, "origin": ORIGIN}, [_codes(codes)]))


def write_project(project: QdaProject) -> bytes:
    """Write a project: the content of a ``.qdpx`` file, the same bytes for the same project."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(PROJECT_FILE, _SAME_TIME), _project(project))
        for source in project.sources:
            entry = zipfile.ZipInfo(f"{SOURCES}/{source.guid}.txt", _SAME_TIME)
            archive.writestr(entry, source.text.encode())
    return target.getvalue()


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
    path = f"{INTERNAL}{source.guid}.txt"
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
