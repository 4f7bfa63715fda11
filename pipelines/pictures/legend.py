"""What colours, dashes and marks stand for → lines of words with their mark, one below the other."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.pictures.lettering import height_of, wrapped
from pipelines.pictures.svg import EDGE, Sheet

SIZE, MARK_WIDTH = 13.0, 44.0


@dataclass(frozen=True)
class Key:
    """One entry.

    Attributes:
        text: What it stands for.
        colour: Of line and mark.
        dash: Of the line.
        shape: Of the mark; empty without one.
        is_hollow: Whether the mark is hollow.
    """

    text: str
    colour: str
    dash: str = ""
    shape: str = ""
    is_hollow: bool = False


def draw_legend(sheet: Sheet, keys: Sequence[Key], top: float, left: float = EDGE) -> float:
    """Write the entries from ``top`` down; return where they end."""
    y = top
    for key in keys:
        lines = wrapped(key.text, sheet.width - left - MARK_WIDTH - EDGE, SIZE)
        middle = y + SIZE * 0.65
        sheet.path(
            f"M{left:.1f} {middle:.1f}L{left + MARK_WIDTH - 10:.1f} {middle:.1f}", key.colour, 2.4, dash=key.dash
        )
        if key.shape:
            sheet.dot(left + (MARK_WIDTH - 10) / 2, middle, key.colour, key.shape, is_hollow=key.is_hollow)
        sheet.words(left + MARK_WIDTH, y + SIZE, lines, SIZE)
        y += height_of(lines, SIZE) + 5
    return y
