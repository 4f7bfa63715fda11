"""Rows in clusters in the order of their waves, and the pairs of rows within clusters."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.regression.identification import ModelDataError, refuse_few_clusters


@dataclass(frozen=True, eq=False)
class ClusteredRows:
    """n rows, one cluster after the other, within clusters by wave.

    Attributes:
        matrix: n x k regressors with a constant.
        outcome: n values.
        weights: n; 1 where every row counts the same.
        codes: Cluster of each row, 0 to G - 1, rising.
        starts: First row of each cluster, G.
        waves: n wave numbers; the place in the cluster where none are given.
        name: What the clusters are called.
    """

    matrix: Matrix
    outcome: Vector
    weights: Vector
    codes: NDArray[np.intp]
    starts: NDArray[np.intp]
    waves: Vector
    name: str

    @property
    def sizes(self) -> NDArray[np.intp]:
        """Rows of each cluster, G."""
        return np.diff(np.append(self.starts, len(self.codes)))

    @property
    def n_clusters(self) -> int:
        """Clusters."""
        return len(self.starts)

    def sums(self, values: Matrix) -> Matrix:
        """Sum the rows of each cluster: n or n x m values → G or G x m sums."""
        return np.add.reduceat(values, self.starts, axis=0)

    def gaps(self) -> Vector:
        """Return how many waves lie between each row and the one before in its cluster; nought for the first."""
        gaps = np.diff(self.waves, prepend=self.waves[:1])
        gaps[self.starts] = 0.0
        return gaps

    def pairs(self) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
        """Yield rows and the ones that come 1, 2, ... places later in the same cluster."""
        for places in range(1, int(self.sizes.max())):
            first = np.flatnonzero(self.codes[:-places] == self.codes[places:])
            yield first, first + places


def put_in_clusters(
    matrix: Matrix, outcome: Vector, clusters: pd.Series, waves: pd.Series | None, weights: Vector | None = None
) -> ClusteredRows:
    """Sort rows by cluster, wave and what they hold, so that their order as given changes no bit of a result.

    Args:
        matrix: n x k regressors with a constant.
        outcome: n values.
        clusters: Cluster of each row.
        waves: Wave number of each row; None: the rows of a cluster have no order.
        weights: n; None when every row counts the same.

    Raises:
        ModelDataError: If clusters or waves are missing, waves come twice in a cluster, or there is one cluster.
        ValueError: If there are not as many clusters or waves as rows.
    """
    _refuse_gaps(clusters, len(outcome))
    given, _ = pd.factorize(clusters, sort=True)
    codes = np.asarray(given, dtype=np.intp)
    numbers = np.zeros(len(outcome))
    if waves is not None:
        _refuse_gaps(waves, len(outcome))
        numbers = waves.to_numpy(dtype=float)
    own = np.ones(len(outcome)) if weights is None else weights
    order = np.lexsort([own, outcome, *matrix.T, numbers, codes])
    codes, numbers = codes[order], numbers[order]
    starts = np.flatnonzero(np.diff(codes, prepend=-1))
    refuse_few_clusters(str(clusters.name), len(starts), len(outcome))
    if waves is None:
        numbers = np.arange(len(codes), dtype=float) - starts[codes]
    rows = ClusteredRows(matrix[order], outcome[order], own[order], codes, starts, numbers, str(clusters.name))
    later = np.ones(len(codes), dtype=bool)
    later[starts] = False
    n_twice = int((rows.gaps()[later] == 0).sum())
    if n_twice:
        raise ModelDataError(
            f"{n_twice} responses have the wave of another one of the same '{rows.name}'; expected each wave once; "
            "leave one of them out, or name a cluster whose waves come once"
        )
    return rows


def _refuse_gaps(values: pd.Series, n: int) -> None:
    if len(values) != n:
        raise ValueError(f"{len(values)} values of '{values.name}' for {n} rows; give each row its own")
    n_missing = int(values.isna().sum())
    if n_missing:
        raise ModelDataError(
            f"{n_missing} of {n} responses have no '{values.name}'; a working correlation expects it of every "
            "response; leave these responses out, or fill it in"
        )
