"""Rows of ``out.invariance`` of one comparison → a ladder: which level holds, at what cost, what is free."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from models.sections.measurement import LEVELS, InvarianceRule
from pipelines.pictures.lettering import height_of, wrapped
from pipelines.pictures.svg import EDGE, INK, LINE, MUTED, Sheet
from pipelines.pictures.words import Words

HOLDS, FAILS, UNTRIED = "#01665e", "#8c510a", "#565b66"
SIZE, SMALL, LEVEL_SIZE, STEP, RUNG, INDENT = 13.0, 12.0, 14.0, 42.0, 226.0, 16.0
SIGN, VERDICT, CFI, RMSEA, FREE, WIDE = 340.0, 358.0, 590.0, 730.0, 760.0, 1080.0

Tried = Mapping[str, Mapping[Hashable, Any]]


@dataclass(frozen=True)
class Asked:
    """What a specification asks of a comparison.

    Attributes:
        level: The level asked for; empty without one.
        rule: What a step may cost.
    """

    level: str
    rule: InvarianceRule


def invariance_ladder(steps: pd.DataFrame, asked: Asked, heading: str, words: Words) -> str:
    """Draw the levels from the weakest at the foot to the strictest at the top.

    Args:
        steps: Columns level, holds, delta_cfi, delta_rmsea, released, compared, least_group_n; one row a level tried.
        asked: The level asked for and what a step may cost.
        heading: Its title.
        words: Language and titles.
    """
    tried = {str(row["level"]): row for row in steps.to_dict("records")}
    levels = [level for level in LEVELS if level != "threshold" or level in tried]
    told = [
        words.say(
            "step_said",
            level=words.say(level),
            verdict=words.say(_verdict(tried, level)),
            cfi=words.number(tried[level]["delta_cfi"], 3) if level in tried else "–",
        )
        for level in levels
    ]
    names = ", ".join(words.title(name) for name in str(steps["compared"].iloc[0]).split("; "))
    note = words.say("compared", names=names, n=words.count(steps["least_group_n"].min()))
    sheet = Sheet(heading, " ".join(told), WIDE, words.language, note)
    y = _heads(sheet, asked.rule, words)
    for place, level in enumerate(levels[::-1]):
        y = _rung(sheet, (EDGE + (len(levels) - 1 - place) * INDENT, y), level, level == asked.level, tried, words)
    return sheet.finished(y + EDGE - 4)


def _heads(sheet: Sheet, rule: InvarianceRule, words: Words) -> float:
    limits = (
        (CFI, "delta_cfi", words.say("at_least", value=words.number(-rule.largest_fall_of_cfi, 3))),
        (RMSEA, "delta_rmsea", words.say("at_most", value=words.number(rule.largest_rise_of_rmsea, 3))),
    )
    for x, name, limit in limits:
        sheet.words(x, sheet.down + SIZE, [words.say(name), limit], SIZE, anchor="end", fill=MUTED)
    return sheet.down + height_of(["", ""], SIZE) + 8


def _verdict(tried: Tried, level: str) -> str:
    if level not in tried:
        return "not_tried"
    return "holds" if tried[level]["holds"] else "fails"


def _rung(
    sheet: Sheet,
    place: tuple[float, float],
    level: str,
    is_asked: bool,  # noqa: FBT001 - a property of the level, passed on
    tried: Tried,
    words: Words,
) -> float:
    left, y = place
    verdict = _verdict(tried, level)
    colour = {"holds": HOLDS, "fails": FAILS}.get(verdict, UNTRIED)
    names = str(tried[level]["released"]) if level in tried else ""
    free = wrapped(words.say("free", names=names), sheet.width - EDGE - FREE, SMALL) if names else []
    shown = [words.say(verdict), *([f"({words.say('asked')})"] if is_asked else [])]
    height = max(STEP, height_of(free, SMALL) + 14, height_of(shown, SIZE) + 10)
    middle = y + height / 2
    sheet.box(left, y + 4, (RUNG, height - 8), "#ffffff", colour, 6)
    sheet.words(left + 12, middle + LEVEL_SIZE / 3, words.say(level), LEVEL_SIZE, is_bold=True)
    _sign(sheet, SIGN, middle, verdict, colour)
    sheet.words(VERDICT, _first(shown, middle, SIZE), shown, SIZE)
    for x, name in ((CFI, "delta_cfi"), (RMSEA, "delta_rmsea")):
        value = tried.get(level, {}).get(name)
        sheet.words(x, middle + SIZE / 3, words.number(value, 3), SIZE, anchor="end", fill=INK)
    sheet.words(FREE, _first(free, middle, SMALL), free, SMALL)
    sheet.line((EDGE, y + height + 2), (sheet.width - EDGE, y + height + 2), LINE, 1)
    return y + height + 4


def _first(lines: list[str], middle: float, size: float) -> float:
    """Return the base line of the first of lines that are centred at a height."""
    return middle - height_of(lines, size) / 2 + size


def _sign(sheet: Sheet, x: float, y: float, verdict: str, colour: str) -> None:
    """Draw a tick, a cross or a dash: the verdict without its colour."""
    left, right, above, below = (f"{each:.1f}" for each in (x - 6, x + 6, y - 6, y + 6))
    paths: dict[str, Sequence[str]] = {
        "holds": (f"M{x - 7:.1f} {y:.1f}L{x - 2:.1f} {y + 6:.1f}L{x + 8:.1f} {y - 7:.1f}",),
        "fails": (f"M{left} {above}L{right} {below}", f"M{right} {above}L{left} {below}"),
        "not_tried": (f"M{x - 6:.1f} {y:.1f}L{x + 6:.1f} {y:.1f}",),
    }
    for path in paths[verdict]:
        sheet.path(path, colour, 3)
