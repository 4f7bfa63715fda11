"""The distribution of one column, told in such a way that no single value of it is told."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.estimates import Vector

SHARE_ON_GRID = 0.8
DIGITS = 6
LEAST_CLUSTERS = 3


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
        unit, parts = 10.0 ** (size - DIGITS + 1), 10.0 ** (DIGITS - 1 - size)
        return np.where(parts >= 1, np.round(values * parts) / parts, np.round(values / unit) * unit)


def margin_of(values: Vector, clusters: NDArray[np.intp], least: int) -> Margin:
    """Describe a column by the means of neighbours, at least ``least`` of at least three clusters at a time.

    A value that fewer share, or that only one or two clusters have, is never told: extremes become the mean of the
    outermost ones. Where common values make up four fifths of the column, as on an answer scale, drawn ones are moved
    to the nearest of these.

    Args:
        values: n >= 1 known values.
        clusters: Cluster of each; one of its own for a value that belongs to none.
        least: Fewest values behind a number that is told.
    """
    order = np.argsort(values, kind="stable")
    ordered, owners = values[order], clusters[order]
    ends = _ends_of_blocks(owners, least)
    starts = np.r_[0, ends[:-1]]
    sums = np.add.reduceat(ordered, starts)
    different, places, counts = np.unique(ordered, return_inverse=True, return_counts=True)
    pairs = np.unique(np.column_stack([places, owners]), axis=0)
    is_common = (counts >= least) & (np.bincount(pairs[:, 0], minlength=len(different)) >= LEAST_CLUSTERS)
    has_grid = counts[is_common].sum() >= SHARE_ON_GRID * len(ordered)
    return Margin(
        (starts + ends) / (2 * len(ordered)),
        sums / (ends - starts),
        different[is_common] if has_grid else np.empty(0),
        bool(np.all(ordered == np.round(ordered))),
    )


def _ends_of_blocks(owners: NDArray[np.intp], least: int) -> NDArray[np.intp]:
    """Return where each block of neighbours ends; what is left over belongs to the last."""
    ends: list[int] = []
    begin, seen = 0, set[int]()
    for place, owner in enumerate(owners.tolist(), start=1):
        seen.add(owner)
        if place - begin >= least and len(seen) >= LEAST_CLUSTERS:
            ends.append(place)
            begin, seen = place, set[int]()
    return np.array([*ends[:-1], len(owners)], dtype=np.intp)


def normal_scores(values: Vector) -> Vector:
    """Return the normal quantiles of the mid-ranks of n values: (rank - 1/2) / n; missing stay missing."""
    from scipy.special import ndtri  # noqa: PLC0415
    from scipy.stats import rankdata  # noqa: PLC0415

    is_known = ~np.isnan(values)
    scores = np.full(len(values), np.nan)
    if is_known.any():
        scores[is_known] = ndtri((rankdata(values[is_known]) - 0.5) / is_known.sum())
    return scores
