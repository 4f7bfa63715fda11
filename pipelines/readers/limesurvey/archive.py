"""Responses in LimeSurvey's own XML, alone (``.lsr``) or in an archive (``.lsa``), as text cells under code headings.

An archive's structure, participants and times are put to its responses. A question's cell that is NULL was not shown:
it holds the sign that LimeSurvey's VV export writes there; an empty one was seen and left blank. Put here how tables
become cells; not what they mean.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import pyarrow as pa

from pipelines.readers.files.opener import OpenedExport, Settings
from pipelines.readers.files.zip_members import opened_zip
from pipelines.readers.headers import unique_names
from pipelines.readers.limesurvey.structure import structure_of_rows
from pipelines.readers.limesurvey.words import HEADINGS, NOT_SHOWN
from pipelines.readers.limesurvey.xml import START, Document, Row, field_of, read_rows
from pipelines.readers.limesurvey.zip import is_archive, kind_of
from pipelines.readers.plan import Head, ReadingError
from pipelines.readers.structure import Structure

CONTAINER = "limesurvey_xml"
_DEFINITIONS = ("Survey", "Group", "Question")
_RESPONSES, _TOKENS, _TIMINGS = "responses", "tokens", "timings"
_ROWS_A_CHUNK = 5_000
_HEAD_ROWS = 2_000
_FILE_CHUNK = 1_000_000
_KEYS_OF_TABLES = ("id", "tid", "token")
_PARTICIPANT = "participant_"
_PARTICIPANT_AS_EXPORTED = ("firstname", "lastname", "email")


class LimeSurveyXmlOpener:
    """Responses as one XML file."""

    def opens(self, start: bytes) -> bool:
        """Say whether the file is XML of LimeSurvey."""
        return START in start

    def open(self, path: Path, settings: Settings, folder: Path) -> OpenedExport:
        """Read the responses.

        Raises:
            ReadingError: When the file is damaged or holds something other than responses.
        """
        name = settings.file_name or path.name
        with path.open("rb") as file:
            start = file.read(4_096)
            if kind_of(start) != "Responses":
                what = kind_of(start).lower() or "something else"
                message = f"expected responses, found the XML of a LimeSurvey {what}; give a definition as structure"
                raise ReadingError(name, message)
            found = _Found(name)
            found.take(chain([start], iter(lambda: file.read(_FILE_CHUNK), b"")))
        return found.opened(path, folder, None)


class LimeSurveyArchiveOpener:
    """A survey archive: structure, responses, participants and times, each in one member or in several."""

    def opens(self, start: bytes) -> bool:
        """Say whether the file is a zip file whose first member is XML of LimeSurvey."""
        return is_archive(start)

    def open(self, path: Path, settings: Settings, folder: Path) -> OpenedExport:
        """Read the responses with what belongs to them.

        Raises:
            ReadingError: When the archive is damaged or too large, holds no responses, or several surveys.
        """
        found = _Found(settings.file_name or path.name)
        with opened_zip(path, found.file_name) as members:
            for member in members.files:
                chunks = members.chunks(member)
                first = next(chunks, b"")
                if kind_of(first):
                    found.take(chain([first], chunks))
        return found.opened(path, folder, found.structure())


@dataclass(frozen=True)
class _Chunk:
    """Some rows of responses: how many, and column → cells; a column that is NULL in all of them is absent."""

    n_rows: int
    columns: dict[str, pa.Array]


@dataclass
class _Found:
    """What the documents of one file hold.

    Attributes:
        file_name: For messages.
        fields: Columns of the responses, in order.
        n_rows: Responses.
        chunks: Columns of the responses, some rows at a time; a cell is None where the column is NULL.
        definition: Tables that define the survey.
        tables: Other tables: key → row.
    """

    file_name: str
    fields: list[str] = field(default_factory=list[str])
    n_rows: int = 0
    chunks: list[_Chunk] = field(default_factory=list["_Chunk"])
    documents: list[Document] = field(default_factory=list[Document])
    definition: list[Row] = field(default_factory=list[Row])
    tables: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict[str, dict[str, dict[str, str]]])

    def take(self, chunks: Iterator[bytes]) -> None:
        """Take in one document."""
        document = Document()
        rows: list[dict[str, str]] = []
        names: dict[str, str] = {}
        for row in read_rows(self.file_name, chunks, document):
            if row.table == _RESPONSES:
                rows.append(self._named(row.cells, names, document))
                if len(rows) == _ROWS_A_CHUNK:
                    self._keep(rows, document)
            elif row.table in (_TOKENS, _TIMINGS):
                key = row.cells.get("token" if row.table == _TOKENS else "id", "")
                self.tables.setdefault(row.table, {})[key] = self._named(row.cells, names, document, row.table)
            elif document.kind in _DEFINITIONS:
                self.definition.append(row)
        self._keep(rows, document)
        self.documents.append(document)

    def structure(self) -> Structure | None:
        """Return the survey's structure, where the documents define it."""
        documents = [document for document in self.documents if document.kind in _DEFINITIONS]
        return structure_of_rows(self.file_name, iter(self.definition), documents) if documents else None

    def opened(self, path: Path, folder: Path, structure: Structure | None) -> OpenedExport:
        """Put everything together under one row of headings."""
        if not self.fields:
            raise ReadingError(
                self.file_name,
                "expected responses of a LimeSurvey survey, found none; give the file as structure, and export the "
                "responses of an active survey",
            )
        names = _code_headings(structure)
        fields = self.fields
        others = self._joined()
        headings = [names.get(each, each) for each in fields] + [names.get(each, each) for each in others]
        headings = unique_names(headings)
        arrays = [*map(self._column, fields), *others.values()]
        cells = pa.table(
            {
                f"c{position}": pa.chunked_array([pa.array([heading], pa.string()), *array.chunks], pa.string())
                for position, (heading, array) in enumerate(zip(headings, arrays, strict=True), start=1)
            }
        )
        head = Head(self.file_name, "utf-8", ",", _first_rows(cells), self.n_rows < _HEAD_ROWS, CONTAINER, structure)
        return OpenedExport(head, path, folder, cells)

    def _named(
        self, cells: Mapping[str, str], names: dict[str, str], document: Document, table: str = _RESPONSES
    ) -> dict[str, str]:
        """Give the cells of a row the names of columns instead of those of XML elements."""
        for tag in cells:
            if tag not in names:
                names[tag] = field_of(tag, document.fields.get(table, ()))
        return {names[tag]: text for tag, text in cells.items()}

    def _keep(self, rows: list[dict[str, str]], document: Document) -> None:
        listed = document.fields.get(_RESPONSES, [])
        names = dict.fromkeys(name for row in rows for name in row)
        known = set(self.fields)
        self.fields += [name for name in dict.fromkeys((*listed, *names)) if name not in known]
        if rows:
            columns = {name: _cells([row.get(name) for row in rows], name, len(rows)) for name in names}
            self.chunks.append(_Chunk(len(rows), columns))
            self.n_rows += len(rows)
            rows.clear()

    def _column(self, name: str) -> pa.ChunkedArray:
        """Return one column of the responses, an empty cell as null."""
        parts = [chunk.columns.get(name, _cells([], name, chunk.n_rows)) for chunk in self.chunks]
        return pa.chunked_array(parts, pa.string())

    def _joined(self) -> dict[str, pa.ChunkedArray]:
        """Return the columns of participants and times, a row a response; none where responses have no key for them."""
        joined: dict[str, pa.ChunkedArray] = {}
        for table, key in ((_TIMINGS, "id"), (_TOKENS, "token")):
            rows = self.tables.get(table, {})
            if not rows or key not in self.fields:
                continue
            keys = self._column(key).to_pylist()
            for name in dict.fromkeys(name for row in rows.values() for name in row if name not in _KEYS_OF_TABLES):
                texts = [rows.get(each or "", {}).get(name) or None for each in keys]
                joined[_shown(name, table)] = pa.chunked_array([pa.array(texts, pa.string())])
        return joined


def _shown(name: str, table: str) -> str:
    """Return the heading of a participant's or a time's column: as exports write it, else marked as a participant's."""
    is_exported = table == _TIMINGS or name in _PARTICIPANT_AS_EXPORTED or name.startswith("attribute_")
    return name if is_exported else f"{_PARTICIPANT}{name}"


def _cells(texts: list[str | None], name: str, n_rows: int) -> pa.Array:
    """Write cells as text: an empty one as null, and the sign for not shown where a question's cell is NULL."""
    null = None if name in HEADINGS else NOT_SHOWN
    return pa.array([null if text is None else text or None for text in texts or [None] * n_rows], pa.string())


def _code_headings(structure: Structure | None) -> dict[str, str]:
    """Return for every name of the database the column's heading."""
    columns = structure.columns if structure else ()
    return {alias: column.name for column in columns for alias in column.aliases}


def _first_rows(cells: pa.Table) -> tuple[tuple[str, ...], ...]:
    columns = [[text or "" for text in column.to_pylist()] for column in cells.slice(0, _HEAD_ROWS).columns]
    return tuple(zip(*columns, strict=True))
