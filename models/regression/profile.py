"""What must be known of all rows of a model before one of them can be laid out: categories, means, knots.

Rows may come with counts, one row a distinct pattern: then it is known of what they stand for.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from pandas.api import types

from instruments.counted import counted
from models.estimates import Vector
from models.regression.identification import ModelDataError
from models.sections.regressors import Variable

KNOT_SHARES: Mapping[int, tuple[float, ...]] = {
    3: (0.1, 0.5, 0.9),
    4: (0.05, 0.35, 0.65, 0.95),
    5: (0.05, 0.275, 0.5, 0.725, 0.95),
    6: (0.05, 0.23, 0.41, 0.59, 0.77, 0.95),
    7: (0.025, 0.1833, 0.3417, 0.5, 0.6583, 0.8167, 0.975),
}
SMALL_SAMPLE = 100
FROM_THE_END = 4
FEWEST_FOR_A_SPLINE = 10


@dataclass(frozen=True)
class Profile:
    """Of the columns that a model reads.

    Attributes:
        n_rows: Responses.
        codes: Column of a category → the codes among the rows, in order.
        means: Column of a number → its mean.
        deviations: Column of a number → its standard deviation (n - 1).
        knots: Column and number of knots → where they lie.
    """

    n_rows: int
    codes: Mapping[str, tuple[object, ...]] = field(default_factory=dict[str, tuple[object, ...]])
    means: Mapping[str, float] = field(default_factory=dict[str, float])
    deviations: Mapping[str, float] = field(default_factory=dict[str, float])
    knots: Mapping[tuple[str, int], Vector] = field(default_factory=dict[tuple[str, int], Vector])


def profile_of(variables: Mapping[str, list[Variable]], rows: pd.DataFrame, counts: Vector | None = None) -> Profile:
    """Look through the rows of a model.

    Args:
        variables: Column → the ways in which the model uses it.
        rows: Rows with no missing value.
        counts: How many responses a row stands for; one each when None.

    Raises:
        ModelDataError: If a column cannot be used as the model says.
    """
    weights = np.ones(len(rows)) if counts is None else counts
    codes: dict[str, tuple[object, ...]] = {}
    means: dict[str, float] = {}
    deviations: dict[str, float] = {}
    knots: dict[tuple[str, int], Vector] = {}
    for column, uses in variables.items():
        if any(each.use == "category" for each in uses):
            codes[column] = tuple(sorted(rows[column].unique().tolist()))
        if any(each.centre or each.standardise for each in uses):
            values = finite_numbers(rows, column).to_numpy()
            means[column] = float(weights @ values / weights.sum())
            squares = float(weights @ (values - means[column]) ** 2)
            free = float(weights.sum()) - 1
            deviations[column] = float(np.sqrt(squares / free)) if free > 0 else np.nan
        for each in (each for each in uses if each.spline is not None):
            knots[column, int(each.spline or 0)] = _knots(column, each, finite_numbers(rows, column), weights)
    return Profile(int(weights.sum()), codes, means, deviations, knots)


def finite_numbers(rows: pd.DataFrame, column: str) -> pd.Series:
    """Return a column as float64.

    Raises:
        ModelDataError: If it does not hold numbers, or holds an infinite one.
    """
    if not types.is_numeric_dtype(rows[column]):
        raise not_numbers(column, rows[column].dtype)
    numbers = rows[column].astype("float64")
    refuse_infinite(column, int(np.isinf(numbers).sum()))
    return numbers


def not_numbers(column: str, kind: object) -> ModelDataError:
    """Say that a column of another kind was used as a number."""
    return ModelDataError(f"'{column}' holds {kind}, expected numbers; write {{variable: {column}, use: category}}")


def refuse_infinite(column: str, n_infinite: int) -> None:
    """Raise ModelDataError when a number is infinite."""
    if n_infinite:
        raise ModelDataError(
            f"'{column}' is infinite in {counted(n_infinite, 'response')}; expected finite numbers; mend the data"
        )


def _knots(column: str, variable: Variable, numbers: pd.Series, weights: Vector) -> Vector:
    values = numbers.to_numpy()
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    places = knot_places(int(variable.spline or 0), float(reached[-1]))
    below = values[order][np.searchsorted(reached, np.floor(places), side="right")]
    above = values[order][np.searchsorted(reached, np.ceil(places), side="right")]
    return knots_between(column, places, below, above)


def knot_places(n_knots: int, n: float) -> Vector:
    """Return where Harrell's knots lie among n sorted values, counted from nought.

    Of fewer than 100 values, the outer knots lie fifth from either end. R: ``Hmisc::rcspline.eval``, with the shares of
    ``KNOT_SHARES``.

    Raises:
        ModelDataError: If the outer knots would pass each other.
    """
    if n < FEWEST_FOR_A_SPLINE:
        raise ModelDataError(
            f"{counted(int(n), 'complete response')} are too few for a spline, whose outer knots lie fifth from either "
            f"end; expected at least {FEWEST_FOR_A_SPLINE}; use a polynomial or widen the population"
        )
    places = np.array(KNOT_SHARES[n_knots]) * (n - 1)
    if n < SMALL_SAMPLE:
        places[[0, -1]] = FROM_THE_END, n - 1 - FROM_THE_END
    return places


def knots_between(column: str, places: Vector, below: Vector, above: Vector) -> Vector:
    """Return the knots that lie at places between the sorted values below and above them.

    Raises:
        ModelDataError: If two knots coincide.
    """
    knots: Vector = below + (places - np.floor(places)) * (above - below)
    if len(np.unique(knots)) < len(knots):
        raise ModelDataError(
            f"'{column}' takes too few different values for a spline with {len(knots)} knots: they would lie on "
            f"{', '.join(f'{knot:g}' for knot in np.unique(knots))}; use fewer knots, a polynomial or a category"
        )
    return knots
