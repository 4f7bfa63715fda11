"""The parts of an ``.xlsx`` file → what the spreadsheet library does not tell: extents, error cells, missing results.

The library sets aside memory for the whole rectangle between a sheet's outermost cells, and reads an error, or a
formula that was never computed, as an empty cell. Put here what is found by looking over a sheet's text once.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

from pipelines.readers.files.zip_members import Members
from pipelines.readers.plan import ReadingError

UNCOMPUTED = "#UNCOMPUTED!"
_LARGEST_DIRECTORY = 5_000_000
_LONGEST_CELL = 16_000_000
_LETTERS_OF_A_COLUMN = 3
_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_COLUMN = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]+)""")
_ROW = re.compile(rb"""\sr\s*=\s*["'][A-Za-z]*([0-9]+)""")
_NUMBERLESS_ROW = re.compile(rb"<(?:\w+:)?row\b")
_CELL = re.compile(rb"<(?:\w+:)?c\s([^>]*[^/>])>(.*?)</(?:\w+:)?c>", re.DOTALL)
_IS_ERROR = re.compile(rb"""\bt\s*=\s*["']e["']""")
_IS_TYPED = re.compile(rb"""\bt\s*=\s*["'](?!n["'])""")
_PLACE = re.compile(rb"""\br\s*=\s*["']([A-Za-z]+)([0-9]+)["']""")
_VALUE = re.compile(rb"<(?:\w+:)?v>([^<]*)</")
_FORMULA = re.compile(rb"<(?:\w+:)?f\b")


@dataclass
class SheetScan:
    """What was found in a sheet.

    Attributes:
        n_rows: Rows from the first of the sheet to its last cell.
        n_columns: Columns likewise.
        marks: (row, column), each from 0, of cells with an error or without a result → text that says so.
    """

    n_rows: int = 0
    n_columns: int = 0
    marks: dict[tuple[int, int], str] = field(default_factory=dict[tuple[int, int], str])


def scan_sheet(members: Members, part: str) -> SheetScan:
    """Look over one sheet.

    Args:
        members: The workbook's members.
        part: Name of the member that holds the sheet.

    Raises:
        ReadingError: When the part is absent, damaged or not in UTF-8.
    """
    scan, n_rows = SheetScan(), 0
    for text in _pieces(members.chunks(members.file(part)), members.file_name):
        n_rows += len(_NUMBERLESS_ROW.findall(text))
        scan.n_columns = max([scan.n_columns, *map(column_number, set(_COLUMN.findall(text)))])
        scan.n_rows = max([scan.n_rows, n_rows, *map(int, set(_ROW.findall(text)))])
        if _FORMULA.search(text) or _IS_ERROR.search(text):
            scan.marks |= _marks(text)
    return scan


def parts_of_sheets(members: Members) -> Mapping[str, str]:
    """Return sheet → name of the member that holds it, from the workbook's own directory.

    Raises:
        ReadingError: When the directory is absent or damaged.
    """
    targets = targets_of(members, "xl/_rels/workbook.xml.rels")
    parts: dict[str, str] = {}
    for each in _directory(members, "xl/workbook.xml").iter():
        if each.tag.endswith("}sheet"):
            key = next((value for name, value in each.attrib.items() if name.endswith("}id")), "")
            parts[each.get("name", "")] = targets.get(key, "")
    return parts


def targets_of(members: Members, part: str) -> Mapping[str, str]:
    """Return id → name of a member, from the relations of the workbook.

    Raises:
        ReadingError: When they are absent or damaged.
    """
    found = {each.get("Id", ""): each.get("Target", "") for each in _directory(members, part).iter()}
    return {key: to.removeprefix("/") if to.startswith("/") else f"xl/{to}" for key, to in found.items()}


def column_number(letters: bytes) -> int:
    """Return the number, from 1, of a column such as ``C`` or ``AB``; more than any sheet has for longer names."""
    if len(letters) > _LETTERS_OF_A_COLUMN:
        return 26**_LETTERS_OF_A_COLUMN
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number


def column_letters(index: int) -> str:
    """Return the letters of a column, counted from 0, as spreadsheets show them."""
    letters, number = "", index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _pieces(chunks: Iterable[bytes], file_name: str) -> Iterator[bytes]:
    """Cut a sheet's text where a cell ends."""
    rest = b""
    for number, chunk in enumerate(chunks):
        if number == 0 and chunk.startswith(_UTF_16_MARKS):
            raise ReadingError(file_name, "a sheet of the workbook is not in UTF-8; save it again as .xlsx")
        text = rest + chunk
        end = max(text.rfind(b"c>"), text.rfind(b"/>")) + 2
        if end < 2 and len(text) > _LONGEST_CELL:  # noqa: PLR2004 - nothing was found
            raise ReadingError(file_name, "a cell of the workbook is too long; save the sheet as CSV (UTF-8)")
        rest = text[end:] if end >= 2 else text  # noqa: PLR2004 - as above
        yield text[:end] if end >= 2 else b""  # noqa: PLR2004 - as above
    yield rest


def _marks(text: bytes) -> dict[tuple[int, int], str]:
    found: dict[tuple[int, int], str] = {}
    for attributes, content in _CELL.findall(text):
        place = _PLACE.search(b" " + attributes)
        if place is None:
            continue
        key = int(place[2]) - 1, column_number(place[1]) - 1
        value = _VALUE.search(content)
        if _IS_ERROR.search(attributes):
            found[key] = value[1].decode("utf-8", "replace") if value else "#ERROR!"
        elif _FORMULA.search(content) and not (value and value[1]) and not _IS_TYPED.search(attributes):
            found[key] = UNCOMPUTED
    return found


def _directory(members: Members, part: str) -> ET.Element:
    content = members.content(members.file(part), _LARGEST_DIRECTORY)
    if b"<!DOCTYPE" in content or content.startswith(_UTF_16_MARKS):
        raise ReadingError(members.file_name, "the workbook's directory has an unknown form; save it again as .xlsx")
    try:
        return ET.fromstring(content)  # noqa: S314 - bounded, and no entities without a document type
    except ET.ParseError as error:
        message = f"the workbook is damaged ({error}); open it, save it again as .xlsx"
        raise ReadingError(members.file_name, message) from error
