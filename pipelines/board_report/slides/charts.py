"""A chart on a slide: lying bars that can be edited in Office, from the top downwards, every bar with its figure."""

from typing import Any

from pptx.chart.chart import Chart
from pptx.chart.series import BarSeries
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION, XL_TICK_LABEL_POSITION, XL_TICK_MARK
from pptx.util import Emu, Length, Pt

from pipelines.board_report.excel import FORMATS
from pipelines.board_report.slides.colours import INK, MUTED, colour_of, ink_on
from pipelines.board_report.slides.value import Bars, Series
from pipelines.board_report.slides.workbook import ReleasedBars
from pipelines.board_report.value import Figure

SIZE, SMALL = Pt(12), Pt(10)
MOST_LARGE = 7
"""Rows of questions from which on letters are small."""
GAP_WIDTH = 45
HEIGHT_OF_A_ROW, HEIGHT_AROUND = 900000, 700000

Place = tuple[Emu, Emu, Emu, Emu]


def add_bars(shapes: Any, bars: Bars, place: Place, language: str) -> Any:  # noqa: ANN401
    """Add a chart to the shapes of a slide.

    Args:
        shapes: Of the slide.
        bars: What is drawn.
        place: Left, top, width, height at most.
        language: ``en`` or ``da``.

    Returns:
        The shape that holds it.
    """
    number_format = _format_of(bars)
    kind = XL_CHART_TYPE.BAR_STACKED_100 if bars.is_stacked else XL_CHART_TYPE.BAR_CLUSTERED
    left, top, width, height = place
    high = Emu(min(int(height), HEIGHT_OF_A_ROW * len(bars.categories) + HEIGHT_AROUND))
    frame = shapes.add_chart(kind, left, top, width, high, ReleasedBars(bars, number_format, language))
    chart = frame.chart
    chart.font.size, chart.font.color.rgb = _size_of(bars), INK
    chart.has_title, chart.has_legend = False, len(bars.series) > 1
    if chart.has_legend:
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    _set_axes(chart, bars)
    plot = chart.plots[0]
    plot.gap_width, plot.vary_by_categories = GAP_WIDTH, False
    for series, drawn in zip(bars.series, plot.series, strict=True):
        _colour(drawn, series, number_format, is_stacked=bars.is_stacked)
        drawn.data_labels.font.size = _size_of(bars)
    return frame


def _size_of(bars: Bars) -> Length:
    return SMALL if bars.is_stacked and len(bars.categories) > MOST_LARGE else SIZE


def _format_of(bars: Bars) -> str:
    kinds = [cell.kind for each in bars.series for cell in each.values if isinstance(cell, Figure)]
    return FORMATS[kinds[0]] if kinds else FORMATS["end"]


def _set_axes(chart: Chart, bars: Bars) -> None:
    """Let the first category stand on top, and the axis tell nothing but the ends of the scale."""
    down, across = chart.category_axis, chart.value_axis
    down.reverse_order, down.has_major_gridlines, across.has_major_gridlines = True, False, False
    down.major_tick_mark, down.format.line.color.rgb = XL_TICK_MARK.NONE, MUTED
    across.visible = bars.ends is not None
    if bars.ends is not None:
        across.minimum_scale, across.maximum_scale = (end.value for end in bars.ends)
        across.major_unit = across.maximum_scale - across.minimum_scale
        across.tick_labels.number_format, across.tick_labels.number_format_is_linked = FORMATS["end"], False
        across.tick_label_position = XL_TICK_LABEL_POSITION.HIGH
        across.format.line.fill.background()
    elif not bars.is_stacked:
        across.minimum_scale = 0.0


def _colour(drawn: BarSeries, series: Series, number_format: str, *, is_stacked: bool) -> None:
    colour = colour_of(series.tone)
    drawn.invert_if_negative = False
    drawn.format.fill.solid()
    drawn.format.fill.fore_color.rgb = colour
    labels = drawn.data_labels
    labels.show_value, labels.number_format, labels.number_format_is_linked = True, number_format, False
    labels.position = XL_LABEL_POSITION.CENTER if is_stacked else XL_LABEL_POSITION.OUTSIDE_END
    labels.font.color.rgb = ink_on(colour) if is_stacked else INK
