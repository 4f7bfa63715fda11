"""What must be known of all rows of a model before one of them can be laid out, asked of a database.

The same as ``models.regression.profile`` finds in memory, without the rows coming home.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

import numpy as np

from models.estimates import Vector
from models.regression.design import uses_of
from models.regression.in_database.connection import Connection, Query, batches, frame, whole
from models.regression.in_database.query import quoted
from models.regression.in_database.responses import Responses
from models.regression.profile import Profile, finite_numbers, knot_places, knots_between


def look_over(responses: Responses) -> Profile:
    """Ask for the categories, means, deviations and knots that lay out the responses of a model.

    Raises:
        ModelDataError: If a spline has too few different values for its knots.
    """
    connection, query, uses = responses.connection, responses.query, uses_of(responses.spec)
    categories = [column for column, ways in uses.items() if any(each.use == "category" for each in ways)]
    moved = [column for column, ways in uses.items() if any(each.centre or each.standardise for each in ways)]
    bent = {(column, int(each.spline)) for column, ways in uses.items() for each in ways if each.spline is not None}
    means, deviations = means_and_deviations(connection, query, moved)
    return Profile(
        n_rows=responses.n_obs,
        codes=_different(connection, query, categories),
        means=means,
        deviations=deviations,
        knots={each: _knots(connection, query, *each, responses.n_obs) for each in sorted(bent)},
    )


def _different(connection: Connection, query: Query, columns: list[str]) -> dict[str, tuple[object, ...]]:
    """Return the different values of each of some columns, of which none is missing, in order."""
    if not columns:
        return {}
    names = list(dict.fromkeys(map(quoted, columns)))
    sets = ", ".join(f"({name})" for name in names)
    answer = whole(
        connection,
        query.then(f"SELECT {', '.join(names)} FROM responses GROUP BY GROUPING SETS ({sets})"),  # noqa: S608
    )
    return {column: tuple(sorted(answer.column(column).drop_null().to_pylist())) for column in columns}


def means_and_deviations(
    connection: Connection, query: Query, columns: list[str]
) -> tuple[dict[str, float], dict[str, float]]:
    """Return means and standard deviations (n - 1), from sums around the first value: the same bits at every run."""
    if not columns:
        return {}, {}
    listed = ", ".join(quoted(column) for column in columns)
    n, start = 0, np.zeros(len(columns))
    sums, squares = np.zeros(len(columns)), np.zeros(len(columns))
    for batch in batches(connection, query.then(f"SELECT {listed} FROM responses")):  # noqa: S608
        rows = batch.to_pandas()
        values = np.array([finite_numbers(rows, column).to_numpy() for column in columns])
        if n == 0 and values.size:
            start = values.mean(axis=1)
        values -= start[:, None]
        n += values.shape[1]
        sums += values.sum(axis=1)
        squares += (values**2).sum(axis=1)
    means = start + sums / n
    with np.errstate(divide="ignore", invalid="ignore"):
        deviations = np.sqrt(np.maximum(squares - sums**2 / n, 0.0) / (n - 1))
    return dict(zip(columns, means.tolist(), strict=True)), dict(zip(columns, deviations.tolist(), strict=True))


def _knots(connection: Connection, query: Query, column: str, n_knots: int, n_rows: int) -> Vector:
    places = knot_places(n_knots, n_rows)
    ends = np.unique(np.concatenate([np.floor(places), np.ceil(places)])).astype(int)
    name = quoted(column)
    found = frame(
        connection,
        query.then(
            f"SELECT place, value FROM (SELECT CAST({name} AS DOUBLE) AS value, "  # noqa: S608
            f"row_number() OVER (ORDER BY {name}) - 1 AS place FROM responses) "
            f"WHERE place IN ({', '.join(map(str, ends.tolist()))})"
        ),
    ).set_index("place")["value"]
    below, above = (found.loc[at(places).astype(int)].to_numpy(dtype=float) for at in (np.floor, np.ceil))
    return knots_between(column, places, below, above)
