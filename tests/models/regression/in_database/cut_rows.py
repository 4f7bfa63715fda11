"""Rows in memory, cut into blocks, and the regression of the same rows in memory, for the tests of blocks."""

from dataclasses import dataclass

import numpy as np

from models.regression.covariance import estimate_uncertainty
from models.regression.in_database.blocks import Block
from models.regression.least_squares import solve_least_squares
from models.sections.inference import CLUSTERED


@dataclass(frozen=True, eq=False)
class Drawn:
    """n rows: k columns with the intercept first, outcome, weights or None, sorted codes of groups."""

    columns: np.ndarray
    outcome: np.ndarray
    weights: np.ndarray | None
    groups: np.ndarray

    @property
    def n_groups(self):
        return int(self.groups.max()) + 1

    def blocks(self, size=100):
        def read():
            for start in range(0, len(self.outcome), size):
                rows = slice(start, start + size)
                weights = None if self.weights is None else self.weights[rows]
                columns = np.ascontiguousarray(self.columns[rows].T)
                yield Block(columns, self.outcome[rows], weights, self.groups[rows])

        return read

    def in_memory(self, columns=None):
        return solve_least_squares(self.columns if columns is None else columns, self.outcome, self.weights)

    def with_dummies(self):
        dummies = (self.groups[:, None] == np.arange(self.n_groups)).astype(float)
        return self.in_memory(np.column_stack([self.columns[:, 1:], dummies]))


def uncertainty_in_memory(solution, kind, groups):
    names = tuple(str(place) for place in range(solution.n_coefficients))
    return estimate_uncertainty(solution, kind, (groups,) if kind in CLUSTERED else (), names)


def draw(seed=0, n=400, n_groups=30, k=4, is_weighted=False):
    """Draw rows whose columns lie far from nought, with a 0/1 column last and groups that differ in size and level."""
    rng = np.random.default_rng(seed)
    groups = np.sort(np.unique(rng.integers(0, n_groups, n) * rng.integers(0, 2, n), return_inverse=True)[1])
    numbers = rng.normal(50, 3, (n, k - 2)) + groups[:, None] / 9
    columns = np.column_stack([np.ones(n), numbers, rng.random(n) < 0.4])
    columns[:2, -1] = 0, 1
    outcome = 7 + columns[:, 1:].sum(axis=1) / 4 + rng.normal(size=n) + rng.normal(size=n_groups + 1)[groups]
    return Drawn(columns, outcome, rng.uniform(0.5, 2, n) if is_weighted else None, groups)
