"""Responses with the same regressors counted as one: how many there are, and the moments of their outcomes.

Nothing of a least squares problem or a binary likelihood is lost. Put here the reading of the responses and what it
counts; not what is computed from the counts (``counted``).

References:
    Wong et al. (2021), "You only compress once", arXiv:2102.11297 (sufficient statistics of cells and clusters).
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import compute

from models.estimates import Vector
from models.regression.in_database.connection import Query, batches
from models.regression.in_database.fixed_point import Grid, Integers, SquareSums
from models.regression.in_database.group_codes import GroupCodes
from models.regression.in_database.pattern_codes import PatternCodes
from models.regression.in_database.query import FLOATING, quoted
from models.regression.in_database.responses import Responses

MOST_KEPT = 2_000_000


@dataclass(frozen=True, eq=False)
class Placed:
    """Some responses by the place of their pattern and cluster.

    Attributes:
        patterns: Places among the patterns in order, n.
        clusters: Places among the clusters in order, n; all 0 without clusters.
        whole: Outcomes in units of the grid, n.
    """

    patterns: NDArray[np.int32]
    clusters: NDArray[np.int32]
    whole: Integers


@dataclass(eq=False)
class Reading:
    """All responses, read in batches and in any order as often as they are wanted; kept where they are few.

    Attributes:
        responses: Where they lie.
        grid: What outcomes are rounded to.
        cluster: Column of the clusters; None without.
    """

    responses: Responses
    grid: Grid
    cluster: str | None
    _codes: PatternCodes = field(init=False)
    _clusters: GroupCodes = field(init=False, default_factory=GroupCodes)
    _kept: list[Placed] = field(init=False, default_factory=list[Placed])

    def __post_init__(self) -> None:
        names = [f"key_{place}" for place in range(len(self.responses.keys))]
        spans = {
            name: self.responses.spans[column]
            for name, column in zip(names, self.responses.keys, strict=True)
            if column in self.responses.spans
        }
        self._codes = PatternCodes(names, spans)

    def by_appearance(self) -> Iterator[Placed]:
        """Read the responses, with places in the order in which patterns and clusters first appear."""
        if self._kept:
            yield from self._kept
            return
        may_keep = self.responses.n_obs <= MOST_KEPT
        for batch in batches(self.responses.connection, self._question()):
            placed = self._placed(batch)
            if may_keep:
                self._kept.append(placed)
            yield placed

    def combinations(self) -> pa.Table:
        """Return the patterns that were read, in the order in which they first appear."""
        return self._codes.combinations().rename_columns(self.responses.keys)

    def cluster_order(self) -> NDArray[np.intp]:
        """Return the clusters that were read by the order of their values: their places of first appearance."""
        if self._clusters.met is None:
            return np.zeros(1, dtype=np.intp)
        order = compute.call_function("array_sort_indices", [self._clusters.met])
        return order.to_numpy(zero_copy_only=False).astype(np.intp)

    def _placed(self, batch: pa.RecordBatch) -> Placed:
        patterns = self._codes.of(batch).astype(np.int32)
        clusters = np.zeros(len(patterns), dtype=np.int32)
        if self.cluster is not None:
            clusters = self._clusters.of(batch.column("cluster")).astype(np.int32)
        outcome = batch.column("outcome").to_numpy(zero_copy_only=False)
        return Placed(patterns, clusters, self.grid.whole(outcome - self.grid.centre))

    def _question(self) -> Query:
        kinds, query = self.responses.kinds, self.responses.query
        keys = [
            f"{_one_nought(column, kinds[column])} AS key_{place}" for place, column in enumerate(self.responses.keys)
        ]
        clusters = [f"{quoted(self.cluster)} AS cluster"] if self.cluster is not None else []
        outcome = f"CAST({quoted(self.responses.spec.outcome)} AS DOUBLE) AS outcome"
        return Query(f"SELECT {', '.join([*keys, *clusters, outcome])} FROM ({query.text})", query.parameters)  # noqa: S608


@dataclass(frozen=True, eq=False)
class Patterns:
    """The C different combinations of what a model reads on its right-hand side, in order.

    Attributes:
        rows: One row a pattern: the columns that the model reads.
        counts: Responses, C.
        weights: Weight of each response of a pattern, C; None when all count the same.
        means: Mean outcome less the centre of the grid, C.
        within: Sum of squares of the outcomes around the pattern's mean, C.
        grid: What outcomes are rounded to.
        n_clusters: Clusters; 1 without.
        largest_cluster: Responses in the largest cluster.
        reading: Of the responses.
        places: Place of first appearance → place in order, of the patterns and of the clusters.
    """

    rows: pd.DataFrame
    counts: Vector
    weights: Vector | None
    means: Vector
    within: Vector
    grid: Grid
    n_clusters: int
    largest_cluster: int
    reading: Reading
    places: tuple[NDArray[np.int32], NDArray[np.int32]]

    def placed(self) -> Iterator[Placed]:
        """Read all responses, in batches and in any order, with the places of their patterns and clusters."""
        patterns, clusters = self.places
        for some in self.reading.by_appearance():
            yield Placed(patterns[some.patterns], clusters[some.clusters], some.whole)


def count_patterns(responses: Responses) -> Patterns:
    """Count the patterns of a model, and its clusters, and sum the outcomes of each pattern, in one reading."""
    grid = Grid.over(responses.least, responses.largest, responses.n_obs)
    reading = Reading(responses, grid, next(iter(responses.spec.clusters()), None))
    sums, sizes = SquareSums(), np.zeros(0, dtype=np.int64)
    for placed in reading.by_appearance():
        sums.add(placed.patterns, placed.whole)
        sizes = _added(sizes, placed.clusters)
    found = reading.combinations()
    keys = [(name, "ascending") for name in found.column_names]
    order = compute.call_function("sort_indices", [found], compute.SortOptions(sort_keys=keys))
    at = order.to_numpy().astype(np.intp)
    rows, weights = found.take(order).combine_chunks().to_pandas(), responses.spec.weights
    counts, totals, within = (each[at] for each in sums.moments())
    return Patterns(
        rows=rows,
        counts=counts,
        weights=None if weights is None else rows[weights].to_numpy(dtype=float),
        means=totals / counts / grid.scale,
        within=within / grid.scale / grid.scale,
        grid=grid,
        n_clusters=len(sizes),
        largest_cluster=int(sizes.max()),
        reading=reading,
        places=(_ranks(at), _ranks(reading.cluster_order())),
    )


def _added(sizes: NDArray[np.int64], codes: NDArray[np.int32]) -> NDArray[np.int64]:
    found = np.bincount(codes, minlength=len(sizes))
    found[: len(sizes)] += sizes
    return found


def _ranks(order: NDArray[np.intp]) -> NDArray[np.int32]:
    ranks = np.empty(len(order), dtype=np.int32)
    ranks[order] = np.arange(len(order), dtype=np.int32)
    return ranks


def _one_nought(column: str, kind: str) -> str:
    """Return a column as SQL; 0.0 and -0.0 are one pattern."""
    return f"{quoted(column)} + 0" if kind in FLOATING else quoted(column)
