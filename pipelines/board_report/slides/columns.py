"""Columns of a table on a slide: how wide each is, and how many lines its rows take."""

import textwrap
from collections.abc import Sequence

from pipelines.board_report.value import Cell, Table

LABEL_SHARE = 1.8
"""How many times as wide as a column of figures a column of words of ``USUAL`` letters is."""
USUAL, LEAST, MOST = 24, 0.7, 1.6
"""Letters of a usual label; how far narrower and wider than for that a column of words may be."""
LETTERS = 125
"""Small letters side by side on a slide, in wide type."""
MARGIN = 2
"""Of a cell, in letters."""
MOST_LINES = 21
"""Lines of small letters that a table without words above it has room for."""
ROW_GAP = 0.5


def shares_of(table: Table) -> list[float]:
    """Return the width of every column, that of a column of figures being 1: words need room for the longest of them.

    Args:
        table: Labels in its first ``n_labels`` columns.
    """
    whole = [row for row in table.rows if len(row) == len(table.heads)]
    longest = [max((len(str(row[across])) for row in whole), default=USUAL) for across in range(table.n_labels)]
    of_labels = [LABEL_SHARE * min(max(letters / USUAL, LEAST), MOST) for letters in longest]
    return [*of_labels, *[1.0] * (len(table.heads) - table.n_labels)]


def lines_of(rows: Sequence[tuple[Cell, ...]], table: Table) -> float:
    """Return how many lines some rows of a table take in small letters, with the room between them."""
    shares = shares_of(table)
    letters = [max(int(LETTERS * share / sum(shares)) - MARGIN, 1) for share in shares]
    return sum(
        ROW_GAP + max(len(textwrap.wrap(str(row[across]), letters[across])) for across in range(table.n_labels))
        for row in rows
        if len(row) == len(table.heads)
    )
