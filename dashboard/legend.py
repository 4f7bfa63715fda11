"""What the colours and shapes of a chart stand for, as a list that flows to the width of the page and is read aloud."""

import html
from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.palette import MUTED

PATHS = {
    "circle": "M7 1a6 6 0 1 1 0 12a6 6 0 1 1 0-12Z",
    "square": "M2 2H12V12H2Z",
    "diamond": "M7 0L13 7L7 14L1 7Z",
    "triangle-up": "M7 1L13 12H1Z",
    "triangle-down": "M7 13L1 2H13Z",
    "cross": "M5 1H9V5H13V9H9V13H5V9H1V5H5Z",
}
"""Shapes by the name that Vega gives them, in a box of 14 by 14."""


@dataclass(frozen=True)
class Entry:
    """One line of a legend.

    Attributes:
        name: What the sign stands for.
        colour: Colour of the sign, as in ``palette``.
        shape: One of ``PATHS``, or ``line``.
        dash: Strokes and gaps of a line; empty for one without gaps.
        is_outlined: Whether the sign has an edge, as bars have.
    """

    name: str
    colour: str
    shape: str = "square"
    dash: Sequence[int] = ()
    is_outlined: bool = False


def legend(entries: Sequence[Entry]) -> str:
    """Write a legend as HTML; names are text, whatever they hold."""
    lines = "".join(f"<li>{_sign(entry)}{html.escape(entry.name)}</li>" for entry in entries)
    return f'<ul class="legend">{lines}</ul>'


def _sign(entry: Entry) -> str:
    if entry.shape == "line":
        dash = " ".join(map(str, entry.dash))
        drawn = f'<path d="M0 7H28" stroke="{entry.colour}" stroke-width="3" stroke-dasharray="{dash}"/>'
        return f'<svg class="marks" width="28" height="14" aria-hidden="true">{drawn}</svg>'
    edge = f' stroke="{MUTED}"' if entry.is_outlined else ""
    drawn = f'<path d="{PATHS[entry.shape]}" fill="{entry.colour}"{edge}/>'
    return f'<svg class="marks" width="14" height="14" aria-hidden="true">{drawn}</svg>'
