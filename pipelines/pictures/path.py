"""Rows of ``out.loadings`` of one respondent group → a path diagram: factors, their items and what lies between."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipelines.pictures.lettering import height_of, wrapped
from pipelines.pictures.svg import ACCENT, EDGE, Sheet
from pipelines.pictures.words import Words

SIZE, ROW_GAP, GROUP_GAP = 13.0, 10.0, 16.0
ITEM_WIDTH, FACTOR_WIDTH, FACTOR_HEIGHT, LEAST_BETWEEN = 420.0, 190.0, 56.0, 230.0
BEND, NEXT_BEND = 52.0, 46.0
TO_ITEM, TO_FACTOR = 0.74, 0.5
"""Where on its arrow a figure is written: items are near each other at the start, factors at the end."""


@dataclass(frozen=True)
class Placed:
    """Where an item or factor is drawn: its left edge, its middle and its height."""

    left: float
    middle: float
    height: float


def path_diagram(loadings: pd.DataFrame, heading: str, note: str, words: Words) -> str:
    """Draw factors left of their items, factors of factors left of those, standardised figures on the paths.

    Args:
        loadings: Columns kind, left_name, right_name, standardised; one row a parameter of one respondent group.
        heading: Its title.
        note: What it rests on.
        words: Language and titles.
    """
    loads = loadings[loadings["kind"] == "loading"]
    higher = loadings[loadings["kind"] == "regression"]
    between = loadings[(loadings["kind"] == "factor_covariance") & (loadings["left_name"] != loadings["right_name"])]
    together = loadings[(loadings["kind"] == "residual_covariance") & (loadings["left_name"] != loadings["right_name"])]
    room = EDGE + (BEND + NEXT_BEND * len(between) if len(between) else 0.0)
    factor_left = room + (FACTOR_WIDTH + LEAST_BETWEEN * 0.75 if len(higher) else 0.0)
    item_left = factor_left + FACTOR_WIDTH + LEAST_BETWEEN
    beside = BEND + NEXT_BEND * len(together) if len(together) else 0.0
    width = item_left + ITEM_WIDTH + beside + EDGE
    sheet = Sheet(heading, _told(loads, higher, between, together, words), width, words.language, note)
    items = _place_items(loads, item_left, sheet.down, words)
    factors = _place_factors(loads, higher, items, factor_left, room, words)
    figures = [
        *_arrows(sheet, higher, factors, factors, words, (TO_FACTOR, "right_name", "left_name")),
        *_arrows(sheet, loads, factors, items, words, (TO_ITEM, "left_name", "right_name")),
        *_curves(sheet, between, factors, words, -1),
        *_curves(sheet, together, items, words, 1),
    ]
    for x, y, figure in figures:
        sheet.words(x, y, figure, SIZE, anchor="middle", is_bold=True, has_halo=True)
    for name, at in factors.items():
        _draw_factor(sheet, at, words.title(name))
    for name, at in items.items():
        sheet.box(at.left, at.middle - at.height / 2, (ITEM_WIDTH, at.height))
        sheet.words(at.left + 8, at.middle - at.height / 2 + SIZE + 4, _item_lines(name, words), SIZE)
    return sheet.finished(max(at.middle + at.height / 2 for at in (*items.values(), *factors.values())) + EDGE)


def _told(
    loads: pd.DataFrame, higher: pd.DataFrame, between: pd.DataFrame, together: pd.DataFrame, words: Words
) -> str:
    """Say every figure in a sentence."""
    told = [
        words.say("loads", item=row["right_name"], factor=words.title(row["left_name"]), value=_figure(row, words))
        for row in loads.to_dict("records")
    ]
    told += [
        words.say(
            "loads",
            item=words.title(row["left_name"]),
            factor=words.title(row["right_name"]),
            value=_figure(row, words),
        )
        for row in higher.to_dict("records")
    ]
    told += [
        words.say(
            "correlates",
            one=words.title(row["left_name"]),
            other=words.title(row["right_name"]),
            value=_figure(row, words),
        )
        for row in between.to_dict("records")
    ]
    told += [
        words.say("shares", one=row["left_name"], other=row["right_name"], value=_figure(row, words))
        for row in together.to_dict("records")
    ]
    return words.say("path_said", all=" ".join(told))


def _figure(row: Mapping[object, float], words: Words) -> str:
    return words.number(row["standardised"])


def _item_lines(name: str, words: Words) -> list[str]:
    return wrapped(words.keyed_item(name), ITEM_WIDTH - 16, SIZE)


def _factor_lines(name: str, words: Words) -> list[str]:
    return wrapped(words.title(name), FACTOR_WIDTH - 32, SIZE, is_bold=True)


def _place_items(loads: pd.DataFrame, left: float, top: float, words: Words) -> dict[str, Placed]:
    found: dict[str, Placed] = {}
    for factor, rows in loads.groupby("left_name", sort=False):
        start = top
        least = height_of(_factor_lines(str(factor), words), SIZE) + 26
        for name in rows["right_name"]:
            height = height_of(_item_lines(str(name), words), SIZE) + 9
            found.setdefault(str(name), Placed(left, top + height / 2, height))
            top += height + ROW_GAP
        top = max(top, start + least) + GROUP_GAP
    return found


def _place_factors(
    loads: pd.DataFrame, higher: pd.DataFrame, items: Mapping[str, Placed], left: float, outer: float, words: Words
) -> dict[str, Placed]:
    def placed(name: str, x: float, middles: Iterable[float]) -> Placed:
        height = max(FACTOR_HEIGHT, height_of(_factor_lines(name, words), SIZE) + 22)
        return Placed(x, float(np.mean(list(middles))), height)

    found: dict[str, Placed] = {}
    for factor, rows in loads.groupby("left_name", sort=False):
        found[str(factor)] = placed(str(factor), left, (items[str(item)].middle for item in rows["right_name"]))
    for factor, rows in higher.groupby("right_name", sort=False):
        found[str(factor)] = placed(str(factor), outer, (found[str(part)].middle for part in rows["left_name"]))
    return found


def _arrows(
    sheet: Sheet,
    rows: pd.DataFrame,
    starts: Mapping[str, Placed],
    ends: Mapping[str, Placed],
    words: Words,
    how: tuple[float, str, str],
) -> list[tuple[float, float, str]]:
    """Draw straight arrows and return where their figures stand, which are written when all arrows are there."""
    share, from_name, to_name = how
    found: list[tuple[float, float, str]] = []
    for row in rows.to_dict("records"):
        start, end = starts[row[from_name]], ends[row[to_name]]
        x1, x2 = start.left + FACTOR_WIDTH, end.left - 1
        sheet.line((x1, start.middle), (x2, end.middle), has_head=True)
        y = start.middle + share * (end.middle - start.middle)
        found.append((x1 + share * (x2 - x1), y + SIZE / 3, _figure(row, words)))
    return found


def _curves(
    sheet: Sheet, rows: pd.DataFrame, places: Mapping[str, Placed], words: Words, side: int
) -> list[tuple[float, float, str]]:
    """Draw curves with two heads left (-1) of factors or right (1) of items, later ones further out."""
    found: list[tuple[float, float, str]] = []
    for place, row in enumerate(rows.to_dict("records")):
        one, other = places[row["left_name"]], places[row["right_name"]]
        wide = ITEM_WIDTH if side > 0 else 0.0
        x1, x2 = one.left + wide, other.left + wide
        bend = (max(x1, x2) if side > 0 else min(x1, x2)) + side * (BEND + NEXT_BEND * place) * 4 / 3
        path = f"M{x1:.1f} {one.middle:.1f}C{bend:.1f} {one.middle:.1f} {bend:.1f} {other.middle:.1f} "
        sheet.path(path + f"{x2:.1f} {other.middle:.1f}", n_heads=2)
        x = (x1 + x2) / 8 + 0.75 * bend
        found.append((x, (one.middle + other.middle) / 2 + SIZE / 3, _figure(row, words)))
    return found


def _draw_factor(sheet: Sheet, at: Placed, title: str) -> None:
    lines = wrapped(title, FACTOR_WIDTH - 32, SIZE, is_bold=True)
    sheet.box(at.left, at.middle - at.height / 2, (FACTOR_WIDTH, at.height), "#e8f0f7", ACCENT, at.height / 2)
    first = at.middle - height_of(lines, SIZE) / 2 + SIZE
    sheet.words(at.left + FACTOR_WIDTH / 2, first, lines, SIZE, anchor="middle", is_bold=True)
