"""Where answers come from: the exports of every wave and what their columns hold."""

from typing import Annotated, Literal, Self, cast

from pydantic import BeforeValidator, Field, field_validator, model_validator

from instruments.sections.response_scale import MissingReason
from instruments.spec_file import Name, Spec
from pipelines.sections.names import known_time_zone, plain_file_name
from pipelines.sections.pulling import Pull

PlatformName = Literal[
    "qualtrics",
    "limesurvey",
    "redcap",
    "kobo",
    "spss",
    "stata",
    "surveyxact",
    "sosci",
    "efs",
    "surveymonkey",
    "microsoft_forms",
    "google_forms",
    "enalyzer",
    "generic",
]


DateOrder = Literal["day_first", "month_first"]


def _column_or_options(value: object) -> object:
    if isinstance(value, str):
        return value
    named = cast("dict[object, object]", value) if isinstance(value, dict) else {}
    if not named or any(type(code) is not int or not isinstance(column, str) for code, column in named.items()):
        raise ValueError(
            "expected the name of a column, or for a multiple choice code: column for every option, as {1: Q5_1, "
            "2: Q5_2}; write names that are numbers in quotation marks"
        )
    return named


ColumnOfItem = Annotated[str | dict[int, str], BeforeValidator(_column_or_options)]
"""A column, or code → column for the options of a multiple choice."""


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
        response_seconds: Column with the time taken; without one, or in a blank cell, it is from start to end.
        is_finished: Column that says whether the respondent reached the end.
        recorded_at: Column with the time the platform last changed the response; of two exports with the same response
            the later one counts.
        platform_disposition: Column with the platform's status of the contact; what its texts mean is in
            ``dispositions.platform_status``.
        repeat_instrument: Column with the name of a repeated block; rows that have one go to ``core.repeats``.
        repeat_instance: Column with the number of the repetition.
        link_code: Element of the study's ``linking.code`` → column that holds it.
        dyads: Kind of dyad, such as ``staff_manager`` → column with the ``respondent_key`` of the other person.
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
    recorded_at: str | None = None
    platform_disposition: str | None = None
    repeat_instrument: str | None = None
    repeat_instance: str | None = None
    link_code: dict[Name, str] = {}
    dyads: dict[Name, str] = {}


class Source(Spec):
    """One stream of exports of one wave.

    Attributes:
        wave: The wave it belongs to.
        files: Name of the export in ``exports/``, or a pattern with ``*`` when a new export comes every day.
        structure: Files in ``exports/`` that define the survey: a QSF, an .lss, a data dictionary, an XLSForm …
        sheet: Sheet of a workbook that holds the answers; the first one with a table when not given.
        platform: Who wrote the file; recognised by content when not given.
        form: The form that its respondents were given; it says the instruments, the respondent group and what was not
            asked.
        instruments: Instruments it administered, where it has no form; all of the study's when empty.
        respondent_group: Group of every respondent of the source.
        groups: The text of the group column → respondent group.
        language: Language of every respondent of the source.
        identifiers: Columns with keys and paradata; the platform's own when not given.
        columns: Item → column, where the column is not called as the item: its header, or the platform's id of the
            question. For a multiple choice whose options are columns also the id or tag of the question, or code →
            column for every option.
        constants: Item → code for every row, for what the source as a whole has in common.
        not_administered: Items that this source did not ask.
        only: Column → texts: only rows that hold one of them belong to the source, such as one event of a project.
        without: Column → texts: rows that hold one of them are nobody's answers, such as the benchmarks at the top of a
            published table; they are counted like test responses. One column, with ``platform: generic``.
        repeats_of: Source whose responses the rows repeat, as in the child table of a repeated group;
            ``identifiers.response_id`` is then the column with the id of the response they belong to.
        missing: Cell text → missing reason, in every column.
        encoding: Text encoding; recognised when not given.
        delimiter: Column separator; recognised when not given.
        decimal: Decimal sign of numbers.
        header_rows: Rows above the first answer; recognised when not given.
        time_zone: Time zone of time stamps without one, such as Europe/Copenhagen.
        date_order: Whether 03/04/2026 is the third of April (``day_first``) or the fourth of March (``month_first``);
            needed only where time stamps and dates do not show it. For the whole export, or by column where its
            columns differ.
        pull: Platform from which ``sensemaking pull`` fetches the exports; ``files`` is then a pattern with one ``*``,
            which becomes the number of the export, and ends in .csv.
    """

    wave: Name
    files: str
    structure: tuple[str, ...] = ()
    sheet: str | None = None
    platform: PlatformName | None = None
    form: Name | None = None
    instruments: tuple[Name, ...] = ()
    respondent_group: Name | None = None
    groups: dict[str, Name] = {}
    language: str | None = None
    identifiers: Identifiers = Identifiers()
    columns: dict[Name, ColumnOfItem] = {}
    constants: dict[Name, int | float | str] = {}
    not_administered: tuple[Name, ...] = ()
    only: dict[str, tuple[str, ...]] = {}
    without: dict[str, tuple[str, ...]] = Field(default={}, max_length=1)
    repeats_of: Name | None = None
    missing: dict[str, MissingReason] = {}
    encoding: str | None = None
    delimiter: str | None = Field(default=None, min_length=1, max_length=1)
    decimal: Literal[".", ","] = "."
    header_rows: int | None = Field(default=None, ge=1, le=5)
    time_zone: str | None = None
    date_order: DateOrder | dict[str, DateOrder] | None = None
    pull: Pull | None = None

    @field_validator("time_zone")
    @classmethod
    def _is_a_time_zone(cls, name: str | None) -> str | None:
        return name if name is None else known_time_zone(name)

    @field_validator("structure")
    @classmethod
    def _lie_in_exports(cls, files: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(plain_file_name(name, "exports/") for name in files)

    @field_validator("files")
    @classmethod
    def _stays_in_exports(cls, files: str) -> str:
        if "[" in files:
            raise ValueError("a pattern may hold * and ?; take the [ out, of the file's name too")
        return plain_file_name(files, "exports/")

    @model_validator(mode="after")
    def _can_be_pulled(self) -> Self:
        if self.pull is None:
            return self
        if self.files.count("*") != 1 or "?" in self.files or not self.files.endswith(".csv"):
            raise ValueError("a source that is pulled needs a pattern with one *, such as staff-*.csv, under files")
        if (self.repeats_of is not None) != bool(self.pull.repeat):
            raise ValueError(
                "repetitions of a Kobo or ODK form are pulled with both: repeats_of, the source whose responses they "
                "belong to, and under pull repeat, the repeated group"
            )
        platform = "kobo" if self.pull.platform == "odk" else self.pull.platform
        if self.platform not in (None, platform):
            raise ValueError(f"what is pulled from {self.pull.platform} is read as platform {platform}")
        return self
