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
        asks_within_brackets = _parse(quick, text, yaml.CSafeLoader)
        if not quick.faults and not asks_within_brackets:
            document.value, document.lines = quick.value, quick.lines
            return document
    _parse(document, text, yaml.SafeLoader)
    return document


def _parse(document: Document, text: str, loader: "type[yaml.SafeLoader | yaml.CSafeLoader]") -> bool:
    """Fill a document; tell whether a question mark stands within braces, where only libyaml takes it."""
    path, reading = document.path, _Reading(document, yaml.parse(text, Loader=loader))
    try:
        reading.read()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        problem = str(error.problem)
        advice = "indent with spaces, not with tabs" if r"\t" in problem else "check indents and quotes"
        advice = r"put text that holds \ into single quotation marks" if "escape" in problem else advice
        document.faults.append(Fault(path, line, "", f"this is not valid YAML: {problem}; {advice}"))
    except yaml.YAMLError as error:
        problem = str(error).split("\n", maxsplit=1)[0]
        document.faults.append(Fault(path, 0, "", f"this is not valid YAML: {problem}; remove the character"))
    except (ValueError, OverflowError):  # PyYAML does not turn these into its own errors
        message = "this is not valid YAML: an escape or a number is out of range; check backslashes in quotation marks"
        document.faults.append(Fault(path, 0, "", message))
    return reading.asks_within_brackets


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
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        document.faults.append(Fault(path, line, "", "a letter here is not UTF-8; save the file as UTF-8"))
    return None


class _TooMuchError(Exception):
    """A document is too deep, or not the only one."""


class _Reading:
    """Makes plain values of the events of YAML text in one pass; nothing is built from anchors and tags.

    Args:
        document: To be filled.
        events: Of the text.
    """

    def __init__(self, document: Document, events: Iterator[yaml.Event]) -> None:
        self._document, self._events = document, events
        self._built = Document(document.path)
        self._depth = self._documents = self._depth_of_brackets = 0
        self.asks_within_brackets = False

    def read(self) -> None:
        """Fill the document; where it has machinery, with the faults of that alone."""
        value: object = None
        try:
            for event in iter(self._next, None):
                if isinstance(event, yaml.NodeEvent):
                    value = self._value(event, ())
        except _TooMuchError:
            return
        if not self._document.faults:
            self._document.value, self._document.lines = value, self._built.lines
            self._document.faults += self._built.faults

    def _next(self) -> yaml.Event | None:
        """Return the next event, once it has been refused where it has an anchor, an alias or a tag."""
        event = next(self._events, None)
        if isinstance(event, yaml.ScalarEvent):
            if self._depth_of_brackets and not event.style and "?" in event.value:
                self.asks_within_brackets = True
        elif isinstance(event, yaml.CollectionStartEvent):
            self._depth += 1
            self._depth_of_brackets += bool(self._depth_of_brackets or event.flow_style)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._depth -= 1
            self._depth_of_brackets -= bool(self._depth_of_brackets)
            return event
        self._documents += isinstance(event, yaml.DocumentStartEvent)
        if isinstance(event, yaml.NodeEvent):
            self._refuse_machinery(event)
        if event is not None and (self._depth > DEEPEST_LEVEL or self._documents > 1):
            wanted = "one document a file" if self._documents > 1 else f"at most {DEEPEST_LEVEL} levels of indents"
            self._document.blame((), f"expected {wanted}", _line(event))
            raise _TooMuchError
        return event

    def _refuse_machinery(self, event: yaml.NodeEvent) -> None:
        if isinstance(event, yaml.AliasEvent) or event.anchor:
            self._document.blame((), "anchors (&) and aliases (*) are not used here; write the text out", _line(event))
        elif getattr(event, "tag", None):
            self._document.blame((), "tags (!) are not used here; remove the tag", _line(event))

    def _value(self, event: yaml.NodeEvent, place: Place) -> object:
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(place)
        if isinstance(event, yaml.SequenceStartEvent):
            return list(self._entries(place))
        return self._scalar(event, place)

    def _entries(self, place: Place) -> Iterator[object]:
        for index, event in enumerate(self._until_the_end()):
            below = (*place, index)
            self._built.lines.setdefault(below, _line(event))
            yield self._value(event, below)

    def _mapping(self, place: Place) -> dict[Key, object]:
        plain: dict[Key, object] = {}
        for key_event in self._until_the_end():
            line = _line(key_event)
            if not isinstance(key_event, yaml.ScalarEvent | yaml.AliasEvent):
                self._built.blame(place, "a key must be a single word or number", line)
                self._skip(key_event)
                self._skip(self._next())
                continue
            key = cast("Key", self._scalar(key_event, place))
            below = (*place, key)
            if key in plain:
                first = self._built.lines[below]
                self._built.blame(below, f"this key stands twice, first on line {first}; keep one of them", line)
                self._skip(self._next())
                continue
            self._built.lines[below] = line
            plain[key] = self._value(cast("yaml.NodeEvent", self._next()), below)
        return plain

    def _until_the_end(self) -> Iterator[yaml.NodeEvent]:
        """Give the events of a collection's entries, or of its keys; whoever takes one takes what lies below it."""
        while isinstance(event := self._next(), yaml.NodeEvent):
            yield event

    def _skip(self, event: yaml.Event | None) -> None:
        if isinstance(event, yaml.CollectionStartEvent):
            above = self._depth - 1
            while self._depth > above:
                self._next()

    def _scalar(self, event: yaml.NodeEvent, place: Place) -> object:
        if not isinstance(event, yaml.ScalarEvent):  # an alias, whose fault is known
            return None
        text = str(event.value)
        if event.style:
            return text
        if text.lower() in _YES_NO_WORDS:
            self._built.blame(
                place,
                f'YAML reads {text} as true or false; write "{text}" in quotation marks when the word is meant, '
                "or true or false when that is meant",
                _line(event),
            )
            return text
        return _typed(text)


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0


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
