"""The horizontal axis of a chart of intervals: its ends, and where it is labelled.

Ratios lie as far from one at half as much as at twice as much.
"""

import math
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

import altair as alt
import pandas as pd

from dashboard.row_heights import IS_NARROW

TITLE_LETTERS = 50
"""Letters of the title of an axis that a narrow screen has room for in a line."""
RATIO_MARGIN, LEAST_RATIO = 1.05, 0.001
"""Room beside ratios, and the smallest that is drawn where it lies."""
MOST_TICKS, MOST_NARROW_TICKS = 8, 4
STEPS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
SLACK = 1e-9
MOST_TIMES_IN_STEPS = 5.0
"""Of an axis that reaches further, ticks are 1, 2 and 5, or powers of ten: steps would crowd at its end."""


@dataclass(frozen=True)
class Axis:
    """The horizontal axis of a chart of intervals.

    Attributes:
        title: What it measures, with unit.
        domain: Its ends; from the data when None.
        has_zero_line: Whether a line marks no connection: zero, or one of ratios.
        is_of_ratios: Whether it shows ratios, twice as much as far from one as half as much.
    """

    title: str
    domain: tuple[float, float] | None = None
    has_zero_line: bool = False
    is_of_ratios: bool = False


def title_lines(title: str) -> list[str]:
    """Return the title of an axis in as few lines as a narrow screen has room for, and those about equally long."""
    lines = textwrap.wrap(title, TITLE_LETTERS)
    widths = range(len(title) // max(len(lines), 1), TITLE_LETTERS + 1)
    return next((found for each in widths if len(found := textwrap.wrap(title, max(each, 1))) == len(lines)), lines)


def scale_of(shown: pd.DataFrame, axis: Axis) -> alt.Scale:
    """Return the scale of the horizontal axis; of ratios as wide as they and one are."""
    if axis.domain:
        return alt.Scale(domain=list(axis.domain))
    if not axis.is_of_ratios or shown.empty:
        return alt.Scale(zero=axis.has_zero_line)
    return alt.Scale(type="log", domain=list(_ratio_ends(shown)), nice=False, clamp=True)


def ticks_of(shown: pd.DataFrame, axis: Axis) -> alt.Axis:
    """Return where the horizontal axis is labelled, in fewer places on a narrow screen."""
    if not axis.is_of_ratios or shown.empty:
        return alt.Axis(tickCount=alt.ExprRef(f"{IS_NARROW} ? 3 : {MOST_TICKS}"))
    narrow, wide = (ratio_ticks(*_ratio_ends(shown), most) for most in (MOST_NARROW_TICKS, MOST_TICKS))
    return alt.Axis(values=alt.ExprRef(f"{IS_NARROW} ? {narrow} : {wide}"), format=",~r")


def _ratio_ends(shown: pd.DataFrame) -> tuple[float, float]:
    return ratio_ends(float(shown["low"].min()), float(shown["high"].max()))


def ratio_ends(low: float, high: float) -> tuple[float, float]:
    """Return the ends of an axis that shows one and ratios from ``low`` to ``high``."""
    ends = min(low, 1.0) / RATIO_MARGIN, max(high, 1.0) * RATIO_MARGIN
    return max(ends[0], LEAST_RATIO), max(ends[1], LEAST_RATIO)


def ratio_ticks(low: float, high: float, most: int) -> list[float]:
    """Return where an axis of ratios is labelled, one among them: the most places that have room.

    Args:
        low: Its lower end, above 0 and at most 1.
        high: Its upper end, at least 1.
        most: Labels that have room.
    """
    fitting = (ticks for ticks in _ladders(low, high) if len(ticks) <= most)
    return next(fitting, [1.0])


def _ladders(low: float, high: float) -> Iterator[list[float]]:
    """Yield ticks within the ends, the finest first."""
    if high / low <= MOST_TIMES_IN_STEPS:
        for step in STEPS:
            places = range(-math.floor((1 - low) / step + SLACK), math.floor((high - 1) / step + SLACK) + 1)
            yield [round(1 + place * step, 3) for place in places]
    lowest, highest = math.floor(math.log10(low)), math.ceil(math.log10(high))
    for digits in ((1, 2, 5), (1, 3), (1,)):
        every = [round(digit * 10.0**power, 3) for power in range(lowest, highest + 1) for digit in digits]
        yield [each for each in every if low <= each <= high]
    for apart in range(2, highest - lowest + 2):
        every = [10.0 ** (apart * place) for place in range(lowest // apart, highest // apart + 1)]
        yield [each for each in every if low <= each <= high]
