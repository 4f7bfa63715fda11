"""Slides before any notation: a message each, with a chart or a table that somebody can go on working with."""

from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.board_report.value import Cell, Figure, Table


@dataclass(frozen=True)
class Series:
    """Bars of one colour.

    Attributes:
        name: What they stand for.
        values: One a category; a figure, or the words why there is none; empty where the category has no such bar.
        tone: Place of the colour, from 0 (a low answer) over 0.5 (neutral) to 1 (a high one).
    """

    name: str
    values: tuple[Cell, ...]
    tone: float = 1.0


@dataclass(frozen=True)
class Bars:
    """A chart of lying bars.

    Attributes:
        told: What is seen, with every figure, for those who do not see it.
        categories: One a row, from the top.
        series: Beside each other in every row, or one after the other.
        ends: Lowest and highest possible value; None where bars begin at nought and have no end.
        is_stacked: Whether the bars of a row follow one another.
    """

    told: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    ends: tuple[Figure, Figure] | None = None
    is_stacked: bool = False

    def __post_init__(self) -> None:
        """Refuse series that do not fit the categories."""
        if any(len(each.values) != len(self.categories) for each in self.series):
            raise ValueError(f"{self.told}: series must have {len(self.categories)} values")

    def figures(self) -> Iterator[Figure]:
        """Yield every figure that is drawn."""
        yield from (value for each in self.series for value in each.values if isinstance(value, Figure))
        yield from self.ends or ()


@dataclass(frozen=True)
class Grid:
    """A table, whose cells may have shades.

    Attributes:
        told: What it shows, for those who do not see it.
        table: Its rows.
        shades: Row and column → -2 (far below what all have) to 2 (far above); without an entry no shade.
    """

    told: str
    table: Table
    shades: tuple[tuple[tuple[int, int], int], ...] = ()

    def figures(self) -> Iterator[Figure]:
        """Yield every figure of its cells."""
        yield from (cell for row in self.table.rows for cell in row if isinstance(cell, Figure))


@dataclass(frozen=True)
class Slide:
    """One slide.

    Attributes:
        title: Its message, or what it shows.
        lines: Sentences under the title.
        figure: A chart or a table.
        notes: What a speaker should know: numbers of people, what is not shown.
    """

    title: str
    lines: tuple[str, ...] = ()
    figure: Bars | Grid | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Part:
    """Slides that belong together.

    Attributes:
        name: What they are about.
        slides: In order; none where the release says nothing of it.
    """

    name: str
    slides: tuple[Slide, ...]


@dataclass(frozen=True)
class Deck:
    """All slides.

    Attributes:
        title: Title of the study.
        subtitle: Which release, of when.
        language: ``en`` or ``da``.
        warning: What has to be said on every slide; empty for nothing.
        notes: Of the first slide.
        parts: After the first slide.
    """

    title: str
    subtitle: str
    language: str
    warning: str
    notes: tuple[str, ...]
    parts: tuple[Part, ...]

    @property
    def slides(self) -> tuple[Slide, ...]:
        """All slides after the first."""
        return tuple(slide for part in self.parts for slide in part.slides)

    def figures(self) -> Iterator[Figure]:
        """Yield every figure of its charts and tables."""
        yield from (figure for slide in self.slides if slide.figure for figure in slide.figure.figures())
