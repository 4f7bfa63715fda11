"""Numbers and dates as a language writes them: decimal sign, thousands, per cent, minus, names of months."""

import datetime as dt
import math
from collections.abc import Iterable, Mapping

import pandas as pd

MISSING = "–"
INFINITE = "\N{INFINITY}"
_SIGNS: Mapping[str, tuple[str, str, str]] = {"en": (".", ",", "%"), "da": (",", ".", "\N{NO-BREAK SPACE}%")}
_MONTHS: Mapping[str, str] = {
    "en": "January February March April May June July August September October November December",
    "da": "januar februar marts april maj juni juli august september oktober november december",
}
_LEAST_P_VALUE = 0.001
_MOST_PLACES = 6


def decimal(value: float | None, language: str, places: int = 2) -> str:
    """Write a number with a fixed count of decimals, zero without a sign; a dash when it is missing."""
    if value is None or pd.isna(value):
        return MISSING
    point, thousands, _ = _SIGNS[language]
    if math.isinf(value):
        return INFINITE if value > 0 else f"\N{MINUS SIGN}{INFINITE}"
    written = f"{round(float(value), places) + 0.0:,.{places}f}".replace("-", "\N{MINUS SIGN}")
    return written.translate(str.maketrans({".": point, ",": thousands}))


def places_for(ends: Iterable[float], least: int = 2) -> int:
    """Return how many decimals the ends of an interval need so that none but zero itself reads as zero, 6 at most."""
    known = [float(end) for end in ends if not pd.isna(end) and end != 0]
    enough = (places for places in range(least, _MOST_PLACES) if all(round(end, places) for end in known))
    return next(enough, _MOST_PLACES)


def signed(value: float | None, language: str, places: int = 2) -> str:
    """Write a difference with its sign; one that rounds to nothing has none."""
    written = decimal(value, language, places)
    return f"+{written}" if value is not None and not pd.isna(value) and round(float(value), places) > 0 else written


def whole(value: float | None, language: str) -> str:
    """Write a count."""
    return decimal(value, language, 0)


def percent(value: float | None, language: str) -> str:
    """Write a number of per cent, 0 to 100, without decimals."""
    return MISSING if value is None or pd.isna(value) else decimal(value, language, 0) + _SIGNS[language][2]


def p_value(value: float | None, language: str) -> str:
    """Write a p-value with three decimals; one that rounds to nothing as less than 0.001."""
    if value is not None and not pd.isna(value) and value < _LEAST_P_VALUE:
        return f"< {decimal(_LEAST_P_VALUE, language, 3)}"
    return decimal(value, language, 3)


def date(iso: str, language: str) -> str:
    """Write the day of an ISO time; the text itself when it is no time."""
    try:
        day = dt.datetime.fromisoformat(iso)
    except ValueError:
        return iso
    month = _MONTHS[language].split()[day.month - 1]
    return f"{day.day}. {month} {day.year}" if language == "da" else f"{day.day} {month} {day.year}"


def vega_locale(language: str) -> dict[str, object]:
    """Return the number signs of a language in the form that Vega's ``config.locale.number`` takes."""
    point, thousands, _ = _SIGNS[language]
    return {"decimal": point, "thousands": thousands, "grouping": [3], "currency": ["", ""]}
