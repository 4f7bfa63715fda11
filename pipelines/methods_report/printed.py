"""A table made for papers → the same in this report: as printed, with words where a cell would be empty."""

from collections.abc import Iterable

from pipelines.board_report.value import Table
from pipelines.board_report.words import plain
from pipelines.methods_report.defined import links
from pipelines.methods_report.found import Found
from pipelines.report_tables.numerals import NO_BREAK
from pipelines.report_tables.value import Cell, Row
from pipelines.report_tables.value import Table as PrintedTable

SET_IN = "\N{EM SPACE}"


def printed_table(table: PrintedTable, found: Found, names: Iterable[str], caption: str = "") -> Table:
    """Return a table with its notes; each cell has its lines below each other.

    Args:
        table: As papers print it.
        found: Its language.
        names: Entries of the definitions ledger.
        caption: Instead of its own; empty for its own.
    """
    return Table(
        caption=plain(caption or table.caption),
        heads=(plain(table.stub), *(plain(" ".join(column.lines)) for column in table.columns)),
        rows=tuple(_row(row, found) for row in table.rows),
        notes=tuple(plain(note) for note in table.notes),
        defined=links(names),
    )


def _row(row: Row, found: Found) -> tuple[str, ...]:
    label = SET_IN * row.depth + plain(row.label) + (f" {row.mark}" if row.mark else "")
    otherwise = found.say("does_not_apply" if row.kind == "summary" else "not_in_model")
    return (label, *(_cell(cell, otherwise) for cell in row.cells))


def _cell(cell: Cell, otherwise: str) -> str:
    first, *others = [_unbroken(line) for line in cell.lines] or [otherwise]
    return "\n".join((first + cell.stars, *others))


def _unbroken(line: str) -> str:
    """Return a line as printed, with the blanks at which it must not be broken."""
    return NO_BREAK.join(plain(part) for part in line.split(NO_BREAK))
