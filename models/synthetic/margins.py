"""The distribution of one column, told in such a way that no single value of it is told."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false

from dataclasses import dataclass

import numpy as np

from models.estimates import Vector

SHARE_ON_GRID = 0.8
DIGITS = 6


@dataclass(frozen=True, eq=False)
class Margin:
    """Values by how many lie below them, every one the mean of several neighbours.

    Attributes:
        shares: Places of the means between 0 and 1, rising.
        means: Means of the neighbours.
        grid: Values that drawn ones are moved to, rising; empty where the column has no grid.
        is_whole: Whether all values are whole numbers.
    """

    shares: Vector
    means: Vector
    grid: Vector
    is_whole: bool

    def at(self, shares: Vector) -> Vector:
        """Return the values below which these shares of the column lie."""
        values = np.interp(shares, self.shares, self.means)
        if len(self.grid):
            places = np.searchsorted((self.grid[1:] + self.grid[:-1]) / 2, values)
            return self.grid[places]
        if self.is_whole:
            return np.round(values)
        with np.errstate(divide="ignore"):
            size = np.where(values == 0, 0, np.floor(np.log10(np.abs(values) + np.finfo(float).tiny)))
        unit = 10.0 ** (size - DIGITS + 1)
        return np.round(values / unit) * unit


def margin_of(values: Vector, least: int) -> Margin:
    """Describe a column by the means of ``least`` neighbours at a time.

    A value that fewer than ``least`` share is never told: extremes become the mean of the outermost ``least``. Where
    common values make up four fifths of the column, as on an answer scale, drawn ones are moved to the nearest of
    these.

    Args:
        values: n >= 1 known values.
        least: Fewest values behind a number that is told.
    """
    ordered = np.sort(values)
    n_blocks = max(1, len(ordered) // least)
    blocks = np.array_split(ordered, n_blocks)
    ends = np.cumsum([len(block) for block in blocks]) / len(ordered)
    middles = ends - np.array([len(block) for block in blocks]) / (2 * len(ordered))
    different, counts = np.unique(ordered, return_counts=True)
    is_common = counts >= least
    has_grid = counts[is_common].sum() >= SHARE_ON_GRID * len(ordered)
    return Margin(
        middles,
        np.array([float(block.mean()) for block in blocks]),
        different[is_common] if has_grid else np.empty(0),
        bool(np.all(ordered == np.round(ordered))),
    )


def normal_scores(values: Vector) -> Vector:
    """Return the normal quantiles of the mid-ranks of n values: (rank - 1/2) / n; missing stay missing."""
    from scipy.special import ndtri  # noqa: PLC0415
    from scipy.stats import rankdata  # noqa: PLC0415

    is_known = ~np.isnan(values)
    scores = np.full(len(values), np.nan)
    if is_known.any():
        scores[is_known] = ndtri((rankdata(values[is_known]) - 0.5) / is_known.sum())
    return scores
