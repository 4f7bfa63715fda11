"""XML as DDI wants it: elements with their language, and bytes that any parser reads back to the same words."""

import re
import xml.etree.ElementTree as ET

from instruments.codebook import worded
from instruments.spec_file import Texts

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_XML = "http://www.w3.org/XML/1998/namespace"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def add(parent: ET.Element, tag: str, text: str = "", *, language: str = "", **attributes: str) -> ET.Element:
    """Add an element; attributes without a value are left out.

    Args:
        parent: Where it is added at the end.
        tag: Its name.
        text: Its text.
        language: Language of the text, as ``xml:lang``.
        attributes: Further attributes.
    """
    given = {key: readable(value) for key, value in attributes.items() if value}
    element = ET.SubElement(parent, tag, given)
    if language:
        element.set(f"{{{_XML}}}lang", language)
    element.text = readable(text) or None
    return element


def add_texts(parent: ET.Element, tag: str, texts: Texts, languages: tuple[str, ...], **attributes: str) -> None:
    """Add an element for every language of the codebook in which there are words."""
    for language, text in worded(texts, languages).items():
        add(parent, tag, text, language=language, **attributes)


def document(root: ET.Element) -> bytes:
    """Write a tree as UTF-8, indented, the same bytes for the same tree."""
    ET.indent(root, "  ")
    body = ET.tostring(root, encoding="unicode").replace("\r", "&#13;")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'.encode()


def readable(text: str) -> str:
    """Put the replacement character where XML allows none of a text's: control characters, half a surrogate pair."""
    return _NOT_XML.sub(REPLACEMENT, text)
