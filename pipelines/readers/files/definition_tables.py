"""Files that define a survey as tables → rows of text: delimited text by its separator, workbooks sheet by sheet.

Put here what a data dictionary and an XLSForm have in common; not what their columns mean.
"""

import codecs
import csv
import io
from collections import deque
from collections.abc import Mapping, Sequence

import python_calamine

from pipelines.readers.files.head import GUESSED_ENCODING, csv_rows, quotation_fault
from pipelines.readers.files.sheet_scan import parts_of_sheets, scan_sheet
from pipelines.readers.files.workbook import Guard
from pipelines.readers.files.zip_members import opened_zip
from pipelines.readers.plan import ReadingError
from pipelines.readers.structure_file import StructureFile

Rows = list[list[str]]
_DELIMITERS = (",", ";", "\t")
_WORKBOOK_STARTS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_FIRST_CHARACTERS = 100_000
_MOST_CELLS = 5_000_000


def is_workbook(content: bytes) -> bool:
    """Say whether the bytes begin as an Excel workbook does, new or old."""
    return content.startswith(_WORKBOOK_STARTS)


def first_headers(content: bytes) -> list[list[str]]:
    """Return the first row of delimited text, cut once with every separator; nothing for what is no text."""
    try:
        text = _text(content[:_FIRST_CHARACTERS])
    except UnicodeError:
        return []
    found: list[list[str]] = []
    for delimiter in _DELIMITERS:
        try:
            found.append(next(csv_rows(io.StringIO(text, newline=""), delimiter), []))
        except csv.Error:
            continue
    return found


def rows_of_text(file: StructureFile) -> Rows:
    """Cut delimited text into rows, by the separator that gives the first row most cells; blank rows are left out.

    Raises:
        ReadingError: When the bytes are no text or a quotation mark is not closed.
    """
    try:
        text = _text(file.content)
    except UnicodeError as error:
        raise ReadingError(file.name, "expected text, found bytes in no known encoding; export it as UTF-8") from error
    widths = {len(headers): headers for headers in first_headers(file.content)}
    if not widths:
        raise ReadingError(file.name, "expected headers in the first line; export the file again")
    rows: Rows = []
    try:
        rows.extend(csv_rows(io.StringIO(text, newline=""), _delimiter(text, max(widths))))
    except csv.Error as error:
        raise ReadingError(file.name, quotation_fault(len(rows) + 1, error)) from error
    return [row for row in rows if any(cell.strip() for cell in row)]


def sheet_names(content: bytes) -> list[str]:
    """Return the names of a workbook's sheets; none of what is no workbook, or of one that would not be read."""
    if not is_workbook(content):
        return []
    try:
        _check_packed(content, "")
        with Guard(""), python_calamine.load_workbook(io.BytesIO(content)) as book:
            return list(book.sheet_names)
    except ReadingError:
        return []


def rows_of_sheets(file: StructureFile, wanted: Sequence[str]) -> Mapping[str, Rows]:
    """Read sheets of a workbook as text; blank rows are left out.

    Args:
        file: The workbook.
        wanted: Names of sheets, in lower case; those that are not there are left out.

    Raises:
        ReadingError: When the workbook is damaged, locked or too large.
    """
    _check_packed(file.content, file.name)
    found: dict[str, Rows] = {}
    with Guard(file.name), python_calamine.load_workbook(io.BytesIO(file.content)) as book:
        for name in book.sheet_names:
            if name.strip().lower() in wanted:
                sheet = book.get_sheet_by_name(name)
                if sheet.height * sheet.width > _MOST_CELLS:
                    raise _too_many_cells(file.name)
                found[name.strip().lower()] = _filled(sheet.to_python())
    return found


def _check_packed(content: bytes, name: str) -> None:
    """Refuse a packed workbook that is damaged, comes to too much, or spans too many cells; old ones are not packed."""
    if not content.startswith(b"PK"):
        return
    with opened_zip(io.BytesIO(content), name) as members:
        for info in members.files:
            deque(members.chunks(info), maxlen=0)
        parts = parts_of_sheets(members) if "xl/workbook.xml" in members.names() else {}
        scans = [scan_sheet(members, part) for part in parts.values()]
    if any(scan.n_rows * scan.n_columns > _MOST_CELLS for scan in scans):
        raise _too_many_cells(name)


def _too_many_cells(name: str) -> ReadingError:
    return ReadingError(
        name,
        f"a sheet spans more than {_MOST_CELLS // 1_000_000} million cells; delete what lies far outside the form",
    )


def _filled(rows: Sequence[Sequence[object]]) -> Rows:
    texts = [[_cell_text(cell) for cell in row] for row in rows]
    return [row for row in texts if any(cell.strip() for cell in row)]


def _cell_text(cell: object) -> str:
    """Write a cell as a person typed it: a whole number without decimals, a truth value in lower case."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _text(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16")
    if b"\0" in content:
        raise UnicodeError("binary content")
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    try:
        return decoder.decode(content)
    except UnicodeDecodeError:
        return content.decode(GUESSED_ENCODING)


def _delimiter(text: str, width: int) -> str:
    for delimiter in _DELIMITERS:
        try:
            if len(next(csv_rows(io.StringIO(text, newline=""), delimiter), [])) == width:
                return delimiter
        except csv.Error:
            continue
    return ","
