"""Where every cell of an export went, and the audit that none was lost.

The audit compares three counts that come about in different ways: cells in the file that are not blank, counted
without any plan; cells as they were understood; rows and cells of the tables that were made.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipelines.readers.plan import ReadingError, ReadingPlan
from pipelines.readers.results import ReadFile, ReadResult
from pipelines.tables.raw import CONSERVATION

_COUNTS = ("n_answered", "n_missing", "n_rejected", "n_superseded", "n_kept_raw")


def account(file: ReadFile) -> pd.DataFrame:
    """Count for every column where its cells went; a rejected row counts as a rejected cell in every column."""
    rows = [
        {
            "file_sha256": file.context.file_sha256,
            "wave": file.context.wave,
            "position": column.position,
            "n_cells": len(file.is_kept) + len(file.scanned.odd),
            **_went_to(file, column.position),
        }
        for column in file.plan.columns
    ]
    return CONSERVATION.typed(pd.DataFrame(rows).assign(n_superseded=int(file.is_superseded.sum())))


def audit(result: ReadResult, file: ReadFile) -> None:
    """Compare what was found, understood and stored, column by column.

    Raises:
        ReadingError: When a cell is unaccounted for; then nothing may be stored.
    """
    lost = result.conservation[result.conservation["n_cells"] != result.conservation[list(_COUNTS)].sum(axis=1)]
    wrong = {int(position) for position in lost["position"]}
    wrong |= {position for position, filled in _filled(file).items() if filled != file.scanned.n_filled[position]}
    stored = _stored(result)
    accounted = result.conservation.set_index("position")
    for column in file.plan.columns:
        if column.item is not None:
            n_rejected = accounted["n_rejected"][column.position] - file.n_rejected_rows
            expected = (accounted["n_answered"][column.position], accounted["n_missing"][column.position] + n_rejected)
            if stored.get(column.item, (0, 0)) != expected:
                wrong.add(column.position)
    if wrong:
        places = ", ".join(map(str, sorted(wrong)[:10]))
        raise ReadingError(
            file.context.file_name or file.context.source_name,
            f"the cells of {len(wrong)} columns do not add up (positions {places}); this is a defect of the software, "
            "not of the file: nothing was stored; report it with the layout of the export",
        )


def _went_to(file: ReadFile, position: int) -> dict[str, int]:
    is_kept, n_rejected_rows = file.is_kept, file.n_rejected_rows
    if position in file.columns:
        column = file.columns[position]
        is_rejected = (column.rules >= 0) & is_kept
        is_answered = (column.reasons < 0) & is_kept
        return _counts(is_answered, is_kept & ~is_answered & ~is_rejected, is_rejected, n_rejected_rows)
    if position in _key_positions(file.plan):
        is_filled, is_faulty = _cells_of_key(file, position)
        return _counts(
            is_filled & ~is_faulty & is_kept, ~is_filled & is_kept, is_filled & is_faulty & is_kept, n_rejected_rows
        )
    return {"n_answered": 0, "n_missing": 0, "n_rejected": n_rejected_rows, "n_kept_raw": int(is_kept.sum())}


def _counts(
    answered: npt.NDArray[np.bool_], missing: npt.NDArray[np.bool_], rejected: npt.NDArray[np.bool_], n_rows: int
) -> dict[str, int]:
    return {
        "n_answered": int(answered.sum()),
        "n_missing": int(missing.sum()),
        "n_rejected": int(rejected.sum()) + n_rows,
        "n_kept_raw": 0,
    }


def _key_positions(plan: ReadingPlan) -> dict[int, list[str]]:
    positions: dict[int, list[str]] = {}
    for key, name in plan.keys.items():
        positions.setdefault(plan.column(name).position, []).append(key)
    return positions


def _cells_of_key(file: ReadFile, position: int) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Return where the cells of a key's column are filled, and where they break a rule."""
    keys = [key for key, name in file.plan.keys.items() if file.plan.column(name).position == position]
    is_filled = file.keys.texts[keys[0]].notna().to_numpy()
    is_faulty = np.zeros(len(is_filled), dtype=bool)
    for key in keys:
        if key in file.keys.faults:
            is_faulty |= file.keys.faults[key][1]
    return is_filled, is_faulty


def _filled(file: ReadFile) -> dict[int, int]:
    """Count the cells understood to hold something, by position, for every column that is read."""
    filled = {position: int(_cells_of_key(file, position)[0].sum()) for position in _key_positions(file.plan)}
    return filled | {position: int(column.is_filled.sum()) for position, column in file.columns.items()}


def _stored(result: ReadResult) -> dict[str, tuple[int, int]]:
    """Count stored answers and missing reasons by item."""
    answered = result.answers.drop(columns=["response_id", "wave"]).notna().sum()
    opened = result.open_answers["item"].value_counts()
    missing = result.missing["item"].value_counts()
    items = {*map(str, answered.index), *map(str, opened.index), *map(str, missing.index)}
    return {item: (int(answered.get(item, 0) + opened.get(item, 0)), int(missing.get(item, 0))) for item in items}
