"""Time stamps as people write them → their exact forms, once it is clear whether the day or the month comes first.

Put here what the texts themselves show; how forms are carried out is in ``keys``.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from pipelines.readers.first_cells import texts_below
from pipelines.readers.plain_tables.generic_columns import with_warnings
from pipelines.readers.plan import Head, KeyName, ReadingError, ReadingPlan, Request
from pipelines.sections.sources import DateOrder

_TIME_KEYS: tuple[KeyName, ...] = ("started_at", "ended_at", "recorded_at")
_MOST_DAYS, _MOST_MONTHS = 31, 12
_TIME = r"(?:(?P<gap>,? )(?P<hour>\d{1,2})(?P<colon>[:.])\d{2}(?P<seconds>(?P=colon)\d{2})?(?P<half> ?[AaPp][Mm])?)?"
_ZONE = r"(?P<zone> ?(?:GMT|UTC)?[+-]\d{1,2}(?::?\d{2})?)?"
_DAY_OR_MONTH = re.compile(
    rf"(?P<first>\d{{1,2}})(?P<sign>[-/.])(?P<second>\d{{1,2}})(?P=sign)(?P<year>\d{{4}}|\d{{2}}){_TIME}{_ZONE}"
)
_YEAR_FIRST = re.compile(rf"(?P<year>\d{{4}})(?P<sign>[-/.])\d{{1,2}}(?P=sign)\d{{1,2}}{_TIME}{_ZONE}")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}([ T]\d{2}:.*)?")
_ORDERS: tuple[DateOrder, ...] = ("day_first", "month_first")
_IN_WORDS = {"day_first": "the day first", "month_first": "the month first"}


@dataclass(frozen=True)
class _Stamp:
    """One text: its form with the two orders, and which of them its numbers allow."""

    forms: dict[DateOrder, str]
    orders: frozenset[DateOrder]


def with_time_formats(plan: ReadingPlan, head: Head, request: Request, habit: DateOrder | None = None) -> ReadingPlan:
    """State the forms of the time stamps of a plan.

    Args:
        plan: The bound plan; its time keys say which columns count.
        head: The beginning of the file: all its rows decide together.
        request: The source may state ``date_order``.
        habit: What the platform is known to write, where the texts leave it open.

    Returns:
        The plan with ``time_formats``; without a study an open order is a warning, and the likely one is named: clocks
        of twice twelve hours go with the month first.

    Raises:
        ReadingError: When the texts contradict each other or the source, or, in a study, leave the order open.
    """
    names = {plan.keys[key] for key in _TIME_KEYS if key in plan.keys}
    columns = [column for column in plan.columns if column.name in names]
    texts = [text for each in columns for text in texts_below(head, plan.header_rows, each.position)]
    stamps = [stamp for text in dict.fromkeys(texts) if (stamp := _stamp(text)) is not None]
    if not stamps:
        return plan
    stated = request.source.date_order if request.source else None
    order = _order(head.file_name, stamps, stated) or habit
    if order is None:
        if request.source is not None:
            raise ReadingError(head.file_name, _open(columns[0].name))
        likely: DateOrder = (
            "month_first" if any("%p" in stamp.forms["month_first"] for stamp in stamps) else "day_first"
        )
        return replace(with_warnings(plan, _open(columns[0].name)), open_date_order=likely)
    return replace(plan, time_formats=tuple(dict.fromkeys(stamp.forms[order] for stamp in stamps)))


def date_orders(texts: Iterable[str]) -> frozenset[DateOrder]:
    """Say which orders of day and month all texts allow; both when none of them is such a date."""
    return _common([stamp for text in texts if (stamp := _stamp(text)) is not None])


def _order(file_name: str, stamps: Sequence[_Stamp], stated: DateOrder | None) -> DateOrder | None:
    """Return the order that all texts allow, the stated one when they allow both, None when it stays open."""
    allowed = _common(stamps)
    if not allowed:
        raise ReadingError(
            file_name,
            "expected time stamps in one form, found some that can only have the day first and some that can only have "
            "the month first; export the file again without opening it in a spreadsheet",
        )
    if stated is not None and stated not in allowed:
        raise ReadingError(
            file_name,
            f"date_order says {stated}, but the time stamps can only have {_IN_WORDS[next(iter(allowed))]}; "
            "correct date_order or leave it out",
        )
    return stated or (next(iter(allowed)) if len(allowed) == 1 else _if_all_the_same(stamps))


def _if_all_the_same(stamps: Sequence[_Stamp]) -> DateOrder | None:
    """Return any order when it makes no difference to the forms, as for dates that begin with the year."""
    return _ORDERS[0] if all(len(set(stamp.forms.values())) == 1 for stamp in stamps) else None


def _common(stamps: Iterable[_Stamp]) -> frozenset[DateOrder]:
    return frozenset(_ORDERS).intersection(*(stamp.orders for stamp in stamps))


def _stamp(text: str) -> _Stamp | None:
    """Read a text as a time stamp that is not ISO; None when it is anything else."""
    if _ISO.fullmatch(text):
        return None
    year_first = _YEAR_FIRST.fullmatch(text)
    if year_first is not None:
        sign, clock = year_first["sign"], _clock(year_first)
        form = f"%Y{sign}%m{sign}%d{clock}"
        return _Stamp(dict.fromkeys(_ORDERS, form), frozenset(_ORDERS))
    found = _DAY_OR_MONTH.fullmatch(text)
    if found is None:
        return None
    first, second, sign = int(found["first"]), int(found["second"]), found["sign"]
    year = "%Y" if len(found["year"]) > 2 else "%y"  # noqa: PLR2004 - a year in two digits
    tail = f"{sign}{year}{_clock(found)}"
    forms: dict[DateOrder, str] = {"day_first": f"%d{sign}%m{tail}", "month_first": f"%m{sign}%d{tail}"}
    fits = {"day_first": (first, second), "month_first": (second, first)}
    orders = [order for order in _ORDERS if 0 < fits[order][0] <= _MOST_DAYS and 0 < fits[order][1] <= _MOST_MONTHS]
    return _Stamp(forms, frozenset(orders)) if orders else None


def _clock(found: re.Match[str]) -> str:
    zone = " %z" if found["zone"] else ""
    if not found["hour"]:
        return zone
    hours = "%I" if found["half"] else "%H"
    seconds = f"{found['colon']}%S" if found["seconds"] else ""
    half = f"{' ' if found['half'].startswith(' ') else ''}%p" if found["half"] else ""
    return f"{found['gap']}{hours}{found['colon']}%M{seconds}{half}{zone}"


def _open(column: str) -> str:
    return (
        f"the time stamps of '{column}' do not show whether the day or the month comes first, as no number in them is "
        "above 12; give date_order: day_first or date_order: month_first"
    )
