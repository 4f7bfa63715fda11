"""Where every cell of an export went, and the audit that none was lost.

The audit compares three counts that come about in different ways: cells in the file that are not empty, counted
without any plan; cells as they were understood; rows and cells of the tables that were made.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from instruments.counted import counted
from instruments.spec import Instrument
from pipelines.readers.cells.keys import columns_of_parts, faulty_keys, key_is_filled, key_text, part_text
from pipelines.readers.cells.marks import BLANK, BROKEN, FILLED
from pipelines.readers.cells.scanned import (
    KEPT,
    REPEAT,
    SUPERSEDED,
    ScannedFile,
    answer_of,
    is_said_missing,
    mark_of,
    quoted,
    stored_as,
    understood,
)
from pipelines.readers.cells.texts import holds_marks, is_list, is_option
from pipelines.readers.plan import KeyName, PlannedColumn, ReadingError
from pipelines.tables.raw import CONSERVATION

_COUNTS = ("n_answered", "n_missing", "n_rejected", "n_superseded", "n_kept_raw")
_IS_KEPT, _IS_REPEAT = "is_kept", "is_repeat"


@dataclass(frozen=True)
class Counts:
    """What was counted of one file.

    Attributes:
        understood: Name → number, from the query of ``count_understood``.
        states: State → rows.
        stored: Item, or column of an option → answers in the tables that were made.
        missing: Item → missing reasons in them.
        repeated: Item, or column of an option → rows in ``core.repeats``.
    """

    understood: Mapping[str, int]
    states: Mapping[str, int]
    stored: Mapping[str, int]
    missing: Mapping[str, int]
    repeated: Mapping[str, int]


def count_understood(file: ScannedFile) -> str:
    """Write the query that counts, by position, what the cells were understood to be.

    ``f_`` filled, in every row; ``a_`` answered and ``b_`` breaking a rule, in kept rows; ``c_`` and ``d_`` the same in
    repetitions, ``e_`` filled there, ``o_`` there with an opt-out ticked alone; ``g_`` kept rows with an answer to
    every option; ``k_`` filled and ``x_`` faulty cells of keys. Columns that belong to a key have ``part_`` in front of
    their position.
    """
    parts = ["count(*) AS n"]
    for column in file.columns_of_items:
        parts += _counts_of_item(file, column)
    for key in file.plan.keys:
        is_kept, filled = "(is_kept OR is_repeat)", key_is_filled(key)
        visible = f"({filled}) AND ({_is_visible(file, key)})"
        parts += [f"count(CASE WHEN {filled} THEN 1 END) AS f_{key}"]
        parts += [f"count(CASE WHEN {is_kept} AND {visible} THEN 1 END) AS k_{key}"]
        if key in faulty_keys(file.plan):
            parts.append(f"count(CASE WHEN {is_kept} AND f_{key} THEN 1 END) AS x_{key}")
    for column in columns_of_parts(file.plan):
        at = column.position
        parts += [f"count(x_{at}) AS f_part_{at}"]
        parts += [f"count(CASE WHEN is_kept OR is_repeat THEN {part_text(column)} END) AS k_part_{at}"]
    faults = "".join(f", f_{key}" for key in faulty_keys(file.plan))
    rows = f"(SELECT place, state = '{KEPT}' AS is_kept, state = '{REPEAT}' AS is_repeat{faults} FROM {file.rows})"  # noqa: S608 - names are ours
    return f"SELECT {', '.join(parts)} FROM {understood(file)} AS cells JOIN {rows} AS rows USING (place)"  # noqa: S608


def _is_visible(file: ScannedFile, key: KeyName) -> str:
    """Write whether a filled cell of a key holds more than blanks; a parsed time always does."""
    return f"{key_text(file.plan, key)} IS NOT NULL OR k_{key} IS NULL"


def _counts_of_item(file: ScannedFile, column: PlannedColumn) -> list[str]:
    at, mark, is_answered = column.position, mark_of(column), _is_answered(file, column)
    parts = [
        f"{_count_filled(column)} AS f_{at}",
        f"count(CASE WHEN {_IS_KEPT} AND {is_answered} THEN 1 END) AS a_{at}",
    ]
    if file.has_repeats:
        parts.append(f"count(CASE WHEN {_IS_REPEAT} AND {is_answered} THEN 1 END) AS c_{at}")
        parts.append(f"count(CASE WHEN {_IS_REPEAT} AND {is_said_missing(column)} THEN 1 END) AS e_{at}")
    if at in file.may_be_broken:
        parts.append(f"count(CASE WHEN {_IS_KEPT} AND {mark} >= {BROKEN} THEN 1 END) AS b_{at}")
        parts.append(f"count(CASE WHEN {_IS_REPEAT} AND {mark} >= {BROKEN} THEN 1 END) AS d_{at}")
    if is_option(column) and file.columns_of(str(column.item))[0] is column:
        answered = [_is_answered(file, each) for each in file.answers_of(str(column.item))] or ["false"]
        parts.append(f"count(CASE WHEN {_IS_KEPT} AND {' AND '.join(answered)} THEN 1 END) AS g_{at}")
        if file.has_repeats and file.opt_outs_of(str(column.item)):
            parts.append(f"count(CASE WHEN {_IS_REPEAT} THEN opted_{at} END) AS o_{at}")
    return parts


def _count_filled(column: PlannedColumn) -> str:
    """Write how many cells hold something; values are counted as they are where nothing else counts."""
    at, mark = column.position, mark_of(column)
    has_value_when_filled = holds_marks(column) or is_list(column)
    if has_value_when_filled and not column.shown_if:
        return f"count(v{at})"
    is_there = f"v{at} IS NOT NULL"
    if not has_value_when_filled:
        is_there += f" OR coalesce({mark}, {BLANK}) NOT BETWEEN {BLANK} AND {BROKEN - 1}"
    if column.shown_if:
        is_there = f"({is_there}) AND coalesce({mark}, 0) NOT BETWEEN {BLANK} AND {BROKEN - 1}"
    return f"count(CASE WHEN {is_there} THEN 1 END)"


def _is_answered(file: ScannedFile, column: PlannedColumn) -> str:
    """Write whether a cell holds an answer; of a choice by its value alone, as a CASE within every count takes long."""
    return f"v{column.position} < {FILLED}" if column.kind == "choice" else f"{answer_of(file, column)} IS NOT NULL"


def count_stored(columns: Sequence[str], relation: str) -> str:
    """Write the query that counts the answers of every column of a relation."""
    counts = ", ".join(f"count({quoted(name)}) AS {quoted(name)}" for name in columns)
    return f"SELECT {counts or '0'} FROM ({relation})"  # noqa: S608 - names are quoted


def account(file: ScannedFile, counts: Counts) -> pd.DataFrame:
    """Count for every column where its cells went; a rejected row counts as a rejected cell in every column."""
    rows = [
        {
            "file_sha256": file.context.file_sha256,
            "wave": file.context.wave,
            "source": file.context.source_name,
            "position": column.position,
            "n_cells": file.n_records + len(file.odd),
            **_went_to(file, column.position, counts),
        }
        for column in file.plan.columns
    ]
    return CONSERVATION.typed(pd.DataFrame(rows).assign(n_superseded=counts.states.get(SUPERSEDED, 0)))


def audit(file: ScannedFile, counts: Counts, accounted: pd.DataFrame) -> None:
    """Compare what was found, understood and stored, column by column.

    Raises:
        ReadingError: When a cell is unaccounted for; then nothing may be stored.
    """
    lost = accounted[accounted["n_cells"] != accounted[list(_COUNTS)].sum(axis=1)]
    wrong = {int(position) for position in lost["position"]}
    wrong |= {at for at, filled in _filled(file, counts).items() if filled != file.n_filled[at]}
    for instrument in file.context.instruments:
        for item in instrument.items:
            columns = file.columns_of(item)
            if columns and not _is_stored(file, counts, instrument, item):
                wrong.add(columns[0].position)
    if wrong:
        places = ", ".join(map(str, sorted(wrong)[:10]))
        raise ReadingError(
            file.context.file_name or file.context.source_name,
            f"the cells of {counted(len(wrong), 'column')} do not add up (positions {places}); this is a defect of "
            "the software, not of the file: nothing was stored; report it with the layout of the export",
        )


def _is_stored(file: ScannedFile, counts: Counts, instrument: Instrument, item: str) -> bool:
    """Say whether an item's answers and missing reasons are as many as were understood."""
    columns, understood_to_be = file.columns_of(item), counts.understood
    first, n_kept = columns[0], counts.states.get(KEPT, 0)
    if is_option(first):
        stored = {f"a_{each.position}": counts.stored.get(stored_as(each), -1) for each in file.answers_of(item)}
        n_complete = understood_to_be[f"g_{first.position}"]
    else:
        names = list(instrument.option_columns(item)) or [item]
        stored = {f"a_{first.position}": counts.stored.get(name, 0) for name in names}
        n_complete = understood_to_be[f"a_{first.position}"]
    agrees = all(understood_to_be[name] == n for name, n in stored.items())
    return (
        agrees and counts.missing.get(item, 0) == n_kept - n_complete and _repeats_agree(file, counts, instrument, item)
    )


def _repeats_agree(file: ScannedFile, counts: Counts, instrument: Instrument, item: str) -> bool:
    n_opted = counts.understood.get(f"o_{file.columns_of(item)[0].position}", 0)
    if file.opt_outs_of(item) and counts.repeated.get(item, 0) != n_opted:
        return False
    for column in file.answers_of(item):
        answered = counts.understood.get(f"c_{column.position}", 0)
        marked = counts.understood.get(f"e_{column.position}", 0)
        if is_list(column):
            names = instrument.option_columns(str(column.item))
            if any(counts.repeated.get(name, 0) != answered for name in names):
                return False
            answered, name = 0, str(column.item)
        else:
            name = stored_as(column)
        if counts.repeated.get(name, 0) != answered + marked:
            return False
    return True


def _went_to(file: ScannedFile, position: int, counts: Counts) -> dict[str, int]:
    n_kept = counts.states.get(KEPT, 0) + counts.states.get(REPEAT, 0)
    n_rejected = len(file.odd) + file.n_records - n_kept - counts.states.get(SUPERSEDED, 0)
    found = counts.understood
    if f"a_{position}" in found:
        answered = found[f"a_{position}"] + found.get(f"c_{position}", 0)
        broken = found.get(f"b_{position}", 0) + found.get(f"d_{position}", 0)
        return _counts(answered, n_kept - answered - broken, broken + n_rejected)
    keys = [key for key, name in file.plan.keys.items() if file.plan.column(name).position == position]
    if keys:
        faulty = max(found.get(f"x_{key}", 0) for key in keys)
        filled = found[f"k_{keys[0]}"]
        return _counts(filled - faulty, n_kept - filled, faulty + n_rejected)
    if f"k_part_{position}" in found:
        filled = found[f"k_part_{position}"]
        return _counts(filled, n_kept - filled, n_rejected)
    return {**_counts(0, 0, n_rejected), "n_kept_raw": n_kept}


def _counts(answered: int, missing: int, rejected: int) -> dict[str, int]:
    return {"n_answered": answered, "n_missing": missing, "n_rejected": rejected, "n_kept_raw": 0}


def _filled(file: ScannedFile, counts: Counts) -> dict[int, int]:
    """Count the cells understood to hold something, by position, for every column that is read."""
    keys = {file.plan.column(name).position: counts.understood[f"f_{key}"] for key, name in file.plan.keys.items()}
    keys |= {each.position: counts.understood[f"f_part_{each.position}"] for each in columns_of_parts(file.plan)}
    items = {
        each.position: counts.understood[f"f_{each.position}"] + file.n_blank_texts.get(each.position, 0)
        for each in file.columns_of_items
    }
    return keys | items
