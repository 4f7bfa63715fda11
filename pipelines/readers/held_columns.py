"""The columns of an export by the ways in which a study may name them, and what each of them holds.

Put here how a name leads to columns; which items claim them is in ``holders``.
"""

import re
from collections import Counter
from dataclasses import dataclass, field

from instruments.sections.response_scale import MissingReason
from instruments.spec import option_column
from instruments.spec_file import closest
from pipelines.readers.headers import cell, reduced_name
from pipelines.readers.plan import Head, PlannedColumn, ReadingPlan

OPTION = re.compile(r"(_+(?P<minus>minus_)?|\[)(?P<code>-?\d{1,5})\]?$")


@dataclass(frozen=True)
class Held:
    """What a column holds.

    Attributes:
        item: The item.
        option: For a column of one option: its code in the instrument; None where only the definition knows it.
        reason: For a column of an option that stands for no answer: what it means to tick it.
    """

    item: str
    option: int | None = None
    reason: MissingReason | None = None

    @property
    def is_option(self) -> bool:
        """Whether the column holds one option."""
        return self.option is not None or self.reason is not None


@dataclass
class Holders:
    """Name of a column → what it holds; with every fault and warning."""

    held: dict[str, list[Held]] = field(default_factory=dict[str, list[Held]])
    faults: list[str] = field(default_factory=list[str])
    warnings: list[str] = field(default_factory=list[str])

    def give(self, column: str, held: Held) -> None:
        """Say that a column holds something."""
        self.held.setdefault(column, []).append(held)

    def items(self) -> set[str]:
        """Return the items that have a column."""
        return {each.item for several in self.held.values() for each in several}


class Columns:
    """The columns of an export, by the ways in which a study may name them."""

    def __init__(self, plan: ReadingPlan, head: Head) -> None:
        self.names = [column.name for column in plan.columns]
        self.each = plan.columns
        self._by_name = {column.name: column for column in plan.columns}
        headers = [Counter(cell(row, index) for index in range(len(row))) for row in head.rows[: plan.header_rows]]
        self.repeated = {name for row in headers for name, times in row.items() if times > 1}

    def one(self, reference: str) -> PlannedColumn | None:
        """Return the column that a header, the platform's id or a tag of the survey's definition names, if only one.

        Last comes the column whose name is that of the reference where the platform takes no underscores or capitals.
        """
        if reference in self._by_name:
            return self._by_name[reference]
        reduced = reduced_name(reference)
        for found in (
            [column for column in self.each if column.source_id == reference],
            [column for column in self.each if not column.option and self._is_question(column, reference)],
            [column for column in self.each if not column.option and column.reduced == reduced != ""],
        ):
            if len(found) == 1:
                return found[0]
        return None

    def options_of(self, reference: str) -> list[PlannedColumn]:
        """Return the columns of the options of a question that its id, its tag or the beginning of names names."""
        options = [column for column in self.each if column.role == "multiple_choice_option"]
        by_question = [column for column in options if self._is_question(column, reference)]
        by_id = [column for column in options if _beginning(column.source_id) == reference]
        by_name = [column for column in options if _beginning(column.name) == reference]
        return by_question or by_id or by_name or [column for column in options if _is_reduced(column, reference)]

    def option_of(self, reference: str, code: int) -> PlannedColumn | None:
        """Return the column that is called like an option of a question, its code behind the question's name."""
        sign = next((column.minus for column in self.each if column.minus), "-")
        spelled = f"{reference}_{code}" if code >= 0 else f"{reference}_{sign}{-code}"
        for spelling in (option_column(reference, code), spelled):
            if spelling in self._by_name:
                return self._by_name[spelling]
        reduced = {reduced_name(option_column(reference, code)), reduced_name(spelled)}
        found = [column for column in self.each if column.reduced and column.reduced in reduced]
        return found[0] if len(found) == 1 else None

    def sums_up_options(self, name: str) -> bool:
        """Say whether the column of a name only repeats the ticks of options that have columns of their own."""
        return self._by_name[name].role == "metadata" and bool(self.options_of(name))

    def closest(self, reference: str) -> str:
        """Suggest a column for a name that none has."""
        return closest(reference, [*self.names, *(column.source_id for column in self.each)])

    @staticmethod
    def _is_question(column: PlannedColumn, reference: str) -> bool:
        question = column.question
        return question is not None and reference in (question.id, *question.names)


def _is_reduced(column: PlannedColumn, reference: str) -> bool:
    """Say whether a column of an option belongs to a question whose name is that of the reference, but for signs."""
    question = column.question.id if column.question else _beginning(column.name)
    return bool(column.reduced) and reduced_name(question) == reduced_name(reference)


def _beginning(name: str) -> str:
    """Return what the names of a question's option columns share: ``Q2`` for ``Q2_3``, ``Q2_-1`` and ``Q2[3]``."""
    return OPTION.sub("", name)
