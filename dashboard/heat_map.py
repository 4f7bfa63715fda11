"""A heat map of units as an Altair specification: a number in every cell, hidden cells hatched and said so."""

import json
from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from dashboard.charts import finished
from dashboard.palette import ABOVE, BELOW, INK, LINE, MUTED, PAPER, WITHHELD
from dashboard.row_heights import IS_NARROW

ROW, LABEL_LINE = 26, 12
MOST_ON_A_LINE = 18
HATCH = "\N{BOX DRAWINGS LIGHT DIAGONAL UPPER RIGHT TO LOWER LEFT}" * 4
LEAST_REACH = 0.05


def heat_map(cells: pd.DataFrame, language: str) -> alt.LayerChart:
    """Draw one row a unit and one column a scale, coloured by how far a score lies from that of everybody.

    Args:
        cells: One row a cell, in the order to be shown: ``unit``, ``scale`` (their titles), ``distance`` (from
            everybody's score, as a share of the scale's range; missing where either is hidden), ``figure`` (the
            score as written), ``said`` (for pointer and screen reader), ``is_hidden``.
        language: Language of the numbers.
    """
    distance, hidden = cells["distance"].astype(float), cells["is_hidden"].astype(bool)
    reach = max(float(distance.abs().max()), LEAST_REACH) if distance.notna().any() else LEAST_REACH
    drawn = cells.assign(
        colour=(distance > 0).map({True: ABOVE, False: BELOW}),
        strength=(distance.abs() / reach).fillna(0.0).mask(hidden),
        ink=hidden.map({True: MUTED, False: INK}),
        text=cells["figure"].mask(hidden, HATCH),
    )
    units, scales = list(dict.fromkeys(cells["unit"])), list(dict.fromkeys(cells["scale"]))
    has_two = (
        f"indexof({json.dumps([name for name in units if len(_broken(name)) > 1], ensure_ascii=False)}, datum.label)"
    )
    middle = {"condition": {"test": f"{has_two} >= 0", "value": "bottom"}, "value": "middle"}
    angle = alt.ExprRef(f"{IS_NARROW} ? -90 : -35")
    chart = alt.Chart(drawn).encode(
        x=alt.X(
            "scale:N",
            sort=scales,
            title=None,
            axis=alt.Axis(orient="top", labelAngle=angle, labelLimit=190, **_in_lines(scales)),
        ),
        y=alt.Y(
            "unit:N", sort=units, title=None, axis=alt.Axis(labelLimit=170, labelBaseline=middle, **_in_lines(units))
        ),
        tooltip=alt.Tooltip("said:N"),
        description=alt.Description("said:N"),
    )
    covered = {"color": WITHHELD, "stroke": LINE, "strokeDash": [3, 3]}
    layers = [
        chart.transform_filter("!datum.is_hidden")
        .mark_rect(stroke=PAPER)
        .encode(color=alt.Color("colour:N", scale=None), fillOpacity=alt.FillOpacity("strength:Q", scale=None)),
        *([chart.transform_filter("datum.is_hidden").mark_rect(**covered)] if hidden.any() else []),
        chart.mark_text(fontSize=12.5, aria=False).encode(
            text=alt.Text("text:N"), color=alt.Color("ink:N", scale=None)
        ),
    ]
    return finished(layers, ROW * len(units), language)


def _in_lines(names: Sequence[str]) -> dict[str, Any]:
    """Write long names on two lines, so that they take half the room beside or above the map."""
    lines = f"{json.dumps({name: _broken(name) for name in names}, ensure_ascii=False)}[datum.label]"
    return {"labelExpr": lines, "labelLineHeight": LABEL_LINE}


def _broken(name: str) -> list[str]:
    """Break a long name at the blank nearest to its middle."""
    blanks = [place for place, letter in enumerate(name) if letter == " "]
    if len(name) <= MOST_ON_A_LINE or not blanks:
        return [name]
    at = min(blanks, key=lambda place: abs(2 * place - len(name)))
    return [name[:at], name[at + 1 :]]
