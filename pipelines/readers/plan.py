"""A reading plan: everything that is known of an export before its answers are read. A plain value, no behaviour.

Readers make plans; ``pipelines.receive`` carries them out; ``inspect`` prints them with counts. Put here what every
platform has in common; nothing that only one platform knows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from instruments.faults import DataError
from instruments.spec import Instrument, ItemKind, MissingReason
from pipelines.spec import Source

Role = Literal[
    "metadata",
    "item",
    "multiple_choice_option",
    "open_text",
    "other_text",
    "timing",
    "display_order",
    "embedded",
    "weight",
    "score",
    "identifier",
    "repeat",
    "unknown",
]
KeyName = Literal[
    "response_id",
    "organisation_id",
    "respondent_key",
    "respondent_group",
    "language",
    "started_at",
    "ended_at",
    "response_seconds",
    "is_finished",
    "status",
]
HEAD_BYTES = 4_000_000


class ReadingError(DataError):
    """A file cannot be read as an export: what was expected, what was found, what to do.

    Attributes:
        file_name: Name of the file, without its folder.
        message: The three parts in one or more sentences, without any answer from the file.
    """

    def __init__(self, file_name: str, message: str) -> None:
        self.file_name = file_name
        self.message = message
        super().__init__(f"{file_name}: {message}")


@dataclass(frozen=True)
class Head:
    """The beginning of a file, decoded once, for every reader to look at.

    Attributes:
        file_name: Name without folder; never used to recognise the platform.
        encoding: ``utf-8``, ``utf-8-sig``, ``utf-16``, ``latin-1`` …
        delimiter: Column separator.
        rows: First rows as text cells, header rows included; a quoted line break does not end a row.
        is_whole: Whether ``rows`` are all rows of the file.
    """

    file_name: str
    encoding: str
    delimiter: str
    rows: tuple[tuple[str, ...], ...]
    is_whole: bool


@dataclass(frozen=True)
class PlannedColumn:
    """One column of an export and what its cells mean.

    Attributes:
        position: From 1, left to right.
        name: Its header; ``column_<position>`` where the header is blank; repeated ones get ``_2``, ``_3`` …
        source_id: The platform's own id of the question, such as a Qualtrics ImportId; the name when it has none.
        role: What kind of column it is; ``unknown`` is listed, never dropped.
        question_text: Question as the export words it.
        item: The instrument's item, for columns whose cells become answers.
        kind: The item's kind; None for columns that are not read into ``core``.
        codes: Folded cell text → code of a choice (labels and codes alike); see ``fold``.
        opt_outs: Folded cell text → missing reason.
        least: Smallest number allowed of a number.
        most: Largest number allowed.
        blank_means: Missing reason of an empty cell.
        is_personal_data: Whether cells may identify a person; they are then never printed.
    """

    position: int
    name: str
    source_id: str
    role: Role
    question_text: str = ""
    item: str | None = None
    kind: ItemKind | None = None
    codes: Mapping[str, int] = field(default_factory=dict)
    opt_outs: Mapping[str, MissingReason] = field(default_factory=dict)
    least: float | None = None
    most: float | None = None
    blank_means: MissingReason = "unknown_blank"
    is_personal_data: bool = False


@dataclass(frozen=True)
class ReadingPlan:
    """How to read one export.

    Attributes:
        platform: ``qualtrics``, ``limesurvey`` or ``generic``.
        layout: The platform's layout, such as ``three_header_rows`` or ``headers_stripped``.
        encoding: Text encoding.
        delimiter: Column separator.
        decimal: Decimal sign.
        time_zone: IANA zone of time stamps; empty when the export does not say.
        header_rows: Rows above the first answer.
        columns: Every column, by position.
        keys: What is known of a response → name of the column that holds it.
        preview_statuses: Folded texts of the status column that mark a preview.
        test_statuses: Folded texts of the status column that mark a test response.
        finished_texts: Folded texts of the finished column that mean yes.
        warnings: What a person should know before relying on the plan.
    """

    platform: str
    layout: str
    encoding: str
    delimiter: str
    decimal: str
    time_zone: str
    header_rows: int
    columns: tuple[PlannedColumn, ...]
    keys: Mapping[KeyName, str]
    preview_statuses: frozenset[str] = frozenset()
    test_statuses: frozenset[str] = frozenset()
    finished_texts: frozenset[str] = frozenset()
    warnings: tuple[str, ...] = ()

    def column(self, name: str) -> PlannedColumn:
        """Return the column of a name."""
        return next(column for column in self.columns if column.name == name)


@dataclass(frozen=True)
class Request:
    """What a study asks of a file: the source's settings and the instruments it administered.

    Attributes:
        source: The source; None for ``inspect`` without a study.
        instruments: Instruments whose items the columns hold.
    """

    source: Source | None = None
    instruments: tuple[Instrument, ...] = ()


class Reader(Protocol):
    """One survey platform."""

    platform: str

    def recognises(self, head: Head) -> bool:
        """Say from content alone whether the platform wrote the file."""
        ...

    def plan(self, head: Head, request: Request) -> ReadingPlan:
        """Make the reading plan.

        Raises:
            ReadingError: When the file contradicts the platform or the request.
        """
        ...


def fold(text: str) -> str:
    """Return the form in which cell texts are compared: outer blanks cut, inner blanks single, lower case."""
    return " ".join(text.split()).lower()
