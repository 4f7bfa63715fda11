"""Whether results made again are those that were written down, figure by figure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from models.regression.compare import TOLERANCE

Verdict = Literal["identical", "within 1e-9", "different"]
What = tuple[str, str, str]
"""Table, fit (or published table), and what of it: the last key of rows, such as a reading, or a column."""
KEYS: Mapping[str, list[str]] = {
    "fits": ["fit_id"],
    "estimates": ["fit_id", "term"],
    "diagnostics": ["fit_id", "diagnostic"],
    "readings": ["fit_id", "term", "reading"],
    "joint_tests": ["fit_id", "regressor"],
    "predictions": ["fit_id", "held", "position", "category"],
    "slopes": ["fit_id", "focal_term", "moderator", "at"],
    "slope_regions": ["fit_id", "focal_term", "moderator", "position"],
    "curves": ["fit_id", "curve", "focal_term", "over", "moderator", "at", "position"],
    "surface": ["fit_id", "feature"],
    "refusals": ["fit_id"],
    "printed": ["table", "column", "place"],
}
"""Table → its key; the first part is what its figures are of: a fit, or a published table."""
NAMES_OF_BITS = ("digest", "position")


@dataclass(frozen=True)
class Agreement:
    """How one table of one fit compares.

    Attributes:
        of: The fit, or the published table.
        table: The table.
        n_figures: Figures compared.
        largest: Largest difference, |a - b| / max(1, |a|, |b|); infinite where rows or texts are not the same.
        where: The row and column of the largest difference; empty where there is none.
        off: What differs: the last key of each such row, and the column; no column where only one table has the row.
    """

    of: str
    table: str
    n_figures: int
    largest: float
    where: str
    off: tuple[tuple[str, str], ...] = ()

    @property
    def verdict(self) -> Verdict:
        """Identical, within 1e-9, or different."""
        if self.largest == 0:
            return "identical"
        return "within 1e-9" if self.largest <= TOLERANCE else "different"


def compare_tables(
    name: str, written: pd.DataFrame, made: pd.DataFrame, leave_out: frozenset[What] = frozenset()
) -> list[Agreement]:
    """Compare a table of results with the same table made again, a fit at a time.

    Args:
        name: Of the table.
        written: As written down; rows of it that are not made again count as different.
        made: Made again.
        leave_out: What is not compared: rows with such a last key, or such a column.
    """
    of_written, of_made = _by_fit(written, name), _by_fit(made, name)
    found: list[Agreement] = []
    for fit in sorted({*of_written, *of_made}):
        without = frozenset(what for table, of, what in leave_out if (table, of) == (name, fit))
        found.append(_compared(fit, name, *(_narrowed(each.get(fit), without) for each in (of_written, of_made))))
    return found


def _by_fit(table: pd.DataFrame, name: str) -> dict[str, pd.DataFrame]:
    """Return the rows of every fit under their keys as text, sorted; none of a table without columns."""
    keys = KEYS[name]
    if table.empty:
        return {}
    texts = {key: table[key].astype("object").where(table[key].notna(), "").astype("str") for key in keys}
    columns = [column for column in table if column in keys or column not in NAMES_OF_BITS]
    rows = table.assign(**texts)[columns].set_index(keys).sort_index()
    return {str(fit): own for fit, own in rows.groupby(level=0, sort=False)}


def _narrowed(rows: pd.DataFrame | None, without: frozenset[str]) -> pd.DataFrame:
    if rows is None:
        return pd.DataFrame()
    if not without:
        return rows
    is_kept = ~rows.index.get_level_values(-1).isin(without)
    return rows.loc[is_kept, [column for column in rows if column not in without]]


def _compared(fit: str, name: str, written: pd.DataFrame, made: pd.DataFrame) -> Agreement:
    if not written.index.equals(made.index):
        only = [each if isinstance(each, str) else each[-1] for each in written.index.symmetric_difference(made.index)]
        return Agreement(fit, name, len(written), np.inf, "other rows", tuple((str(each), "") for each in only))
    if not made.index.is_unique:
        return Agreement(fit, name, len(written), np.inf, "rows that cannot be told apart", (("other rows", ""),))
    rows = made.index.to_frame().to_numpy().tolist()
    largest, where, n_figures, off = 0.0, "", 0, list[tuple[str, str]]()
    for column in (str(each) for each in made if each in written):
        gaps = _gaps(written[column], made[column])
        n_figures += len(gaps)
        off += [(rows[place][-1], column) for place in np.flatnonzero(gaps > TOLERANCE)]
        if len(gaps) and gaps.max() > largest:
            place = int(gaps.argmax())
            largest, where = float(gaps[place]), f"{'/'.join(map(str, rows[place]))}: {column}"
    return Agreement(fit, name, n_figures, largest, where, tuple(dict.fromkeys(off)))


def _gaps(written: pd.Series, made: pd.Series) -> np.ndarray:
    if not (pd.api.types.is_numeric_dtype(written) and pd.api.types.is_numeric_dtype(made)):
        return np.where(written.fillna("").astype("str") == made.fillna("").astype("str"), 0.0, np.inf)
    first, second = (each.to_numpy(dtype=float, na_value=np.nan) for each in (written, made))
    both_missing, equal = np.isnan(first) & np.isnan(second), first == second
    with np.errstate(invalid="ignore"):
        gaps = np.abs(first - second) / np.maximum(1.0, np.maximum(np.abs(first), np.abs(second)))
    gaps = np.where(both_missing | equal, 0.0, gaps)
    return np.where(np.isfinite(gaps), gaps, np.inf)
