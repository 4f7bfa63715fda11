"""Rows of ``out.loadings`` of one respondent group → loadings with their intervals."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipelines.pictures.lettering import height_of, wrapped
from pipelines.pictures.svg import ACCENT, EDGE, INK, LINE, MUTED, Sheet
from pipelines.pictures.words import Words

Z = 1.959963984540054
SIZE, HEAD_SIZE, WIDE, LEFT, RIGHT = 13.0, 14.0, 960.0, 470.0, 90.0
TICK, ZERO = 0.2, 1e-9


@dataclass(frozen=True)
class _Scale:
    """Where a loading lies across the sheet."""

    lowest: float
    highest: float

    def __call__(self, value: float) -> float:
        return LEFT + (value - self.lowest) / (self.highest - self.lowest) * (WIDE - RIGHT - LEFT)


def loading_plot(loadings: pd.DataFrame, heading: str, note: str, words: Words) -> str:
    """Draw every standardised loading as a dot with its 95 % interval, factor by factor; second-order ones too.

    Args:
        loadings: Columns kind, left_name, right_name, standardised, standardised_error.
        heading: Its title.
        note: What it rests on.
        words: Language and titles.
    """
    loads = loadings_of(loadings).assign(
        low=lambda rows: rows["standardised"] - Z * rows["standardised_error"].fillna(0),
        high=lambda rows: rows["standardised"] + Z * rows["standardised_error"].fillna(0),
    )
    told = [
        words.say(
            "loads",
            item=row["right_name"],
            factor=words.title(row["left_name"]),
            value=words.number(row["standardised"]),
        )
        for row in loads.to_dict("records")
    ]
    sheet = Sheet(heading, " ".join(told), WIDE, words.language, note)
    across = _Scale(
        min(0.0, float(np.floor(loads["low"].min() / TICK) * TICK)),
        max(1.0, float(np.ceil(loads["high"].max() / TICK) * TICK)),
    )
    factors = set(loads["left_name"])
    y, marks = sheet.down, list[tuple[float, dict[str, float]]]()
    for factor, rows in loads.groupby("left_name", sort=False):
        titled = wrapped(words.title(str(factor)), LEFT - EDGE - 20, HEAD_SIZE, is_bold=True)
        sheet.words(EDGE, y + HEAD_SIZE, titled, HEAD_SIZE, is_bold=True)
        y += height_of(titled, HEAD_SIZE) + 8
        for row in rows.to_dict("records"):
            named = (
                words.title(row["right_name"]) if row["right_name"] in factors else words.keyed_item(row["right_name"])
            )
            lines = wrapped(named, LEFT - EDGE - 30, SIZE)
            sheet.words(EDGE, y + SIZE, lines, SIZE)
            marks.append((y + (height_of(lines, SIZE) + 3) / 2, row))
            y += height_of(lines, SIZE) + 8
        y += 10
    _axis(sheet, across, y, words)
    for middle, row in marks:
        _mark(sheet, across, middle, row, words)
    return sheet.finished(y + 58)


def loadings_of(loadings: pd.DataFrame) -> pd.DataFrame:
    """Return loadings of items, then those of factors on factors, the higher factor as ``left_name``."""
    higher = loadings[loadings["kind"] == "regression"].rename(
        columns={"left_name": "right_name", "right_name": "left_name"}
    )
    return pd.concat([loadings[loadings["kind"] == "loading"], higher], ignore_index=True)


def _axis(sheet: Sheet, across: _Scale, bottom: float, words: Words) -> None:
    for tick in np.arange(across.lowest, across.highest + TICK / 2, TICK):
        at = across(float(tick))
        sheet.line((at, sheet.down), (at, bottom), INK if abs(tick) < ZERO else LINE, 1)
        sheet.words(at, bottom + 18, words.number(tick, 1), SIZE, anchor="middle", fill=MUTED)
    middle = (across(across.lowest) + across(across.highest)) / 2
    sheet.words(middle, bottom + 40, words.say("standardised"), SIZE, anchor="middle", fill=MUTED)


def _mark(sheet: Sheet, across: _Scale, middle: float, row: dict[str, float], words: Words) -> None:
    sheet.line((across(row["low"]), middle), (across(row["high"]), middle), ACCENT, 2.5)
    sheet.dot(across(row["standardised"]), middle)
    beside = max(across(row["high"]), across(row["standardised"]) + 5) + 8
    sheet.words(beside, middle + 4.5, words.number(row["standardised"]), SIZE, has_halo=True)
