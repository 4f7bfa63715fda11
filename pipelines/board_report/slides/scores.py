"""Slides of mean scores: the latest wave of every respondent group, and every scale that went up or down."""

from collections.abc import Iterator, Mapping
from typing import Any

from pipelines.board_report.changes import changes, direction, pairs_of, told_of
from pipelines.board_report.released import Released
from pipelines.board_report.scores import charts_of, latest_of, point_of
from pipelines.board_report.slides.rows import means_of, notes_of, part_title, point_label, table_slides, told_rows
from pipelines.board_report.slides.value import Bars, Slide
from pipelines.board_report.value import Chart, Figure


def score_slides(released: Released) -> Iterator[Slide]:
    """Yield the slides from the released ``out.scale_means``."""
    for title, means in latest_of(released, released.arranged("out.scale_means")):
        charts = charts_of(released, title, means)
        yield from (_of_scores(released, chart, is_only=len(charts) == 1) for chart in charts)


def _of_scores(released: Released, chart: Chart, *, is_only: bool) -> Slide:
    names = tuple(point_label(released, point) for point in chart.points)
    series = (means_of(released, chart.points),)
    bars = Bars(chart.told, names, series, (chart.lowest, chart.highest))
    title = chart.title if is_only else part_title(released, chart.title, [point.label for point in chart.points])
    told = told_rows(released, names, series)
    return Slide(title, figure=bars, notes=notes_of(released, released.wording.say("slide_scores"), told))


def change_slides(released: Released) -> Iterator[Slide]:
    """Yield a slide for every clear change, then all scales that may be compared."""
    section = changes(released)
    if section.sheet is None:
        yield Slide(section.title, section.lines, notes=notes_of(released))
        return
    for before, after in pairs_of(released, *released.waves[-2:]):
        way = direction(before, after)
        if way != "unclear":
            yield _of_change(released, before, after, way)
    yield from table_slides(released, section, section.sheet, section.lines[1:])


def _of_change(released: Released, before: dict[str, Any], after: dict[str, Any], way: str) -> Slide:
    points = [point_of(released, row, released.wave(row["wave"])) for row in (before, after)]
    names, series = tuple(point_label(released, point) for point in points), (means_of(released, points),)
    bars = Bars(told_rows(released, names, series), names, series, _ends(released, after))
    notes = notes_of(released, released.wording.say("change_reading"), bars.told)
    return Slide(told_of(released, before, after, way), figure=bars, notes=notes)


def _ends(released: Released, row: Mapping[str, Any]) -> tuple[Figure, Figure]:
    scale = released.table("meta.scales").set_index("scale").loc[str(row["scale"])]
    return Figure(float(scale["lowest"]), "end"), Figure(float(scale["highest"]), "end")
