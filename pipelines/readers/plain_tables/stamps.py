"""One date or time stamp as people write it → its exact form with the day or the month first.

Put here what a single text shows; what the texts of a file show together is in ``date_order``.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from pipelines.sections.sources import DateOrder

_MOST_DAYS, _MOST_MONTHS = 31, 12
_TIME = r"(?:(?P<gap>,? )(?P<hour>\d{1,2})(?P<colon>[:.])\d{2}(?P<seconds>(?P=colon)\d{2})?(?P<half> ?[AaPp][Mm])?)?"
_ZONE = r"(?P<zone> ?(?:GMT|UTC)?[+-]\d{1,2}(?::?\d{2})?)?"
_DAY_OR_MONTH = re.compile(
    rf"(?P<first>\d{{1,2}})(?P<sign>[-/.])(?P<second>\d{{1,2}})(?P=sign)(?P<year>\d{{4}}|\d{{2}}){_TIME}{_ZONE}"
)
_YEAR_FIRST = re.compile(rf"(?P<year>\d{{4}})(?P<sign>[-/.])\d{{1,2}}(?P=sign)\d{{1,2}}{_TIME}{_ZONE}")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}([ T]\d{2}:.*)?")
_DAYS: dict[DateOrder, str] = {"day_first": "%d{0}%m{0}%Y", "month_first": "%m{0}%d{0}%Y"}
_CLOCKS = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
ORDERS: tuple[DateOrder, ...] = ("day_first", "month_first")


@dataclass(frozen=True)
class Stamp:
    """One text: its form with the two orders, and which of them its numbers allow."""

    forms: dict[DateOrder, str]
    orders: frozenset[DateOrder]

    @property
    def has_century(self) -> bool:
        """Whether the year is written in full."""
        return all("%Y" in form for form in self.forms.values())


def common_orders(stamps: Iterable[Stamp]) -> frozenset[DateOrder]:
    """Return the orders that all of some time stamps allow."""
    return frozenset(ORDERS).intersection(*(stamp.orders for stamp in stamps))


def usual_forms(order: DateOrder, *, with_clock: bool) -> tuple[str, ...]:
    """Return the forms that are usual with an order, for a column that shows none; the year is always in full."""
    days = [_DAYS[order].format(sign) for sign in "-/."]
    return tuple(f"{day}{clock}" for day in days for clock in (_CLOCKS if with_clock else ("",)))


def stamp_of(text: str) -> Stamp | None:
    """Read a text as a time stamp that is not ISO; None when it is anything else."""
    if _ISO.fullmatch(text):
        return None
    year_first = _YEAR_FIRST.fullmatch(text)
    if year_first is not None:
        sign, clock = year_first["sign"], _clock(year_first)
        form = f"%Y{sign}%m{sign}%d{clock}"
        return Stamp(dict.fromkeys(ORDERS, form), frozenset(ORDERS))
    found = _DAY_OR_MONTH.fullmatch(text)
    if found is None:
        return None
    first, second, sign = int(found["first"]), int(found["second"]), found["sign"]
    year = "%Y" if len(found["year"]) > 2 else "%y"  # noqa: PLR2004 - a year in two digits
    tail = f"{sign}{year}{_clock(found)}"
    forms: dict[DateOrder, str] = {"day_first": f"%d{sign}%m{tail}", "month_first": f"%m{sign}%d{tail}"}
    fits = {"day_first": (first, second), "month_first": (second, first)}
    orders = [order for order in ORDERS if 0 < fits[order][0] <= _MOST_DAYS and 0 < fits[order][1] <= _MOST_MONTHS]
    return Stamp(forms, frozenset(orders)) if orders else None


def _clock(found: re.Match[str]) -> str:
    zone = " %z" if found["zone"] else ""
    if not found["hour"]:
        return zone
    hours = "%I" if found["half"] else "%H"
    seconds = f"{found['colon']}%S" if found["seconds"] else ""
    half = f"{' ' if found['half'].startswith(' ') else ''}%p" if found["half"] else ""
    return f"{found['gap']}{hours}{found['colon']}%M{seconds}{half}{zone}"
