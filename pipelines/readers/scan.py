"""A reading plan → the SQL of one scan: exact texts become codes on the way in, the few others stay text.

Only text is made here; ``pipelines.receive`` runs it. ``resolve`` deals with the texts that stay.
"""

from pipelines.readers.plan import PlannedColumn, ReadingPlan
from pipelines.readers.records import Records

BLANKS = "".join(
    map(chr, (*range(0x09, 0x0E), *range(0x1C, 0x21), 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B)))
) + "".join(map(chr, (0x2028, 0x2029, 0x202F, 0x205F, 0x3000)))
_PLAIN_NUMBER = r"[+-]?[0-9]{1,15}"
_NAMES_OF_LINE_ENDS = {"\n": r"'\n'", "\r\n": r"'\r\n'", "\r": r"'\r'"}
_PLAIN_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"


def literal(text: str) -> str:
    """Write a text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


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


def read_answers(plan: ReadingPlan, table: str) -> str:
    """Write the query that yields one row a record, in the order of the file.

    Columns: ``is_blank_row``; ``k_<key>`` the text of every key; for every column that holds an item ``v<position>``
    the typed answer and ``t<position>`` the text where no typed answer was found.
    """
    every_cell = ", ".join(_is_filled(_cell(column)) for column in plan.columns)
    parts = [f"coalesce({every_cell}, NULL) IS NULL AS is_blank_row"]
    parts += [f"{_cell(plan.column(name))} AS k_{key}" for key, name in plan.keys.items()]
    for column in plan.columns:
        if column.kind is not None:
            parts += _answer(column, plan.decimal)
    return f"SELECT {', '.join(parts)} FROM {table}"  # noqa: S608 - texts are literals, names are ours


def count_filled(plan: ReadingPlan, table: str) -> str:
    """Write the query that counts records, and in every column the cells that are not blank; it knows no codes."""
    counts = ", ".join(f"count({_is_filled(_cell(column))})" for column in plan.columns)
    return f"SELECT count(*), {counts} FROM {table}"  # noqa: S608 - texts are literals, names are ours


def _is_filled(cell: str) -> str:
    """Write a case that is not NULL for a cell with anything but blanks; a visible first letter settles most cells."""
    return f"CASE WHEN {cell} BETWEEN '!' AND '~' THEN 1 WHEN trim({cell}, {literal(BLANKS)}) <> '' THEN 1 END"


def _cell(column: PlannedColumn) -> str:
    return f"c{column.position}"


def _answer(column: PlannedColumn, decimal: str) -> list[str]:
    cell, value, text = _cell(column), f"v{column.position}", f"t{column.position}"
    typed = _typed(column, cell, decimal)
    if typed is None:
        return [f"{cell} AS {text}"]
    return [f"{typed} AS {value}", f"CASE WHEN {value} IS NULL THEN {cell} END AS {text}"]


def _typed(column: PlannedColumn, cell: str, decimal: str) -> str | None:
    """Write the expression of a typed answer; None for kinds that stay text."""
    if column.kind == "choice":
        branches = " ".join(f"WHEN {literal(text)} THEN {code}" for text, code in _codes_first(column))
        return f"CAST(CASE lower({cell}) {branches} END AS SMALLINT)" if branches else None
    opt_outs = ", ".join(map(literal, column.opt_outs))
    not_opted_out = f"lower({cell}) NOT IN ({opt_outs}) AND " if opt_outs else ""
    if column.kind == "number" and not column.unit:
        pattern = literal(rf"{_PLAIN_NUMBER}([{decimal}][0-9]{{1,15}})?")
        number = f"CAST(replace({cell}, {literal(decimal)}, '.') AS DOUBLE)"
        return f"CASE WHEN {not_opted_out}regexp_full_match({cell}, {pattern}) THEN {number} END"
    if column.kind == "date":
        pattern = literal(_PLAIN_DATE)
        return f"CASE WHEN {not_opted_out}regexp_full_match({cell}, {pattern}) THEN TRY_CAST({cell} AS DATE) END"
    return None


def _codes_first(column: PlannedColumn) -> list[tuple[str, int]]:
    """Order the texts so that bare codes, which numeric exports hold, are compared first."""
    return sorted(column.codes.items(), key=lambda entry: (entry[0] != str(entry[1]), entry[1]))
