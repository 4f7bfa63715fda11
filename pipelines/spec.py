"""What a study specification says: waves, sources, groups, rules. No files, no tables."""

import datetime as dt
from typing import Literal, Self
from zoneinfo import available_timezones

from pydantic import Field, field_validator, model_validator

from instruments.spec import MissingReason
from instruments.spec_file import Name, Spec, Texts

LEAST_CELL_SIZE_FLOOR = 5
PlatformName = Literal["qualtrics", "limesurvey", "generic"]


def known_time_zone(name: str) -> str:
    """Return the name of a time zone, or raise ValueError when there is none of that name."""
    if name not in available_timezones():
        raise ValueError(f"there is no time zone '{name}'; expected a name such as Europe/Copenhagen")
    return name


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
        if "/" in files or "\\" in files or files.startswith("."):
            raise ValueError("expected a file name in exports/, without folders")
        return files


class Frame(Spec):
    """The list of invited units, for response rates.

    Attributes:
        file: CSV in the study folder with the columns unit_id, wave, organisation_id, respondent_group and, where
            known, disposition.
        because: Where the list comes from.
    """

    file: str
    because: str = ""


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
    languages: tuple[str, ...] = ("en", "da")


class Schedule(Spec):
    """When exports are looked for.

    Attributes:
        cron: Five fields of a cron line.
        time_zone: IANA name.
    """

    cron: str = Field(default="0 3 * * *", pattern=r"^\s*(\S+\s+){4}\S+\s*$")
    time_zone: str = "UTC"

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
