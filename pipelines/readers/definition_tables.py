"""Files that define a survey as tables → rows of text: delimited text by its separator, workbooks sheet by sheet.

Put here what a data dictionary and an XLSForm have in common; not what their columns mean.
"""

import codecs
import csv
import io
import zipfile
from collections.abc import Mapping, Sequence

import python_calamine

from pipelines.readers.head import GUESSED_ENCODING, csv_rows, quotation_fault
from pipelines.readers.plan import ReadingError
from pipelines.readers.structure_file import StructureFile

Rows = list[list[str]]
_DELIMITERS = (",", ";", "\t")
_WORKBOOK_STARTS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_FIRST_CHARACTERS = 100_000
_MOST_MEMBERS = 2_000
_MOST_UNPACKED_BYTES = 500_000_000


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
    """Return the names of a workbook's sheets; none when it is damaged, locked, too large or no workbook."""
    if not is_workbook(content) or not _is_bounded(content):
        return []
    try:
        return list(python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)).sheet_names)
    except (python_calamine.CalamineError, ValueError, OSError):
        return []


def rows_of_sheets(file: StructureFile, wanted: Sequence[str]) -> Mapping[str, Rows]:
    """Read sheets of a workbook as text; blank rows are left out.

    Args:
        file: The workbook.
        wanted: Names of sheets, in lower case; those that are not there are left out.

    Raises:
        ReadingError: When the workbook is damaged or locked.
    """
    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(file.content))
        found = {name.strip().lower(): workbook.get_sheet_by_name(name).to_python() for name in workbook.sheet_names}
    except (python_calamine.CalamineError, ValueError, OSError) as error:
        message = "expected an Excel workbook, found one that cannot be opened; save it again without a password"
        raise ReadingError(file.name, message) from error
    return {name: _filled(found[name]) for name in wanted if name in found}


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


def _is_bounded(content: bytes) -> bool:
    """Say whether unpacking is harmless; an old workbook is not packed."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return not content.startswith(b"PK")
    try:
        members = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False
    return len(members) <= _MOST_MEMBERS and sum(each.file_size for each in members) <= _MOST_UNPACKED_BYTES
