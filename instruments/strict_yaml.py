"""YAML for people who do not program: plain values only, each with the line it stands on.

Stricter than YAML itself: duplicate keys, anchors, tags, several documents and the words that YAML 1.1 silently
turns into true and false are refused, in words that say what to write instead. Text stays text: only ``true``,
``false``, whole numbers, decimal numbers and ISO dates become anything else.
Put here what concerns the notation; not what a specification may contain (``spec_file``).
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import yaml

from instruments.faults import Fault

Key = str | int | float | bool | dt.date | None
Place = tuple[Key, ...]

LARGEST_BYTES = 2_000_000
DEEPEST_LEVEL = 40

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+|[0-9]+)([eE][-+]?[0-9]+)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_YES_NO_WORDS = frozenset({"y", "n", "yes", "no", "on", "off"})
_TRUTH = {"true": True, "false": False}
_NOTHING = frozenset({"", "~", "null", "Null", "NULL"})
_ONLY_FOR_LIBYAML = re.compile("[\t\ufeff]|[|>][-+0-9]*#")
"""Tabs, byte order marks, and comments right behind the sign of a block: libyaml takes them where YAML refuses them."""


@dataclass
class Document:
    """One YAML file as plain values.

    Attributes:
        path: The file.
        value: Dictionaries, lists, text, numbers, dates, true, false and None.
        lines: Line of every key and list entry, counted from 1, by the keys that lead to it.
        faults: What the notation itself has wrong.
    """

    path: Path
    value: object = None
    lines: dict[Place, int] = field(default_factory=dict[Place, int])
    faults: list[Fault] = field(default_factory=list[Fault])

    def line_of(self, place: Place) -> int:
        """Return the line of a place, or of the nearest place above it that the file has."""
        for length in range(len(place), 0, -1):
            if place[:length] in self.lines:
                return self.lines[place[:length]]
        return 1

    def blame(self, place: Place, message: str, line: int | None = None) -> None:
        """Record a fault at a place."""
        self.faults.append(Fault(self.path, line or self.line_of(place), dotted(place), message))


def dotted(place: Place) -> str:
    """Write the keys that lead to a place with dots between them."""
    return ".".join(str(key) for key in place)


def read_yaml(path: Path) -> Document:
    """Read one YAML file without ever running anything in it.

    Returns:
        The document; its ``faults`` say what the notation has wrong, and then ``value`` holds what could be read.
    """
    document = Document(path)
    text = read_text(document)
    return document if text is None else parse_yaml(document, text)


def parse_yaml(document: Document, text: str) -> Document:
    """Fill a document from YAML text.

    libyaml takes a tenth of the time of PyYAML's own parser, whose marks and words the faults have: so libyaml reads
    what has no fault, and whatever it stumbles over or would take otherwise is read again.
    """
    quick = Document(document.path)
    if yaml.__with_libyaml__ and not _ONLY_FOR_LIBYAML.search(text):
        _parse(quick, text, yaml.CSafeLoader)
        if not quick.faults and not _asks_within_brackets(text):
            document.value, document.lines = quick.value, quick.lines
            return document
    _parse(document, text, yaml.SafeLoader)
    return document


def _parse(document: Document, text: str, loader: "type[yaml.SafeLoader | yaml.CSafeLoader]") -> None:
    path = document.path
    try:
        _refuse_machinery(document, text, loader)
        if not document.faults:
            root = yaml.compose(text, Loader=loader)
            document.value = None if root is None else _plain(document, root, ())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = mark.line + 1 if mark else 0
        problem = str(error.problem)
        advice = "indent with spaces, not with tabs" if r"\t" in problem else "check indents and quotes"
        document.faults.append(Fault(path, line, "", f"this is not valid YAML: {problem}; {advice}"))
    except yaml.YAMLError as error:
        problem = str(error).split("\n", maxsplit=1)[0]
        document.faults.append(Fault(path, 0, "", f"this is not valid YAML: {problem}; remove the character"))
    except (ValueError, OverflowError):  # PyYAML does not turn these into its own errors
        message = "this is not valid YAML: an escape or a number is out of range; check backslashes in quotation marks"
        document.faults.append(Fault(path, 0, "", message))


def word_at(text: str, key: str) -> str:
    """Return the word at a key of the outermost level of YAML text, and read no further than that.

    Returns:
        The word; empty where nothing or no single word stands there. Faults are for whoever reads the whole text.
    """
    loader = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
    depth, is_key, is_wanted = 0, True, False
    try:
        for event in yaml.parse(text, Loader=loader):
            if depth == 0 and isinstance(event, yaml.SequenceStartEvent):
                return ""
            if depth == 1 and isinstance(event, yaml.NodeEvent):
                word = str(event.value) if isinstance(event, yaml.ScalarEvent) else ""
                if is_wanted and not is_key:
                    return word
                is_key, is_wanted = not is_key, is_key and word == key
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
    except (yaml.YAMLError, ValueError, OverflowError):  # as in _parse
        return ""
    return ""


def read_text(document: Document) -> str | None:
    """Return the text of a document's file; None, and a fault, when it cannot be read."""
    path = document.path
    if not path.is_file():
        document.faults.append(Fault(path, 0, "", "there is no such file"))
        return None
    if path.stat().st_size > LARGEST_BYTES:
        document.faults.append(Fault(path, 0, "", f"the file is larger than {LARGEST_BYTES} bytes; split it"))
        return None
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        document.faults.append(Fault(path, 0, "", f"the file cannot be read: {error.strerror}"))
        return None
    except UnicodeDecodeError as error:
        document.faults.append(Fault(path, 0, "", f"byte {error.start} is not UTF-8; save the file as UTF-8"))
        return None


def _asks_within_brackets(text: str) -> bool:
    """Tell whether a question mark stands outside quotation marks in a flow of braces, where only libyaml takes it."""
    if "?" not in text:
        return False
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += bool(depth or event.flow_style)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= bool(depth)
        elif depth and isinstance(event, yaml.ScalarEvent) and not event.style and "?" in event.value:
            return True
    return False


def _refuse_machinery(document: Document, text: str, loader: "type[yaml.SafeLoader | yaml.CSafeLoader]") -> None:
    """Refuse anchors, aliases, tags, depth and further documents before anything is built from them."""
    depth, documents = 0, 0
    for event in yaml.parse(text, Loader=loader):
        line = _line(event)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        documents += isinstance(event, yaml.DocumentStartEvent)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            document.blame((), "anchors (&) and aliases (*) are not used here; write the text out", line)
        elif getattr(event, "tag", None):
            document.blame((), "tags (!) are not used here; remove the tag", line)
        if depth > DEEPEST_LEVEL or documents > 1:
            reason = "one document a file" if documents > 1 else f"at most {DEEPEST_LEVEL} levels of indents"
            document.blame((), f"expected {reason}", line)
            return


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0


def _plain(document: Document, node: yaml.Node, place: Place) -> object:
    if isinstance(node, yaml.MappingNode):
        return _plain_mapping(document, node, place)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(document, child, _mark(document, (*place, index), child)) for index, child in _entries(node)]
    return _plain_scalar(document, cast("yaml.ScalarNode", node), place)


def _entries(node: yaml.SequenceNode) -> Iterator[tuple[int, yaml.Node]]:
    yield from enumerate(cast("list[yaml.Node]", node.value))


def _mark(document: Document, place: Place, node: yaml.Node) -> Place:
    document.lines.setdefault(place, node.start_mark.line + 1)
    return place


def _plain_mapping(document: Document, node: yaml.MappingNode, place: Place) -> dict[Key, object]:
    plain: dict[Key, object] = {}
    for key_node, value_node in cast("list[tuple[yaml.Node, yaml.Node]]", node.value):
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            document.blame(place, "a key must be a single word or number", line)
            continue
        key = cast("Key", _plain_scalar(document, key_node, place))
        below = (*place, key)
        if key in plain:
            first = document.lines[below]
            document.blame(below, f"this key stands twice, first on line {first}; keep one of them", line)
            continue
        document.lines[below] = line
        plain[key] = _plain(document, value_node, below)
    return plain


def _plain_scalar(document: Document, node: yaml.ScalarNode, place: Place) -> object:
    text = cast("str", node.value)
    if node.style:
        return text
    if text.lower() in _YES_NO_WORDS:
        document.blame(
            place,
            f'YAML reads {text} as true or false; write "{text}" in quotation marks when the word is meant, '
            "or true or false when that is meant",
            node.start_mark.line + 1,
        )
        return text
    return _typed(text)


def _typed(text: str) -> object:
    if text in _NOTHING:
        return None
    if text.lower() in _TRUTH:
        return _TRUTH[text.lower()]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text) and not text.lstrip("+-").isdigit():
        return float(text)
    if _DATE.fullmatch(text):
        return _date_or_text(text)
    return text


def _date_or_text(text: str) -> object:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return text
