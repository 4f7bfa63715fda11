"""Which units stand out from everybody, from released means and intervals alone."""

import numpy as np
import pandas as pd
from scipy.special import stdtr, stdtrit

FALSE_DISCOVERIES = 0.05
CONFIDENCE = 0.95
LEAST_ERROR = 1e-9
"""Of an interval that rounding made a point."""


def bands(cells: pd.DataFrame, everybody: pd.Series) -> pd.Series:
    """Say of every cell whether its unit lies clearly above or below everybody.

    The standard error is that of the released interval, t has n - 1 degrees of freedom, and of all cells together at
    most one in twenty that are called clear is expected not to be (Benjamini and Hochberg).

    Args:
        cells: One row a cell: ``scale``, ``n_obs``, ``mean``, ``conf_low``, ``conf_high``; missing where hidden.
        everybody: Scale → mean of everybody.

    Returns:
        ``above``, ``below`` or ``unclear``, aligned with the cells; missing where hidden.

    References:
        Benjamini and Hochberg (1995), Journal of the Royal Statistical Society B 57(1), 289-300.
    """
    mean, low, high, n = (cells[name].astype(float) for name in ("mean", "conf_low", "conf_high", "n_obs"))
    df = np.maximum(n - 1, 1)
    error = (high - low) / 2 / stdtrit(df, (1 + CONFIDENCE) / 2)
    distance = mean - cells["scale"].map(everybody).astype(float)
    p = pd.Series(2 * stdtr(df, -np.abs(distance) / error.clip(lower=LEAST_ERROR)), index=cells.index)
    p = p.where(distance.notna() & error.notna())
    ranks, n_tests = p.rank(method="max"), int(p.notna().sum())
    passing = p[p <= FALSE_DISCOVERIES * ranks / max(n_tests, 1)]
    is_clear = p <= passing.max() if len(passing) else pd.Series(data=False, index=cells.index)
    told = pd.Series(np.where(distance > 0, "above", "below"), index=cells.index).where(is_clear, "unclear")
    return told.where(p.notna())
