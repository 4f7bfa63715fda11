"""One export in the staging database: its tables, and what a scanned cell holds, as SQL.

Scanned cells lie in ``cells_<n>`` (one row a record, ``rowid`` its place), what is known of the row as a response in
``rows_<n>``. Put here what every query over them needs; the queries themselves are in ``rows``, ``results``,
``repeats`` and ``conservation``.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from instruments.spec import Instrument, option_column
from pipelines.readers.cells.marks import BLANK, BROKEN, FILLED, REASONS, broken_mark, filled_mark
from pipelines.readers.cells.texts import holds_marks, is_guarded, is_list, is_opt_out, is_option, names_of
from pipelines.readers.plan import PlannedColumn, ReadingPlan
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
        n_filled: Position → cells that are not empty, counted from the file without any plan.
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
        """Name of the view of its rows as responses."""
        return f"rows_{self.number}"

    @property
    def changing_rows(self) -> str:
        """Name of the table of what differs from row to row, behind the view."""
        return f"changing_rows_{self.number}"

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

    def answers_of(self, item: str) -> list[PlannedColumn]:
        """Its columns of one item without those of options that stand for no answer."""
        return [column for column in self.columns_of(item) if not is_opt_out(column)]

    def opt_outs_of(self, item: str) -> list[PlannedColumn]:
        """Its columns of the options of one item that stand for no answer."""
        return [column for column in self.columns_of(item) if is_opt_out(column)]

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


def understood(file: ScannedFile, items: Collection[str] | None = None) -> str:
    """Write the scanned cells with their place, and of multiple choices what the cells of a row say together.

    Columns beside those of the scan: ``place``; of a list of options ``o<position>`` the picked codes and
    ``w<position>`` whether an option that stands for no answer is among them; of an item with a column an option, at
    the position of its first one, ``ticked_`` whether any is ticked and ``opted_`` the mark of an option that stands
    for no answer and is ticked alone.

    Args:
        file: The file.
        items: Items whose columns are wanted; all columns of the scan by default, which takes long to plan for many.
    """
    columns = [each for each in file.columns_of_items if items is None or each.item in items]
    parts, joins = ["cells.rowid AS place"], ""
    changed: dict[str, str] = {}
    for column in columns:
        if is_list(column):
            at, name = column.position, f"p{column.position}"
            parts += [f"{name}.codes AS o{at}", f"coalesce({name}.is_contradicted, false) AS w{at}"]
            changed[f"m{at}"] = f"coalesce(m{at}, {name}.mark)"
            joins += f" LEFT JOIN {file.picks(column)} AS {name} ON {name}.text = cells.v{at}"
    for item in dict.fromkeys(str(column.item) for column in columns if is_option(column)):
        options = file.columns_of(item)
        parts += _said_together(options)
        changed |= {f"v{each.position}": _with_others(file, each, options) for each in options if _depends(each)}
    replaced = ", ".join(f"{expression} AS {name}" for name, expression in changed.items())
    if items is None:
        parts.insert(0, f"cells.* REPLACE ({replaced})" if replaced else "cells.*")
    else:
        names = [name for column in columns for name in names_of(column)]
        parts += [f"{changed.get(name, f'cells.{name}')} AS {name}" for name in names]
    return f"(SELECT {', '.join(parts)} FROM {file.cells} AS cells{joins})"  # noqa: S608 - names are ours


def _said_together(options: Sequence[PlannedColumn]) -> list[str]:
    """Write whether any option of an item is ticked, and which one that stands for no answer is ticked alone."""
    first, is_ticked = options[0].position, _is_any_ticked(options)
    opted = [f"CASE WHEN {_is_opted(each)} THEN cells.v{each.position} END" for each in options if is_opt_out(each)]
    parts = [f"{is_ticked} AS ticked_{first}"]
    if opted:
        parts.append(f"CASE WHEN NOT {is_ticked} THEN coalesce({', '.join([*opted, 'NULL'])}) END AS opted_{first}")
    return parts


def _depends(column: PlannedColumn) -> bool:
    """Say whether a cell may mean something else once the other options of its row are known."""
    return is_opt_out(column) or is_guarded(column)


def _is_any_ticked(options: Sequence[PlannedColumn]) -> str:
    ticked = [f"CASE WHEN cells.v{each.position} = 1 THEN 1 END" for each in options if not is_opt_out(each)]
    return f"(coalesce({', '.join([*ticked, 'NULL'])}) IS NOT NULL)"


def _is_opted(column: PlannedColumn) -> str:
    return f"cells.v{column.position} = {filled_mark(column.ticked_means)}" if column.ticked_means else "false"


def _with_others(file: ScannedFile, column: PlannedColumn, options: Sequence[PlannedColumn]) -> str:
    """Write what a cell means once the other options of its row are known."""
    value, branches = f"cells.v{column.position}", list[str]()
    if is_opt_out(column):
        contradiction = broken_mark("opt_out_beside_answers")
        branches.append(f"WHEN {_is_opted(column)} AND {_is_any_ticked(options)} THEN {contradiction}")
    if is_guarded(column):
        says = ", ".join(f"CASE WHEN cells.v{each.position} > 0 THEN 1 END" for each in options)
        guard, hidden = file.plan.column(column.shown_if).position, REASONS.index("not_administered")
        branches.append(
            f"WHEN h_{guard} AND coalesce({says}, NULL) IS NULL "
            f"THEN CASE WHEN {value} IS NULL THEN {BLANK + hidden} ELSE {FILLED + hidden} END"
        )
    return f"CASE {' '.join(branches)} ELSE {value} END"


def stored_as(column: PlannedColumn) -> str:
    """Name the column of the answers that holds a cell's answer; none does of an option that stands for no answer."""
    is_answer = is_option(column) and not is_opt_out(column)
    return option_column(str(column.item), int(column.option)) if is_answer else str(column.item)


def mark_of(column: PlannedColumn) -> str:
    """Write the mark of a cell; NULL where it holds an answer or nothing."""
    value = f"v{column.position}"
    return f"CASE WHEN {value} >= {FILLED} THEN {value} END" if holds_marks(column) else f"m{column.position}"


def is_said_missing(column: PlannedColumn) -> str:
    """Write whether a cell of a repetition says why there is no answer; a check box of another form does not."""
    mark = mark_of(column)
    found = f"{mark} IS NOT NULL AND {mark} NOT BETWEEN {BLANK} AND {BROKEN - 1}"
    return f"{found} AND {mark} <> {filled_mark('not_administered')}" if is_guarded(column) else found


def answer_of(file: ScannedFile, column: PlannedColumn) -> str:
    """Write the answer of a cell; NULL where there is none. A list of options is the list of picked codes."""
    value = f"v{column.position}"
    if is_list(column):
        return f"CASE WHEN m{column.position} IS NULL THEN o{column.position} END"
    if is_option(column):
        first = file.columns_of(str(column.item))[0].position
        alone = f"WHEN opted_{first} IS NOT NULL THEN NULL " if file.opt_outs_of(str(column.item)) else ""
        unticked = f" WHEN {value} IS NULL AND ticked_{first} THEN 0" if column.blank_is_unticked else ""
        return f"CAST(CASE {alone}WHEN {value} < {FILLED} THEN {value}{unticked} END AS SMALLINT)"
    return f"CASE WHEN {value} < {FILLED} THEN {value} END" if column.kind == "choice" else value


def quoted(name: str) -> str:
    """Quote an identifier for SQL."""
    return '"' + name.replace('"', '""') + '"'


def union(queries: Sequence[str]) -> str:
    """Write one query of all rows of several with the same columns; empty without any."""
    return " UNION ALL BY NAME ".join(queries)
