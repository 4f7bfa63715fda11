"""Columns that tell how a questionnaire was answered → ``core.paradata``: times, order shown, scores. As SQL.

Put here which columns these are and how their cells are stored; what follows from them is in ``steps.screening``.
"""

from collections.abc import Collection

from pipelines.readers.cells.scanned import KEPT, ScannedFile
from pipelines.readers.cells.texts import literal, trimmed
from pipelines.readers.plan import PlannedColumn, ReadingPlan

KIND_OF_ROLE = {"timing": "timing", "display_order": "display_order", "score": "score"}
WORDS_ARE_KEPT = ("quality", "display_order")
_NUMBER = r"[+-]?[0-9]{1,15}(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?"


def paradata_columns(plan: ReadingPlan, quality: Collection[str]) -> dict[int, str]:
    """Choose the columns of an export that are kept as paradata; never a key, an item or personal data.

    Args:
        plan: The bound plan.
        quality: Names of columns in which the platform judges responses.

    Returns:
        Position → kind of ``core.paradata``.
    """
    keys = set(plan.keys.values())
    free = [
        column
        for column in plan.columns
        if column.item is None and column.name not in keys and not column.is_personal_data
    ]
    kinds = {column.position: KIND_OF_ROLE[column.role] for column in free if column.role in KIND_OF_ROLE}
    named = {column.position: "quality" for column in free if column.name in quality}
    return {**kinds, **named}


def paradata_rows(file: ScannedFile) -> list[str]:
    """Write the queries of the cells of paradata columns over the kept rows.

    A cell with a number is stored as such, and other texts where the platform judges a response or tells an order; the
    words of a score may come from an open answer and are not kept.
    """
    kinds = paradata_columns(file.plan, file.context.quality_columns)
    return [_rows(file, column, kinds[column.position]) for column in file.plan.columns if column.position in kinds]


def _rows(file: ScannedFile, column: PlannedColumn, kind: str) -> str:
    text = trimmed(f"d{column.position}")
    plain = f"replace({text}, {literal(column.decimal or file.plan.decimal)}, '.')"
    value = f"CASE WHEN regexp_full_match({plain}, {literal(_NUMBER)}) THEN CAST({plain} AS DOUBLE) END"
    words = f"CASE WHEN ({value}) IS NULL THEN {text} END" if kind in WORDS_ARE_KEPT else "CAST(NULL AS VARCHAR)"
    page = _page(file.plan, column)
    about = "CAST(NULL AS VARCHAR)" if page is None else literal(page)
    return (
        f"SELECT response_id, wave, {literal(kind)} AS kind, {literal(column.name)} AS name, {about} AS page, "  # noqa: S608
        f"{value} AS value, {words} AS text FROM {file.cells} AS cells JOIN {file.rows} AS rows "
        f"ON rows.place = cells.rowid WHERE state = '{KEPT}' AND ({value} IS NOT NULL OR {words} IS NOT NULL)"
    )


def _page(plan: ReadingPlan, column: PlannedColumn) -> str | None:
    """Return what a column is about: for an order shown the study's item, else the page."""
    if column.role == "display_order":
        return next((each.item for each in plan.columns if each.item and each.source_id == column.page), None)
    return column.page or None
