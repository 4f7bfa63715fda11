"""A reading plan → the SQL of one scan: exact texts become codes on the way in, the few others are set aside.

Only text is made here; ``pipelines.receive`` runs it. ``resolve`` says what the texts mean that were set aside.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

from pipelines.readers.cells.texts import (
    cell_of,
    folded,
    is_among,
    is_filled,
    is_guarded,
    literal,
    names_of,
    text_of,
    trimmed,
)
from pipelines.readers.cells.typed import takes_digits, typed
from pipelines.readers.files.records import Records
from pipelines.readers.plan import PlannedColumn, ReadingPlan, fold

_NAMES_OF_LINE_ENDS = {"\n": r"'\n'", "\r\n": r"'\r\n'", "\r": r"'\r'"}


def table_of_file(plan: ReadingPlan, records: Records) -> str:
    """Write the table function that cuts records into text cells ``c1`` … ``cn``; an empty cell is NULL.

    The compression is stated, for DuckDB 2.0.1 takes it from the name, and records cut from a ``zip`` keep theirs.
    The line end is stated: left to itself, the scan takes the first one it meets, also one inside quotation marks.
    The strict mode is not: it is the default, and DuckDB 2.0.0 finds no row end when both are stated.
    """
    names = ", ".join(f"'c{column.position}': 'VARCHAR'" for column in plan.columns)
    return (
        f"read_csv({literal(str(records.path))}, columns={{{names}}}, auto_detect=false, header=false, "
        f"skip={records.skipped}, delim={literal(plan.delimiter)}, quote='\"', escape='\"', "
        f"new_line={_NAMES_OF_LINE_ENDS[records.line_end]}, null_padding=false, compression='none')"
    )


def read_cells(
    plan: ReadingPlan,
    table: str,
    keys: Sequence[str],
    only: Mapping[str, Sequence[str]],
    paradata: Iterable[int] = (),
    digits: Collection[int] = (),
) -> str:
    """Write the query that yields one row a record, in the order of the file.

    Columns: ``is_blank``; ``is_own`` whether the row belongs to the source; those of ``keys``; ``last_filled`` the last
    position of an item that is not empty, or ``has_answer`` whether any question is answered, where the plan asks for
    it; ``h_<position>`` whether a column is blank on which options' columns depend; for every column with an item
    ``v<position>`` the typed answer and, where that cannot hold marks (``marks``), ``m<position>``; for every position
    of paradata ``d<position>`` the text; ``left_over`` position and text of the cells that are neither answer nor mark.

    Args:
        plan: The plan.
        table: Table of the text cells.
        keys: Columns of the response's keys.
        only: Column → texts of the rows that belong to the source.
        paradata: Positions whose texts are kept.
        digits: Positions of which every cell is known to be empty or one digit.
    """
    items = [column for column in plan.columns if column.kind is not None]
    whole = {column.position for column in items if column.position in digits and takes_digits(plan, column)}
    answers = [part for column in items for part in typed(plan, column, is_digit=column.position in whole)]
    told = {column.position for column in items if column.position in whole and not column.shown_if}
    parts = [f"{_is_blank(plan, told)} AS is_blank", f"{_is_own(plan, only)} AS is_own"]
    parts += keys
    if plan.unreached == "after_last_answer":
        parts.append(f"{_last_filled(items, told)} AS last_filled")
    if plan.unreached == "after_last_page":
        parts.append(f"{_has_answer(plan)} AS has_answer")
    guards = {plan.column(each.shown_if).position: plan.column(each.shown_if) for each in items if is_guarded(each)}
    parts += [f"{trimmed(text_of(guard))} IS NULL AS h_{at}" for at, guard in guards.items()]
    parts += [name for column in items for name in names_of(column)]
    parts += [f"c{position} AS d{position}" for position in paradata]
    parts.append(f"{_left_over([column for column in items if column.position not in whole])} AS left_over")
    inner = f"SELECT *{''.join(f', {each}' for each in answers)} FROM {table}"  # noqa: S608 - texts are literals
    return f"SELECT {', '.join(parts)} FROM ({inner})"  # noqa: S608 - texts are literals, names are ours


def count_filled(plan: ReadingPlan, table: str) -> str:
    """Write the query that counts records, and in every column the cells that are not empty; it knows no codes.

    After the counts follows for every column whether its filled cells are one digit each.
    """
    cells = [cell_of(column) for column in plan.columns]
    counts = [f"count({cell})" for cell in cells]
    digits = [f"max(strlen({cell})) = 1 AND min({cell}) >= '0' AND max({cell}) <= '9'" for cell in cells]
    return f"SELECT count(*), {', '.join([*counts, *digits])} FROM {table}"  # noqa: S608 - names are ours


def count_visible(plan: ReadingPlan, table: str) -> str:
    """Write the query that counts in every column the cells with anything but blanks."""
    counts = ", ".join(f"count({is_filled(text_of(column))})" for column in plan.columns)
    return f"SELECT {counts} FROM {table}"  # noqa: S608 - texts are literals, names are ours


def _is_blank(plan: ReadingPlan, told: Collection[int]) -> str:
    """Write whether no cell of a row holds more than blanks; the answers tell it where they are known to hold cells."""
    answers = [f"CASE WHEN v{at} IS NOT NULL THEN 1 END" for at in sorted(told)]
    texts = [is_filled(cell_of(column)) for column in plan.columns if column.position not in told]
    return f"coalesce({', '.join([*answers, *texts])}) IS NULL"


def _last_filled(items: Sequence[PlannedColumn], told: Collection[int]) -> str:
    """Write the last position of an item that is not empty, or 0."""
    cells = {each.position: f"v{each.position}" if each.position in told else text_of(each) for each in items}
    found = [f"CASE WHEN {cell} IS NOT NULL THEN {at} END" for at, cell in reversed(cells.items())]
    return f"coalesce({', '.join([*found, '0'])})"


def _is_own(plan: ReadingPlan, only: Mapping[str, Sequence[str]]) -> str:
    held = [is_among(folded(cell_of(plan.column(name))), map(fold, texts)) for name, texts in only.items()]
    return " AND ".join(held) or "true"


def _left_over(items: Sequence[PlannedColumn]) -> str:
    """Write the list of the cells that hold a text and neither an answer nor a mark; NULL for most rows."""
    if not items:
        return "NULL"
    found = [
        f"CASE WHEN {' AND '.join(f'{name} IS NULL' for name in names_of(each))} AND {cell_of(each)} IS NOT NULL "
        f"THEN {{'position': {each.position}, 'text': {cell_of(each)}}} END"
        for each in items
    ]
    gates = [
        f"CASE WHEN {' AND '.join(f'{name} IS NULL' for name in names_of(each))} AND {cell_of(each)} IS NOT NULL "
        "THEN 1 END"
        for each in items
    ]
    is_there = f"coalesce({', '.join(gates)}, NULL) IS NOT NULL"
    return f"CASE WHEN {is_there} THEN list_filter([{', '.join(found)}], lambda each: each IS NOT NULL) END"


def _has_answer(plan: ReadingPlan) -> str:
    """Write whether a row answers any question that an item or the survey's definition knows."""
    asked = [each for each in plan.columns if each.kind is not None or (each.question and each.role != "metadata")]
    filled = [
        f"CASE WHEN NOT {is_among(folded(cell_of(each)), {*each.blanks, *each.opt_outs, *each.unticked})} "
        f"THEN {is_filled(cell_of(each))} END"
        for each in asked
    ]
    return f"coalesce({', '.join([*filled, 'NULL'])}) IS NOT NULL"
