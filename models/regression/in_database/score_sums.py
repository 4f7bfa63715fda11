"""Scores of responses summed by cluster, the same bits in any order.

Most columns of a matrix depend on one or two of the columns that a model reads: residuals are summed once for all of
them, by cluster and by these columns' values. Put here only sums; not covariances (``pattern_clusters``).
"""

# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false, reportUnknownMemberType=false

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from math import prod

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.estimates import Matrix
from models.regression.columns import column_of
from models.regression.in_database.fixed_point import ExactSums, Integers, Limbs
from models.regression.in_database.pattern_design import PatternDesign
from models.regression.in_database.patterns import Placed
from models.sections.regressors import parts_of

MOST_CELLS = 1 << 20
CELLS_AT_ONCE = 1 << 17
"""Sums of so many lie in a processor's cache."""


@dataclass(frozen=True, eq=False)
class _Shared:
    """Columns of the matrix that depend on the same few values.

    Attributes:
        cells: Which of the m combinations of values each pattern has, C.
        columns: q columns of the matrix.
        rows: Of these columns, m x q.
        sums: Of each limb of the residuals, by cluster and combination, one row a limb.
    """

    cells: NDArray[np.intp]
    columns: NDArray[np.intp]
    rows: Matrix
    sums: Matrix


class ScoreSums:
    """Sums of values of patterns times residuals of responses, by cluster.

    Args:
        design: Patterns, with clusters.
        values: C x k values of the patterns.
        largest: What no residual exceeds, in units of the grid.
    """

    def __init__(self, design: PatternDesign, values: Matrix, largest: float) -> None:
        from scipy.sparse import csr_array  # noqa: PLC0415

        self._limbs = Limbs.over(largest, design.patterns.largest_cluster)
        self._n_clusters, self._scale = design.patterns.n_clusters, design.patterns.grid.scale
        self._shared: list[_Shared] = []
        self._rest: NDArray[np.intp] = np.arange(len(design.terms))
        for cells in _combinations(design):
            self._share(cells, values)
        self._sums = (
            ExactSums(
                csr_array(values[:, self._rest]), self._n_clusters, design.patterns.largest_cluster, is_counted=False
            )
            if len(self._rest)
            else None
        )
        self._k = len(design.terms)

    def _share(self, cells: NDArray[np.intp], values: Matrix) -> None:
        """Take the columns out of the rest that depend on the combinations alone."""
        n_cells = int(cells.max()) + 1
        if n_cells * self._n_clusters > MOST_CELLS or not len(self._rest):
            return
        one = np.zeros(n_cells, dtype=np.intp)
        one[cells] = np.arange(len(cells))
        depend = np.array([np.array_equal(values[one, place][cells], values[:, place]) for place in self._rest])
        if depend.any():
            columns = self._rest[depend]
            sums = np.zeros((self._limbs.n, n_cells * self._n_clusters))
            self._shared.append(_Shared(cells, columns, values[one][:, columns], sums))
            self._rest = self._rest[~depend]

    def add(self, placed: Placed, residuals: Integers) -> None:
        """Add some responses and their residuals in units of the grid."""
        limbs = self._limbs.of(residuals)
        for each in self._shared:
            at = placed.clusters * len(each.rows) + each.cells[placed.patterns]
            for place, limb in enumerate(limbs):
                each.sums[place] += np.bincount(at, limb, each.sums.shape[1])
        if self._sums is not None:
            self._sums.add(placed.clusters, placed.patterns, residuals)

    def sums(self) -> Matrix:
        """Return the sums, one row a cluster."""
        found = np.zeros((self._n_clusters, self._k))
        for each in self._shared:
            found[:, each.columns] = self._of_cells(each) @ each.rows
        if self._sums is not None:
            found[:, self._rest] = self._sums.sums(self._scale)
        return found

    def _of_cells(self, shared: _Shared) -> Matrix:
        summed = self._limbs.joined(shared.sums) / self._scale
        return summed.reshape(self._n_clusters, -1)


def _combinations(design: PatternDesign) -> Iterator[NDArray[np.intp]]:
    """Give which combinations of the columns of a regressor patterns have, where no other regressor reads more."""
    patterns = design.patterns
    spec, rows = patterns.spec, patterns.rows
    beside = frozenset[str]() if spec.weights is None else frozenset({spec.weights})
    read = {frozenset(map(column_of, parts_of(each))) | beside for each in spec.regressors_as_variables()}
    codes = {column: pd.factorize(rows[column]) for column in sorted(frozenset[str]().union(*read))}
    sizes = {column: len(found) for column, (_, found) in codes.items()}
    widest = [each for each in read if not any(each < other for other in read)]
    for columns in _together(widest, sizes, CELLS_AT_ONCE // patterns.n_clusters):
        cells = np.zeros(len(rows), dtype=np.intp)
        for column in sorted(columns):
            cells = np.asarray(pd.factorize(cells * sizes[column] + codes[column][0])[0])
        yield cells


def _together(read: Collection[frozenset[str]], sizes: Mapping[str, int], most: int) -> list[frozenset[str]]:
    """Put sets of columns together, those of few combinations first, as long as there are not more than so many."""

    def n_possible(columns: frozenset[str]) -> int:
        return prod(sizes[column] for column in columns)

    found = list[frozenset[str]]()
    for columns in sorted(read, key=lambda each: (n_possible(each), sorted(each))):
        if found and n_possible(found[-1] | columns) <= most:
            found[-1] |= columns
        else:
            found.append(columns)
    return found
