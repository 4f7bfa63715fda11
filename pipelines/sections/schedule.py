"""When a study runs by itself, what a failed run does next, and when an export is expected."""

from typing import Literal

from pydantic import Field, field_validator

from instruments.spec_file import Spec
from pipelines.sections.names import known_time_zone

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
CRON_FIELDS = (
    ("minute", 0, 59, {}),
    ("hour", 0, 23, {}),
    ("day of the month", 1, 31, {}),
    ("month", 1, 12, {name: number for number, name in enumerate(MONTHS, start=1)}),
    ("day of the week", 0, 7, {name: number for number, name in enumerate(WEEKDAYS)}),
)
MOST_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def known_cron(line: str) -> str:
    """Return a cron line of five fields, or raise ValueError that says which field can never be right."""
    fields = line.split()
    if len(fields) != len(CRON_FIELDS):
        raise ValueError(f"expected five fields such as 0 3 * * *, found {len(fields)}")
    allowed = [
        {value for part in text.lower().split(",") for value in _cron_values(part, *field)}
        for text, field in zip(fields, CRON_FIELDS, strict=True)
    ]
    _, _, days, months, _ = allowed
    if min(days) > max(MOST_DAYS[month - 1] for month in months):
        raise ValueError(f"no month has such a day: day of the month {fields[2]}, month {fields[3]}")
    return line


def _cron_values(part: str, field: str, least: int, most: int, names: dict[str, int]) -> range:
    """Read one number, name, range or ``*`` of a cron field, each with or without a step, such as 1-5/2."""
    span, has_step, step = part.partition("/")
    first, is_range, last = (str(least), "-", str(most)) if span == "*" else span.partition("-")
    numbers = [str(names.get(text, text)) for text in (first, last if is_range else first, step if has_step else "1")]
    if not all(text.isascii() and text.isdigit() for text in numbers):
        raise ValueError(f"the {field} '{part}' is no number, name, range or *")
    start, stop, every = map(int, numbers)
    if not least <= start <= stop <= most or not 1 <= every <= most:
        raise ValueError(f"the {field} '{part}' is not within {least} to {most}, smaller number first and steps from 1")
    return range(start, (most if has_step and not is_range else stop) + 1, every)


class Schedule(Spec):
    """When a study runs by itself, what a failed run does next, and when an export is expected.

    Attributes:
        cron: Five fields of a cron line: minute, hour, day of the month, month, day of the week.
        pull_cron: When sources with ``pull`` are fetched; left out, at ``cron``. What was fetched is run as it arrives.
        time_zone: IANA name; the days of waves begin and end there too. A time that the clock skips in spring is the
            first that it shows after it, one that it shows twice in autumn comes once.
        retries: How often a run that failed is tried again by itself. A run that the data or the specifications
            stopped is not: it needs a person.
        retry_after_minutes: Wait before the first further try; it doubles with every try.
        backfill: Which waves the schedule brings up to date: ``all``, oldest first, or the ``latest`` that has
            exports. A wave whose files change is run either way.
        while_open: What happens by itself before the end of a wave's last day: ``run`` everything; ``score_only``, no
            measurement specification and no model; ``wait``, the wave is not read.
        expected_every_hours: Longest time between exports of a wave in the field, in hours; left out, none is late.
    """

    cron: str = "0 3 * * *"
    pull_cron: str | None = None
    time_zone: str = "UTC"
    retries: int = Field(default=2, ge=0, le=10)
    retry_after_minutes: float = Field(default=10, ge=1, le=1440)
    backfill: Literal["all", "latest"] = "all"
    while_open: Literal["run", "score_only", "wait"] = "run"
    expected_every_hours: float | None = Field(default=None, gt=0, le=8784)

    @field_validator("cron", "pull_cron")
    @classmethod
    def _is_a_cron_line(cls, line: str | None) -> str | None:
        return None if line is None else known_cron(line)

    @field_validator("time_zone")
    @classmethod
    def _is_a_time_zone(cls, name: str) -> str:
        return known_time_zone(name)
