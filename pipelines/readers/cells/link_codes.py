"""Columns of a self-generated code → its elements, one row a response and element. As SQL.

Put here how the elements are taken from the scanned cells; their pseudonyms are made in ``assets.pseudonyms``.
"""

from pipelines.readers.cells.scanned import KEPT, ScannedFile
from pipelines.readers.cells.texts import literal, trimmed
from pipelines.readers.plan import ReadingPlan


def link_code_columns(plan: ReadingPlan) -> dict[str, int]:
    """Return the position of the column of every element."""
    return {element: plan.column(name).position for element, name in plan.link_code.items()}


def link_code_rows(file: ScannedFile) -> list[str]:
    """Write the queries of the elements that kept rows give: response_id, wave, element, text."""
    rows = f"FROM {file.cells} AS cells JOIN {file.rows} AS rows ON rows.place = cells.rowid WHERE state = '{KEPT}'"
    return [
        f"SELECT response_id, wave, {literal(element)} AS element, {trimmed(f'd{position}')} AS text {rows} "
        f"AND {trimmed(f'd{position}')} IS NOT NULL"
        for element, position in link_code_columns(file.plan).items()
    ]
