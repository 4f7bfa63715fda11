"""How a slope depends on a moderator, and how the fitted outcome runs → plots with bands, regions and a strip."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from models.estimates import Matrix, Vector
from pipelines.pictures.axes import DASHES, SERIES, Axis, Plot, draw_strip, spanned
from pipelines.pictures.drawn_fit import DrawnFit, term_in_words, variable_in_words
from pipelines.pictures.legend import Key, draw_legend
from pipelines.pictures.lettering import height_of, width_of, wrapped
from pipelines.pictures.svg import EDGE, INK, LINE, MUTED, Sheet
from pipelines.pictures.words import Words

WIDE, LEFT, RIGHT, HIGH, SIZE = 860.0, 120.0, 40.0, 360.0, 13.0
SHADE, SLOPE = "#f7edcf", SERIES[0]
SLOPES_LEFT, ROW = 420.0, 30.0


def effect_plot(fit: DrawnFit, focal_term: str, moderator: str, least: int, words: Words) -> str:
    """Draw the slope of a focal term over a moderator, with its interval and the Johnson-Neyman regions.

    Args:
        fit: The fit.
        focal_term: Term of the focal regressor.
        moderator: A moderator that is a number.
        least: Fewest responses of a bin of the strip that is drawn.
        words: Language and titles.
    """
    is_wanted = (fit.curves["curve"] == "effect") & (fit.curves["focal_term"] == focal_term)
    rows = fit.curves[is_wanted & (fit.curves["moderator"] == moderator)].sort_values("position")
    focal, name = term_in_words(focal_term, words), variable_in_words(moderator, words)
    heading = words.say("effect", outcome=fit.outcome(words), focal=focal, moderator=name)
    note = words.say("effect_note", level=fit.level(words), n=words.count(fit.n_obs), covariance=fit.covariance)
    sheet = Sheet(heading, _effect_said(fit, focal_term, moderator, words), WIDE, words.language, note)
    regions = _of(fit.slope_regions, focal_term, moderator)
    y = _regions_told(sheet, regions, words)
    value, low, high = (_numbers(rows, each) for each in ("value", "conf_low", "conf_high"))
    up = Axis(*spanned(np.r_[low, high], has_zero=True), y + HIGH, y)
    plot = Plot(sheet, Axis(float(value.min()), float(value.max()), LEFT, WIDE - RIGHT), up, words)
    _shade(plot, regions)
    below = plot.frame(name, words.say("effect_up", focal=focal), has_zero=True)
    plot.band(value, low, high, SLOPE, 0.25)
    plot.curve(value, _numbers(rows, "estimate"), SLOPE)
    _bounds(plot, regions)
    observed = fit.data[moderator].to_numpy(dtype=float)
    below = draw_strip(plot, observed, least, below + 8, words.say("strip", variable=name, least=least))
    return sheet.finished(below + EDGE)


def _regions_told(sheet: Sheet, regions: pd.DataFrame, words: Words) -> float:
    """Say below the note what is shaded; return where the plot begins."""
    if regions.empty:
        return sheet.down + 6
    is_significant = regions["is_significant"].astype(bool)
    share = 100 * float(regions.loc[is_significant, "share_of_responses"].sum())
    is_anywhere = share > 0
    text = words.say("significant_on", share=words.number(share, 0)) if is_anywhere else words.say("never_significant")
    lines = wrapped(text, WIDE - LEFT - RIGHT - 30, SIZE)
    if is_anywhere:
        sheet.box(LEFT, sheet.down + 1, (18, 14), SHADE, SHADE)
    sheet.words(LEFT + (26 if is_anywhere else 0), sheet.down + SIZE, lines, SIZE)
    return sheet.down + height_of(lines, SIZE) + 14


def _shade(plot: Plot, regions: pd.DataFrame) -> None:
    lowest, highest = plot.across.lowest, plot.across.highest
    for row in regions[regions["is_significant"].astype(bool)].to_dict("records"):
        low = lowest if pd.isna(row["low"]) else min(max(float(row["low"]), lowest), highest)
        high = highest if pd.isna(row["high"]) else min(max(float(row["high"]), lowest), highest)
        if high > low:
            left, top = plot.across(low), plot.up.end
            plot.sheet.box(left, top, (plot.across(high) - left, plot.up.start - top), SHADE, SHADE)


def _bounds(plot: Plot, regions: pd.DataFrame) -> None:
    """Mark where significance begins or ends; one bound's words stand above the plot's line, the next lower."""
    bounds = [float(each) for each in regions["high"].dropna()]
    inside = [each for each in bounds if plot.across.lowest < each < plot.across.highest]
    for place, bound in enumerate(inside):
        x = plot.across(bound)
        plot.sheet.path(f"M{x:.1f} {plot.up.start:.1f}L{x:.1f} {plot.up.end:.1f}", INK, 1.4, dash="5 4")
        text, is_right = plot.words.number(bound), x > (plot.across.start + plot.across.end) / 2
        anchor, beside = ("end", x - 6) if is_right else ("start", x + 6)
        plot.sheet.words(beside, plot.up.end + 14 + 18 * (place % 3), text, SIZE, anchor=anchor)


def _effect_said(fit: DrawnFit, focal_term: str, moderator: str, words: Words) -> str:
    slopes = _of(fit.slopes, focal_term, moderator)
    told = [_slope_said(row, words) for row in slopes.to_dict("records")]
    found: list[str] = []
    for row in _of(fit.slope_regions, focal_term, moderator).to_dict("records"):
        low, high = ("…" if pd.isna(row[each]) else words.number(row[each]) for each in ("low", "high"))
        differs = words.say("differs" if row["is_significant"] else "does_not_differ")
        found.append(words.say("region_said", low=low, high=high, differs=differs))
    names = {"focal": term_in_words(focal_term, words), "moderator": variable_in_words(moderator, words)}
    return words.say("effect_said", all=" ".join(told), regions=" ".join(found), **names)


def _slope_said(row: dict[str, object], words: Words) -> str:
    value, low, high = (words.number(float(str(row[each]))) for each in ("estimate", "conf_low", "conf_high"))
    return words.say("slope_said", at=at_in_words(row, words), value=value, low=low, high=high)


def at_in_words(row: dict[str, object], words: Words) -> str:
    """Return the words for a value of a moderator: its place in the distribution, category or number."""
    at, value = str(row["at"]), row["value"]
    if at in ("mean_less_sd", "mean", "mean_plus_sd"):
        return words.say(at, value=words.number(float(str(value))))
    category = f"{row['moderator']}[{at}]"
    return words.titles.get(category, words.title(at))


def slope_plot(fit: DrawnFit, focal_term: str, moderator: str, words: Words) -> str:
    """Draw the slope of a focal term in each category, or at both values, of a moderator."""
    rows = _of(fit.slopes, focal_term, moderator).to_dict("records")
    focal, name = term_in_words(focal_term, words), variable_in_words(moderator, words)
    heading = words.say("slopes", outcome=fit.outcome(words), focal=focal, moderator=name)
    note = words.say("effect_note", level=fit.level(words), n=words.count(fit.n_obs), covariance=fit.covariance)
    sheet = Sheet(heading, _effect_said(fit, focal_term, moderator, words), WIDE, words.language, note)
    ends = [float(row[each]) for row in rows for each in ("conf_low", "conf_high")]
    texts = [wrapped(at_in_words(row, words), SLOPES_LEFT - EDGE - 30, SIZE) for row in rows]
    left = EDGE + 60 + max(width_of(line, SIZE) for text in texts for line in text)
    across = Axis(*spanned(ends, has_zero=True), left, WIDE - RIGHT)
    heights = [max(ROW, height_of(text, SIZE) + 8) for text in texts]
    top, y = sheet.down, sheet.down
    bottom = top + sum(heights)
    plot = Plot(sheet, across, Axis(0.0, 1.0, bottom, top), words)
    for tick in across.ticks():
        sheet.line((across(tick), top), (across(tick), bottom), INK if tick == 0 else LINE, 1)
    for row, text, height in zip(rows, texts, heights, strict=True):
        middle = y + height / 2
        sheet.words(EDGE, middle - height_of(text, SIZE) / 2 + SIZE - 2, text, SIZE)
        sheet.line((across(float(row["conf_low"])), middle), (across(float(row["conf_high"])), middle), SLOPE, 2.4)
        sheet.dot(across(float(row["estimate"])), middle, SLOPE)
        y += height
    below = _across_only(plot, words.say("effect_up", focal=focal))
    return sheet.finished(below + EDGE)


def _across_only(plot: Plot, label: str) -> float:
    """Write ticks and label of the horizontal axis."""
    bottom = plot.up.start
    for tick, text in plot.tick_words():
        plot.sheet.words(plot.across(tick), bottom + 18, text, 12, anchor="middle", fill=MUTED)
    lines = wrapped(label, plot.across.end - plot.across.start, SIZE)
    plot.sheet.words((plot.across.start + plot.across.end) / 2, bottom + 38, lines, SIZE, anchor="middle")
    return bottom + 30 + height_of(lines, SIZE)


def curve_plot(fit: DrawnFit, over: str, moderator: str, least: int, words: Words) -> str:
    """Draw the fitted outcome over a variable, a line for each value of a moderator, with pointwise intervals.

    Args:
        fit: The fit.
        over: The variable along which the curve runs.
        moderator: The moderator; empty without one.
        least: Fewest responses of a bin of the strip that is drawn.
        words: Language and titles.
    """
    is_wanted = (fit.curves["curve"] == "outcome") & (fit.curves["over"] == over)
    rows = fit.curves[is_wanted & (fit.curves["moderator"] == moderator)].sort_values("position", kind="stable")
    lines = _lines(fit, rows, moderator, words)
    name = variable_in_words(over, words)
    heading = _curve_heading(fit, name, moderator, words)
    note = words.say("curve_note", level=fit.level(words), n=words.count(fit.n_obs), covariance=fit.covariance)
    told = " ".join(_curve_said(text, line, name, words) for text, line in lines)
    sheet = Sheet(heading, told, WIDE, words.language, note)
    keys = [
        Key(text, SERIES[place % len(SERIES)], DASHES[place % len(DASHES)]) for place, (text, _) in enumerate(lines)
    ]
    y = draw_legend(sheet, keys, sheet.down, LEFT) + 14 if moderator else sheet.down + 6
    value = _numbers(rows, "value")
    up = Axis(*spanned(np.r_[_numbers(rows, "conf_low"), _numbers(rows, "conf_high")]), y + HIGH, y)
    plot = Plot(sheet, Axis(float(value.min()), float(value.max()), LEFT, WIDE - RIGHT), up, words)
    below = plot.frame(name, words.say(f"{rows['unit'].iloc[0]}_unit", outcome=fit.outcome(words)))
    for key, (_, line) in zip(keys, lines, strict=True):
        plot.band(_numbers(line, "value"), _numbers(line, "conf_low"), _numbers(line, "conf_high"), key.colour, 0.12)
    for key, (_, line) in zip(keys, lines, strict=True):
        plot.curve(_numbers(line, "value"), _numbers(line, "estimate"), key.colour, key.dash)
    observed = fit.data[over].to_numpy(dtype=float)
    below = draw_strip(plot, observed, least, below + 8, words.say("strip", variable=name, least=least))
    return sheet.finished(below + EDGE)


def _lines(fit: DrawnFit, rows: pd.DataFrame, moderator: str, words: Words) -> Sequence[tuple[str, pd.DataFrame]]:
    if not moderator:
        return [(words.say("fitted_line"), rows)]
    named = fit.slopes[fit.slopes["moderator"] == moderator].drop_duplicates("at").sort_values("value", kind="stable")
    return [(at_in_words(row, words), rows[rows["at"] == row["at"]]) for row in named.to_dict("records")]


def _curve_heading(fit: DrawnFit, name: str, moderator: str, words: Words) -> str:
    told = {"outcome": fit.outcome(words), "variable": name}
    if not moderator:
        return words.say("curve", **told)
    return words.say("curve_by", moderator=variable_in_words(moderator, words), **told)


def _curve_said(text: str, line: pd.DataFrame, name: str, words: Words) -> str:
    (low, first), (high, last) = ((float(row[0]), float(row[1])) for row in _ends(line))
    ends = {"low": low, "first": first, "high": high, "last": last}
    told = {key: words.number(value) for key, value in ends.items()}
    return words.say("curve_said", line=text, variable=name, **told)


def _ends(line: pd.DataFrame) -> Matrix:
    return line[["value", "estimate"]].to_numpy(dtype=float)[[0, -1]]


def _of(rows: pd.DataFrame, focal_term: str, moderator: str) -> pd.DataFrame:
    return rows[(rows["focal_term"] == focal_term) & (rows["moderator"] == moderator)]


def _numbers(rows: pd.DataFrame, column: str) -> Vector:
    return rows[column].to_numpy(dtype=float, na_value=np.nan)
