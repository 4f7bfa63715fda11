"""Several fits side by side: every coefficient with its interval, what was expected, and the smallest that matters."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from models.focal_term import is_of_focal
from models.paths.found import ARROW, term_of_interest
from models.regression.columns import product_term
from models.regression.design import INTERCEPT
from models.sections.inference import FIGURES, PATHS
from models.sections.regressors import parts_of
from pipelines.pictures.axes import SERIES, SHAPES, Axis, labelled, spanned
from pipelines.pictures.drawn_fit import DrawnFit, term_in_words
from pipelines.pictures.legend import Key, draw_legend
from pipelines.pictures.lettering import height_of, wrapped
from pipelines.pictures.svg import EDGE, INK, LINE, MUTED, Sheet
from pipelines.pictures.words import Words

WIDE, LEFT, RIGHT, SIGN_WIDTH, SIZE = 1000.0, 470.0, 40.0, 70.0, 13.0
MARK_STEP, ROW_GAP = 15.0, 12.0
BAND = "#e2e4e8"
MOST_FITS = len(SERIES)
SIGNS: Mapping[str, str] = {"positive": "+", "negative": "\N{MINUS SIGN}", "none": "0"}


@dataclass(frozen=True)
class _Mark:
    """One coefficient of one fit."""

    place: int
    value: float
    low: float
    high: float


def coefficient_plot(fits: Sequence[DrawnFit], words: Words) -> str:
    """Draw the coefficients of up to six fits, the focal one first; standardised where every fit has them.

    Args:
        fits: The fits, in the order in which they are drawn.
        words: Language and titles.
    """
    is_standardised = all((each.readings["reading"] == "standardised").any() for each in fits)
    rows = _rows(fits, is_standardised=is_standardised)
    outcomes = ", ".join(dict.fromkeys(each.outcome(words) for each in fits))
    heading = words.say(
        "coefficients", outcome=outcomes, level=", ".join(dict.fromkeys(each.level(words) for each in fits))
    )
    sheet = Sheet(heading, _said(fits, rows, words), WIDE, words.language, words.say("coefficients_note"))
    keys = [
        Key(each.named(words), SERIES[place], "", SHAPES[place], each.label == "exploratory")
        for place, each in enumerate(fits)
    ]
    top = draw_legend(sheet, keys, sheet.down) + 24
    ends = [end for marks in rows.values() for mark in marks for end in (mark.low, mark.value, mark.high)]
    lowest, highest = spanned(ends, has_zero=True)
    across = Axis(lowest, highest, LEFT, WIDE - RIGHT)
    bottom = _draw_rows(sheet, fits, rows, (across, top, is_standardised), words)
    unit = words.say("standardised_coefficient" if is_standardised else "coefficient")
    _axis(sheet, across, top, bottom, (unit, words))
    _marks(sheet, fits, rows, across, top, words)
    return sheet.finished(bottom + 62)


def _rows(fits: Sequence[DrawnFit], *, is_standardised: bool) -> dict[str, list[_Mark]]:
    """Return the marks of every term, focal terms first."""
    rows: dict[str, list[_Mark]] = {}
    for place, each in enumerate(fits):
        table = each.estimates[["term", "estimate", "conf_low", "conf_high"]]
        if is_standardised:
            table = each.readings[each.readings["reading"] == "standardised"].rename(columns={"value": "estimate"})
        order = {term: position for position, term in enumerate(each.estimates["term"])}
        is_constant = (table["term"] == INTERCEPT) | table["term"].str.endswith(f"{ARROW}{INTERCEPT}")
        table = table[~is_constant].sort_values("term", key=lambda terms: terms.map(order))
        for row in table.to_dict("records"):
            mark = _Mark(place, *(float(row[name]) for name in ("estimate", "conf_low", "conf_high")))
            rows.setdefault(str(row["term"]), []).append(mark)
    focal = [term for term in rows if any(_is_focal(term, each) for each in fits)]
    return {term: rows[term] for term in [*focal, *(each for each in rows if each not in focal)]}


def _is_focal(term: str, fit: DrawnFit) -> bool:
    if fit.spec.estimator in PATHS:
        return term == term_of_interest(fit.spec)
    if fit.spec.estimator in FIGURES:
        return True
    return is_of_focal(term, fit.spec)


def _expected(term: str, fits: Sequence[DrawnFit]) -> str:
    """Return the sign that the first fit with something to say expects of a term; empty without one."""
    for fit in fits:
        if _is_focal(term, fit):
            return fit.spec.expected_sign if fit.spec.expected_sign != "none" else ""
        for each in fit.spec.also_expected:
            if term == product_term(parts_of(each.regressor)):
                return each.sign
    return ""


def _height(term: str, marks: list[_Mark], words: Words) -> float:
    lines = wrapped(term_in_words(term, words), LEFT - EDGE - SIGN_WIDTH - 20, SIZE)
    return max(height_of(lines, SIZE), MARK_STEP * len(marks)) + ROW_GAP


def _draw_rows(
    sheet: Sheet, fits: Sequence[DrawnFit], rows: dict[str, list[_Mark]], at: tuple[Axis, float, bool], words: Words
) -> float:
    across, y, is_standardised = at
    sheet.words(LEFT - 20 - SIGN_WIDTH / 2, y - 8, words.say("expected"), 12, anchor="middle", fill=MUTED)
    for term, marks in rows.items():
        height = _height(term, marks, words)
        smallest = _smallest(term, fits, is_standardised=is_standardised)
        if smallest:
            reach = min(smallest, across.highest), max(-smallest, across.lowest)
            left, right = across(reach[1]), across(reach[0])
            sheet.box(left, y, (right - left, height - 2), BAND, BAND)
        lines = wrapped(term_in_words(term, words), LEFT - EDGE - SIGN_WIDTH - 20, SIZE)
        is_focal = any(_is_focal(term, each) for each in fits)
        first = y + (height - height_of(lines, SIZE)) / 2 + SIZE - 2
        sheet.words(EDGE, first, lines, SIZE, is_bold=is_focal)
        sign = SIGNS.get(_expected(term, fits), "")
        sheet.words(LEFT - 20 - SIGN_WIDTH / 2, y + height / 2 + 5, sign, 15, anchor="middle")
        y += height
    return y


def _smallest(term: str, fits: Sequence[DrawnFit], *, is_standardised: bool) -> float:
    """Return the smallest effect of interest of a focal term, in the unit drawn; nought without one."""
    for fit in fits:
        smallest = fit.spec.smallest_effect_of_interest
        if smallest is None or not _is_focal(term, fit):
            continue
        raw = fit.estimates.loc[fit.estimates["term"] == term, "estimate"]
        is_wanted = (fit.readings["term"] == term) & (fit.readings["reading"] == "standardised")
        scaled = fit.readings.loc[is_wanted, "value"]
        if not is_standardised:
            return smallest
        if len(raw) and len(scaled) and float(raw.iloc[0]):
            return smallest * float(scaled.iloc[0]) / float(raw.iloc[0])
    return 0.0


def _axis(sheet: Sheet, across: Axis, top: float, bottom: float, told: tuple[str, Words]) -> None:
    unit, words = told
    for tick, text in labelled(across.ticks(6), words):
        at = across(tick)
        sheet.line((at, top), (at, bottom), INK if tick == 0 else LINE, 1.2 if tick == 0 else 1)
        sheet.words(at, bottom + 18, text, 12, anchor="middle", fill=MUTED)
    lines = wrapped(unit, across.end - across.start, SIZE)
    sheet.words((across.start + across.end) / 2, bottom + 38, lines, SIZE, anchor="middle", fill=MUTED)


def _marks(
    sheet: Sheet, fits: Sequence[DrawnFit], rows: dict[str, list[_Mark]], across: Axis, top: float, words: Words
) -> None:
    y = top
    for term, marks in rows.items():
        height = _height(term, marks, words)
        first = y + (height - MARK_STEP * (len(marks) - 1)) / 2
        for step, mark in enumerate(marks):
            middle, colour = first + MARK_STEP * step, SERIES[mark.place]
            if not np.isnan(mark.low):
                low, high = max(mark.low, across.lowest), min(mark.high, across.highest)
                sheet.line((across(low), middle), (across(high), middle), colour, 2.2)
            is_hollow = fits[mark.place].label == "exploratory"
            sheet.dot(across(mark.value), middle, colour, SHAPES[mark.place], is_hollow=is_hollow)
        y += height


def _said(fits: Sequence[DrawnFit], rows: dict[str, list[_Mark]], words: Words) -> str:
    return words.say("coefficients_said", n=len(fits), all=" ".join(_each_said(fits, rows, words)))


def _each_said(fits: Sequence[DrawnFit], rows: dict[str, list[_Mark]], words: Words) -> Iterator[str]:
    for term, marks in rows.items():
        sign = _expected(term, fits)
        expected = words.say("expected_said", sign=words.say(sign)) if sign else ""
        for mark in marks:
            value, low, high = (words.number(each) for each in (mark.value, mark.low, mark.high))
            told = {"value": value, "low": low, "high": high, "expected": expected}
            fit = fits[mark.place]
            yield words.say("coefficient_said", term=term_in_words(term, words), fit=fit.title, **told)
