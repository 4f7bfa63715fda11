"""The text cells of a scanned export, as SQL: what a text is without blanks, and what kind of column holds it.

Put here what every query over text cells needs; the queries are in ``scan``, what becomes an answer in ``typed``.
"""

from collections.abc import Iterable

from pipelines.readers.plan import PlannedColumn

BLANKS = "".join(
    map(chr, (*range(0x09, 0x0E), *range(0x1C, 0x21), 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B)))
) + "".join(map(chr, (0x2028, 0x2029, 0x202F, 0x205F, 0x3000)))


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


def is_filled(cell: str) -> str:
    """Write a case that is not NULL for a cell with anything but blanks; a visible first letter settles most cells."""
    return f"CASE WHEN {cell} BETWEEN '!' AND '~' THEN 1 WHEN trim({cell}, {literal(BLANKS)}) <> '' THEN 1 END"


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
