"""Two axes on a sheet: where values lie, ticks at round numbers, curves, bands and how often values occur.

Put here what every plot of two numbers shares; what is plotted is in the other files.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.estimates import Vector
from pipelines.pictures.lettering import height_of, width_of, wrapped
from pipelines.pictures.svg import INK, LINE, MUTED, PAPER, Sheet
from pipelines.pictures.words import Words

TICK_SIZE, LABEL_SIZE = 12.0, 13.0
ROUND = (1.0, 2.0, 2.5, 5.0, 10.0)
MOST_PLACES, HAIR = 6, 1e-9
STRIP, STRIP_SHADE = 46.0, "#c9cdd3"
SERIES: tuple[str, ...] = ("#0072b2", "#d55e00", "#4d4d4d", "#cc79a7", "#009e73", "#8a6d00")
"""Colours of Okabe and Ito and two darker ones, which people who confuse red and green tell apart."""
DASHES: tuple[str, ...] = ("", "7 4", "2 4", "10 3 2 3", "4 2", "1 3")
SHAPES: tuple[str, ...] = ("circle", "square", "diamond", "triangle", "circle", "square")


@dataclass(frozen=True)
class Axis:
    """Where values lie along one axis.

    Attributes:
        lowest, highest: Values at its ends.
        start, end: Pixels at its ends.
    """

    lowest: float
    highest: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return the pixel of a value."""
        return self.start + (value - self.lowest) / (self.highest - self.lowest) * (self.end - self.start)

    def ticks(self, about: int = 5) -> list[float]:
        """Return round values on the axis."""
        step = round_step(self.highest - self.lowest, about)
        first = np.ceil(self.lowest / step - 1e-9)
        last = np.floor(self.highest / step + 1e-9)
        return [float(round(place * step, 12)) for place in np.arange(first, last + 1)]


@dataclass(frozen=True)
class Plot:
    """A pair of axes on a sheet.

    Attributes:
        sheet: The sheet.
        across, up: The axes.
        words: Language.
    """

    sheet: Sheet
    across: Axis
    up: Axis
    words: Words

    def frame(self, across_label: str, up_label: str, *, has_zero: bool = False) -> float:
        """Draw grid, ticks and labels; return how far down the label of the horizontal axis reaches."""
        left, right, bottom, top = self.across.start, self.across.end, self.up.start, self.up.end
        for tick in self.up.ticks():
            self.sheet.line((left, self.up(tick)), (right, self.up(tick)), LINE, 1)
        widest = self._tick_labels(left, bottom)
        if has_zero and self.up.lowest < 0 < self.up.highest:
            self.sheet.line((left, self.up(0)), (right, self.up(0)), INK, 1.2)
        self.sheet.line((left, bottom), (right, bottom), MUTED, 1)
        lines = wrapped(across_label, right - left, LABEL_SIZE)
        self.sheet.words((left + right) / 2, bottom + 38, lines, LABEL_SIZE, anchor="middle", fill=INK)
        upright = wrapped(up_label, bottom - top, LABEL_SIZE)
        for place, line in enumerate(reversed(upright)):
            x = left - widest - 18 - place * LABEL_SIZE * 1.25
            self.sheet.words(x, (top + bottom) / 2, line, LABEL_SIZE, anchor="middle", fill=INK, is_upright=True)
        return bottom + 30 + height_of(lines, LABEL_SIZE)

    def _tick_labels(self, left: float, bottom: float) -> float:
        """Write the values of the ticks; return the width of the widest beside the vertical axis."""
        for tick, text in self.tick_words():
            self.sheet.line((self.across(tick), bottom), (self.across(tick), bottom + 4), MUTED, 1)
            self.sheet.words(self.across(tick), bottom + 18, text, TICK_SIZE, anchor="middle", fill=MUTED)
        labels = labelled(self.up.ticks(), self.words)
        for tick, text in labels:
            self.sheet.words(left - 8, self.up(tick) + 4, text, TICK_SIZE, anchor="end", fill=MUTED)
        return max((width_of(text, TICK_SIZE) for _, text in labels), default=0.0)

    def tick_words(self) -> list[tuple[float, str]]:
        """Return the ticks of the horizontal axis with their words."""
        return labelled(self.across.ticks(), self.words)

    def curve(self, x: Sequence[float] | Vector, y: Sequence[float] | Vector, colour: str, dash: str = "") -> None:
        """Draw a line through points."""
        self.sheet.path(self._path(x, y), colour, 2.4, dash=dash)

    def band(self, x: Vector, low: Vector, high: Vector, colour: str, opacity: float = 0.18) -> None:
        """Fill between two lines, cut at the ends of the vertical axis."""
        low, high = (np.clip(each, self.up.lowest, self.up.highest) for each in (low, high))
        path = self._path(np.r_[x, x[::-1]], np.r_[low, high[::-1]])
        self.sheet.area(path, colour, opacity)

    def points(self, x: Vector, y: Vector, colour: str, size: float = 3.0, opacity: float = 0.4) -> None:
        """Draw many points."""
        places = [(self.across(float(one)), self.up(float(other))) for one, other in zip(x, y, strict=True)]
        self.sheet.specks(places, colour, size, opacity)

    def _path(self, x: Sequence[float] | Vector, y: Sequence[float] | Vector) -> str:
        places = zip(x, y, strict=True)
        return "M" + "L".join(f"{self.across(float(one)):.1f} {self.up(float(other)):.1f}" for one, other in places)


def draw_strip(plot: Plot, values: Vector, least: int, below: float, label: str) -> float:
    """Draw below a plot how often values occur; bins with fewer than ``least`` are left empty.

    Args:
        plot: The plot; its horizontal axis is used.
        values: n values.
        least: Fewest responses of a bin that is drawn.
        below: Where the strip begins.
        label: What it counts.

    Returns:
        How far down it reaches.
    """
    n_bins = int(min(24, max(6, np.sqrt(len(values)))))
    edges: Vector = np.linspace(plot.across.lowest, plot.across.highest, n_bins + 1)
    counts = np.histogram(values, edges)[0]
    shown = np.where(counts >= least, counts, 0)
    bottom = below + STRIP
    for place, count in enumerate(shown):
        if count:
            left, right = plot.across(edges[place]), plot.across(edges[place + 1])
            high = STRIP * count / shown.max()
            plot.sheet.box(left, bottom - high, (right - left, high), STRIP_SHADE, PAPER)
    plot.sheet.line((plot.across.start, bottom), (plot.across.end, bottom), MUTED, 1)
    lines = wrapped(label, plot.across.end - plot.across.start, TICK_SIZE)
    plot.sheet.words(plot.across.start, bottom + 16, lines, TICK_SIZE, fill=MUTED)
    return bottom + 8 + height_of(lines, TICK_SIZE)


def round_step(width: float, about: int) -> float:
    """Return a round distance of ticks so that there are about so many."""
    raw = width / about
    power = 10.0 ** np.floor(np.log10(raw))
    return float(next(each for each in ROUND if each * power >= raw * (1 - 1e-9)) * power)


def labelled(ticks: Sequence[float], words: Words) -> list[tuple[float, str]]:
    """Return ticks with their words, all with as many places as they need."""
    places = next(
        (n for n in range(MOST_PLACES) if all(abs(round(tick, n) - tick) < HAIR for tick in ticks)), MOST_PLACES
    )
    return [(tick, words.number(tick, places)) for tick in ticks]


def spanned(values: Sequence[float] | Vector, *, has_zero: bool = False, share: float = 0.05) -> tuple[float, float]:
    """Return ends of an axis that holds all values with some room, and nought where wanted."""
    finite = np.asarray(values, dtype=float)
    finite = finite[np.isfinite(finite)]
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 1.0)
    if has_zero:
        low, high = min(low, 0.0), max(high, 0.0)
    room = share * (high - low) or 0.5
    return low - room, high + room
