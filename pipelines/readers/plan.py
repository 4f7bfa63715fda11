"""A reading plan: everything that is known of an export before its answers are read. A plain value, no behaviour.

Readers make plans; ``pipelines.receive`` carries them out; ``inspect`` prints them with counts. Put here what every
platform has in common; nothing that only one platform knows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from instruments.faults import DataError
from instruments.sections.response_scale import MissingReason
from instruments.spec import Instrument, ItemKind
from pipelines.readers.structure import Question, Structure
from pipelines.sections.sources import DateOrder, Source

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
    "recorded_at",
    "last_page",
    "platform_disposition",
    "repeat_instrument",
    "repeat_instance",
]
Unreached = Literal["", "after_last_answer", "after_last_page"]
Written = Literal["", "codes", "labels"]
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
        container: ``text``, ``workbook``, ``spss``, ``stata`` or ``limesurvey_xml``: in what the cells came.
        structure: What the file itself says of its questions, such as the labels of an SPSS file; None when nothing.
        warnings: What a person should know of the file before its columns are looked at, such as further sheets.
    """

    file_name: str
    encoding: str
    delimiter: str
    rows: tuple[tuple[str, ...], ...]
    is_whole: bool
    container: str = "text"
    structure: Structure | None = None
    warnings: tuple[str, ...] = ()


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
        question: The question, where a structure says more of it than the header does.
        option: For a column that holds one option of a multiple choice: the option's code as the platform writes it
            (``question.options``); once bound to an item, the instrument's code. Empty for other columns.
        separator: For a column that holds all ticked options of a multiple choice in one cell: what separates them.
        ticked: For an option's column: folded texts that mean ticked; empty when every text but the unticked does.
        unticked: For an option's column: folded texts that mean shown and not ticked. A blank cell means not ticked
            where another option of the same question is ticked in the row, otherwise ``blank_means``.
        blank_is_unticked: For an option's column: whether a blank cell may mean not ticked, as above; false where the
            export writes out what was not ticked, so that a blank cell says nothing.
        blanks: Folded texts that stand for a blank cell, such as what LimeSurvey's VV export writes for a date that is
            not there, or the 0 that SurveyXact writes for every option that was not ticked, shown or not.
        written: Whether cells hold the codes or the labels of ``question.options``: it decides what a text means that
            is the code of one option and the label of another. Empty when the export does not say.
        shown_if: Name of a column; where its cell is blank, this column was not administered to the row unless it is
            answered: its own cell is blank or, for an option, no option of the question is ticked (REDCap writes 0 for
            check boxes of a form that was never opened).
        decimal: Decimal sign of its numbers, where it is another than the plan's; empty otherwise.
        page: For a timing column: the page whose whole time it holds, in seconds; empty for clicks and for sums of
            pages. For a display order: ``source_id`` of the column whose position it holds.
        unit: What follows every number of the column, such as ``%``; it is cut off before the number is read, and a
            number without it is rejected, as nobody can say whether it is in the same unit.
        ticked_means: For the column of an option that stands for no answer: the missing reason of whoever ticks it and
            no other option. Beside other options the tick is set aside and their answers are kept.
        time_formats: For a time stamp and for an answer that is a date: the forms that are not ISO, in the notation of
            ``strptime``; tried in this order. A zone in them is written as ``+0100``, ``+01:00``, ``GMT+1`` or
            ``UTC+1``. Of an answer only the day is read.
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
    question: Question | None = None
    option: str = ""
    separator: str = ""
    ticked: frozenset[str] = frozenset()
    unticked: frozenset[str] = frozenset()
    blank_is_unticked: bool = True
    blanks: frozenset[str] = frozenset()
    shown_if: str = ""
    written: Written = ""
    decimal: Literal["", ".", ","] = ""
    page: str = ""
    unit: str = ""
    ticked_means: MissingReason | None = None
    time_formats: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReadingPlan:
    """How to read one export.

    Attributes:
        platform: One of ``pipelines.sections.sources.PlatformName``.
        layout: The platform's layout, such as ``three_header_rows`` or ``headers_stripped``.
        encoding: Text encoding.
        delimiter: Column separator.
        decimal: Decimal sign.
        time_zone: IANA zone of time stamps; empty when the export does not say.
        header_rows: Rows above the first answer.
        columns: Every column, by position.
        keys: What is known of a response → name of the column that holds it.
        key_parts: Key → names of further columns whose texts belong to it, joined to the key's own by ``/``; a blank
            one is left out. A row of a longitudinal project is a record and an event. The column of ``repeat_instance``
            counts only in rows that name no ``repeat_instrument``: there it numbers the response itself.
        link_code: Element of the self-generated code → name of the column that holds it.
        dyads: Kind of dyad → name of the column with the key of the other person.
        repeated_block: Name of the repeated block of every row, where no column names it, as in a child table.
        repeated_blocks: Folded text of the key ``repeat_instrument`` → name of the repeated block, where the export may
            write its title; any other text is a name.
        preview_statuses: Folded texts of the status column that mark a preview.
        test_statuses: Folded texts of the status column that mark a test response.
        finished_texts: Folded texts of the finished column that mean yes.
        unreached: Which blank cells of an unfinished response were never reached: those right of its last answer, or
            those of questions on a page after ``last_page``; empty when nobody can say. A cell whose own text means
            ``not_administered`` is not reached in the same cases, as LimeSurvey writes one sign for both. Where
            ``last_page`` is blank, no page was reached if no question of the row is answered; if one is, nobody can
            say how far the row came, and its blank cells keep their own reason.
        escapes: Text in a cell → what it stands for, wherever it stands in a text that becomes an answer; replaced in
            one pass from left to right, so that what a replacement makes is not looked at again.
        leading_escapes: The same, at the beginning of a cell only.
        open_date_order: Where nothing in the export tells the day of its time stamps from the month, what is likely; a
            study must say it.
        dispositions: Where no single column holds the key ``platform_disposition``: name of a column → folded text →
            the text that the key then has. Of several columns the first with such a text counts (SurveyXact has one
            column a status, with a 1 in one of them).
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
    key_parts: Mapping[KeyName, tuple[str, ...]] = field(default_factory=dict)
    link_code: Mapping[str, str] = field(default_factory=dict)
    dyads: Mapping[str, str] = field(default_factory=dict)
    repeated_block: str = ""
    repeated_blocks: Mapping[str, str] = field(default_factory=dict)
    preview_statuses: frozenset[str] = frozenset()
    test_statuses: frozenset[str] = frozenset()
    finished_texts: frozenset[str] = frozenset()
    unreached: Unreached = ""
    open_date_order: DateOrder | None = None
    dispositions: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    escapes: Mapping[str, str] = field(default_factory=dict)
    leading_escapes: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def column(self, name: str) -> PlannedColumn:
        """Return the column of a name."""
        return next(column for column in self.columns if column.name == name)


@dataclass(frozen=True)
class Request:
    """What is known from outside the file: the source's settings, its instruments, the survey's definition.

    Attributes:
        source: The source; None for ``inspect`` without a study.
        instruments: Instruments whose items the columns hold.
        structure: The survey's definition, from the structure files or from the export itself.
    """

    source: Source | None = None
    instruments: tuple[Instrument, ...] = ()
    structure: Structure | None = None


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
