"""What they answered: mean scores with intervals by respondent group, and a chart of the latest wave of each."""

from collections.abc import Iterator, Mapping
from math import ceil
from typing import Any

import pandas as pd

from pipelines.board_report.released import Released, rows_of
from pipelines.board_report.value import Chart, Figure, Kind, Point, Section, Table

MEANS: dict[str, Kind] = {"mean": "mean", "conf_low": "mean", "conf_high": "mean", "n_obs": "count"}
KINDS: dict[str, Kind] = {**MEANS, "alpha": "mean", "omega": "mean"}
MOST_POINTS = 10
FIGURES = ("mean", "conf_low", "conf_high", "n", "alpha", "omega")


def scores(released: Released) -> Section:
    """Write the section from the released ``out.scale_means``."""
    say, means = released.wording.say, released.arranged("out.scale_means")
    every = tuple(
        (
            released.group(row["respondent_group"]),
            released.wave(row["wave"]),
            released.scale(row["scale"]),
            *released.cells(row, KINDS),
        )
        for row in rows_of(means)
    )
    sheet = Table(say("scores_all"), released.heads("group", "wave", "scale", *FIGURES), every, n_labels=3)
    latest = list(released.latest(means))
    return Section(
        say("scores_sheet"),
        say("scores_title"),
        (say("scores_reading"),),
        charts=tuple(chart for title, rows in latest_of(released, means) for chart in charts_of(released, title, rows)),
        tables=tuple(_table(released, group, wave, rows) for group, wave, rows in latest),
        sheet=sheet,
    )


def _table(released: Released, group: str, wave: str, means: pd.DataFrame) -> Table:
    caption = released.wording.say("scores_caption", group=released.group(group), wave=released.wave(wave))
    rows = tuple((released.scale(row["scale"]), *released.cells(row, KINDS)) for row in rows_of(means))
    return Table(caption, released.heads("scale", *FIGURES), rows)


def latest_of(released: Released, means: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield the means of the latest wave of every respondent group, with the title of their chart."""
    for group, wave, rows in released.latest(means):
        yield released.wording.say("scores_chart", group=released.group(group), wave=released.wave(wave)), rows


def charts_of(released: Released, title: str, means: pd.DataFrame) -> list[Chart]:
    """Draw the scores of every range, so many to a chart."""
    say, figure = released.wording.say, released.wording.figure
    ranged = means.merge(released.table("meta.scales")[["scale", "lowest", "highest"]], on="scale")
    charts = list[Chart]()
    for (lowest, highest), rows in ranged.groupby(["lowest", "highest"], sort=False):
        points = tuple(point_of(released, row, released.scale(row["scale"])) for row in rows_of(rows))
        ends = (Figure(float(lowest), "end"), Figure(float(highest), "end"))
        n_charts = ceil(len(points) / MOST_POINTS)
        for place in range(n_charts):
            part = points[len(points) * place // n_charts : len(points) * (place + 1) // n_charts]
            told = " ".join(_told(released, point) for point in part)
            whole = say("scores_told", lowest=figure(ends[0]), highest=figure(ends[1]), points=told)
            charts.append(Chart(title, whole, *ends, part))
    return charts


def point_of(released: Released, row: Mapping[str, Any], label: str) -> Point:
    """Return the mean of a row with its interval and n; none of them where it is hidden."""
    mean, low, high, n = (each if isinstance(each, Figure) else None for each in released.cells(row, MEANS))
    return Point(label, mean, low, high, n)


def _told(released: Released, point: Point) -> str:
    say, figure = released.wording.say, released.wording.figure
    if point.mean is None or point.low is None or point.high is None:
        return say("scores_point_hidden", scale=point.label)
    return say(
        "scores_point", scale=point.label, mean=figure(point.mean), low=figure(point.low), high=figure(point.high)
    )
