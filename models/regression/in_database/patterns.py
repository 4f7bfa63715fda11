"""Responses with the same regressors counted as one: how many there are, and the moments of their outcomes.

Nothing of a least squares problem or a binary likelihood is lost. Put here what is asked of the database; not what
is computed from the answer (``counted``).

References:
    Wong et al. (2021), "You only compress once", arXiv:2102.11297 (sufficient statistics of cells and clusters).
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.estimates import Vector
from models.regression.in_database.connection import Query, batches, frame
from models.regression.in_database.fixed_point import Grid, Integers
from models.regression.in_database.query import FLOATING, quoted
from models.regression.in_database.responses import Responses


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
    """

    rows: pd.DataFrame
    counts: Vector
    weights: Vector | None
    means: Vector
    within: Vector
    grid: Grid


def count_patterns(responses: Responses) -> Patterns:
    """Count the patterns of a model and sum the outcomes of each."""
    grid = Grid.over(responses.least, responses.largest, responses.n_obs)
    names = _names(responses)
    keys = ", ".join(names)
    sums = "count(*) AS n, sum(whole) AS total, sum(CAST(whole AS HUGEINT) * whole) AS squares"
    counted = f"SELECT {keys}, {sums} FROM ({_rows(responses, names)}) GROUP BY {keys}"  # noqa: S608
    means = f"SELECT *, total // n AS mean FROM ({counted})"  # noqa: S608
    asked = (
        f"SELECT {keys}, n, CAST(total AS DOUBLE), CAST(total - n * mean AS DOUBLE), "  # noqa: S608
        f"CAST(squares - mean * (2 * total - n * mean) AS DOUBLE) FROM ({means}) ORDER BY {keys}"
    )
    answer = frame(responses.connection, Query(asked, _parameters(responses, grid)))
    n_keys = len(names)
    counts, totals, beyond, squares = (answer.iloc[:, n_keys + place].to_numpy(dtype=float) for place in range(4))
    rows = answer.iloc[:, :n_keys].set_axis(responses.keys, axis=1)
    weights = responses.spec.weights
    return Patterns(
        rows=rows,
        counts=counts,
        weights=None if weights is None else rows[weights].to_numpy(dtype=float),
        means=totals / counts / grid.scale,
        within=np.maximum(squares - beyond**2 / counts, 0.0) / grid.scale / grid.scale,
        grid=grid,
    )


@dataclass(frozen=True, eq=False)
class Placed:
    """Some responses by the place of their pattern and cluster.

    Attributes:
        patterns: Places among the patterns in order, n.
        clusters: Places among the clusters in order, n.
        whole: Outcomes in units of the grid, n.
    """

    patterns: NDArray[np.int32]
    clusters: NDArray[np.int32]
    whole: Integers


def place_responses(responses: Responses, grid: Grid, cluster: str) -> Iterator[Placed]:
    """Read all responses, in batches and in any order, with the places of their patterns and clusters."""
    names = _names(responses)
    keys, rows = ", ".join(names), _rows(responses, names, cluster)
    patterns = (
        f"SELECT {keys}, row_number() OVER (ORDER BY {keys}) - 1 AS pattern FROM (SELECT DISTINCT {keys} FROM ({rows}))"  # noqa: S608
    )
    clusters = f"SELECT cluster, row_number() OVER (ORDER BY cluster) - 1 AS place FROM (SELECT DISTINCT cluster FROM ({rows}))"  # noqa: S608, E501
    asked = (
        f"SELECT CAST(pattern AS INTEGER), CAST(place AS INTEGER), whole FROM ({rows}) "  # noqa: S608
        f"JOIN ({patterns}) USING ({keys}) JOIN ({clusters}) USING (cluster)"
    )
    for batch in batches(responses.connection, Query(asked, _parameters(responses, grid))):
        yield Placed(*(column.to_numpy() for column in batch.columns))


def _names(responses: Responses) -> list[str]:
    return [f"key_{place}" for place in range(len(responses.keys))]


def _rows(responses: Responses, names: list[str], cluster: str | None = None) -> str:
    """Return the question for keys and outcome in units, one row a response."""
    keys = [
        f"{_one_nought(column, responses.kinds[column])} AS {name}"
        for column, name in zip(responses.keys, names, strict=True)
    ]
    outcome = f"CAST({quoted(responses.spec.outcome)} AS DOUBLE)"
    whole = f"CAST(round(({outcome} - $grid_centre) * $grid_scale) AS BIGINT) AS whole"
    clusters = [f"{quoted(cluster)} AS cluster"] if cluster is not None else []
    return f"SELECT {', '.join([*keys, *clusters, whole])} FROM ({responses.query.text})"  # noqa: S608


def _one_nought(column: str, kind: str) -> str:
    """Return a column as SQL; 0.0 and -0.0 are one pattern."""
    return f"{quoted(column)} + 0" if kind in FLOATING else quoted(column)


def _parameters(responses: Responses, grid: Grid) -> dict[str, object]:
    return {**responses.query.parameters, "grid_centre": grid.centre, "grid_scale": grid.scale}
