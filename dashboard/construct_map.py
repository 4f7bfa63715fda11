"""A map of constructs as an Altair specification: one line of text each, joined by an arc where they go together."""

import textwrap
from collections.abc import Mapping

import altair as alt
import numpy as np
import pandas as pd

from dashboard.charts import finished
from dashboard.legend import Entry
from dashboard.palette import INK, MUTED, SERIES_COLOURS, UNCLEAR

LINE, GAP, LETTERS, NOTE_LETTERS = 16, 20, 24, 28
"""Height of a line and room between rows, in pixels; letters of a title's line and of a note's, on any screen."""
START, STEPS = 0.6, 25
"""Where arcs begin, as a share of the width, and of how many pieces an arc is drawn."""
NEXT_TO = 0.06
LETTER, LEADER_END = 8, f"width * {START} - 48"
"""Width of a letter in pixels, and where the dots that lead from a title to its figure end; none on a narrow screen."""
WAYS: Mapping[str, tuple[str, list[int]]] = {
    "up": (SERIES_COLOURS[0], [1, 0]),
    "down": (SERIES_COLOURS[1], [9, 4]),
    "unclear": (UNCLEAR, [2, 3]),
}
LINES: Mapping[str, str] = {"up": "solid", "down": "dashed", "unclear": "dotted"}
"""Way → how its line is called in a legend."""


def construct_map(nodes: pd.DataFrame, arcs: pd.DataFrame, language: str) -> alt.LayerChart:
    """Draw every construct in a row of its own, and an arc between two of them for every relation.

    Args:
        nodes: One row a construct, in order: ``key``, ``title``, ``figure`` (its score as written, or why there is
            none), ``has_score``, ``said``.
        arcs: One row a relation: ``first`` and ``second`` (keys), ``way`` (up, down or unclear), ``said``.
        language: Language of the numbers.
    """
    placed = _placed(nodes)
    height = float(placed["end"].max())
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[height, 0], nice=False))
    x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[0, 1], nice=False))
    points = alt.Chart(placed[["x", "y", "label", "note", "note_y", "figure", "said"]])
    lines = {"align": "left", "lineBreak": "\n", "lineHeight": LINE}
    leader = {"strokeDash": [1, 4], "color": MUTED, "aria": False}
    layers = [
        points.mark_rule(**leader).encode(
            x=alt.XValue(alt.ExprRef(f"min({LETTERS * LETTER}, {LEADER_END})")),
            x2=alt.X2Value(alt.ExprRef(LEADER_END)),
            y=y,
        ),
        points.mark_text(**lines, fontSize=13.5, fontWeight=600, color=INK).encode(
            x=alt.XValue(0), y=y, text=alt.Text("label:N")
        ),
        points.mark_text(**lines, fontSize=13, color=MUTED).encode(
            x=alt.XValue(0), y=alt.Y("note_y:Q", axis=None), text=alt.Text("note:N")
        ),
        points.mark_text(align="right", dx=-10, fontSize=13, color=MUTED).encode(x=x, y=y, text=alt.Text("figure:N")),
        points.mark_point(filled=True, size=80, opacity=1, color=INK).encode(
            x=x, y=y, tooltip=alt.Tooltip("said:N"), description=alt.Description("said:N")
        ),
    ]
    return finished([*_arcs(arcs, placed.set_index("key")["y"], x, y), *layers], height, language)


def _placed(nodes: pd.DataFrame) -> pd.DataFrame:
    """Give every row the height that its lines take: its title, and under it why there is no score."""
    title, note = (
        pd.Series([textwrap.fill(text, letters) for text in texts], nodes.index)
        for texts, letters in (
            (nodes["title"], LETTERS),
            (nodes["figure"].mask(nodes["has_score"].astype(bool), ""), NOTE_LETTERS),
        )
    )
    n_lines = title.str.count("\n") + 1
    end = (LINE * (n_lines + note.str.count("\n") + (note != "")) + GAP).cumsum()
    y = end.shift(fill_value=0) + (LINE + GAP) / 2
    figure = nodes["figure"].where(nodes["has_score"].astype(bool), "")
    return nodes.assign(x=START, label=title, note=note, figure=figure, y=y, note_y=y + LINE * n_lines, end=end)


def map_legend(arcs: pd.DataFrame, names: Mapping[str, str]) -> list[Entry]:
    """Return what the arcs of a ``construct_map`` stand for."""
    present = [way for way in WAYS if (arcs["way"] == way).any()]
    return [Entry(names[way], WAYS[way][0], LINES[way]) for way in present]


def arc_points(arcs: pd.DataFrame, heights: pd.Series) -> pd.DataFrame:
    """Return the points of every arc: the farther apart its ends, the farther it reaches to the right.

    Args:
        arcs: One row a relation: ``first``, ``second``.
        heights: Key → height of its row.

    Returns:
        The rows, ``STEPS`` points each, with ``arc``, ``x`` (from ``START`` to 1), ``y`` and ``step``.
    """
    ends = pd.DataFrame({end: arcs[end].map(heights).astype(float) for end in ("first", "second")})
    span = (ends["second"] - ends["first"]).abs()
    again = pd.DataFrame({"upper": ends.min(axis=1), "lower": ends.max(axis=1)}).groupby(["upper", "lower"]).cumcount()
    reach = (0.25 + 0.75 * span / max(float(span.max()), 1.0)) * (1 - NEXT_TO * again)
    steps = np.linspace(0, 1, STEPS)
    drawn = arcs.assign(arc=range(len(arcs)), reach=reach, start=ends["first"], gap=ends["second"] - ends["first"])
    long = drawn.merge(pd.DataFrame({"step": steps}), how="cross")
    long["x"] = START + (1 - START) * long["reach"] * np.sin(np.pi * long["step"])
    long["y"] = long["start"] + long["gap"] * long["step"]
    return long.drop(columns=["reach", "start", "gap"])


def _arcs(arcs: pd.DataFrame, heights: pd.Series, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    if arcs.empty:
        return []
    drawn = arc_points(arcs, heights)
    colours, dashes = ([way[part] for way in WAYS.values()] for part in (0, 1))
    return [
        alt.Chart(drawn)
        .mark_line(strokeWidth=3)
        .encode(
            x=x,
            y=y,
            order=alt.Order("step:Q"),
            detail=alt.Detail("arc:N"),
            color=alt.Color("way:N", scale=alt.Scale(domain=list(WAYS), range=colours), legend=None),
            strokeDash=alt.StrokeDash("way:N", scale=alt.Scale(domain=list(WAYS), range=dashes), legend=None),
            tooltip=alt.Tooltip("said:N"),
            description=alt.Description("said:N"),
        )
    ]
