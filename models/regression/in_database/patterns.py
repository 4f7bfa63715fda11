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

from models.estimates import Vector
from models.regression.in_database.connection import Query, batches
from models.regression.in_database.fixed_point import OFFSET, Grid, Integers
from models.regression.in_database.pattern_keys import Keys, PossiblePatterns, keys_by_appearance
from models.regression.in_database.query import places_of_values, quoted, told_apart
from models.regression.in_database.responses import Responses, Selected
from models.regression.in_database.square_sums import SquareSums
from models.spec import RegressionSpec

MOST_KEPT = 2_000_000


@dataclass(frozen=True, eq=False)
class Placed:
    """Some responses by the place of their pattern and cluster.

    Attributes:
        patterns: Places among the patterns in order, n.
        clusters: Places among the clusters in order, n; all 0 without clusters.
        whole: Outcomes in units of the grid, n.
    """

    patterns: NDArray[np.integer]
    clusters: NDArray[np.integer]
    whole: Integers


@dataclass(eq=False)
class Reading:
    """All responses, read in batches and in any order as often as they are wanted; kept where they are few.

    Attributes:
        selected: Where they lie.
        keys: Of their patterns.
        grid: What outcomes are rounded to.
        may_keep: Whether they are few.
    """

    selected: Selected
    keys: Keys
    grid: Grid
    may_keep: bool
    _kept: list[Placed] = field(init=False, default_factory=list[Placed])

    def by_key(self) -> Iterator[Placed]:
        """Read the responses, with keys of patterns and places among all clusters of the relation."""
        if self._kept:
            yield from self._kept
            return
        for batch in batches(self.selected.connection, self._question()):
            placed = self._placed(batch)
            if self.may_keep:
                self._kept.append(placed)
            yield placed

    def _placed(self, batch: pa.RecordBatch) -> Placed:
        patterns = self.keys.of(batch)
        has_clusters = "place" in batch.schema.names
        clusters = batch.column("place").to_numpy().copy() if has_clusters else np.zeros_like(patterns)
        outcome = batch.column("outcome").to_numpy(zero_copy_only=False)
        return Placed(patterns, clusters, self.grid.whole(outcome - self.grid.centre))

    def _question(self) -> Query:
        spec, kinds, complete = self.selected.spec, self.selected.kinds, self.selected.query
        keys = self.keys.asked(kinds)
        parameters = {**complete.parameters, **keys.parameters}
        asked = f"{keys.text}, CAST({quoted(spec.outcome)} AS DOUBLE) AS outcome"
        if not spec.clusters():
            return Query(f"SELECT {asked} FROM ({complete.text})", parameters)  # noqa: S608
        (cluster,) = spec.clusters()
        rows = f"SELECT {asked}, {told_apart(cluster, kinds[cluster])} AS value FROM ({complete.text})"  # noqa: S608
        places = places_of_values(self.selected.relation, cluster, kinds[cluster])
        return Query(f"SELECT * EXCLUDE (value) FROM ({rows}) JOIN ({places}) USING (value)", parameters)  # noqa: S608


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
        ends: Smallest and largest outcome less the centre of the grid.
        n_clusters: Clusters; 1 without.
        largest_cluster: Responses in the largest cluster.
        reading: Of the responses.
        places: Key → place in order, of the patterns, and place among all clusters of the relation → among those here.
    """

    rows: pd.DataFrame
    counts: Vector
    weights: Vector | None
    means: Vector
    within: Vector
    grid: Grid
    ends: tuple[float, float]
    n_clusters: int
    largest_cluster: int
    reading: Reading
    places: tuple[NDArray[np.intp], NDArray[np.intp]]

    @property
    def spec(self) -> RegressionSpec:
        """The model."""
        return self.reading.selected.spec

    @property
    def n_obs(self) -> int:
        """Responses."""
        return int(self.counts.sum())

    def placed(self) -> Iterator[Placed]:
        """Read all responses, in batches and in any order, with the places of their patterns and clusters."""
        patterns, clusters = self.places
        for some in self.reading.by_key():
            yield Placed(patterns[some.patterns], clusters[some.clusters], some.whole)


def count_patterns(responses: Responses) -> Patterns:
    """Count the patterns of responses that were looked at."""
    grid = Grid.over(responses.least, responses.largest, responses.n_obs)
    return _count(Reading(responses, keys_by_appearance(responses), grid, responses.n_obs <= MOST_KEPT))


def count_possible(selected: Selected, possible: PossiblePatterns) -> Patterns:
    """Count the patterns of responses of which it is known what they can be; there may be no response at all."""
    grid = Grid.over(possible.least, possible.largest, possible.n_rows)
    return _count(Reading(selected, possible, grid, possible.n_rows <= MOST_KEPT))


def _count(reading: Reading) -> Patterns:
    """Count the patterns of a model, and its clusters, and sum the outcomes of each pattern, in one reading."""
    sums, sizes, least, largest = SquareSums(), np.zeros(0, dtype=np.int64), OFFSET, -OFFSET
    for placed in reading.by_key():
        sums.add(placed.patterns, placed.whole)
        sizes = _added(sizes, placed.clusters)
        least, largest = min(least, placed.whole.min(initial=OFFSET)), max(largest, placed.whole.max(initial=-OFFSET))
    spec, grid = reading.selected.spec, reading.grid
    at = reading.keys.in_order(np.flatnonzero(sums.counts))
    clusters = np.flatnonzero(sizes)
    rows = reading.keys.rows(at)
    counts, totals, within = sums.moments(at)
    return Patterns(
        rows=rows,
        counts=counts,
        weights=None if spec.weights is None else rows[spec.weights].to_numpy(dtype=float),
        means=totals / counts / grid.scale,
        within=within / grid.scale / grid.scale,
        grid=grid,
        ends=(float(least / grid.scale), float(largest / grid.scale)),
        n_clusters=len(clusters),
        largest_cluster=int(sizes.max(initial=0)),
        reading=reading,
        places=(_ranks(at), _ranks(clusters)),
    )


def _added(sizes: NDArray[np.int64], codes: NDArray[np.integer]) -> NDArray[np.int64]:
    found = np.bincount(codes, minlength=len(sizes))
    found[: len(sizes)] += sizes
    return found


def _ranks(order: NDArray[np.intp]) -> NDArray[np.intp]:
    ranks = np.empty(int(order.max(initial=-1)) + 1, dtype=np.intp)
    ranks[order] = np.arange(len(order))
    return ranks
