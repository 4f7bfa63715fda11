"""A chart of a report → SVG: a line for the interval, a dot for the mean, and the words above them.

Narrow enough to be read on a telephone; every figure is printed, so that none has to be read off.
"""

from pipelines.board_report.value import Chart, Figure, Point
from pipelines.board_report.words import Wording
from pipelines.pictures.lettering import height_of, wrapped
from pipelines.pictures.svg import EDGE, LINE, MUTED, Sheet

WIDTH, SIZE, GAP = 420.0, 13.0, 14.0
ROOM_FOR_FIGURES = 150.0


def drawing_of(chart: Chart, wording: Wording) -> str:
    """Draw a chart; the same SVG for the same figures."""
    sheet = Sheet(chart.title, chart.told, WIDTH, wording.language)
    down = sheet.down
    for point in chart.points:
        down = _draw(sheet, chart, point, down, wording)
    for end, x, anchor in ((chart.lowest, EDGE, "start"), (chart.highest, WIDTH - EDGE, "end")):
        sheet.words(x, down + SIZE, wording.figure(end), SIZE, anchor=anchor, fill=MUTED)
    return sheet.finished(down + SIZE + GAP)


def _draw(sheet: Sheet, chart: Chart, point: Point, down: float, wording: Wording) -> float:
    """Draw one row from ``down``; return where the next begins."""
    label = wrapped(point.label, WIDTH - 2 * EDGE - ROOM_FOR_FIGURES, SIZE)
    sheet.words(EDGE, down + SIZE, label, SIZE)
    sheet.words(WIDTH - EDGE, down + SIZE, _figures(point, wording), SIZE, anchor="end")
    line = down + height_of(label, SIZE) + 9
    sheet.line((EDGE, line), (WIDTH - EDGE, line), LINE, 1)
    if point.mean is not None and point.low is not None and point.high is not None:
        low, mean, high = (_across(chart, figure) for figure in (point.low, point.mean, point.high))
        sheet.line((low, line), (high, line), wide=4)
        sheet.dot(mean, line)
    return line + GAP


def _figures(point: Point, wording: Wording) -> str:
    if point.mean is None or point.low is None or point.high is None:
        return wording.say("not_shown")
    interval = wording.words.numerals.interval(point.low.value, point.high.value, 2)
    return f"{wording.figure(point.mean)} {interval}"


def _across(chart: Chart, figure: Figure) -> float:
    share = (figure.value - chart.lowest.value) / (chart.highest.value - chart.lowest.value)
    return EDGE + min(max(share, 0.0), 1.0) * (WIDTH - 2 * EDGE)
