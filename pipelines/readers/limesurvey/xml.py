"""LimeSurvey's XML files → rows of its tables, one after the other, without any of the dangers of XML.

``.lss``, ``.lsg``, ``.lsq``, ``.lsr`` and the members of ``.lsa`` have one form: a document type, languages, and tables
of rows of named cells. A cell that is not there is NULL, an empty one is the empty text. Put here the form; not what
the tables mean.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from xml.parsers.expat import ExpatError, ParserCreate, XMLParserType

from pipelines.readers.plan import ReadingError

START = b"<LimeSurveyDocType>"
_ROW, _CELL = 4, 5
_DEEPEST = 16
_LONGEST_TEXT = 4_000_000
_MOST_FIELDS = 20_000
_CHUNK = 65_536


@dataclass(frozen=True)
class Row:
    """One row of a table.

    Attributes:
        table: Name of the table, such as ``questions``.
        cells: Column → text; a column that is NULL is absent.
    """

    table: str
    cells: dict[str, str]


@dataclass
class Document:
    """What a document says besides its rows; filled while the rows are read.

    Attributes:
        kind: Survey, Group, Question, Responses, Tokens, Timings …; empty when it does not say.
        languages: Languages, as listed.
        fields: Table → its columns in order, those that are NULL in every row included.
    """

    kind: str = ""
    languages: list[str] = field(default_factory=list[str])
    fields: dict[str, list[str]] = field(default_factory=dict[str, list[str]])


class _Refused(Exception):
    """The document holds what no LimeSurvey file holds."""


class _Rows:
    """Collects rows; keeps nothing of the document that has been taken out."""

    def __init__(self, document: Document) -> None:
        self.rows: list[Row] = []
        self._document = document
        self._path: list[str] = []
        self._is_in_row = False
        self._cells: dict[str, str] = {}
        self._text: list[str] = []
        self._length = 0

    def start(self, tag: str, attrs: dict[str, str]) -> None:
        """Go into an element; its attributes say nothing in these files."""
        del attrs
        self._path.append(tag)
        depth = len(self._path)
        if depth == _ROW:
            self._is_in_row = self._path[2:] == ["rows", "row"]
            self._cells = {}
        elif depth > _DEEPEST:
            raise _Refused(f"elements nested more than {_DEEPEST} deep")
        if self._text:
            self._text.clear()
            self._length = 0

    def data(self, data: str) -> None:
        """Take in a piece of text."""
        self._length += len(data)
        if self._length > _LONGEST_TEXT:
            raise _Refused(f"a text of more than {_LONGEST_TEXT:,} letters")
        self._text.append(data)

    def end(self, tag: str) -> None:
        """Go out of an element: a cell, a row, or something said of the document."""
        depth = len(self._path)
        if depth == _CELL and self._is_in_row:
            self._cells[tag] = "".join(self._text)
        elif depth == _ROW and self._is_in_row:
            self._end_row()
        else:
            self._take_note("".join(self._text))
        self._path.pop()
        if self._text:
            self._text.clear()
            self._length = 0

    def _end_row(self) -> None:
        if len(self._cells) > _MOST_FIELDS:
            raise _Refused(f"a row of more than {_MOST_FIELDS:,} cells")
        self.rows.append(Row(self._path[1], self._cells))
        self._is_in_row = False

    def _take_note(self, text: str) -> None:
        path, document = self._path, self._document
        if path[2:] == ["fields", "fieldname"]:
            document.fields.setdefault(path[1], []).append(text)
        elif path[1:] == ["LimeSurveyDocType"]:
            document.kind = text.strip()
        elif path[1:] == ["languages", "language"]:
            document.languages.append(text.strip())


def read_rows(file_name: str, chunks: Iterable[bytes], document: Document) -> Iterator[Row]:
    """Read the rows of a document.

    Args:
        file_name: For messages.
        chunks: The document's bytes, in pieces.
        document: Is filled with what the document says besides its rows.

    Raises:
        ReadingError: When it is no XML, is cut off, declares a document type or entities, or has no tables at all.
    """
    target = _Rows(document)
    parser = _parser(target)
    try:
        for chunk in chunks:
            for start in range(0, len(chunk), _CHUNK):
                parser.Parse(chunk[start : start + _CHUNK], False)
                yield from target.rows
                target.rows.clear()
        parser.Parse(b"", True)
    except (ExpatError, _Refused, ValueError, LookupError) as error:
        raise _fault(file_name, error) from error
    yield from target.rows
    if not document.kind:
        raise ReadingError(file_name, "expected an XML file of LimeSurvey, found other XML; export it again")


def field_of(tag: str, fields: Iterable[str]) -> str:
    """Return the column an element stands for: XML names start with no digit and hold no ``#``, columns do.

    Args:
        tag: Name of the element: ``_12X3X4A-0`` for the column ``12X3X4A#0``.
        fields: The table's columns.
    """
    known = set(fields)
    unmasked = tag.removeprefix("_") if tag[1:2].isdigit() else tag
    forms = (tag, unmasked, unmasked.replace("-", "#"))
    return next((form for form in forms if form in known), unmasked)


def _parser(target: _Rows) -> XMLParserType:
    """Make a parser that stops at the first document type, before any entity can be declared."""
    parser = ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_document_type
    parser.StartElementHandler = target.start
    parser.EndElementHandler = target.end
    parser.CharacterDataHandler = target.data
    return parser


def _refuse_document_type(*_: object) -> None:
    raise _Refused("a document type declaration")


def _fault(file_name: str, error: Exception) -> ReadingError:
    if isinstance(error, _Refused):
        message = f"expected an XML file of LimeSurvey, found {error}; export it again from LimeSurvey"
    elif isinstance(error, ExpatError):
        message = f"the XML is damaged or cut off at line {error.lineno}; export it again from LimeSurvey"
    else:
        message = "the XML is in no encoding that can be read; export it again from LimeSurvey (UTF-8)"
    return ReadingError(file_name, message)
