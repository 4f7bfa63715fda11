"""Charts as Altair specifications: dots with intervals, and answers on both sides of the middle.

Every row carries its label above the drawing, so that nothing is cut on a narrow screen. Series differ by colour and
by shape, and every mark has its sentence for screen readers. No data are fetched.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import altair as alt
import pandas as pd

from dashboard.axes import Axis, scale_of, ticks_of, title_lines
from dashboard.figures import vega_locale
from dashboard.legend import Entry
from dashboard.palette import INK, LEAN_COLOURS, LINE, MUTED, PAPER, SERIES_COLOURS
from dashboard.row_heights import IS_NARROW, LABEL_LINE, NOTE_LINE, drawn_at, place_of, placed_rows

FONT = "'Source Sans', 'Source Sans Pro', sans-serif"
SERIES_SHAPES = ("circle", "square", "diamond", "triangle-up", "triangle-down", "cross")
TRACK, BAR = 18, 24
LEAST_PERCENT_WITH_NUMBER = 7
COLUMN_GAP = 5.0
HALO: Mapping[str, Any] = {"stroke": PAPER, "strokeWidth": 5, "strokeJoin": "round"}
"""Room around letters that stand on lines; ``style.css`` paints it below them."""


class Drawing(alt.LayerChart):
    """A chart whose specification is not checked against the schema each time it is shown: the tests check it."""

    def to_dict(
        self,
        validate: bool = False,  # noqa: FBT001, FBT002 - as its parent has it
        *,
        format: Literal["vega-lite", "vega"] = "vega-lite",  # noqa: A002 - as its parent has it
        ignore: list[str] | None = None,
        context: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Return the specification; see ``altair.LayerChart``."""
        return super().to_dict(validate, format=format, ignore=ignore, context=context)


def interval_chart(points: pd.DataFrame, series: Sequence[str], axis: Axis, language: str) -> alt.LayerChart:
    """Draw a dot with its interval for every row and series, in the order given.

    Args:
        points: One row a dot: ``key`` of the row, ``row`` (its label), ``note`` (small print under it), ``series``,
            ``value``, ``low``, ``high``, ``figure`` (the value as written), ``said`` (for pointer and screen reader).
            Where the value is missing, ``said`` is written in the place of the dot.
        series: Names of the series in order; each has a colour and a shape.
        axis: The horizontal axis.
        language: Language of the numbers.
    """
    rows = placed_rows(points.drop_duplicates("key"), len(series) * TRACK)
    placed = points.merge(rows[["key", "y", "shift"]], on="key", validate="many_to_one")
    placed["y"] += TRACK * (placed["series"].map({name: k for k, name in enumerate(series)}) + 0.5)
    height = float(rows["end"].max())
    zero = _upright(rows, 0, len(series) * TRACK, height, 1.0 if axis.is_of_ratios else 0.0).mark_rule(
        color=INK, strokeWidth=1.5, aria=False
    )
    layers = [*_labels(rows, height), *([zero] if axis.has_zero_line else []), *_dots(placed, series, axis, height)]
    return finished(layers, height, language)


def answer_chart(bands: pd.DataFrame, language: str) -> alt.LayerChart:
    """Draw answers as bars on both sides of the middle, neutral ones in a column apart, a figure at the row's end.

    Args:
        bands: One row an item and band of answers, in the order to be shown: ``key`` of the item, ``row`` (the
            question), ``note``, ``lean`` and ``distance`` (see ``findings.leaning``), ``percent``, ``figure`` (the per
            cent as written), ``end`` (written at the row's end), ``said`` (for pointer and screen reader),
            ``is_hidden``.
        language: Language of the numbers.
    """
    rows = placed_rows(bands.drop_duplicates("key"), BAR)
    ends = bands.drop_duplicates("key")[["key", "end"]].rename(columns={"end": "end_text"})
    rows = rows.merge(ends, on="key", validate="one_to_one")
    bars = stacked(bands).merge(rows[["key", "y", "shift"]], on="key", validate="many_to_one")
    height = float(rows["end"].max())
    hidden = bars["is_hidden"].astype(bool)
    layers = [*_labels(rows, height), *_bars(bars, height)]
    layers += _hidden_rows(bars[hidden], height) if hidden.any() else []
    layers.append(_row_ends(rows, height))
    return finished(layers, height, language).resolve_axis(y="independent")


def series_legend(series: Sequence[str]) -> list[Entry]:
    """Return what the dots of an ``interval_chart`` stand for; nothing where there is one kind only."""
    signs = zip(series, SERIES_COLOURS, SERIES_SHAPES, strict=False)
    return [Entry(name, colour, shape) for name, colour, shape in signs] if len(series) > 1 else []


def answer_legend(bands: pd.DataFrame, lean_names: Mapping[str, str]) -> list[Entry]:
    """Return what the bars of an ``answer_chart`` stand for; those across the middle only where there are any."""
    present = [lean for lean in LEAN_COLOURS if lean != "mixed" or (bands["lean"] == "mixed").any()]
    return [Entry(lean_names[lean], LEAN_COLOURS[lean], "bar") for lean in present]


def stacked(bands: pd.DataFrame) -> pd.DataFrame:
    """Place every band on the horizontal axis, in per cent from the middle.

    Returns:
        The rows with ``left`` and ``right``: low answers left of 0, high answers right of it, neutral and mixed ones
        from a common start to the right of every high answer. A hidden item spans the two sides.
    """
    placed = bands.sort_values(["key", "distance"], kind="stable")
    side = placed["lean"].map({"strongly_low": "low", "low": "low", "high": "high", "strongly_high": "high"})
    side = side.where(side.notna(), "apart")
    upto = placed["percent"].fillna(0.0).groupby([placed["key"], side], sort=False).cumsum()
    before = upto - placed["percent"].fillna(0.0)
    most_low, most_high = (float(upto[side == name].max()) if (side == name).any() else 0.0 for name in ("low", "high"))
    apart = max(most_high, 1.0) + COLUMN_GAP
    placed["left"] = before.where(side == "high", -upto).where(side != "apart", before + apart)
    placed["right"] = upto.where(side == "high", -before).where(side != "apart", upto + apart)
    hidden = placed["is_hidden"].astype(bool)
    placed["left"] = placed["left"].mask(hidden, -most_low)
    placed["right"] = placed["right"].mask(hidden, max(most_high, 40.0 - most_low))
    return placed.reindex(bands.index)


def _y(height: float, field: str = "y_placed") -> alt.Y:
    return alt.Y(f"{field}:Q", axis=None, scale=alt.Scale(domain=[height, 0], nice=False, zero=False))


def _labels(rows: pd.DataFrame, height: float) -> list[alt.Chart]:
    """Write label and note right above the drawing, wrapped to the width that the screen turns out to have."""
    written = alt.Chart(rows.drop(columns=["key", "row", "note"])).transform_calculate(
        label=f"split({IS_NARROW} ? datum.narrow : datum.wide, '\\n')",
        small=f"split({IS_NARROW} ? datum.note_narrow : datum.note_wide, '\\n')",
        small_y=f"{place_of('y')} - 3 - (datum.note_wide ? {NOTE_LINE} * datum.small.length : 0)",
        label_y=f"datum.small_y - {LABEL_LINE} * datum.label.length",
    )
    title = {"fontSize": 14.5, "fontWeight": 600, "color": INK, "lineHeight": LABEL_LINE}
    note = {"fontSize": 13, "color": MUTED, "lineHeight": NOTE_LINE}
    return [
        written.mark_text(align="left", baseline="top", **style, **HALO).encode(
            x=alt.XValue(0), y=_y(height, place), text=alt.Text(f"{text}:N")
        )
        for text, place, style in (("label", "label_y", title), ("small", "small_y", note))
    ]


def _dots(placed: pd.DataFrame, series: Sequence[str], axis: Axis, height: float) -> list[alt.Chart]:
    shown, absent = placed[placed["value"].notna()], placed[placed["value"].isna()]
    scale = scale_of(shown, axis)
    scaled = alt.X("low:Q", title=title_lines(axis.title), scale=scale, axis=ticks_of(shown, axis))
    kinds = list(series)
    colour = alt.Color("series:N", scale=alt.Scale(domain=kinds, range=list(SERIES_COLOURS)), legend=None)
    shape = alt.Shape("series:N", scale=alt.Scale(domain=kinds, range=list(SERIES_SHAPES)), legend=None)
    said = {"tooltip": alt.Tooltip("said:N"), "description": alt.Description("said:N")}
    drawn = drawn_at(shown, "y")
    return [
        drawn.mark_rule(strokeWidth=2.5).encode(x=scaled, x2=alt.X2("high:Q"), y=_y(height), color=colour, **said),
        drawn.mark_point(filled=True, size=90, opacity=1).encode(
            x=alt.X("value:Q"), y=_y(height), color=colour, shape=shape, **said
        ),
        drawn.mark_text(align="left", dx=9, fontSize=13, color=INK, aria=False, **HALO).encode(
            x=alt.X("high:Q"), y=_y(height), text=alt.Text("figure:N")
        ),
        drawn_at(absent, "y")
        .mark_text(align="left", fontSize=13, fontStyle="italic", color=MUTED)
        .encode(x=alt.XValue(2), y=_y(height), text=alt.Text("said:N"), description=alt.Description("said:N")),
    ]


def _upright(rows: pd.DataFrame, above: float, below: float, height: float, at: float = 0.0) -> alt.Chart:
    """Mark zero, or another value, beside the drawing of each row, not through the labels."""
    ends = rows[["shift"]].assign(zero=at, y=rows["y"] + above, y2=rows["y"] + below).drop_duplicates()
    return drawn_at(ends, "y", "y2").encode(x=alt.X("zero:Q"), y=_y(height), y2=alt.Y2("y2_placed:Q"))


def _bars(bars: pd.DataFrame, height: float) -> list[alt.Chart]:
    shown = bars[~bars["is_hidden"].astype(bool) & (bars["percent"] > 0)]
    told = shown[["left", "right", "y", "shift", "lean", "percent", "figure", "said"]].assign(
        colour=shown["lean"].map(LEAN_COLOURS),
        centre=(shown["left"] + shown["right"]) / 2,
        y2=shown["y"] + BAR,
        middle=shown["y"] + BAR / 2,
    )
    drawn = drawn_at(told, "y", "y2", "middle")
    return [
        drawn.mark_bar(stroke=MUTED, strokeWidth=1).encode(
            x=alt.X("left:Q", axis=None, scale=alt.Scale(nice=False, zero=False)),
            x2=alt.X2("right:Q"),
            y=_y(height),
            y2=alt.Y2("y2_placed:Q"),
            color=alt.Color("colour:N", scale=None),
            strokeDash=alt.condition("datum.lean == 'mixed'", alt.value([3, 3]), alt.value([1, 0])),
            tooltip=alt.Tooltip("said:N"),
            description=alt.Description("said:N"),
        ),
        drawn.transform_filter(f"datum.percent >= ({IS_NARROW} ? 2 : 1) * {LEAST_PERCENT_WITH_NUMBER}")
        .mark_text(fontSize=12.5, color=INK, aria=False)
        .encode(x=alt.X("centre:Q"), y=_y(height, "middle_placed"), text=alt.Text("figure:N")),
        _upright(bars, -2, BAR + 2, height).mark_rule(color=INK, aria=False),
    ]


def _hidden_rows(bars: pd.DataFrame, height: float) -> list[alt.Chart]:
    hidden = bars.drop_duplicates("key")
    places = hidden[["left", "right", "y", "shift", "said"]]
    told = drawn_at(places.assign(y2=hidden["y"] + BAR, middle=hidden["y"] + BAR / 2), "y", "y2", "middle")
    return [
        told.mark_bar(color=LEAN_COLOURS["mixed"], stroke=MUTED, strokeDash=[3, 3]).encode(
            x=alt.X("left:Q"),
            x2=alt.X2("right:Q"),
            y=_y(height),
            y2=alt.Y2("y2_placed:Q"),
            description=alt.Description("said:N"),
        ),
        told.mark_text(align="left", dx=8, fontSize=13, fontStyle="italic", color=MUTED, aria=False).encode(
            x=alt.X("left:Q"), y=_y(height, "middle_placed"), text=alt.Text("said:N")
        ),
    ]


def _row_ends(rows: pd.DataFrame, height: float) -> alt.Chart:
    """Write the figure at each row's end as labels of a right-hand axis, which takes just the width it needs."""
    rows = rows.assign(middle=rows["y"] + BAR / 2)
    narrow, wide = (json.dumps(list(each)) for each in (rows["middle"], rows["middle"] + rows["shift"]))
    places, said = f"({IS_NARROW} ? {narrow} : {wide})", json.dumps(list(rows["end_text"]), ensure_ascii=False)
    axis = alt.Axis(
        orient="right",
        values=alt.ExprRef(places),
        labelExpr=f"{said}[indexof({places}, datum.value)]",
        title=None,
        domain=False,
        ticks=False,
        grid=False,
        labelPadding=10,
        labelFontSize=14,
        labelFontWeight=600,
        labelColor=INK,
    )
    y = alt.Y("middle:Q", axis=axis, scale=alt.Scale(domain=[height, 0], nice=False, zero=False))
    return alt.Chart(rows[["middle"]]).mark_point(opacity=0, aria=False).encode(y=y)


def finished(layers: list[alt.Chart], height: float, language: str) -> alt.LayerChart:
    """Put layers on one another, as wide as the page, in the look and the language of every chart."""
    text = {
        "labelColor": INK,
        "titleColor": MUTED,
        "labelFontSize": 13,
        "titleFontSize": 13,
        "titleFontWeight": "normal",
    }
    return Drawing(layer=layers).properties(
        height=height,
        width="container",
        autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
        usermeta={"embedOptions": {"renderer": "svg", "actions": False}},
        padding={"left": 2, "right": 40, "top": 4, "bottom": 4},
        config=alt.Config(
            font=FONT,
            background="transparent",
            view=alt.ViewConfig(stroke=None),
            axis=alt.AxisConfig(**text, labelOverlap=False, gridColor=LINE, domain=False, tickColor=LINE),
            locale=alt.Locale(number=alt.NumberLocale(**vega_locale(language))),
        ),
    )
