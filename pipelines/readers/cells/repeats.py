"""Repetitions within a response → the rows of ``core.repeats``; and which of several exports a response is taken from.

Put here what concerns rows that stand several times; single responses are in ``results``. SQL only.
"""

from collections.abc import Mapping, Sequence

from instruments.spec import Instrument
from pipelines.readers.cells.marks import FILLED, REASONS, reason_number
from pipelines.readers.cells.scanned import (
    REPEAT,
    SUPERSEDED,
    ScannedFile,
    answer_of,
    is_said_missing,
    mark_of,
    stored_as,
    understood,
)
from pipelines.readers.cells.texts import is_list, is_opt_out, literal
from pipelines.readers.plan import PlannedColumn

_FIELDS = {"choice": "code", "multiple_choice": "code", "number": "number", "date": "day"}
_NULLS = {"code": "SMALLINT", "number": "DOUBLE", "day": "DATE", "text": "VARCHAR"}
_DELETED = "deleted_on_platform"
_SET_ASIDE = f"('blank_row', 'row_of_another_source', '{_DELETED}')"


def repeats(file: ScannedFile) -> list[str]:
    """Write the queries of the filled cells of repetitions, by column: an answer or a missing reason each."""
    if not file.has_repeats:
        return []
    instruments = {name: each for each in file.context.instruments for name in each.items}
    found: list[str] = []
    for column in file.columns_of_items:
        found += _of_column(file, column, instruments[str(column.item)])
    return found


def _of_column(file: ScannedFile, column: PlannedColumn, instrument: Instrument) -> list[str]:
    item, answer, mark = str(column.item), answer_of(file, column), mark_of(column)
    if is_opt_out(column):
        opted = f"opted_{file.columns_of(item)[0].position}"
        is_first = file.opt_outs_of(item)[0] is column
        return [_rows(file, column, item, {}, _reason(opted), f"{opted} IS NOT NULL")] if is_first else []
    no_answer = is_said_missing(column)
    if is_list(column):
        picked = {
            name: {"code": f"CAST(list_contains({answer}, {code}) AS SMALLINT)"}
            for name, code in instrument.option_columns(item).items()
        }
        answered = [_rows(file, column, name, code, "NULL", f"{answer} IS NOT NULL") for name, code in picked.items()]
        return [*answered, _rows(file, column, item, {}, _reason(mark), no_answer)]
    given = {_FIELDS.get(str(column.kind), "text"): answer}
    condition = f"({answer} IS NOT NULL OR {no_answer})"
    return [_rows(file, column, stored_as(column), given, _reason(mark), condition)]


def _reason(mark: str) -> str:
    names = ", ".join(map(literal, REASONS))
    return f"CASE WHEN {mark} >= {FILLED} THEN [{names}][{reason_number(mark, 'NULL')} + 1] END"


def _rows(
    file: ScannedFile, column: PlannedColumn, item: str, given: Mapping[str, str], reason: str, condition: str
) -> str:
    values = [f"CAST({given.get(name, 'NULL')} AS {kind}) AS {name}" for name, kind in _NULLS.items()]
    block = file.plan.repeated_block or file.context.source_name
    instrument = f"coalesce(repeat_instrument, {literal(block)})"
    running = f"row_number() OVER (PARTITION BY response_id, {instrument} ORDER BY place)"
    rows = (
        f"(SELECT *, {instrument} AS instrument, coalesce(CAST(repeat_instance AS BIGINT), {running}) AS instance "  # noqa: S608
        f"FROM {file.rows} WHERE state = '{REPEAT}')"
    )
    return (
        f"SELECT rows.response_id, rows.wave, rows.source, rows.instrument, rows.instance, {literal(item)} AS item, "  # noqa: S608
        f"{', '.join(values)}, CAST({reason} AS VARCHAR) AS reason "
        f"FROM {understood(file, [str(column.item)])} AS cells JOIN {rows} AS rows USING (place) WHERE {condition}"
    )


def winners(files: Sequence[ScannedFile]) -> str:
    """Write the query that decides, for every response in several exports of a source, which of them counts.

    The one in which it was recorded later counts; where a moment is missing, the export that came later.
    """
    each = " UNION ALL ".join(
        f"SELECT response_id, {file.number} AS file, max(recorded_at) AS recorded_at FROM {file.rows} "  # noqa: S608
        f"WHERE state NOT IN {_SET_ASIDE} GROUP BY response_id"
        for file in files
    )
    latest = "max({'at': epoch_us(recorded_at), 'file': file}).file"
    return (
        f"SELECT response_id, CASE WHEN count(recorded_at) = count(*) THEN {latest} ELSE max(file) END AS file "  # noqa: S608
        f"FROM ({each}) GROUP BY response_id HAVING count(*) > 1"
    )


def superseded(file: ScannedFile, winners_table: str) -> str:
    """Write the statement that sets aside the rows of a file whose response counts in another one."""
    return (
        f"UPDATE {file.changing_rows} SET state = '{SUPERSEDED}' FROM {winners_table} AS winners "  # noqa: S608
        f"WHERE winners.response_id = {file.changing_rows}.response_id AND winners.file <> {file.number} "
        f"AND state NOT IN {_SET_ASIDE}"
    )


def deleted(file: ScannedFile, ids_table: str) -> str:
    """Write the statement that sets aside the rows of a file whose response the platform has no more.

    Args:
        file: The file.
        ids_table: Table with the column ``response_id``.
    """
    return (
        f"UPDATE {file.changing_rows} SET state = '{_DELETED}' FROM {ids_table} AS gone "  # noqa: S608 - names are ours
        f"WHERE gone.response_id = {file.changing_rows}.response_id AND state NOT IN {_SET_ASIDE}"
    )
