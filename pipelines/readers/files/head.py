"""The beginning of a file → text rows: which encoding, which column separator, or why it is no table at all.

Put here what can be said of any delimited text file; not what a survey platform writes into it.
"""

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipelines.readers.plan import HEAD_BYTES, Head, ReadingError

GUESSED_ENCODING = "cp1252"
LONGEST_CELL = 2_000_000
_CHUNK_BYTES = 8_000_000
_ENDLESS_ROW = (
    f"expected the headers to end within the first {HEAD_BYTES // 1_000_000} MB, found no end of a row; a quotation "
    "mark may be open, or it is no table; export the file again"
)
_DELIMITERS = (",", ";", "\t")
_LEAST_SHARE_OF_EQUAL_ROWS = 0.5
_EMPTY = "expected a table, found an empty file; export it again"
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF document"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive, which has to be unpacked"),
    (b"Rar!\x1a", "a RAR archive, which has to be unpacked"),
    (b"RDX", "a workspace of R"),
    (b"HEADER RECORD***", "a SAS transport file"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"SQLite format 3", "a database"),
    (b"<!doctype html", "a web page, perhaps the log-in page of the platform, or a table saved as one"),
    (b"<html", "a web page, perhaps the log-in page of the platform, or a table saved as one"),
    (b"<?xml", "an XML document"),
    (b'{"', "JSON"),
    (b'[{"', "JSON"),
)
_BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def read_head(
    path: Path, encoding: str | None = None, delimiter: str | None = None, file_name: str | None = None
) -> Head:
    """Decode the beginning of a file and cut it into cells.

    Args:
        path: The file.
        encoding: Its encoding; recognised when not given: byte order mark, else UTF-8 when every byte of the file
            fits, else Windows-1252.
        delimiter: Column separator; recognised among comma, semicolon and tab when not given.
        file_name: Name for messages; the path's own when not given.

    Returns:
        All rows of a file of at most ``HEAD_BYTES`` bytes, else the first rows.

    Raises:
        ReadingError: When the file is empty, not text, not in the encoding, or not a table.
    """
    name = file_name or path.name
    if not path.is_file():
        raise ReadingError(name, "there is no such file")
    with path.open("rb") as file:
        start = file.read(HEAD_BYTES)
    if not start.removeprefix(codecs.BOM_UTF8).strip():
        raise ReadingError(name, _EMPTY)
    _refuse_other_formats(name, start)
    found = _known_encoding(name, encoding, path, start) if encoding else _recognised_encoding(name, path, start)
    text = codecs.getincrementaldecoder(found)(errors="strict").decode(start, final=False).removeprefix("\ufeff")
    if not text.strip():
        raise ReadingError(name, _EMPTY)
    sample = _Sample(name, text, is_whole=path.stat().st_size <= HEAD_BYTES)
    found_delimiter = delimiter or sample.delimiter()
    rows = sample.rows(found_delimiter)
    if not rows or not any(rows[0]):
        raise ReadingError(name, "expected headers in the first line, found a blank line; export the file again")
    return Head(name, found, found_delimiter, tuple(map(tuple, rows)), sample.is_whole)


@dataclass(frozen=True)
class _Sample:
    """The first text of a file.

    Attributes:
        file_name: For messages.
        text: The text.
        is_whole: Whether it is all of the file; otherwise its last row may be cut.
    """

    file_name: str
    text: str
    is_whole: bool

    def rows(self, delimiter: str) -> list[list[str]]:
        """Cut the text into rows; blank lines at the end are left out."""
        rows: list[list[str]] = []
        try:
            rows.extend(csv_rows(io.StringIO(self.text, newline=""), delimiter))
        except csv.Error as error:
            if self.is_whole:
                raise ReadingError(self.file_name, quotation_fault(len(rows) + 1, error)) from error
        else:
            rows = rows if self.is_whole else rows[:-1]
        while rows and not rows[-1]:
            rows.pop()
        if not rows:
            raise ReadingError(self.file_name, _ENDLESS_ROW)
        return rows

    def delimiter(self) -> str:
        """Return the separator that cuts most rows into as many cells as the first row has."""
        found: list[tuple[float, int, str]] = []
        faults: list[tuple[int, ReadingError]] = []
        for delimiter in _DELIMITERS:
            try:
                widths = [len(row) for row in self.rows(delimiter) if row]
            except ReadingError as fault:
                faults.append((self._width_of_headers(delimiter), fault))
            else:
                found.append((widths.count(widths[0]) / len(widths), widths[0], delimiter))
        widest = max((width for _, width, _ in found), default=0)
        if faults and max(faults, key=lambda each: each[0])[0] > widest:
            raise max(faults, key=lambda each: each[0])[1]
        several = [each for each in found if each[1] > 1 and each[0] >= _LEAST_SHARE_OF_EQUAL_ROWS]
        if several:
            return max(several, key=lambda each: each[:2])[2]
        single = [each for each in found if each[0] == 1]
        if single and all(width == 1 for _, width, _ in found):
            return single[0][2]
        raise ReadingError(
            self.file_name,
            "expected rows with as many cells as the first row, separated by comma, semicolon or tab; found rows of "
            "different lengths with each of them; export the file again, or say which delimiter it has",
        )

    def _width_of_headers(self, delimiter: str) -> int:
        """Return the cells of the first row, for a text whose later rows cannot be cut; 1 when it cannot either."""
        try:
            return len(next(csv_rows(io.StringIO(self.text, newline=""), delimiter)))
        except csv.Error:
            return 1


def csv_rows(lines: Iterator[str] | io.StringIO, delimiter: str) -> Iterator[list[str]]:
    """Cut lines into rows of text cells; a quoted line break does not end a row.

    Raises:
        csv.Error: When a quotation mark is not closed, or text follows a closing one.
    """
    csv.field_size_limit(LONGEST_CELL)
    return csv.reader(lines, delimiter=delimiter, strict=True)


def quotation_fault(row_number: int, error: csv.Error) -> str:
    """Say in words why a row cannot be cut into cells."""
    return (
        f"row {row_number} cannot be cut into cells ({error}); expected every quotation mark inside a cell to be "
        "doubled and every opened one to be closed; export the file again"
    )


def guess_warning(head: Head) -> tuple[str, ...]:
    """Return the warning that belongs to an encoding that was guessed, or nothing."""
    if head.encoding != GUESSED_ENCODING:
        return ()
    return ("the file is not UTF-8; it was read as Windows-1252: check letters such as æ, ø and å, or give encoding",)


def _refuse_other_formats(name: str, start: bytes) -> None:
    beginning = start.removeprefix(codecs.BOM_UTF8).lstrip()
    for signature, looks_like in _SIGNATURES:
        if beginning[:20].lower().startswith(signature.lower()):
            raise ReadingError(name, f"expected a table, found {looks_like}; export or save it as CSV (UTF-8)")
    has_mark = start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if b"\0" in start and not has_mark:
        raise ReadingError(
            name, "expected text, found binary content or UTF-16 without a byte order mark; export it as CSV (UTF-8)"
        )


def _known_encoding(name: str, encoding: str, path: Path, start: bytes) -> str:
    try:
        codecs.lookup(encoding)
    except LookupError as error:
        raise ReadingError(name, f"there is no encoding '{encoding}'; give one such as utf-8 or cp1252") from error
    if codecs.lookup(encoding).name == "utf-8":
        encoding = "utf-8-sig" if start.startswith(codecs.BOM_UTF8) else "utf-8"
    if not _decodes(path, encoding):
        raise ReadingError(name, f"the file is not in the encoding {encoding}; leave encoding out")
    return encoding


def _recognised_encoding(name: str, path: Path, start: bytes) -> str:
    marked = [encoding for mark, encoding in _BYTE_ORDER_MARKS if start.startswith(mark)]
    for encoding in marked or ["utf-8", GUESSED_ENCODING]:
        if _decodes(path, encoding):
            return encoding
    raise ReadingError(
        name, "expected text, found bytes that are neither UTF-8, UTF-16 nor Windows-1252; export it as CSV (UTF-8)"
    )


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)(errors="strict")
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True
