"""The cells of a sheet → text, as it would stand in a CSV file, and what is to be told of them.

Text stays text (``007``), whole numbers have no decimals, dates and times are ISO, truths are TRUE and FALSE. Put here
how a cell becomes text and where the table in a sheet begins and ends; which sheet is read is in ``workbook``.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice, repeat

import numpy as np
import pyarrow as pa

from instruments.counted import counted
from pipelines.readers.files.sheet_scan import UNCOMPUTED, column_letters
from pipelines.readers.plan import ReadingError

HEAD_ROWS = 1_000
_BLOCK_ROWS = 10_000
_FIRST_ROUNDED = 1e15
_FIRST_IN_POWERS = 1e22

Cell = str | float | bool | dt.date | dt.time | dt.timedelta


@dataclass
class Grid:
    """The rows of a sheet on their way to text cells.

    Attributes:
        first_column: Column, from 0, that the library's rows begin with.
        marks: (row, column) → text for cells that the library reads as empty but that are not.
        rounded: Columns, from 0 in the library's rows, with whole numbers that spreadsheets round.
        n_skipped: Blank rows and columns before the table.
    """

    first_column: int
    marks: Mapping[tuple[int, int], str]
    rounded: set[int] = field(default_factory=set[int])
    n_skipped: tuple[int, int] = (0, 0)

    def read(self, rows: Iterable[Sequence[Cell]], name: str) -> tuple[pa.Table, tuple[tuple[str, ...], ...]]:
        """Return all rows as a table of text cells, and the first ones as tuples."""
        blocks = list(self._blocks(iter(rows)))
        table = pa.concat_tables(blocks) if blocks else pa.table({})
        filled = [index for index, column in enumerate(table.columns) if column.null_count < len(column)]
        if not filled:
            raise ReadingError(name, "expected a table, found an empty sheet; give sheet, or export it again")
        table = table.select(range(filled[0], filled[-1] + 1))
        first, last = _first_and_last_row(table)
        self.n_skipped = first, self.first_column + filled[0]
        table = table.slice(first, last - first + 1)
        table = table.rename_columns([f"c{position}" for position in range(1, table.num_columns + 1)])
        head = zip(*(column.fill_null("").to_pylist() for column in table.slice(0, HEAD_ROWS).columns), strict=True)
        return table, tuple(head)

    def warnings(self) -> tuple[str, ...]:
        """Say which columns may have lost digits, where the table begins, and which cells hold no answer."""
        found: list[str] = []
        if self.rounded:
            letters = ", ".join(column_letters(self.first_column + index) for index in sorted(self.rounded))
            found.append(
                f"column {letters} holds whole numbers of more than 15 digits, which spreadsheets round; when they are "
                "ids, export the file as CSV"
            )
        rows, columns = self.n_skipped
        if rows or columns:
            left_out = f"{counted(rows, 'blank row')} and {counted(columns, 'blank column')} before it are left out"
            found.append(f"rows are counted from the first filled one; {left_out}")
        n_uncomputed = sum(text == UNCOMPUTED for text in self.marks.values())
        if n_uncomputed:
            found.append(
                f"{counted(n_uncomputed, 'formula has', 'formulas have')} no result; "
                "open the workbook in a spreadsheet and save it again"
            )
        if len(self.marks) > n_uncomputed:
            n_errors = len(self.marks) - n_uncomputed
            found.append(f"{counted(n_errors, 'cell holds', 'cells hold')} an error such as #N/A, which is no answer")
        return tuple(found)

    def _blocks(self, rows: Iterator[Sequence[Cell]]) -> Iterator[pa.Table]:
        complete = self._with_marks(rows)
        while block := list(islice(complete, _BLOCK_ROWS)):
            columns = [self._texts(index, cells) for index, cells in enumerate(zip(*block, strict=True))]
            yield pa.table(columns, names=[str(index) for index in range(len(columns))])

    def _with_marks(self, rows: Iterator[Sequence[Cell]]) -> Iterator[Sequence[Cell]]:
        """Put the marks where they belong, also outside of what the library takes for the sheet."""
        if not self.marks:
            yield from rows
            return
        before = max(0, self.first_column - min(column for _, column in self.marks))
        self.first_column -= before
        width = max(column for _, column in self.marks) - self.first_column + 1
        by_row: dict[int, list[tuple[int, str]]] = {}
        for (row, column), text in self.marks.items():
            by_row.setdefault(row, []).append((column - self.first_column, text))
        missing_rows = max(by_row) + 1
        for number, row in enumerate(chain(rows, repeat([], missing_rows))):
            if number >= missing_rows and not row:
                return
            cells: list[Cell] = [*repeat("", before), *row]
            width = max(width, len(cells))
            cells += repeat("", width - len(cells))
            for column, text in by_row.get(number, []):
                cells[column] = text
            yield cells

    def _texts(self, index: int, cells: Sequence[Cell]) -> pa.Array:
        if any(type(cell) is float and abs(cell) >= _FIRST_ROUNDED for cell in cells):
            self.rounded.add(index)
        return pa.array([_WRITERS[type(cell)](cell) for cell in cells], pa.string())


def _first_and_last_row(table: pa.Table) -> tuple[int, int]:
    """Return the first and the last row that has a filled cell."""
    is_filled = np.zeros(table.num_rows, dtype=bool)
    for column in table.columns:
        is_filled |= column.is_valid().to_numpy()
    places = np.flatnonzero(is_filled)
    return int(places[0]), int(places[-1])


def _number(value: float) -> str:
    if value.is_integer() and abs(value) < _FIRST_IN_POWERS:
        return str(int(value))
    return repr(value)


def _moment(value: dt.datetime) -> str:
    return value.isoformat(sep=" ", timespec="milliseconds" if value.microsecond else "seconds")


def _duration(value: dt.timedelta) -> str:
    """Write a length of time as spreadsheets show it, with hours beyond 24."""
    seconds = abs(value).total_seconds()
    sign = "-" if value < dt.timedelta() else ""
    return f"{sign}{int(seconds // 3600)}:{int(seconds // 60 % 60):02d}:{int(seconds % 60):02d}"


_WRITERS: Mapping[type, Callable[..., str | None]] = {
    str: lambda value: value or None,
    float: _number,
    int: str,
    bool: lambda value: str(value).upper(),
    dt.datetime: _moment,
    dt.date: dt.date.isoformat,
    dt.time: lambda value: value.isoformat("seconds"),
    dt.timedelta: _duration,
}
