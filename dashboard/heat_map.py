"""A heat map of units as an Altair specification: a number in every cell, hidden cells hatched and said so."""

import altair as alt
import pandas as pd

from dashboard.charts import finished
from dashboard.palette import ABOVE, BELOW, INK, LINE, MUTED, PAPER, WITHHELD

ROW = 26
HATCH = "\N{BOX DRAWINGS LIGHT DIAGONAL UPPER RIGHT TO LOWER LEFT}" * 4
LEAST_REACH = 0.05


def heat_map(cells: pd.DataFrame, language: str) -> alt.LayerChart:
    """Draw one row a unit and one column a scale, coloured by how far a score lies from that of everybody.

    Args:
        cells: One row a cell, in the order to be shown: ``unit``, ``scale`` (their titles), ``distance`` (from
            everybody's score, as a share of the scale's range; missing where hidden), ``figure`` (the score as
            written), ``said`` (for pointer and screen reader), ``is_hidden``.
        language: Language of the numbers.
    """
    distance, hidden = cells["distance"].astype(float), cells["is_hidden"].astype(bool)
    reach = max(float(distance.abs().max()), LEAST_REACH) if distance.notna().any() else LEAST_REACH
    drawn = cells.assign(
        colour=(distance > 0).map({True: ABOVE, False: BELOW}),
        strength=(distance.abs() / reach).mask(hidden),
        ink=hidden.map({True: MUTED, False: INK}),
        text=cells["figure"].mask(hidden, HATCH),
    )
    units, scales = list(dict.fromkeys(cells["unit"])), list(dict.fromkeys(cells["scale"]))
    chart = alt.Chart(drawn).encode(
        x=alt.X("scale:N", sort=scales, title=None, axis=alt.Axis(orient="top", labelAngle=-35, labelLimit=190)),
        y=alt.Y("unit:N", sort=units, title=None, axis=alt.Axis(labelLimit=170)),
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
