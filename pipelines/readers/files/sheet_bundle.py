"""Sheets of one workbook that belong together → one table, and the sheets that define its questions.

Put here how such sheets are told and put side by side; how a single sheet becomes text cells is in ``sheet_cells``.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from pipelines.readers.plan import ReadingError
from pipelines.readers.structure import Structure
from pipelines.readers.surveyxact.structure import structure_of_sheets

_DATA = re.compile(r"Dataset(?: ?\((\d+)\))?")
_DEFINITION = ("Labels", "Variables", "Structure")
_ID = "respondentid"


@dataclass(frozen=True)
class SheetBundle:
    """The sheets of a SurveyXact workbook; a wide data set is spread over ``Dataset(1)``, ``Dataset(2)`` and so on.

    Attributes:
        data: Sheets of answers, in order.
        definition: Sheets that define the survey.
    """

    data: tuple[str, ...]
    definition: tuple[str, ...]


def bundle_of(sheets: Sequence[str]) -> SheetBundle | None:
    """Tell the sheets that belong together by their names, which the platform never translates; None when they do not.

    Args:
        sheets: Names of all sheets.
    """
    numbered = {int(found.group(1) or 0): name for name in sheets if (found := _DATA.fullmatch(name))}
    definition = tuple(name for name in sheets if name in _DEFINITION)
    if not numbered or not definition:
        return None
    return SheetBundle(tuple(numbered[number] for number in sorted(numbered)), definition)


def side_by_side(parts: Sequence[pa.Table], file_name: str) -> pa.Table:
    """Put the parts of a wide table side by side, by the respondent's id where every part has it, else by row.

    Args:
        parts: Text cells with one header row each, columns ``c1`` … ``cn``; blank rows at the end are cut off.
        file_name: For messages.

    Returns:
        One table of text cells; the id stands in it once.

    Raises:
        ReadingError: When the parts do not hold the same respondents.
    """
    ids = [_ids(part) for part in parts]
    columns = list(parts[0].columns)
    longest = max(part.num_rows for part in parts)
    for part, own in zip(parts[1:], ids[1:], strict=True):
        if ids[0] is not None and own is not None:
            order = _order(part.column(own), parts[0].column(ids[0]), file_name)
            columns += [column.take(order) for place, column in enumerate(part.columns) if place != own]
        else:
            columns += part.columns
    padded = [pa.chunked_array([*each.chunks, pa.nulls(longest - len(each), pa.string())]) for each in columns]
    return pa.table(padded, names=[f"c{position}" for position in range(1, len(padded) + 1)])


def definition_of(sheets: dict[str, pa.Table]) -> Structure:
    """Read the sheets that define the survey."""
    rows = {
        name: [list(row) for row in zip(*(column.fill_null("").to_pylist() for column in cells.columns), strict=True)]
        for name, cells in sheets.items()
    }
    return structure_of_sheets(rows)


def _ids(part: pa.Table) -> int | None:
    """Return the place of the column with the respondent's id, or None."""
    headers = [str(column[0].as_py() or "").strip().lower() for column in part.columns]
    return headers.index(_ID) if _ID in headers else None


def _order(own: pa.ChunkedArray, wanted: pa.ChunkedArray, file_name: str) -> pa.Array:
    """Return for every wanted id the row that holds it."""
    row_of = {respondent: row for row, respondent in enumerate(own.to_pylist())}
    rows = [row_of.get(respondent) for respondent in wanted.to_pylist()]
    if None in rows or not len(row_of) == len(own) == len(wanted):
        raise ReadingError(
            file_name,
            "expected the same respondents, each once, in every sheet of the data set, found others; export the "
            "workbook again",
        )
    return pa.array(rows, pa.int64())
