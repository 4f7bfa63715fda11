"""A file without some of its rows: what an erasure leaves of an export.

Delimited text keeps every other byte as it was, and every other cell where quotation marks do not pair up. Other
formats become their text cells in a Parquet file that carries what the file said of itself, so that the same plan
reads it. Put here how rows are taken out of a file; whose rows they are is decided in ``pipelines.erasure``.
"""

import codecs
import csv
import json
from collections.abc import Iterator, Set
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, TextIO, cast

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.readers.files.head import csv_rows
from pipelines.readers.files.opener import OpenedExport, Settings
from pipelines.readers.plan import Head, ReadingError
from pipelines.readers.structure import Option, Question, Structure, StructureColumn

_MAGIC = b"PAR1"
_ABOUT = b"sensemaking_head"
_HEAD_ROWS = 1_000
_QUOTE = '"'
_BYTE_ORDER_MARK = "\ufeff"
_NOT_OF_THE_HEAD = ("rows", "is_whole", "file_name")


def write_without_rows(export: OpenedExport, row_numbers: Set[int], target: Path) -> int:
    """Write a file without some of its rows.

    Args:
        export: The opened file.
        row_numbers: Rows to leave out, counted from 1 with the headers.
        target: The new file.

    Returns:
        How many rows were left out.

    Raises:
        ReadingError: When the rows cannot be taken out and nothing else changed; then the new file is removed.
    """
    if export.cells is not None:
        return _write_cells(export, export.cells, row_numbers, target)
    head = export.head
    encoding = _exact_encoding(export)
    with _text(export.path, encoding) as source, _text(target, encoding, "w") as out:
        records = enumerate(_records(source), start=1)
        n_left_out = sum(1 for number, record in records if _left_out(number, record, row_numbers, out))
    if not _is_rest(export, encoding, row_numbers, target):
        _write_rows(export, encoding, row_numbers, target)
    if not _is_rest(export, encoding, row_numbers, target):
        target.unlink()
        raise ReadingError(
            head.file_name,
            "the rows cannot be taken out without changing others, because a quotation mark is not closed; export the "
            "file again without these responses and remove this one",
        )
    return n_left_out


class KeptCellsOpener:
    """Opens what ``write_without_rows`` made of a file that is not delimited text."""

    def opens(self, start: bytes) -> bool:
        """Say whether the file is a Parquet file."""
        return start.startswith(_MAGIC)

    def open(self, path: Path, settings: Settings, folder: Path) -> OpenedExport:
        """Read the cells and what was known of the file.

        Raises:
            ReadingError: When it is another Parquet file, or damaged.
        """
        name = settings.file_name or path.name
        try:
            table = pq.read_table(path)
            about = json.loads((table.schema.metadata or {})[_ABOUT])
        except (pa.ArrowException, OSError, KeyError, ValueError) as error:
            message = "expected an export of a survey platform, found a Parquet file; export it as CSV (UTF-8)"
            raise ReadingError(name, message) from error
        return OpenedExport(_head_from(about, table, name), path, folder, table.replace_schema_metadata(None))


def _left_out(number: int, record: str, row_numbers: Set[int], out: TextIO) -> bool:
    if number in row_numbers:
        return True
    out.write(record)
    return False


def _exact_encoding(export: OpenedExport) -> str:
    """Return an encoding in which a byte order mark is a letter, so that it passes through unchanged."""
    if export.head.encoding == "utf-16":
        with export.path.open("rb") as file:
            return "utf-16-be" if file.read(2) == codecs.BOM_UTF16_BE else "utf-16-le"
    return export.head.encoding.removesuffix("-sig")


def _text(path: Path, encoding: str, mode: str = "r") -> TextIO:
    return cast("TextIO", path.open(mode, encoding=encoding, newline=""))


def _records(source: TextIO) -> Iterator[str]:
    """Join the lines of a record whose quotation marks are still open."""
    record = ""
    for line in source:
        record += line
        if record.count(_QUOTE) % 2 == 0:
            yield record
            record = ""
    if record:
        yield record


def _is_rest(export: OpenedExport, encoding: str, row_numbers: Set[int], target: Path) -> bool:
    """Say whether the new file holds exactly the other rows, cell for cell."""
    with _text(export.path, encoding) as old, _text(target, encoding) as new:
        rows = enumerate(_rows(old, export.head.delimiter), start=1)
        others = (row for number, row in rows if number not in row_numbers)
        try:
            return all(one == other for one, other in _side_by_side(others, _rows(new, export.head.delimiter)))
        except csv.Error:
            return False


def _write_rows(export: OpenedExport, encoding: str, row_numbers: Set[int], target: Path) -> None:
    """Write the other rows cell by cell, for files in which a quotation mark stands inside a cell without quotation."""
    delimiter = export.head.delimiter
    with _text(export.path, encoding) as old, _text(target, encoding, "w") as new:
        writer = csv.writer(new, delimiter=delimiter, lineterminator="\n")
        try:
            rows = enumerate(_rows(old, delimiter), start=1)
            writer.writerows(row for number, row in rows if number not in row_numbers)
        except csv.Error:
            new.truncate(0)


def _rows(file: TextIO, delimiter: str) -> Iterator[list[str]]:
    if file.read(1) != _BYTE_ORDER_MARK:
        file.seek(0)
    return csv_rows(file, delimiter)


def _side_by_side(
    one: Iterator[list[str]], other: Iterator[list[str]]
) -> Iterator[tuple[list[str] | None, list[str] | None]]:
    while True:
        pair = next(one, None), next(other, None)
        if pair == (None, None):
            return
        yield pair


def _write_cells(export: OpenedExport, cells: pa.Table, row_numbers: Set[int], target: Path) -> int:
    is_kept = ~np.isin(np.arange(1, cells.num_rows + 1), list(row_numbers))
    kept = cells.filter(pa.array(is_kept))
    about = {name: value for name, value in asdict(export.head).items() if name not in _NOT_OF_THE_HEAD}
    pq.write_table(kept.replace_schema_metadata({_ABOUT: json.dumps(about).encode()}), target)
    return cells.num_rows - kept.num_rows


def _head_from(about: dict[str, Any], cells: pa.Table, name: str) -> Head:
    first = cells.slice(0, _HEAD_ROWS)
    rows = zip(*(column.fill_null("").to_pylist() for column in first.columns), strict=True)
    head = Head(name, str(about["encoding"]), str(about["delimiter"]), tuple(rows), first.num_rows == cells.num_rows)
    structure = about["structure"]
    return replace(
        head,
        container=str(about["container"]),
        structure=_structure_from(structure) if structure else None,
        warnings=tuple(about["warnings"]),
    )


def _structure_from(plain: dict[str, Any]) -> Structure:
    """Put a structure together again that ``asdict`` took apart."""
    questions = {name: _question_from(each) for name, each in plain["questions"].items()}
    columns = tuple(_column_from(each) for each in plain["columns"])
    return Structure(**{**plain, "questions": questions, "warnings": tuple(plain["warnings"]), "columns": columns})


def _column_from(plain: dict[str, Any]) -> StructureColumn:
    return StructureColumn(**{**plain, "aliases": tuple(plain["aliases"]), "headings": tuple(plain["headings"])})


def _question_from(plain: dict[str, Any]) -> Question:
    options = tuple(Option(**{**each, "also": tuple(each["also"])}) for each in plain["options"])
    return Question(**{**plain, "options": options, "names": tuple(plain["names"])})
