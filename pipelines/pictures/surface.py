"""A response surface seen from above: bands and contours where there are data, agreement, axis, stationary point."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.regression.columns import surface_terms
from models.sections.regressors import Views
from pipelines.pictures.axes import Axis, Plot, labelled, round_step, spanned
from pipelines.pictures.drawn_fit import DrawnFit, variable_in_words
from pipelines.pictures.hull import convex_hull
from pipelines.pictures.legend import Key, draw_legend
from pipelines.pictures.lettering import height_of, wrapped
from pipelines.pictures.svg import EDGE, INK, MUTED, PAPER, Sheet
from pipelines.pictures.words import Words

WIDE, LEFT, SIDE, SIZE = 860.0, 130.0, 520.0, 13.0
CELLS, ABOUT_LEVELS = 260, 8
LOW, HIGH_SHADE = (253, 246, 227), (0, 68, 110)
AXIS_COLOUR, DOT = "#d55e00", "#1f2430"
BAR_LEFT, BAR_WIDTH = LEFT + SIDE + 30, 22.0


@dataclass(frozen=True, eq=False)
class _Height:
    """The fitted outcome as a function of both reports in their own unit, all else at its mean."""

    views: Views
    level: float
    slopes: tuple[float, ...]

    def __call__(self, x: Vector | Matrix, y: Vector | Matrix) -> Matrix:
        x, y = x - self.views.midpoint, y - self.views.midpoint
        b1, b2, b3, b4, b5 = self.slopes
        return self.level + b1 * x + b2 * y + b3 * x**2 + b4 * x * y + b5 * y**2


def surface_plot(fit: DrawnFit, reports: Matrix, words: Words) -> str:
    """Draw the surface of a fit inside the hull of the observed reports.

    Args:
        fit: A fit whose model has a curved response surface.
        reports: m x 2 distinct pairs of reports (self, other).
        words: Language and titles.
    """
    surface = fit.spec.surface()
    if surface is None or not surface.surface.curved:
        raise ValueError("a fit without a curved response surface has none to draw")
    views = surface.surface
    names = [variable_in_words(column, words) for column in surface_terms(views)[:2]]
    height = _height_of(fit, views)
    hull = convex_hull(reports)
    levels = _levels(height, hull)
    sheet = _sheet(fit, names, (levels[0], levels[-1]), len(reports), words)
    y = _legend(sheet, fit, words)
    low, high = _reach(reports)
    plot = Plot(sheet, Axis(low, high, LEFT, LEFT + SIDE), Axis(low, high, y + SIDE, y), words)
    below = plot.frame(names[0], names[1])
    _draw_inside(plot, height, hull, levels)
    _draw_lines(plot, fit, views)
    for colour, size in ((PAPER, 5.6), (DOT, 3.4)):
        plot.points(reports[:, 0], reports[:, 1], colour, size, 1.0)
    _bar(sheet, levels, y, fit.outcome(words), words)
    return sheet.finished(below + EDGE)


def _reach(reports: Matrix) -> tuple[float, float]:
    """Return one range for both axes, so that agreement runs at 45 degrees."""
    return spanned(reports.ravel())


def _height_of(fit: DrawnFit, views: Views) -> _Height:
    """Find the surface's level from the mean of the fitted outcome over the responses, which is the mean outcome."""
    by_term = {str(row["term"]): float(row["estimate"]) for row in fit.estimates.to_dict("records")}
    slopes = tuple(by_term[term] for term in surface_terms(views))
    x, y = (fit.data[column].to_numpy(dtype=float) for column in surface_terms(views)[:2])
    outcome = fit.design.outcome.to_numpy()
    weights = np.ones(len(x)) if fit.design.weights is None else fit.design.weights.to_numpy()
    bent = _Height(views, 0.0, slopes)(x, y)
    is_outcome = fit.spec.estimator == "linear"
    level = float(np.average(outcome - bent, weights=weights)) if is_outcome else -float(np.average(bent))
    return _Height(views, level, slopes)


def _levels(height: _Height, hull: Matrix) -> list[float]:
    x, y, inside = _grid(hull)
    values: Vector = np.extract(inside, height(x, y))
    low, high = float(values.min()), float(values.max())
    step = round_step(max(high - low, 1e-9), ABOUT_LEVELS)
    levels = np.arange(np.floor(low / step), np.ceil(high / step) + 1) * step
    return [float(each) for each in levels]


def _grid(hull: Matrix) -> tuple[Matrix, Matrix, NDArray[np.bool_]]:
    """Return x and y of a grid over the hull's box, and which points are inside the hull."""
    lines = [np.linspace(hull[:, axis].min(), hull[:, axis].max(), CELLS + 1) for axis in (0, 1)]
    x, y = np.meshgrid(*lines)
    inside = np.ones(x.shape, dtype=bool)
    for (x1, y1), (x2, y2) in zip(hull, np.roll(hull, -1, axis=0), strict=True):
        inside &= (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1) >= 0
    return x, y, inside


def _draw_inside(plot: Plot, height: _Height, hull: Matrix, levels: list[float]) -> None:
    """Draw bands of like height and the lines between them, cut at the hull."""
    x, y, _ = _grid(hull)
    values = height(x, y)
    inner = Sheet("", "", plot.sheet.width)
    inner.parts.clear()
    _bands(Plot(inner, plot.across, plot.up, plot.words), (x, y, values), levels)
    for level in levels:
        path = "".join(_contour(x, y, values, level, plot))
        if path:
            inner.path(path, INK, 0.9)
    outline = "M" + "L".join(f"{plot.across(one):.1f} {plot.up(other):.1f}" for one, other in hull.tolist())
    plot.sheet.clip("hull", outline, inner.parts)
    plot.sheet.path(f"{outline}Z", MUTED, 1.2)


def _bands(plot: Plot, grid: tuple[Matrix, Matrix, Matrix], levels: list[float]) -> None:
    """Fill the grid row by row, neighbours in the same band together."""
    x, y, values = grid
    middle = (values[:-1, :-1] + values[1:, 1:]) / 2
    band = np.clip(np.searchsorted(np.array(levels), middle) - 1, 0, len(levels) - 2)
    for row in range(CELLS):
        edges = [0, *(np.flatnonzero(np.diff(band[row])) + 1).tolist(), CELLS]
        top, bottom = plot.up(float(y[row + 1, 0])), plot.up(float(y[row, 0]))
        for first, last in pairwise(edges):
            left, right = plot.across(float(x[0, first])), plot.across(float(x[0, last]))
            shade = shade_of(int(band[row, first]), len(levels) - 1)
            plot.sheet.box(left, top, (right - left, bottom - top), shade, shade)


def shade_of(band: int, n_bands: int) -> str:
    """Return the shade of a band: light for low, dark for high, told apart without colour."""
    share = band / max(n_bands - 1, 1)
    return "#" + "".join(f"{round(low + (high - low) * share):02x}" for low, high in zip(LOW, HIGH_SHADE, strict=True))


def _contour(x: Matrix, y: Matrix, values: Matrix, level: float, plot: Plot) -> Iterator[str]:
    """Return the pieces of a contour, two ends in every cell that it crosses, by linear interpolation."""
    above = values >= level
    mixed = (above[:-1, :-1] + 0 + above[1:, :-1] + above[:-1, 1:] + above[1:, 1:]) % 4 != 0
    for row, column in zip(*np.nonzero(mixed), strict=True):
        corners = [(row, column), (row, column + 1), (row + 1, column + 1), (row + 1, column)]
        places: list[str] = []
        for one, other in zip(corners, [*corners[1:], corners[0]], strict=True):
            if above[one] != above[other]:
                share = (level - values[one]) / (values[other] - values[one])
                across = x[one] + share * (x[other] - x[one])
                up = y[one] + share * (y[other] - y[one])
                places.append(f"{plot.across(float(across)):.1f} {plot.up(float(up)):.1f}")
        yield from (f"M{first}L{last}" for first, last in zip(places[::2], places[1::2], strict=True))


def _draw_lines(plot: Plot, fit: DrawnFit, views: Views) -> None:
    """Draw agreement, disagreement, first principal axis and stationary point, where they lie inside the axes."""
    low, high, middle = plot.across.lowest, plot.across.highest, views.midpoint
    plot.curve([low, high], [low, high], INK)
    _straight(plot, lambda x: 2 * middle - x, INK, "7 4")
    by_feature = fit.surface.set_index("feature")["estimate"].astype(float)
    if "p11" in by_feature.index:
        p10, p11 = float(by_feature["p10"]), float(by_feature["p11"])
        _straight(plot, lambda x: middle + p10 + p11 * (x - middle), AXIS_COLOUR, "2 4")
        x0, y0 = middle + float(by_feature["x0"]), middle + float(by_feature["y0"])
        if low <= x0 <= high and low <= y0 <= high:
            plot.sheet.dot(plot.across(x0), plot.up(y0), AXIS_COLOUR, "diamond")


def _straight(plot: Plot, line: Callable[[float], float], colour: str, dash: str) -> None:
    """Draw a straight line cut at the ends of both axes."""
    low, high = plot.up.lowest, plot.up.highest
    x = np.linspace(plot.across.lowest, plot.across.highest, 2001)
    y = np.asarray([line(float(each)) for each in x])
    inside = (y >= low) & (y <= high)
    if inside.any():
        shown = np.flatnonzero(inside)[[0, -1]]
        plot.curve(x[shown], y[shown], colour, dash)


def _sheet(fit: DrawnFit, names: list[str], ends: tuple[float, float], n: int, words: Words) -> Sheet:
    by_feature = fit.surface.set_index("feature")
    lines = {each: words.number(float(by_feature.loc[each, "estimate"])) for each in ("a1", "a2", "a3", "a4")}
    is_strict = by_feature.loc["strict_congruence", "verdict"] == "met"
    low, high = (words.number(each) for each in ends)
    strict = words.say("all_met" if is_strict else "not_all_met")
    told = words.say("surface_said", low=low, high=high, strict=strict, **lines)
    heading = words.say("surface", outcome=fit.outcome(words), self_report=names[0], other_report=names[1])
    sized = {"n": words.count(fit.n_obs), "n_pairs": words.count(n), "covariance": fit.covariance}
    return Sheet(heading, told, WIDE, words.language, words.say("surface_note", **sized))


def _legend(sheet: Sheet, fit: DrawnFit, words: Words) -> float:
    by_feature = fit.surface.set_index("feature")
    told = {each: _with_interval(by_feature.loc[each].to_dict(), words) for each in ("a1", "a2", "a3", "a4")}
    lines = wrapped(words.say("lines", level=fit.level(words), **told), WIDE - 2 * EDGE, SIZE)
    sheet.words(EDGE, sheet.down + SIZE, lines, SIZE)
    kind = str(by_feature.loc["kind", "verdict"])
    keys = [Key(words.say("congruence_line"), INK), Key(words.say("incongruence_line"), INK, "7 4")]
    if kind != "no_axes":
        keys += [
            Key(words.say("principal_axis"), AXIS_COLOUR, "2 4"),
            Key(words.say("stationary", kind=words.say(kind)), PAPER, "", "diamond"),
        ]
    top = sheet.down + height_of(lines, SIZE) + 10
    below = draw_legend(sheet, keys[:3], top)
    if kind != "no_axes":
        sheet.dot(EDGE + 17, below + SIZE * 0.65, AXIS_COLOUR, "diamond")
        sheet.words(EDGE + 44, below + SIZE, keys[3].text, SIZE)
        below += SIZE * 1.25 + 5
    return below + 16


def _with_interval(row: Mapping[str, object], words: Words) -> str:
    value, low, high = (words.number(float(str(row[each]))) for each in ("estimate", "conf_low", "conf_high"))
    return f"{value} [{low}; {high}]"


def _bar(sheet: Sheet, levels: list[float], top: float, label: str, words: Words) -> None:
    """Draw which shade is which height."""
    high = SIDE / (len(levels) - 1)
    for place in range(len(levels) - 1):
        shade = shade_of(place, len(levels) - 1)
        sheet.box(BAR_LEFT, top + SIDE - (place + 1) * high, (BAR_WIDTH, high), shade, MUTED)
    for place, (_, text) in enumerate(labelled(levels, words)):
        sheet.words(BAR_LEFT + BAR_WIDTH + 6, top + SIDE - place * high + 4, text, 12, fill=MUTED)
    lines = wrapped(label, SIDE, SIZE)
    sheet.words(BAR_LEFT + BAR_WIDTH + 66, top + SIDE / 2, lines, SIZE, anchor="middle", is_upright=True)
