"""At which heights the rows of a chart stand, on a narrow screen and on a wide one.

Every row has its label and note above its drawing. What is drawn is in ``charts``.
"""

import textwrap

import altair as alt
import pandas as pd

NARROW_LETTERS, WIDE_LETTERS, NARROW_WIDTH = 42, 105, 640
LABEL_LINE, NOTE_LINE, ROW_GAP = 18, 17, 18
IS_NARROW = f"width < {NARROW_WIDTH}"


def placed_rows(first: pd.DataFrame, body: float) -> pd.DataFrame:
    """Give every row its lines of label and note, and the height where its drawing begins (y) and it ends.

    The height of a chart cannot follow the width of the screen, so it is what a narrow one needs. On a wide one, where
    labels take fewer lines, the drawing of a row moves by ``shift``, and the room that is left is shared by all rows.
    """
    rows = first[["key", "row", "note"]].reset_index(drop=True)
    for name, letters in (("narrow", NARROW_LETTERS), ("wide", WIDE_LETTERS)):
        rows[name] = [textwrap.fill(text, letters) for text in rows["row"]]
        rows[f"note_{name}"] = [textwrap.fill(text, letters + 4) for text in rows["note"]]
    heights = {name: _label_heights(rows, name) + body + ROW_GAP for name in ("narrow", "wide")}
    spare = (heights["narrow"].sum() - heights["wide"].sum()) / len(rows)
    rows["end"] = heights["narrow"].cumsum()
    rows["y"] = rows["end"] - ROW_GAP / 2 - body
    rows["shift"] = (heights["wide"] + spare).cumsum() - rows["end"]
    return rows


def place_of(field: str) -> str:
    """Write the height that a field has on the screen, as an expression of the chart."""
    return f"(datum.{field} + ({IS_NARROW} ? 0 : datum.shift))"


def drawn_at(rows: pd.DataFrame, *heights: str) -> alt.Chart:
    """Draw rows whose heights follow the width that the screen turns out to have."""
    return alt.Chart(rows).transform_calculate(**{f"{field}_placed": place_of(field) for field in heights})


def _label_heights(rows: pd.DataFrame, width: str) -> pd.Series:
    notes = rows[f"note_{width}"].str.count("\n") + (rows["note"] != "")
    return (rows[width].str.count("\n") + 1) * LABEL_LINE + notes * NOTE_LINE
