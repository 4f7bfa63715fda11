"""What a platform's own definition of a survey says, whoever wrote it: questions, answer options, signs of missing.

A plain value. One file a platform (``qualtrics_structure`` …) reads a QSF, an ``.lss``, a data dictionary, an XLSForm
or the labels of an SPSS file into it; plans, drafts of instruments and the comparison of waves are made from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from instruments.sections.response_scale import MissingReason

QuestionKind = Literal[
    "choice",
    "multiple_choice",
    "number",
    "date",
    "code",
    "open_text",
    "other_text",
    "ranking",
    "timing",
    "display_order",
    "metadata",
    "embedded",
    "weight",
    "score",
    "identifier",
    "unknown",
]


@dataclass(frozen=True)
class Option:
    """One answer option as the platform knows it.

    Attributes:
        code: What numeric exports write, such as a recode value; never the position on the screen.
        label: What was shown, without mark-up, in the survey's first language.
        also: Further texts that exports write for it: other languages, variable names, the label with its mark-up.
        reason: Missing reason, where the platform itself says that the option is no answer; None otherwise.
        id: The platform's own id of the option, where the code is another; headers may hold it, cells never do.
        value: Number that the platform counts it with and exports do not write, such as LimeSurvey's assessment value;
            None when it has none.
    """

    code: str
    label: str
    also: tuple[str, ...] = ()
    reason: MissingReason | None = None
    id: str = ""
    value: float | None = None


@dataclass(frozen=True)
class Question:
    """One question as one column of an export holds it: a row of a matrix is a question of its own.

    Attributes:
        id: The platform's id in the form in which the reader of the platform looks it up (``PlannedColumn.source_id``);
            for a multiple choice the id of the whole question, as its options are columns or share one cell.
        text: What was asked, without mark-up; for a row of a matrix the row.
        kind: What its answers are.
        stem: Text above a matrix; empty for a single question.
        battery: Id that the rows of one matrix share; empty for a single question.
        options: Answer options in the order shown.
        page: Page from 1 on which it was shown; None when the platform does not say.
        section: Title of the block, group or form.
        shown_if: Condition under which it is shown, verbatim; empty when it is always shown.
        is_required: Whether respondents had to answer.
        is_personal_data: Whether the platform marks it as identifying.
        least: Smallest number allowed.
        most: Largest number allowed.
        texts: Language → ``text`` in that language, for surveys in several.
        names: Names that exports give its column, the most usual first; for a multiple choice the beginnings that the
            columns of its options share. Empty where the id is the name.
        path: Names of the groups it stands in and its own, joined by ``/``, for platforms whose exports write some or
            all of them in front of a header; empty elsewhere.
        repeated_block: Name of the repeated block it is asked in; empty when it is asked once.
        decimal: Decimal sign in which its numbers are stored, where the platform says so; empty otherwise.
        keeps_missing_codes: Whether the project's missing codes are ordinary answers here (REDCap's ``@NOMISSING``).
    """

    id: str
    text: str
    kind: QuestionKind
    stem: str = ""
    battery: str = ""
    options: tuple[Option, ...] = ()
    page: int | None = None
    section: str = ""
    shown_if: str = ""
    is_required: bool = False
    is_personal_data: bool = False
    least: float | None = None
    most: float | None = None
    texts: Mapping[str, str] = field(default_factory=dict[str, str])
    names: tuple[str, ...] = ()
    path: str = ""
    repeated_block: str = ""
    decimal: Literal["", ".", ","] = ""
    keeps_missing_codes: bool = False

    @property
    def whole_text(self) -> str:
        """What respondents read: the row of a matrix behind the text above it, unless the row repeats that text."""
        stem, text = self.stem.strip(), self.text.strip()
        is_told = not stem or " ".join(stem.split()).lower() in " ".join(text.split()).lower()
        return text if is_told else f"{stem} [{text}]" if text else stem


@dataclass(frozen=True)
class StructureColumn:
    """One column that exports have for a question, where they call it by several names.

    Attributes:
        name: What it is called where codes are the headings; ``source_id`` of the planned columns it is found for.
        question: Id of the question; empty for a time or a count about it.
        option: For one option of a multiple choice: its code.
        aliases: Other names, such as that of the platform's database.
        headings: Full texts that stand in the header where texts are the headings, in every language.
        ticked: For one option of a multiple choice: what exports write where it is ticked, if the platform says so.
    """

    name: str
    question: str
    option: str = ""
    aliases: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()
    ticked: str = ""


@dataclass(frozen=True)
class Structure:
    """The definition of a survey.

    Attributes:
        platform: Who wrote it.
        title: Title of the survey.
        language: Its first language; empty when it does not say.
        questions: Id → question, in the order shown.
        missing: Cell text → missing reason in every column, such as REDCap's missing data codes.
        warnings: What could not be understood.
        columns: Columns of exports in the order in which they are written, where ids of questions do not say it.
    """

    platform: str
    title: str
    language: str
    questions: Mapping[str, Question]
    missing: Mapping[str, MissingReason] = field(default_factory=dict[str, MissingReason])
    warnings: tuple[str, ...] = ()
    columns: tuple[StructureColumn, ...] = ()
