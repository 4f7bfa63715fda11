"""Short texts in framed tiles as one piece of HTML, letter by letter: cheaper to show than elements of Streamlit."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Tile:
    """A tile.

    Attributes:
        title: Its first line.
        lines: What it says.
        label: Above its figure; empty without one.
        figure: A figure that stands out.
        under: Small print under the figure.
        notes: Small print at the end.
    """

    title: str
    lines: Sequence[str] = ()
    label: str = ""
    figure: str = ""
    under: str = ""
    notes: Sequence[str] = ()


def html_tiles(tiles: Sequence[Tile], in_a_row: int) -> str:
    """Return tiles side by side, so many in a row at most and fewer where the screen is narrow (see ``style.css``)."""
    return f'<ul class="tiles" style="--in-a-row: {in_a_row}">{"".join(map(_tile, tiles))}</ul>'


def _tile(tile: Tile) -> str:
    figure = (("label", tile.label), ("figure", tile.figure), ("note", tile.under))
    lines = [("title", tile.title), *(("", line) for line in tile.lines), *figure, *(("note", n) for n in tile.notes)]
    told = "".join(f'<p class="{kind}">{escape(text)}</p>' for kind, text in lines if text)
    return f"<li>{told}</li>"
