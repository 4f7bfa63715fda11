"""From which day on a release may be shown; a release without such a day may be shown at once."""

import datetime as dt

from instruments.faults import UsageError


def local_day() -> dt.date:
    """Return today by the clock and time zone of the machine."""
    return dt.datetime.now(dt.UTC).astimezone().date()


def is_out(embargo_until: str, day: dt.date) -> bool:
    """Tell whether a release may be shown on a day.

    Args:
        embargo_until: First day on which it may, ISO; empty without an embargo.
        day: The day.

    Raises:
        ValueError: When ``embargo_until`` is no day.
    """
    return not embargo_until or dt.date.fromisoformat(embargo_until) <= day


def embargo_day(text: str, day: dt.date) -> str:
    """Return what somebody gave as the first day on which a release may be shown; empty where nothing was given.

    Args:
        text: As given.
        day: Today.

    Raises:
        UsageError: When it is no day, or a day that is over.
    """
    if not text:
        return ""
    try:
        until = dt.date.fromisoformat(text)
    except ValueError:
        until = None
    if until is None or until.isoformat() != text:
        raise UsageError(f"the embargo '{text}' is no day; write year, month and day, such as 2026-12-24")
    if until < day:
        raise UsageError(f"the embargo until {text} is over already (today is {day}); give a later day, or none")
    return text
