"""Rows of ``out.loadings`` of one respondent group → a path diagram, and loadings with their intervals."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipelines.pictures.svg import ACCENT, EDGE, INK, LINE, MUTED, Sheet, wrapped
from pipelines.pictures.words import Words

Z = 1.959963984540054
ITEM_WIDTH, FACTOR_WIDTH, FACTOR_HEIGHT, BETWEEN = 420.0, 190.0, 62.0, 230.0
SIZE, ROW_GAP = 13.0, 12.0


@dataclass(frozen=True)
class Placed:
    """Where an item or factor is drawn: its left edge, its middle and its height."""

    left: float
    middle: float
    height: float


def path_diagram(loadings: pd.DataFrame, heading: str, words: Words) -> str:
    """Draw factors on the left, items on the right, standardised loadings on the arrows between them.

    Args:
        loadings: Columns kind, left_name, right_name, standardised; one row a parameter of one respondent group.
        heading: Its title.
        words: Language and titles.
    """
    loads = loadings[loadings["kind"] == "loading"]
    higher = loadings[loadings["kind"] == "regression"]
    covariances = loadings[
        (loadings["kind"] == "factor_covariance") & (loadings["left_name"] != loadings["right_name"])
    ]
    sheet = Sheet(heading, words.say("path_said", all=_all_said(loads, covariances, words)), 1080)
    factor_left = sheet.width - EDGE - ITEM_WIDTH - BETWEEN - FACTOR_WIDTH
    items = _place_items(loads["right_name"], sheet.width - EDGE - ITEM_WIDTH, sheet.down, words)
    factors = {
        str(factor): Placed(
            factor_left, float(np.mean([items[item].middle for item in rows["right_name"]])), FACTOR_HEIGHT
        )
        for factor, rows in loads.groupby("left_name", sort=False)
    }
    for factor, rows in higher.groupby("right_name", sort=False):
        middle = float(np.mean([factors[str(part)].middle for part in rows["left_name"]]))
        factors[str(factor)] = Placed(EDGE, middle, FACTOR_HEIGHT)
    for row in higher.to_dict("records"):
        _arrow(sheet, factors[row["right_name"]], factors[row["left_name"]], words.number(row["standardised"]), 0.5)
    for place, row in enumerate(covariances.to_dict("records")):
        _curve(sheet, factors[row["left_name"]], factors[row["right_name"]], place, words.number(row["standardised"]))
    for row in loads.to_dict("records"):
        _arrow(sheet, factors[row["left_name"]], items[row["right_name"]], words.number(row["standardised"]), 0.72)
    for name, at in factors.items():
        _draw_factor(sheet, at, words.title(name))
    for name, at in items.items():
        sheet.box(at.left, at.middle - at.height / 2, (ITEM_WIDTH, at.height))
        lines = wrapped(f"{name}  {words.title(name)}", ITEM_WIDTH - 16, SIZE)
        sheet.words(at.left + 8, at.middle - at.height / 2 + SIZE + 4, lines, SIZE)
    return sheet.finished(max(at.middle + at.height / 2 for at in (*items.values(), *factors.values())) + EDGE)


def _all_said(loads: pd.DataFrame, covariances: pd.DataFrame, words: Words) -> str:
    told = [
        words.say(
            "loads",
            item=row["right_name"],
            factor=words.title(row["left_name"]),
            value=words.number(row["standardised"]),
        )
        for row in loads.to_dict("records")
    ]
    told += [
        words.say(
            "correlates",
            one=words.title(row["left_name"]),
            other=words.title(row["right_name"]),
            value=words.number(row["standardised"]),
        )
        for row in covariances.to_dict("records")
    ]
    return " ".join(told)


def _place_items(names: Iterable[str], left: float, top: float, words: Words) -> dict[str, Placed]:
    found: dict[str, Placed] = {}
    for name in names:
        height = len(wrapped(f"{name}  {words.title(name)}", ITEM_WIDTH - 16, SIZE)) * SIZE * 1.25 + 10
        found[str(name)] = Placed(left, top + height / 2, height)
        top += height + ROW_GAP
    return found


def _arrow(sheet: Sheet, start: Placed, end: Placed, figure: str, share: float) -> None:
    x1, x2 = start.left + FACTOR_WIDTH, end.left
    sheet.line((x1, start.middle), (x2 - 1, end.middle), has_head=True)
    x, y = x1 + share * (x2 - x1), start.middle + share * (end.middle - start.middle)
    sheet.words(x, y + SIZE / 3, figure, SIZE, anchor="middle", is_bold=True, has_halo=True)


def _curve(sheet: Sheet, one: Placed, other: Placed, place: int, figure: str) -> None:
    """Draw a correlation of two factors left of them; later ones bend further out."""
    bend = one.left - 50 - 34 * place
    path = f"M{one.left:.1f} {one.middle:.1f}C{bend:.1f} {one.middle:.1f} {bend:.1f} {other.middle:.1f} "
    sheet.path(path + f"{other.left:.1f} {other.middle:.1f}", is_dashed=True)
    x, y = one.left - 0.75 * (one.left - bend), (one.middle + other.middle) / 2
    sheet.words(x, y, figure, SIZE, anchor="middle", is_bold=True, has_halo=True)


def _draw_factor(sheet: Sheet, at: Placed, title: str) -> None:
    lines = wrapped(title, FACTOR_WIDTH - 26, SIZE)
    height = max(at.height, len(lines) * SIZE * 1.25 + 22)
    sheet.box(at.left, at.middle - height / 2, (FACTOR_WIDTH, height), "#e8f0f7", ACCENT, height / 2)
    first = at.middle - len(lines) * SIZE * 1.25 / 2 + SIZE
    sheet.words(at.left + FACTOR_WIDTH / 2, first, lines, SIZE, anchor="middle", is_bold=True)


def loading_plot(loadings: pd.DataFrame, heading: str, words: Words) -> str:
    """Draw every standardised loading as a dot with its 95 % interval, factor by factor.

    Args:
        loadings: Columns kind, left_name, right_name, standardised, standardised_error.
        heading: Its title.
        words: Language and titles.
    """
    loads = loadings[loadings["kind"] == "loading"].assign(
        low=lambda rows: rows["standardised"] - Z * rows["standardised_error"],
        high=lambda rows: rows["standardised"] + Z * rows["standardised_error"],
    )
    sheet = Sheet(heading, _all_said(loads, loads.head(0), words), 960)
    lowest = min(0.0, float(np.floor(loads["low"].min() * 5) / 5))
    highest = max(1.0, float(np.ceil(loads["high"].max() * 5) / 5))
    left, right, top = 470.0, sheet.width - 90, sheet.down

    def across(value: float) -> float:
        return left + (value - lowest) / (highest - lowest) * (right - left)

    marks: list[tuple[float, dict[str, float]]] = []
    y = top
    for factor, rows in loads.groupby("left_name", sort=False):
        titled = wrapped(words.title(str(factor)), left - EDGE - 20, 14)
        sheet.words(EDGE, y + 14, titled, 14, is_bold=True)
        y += len(titled) * 17.5 + 10
        for row in rows.to_dict("records"):
            lines = wrapped(f"{row['right_name']}  {words.title(row['right_name'])}", left - EDGE - 30, SIZE)
            sheet.words(EDGE, y + SIZE, lines, SIZE)
            height = len(lines) * SIZE * 1.25 + 8
            marks.append((y + height / 2 - 2, row))
            y += height
        y += 10
    for tick in np.arange(lowest, highest + 0.01, 0.2):
        sheet.line((across(tick), top), (across(tick), y), INK if abs(tick) < 0.01 else LINE, 1)  # noqa: PLR2004
        sheet.words(across(tick), y + 18, words.number(tick, 1), SIZE, anchor="middle", fill=MUTED)
    for middle, row in marks:
        sheet.line((across(row["low"]), middle), (across(row["high"]), middle), ACCENT, 2.5)
        sheet.dot(across(row["standardised"]), middle)
        sheet.words(across(row["high"]) + 8, middle + 4, words.number(row["standardised"]), SIZE, has_halo=True)
    return sheet.finished(y + 36)
