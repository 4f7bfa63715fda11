"""How wide the columns of a table have to be on paper, in signs; and whether it has to lie across the page."""

from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.report_tables.value import Column, Table

SIGNS_A_LINE = {False: 112, True: 170}
LONGEST_LABEL, SHORTEST_LABEL = 46, 28
LONGEST_WORDS, SHORTEST = 16, 4
BETWEEN = 2


@dataclass(frozen=True)
class Layout:
    """Where a table goes.

    Attributes:
        is_wide: Whether it lies across the page.
        label: Share of the line's width for the labels.
        columns: Share of each column; all shares together are at most 1.
    """

    is_wide: bool
    label: float
    columns: tuple[float, ...]


def layout(table: Table) -> Layout:
    """Give each column what its longest figure needs; labels get the rest, and wrap."""
    needs = [_need(table, place, column) + BETWEEN for place, column in enumerate(table.columns)]
    wanted = min(LONGEST_LABEL, max([SHORTEST_LABEL, *(len(row.label) + 2 * row.depth for row in table.rows)]))
    is_wide = sum(needs) + SHORTEST_LABEL > SIGNS_A_LINE[False]
    line = SIGNS_A_LINE[is_wide]
    label = max(SHORTEST_LABEL, min(wanted, line - sum(needs)))
    room = min(1.0, (line - label) / sum(needs))
    return Layout(is_wide, label / line, tuple(need * room / line for need in needs))


def _need(table: Table, place: int, column: Column) -> int:
    figures = [_longest(row.cells[place].lines, row.cells[place].numbers) for row in table.rows if row.cells]
    heads = [min(LONGEST_WORDS, len(line)) for line in column.lines]
    return max([SHORTEST, *figures, *heads, *_words(column)])


def _longest(lines: tuple[str, ...], numbers: tuple[object, ...]) -> int:
    longest = max((len(line) for line in lines), default=0)
    return longest if numbers else min(LONGEST_WORDS, longest)


def _words(column: Column) -> Iterator[int]:
    for line in column.lines:
        yield from (min(LONGEST_LABEL, len(word)) for word in line.split())
