"""A report before any notation: sections of sentences, tables and charts.

Every figure is one of the release file or, in the report of methods, of the warehouse, as it stands there, or the
exponential of a coefficient that is a logarithm. The writers put it down and compute nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["count", "mean", "estimate", "p_value", "per_cent", "share", "end"]


@dataclass(frozen=True)
class Figure:
    """A number.

    Attributes:
        value: As released; in a report of the warehouse, as computed.
        kind: ``count`` of people, rounded in the release; ``mean`` with two decimals; ``estimate`` with three;
            ``p_value``; ``per_cent`` of 0 to 100; ``share`` of 0 to 1, printed in per cent; ``end`` of a scale's range.
    """

    value: float
    kind: Kind


Cell = str | Figure


@dataclass(frozen=True)
class Link:
    """A word that leads to a section.

    Attributes:
        text: As printed.
        anchor: Of the section.
    """

    text: str
    anchor: str


@dataclass(frozen=True)
class Table:
    """One table.

    Attributes:
        caption: What it shows.
        heads: Of the columns.
        rows: One cell a column, or a single one that stands over the rows that follow.
        n_labels: How many columns from the left hold words; the others hold figures, or why there is none.
        notes: Printed under it.
        defined: Its statistics, with the sections that define them.
    """

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    n_labels: int = 1
    notes: tuple[str, ...] = ()
    defined: tuple[Link, ...] = ()

    def __post_init__(self) -> None:
        """Refuse rows that do not fit the heads."""
        if any(len(row) not in (1, len(self.heads)) for row in self.rows):
            raise ValueError(f"{self.caption}: rows must have {len(self.heads)} cells, or one")


@dataclass(frozen=True)
class Point:
    """One row of a chart.

    Attributes:
        label: What is measured.
        mean: Its value; None where it is not shown.
        low: Lower end of its interval.
        high: Upper end of its interval.
        n: People behind it.
    """

    label: str
    mean: Figure | None = None
    low: Figure | None = None
    high: Figure | None = None
    n: Figure | None = None


@dataclass(frozen=True)
class Chart:
    """Means with intervals on the range of a scale.

    Attributes:
        title: What is seen.
        told: The same for those who do not see it, with every figure.
        lowest: Lowest possible score.
        highest: Highest possible score.
        points: In order.
    """

    title: str
    told: str
    lowest: Figure
    highest: Figure
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Section:
    """One section.

    Attributes:
        name: Of the sheet that holds its rows.
        title: Heading.
        lines: Sentences, a paragraph each.
        findings: Sentences that stand as a list.
        charts: Drawn before the tables.
        tables: For reading.
        sheet: All its rows in one table, for workbooks; None for words alone.
        is_detail: Whether it is looked up rather than read, and thus left out on paper.
        depth: 1 for a part, 2 for a section of one, 3 for an entry, which no list of contents names.
        anchor: What links to it name; empty where none does.
        code: A call of a program, printed letter by letter; empty for none.
    """

    name: str
    title: str
    lines: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    charts: tuple[Chart, ...] = ()
    tables: tuple[Table, ...] = ()
    sheet: Table | None = None
    is_detail: bool = False
    depth: Literal[1, 2, 3] = 1
    anchor: str = ""
    code: str = ""


@dataclass(frozen=True)
class Report:
    """A release in words and tables.

    Attributes:
        title: Title of the study.
        subtitle: Which release, of when.
        language: ``en`` or ``da``.
        published_on: Day of the release, ISO.
        warning: What has to be said before anything else; empty for nothing.
        sections: In order.
        has_contents: Whether a list of its sections stands before them.
    """

    title: str
    subtitle: str
    language: str
    published_on: str
    warning: str
    sections: tuple[Section, ...]
    has_contents: bool = True

    def figures(self) -> Iterator[Figure]:
        """Yield every figure of its tables and charts."""
        for section in self.sections:
            for table in (*section.tables, *([section.sheet] if section.sheet else [])):
                yield from (cell for row in table.rows for cell in row if isinstance(cell, Figure))
            for chart in section.charts:
                shown = [each for point in chart.points for each in (point.mean, point.low, point.high)]
                yield from (each for each in (chart.lowest, chart.highest, *shown) if each is not None)
