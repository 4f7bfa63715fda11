"""How answers to the items of a scale fall in groups → one bar an item and group."""

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from pipelines.pictures.lettering import height_of, width_of, wrapped
from pipelines.pictures.svg import EDGE, INK, MUTED, PAPER, Sheet
from pipelines.pictures.words import Words

SIZE, SMALL, BAR, BETWEEN, ITEM_GAP = 13.0, 12.0, 19.0, 5.0, 16.0
WIDE, ITEM_WIDTH, GROUP_WIDTH, N_WIDTH = 1200.0, 360.0, 240.0, 66.0
LEFT = EDGE + ITEM_WIDTH + GROUP_WIDTH + 24
SHADES = ("#8c510a", "#dfc27d", "#e6e8ec", "#80cdc1", "#01665e")
"""From the lowest answer to the highest; told apart without red and green, light in the middle."""
MARGIN = 6.0
DARK = 0.5

Cell = Mapping[Hashable, Any]


def counted_answers(items: pd.DataFrame, groups: pd.Series) -> pd.DataFrame:
    """Count the answers to every item in every group.

    Args:
        items: n x k answers as they were given, missing as NA.
        groups: Label of the group of each response (n); responses without one are left out.

    Returns:
        Columns item, group, code, share (0 to 1) and n_obs; one row a code that was used, items in their order.
    """
    long = items.assign(group=groups).melt("group", var_name="item", value_name="code").dropna()
    counted = long.groupby(["item", "group", "code"], sort=True).size().rename("n").reset_index()
    n_obs = counted.groupby(["item", "group"])["n"].transform("sum")
    shares = counted.assign(share=counted["n"] / n_obs, n_obs=n_obs).drop(columns="n")
    return shares.sort_values("item", key=lambda names: names.map(list(items.columns).index), kind="stable")


def response_bars(answers: pd.DataFrame, points: Mapping[int, str], heading: str, words: Words) -> str:
    """Draw the share of every answer, one bar an item and group, with the number of answers beside it.

    Args:
        answers: Columns item, group (as it is to be shown), code, share (0 to 1), n_obs; items and groups in the order
            in which they are to be drawn.
        points: Code → label of the answer options, in order.
        heading: Its title.
        words: Language and titles.
    """
    cells = {
        (str(item), str(group)): rows.to_dict("records")
        for (item, group), rows in answers.groupby(["item", "group"], sort=False)
    }
    told = [
        f"{item}, {group}, n = {words.count(cell[0]['n_obs'])}: "
        + ", ".join(f"{_point(row, points)} {100 * row['share']:.0f}" for row in cell)
        for (item, group), cell in cells.items()
    ]
    said = words.say("responses_said", all="; ".join(told))
    sheet = Sheet(heading, said, WIDE, words.language, words.say("answers_note"))
    colours = {code: _shade(place, len(points)) for place, code in enumerate(points)}
    y = _legend(sheet, points, colours)
    sheet.words(WIDE - EDGE, y - 8, "n", SMALL, anchor="end", fill=MUTED)
    for item in dict.fromkeys(item for item, _ in cells):
        label = wrapped(words.item(item), ITEM_WIDTH, SIZE)
        sheet.words(EDGE, y + SIZE + 1, label, SIZE)
        bottom = y
        for (name, group), cell in cells.items():
            if name == item:
                bottom = _bar(sheet, bottom, group, cell, colours, words)
        y = max(y + height_of(label, SIZE), bottom) + ITEM_GAP
    return sheet.finished(y - ITEM_GAP + EDGE)


def _point(row: Cell, points: Mapping[int, str]) -> str:
    return points.get(int(row["code"])) or str(row["code"])


def _shade(place: int, count: int) -> str:
    """Return the colour of an answer option, between the nearest two of ``SHADES``."""
    at = place * (len(SHADES) - 1) / max(count - 1, 1)
    low = min(int(at), len(SHADES) - 2)
    ends = [[int(shade[start : start + 2], 16) for start in (1, 3, 5)] for shade in SHADES[low : low + 2]]
    return "#" + "".join(f"{round(a + (b - a) * (at - low)):02x}" for a, b in zip(*ends, strict=True))


def _ink(shade: str) -> str:
    """Return the colour of words that can be read on a shade."""
    light = float(np.dot([int(shade[start : start + 2], 16) / 255 for start in (1, 3, 5)], [0.2126, 0.7152, 0.0722]))
    return PAPER if light < DARK else INK


def _legend(sheet: Sheet, points: Mapping[int, str], colours: Mapping[int, str]) -> float:
    x, y = float(EDGE), sheet.down
    for code, label in points.items():
        told = f"{code} {label}".strip()
        wide = 44 + width_of(told, SIZE)
        if x + wide > sheet.width - EDGE and x > EDGE:
            x, y = float(EDGE), y + 22
        sheet.box(x, y, (14, 14), colours[code])
        sheet.words(x + 20, y + 12, told, SIZE)
        x += wide
    return y + 38


def _bar(
    sheet: Sheet, y: float, group: str, cell: list[dict[Hashable, Any]], colours: Mapping[int, str], words: Words
) -> float:
    """Draw one bar and return where the next begins."""
    lines = wrapped(group, GROUP_WIDTH, SMALL)
    high = max(BAR, height_of(lines, SMALL))
    middle = y + high / 2
    first = middle - height_of(lines, SMALL) / 2 + SMALL - 1
    sheet.words(LEFT - 10, first, lines, SMALL, anchor="end", fill=MUTED)
    x, right = LEFT, sheet.width - EDGE - N_WIDTH
    for row in cell:
        share = float(row["share"])
        wide, colour, figure = share * (right - LEFT), colours[int(row["code"])], f"{100 * share:.0f}"
        sheet.box(x, middle - BAR / 2, (wide, BAR), colour, PAPER)
        if wide >= width_of(figure, SMALL) + MARGIN:
            sheet.words(x + wide / 2, middle + SMALL / 3, figure, SMALL, anchor="middle", fill=_ink(colour))
        x += wide
    sheet.words(sheet.width - EDGE, middle + SMALL / 3, words.count(cell[0]["n_obs"]), SMALL, anchor="end", fill=MUTED)
    return y + high + BETWEEN
