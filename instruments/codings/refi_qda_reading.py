"""The bytes of ``.qdc`` files, and of the description in ``.qdpx`` files → codebooks and projects."""

from collections.abc import Iterator, Mapping

from instruments.codings.refi_qda import (
    CODEBOOK,
    INTERNAL,
    PROJECT,
    ExchangeFault,
    QdaCode,
    QdaCoding,
    QdaProject,
    QdaSource,
)
from instruments.codings.xml_tree import Element, XmlFault, read_xml


def read_codebook(content: bytes) -> tuple[QdaCode, ...]:
    """Read a codebook.

    Raises:
        ExchangeFault: When it is none.
    """
    return _codes_in(_root(content, "CodeBook", CODEBOOK))


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
    path = element.attributes.get("plainTextPath", "").removeprefix(INTERNAL)
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
