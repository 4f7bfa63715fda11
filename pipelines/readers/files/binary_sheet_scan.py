"""The parts of an ``.xlsb`` file → extents and error cells of its sheets; see ``sheet_scan`` for why.

The layout of records is that of MS-XLSB, 2.1.4. Put here what differs because the parts are binary.
"""

import struct
from collections.abc import Iterator, Mapping

from pipelines.readers.files.sheet_scan import SheetScan, targets_of
from pipelines.readers.files.zip_members import Members
from pipelines.readers.plan import ReadingError

_LARGEST_DIRECTORY = 5_000_000
_LARGEST_SHEET = 1_000_000_000
_ROW, _LAST_CELL, _ERRORS, _SHEET = 0, 11, (3, 11), 156
_ERROR_TEXTS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}
_ERROR_PLACE = 8


def scan_binary_sheet(members: Members, part: str) -> SheetScan:
    """Look over one sheet.

    Raises:
        ReadingError: When the part is absent or damaged.
    """
    scan, row = SheetScan(), 0
    for kind, content in _records(members, part, _LARGEST_SHEET):
        if kind == _ROW:
            row = struct.unpack_from("<I", content)[0]
            scan.n_rows = max(scan.n_rows, row + 1)
        elif kind <= _LAST_CELL:
            column = struct.unpack_from("<I", content)[0]
            scan.n_columns = max(scan.n_columns, column + 1)
            if kind in _ERRORS:
                scan.marks[row, column] = _ERROR_TEXTS.get(content[_ERROR_PLACE], "#ERROR!")
    return scan


def binary_parts_of_sheets(members: Members) -> Mapping[str, str]:
    """Return sheet → name of the member that holds it, from the workbook's own directory.

    Raises:
        ReadingError: When the directory is absent or damaged.
    """
    targets = targets_of(members, "xl/_rels/workbook.bin.rels")
    parts: dict[str, str] = {}
    for kind, content in _records(members, "xl/workbook.bin", _LARGEST_DIRECTORY):
        if kind == _SHEET:
            key, end = _wide_text(content, 8)
            parts[_wide_text(content, end)[0]] = targets.get(key, "")
    return parts


def _records(members: Members, part: str, most: int) -> Iterator[tuple[int, bytes]]:
    content, place = members.content(members.file(part), most), 0
    try:
        while place < len(content):
            kind = content[place]
            place += 1
            if kind & 0x80:
                kind = kind & 0x7F | (content[place] & 0x7F) << 7
                place += 1
            size, shift = 0, 0
            while True:
                size |= (content[place] & 0x7F) << shift
                shift, place = shift + 7, place + 1
                if not content[place - 1] & 0x80:
                    break
            yield kind, content[place : place + size]
            place += size
    except (IndexError, struct.error, UnicodeError) as error:
        raise ReadingError(members.file_name, "the workbook is damaged; open it, save it again as .xlsx") from error


def _wide_text(content: bytes, place: int) -> tuple[str, int]:
    """Read a text after its length; return it with the place behind it."""
    end = place + 4 + 2 * struct.unpack_from("<I", content, place)[0]
    return content[place + 4 : end].decode("utf-16-le"), end
