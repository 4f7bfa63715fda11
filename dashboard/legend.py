"""What the colours and shapes of a chart stand for, as a list that flows to the width of the page and is read aloud."""

import html
from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.palette import IN_THE_DARK


@dataclass(frozen=True)
class Entry:
    """One line of a legend.

    Attributes:
        name: What the sign stands for.
        colour: Colour of the sign, one of ``palette``.
        shape: Shape as Vega names it, ``bar``, or ``solid``, ``dashed`` or ``dotted`` for a line; drawn in style.css.
    """

    name: str
    colour: str
    shape: str


def legend(entries: Sequence[Entry]) -> str:
    """Write a legend as HTML; names are text, whatever they hold."""
    return f'<ul class="legend">{"".join(map(_line, entries))}</ul>'


def _line(entry: Entry) -> str:
    colour = f"light-dark({entry.colour}, {IN_THE_DARK[entry.colour]})"
    sign = f'<span class="sign {entry.shape}" style="--sign: {colour}" aria-hidden="true"></span>'
    return f"<li>{sign}{html.escape(entry.name)}</li>"
