"""How near drawn rows come to real ones, measured against how near real rows come to one another."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.estimates import Matrix


@dataclass(frozen=True)
class Closeness:
    """Drawn against real rows of one table.

    Attributes:
        n_rows: Drawn rows.
        n_equal: Drawn rows that are equal to a real one.
        n_equal_rare: Of these, equal to a combination that fewer real rows have than may be told.
        median_distance: Median distance from a drawn row to the nearest real one, in standard deviations.
        median_distance_real: The same from a real row to the nearest other real one.
        low_distance: Distance that 5 % of the drawn rows are nearer than.
        low_distance_real: The same of real rows.
    """

    n_rows: int
    n_equal: int
    n_equal_rare: int
    median_distance: float
    median_distance_real: float
    low_distance: float
    low_distance_real: float


def equal_to_rare(drawn: Matrix, real: Matrix, least: int) -> NDArray[np.bool_]:
    """Say which drawn rows are equal to a combination of values that some, but fewer than ``least``, real rows have."""
    together = np.concatenate([real, drawn])
    _, codes = np.unique(together, axis=0, return_inverse=True)
    counts = np.bincount(codes[: len(real)], minlength=int(codes.max(initial=-1)) + 1)
    of_drawn = counts[codes[len(real) :]]
    return (of_drawn > 0) & (of_drawn < least)


def closeness(drawn: Matrix, real: Matrix, least: int) -> Closeness:
    """Measure the distances of complete rows, every column over its standard deviation among the real rows.

    Args:
        drawn: m x p.
        real: n x p, n >= 2.
        least: Fewest real rows that a combination must have to be told.

    References:
        Distance to the closest record: Zhao et al. (2021), CTAB-GAN, section 5.4.
    """
    from scipy.spatial import KDTree  # noqa: PLC0415

    deviations = real.std(axis=0)
    unit = np.where(deviations > 0, deviations, 1.0)
    tree = KDTree(real / unit)
    to_real = np.asarray(tree.query(drawn / unit, k=1)[0])
    among_real = np.asarray(tree.query(real / unit, k=2)[0])[:, 1]
    rare = equal_to_rare(drawn, real, least)
    return Closeness(
        n_rows=len(drawn),
        n_equal=int((to_real == 0).sum()),
        n_equal_rare=int(rare.sum()),
        median_distance=float(np.median(to_real)),
        median_distance_real=float(np.median(among_real)),
        low_distance=float(np.quantile(to_real, 0.05)),
        low_distance_real=float(np.quantile(among_real, 0.05)),
    )
