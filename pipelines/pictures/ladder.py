"""Rows of ``out.invariance`` of one comparison → a ladder: which level holds, at what cost, what is free."""

from collections.abc import Hashable, Sequence
from typing import Any

import pandas as pd

from models.sections.measurement import LEVELS
from pipelines.pictures.svg import EDGE, LINE, MUTED, Sheet, wrapped
from pipelines.pictures.words import Words

HOLDS, FAILS, UNTRIED = "#01665e", "#8c510a", "#565b66"
SIZE, STEP = 13.0, 42.0


def invariance_ladder(steps: pd.DataFrame, asked: str, heading: str, words: Words) -> str:
    """Draw the levels from the weakest at the foot to the strictest at the top.

    Args:
        steps: Columns level, holds, delta_cfi, delta_rmsea, released, compared; one row a level that was tried.
        asked: The level asked for; empty without one.
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
    sheet = Sheet(heading, " ".join(told), 960)
    compared = [words.title(name) for name in str(steps["compared"].iloc[0]).split("; ")]
    lines = wrapped(words.say("compared", names=", ".join(compared)), sheet.width - 2 * EDGE, SIZE)
    sheet.words(EDGE, sheet.down + SIZE, lines, SIZE, fill=MUTED)
    y = sheet.down + len(lines) * SIZE * 1.25 + 16
    for x, name in ((EDGE + 390, "delta_cfi"), (EDGE + 510, "delta_rmsea")):
        sheet.words(x, y + SIZE, words.say(name), SIZE, fill=MUTED)
    y += 26
    for place, level in enumerate(levels[::-1]):
        y = _rung(sheet, (EDGE + (len(levels) - 1 - place) * 16, y), level, level == asked, tried, words)
    return sheet.finished(y + EDGE)


def _verdict(tried: dict[str, dict[Hashable, Any]], level: str) -> str:
    if level not in tried:
        return "not_tried"
    return "holds" if tried[level]["holds"] else "fails"


def _rung(
    sheet: Sheet,
    place: tuple[float, float],
    level: str,
    is_asked: bool,  # noqa: FBT001 - a property of the level, passed on
    tried: dict[str, dict[Hashable, Any]],
    words: Words,
) -> float:
    left, y = place
    verdict = _verdict(tried, level)
    colour = {"holds": HOLDS, "fails": FAILS}.get(verdict, UNTRIED)
    names = str(tried[level]["released"]) if level in tried else ""
    free = wrapped(words.say("free", names=names), sheet.width - EDGE - 660, 12) if names else []
    height = max(STEP, len(free) * 15 + 14)
    sheet.box(left, y, (200, height - 8), "#ffffff", colour, 6)
    sheet.words(left + 12, y + height / 2, words.say(level), 14, is_bold=True)
    _sign(sheet, EDGE + 290, y + height / 2 - 4, verdict, colour)
    shown = words.say(verdict) + (f" ({words.say('asked')})" if is_asked else "")
    sheet.words(EDGE + 306, y + height / 2 - (8 if is_asked else 0), wrapped(shown, 84, SIZE), SIZE)
    for x, name in ((EDGE + 420, "delta_cfi"), (EDGE + 540, "delta_rmsea")):
        value = tried.get(level, {}).get(name)
        sheet.words(x, y + height / 2, words.number(value, 3), SIZE)
    sheet.words(EDGE + 640, y + 17, free, 12)
    sheet.line((EDGE, y + height - 2), (sheet.width - EDGE, y + height - 2), LINE, 1)
    return y + height + 4


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
