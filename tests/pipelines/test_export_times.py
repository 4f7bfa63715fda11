"""When a wave is in the field and when an export of it is late, whatever the clock does."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.sections.fieldwork import Wave
from pipelines.sections.schedule import Schedule
from pipelines.steps.export_times import field_times, is_open, late_export

COPENHAGEN = "Europe/Copenhagen"
WAVE = Wave(starts_on=dt.date(2026, 3, 2), ends_on=dt.date(2026, 4, 10))
DAILY = Schedule(time_zone=COPENHAGEN, expected_every_hours=24)
HOUR = dt.timedelta(hours=1)


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


MOMENTS = st.integers(0, 90 * 24 * 60).map(lambda minutes: utc("2026-02-01T00:00") + dt.timedelta(minutes=minutes))


def test_days_of_a_wave_are_those_of_the_time_zone_on_both_sides_of_the_change_of_clocks():
    assert field_times(WAVE, COPENHAGEN) == (utc("2026-03-01T23:00"), utc("2026-04-10T22:00"))


@pytest.mark.parametrize(
    ("now", "expected"), [("2026-04-10T21:59", True), ("2026-04-10T22:00", False), ("2026-01-01T00:00", True)]
)
def test_a_wave_is_open_until_its_last_day_is_over(now: str, expected: bool):
    assert is_open(WAVE, COPENHAGEN, utc(now)) is expected


def test_a_wave_without_last_day_is_never_open_and_never_late():
    endless = Wave(starts_on=WAVE.starts_on)
    assert not is_open(endless, COPENHAGEN, utc("2026-03-10T00:00"))
    assert late_export("autumn", endless, DAILY, None, utc("2027-01-01T00:00")) is None


@pytest.mark.parametrize(
    ("newest", "now", "hours_late"),
    [
        (None, "2026-03-02T23:00", None),
        (None, "2026-03-03T01:00", 2.0),
        ("2026-03-05T10:00", "2026-03-06T10:00", None),
        ("2026-03-05T10:00", "2026-03-06T11:00", 1.0),
        ("2026-02-20T10:00", "2026-03-03T00:00", 1.0),
        ("2026-03-28T23:00", "2026-03-30T00:00", 1.0),
        ("2026-04-10T21:00", "2026-04-12T21:00", 24.0),
        ("2026-04-10T22:00", "2026-06-01T00:00", None),
        ("2026-12-24T00:00", "2026-03-06T11:00", None),
    ],
    ids=[
        "none yet, not due",
        "none yet, due",
        "as expected",
        "an hour late",
        "a file from before the field",
        "elapsed hours over the change of clocks",
        "the last one is missing",
        "the last one came",
        "a file from the future",
    ],
)
def test_an_export_is_late_when_it_should_have_come(newest: str | None, now: str, hours_late: float | None):
    late = late_export("autumn", WAVE, DAILY, utc(newest) if newest else None, utc(now))
    assert (late and late.hours_late) == hours_late


def test_nothing_is_late_where_nothing_is_expected():
    assert late_export("autumn", WAVE, Schedule(), None, utc("2027-01-01T00:00")) is None


@given(newest=MOMENTS, now=MOMENTS, waited=st.timedeltas(dt.timedelta(0), dt.timedelta(days=30)))
def test_what_is_late_stays_late_until_an_export_comes_and_a_newer_export_never_makes_it_later(
    newest: dt.datetime, now: dt.datetime, waited: dt.timedelta
):
    newest = min(newest, now)
    late = late_export("autumn", WAVE, DAILY, newest, now)
    later = late_export("autumn", WAVE, DAILY, newest, now + waited)
    fresher = late_export("autumn", WAVE, DAILY, min(newest + waited, now), now)
    if late is not None:
        assert later is not None
        assert later.hours_late == pytest.approx(late.hours_late + waited / HOUR)
    if fresher is not None:
        assert late is not None
        assert fresher.hours_late <= late.hours_late
