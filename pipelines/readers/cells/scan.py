"""A reading plan → the SQL of one scan: exact texts become codes on the way in, the few others are set aside.

Only text is made here; ``pipelines.receive`` runs it. ``resolve`` says what the texts mean that were set aside.
"""

from collections.abc import Iterable, Mapping, Sequence

from pipelines.readers.cells.marks import BLANK, FILLED, REASONS, filled_mark
from pipelines.readers.files.records import Records
from pipelines.readers.plan import PlannedColumn, ReadingPlan, fold

BLANKS = "".join(
    map(chr, (*range(0x09, 0x0E), *range(0x1C, 0x21), 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B)))
) + "".join(map(chr, (0x2028, 0x2029, 0x202F, 0x205F, 0x3000)))
_PLAIN_NUMBER = r"[+-]?[0-9]{1,15}"
_NAMES_OF_LINE_ENDS = {"\n": r"'\n'", "\r\n": r"'\r\n'", "\r": r"'\r'"}
_PLAIN_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_DIGITS = "0123456789"
_NOT_ADMINISTERED = REASONS.index("not_administered")


def literal(text: str) -> str:
    """Write a text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def trimmed(cell: str) -> str:
    """Write the text of a cell without outer blanks; NULL where nothing is left.

    Trimming by a set of letters is slow, and few cells need it: most begin and end with a visible letter.
    """
    is_bare = f"{cell} BETWEEN '!' AND '~' AND right({cell}, 1) BETWEEN '!' AND '~'"
    return f"CASE WHEN {is_bare} THEN {cell} ELSE nullif(trim({cell}, {literal(BLANKS)}), '') END"


def folded(text: str) -> str:
    """Write ``fold`` of a text; one without any blank needs no replacement."""
    one_blank = f"trim(regexp_replace({text}, {literal(f'[{BLANKS}]+')}, ' ', 'g'))"
    return f"lower(CASE WHEN regexp_full_match({text}, '[!-~]*') THEN {text} ELSE {one_blank} END)"


def is_among(text: str, texts: Iterable[str]) -> str:
    """Write whether a text is one of several; false without any."""
    listed = ", ".join(map(literal, sorted(texts)))
    return f"coalesce({text} IN ({listed}), false)" if listed else "false"


def table_of_file(plan: ReadingPlan, records: Records) -> str:
    """Write the table function that cuts records into text cells ``c1`` … ``cn``; an empty cell is NULL.

    The line end is stated: left to itself, the scan takes the first one it meets, also one inside quotation marks.
    The strict mode is not: it is the default, and DuckDB 2.0.0 finds no row end when both are stated.
    """
    names = ", ".join(f"'c{column.position}': 'VARCHAR'" for column in plan.columns)
    return (
        f"read_csv({literal(str(records.path))}, columns={{{names}}}, auto_detect=false, header=false, "
        f"skip={records.skipped}, delim={literal(plan.delimiter)}, quote='\"', escape='\"', "
        f"new_line={_NAMES_OF_LINE_ENDS[records.line_end]}, null_padding=false)"
    )


def read_cells(
    plan: ReadingPlan,
    table: str,
    keys: Sequence[str],
    only: Mapping[str, Sequence[str]],
    paradata: Iterable[int] = (),
) -> str:
    """Write the query that yields one row a record, in the order of the file.

    Columns: ``is_blank``; ``is_own`` whether the row belongs to the source; those of ``keys``; ``last_filled`` the last
    position of an item that is not empty, or ``has_answer`` whether any question is answered, where the plan asks for
    it; ``h_<position>`` whether a column is blank on which options' columns depend; for every column with an item
    ``v<position>`` the typed answer and, where that cannot hold marks (``marks``), ``m<position>``; for every position
    of paradata ``d<position>`` the text; ``left_over`` position and text of the cells that are neither answer nor mark.
    """
    items = [column for column in plan.columns if column.kind is not None]
    typed = [part for column in items for part in _typed(plan, column)]
    every_cell = ", ".join(is_filled(cell_of(column)) for column in plan.columns)
    parts = [f"coalesce({every_cell}) IS NULL AS is_blank", f"{_is_own(plan, only)} AS is_own"]
    parts += keys
    if plan.unreached == "after_last_answer":
        filled = [f"CASE WHEN {text_of(each)} IS NOT NULL THEN {each.position} END" for each in reversed(items)]
        parts.append(f"coalesce({', '.join([*filled, '0'])}) AS last_filled")
    if plan.unreached == "after_last_page":
        parts.append(f"{_has_answer(plan)} AS has_answer")
    guards = {plan.column(each.shown_if).position: plan.column(each.shown_if) for each in items if is_guarded(each)}
    parts += [f"{trimmed(text_of(guard))} IS NULL AS h_{at}" for at, guard in guards.items()]
    parts += [name for column in items for name in names_of(column)]
    parts += [f"c{position} AS d{position}" for position in paradata]
    parts.append(f"{_left_over(items)} AS left_over")
    inner = f"SELECT *{''.join(f', {each}' for each in typed)} FROM {table}"  # noqa: S608 - texts are literals
    return f"SELECT {', '.join(parts)} FROM ({inner})"  # noqa: S608 - texts are literals, names are ours


def count_filled(plan: ReadingPlan, table: str) -> str:
    """Write the query that counts records, and in every column the cells that are not empty; it knows no codes."""
    counts = ", ".join(f"count({cell_of(column)})" for column in plan.columns)
    return f"SELECT count(*), {counts} FROM {table}"  # noqa: S608 - names are ours


def count_visible(plan: ReadingPlan, table: str) -> str:
    """Write the query that counts in every column the cells with anything but blanks."""
    counts = ", ".join(f"count({is_filled(text_of(column))})" for column in plan.columns)
    return f"SELECT {counts} FROM {table}"  # noqa: S608 - texts are literals, names are ours


def cell_of(column: PlannedColumn) -> str:
    """Name the text cell of a column."""
    return f"c{column.position}"


def text_of(column: PlannedColumn) -> str:
    """Write the text cell of a column; NULL also where its text stands for a blank cell."""
    cell = cell_of(column)
    return f"CASE WHEN NOT {is_among(folded(cell), column.blanks)} THEN {cell} END" if column.blanks else cell


def names_of(column: PlannedColumn) -> list[str]:
    """Name the scanned columns of an item's column: its answer, and its mark where the answer cannot hold it."""
    return [f"v{column.position}"] if holds_marks(column) else [f"v{column.position}", f"m{column.position}"]


def holds_marks(column: PlannedColumn) -> bool:
    """Say whether the answers are small whole numbers, so that a mark can stand in the same place."""
    return column.kind == "choice" or is_option(column)


def is_option(column: PlannedColumn) -> bool:
    """Say whether the column holds one option of a multiple choice."""
    return column.kind == "multiple_choice" and bool(column.option)


def is_guarded(column: PlannedColumn) -> bool:
    """Say whether it depends on another column and on the other options whether the column was shown to a row."""
    return bool(column.shown_if) and is_option(column)


def is_opt_out(column: PlannedColumn) -> bool:
    """Say whether the column holds an option that stands for no answer."""
    return column.ticked_means is not None


def is_list(column: PlannedColumn) -> bool:
    """Say whether one cell of the column holds all ticked options of a multiple choice."""
    return column.kind == "multiple_choice" and not column.option


def is_filled(cell: str) -> str:
    """Write a case that is not NULL for a cell with anything but blanks; a visible first letter settles most cells."""
    return f"CASE WHEN {cell} BETWEEN '!' AND '~' THEN 1 WHEN trim({cell}, {literal(BLANKS)}) <> '' THEN 1 END"


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


def _typed(plan: ReadingPlan, column: PlannedColumn) -> list[str]:
    """Write the typed answer of a column and, where it is a column of its own, its mark."""
    cell = cell_of(column)
    answer = _answer(column, cell, column.decimal or plan.decimal)
    reserved = _is_reserved(plan, column, cell)
    if reserved:
        answer = f"CASE WHEN NOT ({reserved}) THEN {answer} END"
    mark = "CAST(NULL AS SMALLINT)"
    if column.shown_if and not is_option(column):
        guard = text_of(plan.column(column.shown_if))
        is_hidden = f"{trimmed(guard)} IS NULL AND {trimmed(text_of(column))} IS NULL"
        mark = (
            f"CAST(CASE WHEN {is_hidden} THEN CASE WHEN {cell} IS NULL THEN {BLANK + _NOT_ADMINISTERED} "
            f"ELSE {FILLED + _NOT_ADMINISTERED} END END AS SMALLINT)"
        )
        hidden = mark if holds_marks(column) else "NULL"
        answer = f"CASE WHEN {is_hidden} THEN {hidden} ELSE {answer} END"
    named = f"{answer} AS v{column.position}"
    return [named] if holds_marks(column) else [named, f"{mark} AS m{column.position}"]


def _has_answer(plan: ReadingPlan) -> str:
    """Write whether a row answers any question that an item or the survey's definition knows."""
    asked = [each for each in plan.columns if each.kind is not None or (each.question and each.role != "metadata")]
    filled = [
        f"CASE WHEN NOT {is_among(folded(cell_of(each)), {*each.blanks, *each.opt_outs, *each.unticked})} "
        f"THEN {is_filled(cell_of(each))} END"
        for each in asked
    ]
    return f"coalesce({', '.join([*filled, 'NULL'])}) IS NOT NULL"


def _is_reserved(plan: ReadingPlan, column: PlannedColumn, cell: str) -> str:
    """Write whether a text says nothing, or has to be unescaped before it is compared; empty where none can."""
    if is_list(column):
        return ""
    compared = {*column.codes, *column.opt_outs, *column.ticked, *column.unticked}
    signs = [*map(fold, plan.escapes), *map(fold, plan.leading_escapes)]
    takes_any = column.kind in ("code", "open_text") or (is_option(column) and not column.ticked)
    found = [is_among(folded(cell), column.blanks)] if column.blanks else []
    if takes_any or any(sign in text for sign in signs for text in compared):
        found += [f"coalesce(contains({cell}, {literal(sign)}), false)" for sign in plan.escapes]
        found += [f"coalesce(starts_with({cell}, {literal(sign)}), false)" for sign in plan.leading_escapes]
    return " OR ".join(found)


def _answer(column: PlannedColumn, cell: str, decimal: str) -> str:
    if column.kind == "choice":
        return _choice(column, cell)
    if is_option(column):
        return _option(column, cell)
    if is_list(column):
        return cell
    if column.kind in ("number", "date"):
        return _measured(column, cell, decimal)
    special = f"{is_filled(cell)} IS NULL"
    if column.opt_outs:
        special += f" OR {is_among(folded(cell), column.opt_outs)}"
    text = trimmed(cell) if column.kind == "code" else cell
    return f"CASE WHEN NOT ({special}) THEN {text} END"


def _choice(column: PlannedColumn, cell: str) -> str:
    """Write the code of a choice: single digits are cast, every other exact text is compared."""
    means = {text: filled_mark(reason) for text, reason in column.opt_outs.items()}
    means |= {text: code for text, code in column.codes.items() if text not in means}
    odd = [digit for digit in _DIGITS if means.get(digit, int(digit)) != int(digit)]
    compared_alone = [*odd, *(text for text in means if len(text) == 1 and text not in _DIGITS)]
    special = "".join(f" OR {_is_letter(cell, text)}" for text in compared_alone)
    rest = {text: code for text, code in means.items() if len(text) > 1 or text not in _DIGITS or text in odd}
    branches = " ".join(f"WHEN {literal(text)} THEN {code}" for text, code in sorted(rest.items(), key=_by_code))
    compared = f"CASE lower({cell}) {branches} END" if branches else "NULL"
    digit = f"TRY_CAST({cell} AS SMALLINT)"
    return f"CAST(CASE WHEN strlen({cell}) <> 1{special} THEN {compared} ELSE {digit} END AS SMALLINT)"


def _is_letter(cell: str, letter: str) -> str:
    return f"{cell} = {literal(letter)}" if letter in _DIGITS else f"lower({cell}) = {literal(letter)}"


def _by_code(entry: tuple[str, int]) -> tuple[bool, int]:
    """Order texts so that bare codes, which numeric exports hold, are compared first."""
    return entry[0] != str(entry[1]), entry[1]


def _option(column: PlannedColumn, cell: str) -> str:
    """Write 1 for ticked, 0 for not ticked, a mark for an opt-out, NULL for what has to be looked at."""
    is_ticked = 1 if column.ticked_means is None else filled_mark(column.ticked_means)
    means = dict.fromkeys(column.ticked, is_ticked) | dict.fromkeys(column.unticked, 0)
    means |= {text: filled_mark(reason) for text, reason in column.opt_outs.items()}
    branches = " ".join(f"WHEN lower({cell}) = {literal(text)} THEN {value}" for text, value in means.items())
    any_text = ""
    if not column.ticked:
        is_known = is_among(folded(cell), means)
        any_text = f"WHEN {is_filled(cell)} IS NOT NULL AND NOT {is_known} THEN {is_ticked}"
    return f"CAST(CASE WHEN {cell} IS NULL THEN NULL {branches} {any_text} END AS SMALLINT)"


def _measured(column: PlannedColumn, cell: str, decimal: str) -> str:
    not_opted_out = f"NOT {is_among(f'lower({cell})', column.opt_outs)} AND " if column.opt_outs else ""
    if column.unit:
        return "CAST(NULL AS DOUBLE)"
    if column.kind == "number":
        pattern = literal(rf"{_PLAIN_NUMBER}([{decimal}][0-9]{{1,15}})?")
        number = f"CAST(replace({cell}, {literal(decimal)}, '.') AS DOUBLE)"
        whole = f"TRY_CAST({cell} AS INTEGER)"
        return (
            f"CASE WHEN {not_opted_out}CAST({whole} AS VARCHAR) = {cell} THEN CAST({whole} AS DOUBLE) "
            f"WHEN {not_opted_out}regexp_full_match({cell}, {pattern}) THEN {number} END"
        )
    pattern = literal(_PLAIN_DATE)
    return f"CASE WHEN {not_opted_out}regexp_full_match({cell}, {pattern}) THEN TRY_CAST({cell} AS DATE) END"
