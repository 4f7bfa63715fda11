"""Small tables that a team keeps beside its study (invited units, contacts, decisions, margins) → cells as text.

Put here how such a file is laid out and what is wrong with it; what its columns mean is for whoever asked.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from instruments.counted import counted
from instruments.faults import DataError

_SEPARATORS = ",;\t"
_BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff")
_OF_A_PERSON = re.compile(r"@|\d{6}")
_FIELD_LIMIT = 1_000_000


class TeamTableError(DataError):
    """A table of the team's own cannot be used; the message says which, where and why."""


def read_team_table(path: Path, what: str) -> pd.DataFrame:
    """Read a table.

    Args:
        path: A text file with one row of headers: UTF-8 or UTF-16 with its mark; separated by commas, semicolons or
            tabs, whichever its headers have most of.
        what: What the table is, for the message.

    Returns:
        One column a header, cells as text, blank where empty; blank rows left out.

    Raises:
        TeamTableError: When it is no such file, headers are missing or repeated, or a row is longer than they are.
    """
    text = _decoded(path, what)
    first = text.partition("\n")[0]
    separator = max(_SEPARATORS, key=first.count)
    try:
        rows = list(_rows(text, separator))
    except csv.Error as error:
        raise TeamTableError(f"{path.name} is no {what}: {error}; export it again as CSV UTF-8") from error
    if not rows:
        raise TeamTableError(f"{path.name} is no {what}: expected a row of headers, found an empty file")
    headers = _headers(path.name, rows[0][1], rows[1:])
    cells = [_cells(path.name, number, row, len(headers)) for number, row in rows[1:]]
    table = pd.DataFrame(cells, columns=pd.Index(headers), dtype="str")
    return table.loc[:, [header != "" for header in headers]]


@contextmanager
def faults_of(file_name: str, kind: type[DataError]) -> Iterator[None]:
    """Say of what is wrong with a table in which file it is.

    Args:
        file_name: The file.
        kind: The error that whoever understands the table raises; it is made of a message alone.
    """
    try:
        yield
    except kind as error:
        raise kind(f"{file_name}: {error}") from error


def _decoded(path: Path, what: str) -> str:
    raw = path.read_bytes()
    try:
        return raw.decode("utf-16" if raw.startswith(_BYTE_ORDER_MARKS) else "utf-8-sig")
    except UnicodeDecodeError as error:
        row = raw[: error.start].count(b"\n") + 1
        message = (
            f"{path.name} is no {what} in UTF-8: row {row} holds other bytes, such as letters written by an older "
            "spreadsheet program; save it as 'CSV UTF-8'"
        )
        raise TeamTableError(message) from error


def _rows(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the number and the cells of every row that is not blank."""
    csv.field_size_limit(_FIELD_LIMIT)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    for number, row in enumerate(reader, start=1):
        if any(cell.strip() for cell in row):
            yield number, row


def _headers(name: str, row: Sequence[str], below: Sequence[tuple[int, list[str]]]) -> list[str]:
    headers = [header.strip() for header in row]
    if any(_OF_A_PERSON.search(header) for header in headers):
        message = "expected the names of columns in the first row, found what looks like somebody's; put headers above"
        raise TeamTableError(f"{name}: {message}")
    for place, header in enumerate(headers):
        if not header and any(cells[place].strip() for _, cells in below if place < len(cells)):
            raise TeamTableError(f"{name}: column {place + 1} holds cells, but has no header; give it one")
        if header and headers.index(header) < place:
            raise TeamTableError(f"{name}: two columns are called {header}; rename or remove one")
    return headers


def _cells(name: str, number: int, row: Sequence[str], width: int) -> list[str]:
    if any(cell.strip() for cell in row[width:]):
        message = f"row {number} has {counted(len(row), 'cell')}, expected {width}; quote cells that hold a separator"
        raise TeamTableError(f"{name}: {message}")
    return [*row[:width], *[""] * (width - len(row))]
