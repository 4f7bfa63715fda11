"""Scores of responses summed by cluster, the same bits in any order.

Most columns of a matrix depend on one or two of the columns that a model reads: residuals are summed once for all of
them, by cluster and by these columns' values. Put here only sums; not covariances (``pattern_clusters``).
"""

# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false, reportUnknownMemberType=false

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.estimates import Matrix
from models.regression.columns import column_of
from models.regression.in_database.fixed_point import ExactSums, Integers, LimbSums, limbs_of
from models.regression.in_database.pattern_design import PatternDesign
from models.regression.in_database.patterns import Placed
from models.sections.regressors import parts_of

MOST_CELLS = 1 << 20


@dataclass(frozen=True, eq=False)
class _Shared:
    """Columns of the matrix that depend on the same few values.

    Attributes:
        cells: Which of the m combinations of values each pattern has, C.
        columns: q columns of the matrix.
        rows: Of these columns, m x q.
        sums: Residuals by cluster and combination.
    """

    cells: NDArray[np.intp]
    columns: NDArray[np.intp]
    rows: Matrix
    sums: LimbSums


class ScoreSums:
    """Sums of values of patterns times residuals of responses, by cluster.

    Args:
        design: Patterns, with clusters.
        values: C x k values of the patterns.
    """

    def __init__(self, design: PatternDesign, values: Matrix) -> None:
        from scipy.sparse import csr_array  # noqa: PLC0415

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
            columns, sums = self._rest[depend], LimbSums(n_cells * self._n_clusters)
            self._shared.append(_Shared(cells, columns, values[one][:, columns], sums))
            self._rest = self._rest[~depend]

    def add(self, placed: Placed, residuals: Integers) -> None:
        """Add some responses and their residuals in units of the grid."""
        low, high = limbs_of(residuals)
        for each in self._shared:
            each.sums.add(placed.clusters * len(each.rows) + each.cells[placed.patterns], low, high)
        if self._sums is not None:
            self._sums.add(placed.clusters, placed.patterns, residuals)

    def sums(self) -> Matrix:
        """Return the sums, one row a cluster."""
        found = np.zeros((self._n_clusters, self._k))
        for each in self._shared:
            found[:, each.columns] = each.sums.sums().reshape(self._n_clusters, -1) / self._scale @ each.rows
        if self._sums is not None:
            found[:, self._rest] = self._sums.sums(self._scale)
        return found


def _combinations(design: PatternDesign) -> Iterator[NDArray[np.intp]]:
    """Give which combinations of the columns of a regressor patterns have, where no other regressor reads more."""
    spec, rows = design.patterns.spec, design.patterns.rows
    read = {frozenset(map(column_of, parts_of(each))) for each in spec.regressors_as_variables()}
    beside = [] if spec.weights is None else [spec.weights]
    for columns in sorted(sorted(each) for each in read if not any(each < other for other in read)):
        cells = np.zeros(len(rows), dtype=np.intp)
        for column in dict.fromkeys([*columns, *beside]):
            codes, found = pd.factorize(rows[column])
            cells = np.asarray(pd.factorize(cells * len(found) + codes)[0])
        yield cells
