"""A table as it is to be printed, before any notation: captions, columns, rows, notes, sentences.

Every figure is held once: as a number, for workbooks, and as the lines of text that the page prints. The writers put
them down and compute nothing.
"""

import re
from dataclasses import dataclass, field
from typing import Literal

from instruments.codebooks.xml_tree import readable

_BLANKS = re.compile(r"\s+")
Kind = Literal["plain", "share", "p", "whole"]
RowKind = Literal["heading", "figures", "summary"]


@dataclass(frozen=True)
class Number:
    """A figure of a cell.

    Attributes:
        value: As computed, not rounded any further.
        decimals: Decimals that are printed.
        kind: ``plain``; ``share`` for what cannot exceed 1 and is printed without a leading nought, such as a
            correlation; ``p`` for a p-value; ``whole``.
    """

    value: float
    decimals: int = 0
    kind: Kind = "plain"


@dataclass(frozen=True)
class Cell:
    """What stands in one column of one row.

    Attributes:
        lines: As printed, the figure itself first; empty for an empty cell.
        numbers: Part, such as ``estimate`` or ``conf_low`` → figure, for workbooks; none for words.
        stars: Printed after the first line.
    """

    lines: tuple[str, ...] = ()
    numbers: tuple[tuple[str, Number], ...] = ()
    stars: str = ""


EMPTY = Cell()


@dataclass(frozen=True)
class Row:
    """One row.

    Attributes:
        label: What it is about.
        cells: One a column; none for a heading.
        kind: ``heading`` over the rows that follow, ``figures``, or ``summary`` of a column.
        depth: How far it is set in: 0, 1 or 2.
        mark: A sign beside the label that a note explains; empty for none.
    """

    label: str
    cells: tuple[Cell, ...] = ()
    kind: RowKind = "figures"
    depth: int = 0
    mark: str = ""


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        lines: Its head, such as number, exploratory, title.
        slanted: Which of them is printed in italics; None for none.
    """

    lines: tuple[str, ...]
    slanted: int | None = None


@dataclass(frozen=True)
class Table:
    """One table.

    Attributes:
        number: Such as ``Table 1``; names it within the document.
        caption: What it shows.
        stub: Head of the column of labels.
        columns: The others.
        rows: Each with as many cells as there are columns, or none.
        parts: Part of a cell → its name, in the order in which a workbook shows them.
        notes: Printed under it.
        sentences: What it says in words.
    """

    number: str
    caption: str
    stub: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    parts: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    sentences: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse rows that do not fit the columns."""
        for row in self.rows:
            if len(row.cells) not in (0, len(self.columns)):
                raise ValueError(
                    f"{self.number}: {row.label} has {len(row.cells)} cells for {len(self.columns)} columns"
                )


@dataclass(frozen=True)
class Document:
    """Tables in one file.

    Attributes:
        title: What they are of.
        language: ``en`` or ``da``.
        said: Words of the notations: ``note``, ``in_words``, ``notes``, ``table``, ``kind``, ``text``.
        warnings: Printed first.
        tables: In order.
    """

    title: str
    language: str
    said: dict[str, str]
    warnings: tuple[str, ...]
    tables: tuple[Table, ...] = field(default=())


def one_line(text: str) -> str:
    """Return a text on one line, without signs that files cannot hold."""
    return _BLANKS.sub(" ", readable(text)).strip()
