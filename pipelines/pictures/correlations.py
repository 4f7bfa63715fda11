"""Answers to the items of a scale → how the items correlate."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from models.estimates import Vector
from pipelines.pictures.lettering import height_of, wrapped
from pipelines.pictures.svg import EDGE, MUTED, PAPER, Sheet
from pipelines.pictures.words import Words

SIZE, LABELS, CELL, LEAST_HEIGHT = 12.0, 400.0, 46.0, 30.0
SHADE, NEGATIVE = (11, 83, 148), "#8c510a"
DARKEST = 0.65
"""Up to which dark words can be read on the shade."""


def correlation_matrix(items: pd.DataFrame, heading: str, words: Words) -> str:
    """Draw the correlations of the items, each written in its cell, darker the stronger; negative ones with a frame.

    Args:
        items: n x k, reverse-scored items turned round, missing as NA; responses with a gap are left out.
        heading: Its title.
        words: Language and titles.
    """
    complete = items.dropna().astype(float)
    names = [str(each) for each in items.columns]
    found = complete.corr().to_numpy()
    pairs = [
        words.say("pair", one=names[row], other=names[column], value=words.number(found[row, column]))
        for row in range(len(names))
        for column in range(row)
    ]
    n = words.count(len(complete))
    note = words.say("correlations_note", n=n) + (words.say("framed") if (found < 0).any() else "")
    said = words.say("correlations_said", n=n, all=" ".join(pairs))
    sheet = Sheet(heading, said, LABELS + EDGE * 3 + CELL * len(names), words.language, note)
    y = _column_heads(sheet, len(names))
    for row, name in enumerate(names):
        label = wrapped(f"{row + 1}. {words.keyed_item(name)}", LABELS - EDGE, SIZE)
        height = max(LEAST_HEIGHT, height_of(label, SIZE) + 6)
        sheet.words(EDGE, y + (height - height_of(label, SIZE)) / 2 + SIZE, label, SIZE)
        _cells(sheet, y, height, found[row, :row], words)
        middle = LABELS + EDGE + CELL * (row + 0.5)
        sheet.words(middle, y + height / 2 + SIZE / 3, "1", SIZE, anchor="middle", fill=MUTED)
        y += height
    return sheet.finished(y + EDGE)


def _column_heads(sheet: Sheet, count: int) -> float:
    for place in range(count):
        middle = LABELS + EDGE + CELL * (place + 0.5)
        sheet.words(middle, sheet.down + SIZE, str(place + 1), SIZE, anchor="middle", fill=MUTED)
    return sheet.down + 22


def _cells(sheet: Sheet, y: float, height: float, values: Sequence[float] | Vector, words: Words) -> None:
    for place, value in enumerate(values):
        strength = 0.0 if np.isnan(value) else DARKEST * min(abs(float(value)), 1.0)
        shade = "#" + "".join(f"{round(255 + (end - 255) * strength):02x}" for end in SHADE)
        x = LABELS + EDGE + CELL * place
        sheet.box(x + 1, y + 1, (CELL - 2, height - 2), shade, NEGATIVE if value < 0 else PAPER)
        sheet.words(x + CELL / 2, y + height / 2 + SIZE / 3, words.number(value), SIZE, anchor="middle")
