"""Answers to the items of a scale → how they fall in every compared group, and how the items correlate."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from pipelines.pictures.svg import EDGE, INK, MUTED, PAPER, Sheet, wrapped
from pipelines.pictures.words import Words

SIZE, BAR, LABELS = 13.0, 19.0, 400.0
SHADES = ("#8c510a", "#dfc27d", "#e6e8ec", "#80cdc1", "#01665e")
LEAST_PERCENT_WITH_NUMBER = 6.0
CELL = 44.0
DARKEST = 0.65
"""Up to which dark words can be read on the shade."""


def response_bars(items: pd.DataFrame, groups: pd.Series, points: Mapping[int, str], heading: str, words: Words) -> str:
    """Draw the share of every answer option, one bar an item and group, the per cent written in it.

    Args:
        items: n x k answers as they were given, missing as NA.
        groups: Group of each response (n).
        points: Code → label of the answer options, in order.
        heading: Its title.
        words: Language and titles.
    """
    shares = {
        (str(item), str(group)): items.loc[groups == group, item]
        .value_counts(normalize=True)
        .reindex(list(points), fill_value=0)
        for item in items
        for group in sorted(groups.dropna().unique())
        if items.loc[groups == group, item].notna().any()
    }
    told = [
        f"{item}, {words.title(group)}: "
        + ", ".join(f"{points[int(code)]} {100 * part:.0f}" for code, part in each.items())
        for (item, group), each in shares.items()
    ]
    sheet = Sheet(heading, words.say("responses_said", all="; ".join(told)), 1080)
    colours = {code: SHADES[round(place * 4 / max(len(points) - 1, 1))] for place, code in enumerate(points)}
    y = _legend(sheet, points, colours)
    for item in items:
        label = wrapped(f"{item}  {words.title(str(item))}", LABELS - EDGE, SIZE)
        sheet.words(EDGE, y + SIZE, label, SIZE)
        own = {group: each for (name, group), each in shares.items() if name == item}
        for place, (group, each) in enumerate(own.items()):
            _bar(sheet, y + place * (BAR + 4), words.title(group), each, colours)
        y += max(len(label) * SIZE * 1.25, len(own) * (BAR + 4)) + 14
    return sheet.finished(y + EDGE)


def _legend(sheet: Sheet, points: Mapping[int, str], colours: Mapping[int, str]) -> float:
    x, y = float(EDGE), sheet.down
    for code, label in points.items():
        wide = 34 + len(f"{code} {label}") * SIZE * 0.54
        if x + wide > sheet.width - EDGE:
            x, y = float(EDGE), y + 22
        sheet.box(x, y, (14, 14), colours[code])
        sheet.words(x + 20, y + 12, f"{code} {label}", SIZE)
        x += wide
    return y + 34


def _bar(sheet: Sheet, y: float, group: str, shares: pd.Series, colours: Mapping[int, str]) -> None:
    left, right = LABELS + 130, sheet.width - EDGE
    sheet.words(left - 8, y + 14, wrapped(group, 120, 12)[0], 12, anchor="end", fill=MUTED)
    x = left
    for code, share in shares.items():
        wide, colour = float(share) * (right - left), colours[int(str(code))]
        sheet.box(x, y, (wide, BAR), colour, PAPER)
        if 100 * share >= LEAST_PERCENT_WITH_NUMBER:
            ink = PAPER if colour in (SHADES[0], SHADES[-1]) else INK
            sheet.words(x + wide / 2, y + 14, f"{100 * share:.0f}", 12, anchor="middle", fill=ink)
        x += wide


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
    said = words.say("correlations_said", n=len(complete), all=" ".join(pairs))
    sheet = Sheet(heading, said, LABELS + EDGE * 2 + CELL * len(names) + 20)
    y = _column_heads(sheet, len(names))
    for row, name in enumerate(names):
        label = wrapped(f"{row + 1}. {name}  {words.title(name)}", LABELS - EDGE, 12)
        height = max(30.0, len(label) * 15.0 + 4)
        sheet.words(EDGE, y + (height - len(label) * 15) / 2 + 12, label, 12)
        _cells(sheet, y, height, found[row, :row], words)
        sheet.words(LABELS + EDGE + CELL * row + CELL / 2, y + height / 2 + 4, "1", 12, anchor="middle", fill=MUTED)
        y += height
    return sheet.finished(y + EDGE)


def _column_heads(sheet: Sheet, count: int) -> float:
    for place in range(count):
        sheet.words(
            LABELS + EDGE + CELL * (place + 0.5), sheet.down + 12, str(place + 1), 12, anchor="middle", fill=MUTED
        )
    return sheet.down + 22


def _cells(sheet: Sheet, y: float, height: float, values: Sequence[float] | np.ndarray, words: Words) -> None:
    for place, value in enumerate(values):
        strength = 0.0 if np.isnan(value) else DARKEST * min(abs(float(value)), 1.0)
        shade = "#" + "".join(f"{round(255 + (end - 255) * strength):02x}" for end in (11, 83, 148))
        x = LABELS + EDGE + CELL * place
        sheet.box(x + 1, y + 1, (CELL - 2, height - 2), shade, "#8c510a" if value < 0 else PAPER)
        sheet.words(x + CELL / 2, y + height / 2 + 4, words.number(value), 12, anchor="middle")
