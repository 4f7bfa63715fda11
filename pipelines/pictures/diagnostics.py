"""Residuals of a fit in four panels: shape, normality, spread, and who decides."""

from dataclasses import dataclass

import numpy as np

from models.estimates import Vector
from models.regression.reading.residuals import Residuals
from pipelines.pictures.axes import SERIES, Axis, Plot, spanned
from pipelines.pictures.drawn_fit import DrawnFit
from pipelines.pictures.lettering import height_of, wrapped
from pipelines.pictures.smoother import smooth_line
from pipelines.pictures.svg import INK, MUTED, Sheet
from pipelines.pictures.words import Words

WIDE, PANEL_WIDE, PANEL_HIGH, PANEL_LEFT, GAP = 1000.0, 370.0, 270.0, 105.0, 490.0
HEAD_SIZE, WHY_SIZE = 14.0, 12.0
DOT, LINE_COLOUR = "#4d4d4d", SERIES[1]
MANY = 800


@dataclass(frozen=True, eq=False)
class _Panel:
    """One panel.

    Attributes:
        key: Its words: title ``key``, what to look for ``key_why``.
        across_label, up_label: Keys of the words of the axes.
        x, y: Points.
        is_smoothed: Whether a smooth line is drawn.
        is_diagonal: Whether the line of equal values is drawn.
    """

    key: str
    across_label: str
    up_label: str
    x: Vector
    y: Vector
    is_smoothed: bool = False
    is_diagonal: bool = False


def diagnostics_panels(fit: DrawnFit, found: Residuals, words: Words) -> str:
    """Draw residuals over fitted values, normal quantiles, spread, and influence of clusters or responses."""
    note = words.say("diagnostics_note", n=words.count(fit.n_obs), covariance=fit.covariance)
    residual, leverage = (words.number(float(np.nanmax(each))) for each in (np.abs(found.standardised), found.leverage))
    told = words.say("diagnostics_said", residual=residual, leverage=leverage)
    heading = f"{words.say('diagnostics', outcome=fit.outcome(words))} ({fit.title})"
    sheet = Sheet(heading, told, WIDE, words.language, note)
    y = sheet.down
    panels = _panels(found)
    for first in (0, 2):
        y = max(_draw(sheet, panels[first + side], (PANEL_LEFT + side * GAP, y), words) for side in (0, 1)) + 26
    return sheet.finished(y)


def _panels(found: Residuals) -> list[_Panel]:
    size = np.sqrt(np.abs(found.standardised))
    influence = _Panel("response_influence", "leverage", "standardised_residual", found.leverage, found.standardised)
    if len(found.cluster_change):
        influence = _Panel(
            "cluster_influence", "cluster_leverage", "without_cluster", found.cluster_leverage, found.cluster_change
        )
    return [
        _Panel("residuals_fitted", "fitted", "residual", found.fitted, found.raw, is_smoothed=True),
        _Panel(
            *("quantiles", "normal_quantile", "standardised_residual", found.quantiles, found.standardised),
            is_diagonal=True,
        ),
        _Panel("scale_location", "fitted", "root_residual", found.fitted, size, is_smoothed=True),
        influence,
    ]


def _draw(sheet: Sheet, panel: _Panel, at: tuple[float, float], words: Words) -> float:
    left, y = at
    title = wrapped(words.say(panel.key), PANEL_WIDE, HEAD_SIZE, is_bold=True)
    sheet.words(left, y + HEAD_SIZE, title, HEAD_SIZE, is_bold=True)
    why = wrapped(words.say(f"{panel.key}_why"), PANEL_WIDE, WHY_SIZE)
    y += height_of(title, HEAD_SIZE) + 3
    sheet.words(left, y + WHY_SIZE, why, WHY_SIZE, fill=MUTED)
    y += height_of(why, WHY_SIZE) + 10
    is_known = np.isfinite(panel.x) & np.isfinite(panel.y)
    x, up = panel.x[is_known], panel.y[is_known]
    across = Axis(*spanned(x), left, left + PANEL_WIDE)
    has_zero = panel.key != "scale_location"
    plot = Plot(sheet, across, Axis(*spanned(up, has_zero=has_zero), y + PANEL_HIGH, y), words)
    below = plot.frame(words.say(panel.across_label), words.say(panel.up_label), has_zero=has_zero)
    is_many = len(x) > MANY
    plot.points(x, up, DOT, 2.4 if is_many else 3.8, 0.45 if is_many else 0.6)
    if panel.is_smoothed:
        plot.curve(*smooth_line(x, up), LINE_COLOUR)
    if panel.is_diagonal:
        low = max(across.lowest, plot.up.lowest)
        high = min(across.highest, plot.up.highest)
        plot.sheet.line((across(low), plot.up(low)), (across(high), plot.up(high)), INK, 1.4)
    return below
