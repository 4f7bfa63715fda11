"""What a study specification says: waves, sources, groups, rules. No files, no tables."""

import datetime as dt
from typing import Literal, Self
from zoneinfo import available_timezones

from pydantic import Field, field_validator, model_validator

from instruments.spec import MissingReason
from instruments.spec_file import Name, Spec, Texts

LEAST_CELL_SIZE_FLOOR = 5
PlatformName = Literal["qualtrics", "limesurvey", "generic"]
DashboardLanguage = Literal["en", "da"]
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


def known_time_zone(name: str) -> str:
    """Return the name of a time zone, or raise ValueError when there is none of that name."""
    if name not in available_timezones():
        raise ValueError(f"there is no time zone '{name}'; expected a name such as Europe/Copenhagen")
    return name


def plain_file_name(name: str, folder: str) -> str:
    """Return the name of a file that lies in a folder itself, or raise ValueError when it leads elsewhere."""
    if "/" in name or "\\" in name or name.startswith("."):
        raise ValueError(f"expected a file name in {folder}, without folders")
    return name


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


class Wave(Spec):
    """One round of the survey.

    Attributes:
        title: Title by language.
        starts_on: First day in the field.
        ends_on: Last day in the field.
    """

    title: Texts = {}
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None


class Identifiers(Spec):
    """Columns that say whose answers a row holds; a column without a header is called ``column_<position>``.

    Attributes:
        response_id: Column with the platform's id of the response; rows are numbered when the export has none.
        organisation_id: Column with the organisation.
        respondent_key: Column that is the same for a person in every wave, and in the frame.
        respondent_group: Column with the group; or give the source's ``respondent_group``.
        language: Column with the language; or give the source's ``language``.
        started_at: Column with the start.
        ended_at: Column with the end.
        response_seconds: Column with the time taken.
        is_finished: Column that says whether the respondent reached the end.
    """

    response_id: str | None = None
    organisation_id: str | None = None
    respondent_key: str | None = None
    respondent_group: str | None = None
    language: str | None = None
    started_at: str | None = None
    ended_at: str | None = None
    response_seconds: str | None = None
    is_finished: str | None = None


class Source(Spec):
    """One stream of exports of one wave.

    Attributes:
        wave: The wave it belongs to.
        files: Name of the export in ``exports/``, or a pattern with ``*`` when a new export comes every day.
        platform: Who wrote the file; recognised by content when not given.
        instruments: Instruments it administered; all of the study's when empty.
        respondent_group: Group of every respondent of the source.
        groups: The text of the group column → respondent group.
        language: Language of every respondent of the source.
        identifiers: Columns with keys and paradata; the platform's own when not given.
        columns: Item → column, where the column is not called as the item.
        constants: Item → code for every row, for what the source as a whole has in common.
        not_administered: Items that this source did not ask.
        missing: Cell text → missing reason, in every column.
        encoding: Text encoding; recognised when not given.
        delimiter: Column separator; recognised when not given.
        decimal: Decimal sign of numbers.
        header_rows: Rows above the first answer; recognised when not given.
        time_zone: Time zone of time stamps without one, such as Europe/Copenhagen.
    """

    wave: Name
    files: str
    platform: PlatformName | None = None
    instruments: tuple[Name, ...] = ()
    respondent_group: Name | None = None
    groups: dict[str, Name] = {}
    language: str | None = None
    identifiers: Identifiers = Identifiers()
    columns: dict[Name, str] = {}
    constants: dict[Name, int | float | str] = {}
    not_administered: tuple[Name, ...] = ()
    missing: dict[str, MissingReason] = {}
    encoding: str | None = None
    delimiter: str | None = Field(default=None, min_length=1, max_length=1)
    decimal: Literal[".", ","] = "."
    header_rows: int | None = Field(default=None, ge=1, le=5)
    time_zone: str | None = None

    @field_validator("time_zone")
    @classmethod
    def _is_a_time_zone(cls, name: str | None) -> str | None:
        return name if name is None else known_time_zone(name)

    @field_validator("files")
    @classmethod
    def _stays_in_exports(cls, files: str) -> str:
        if "[" in files:
            raise ValueError("a pattern may hold * and ?; take the [ out, of the file's name too")
        return plain_file_name(files, "exports/")


class Frame(Spec):
    """The list of invited units, for response rates.

    Attributes:
        file: CSV in the study folder with the columns unit_id, wave, organisation_id, respondent_group and, where
            known, disposition.
        because: Where the list comes from.
    """

    file: str
    because: str = ""

    @field_validator("file")
    @classmethod
    def _stays_in_the_study(cls, file: str) -> str:
        return plain_file_name(file, "the study folder")


class Dispositions(Spec):
    """When a response counts as complete or partial.

    Attributes:
        complete_if_share_answered_at_least: Of the administered items, 0 to 1.
        partial_if_share_answered_at_least: Of the administered items, 0 to 1; below it the response is a break-off.
    """

    complete_if_share_answered_at_least: float = Field(default=0.8, ge=0, le=1)
    partial_if_share_answered_at_least: float = Field(default=0.5, ge=0, le=1)

    @model_validator(mode="after")
    def _partial_is_less(self) -> Self:
        if self.partial_if_share_answered_at_least > self.complete_if_share_answered_at_least:
            raise ValueError("the share for a partial response is above the share for a complete one")
        return self


class Release(Spec):
    """What may leave the warehouse.

    Attributes:
        least_cell_size: Fewest people behind a published figure; never under 5.
        languages: Languages of the dashboard.
    """

    least_cell_size: int = Field(default=10, ge=LEAST_CELL_SIZE_FLOOR)
    languages: tuple[DashboardLanguage, ...] = Field(default=("en", "da"), min_length=1)

    @field_validator("languages")
    @classmethod
    def _stand_once(cls, languages: tuple[DashboardLanguage, ...]) -> tuple[DashboardLanguage, ...]:
        if len(set(languages)) < len(languages):
            raise ValueError("a language stands twice; keep one")
        return languages


class Schedule(Spec):
    """When exports are looked for.

    Attributes:
        cron: Five fields of a cron line: minute, hour, day of the month, month, day of the week.
        time_zone: IANA name.
    """

    cron: str = "0 3 * * *"
    time_zone: str = "UTC"

    @field_validator("cron")
    @classmethod
    def _is_a_cron_line(cls, line: str) -> str:
        return known_cron(line)

    @field_validator("time_zone")
    @classmethod
    def _is_a_time_zone(cls, name: str) -> str:
        return known_time_zone(name)


class StudySpec(Spec):
    """A study: what it is, who answers, its content, its rules.

    Attributes:
        name: The study's name.
        title: Title by language.
        is_synthetic: Whether the answers are invented; then every page says so.
        target_population: Whom the study speaks about.
        waves: Waves by name, in order.
        respondent_groups: Groups by code, with their title.
        instruments: Names of instruments, from the study's folder or the built-in library.
        sources: Sources by name.
        frame: The list of invited units.
        models: Names of models, from the study's folder or the built-in library.
        invalid_answers: ``block`` stops the run; ``set_missing`` stores the reason ``invalid`` and goes on.
        dispositions: When a response is complete or partial.
        release: What may leave the warehouse.
        schedule: When exports are looked for.
    """

    name: Name
    title: Texts
    is_synthetic: bool = False
    target_population: str = ""
    waves: dict[Name, Wave] = Field(min_length=1)
    respondent_groups: dict[Name, Texts] = Field(min_length=1)
    instruments: tuple[Name, ...] = Field(min_length=1)
    sources: dict[Name, Source] = Field(min_length=1)
    frame: Frame | None = None
    models: tuple[Name, ...] = ()
    invalid_answers: Literal["block", "set_missing"] = "block"
    dispositions: Dispositions = Dispositions()
    release: Release = Release()
    schedule: Schedule = Schedule()
