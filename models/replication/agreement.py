"""Whether results made again are those that were written down, figure by figure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from models.regression.compare import TOLERANCE

Verdict = Literal["identical", "within 1e-9", "different"]
KEYS: Mapping[str, list[str]] = {
    "fits": ["fit_id"],
    "estimates": ["fit_id", "term"],
    "diagnostics": ["fit_id", "diagnostic"],
    "readings": ["fit_id", "term", "reading"],
    "refusals": ["fit_id"],
}
NAMES_OF_BITS = ("digest", "position")


@dataclass(frozen=True)
class Agreement:
    """How one table of one fit compares.

    Attributes:
        fit_id: The fit.
        table: The table.
        n_figures: Figures compared.
        largest: Largest difference, |a - b| / max(1, |a|, |b|); infinite where rows or texts are not the same.
        where: The row and column of the largest difference; empty where there is none.
    """

    fit_id: str
    table: str
    n_figures: int
    largest: float
    where: str

    @property
    def verdict(self) -> Verdict:
        """Identical, within 1e-9, or different."""
        if self.largest == 0:
            return "identical"
        return "within 1e-9" if self.largest <= TOLERANCE else "different"


def compare_tables(
    name: str, written: pd.DataFrame, made: pd.DataFrame, leave_out: frozenset[tuple[str, str]] = frozenset()
) -> list[Agreement]:
    """Compare a table of results with the same table made again, a fit at a time.

    Args:
        name: Of the table.
        written: As written down; rows of it that are not made again count as different.
        made: Made again.
        leave_out: Pairs of fit and reading or diagnostic that are not compared.
    """
    fits = sorted({*written["fit_id"], *made["fit_id"]})
    return [_compared(fit, name, _of(written, fit, name, leave_out), _of(made, fit, name, leave_out)) for fit in fits]


def _of(table: pd.DataFrame, fit: str, name: str, leave_out: frozenset[tuple[str, str]]) -> pd.DataFrame:
    keys = [key for key in KEYS[name] if key in table]
    own = table[table["fit_id"] == fit]
    what = keys[-1]
    kept = np.array([(fit, str(each)) not in leave_out for each in own[what]], dtype=bool)
    return own[kept].set_index(keys).sort_index()


def _compared(fit: str, name: str, written: pd.DataFrame, made: pd.DataFrame) -> Agreement:
    if not written.index.equals(made.index):
        return Agreement(fit, name, len(written), np.inf, "other rows")
    columns = [column for column in made if column in written and column not in NAMES_OF_BITS]
    names = ["/".join(map(str, row)) for row in made.index.to_frame().to_numpy().tolist()]
    largest, where, n_figures = 0.0, "", 0
    for column in columns:
        gaps = _gaps(written[column], made[column])
        n_figures += len(gaps)
        if len(gaps) and gaps.max() > largest:
            place = int(gaps.argmax())
            largest, where = float(gaps[place]), f"{names[place]}: {column}"
    return Agreement(fit, name, n_figures, largest, where)


def _gaps(written: pd.Series, made: pd.Series) -> np.ndarray:
    if not (pd.api.types.is_numeric_dtype(written) and pd.api.types.is_numeric_dtype(made)):
        return np.where(written.fillna("").astype("str") == made.fillna("").astype("str"), 0.0, np.inf)
    first, second = (each.to_numpy(dtype=float, na_value=np.nan) for each in (written, made))
    both_missing, equal = np.isnan(first) & np.isnan(second), first == second
    with np.errstate(invalid="ignore"):
        gaps = np.abs(first - second) / np.maximum(1.0, np.maximum(np.abs(first), np.abs(second)))
    gaps = np.where(both_missing | equal, 0.0, gaps)
    return np.where(np.isfinite(gaps), gaps, np.inf)
