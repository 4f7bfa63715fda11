"""What slides share: labels of bars that say n, alt texts that say every figure, notes, parts of long tables."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from pipelines.board_report.method import least_said
from pipelines.board_report.released import Released
from pipelines.board_report.slides.columns import MOST_LINES, lines_of
from pipelines.board_report.slides.value import Grid, Series, Slide
from pipelines.board_report.value import Cell, Figure, Point, Section, Table

MOST_ROWS = 10
Row = TypeVar("Row")


def point_label(released: Released, point: Point) -> str:
    """Return the label of a mean: what it is of, its interval and n, or that it is not shown.

    The interval stands in words, since the bars that Office draws for errors hold lengths, which no release has.
    """
    wording = released.wording
    if point.mean is None or point.low is None or point.high is None or point.n is None:
        return wording.say("slide_hidden", label=point.label)
    low, high, n = (wording.figure(each) for each in (point.low, point.high, point.n))
    return wording.say("slide_mean", label=point.label, low=low, high=high, n=n)


def means_of(released: Released, points: Sequence[Point]) -> Series:
    """Return the bars of means."""
    hidden = released.wording.say("not_shown")
    return Series(released.wording.say("mean"), tuple(point.mean or hidden for point in points))


def told_rows(released: Released, categories: Sequence[str], series: Sequence[Series]) -> str:
    """Write every figure of a chart, row by row, for those who do not see it."""
    figure = released.wording.figure
    shown = [
        [f"{each.name} {figure(each.values[place])}" for each in series if isinstance(each.values[place], Figure)]
        for place in range(len(categories))
    ]
    rows = [f"{name}: {'; '.join(told)}" if told else name for name, told in zip(categories, shown, strict=True)]
    return released.wording.say("slide_chart", rows=". ".join(rows))


def notes_of(released: Released, *lines: str) -> tuple[str, ...]:
    """Return some sentences and what every speaker has to know: no inference, least numbers, what hidden means."""
    wording = released.wording
    without = [released.group(each) for each in released.named("no_inference")]
    inference = [wording.say("no_inference", groups=", ".join(without))] if without else []
    return (*lines, *inference, least_said(released), wording.say("method_hidden"))


def part_title(released: Released, title: str, labels: Sequence[str]) -> str:
    """Return the title of a slide that holds a part of what the title names, told by its first and last row."""
    if len(labels) == 1:
        return released.wording.say("slide_of", title=title, part=labels[0])
    return released.wording.say("slide_part", title=title, first=labels[0], last=labels[-1])


def in_parts(rows: Sequence[Row], most: int = MOST_ROWS) -> Iterator[tuple[Row, ...]]:
    """Cut rows into parts of nearly the same length, none longer than ``most``."""
    return _cut(rows, -(-len(rows) // most))


def _cut(rows: Sequence[Row], n_parts: int) -> Iterator[tuple[Row, ...]]:
    for place in range(n_parts):
        yield tuple(rows[len(rows) * place // n_parts : len(rows) * (place + 1) // n_parts])


def _parts_with_room(table: Table) -> list[tuple[tuple[Cell, ...], ...]]:
    """Cut the rows of a table into as few parts as let each find room on a slide, whatever its words."""
    n_rows = len(table.rows)
    for n_parts in range(-(-n_rows // MOST_ROWS), n_rows):
        parts = list(_cut(table.rows, n_parts))
        if all(lines_of(part, table) <= MOST_LINES for part in parts):
            return parts
    return [(row,) for row in table.rows]


def table_slides(released: Released, section: Section, table: Table, lines: tuple[str, ...] = ()) -> Iterator[Slide]:
    """Set a table on as many slides as it needs; the first tells what else the section says."""
    parts = _parts_with_room(table)
    for place, rows in enumerate(parts):
        title = table.caption if len(parts) == 1 else part_title(released, table.caption, [str(row[0]) for row in rows])
        grid = grid_of(released, Table(title, table.heads, rows, table.n_labels))
        yield Slide(title, () if place else lines, grid, notes_of(released, *section.lines))


def grid_of(released: Released, table: Table, shades: tuple[tuple[tuple[int, int], int], ...] = ()) -> Grid:
    """Return a table with its alt text."""
    heads = ", ".join(table.heads)
    return Grid(released.wording.say("slide_table", caption=table.caption, heads=heads), table, shades)
