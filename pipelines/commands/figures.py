"""Draws the figures of ``docs/images`` from ``figures.yaml``: boxes in columns and rows, arrows between them.

They are written with the reference pages. Put here how boxes and arrows look; what they say is in the YAML.
"""

import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Literal
from xml.sax.saxutils import escape

from pydantic import Field

from instruments.faults import raise_if_any
from instruments.spec_file import Name, Spec, json_like
from instruments.strict_yaml import read_yaml

SOURCE = Path(__file__).with_name("figures.yaml")
FOLDER = Path(__file__).parents[2] / "docs" / "images"
WIDTH, HEIGHT, GAP, DOWN, EDGE, TOP = 170, 92, 46, 56, 20, 48
_LETTERS, _NOTE_LETTERS = 22, 27
_FILLS = {"step": "#e8f0f7", "principle": "#e6f2e6", "aside": "#fbf3df"}
_INK, _QUIET = "#1c2b36", "#44545f"


class Box(Spec):
    """One box.

    Attributes:
        id: Short name, by which arrows find it.
        at: Column and row, from 0.
        text: What it says.
        note: In small letters below.
        kind: ``step``, ``principle`` or ``aside``; decides the colour.
        rows: How many rows it spans.
    """

    id: Name
    at: tuple[int, int]
    text: str
    note: str = ""
    kind: Literal["step", "principle", "aside"] = "step"
    rows: int = 1


class Arrow(Spec):
    """One arrow.

    Attributes:
        start: Box it begins at; the key ``from``.
        to: Box it ends at.
        kind: ``on``, ``back`` (dashed) or ``both`` (a head at either end).
    """

    start: Name = Field(alias="from")
    to: Name
    kind: Literal["on", "back", "both"] = "on"


class Figure(Spec):
    """One figure.

    Attributes:
        title: Its title.
        description: What is seen, for those who do not see it.
        caption: Where it comes from.
        boxes: Boxes.
        arrows: Arrows.
    """

    title: str
    description: str
    caption: str
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


def figures() -> dict[Path, str]:
    """Return the drawing of every figure by the file it belongs in."""
    document = read_yaml(SOURCE)
    raise_if_any(document.faults)
    found: dict[Path, str] = {}
    for name, content in dict(json_like(document.value)).items():
        found[FOLDER / f"{name}.svg"] = draw(Figure.model_validate(content))
    return found


def draw(figure: Figure) -> str:
    """Draw a figure as SVG."""
    boxes = {box.id: box for box in figure.boxes}
    right = max(_left(box) + WIDTH for box in figure.boxes) + EDGE
    bottom = max(_top(box) + _tall(box) for box in figure.boxes) + EDGE + 24
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {right} {bottom}" role="img" '
        f'aria-labelledby="title description" font-family="Helvetica, Arial, sans-serif">',
        f'<title id="title">{escape(figure.title)}</title>',
        f'<desc id="description">{escape(figure.description)}</desc>',
        '<defs><marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" '
        f'orient="auto-start-reverse"><path d="M0 0L10 5L0 10z" fill="{_QUIET}"/></marker></defs>',
        f'<rect width="{right}" height="{bottom}" fill="#ffffff"/>',
        f'<text x="{EDGE}" y="28" font-size="17" font-weight="bold" fill="{_INK}">{escape(figure.title)}</text>',
        *(_arrow(boxes[each.start], boxes[each.to], each.kind) for each in figure.arrows),
        *(line for box in figure.boxes for line in _box(box)),
        f'<text x="{EDGE}" y="{bottom - 12}" font-size="11" fill="{_QUIET}">{escape(figure.caption)}</text>',
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _left(box: Box) -> int:
    return EDGE + box.at[0] * (WIDTH + GAP)


def _top(box: Box) -> int:
    return TOP + box.at[1] * (HEIGHT + DOWN)


def _tall(box: Box) -> int:
    return box.rows * HEIGHT + (box.rows - 1) * DOWN


def _box(box: Box) -> Iterator[str]:
    x, y, middle = _left(box), _top(box), _left(box) + WIDTH / 2
    fill = _FILLS[box.kind]
    yield f'<rect x="{x}" y="{y}" width="{WIDTH}" height="{_tall(box)}" rx="8" fill="{fill}" stroke="{_QUIET}"/>'
    words, notes = textwrap.wrap(box.text, _LETTERS), textwrap.wrap(box.note, _NOTE_LETTERS)
    tall = len(words) * 17 + len(notes) * 14 + (4 if notes else 0)
    line = y + (_tall(box) - tall) / 2 + 13
    for size, colour, height, lines in ((14, _INK, 17, words), (11, _QUIET, 14, notes)):
        for text in lines:
            where = f'x="{middle:g}" y="{line:g}" font-size="{size}" text-anchor="middle" fill="{colour}"'
            yield f"<text {where}>{escape(text)}</text>"
            line += height
        line += 2


def _arrow(start: Box, end: Box, kind: str) -> str:
    x1, y1, x2, y2 = _ends(start, end)
    dashed = ' stroke-dasharray="6 4"' if kind == "back" else ""
    both = ' marker-start="url(#head)"' if kind == "both" else ""
    return (
        f'<path d="M{x1:g} {y1:g}L{x2:g} {y2:g}" fill="none" stroke="{_QUIET}" stroke-width="1.6"{dashed}{both} '
        'marker-end="url(#head)"/>'
    )


def _ends(start: Box, end: Box) -> tuple[float, float, float, float]:
    """Return where an arrow leaves one box and meets the other: side to side along a row, else over or under."""
    beside = start.at[0] != end.at[0] and not _is_below(start, end) and not _is_below(end, start)
    if beside:
        y = max(_top(start), _top(end)) + min(_tall(start), _tall(end)) / 2
        forward = start.at[0] < end.at[0]
        return (_left(start) + (WIDTH if forward else 0), y, _left(end) + (0 if forward else WIDTH), y)
    down = _is_below(start, end)
    shift = 0 if start.at[0] == end.at[0] else 30 if end.at[0] > start.at[0] else -30
    x1, x2 = _left(start) + WIDTH / 2 + shift, _left(end) + WIDTH / 2 - shift
    return x1, _top(start) + (_tall(start) if down else 0), x2, _top(end) + (0 if down else _tall(end))


def _is_below(start: Box, end: Box) -> bool:
    return end.at[1] >= start.at[1] + start.rows
