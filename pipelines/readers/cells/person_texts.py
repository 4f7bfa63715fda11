"""Columns that tell people apart beside the keys → one row a response and column. As SQL.

Elements of a self-generated code, and the key of the other person of a dyad. Put here how they are taken from the
scanned cells; their pseudonyms are made in ``assets.pseudonyms``.
"""

from collections.abc import Mapping

from pipelines.readers.cells.scanned import KEPT, ScannedFile
from pipelines.readers.cells.texts import literal, trimmed
from pipelines.readers.plan import ReadingPlan


def columns_of_people(plan: ReadingPlan) -> set[int]:
    """Return the positions of the elements of the code and of the keys of dyads."""
    return {plan.column(name).position for name in (*plan.link_code.values(), *plan.dyads.values())}


def link_code_rows(file: ScannedFile) -> list[str]:
    """Write the queries of the elements that kept rows give: response_id, wave, element, text."""
    return _rows(file, "element", file.plan.link_code)


def dyad_rows(file: ScannedFile) -> list[str]:
    """Write the queries of the other persons that kept rows name: response_id, wave, kind, text."""
    return _rows(file, "kind", file.plan.dyads)


def _rows(file: ScannedFile, name: str, columns: Mapping[str, str]) -> list[str]:
    rows = f"FROM {file.cells} AS cells JOIN {file.rows} AS rows ON rows.place = cells.rowid WHERE state = '{KEPT}'"
    texts = {key: trimmed(f"d{file.plan.column(column).position}") for key, column in columns.items()}
    return [
        f"SELECT response_id, wave, {literal(key)} AS {name}, {text} AS text {rows} AND {text} IS NOT NULL"
        for key, text in texts.items()
    ]
