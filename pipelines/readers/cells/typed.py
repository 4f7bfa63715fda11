"""The text cell of an item → its typed answer and its mark, as SQL that the scan carries out on the way in.

Exact texts become codes here, the few others stay empty and are set aside; what those mean is in ``resolve``.
"""

from pipelines.readers.cells.marks import BLANK, FILLED, REASONS, filled_mark
from pipelines.readers.cells.texts import (
    cell_of,
    folded,
    holds_marks,
    is_among,
    is_filled,
    is_list,
    is_option,
    literal,
    text_of,
    trimmed,
)
from pipelines.readers.plan import PlannedColumn, ReadingPlan, fold

_PLAIN_NUMBER = r"[+-]?[0-9]{1,15}"
_PLAIN_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_DIGITS = tuple("0123456789")
_NOT_ADMINISTERED = REASONS.index("not_administered")


def typed(plan: ReadingPlan, column: PlannedColumn, *, is_digit: bool) -> list[str]:
    """Write the typed answer of a column and, where it is a column of its own, its mark."""
    cell = cell_of(column)
    answer = _digit(column, cell) if is_digit else _answer(column, cell, column.decimal or plan.decimal)
    reserved = "" if is_digit else _is_reserved(plan, column, cell)
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


def takes_digits(plan: ReadingPlan, column: PlannedColumn) -> bool:
    """Say whether every digit is an answer of a choice, or its mark; none stands for a blank or is unescaped."""
    others = {*column.blanks, *map(fold, plan.escapes), *map(fold, plan.leading_escapes)}
    return column.kind == "choice" and others.isdisjoint(_DIGITS)


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


def _means(column: PlannedColumn) -> dict[str, int]:
    """Return the code or the mark of every text that a choice knows."""
    means = {text: filled_mark(reason) for text, reason in column.opt_outs.items()}
    return means | {text: code for text, code in column.codes.items() if text not in means}


def _digit(column: PlannedColumn, cell: str) -> str:
    """Write the code of a choice whose filled cells are one digit each."""
    digit = f"TRY_CAST({cell} AS SMALLINT)"
    means = {text: code for text, code in _means(column).items() if text in _DIGITS and code != int(text)}
    branches = " ".join(f"WHEN {text} THEN {code}" for text, code in means.items())
    return f"CAST(CASE {digit} {branches} ELSE {digit} END AS SMALLINT)" if branches else digit


def _choice(column: PlannedColumn, cell: str) -> str:
    """Write the code of a choice: single digits are cast, every other exact text is compared."""
    means = _means(column)
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
