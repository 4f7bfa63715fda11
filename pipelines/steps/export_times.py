"""When a wave is in the field, and whether an export of it is late. The clock is always given, never read."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from pipelines.sections.fieldwork import Wave
from pipelines.sections.schedule import Schedule
from pipelines.spec import StudySpec

ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class LateExport:
    """An export that should have come.

    Attributes:
        wave: The wave.
        due_at: When the next export was due, UTC.
        newest_at: When the newest export came, UTC; None when none came.
        hours_late: Time since it was due, in hours.
    """

    wave: str
    due_at: dt.datetime
    newest_at: dt.datetime | None
    hours_late: float


def field_times(wave: Wave, time_zone: str) -> tuple[dt.datetime | None, dt.datetime | None]:
    """Return when a wave begins and ends, UTC: its first day begins, its last day is over; None where not known."""
    zone = ZoneInfo(time_zone)
    begins = _midnight(wave.starts_on, zone) if wave.starts_on else None
    return begins, _midnight(wave.ends_on + ONE_DAY, zone) if wave.ends_on else None


def is_open(wave: Wave, time_zone: str, now: dt.datetime) -> bool:
    """Say whether answers may still come: the last day of a wave is not over. A wave without a last day is not open."""
    _, ends = field_times(wave, time_zone)
    return ends is not None and now < ends


def late_export(
    name: str, wave: Wave, schedule: Schedule, newest_at: dt.datetime | None, now: dt.datetime
) -> LateExport | None:
    """Find whether an export of a wave is late.

    One is due ``expected_every_hours`` after the newest, or after the wave began when there is none, until one came
    after the end. Nothing is due of a wave without first and last day. A newest export from the future counts as come
    now.

    Args:
        name: The wave's name.
        wave: What the study says of it.
        schedule: The study's schedule.
        newest_at: When the newest export came, with time zone; None when none came.
        now: The time, with time zone.

    Returns:
        The late export; None when none is late.
    """
    begins, ends = field_times(wave, schedule.time_zone)
    if schedule.expected_every_hours is None or begins is None or ends is None:
        return None
    newest = None if newest_at is None else min(newest_at.astimezone(dt.UTC), now)
    if newest is not None and newest >= ends:
        return None
    last = begins if newest is None else max(begins, newest)
    due = last + dt.timedelta(hours=schedule.expected_every_hours)
    if now <= due:
        return None
    return LateExport(name, due, newest, (now - due) / dt.timedelta(hours=1))


def late_exports(spec: StudySpec, newest: Mapping[str, dt.datetime], now: dt.datetime) -> list[LateExport]:
    """Find the late exports of a study, waves in their order.

    Args:
        spec: The study.
        newest: Wave → when its newest export came, with time zone; without waves that none came of.
        now: The time, with time zone.
    """
    found = (late_export(name, wave, spec.schedule, newest.get(name), now) for name, wave in spec.waves.items())
    return [each for each in found if each is not None]


def _midnight(day: dt.date, zone: ZoneInfo) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), zone).astimezone(dt.UTC)
