"""A heat map of units as an Altair specification: a number in every cell, hidden cells hatched and said so."""

import altair as alt
import pandas as pd

from dashboard.charts import INK, LINE, MUTED, PAPER, finished

ROW = 26
LOW, MIDDLE, HIGH = "#b45309", "#f6f6f6", "#0b5394"
HATCH = "\N{BOX DRAWINGS LIGHT DIAGONAL UPPER RIGHT TO LOWER LEFT}" * 4
PALE = 0.6
"""Share of the colours' reach up to which a cell is pale enough for dark numbers."""


def heat_map(cells: pd.DataFrame, language: str) -> alt.LayerChart:
    """Draw one row a unit and one column a scale, coloured by how far a score lies from that of everybody.

    Args:
        cells: One row a cell, in the order to be shown: ``unit``, ``scale`` (their titles), ``distance`` (from
            everybody's score, as a share of the scale's range; missing where hidden), ``figure`` (the score as
            written), ``said`` (for pointer and screen reader), ``is_hidden``.
        language: Language of the numbers.
    """
    reach = max(float(cells["distance"].abs().max()), 0.05) if cells["distance"].notna().any() else 0.05
    is_pale = (cells["distance"].abs() < PALE * reach).fillna(True)
    hidden = cells["is_hidden"].astype(bool)
    ink = is_pale.map({True: INK, False: PAPER}).mask(hidden, MUTED)
    drawn = cells.assign(ink=ink, text=cells["figure"].mask(hidden, HATCH))
    units, scales = list(dict.fromkeys(cells["unit"])), list(dict.fromkeys(cells["scale"]))
    chart = alt.Chart(drawn).encode(
        x=alt.X("scale:N", sort=scales, title=None, axis=alt.Axis(orient="top", labelAngle=-35, labelLimit=190)),
        y=alt.Y("unit:N", sort=units, title=None, axis=alt.Axis(labelLimit=170)),
        tooltip="said:N",
        description="said:N",
    )
    colour = alt.Scale(domain=[-reach, 0, reach], range=[LOW, MIDDLE, HIGH])
    layers = [
        chart.transform_filter("!datum.is_hidden")
        .mark_rect(stroke=PAPER)
        .encode(color=alt.Color("distance:Q", scale=colour, legend=None)),
        chart.transform_filter("datum.is_hidden").mark_rect(color=MIDDLE, stroke=LINE, strokeDash=[3, 3]),
        chart.mark_text(fontSize=12.5, aria=False).encode(text="text:N", color=alt.Color("ink:N", scale=None)),
    ]
    return finished(layers, ROW * len(units), language).resolve_scale(color="independent")
