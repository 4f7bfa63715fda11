"""A panel: the outcome and regressors of units in waves, and the ways it is transformed before least squares."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.regression.cluster_moments import grouped_sums
from models.regression.identification import ModelDataError

FEWEST_UNITS = 2
FEWEST_ROWS_A_UNIT = 2
NO_VARIATION = 1e-10


@dataclass(frozen=True, eq=False)
class Panel:
    """n rows, each a unit in a wave; at most one row of a unit in a wave.

    Attributes:
        outcome: n values.
        regressors: n x k, without an intercept.
        units: Unit of each row, 0 to N - 1, each at least once.
        waves: Wave of each row in order of time, 0 to T - 1, each at least once.
    """

    outcome: Vector
    regressors: Matrix
    units: NDArray[np.intp]
    waves: NDArray[np.intp]

    @property
    def n_obs(self) -> int:
        """Rows."""
        return len(self.outcome)

    @property
    def n_units(self) -> int:
        """Units."""
        return len(self.sizes)

    @property
    def n_waves(self) -> int:
        """Waves."""
        return int(self.waves.max()) + 1

    @cached_property
    def sizes(self) -> Vector:
        """Rows of each unit, N."""
        return np.bincount(self.units).astype(float)

    def means(self, values: Matrix) -> Matrix:
        """Return the mean of n x m values of each unit, N x m."""
        return grouped_sums(values, self.units) / self.sizes[:, None]

    def less_means(self, values: Matrix, shares: Vector) -> Matrix:
        """Return n x m values less a share of their unit's means; N shares, 1 for the within transformation."""
        return values - (shares[:, None] * self.means(values))[self.units]

    @cached_property
    def varies_within(self) -> NDArray[np.bool_]:
        """Whether each of the k regressors varies within any unit."""
        left = self.less_means(self.regressors, np.ones(self.n_units))
        scale = np.abs(self.regressors).max(axis=0, initial=0.0)
        return np.abs(left).max(axis=0, initial=0.0) > NO_VARIATION * np.where(scale > 0, scale, 1.0)


def refuse_unusable(panel: Panel, *, needs_variation: bool) -> None:
    """Raise ModelDataError when a panel cannot be analysed as one.

    Args:
        panel: The panel.
        needs_variation: Whether every regressor has to vary within units, and units to have several rows.
    """
    pairs = panel.units * panel.n_waves + panel.waves
    n_twice = panel.n_obs - len(np.unique(pairs))
    if n_twice:
        raise ModelDataError(
            f"{n_twice} rows are of a unit and wave that another row has; expected one row a unit and wave; "
            "link the waves by a unique key or average the rows"
        )
    if panel.n_units < FEWEST_UNITS:
        raise ModelDataError(f"{panel.n_units} unit; expected at least {FEWEST_UNITS}; a panel needs several units")
    if not needs_variation:
        return
    if panel.sizes.max() < FEWEST_ROWS_A_UNIT:
        raise ModelDataError(
            "no unit has two rows; expected units that answered in several waves; use a regression without unit effects"
        )
    fixed = np.flatnonzero(~panel.varies_within).tolist()
    if fixed:
        listed = ", ".join(str(place + 1) for place in fixed)
        raise ModelDataError(
            f"regressor {listed} (counted from 1) does not vary within any unit, so that unit effects swallow it; "
            "take it out, or use random effects or unit means (Mundlak)"
        )
