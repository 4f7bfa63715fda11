"""One export in the staging database: its tables, and what a scanned cell holds, as SQL.

Scanned cells lie in ``cells_<n>`` (one row a record, ``rowid`` its place), what is known of the row as a response in
``rows_<n>``. Put here what every query over them needs; the queries themselves are in ``rows``, ``results``,
``repeats`` and ``conservation``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from instruments.spec import Instrument, option_column
from pipelines.readers.marks import FILLED, filled_mark
from pipelines.readers.plan import PlannedColumn, ReadingPlan
from pipelines.readers.scan import holds_marks, is_list, is_option
from pipelines.sections.sources import Source

KEPT, REPEAT, SUPERSEDED = "kept", "repeat", "superseded_by_later_export"


@dataclass(frozen=True)
class ReceiveContext:
    """Whose export it is.

    Attributes:
        source_name: Name of the source in ``study.yaml``.
        source: The source's settings.
        instruments: All instruments of the study; items that the source did not administer become missing.
        wave: The wave.
        file_sha256: SHA-256 of the bytes.
        file_name: Name the file arrived with, for messages.
        quality_columns: Columns in which the platform judges responses.
    """

    source_name: str
    source: Source
    instruments: tuple[Instrument, ...]
    wave: str
    file_sha256: str
    file_name: str = ""
    quality_columns: frozenset[str] = frozenset()


@dataclass(frozen=True)
class ScannedFile:
    """One export in the staging database.

    Attributes:
        number: Its number there; files that come later count over earlier ones.
        plan: How it was read.
        context: Whose it is.
        odd: Row number → rule, for rows without the right width.
        n_records: Records of the right width.
        n_filled: Position → cells that are not empty, counted afresh from the file without any plan.
        n_blank_texts: Position → cells of items that hold nothing but blanks.
        may_be_broken: Positions of items of which some text breaks a rule.
    """

    number: int
    plan: ReadingPlan
    context: ReceiveContext
    odd: Mapping[int, str]
    n_records: int
    n_filled: Mapping[int, int]
    n_blank_texts: Mapping[int, int] = field(default_factory=dict[int, int])
    may_be_broken: frozenset[int] = frozenset()

    @property
    def cells(self) -> str:
        """Name of its table of scanned cells."""
        return f"cells_{self.number}"

    @property
    def rows(self) -> str:
        """Name of its table of rows as responses."""
        return f"rows_{self.number}"

    @property
    def odd_rows(self) -> str:
        """Name of its table of rows without the right width, where there are any."""
        return f"odd_{self.number}"

    @property
    def columns_of_items(self) -> list[PlannedColumn]:
        """Its columns that hold items."""
        return [column for column in self.plan.columns if column.kind is not None and column.item is not None]

    def columns_of(self, item: str) -> list[PlannedColumn]:
        """Its columns of one item: none, one, or one an option."""
        return [column for column in self.plan.columns if column.item == item]

    @property
    def has_repeats(self) -> bool:
        """Whether rows of it may be repetitions."""
        return bool(self.context.source.repeats_of) or "repeat_instrument" in self.plan.keys

    def picks(self, column: PlannedColumn) -> str:
        """Name of the table of what each text of a list of options means."""
        return f"picks_{self.number}_{column.position}"


@dataclass(frozen=True)
class ReadResult:
    """What one export yields.

    Attributes:
        responses: One row a response: keys, paradata, ``is_preview``, file and row number.
        answers: One row a response, in the same order: response_id, wave, one column an item other than open text, one
            an option of a multiple choice.
        missing: One row an item without an answer: response_id, wave, item, reason.
        open_answers: One row an open-text answer: response_id, wave, item, text.
        repeats: One row an answer in a repetition, as ``core.repeats``.
        paradata: One row a response and paradata column, as ``core.paradata``.
        rejects: One row a rejected row or cell: file_sha256, wave, row_number, column_name, rule, reason.
        conservation: One row a column of the file: where every cell went.
    """

    responses: pd.DataFrame
    answers: pd.DataFrame
    missing: pd.DataFrame
    open_answers: pd.DataFrame
    repeats: pd.DataFrame
    paradata: pd.DataFrame
    rejects: pd.DataFrame
    conservation: pd.DataFrame


def understood(file: ScannedFile) -> str:
    """Write the scanned cells with their place, what was picked of lists, and whether any option was ticked."""
    parts, joins = ["cells.rowid AS place"], ""
    replaced: list[str] = []
    for column in file.columns_of_items:
        if is_list(column):
            name = f"p{column.position}"
            parts.append(f"{name}.codes AS o{column.position}")
            replaced.append(f"coalesce(m{column.position}, {name}.mark) AS m{column.position}")
            joins += f" LEFT JOIN {file.picks(column)} AS {name} ON {name}.text = cells.v{column.position}"
    for item in dict.fromkeys(column.item for column in file.columns_of_items if is_option(column)):
        options = file.columns_of(str(item))
        is_ticked = ", ".join(f"CASE WHEN v{each.position} = 1 THEN 1 END" for each in options)
        parts.append(f"coalesce({is_ticked}, NULL) IS NOT NULL AS ticked_{options[0].position}")
    star = f"cells.* REPLACE ({', '.join(replaced)})" if replaced else "cells.*"
    return f"(SELECT {star}, {', '.join(parts)} FROM {file.cells} AS cells{joins})"  # noqa: S608 - names are ours


def stored_as(column: PlannedColumn) -> str:
    """Name the column of the answers that holds a cell's answer."""
    return option_column(str(column.item), int(column.option)) if is_option(column) else str(column.item)


def mark_of(column: PlannedColumn) -> str:
    """Write the mark of a cell; NULL where it holds an answer or nothing."""
    value = f"v{column.position}"
    return f"CASE WHEN {value} >= {FILLED} THEN {value} END" if holds_marks(column) else f"m{column.position}"


def answer_of(file: ScannedFile, column: PlannedColumn) -> str:
    """Write the answer of a cell; NULL where there is none. A list of options is the list of picked codes."""
    value = f"v{column.position}"
    if is_list(column):
        return f"CASE WHEN m{column.position} IS NULL THEN o{column.position} END"
    if is_option(column):
        first = file.columns_of(str(column.item))[0].position
        blank = blank_mark(column)
        is_blank = f"coalesce({value}, {blank}) = {blank}" if blank else f"{value} IS NULL"
        return (
            f"CAST(CASE WHEN {value} < {FILLED} THEN {value} WHEN {is_blank} AND ticked_{first} THEN 0 END AS SMALLINT)"
        )
    return f"CAST(CASE WHEN {value} < {FILLED} THEN {value} END AS SMALLINT)" if column.kind == "choice" else value


def blank_mark(column: PlannedColumn) -> int | None:
    """Return the mark of a cell whose text stands for a blank one; None where no text does."""
    return filled_mark(column.blank_means) if column.blanks else None


def quoted(name: str) -> str:
    """Quote an identifier for SQL."""
    return '"' + name.replace('"', '""') + '"'
