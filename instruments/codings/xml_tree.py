"""XML → elements with attributes, children and text, without any of the dangers of XML; nothing of what they mean."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers.expat import ExpatError, ParserCreate

_DEEPEST = 64
_MOST_ELEMENTS = 2_000_000


class XmlFault(Exception):
    """The text is no XML that can be read; the message says where and why."""


@dataclass
class Element:
    """One element.

    Attributes:
        name: Name without its namespace.
        namespace: Namespace; empty without.
        attributes: Attribute → text.
        children: Elements in it, in order.
        text: Its text, that of its children left out.
    """

    name: str
    namespace: str
    attributes: dict[str, str]
    children: list["Element"] = field(default_factory=list["Element"])
    text: str = ""

    def each(self, name: str) -> Iterator["Element"]:
        """Yield the children of a name."""
        return (child for child in self.children if child.name == name)

    def one(self, name: str) -> "Element | None":
        """Return the first child of a name."""
        return next(self.each(name), None)


class _Tree:
    def __init__(self) -> None:
        self.root: Element | None = None
        self._open: list[Element] = []
        self._n = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Go into an element."""
        namespace, _, name = tag.rpartition(" ")
        element = Element(name, namespace, {key.rpartition(" ")[2]: value for key, value in attributes.items()})
        self._n += 1
        if len(self._open) >= _DEEPEST or self._n > _MOST_ELEMENTS:
            raise XmlFault(f"expected at most {_DEEPEST} elements in one another and {_MOST_ELEMENTS:,} in all")
        if self._open:
            self._open[-1].children.append(element)
        elif self.root is None:
            self.root = element
        self._open.append(element)

    def end(self, tag: str) -> None:
        """Go out of an element."""
        del tag
        self._open.pop()

    def data(self, text: str) -> None:
        """Take in a piece of text."""
        self._open[-1].text += text


def _refuse_doctype(*_: object) -> None:
    raise XmlFault("the file declares a document type, which such files never do; export it again")


def read_xml(content: bytes) -> Element:
    """Read XML.

    Args:
        content: The whole file.

    Raises:
        XmlFault: When it is not well-formed, declares a document type, or is nested or large beyond reason.
    """
    tree = _Tree()
    parser = ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = tree.start, tree.end
    parser.CharacterDataHandler = tree.data
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        parser.Parse(content, True)
    except ExpatError as error:
        raise XmlFault(f"no XML that can be read: {error}; export it again") from error
    if tree.root is None:
        raise XmlFault("no XML that can be read: it holds no element; export it again")
    return tree.root
