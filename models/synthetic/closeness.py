"""How near drawn rows come to real ones, measured against how near real rows come to one another."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.estimates import Matrix

EQUAL_BY_CHANCE = 0.01


@dataclass(frozen=True)
class Closeness:
    """Drawn against real rows of one table.

    Attributes:
        n_rows: Drawn rows.
        n_equal: Drawn rows that are equal to a real one.
        share_equal: The same as a share of the drawn rows.
        share_equal_real: Share of the real rows that are equal to another real one: what chance and the grid give.
        median_distance: Median distance from a drawn row to the nearest real one, in standard deviations.
        median_distance_real: The same from a real row to the nearest other real one.
        low_distance: Distance that 5 % of the drawn rows are nearer than.
        low_distance_real: The same of real rows.
    """

    n_rows: int
    n_equal: int
    share_equal: float
    share_equal_real: float
    median_distance: float
    median_distance_real: float
    low_distance: float
    low_distance_real: float


def repeats_a_rare_row(drawn: Matrix, real: Matrix, least: int) -> NDArray[np.bool_]:
    """Say which drawn rows are equal to a combination of values that some, but fewer than ``least``, real rows have.

    None where more than one real row in a hundred is equal to another: so few columns, or so coarse, make rows equal by
    chance, and to leave these out would tell which combinations there are. A missing value equals a missing value.
    """
    drawn, real = _complete(drawn, real)
    _, sizes_of_real = np.unique(real, axis=0, return_counts=True)
    if sizes_of_real[sizes_of_real > 1].sum() > EQUAL_BY_CHANCE * len(real):
        return np.zeros(len(drawn), dtype=bool)
    together = np.concatenate([real, drawn])
    _, codes = np.unique(together, axis=0, return_inverse=True)
    counts = np.bincount(codes[: len(real)], minlength=int(codes.max(initial=-1)) + 1)
    of_drawn = counts[codes[len(real) :]]
    return (of_drawn > 0) & (of_drawn < least)


def closeness(drawn: Matrix, real: Matrix) -> Closeness:
    """Measure the distances of rows, every column over its standard deviation among the real rows.

    Args:
        drawn: m x p; a missing value (NaN) is as far as whether a value is missing is, and else at the column's mean.
        real: n x p, n >= 2.

    References:
        Distance to the closest record: Zhao et al. (2021), CTAB-GAN, section 5.4.
    """
    from scipy.spatial import KDTree  # noqa: PLC0415

    drawn, real = _complete(drawn, real)
    deviations = real.std(axis=0)
    unit = np.where(deviations > 0, deviations, 1.0)
    tree = KDTree(real / unit)
    to_real = np.asarray(tree.query(drawn / unit, k=1)[0])
    among_real = np.asarray(tree.query(real / unit, k=2)[0])[:, 1]
    return Closeness(
        n_rows=len(drawn),
        n_equal=int((to_real == 0).sum()),
        share_equal=float((to_real == 0).mean()),
        share_equal_real=float((among_real == 0).mean()),
        median_distance=float(np.median(to_real)),
        median_distance_real=float(np.median(among_real)),
        low_distance=float(np.quantile(to_real, 0.05)),
        low_distance_real=float(np.quantile(among_real, 0.05)),
    )


def _complete(drawn: Matrix, real: Matrix) -> tuple[Matrix, Matrix]:
    """Put the mean of a column in the place of what is missing, and add a column of whether it was."""
    is_missing = np.isnan(real).any(axis=0) | np.isnan(drawn).any(axis=0)
    if not is_missing.any():
        return drawn, real
    known = ~np.isnan(real)
    means = np.where(known, real, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    filled = [
        np.column_stack([np.where(np.isnan(rows), means, rows), np.isnan(rows[:, is_missing])])
        for rows in (drawn, real)
    ]
    return filled[0], filled[1]
