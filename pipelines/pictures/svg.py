"""A sheet to draw on: wrapped words, lines, boxes, marks → SVG text that is the same for the same figures.

Put here how things are drawn; what is drawn is in the other files. How wide words are is in ``lettering``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from xml.sax.saxutils import escape
from zlib import crc32

from pipelines.pictures.lettering import SPACING, height_of, wrapped

INK, MUTED, LINE, PAPER, ACCENT = "#1f2430", "#565b66", "#c9cdd3", "#ffffff", "#0b5394"
EDGE, TITLE_SIZE, NOTE_SIZE = 20, 17, 13
CORNERS: Mapping[str, tuple[tuple[float, float], ...]] = MappingProxyType(
    {
        "square": ((-4.2, -4.2), (4.2, -4.2), (4.2, 4.2), (-4.2, 4.2)),
        "diamond": ((0, -5.8), (5.8, 0), (0, 5.8), (-5.8, 0)),
        "triangle": ((0, -5.4), (5.4, 4.2), (-5.4, 4.2)),
    }
)


@dataclass(frozen=True)
class Look:
    """How words look.

    Attributes:
        size: Height in pixels.
        anchor: ``start``, ``middle`` or ``end`` of the words is at the place.
        fill: Colour.
        is_bold: Whether they are bold.
        has_halo: Whether paper shines around them, where they lie on lines.
        is_upright: Whether they run upwards, as beside a vertical axis.
    """

    size: float = 13
    anchor: str = "start"
    fill: str = INK
    is_bold: bool = False
    has_halo: bool = False
    is_upright: bool = False


@dataclass
class Sheet:
    """One drawing.

    Attributes:
        title: Its title, shown and read aloud.
        description: What is seen, for those who do not see it.
        width: In pixels of its own.
        language: Of its words.
        note: What it rests on, written small below the title.
        parts: What was drawn so far.
        down: Where the drawing begins below the title.
    """

    title: str
    description: str
    width: float
    language: str = "en"
    note: str = ""
    parts: list[str] = field(default_factory=list[str])
    down: float = 0.0

    def __post_init__(self) -> None:
        """Write the title and the note."""
        lines = wrapped(self.title, self.width - 2 * EDGE, TITLE_SIZE, is_bold=True)
        self.words(EDGE, EDGE + TITLE_SIZE, lines, TITLE_SIZE, is_bold=True)
        self.down = EDGE + height_of(lines, TITLE_SIZE) + 4
        if self.note:
            lines = wrapped(self.note, self.width - 2 * EDGE, NOTE_SIZE)
            self.words(EDGE, self.down + NOTE_SIZE, lines, NOTE_SIZE, fill=MUTED)
            self.down += height_of(lines, NOTE_SIZE) + 4
        self.down += 14

    def words(self, x: float, y: float, lines: str | Sequence[str], size: float = 13, **look: Any) -> None:  # noqa: ANN401
        """Write lines of words, the first on the base line ``y``; ``look`` as the attributes of ``Look``."""
        how = Look(size, **look)
        weight = ' font-weight="bold"' if how.is_bold else ""
        edge = (
            f' paint-order="stroke" stroke="{PAPER}" stroke-width="7" stroke-linejoin="round"' if how.has_halo else ""
        )
        for place, line in enumerate([lines] if isinstance(lines, str) else lines):
            where = f'x="{x:.1f}" y="{y + place * size * SPACING:.1f}" font-size="{size:g}" text-anchor="{how.anchor}"'
            turned = f' transform="rotate(-90 {x:.1f} {y:.1f})"' if how.is_upright else ""
            self.parts.append(f'<text {where} fill="{how.fill}"{weight}{edge}{turned}>{escape(line)}</text>')

    def line(
        self, start: tuple[float, float], end: tuple[float, float], colour: str = MUTED, wide: float = 1.5, *,
        has_head: bool = False,
    ) -> None:  # fmt: skip
        """Draw a straight line, with an arrow head at its end or not."""
        path = f"M{start[0]:.1f} {start[1]:.1f}L{end[0]:.1f} {end[1]:.1f}"
        self.path(path, colour, wide, n_heads=int(has_head))

    def path(self, path: str, colour: str = MUTED, wide: float = 1.5, n_heads: int = 0, dash: str = "") -> None:
        """Draw a path that is not filled, with an arrow head at its end, at both ends or without; dashed or not."""
        more = f' marker-end="url(#head-{self._mark})"' if n_heads else ""
        more += f' marker-start="url(#head-{self._mark})"' if n_heads > 1 else ""
        more += f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{wide:g}"{more}/>')

    def area(self, path: str, fill: str, opacity: float = 1.0) -> None:
        """Fill a closed path."""
        self.parts.append(f'<path d="{path}Z" fill="{fill}" fill-opacity="{opacity:g}"/>')

    def specks(
        self, places: Sequence[tuple[float, float]], colour: str, size: float = 3.0, opacity: float = 0.4
    ) -> None:
        """Draw many small round marks as one path; marks on the same half pixel are drawn once."""
        seen = sorted({(round(2 * x), round(2 * y)) for x, y in places})
        path = "".join(f"M{x / 2:g} {y / 2:g}h0" for x, y in seen)
        look = f'stroke-width="{size:g}" stroke-linecap="round" stroke-opacity="{opacity:g}"'
        self.parts.append(f'<path d="{path}" fill="none" stroke="{colour}" {look}/>')

    def clip(self, name: str, path: str, parts: Sequence[str]) -> None:
        """Show parts drawn elsewhere only inside a closed path."""
        mark = f"{name}-{self._mark}"
        self.parts.append(f'<clipPath id="{mark}"><path d="{path}Z"/></clipPath><g clip-path="url(#{mark})">')
        self.parts += [*parts, "</g>"]

    def box(
        self, x: float, y: float, size: tuple[float, float], fill: str = PAPER, edge: str = MUTED, corner: float = 0.0
    ) -> None:
        """Draw a box of a width and height."""
        wide, high = size
        self.parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(wide, 0.0):.1f}" height="{high:.1f}" rx="{corner:g}" '
            f'fill="{fill}" stroke="{edge}"/>'
        )

    def dot(self, x: float, y: float, colour: str = ACCENT, shape: str = "circle", *, is_hollow: bool = False) -> None:
        """Draw the mark of an estimate: a ``circle``, ``square``, ``diamond`` or ``triangle``, filled or hollow."""
        fill, edge = (PAPER, f' stroke="{colour}" stroke-width="2"') if is_hollow else (colour, "")
        if shape == "circle":
            self.parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="{fill}"{edge}/>')
            return
        corners = "L".join(f"{x + across:.1f} {y + down:.1f}" for across, down in CORNERS[shape])
        self.parts.append(f'<path d="M{corners}Z" fill="{fill}"{edge}/>')

    @property
    def _mark(self) -> str:
        """What tells names in this drawing from those of others on the same page."""
        return f"{crc32((self.title + self.description).encode()):08x}"

    def finished(self, height: float) -> str:
        """Return the drawing as SVG of a height."""
        title, told = f"title-{self._mark}", f"description-{self._mark}"
        return "\n".join(
            [
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width:g} {height:.0f}" role="img" '
                f'width="{self.width:g}" height="{height:.0f}" lang="{self.language}" xml:lang="{self.language}" '
                f'aria-labelledby="{title} {told}" font-family="Helvetica, Arial, sans-serif">',
                f'<title id="{title}">{escape(self.title)}</title>',
                f'<desc id="{told}">{escape(self.description)}</desc>',
                f'<defs><marker id="head-{self._mark}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" '
                f'markerHeight="7" orient="auto-start-reverse"><path d="M0 0L10 5L0 10z" fill="{MUTED}"/></marker>'
                "</defs>",
                f'<rect width="{self.width:g}" height="{height:.0f}" fill="{PAPER}"/>',
                *self.parts,
                "</svg>",
                "",
            ]
        )
