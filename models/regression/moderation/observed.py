"""What moderation asks of the responses that were used: how variables are distributed, never one response.

Put here the questions and their answer from rows in memory; the answer from a database is in
``in_database.observed_values``.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd

from models.estimates import Vector

MOST_LISTED = 2


@dataclass(frozen=True)
class Distribution:
    """How a number is distributed over n responses, each counting once.

    Attributes:
        mean: Mean.
        deviation: Standard deviation (n - 1).
        least: Smallest value.
        largest: Largest value.
        listed: The different values in order where there are no more than two; none where there are more.
    """

    mean: float
    deviation: float
    least: float
    largest: float
    listed: tuple[float, ...]

    @property
    def is_indicator(self) -> bool:
        """Whether there are no more than two different values."""
        return len(self.listed) > 0


class Observed(Protocol):
    """The responses that were used, as far as moderation looks at them."""

    def example(self, column: str) -> object:
        """Return a value of a column that a response has."""
        ...

    def is_indicator(self, column: str) -> bool:
        """Tell whether a column has no more than two different values."""
        ...

    def distribution(self, column: str) -> Distribution:
        """Return how a number is distributed."""
        ...

    def shares(self, column: str, bounds: Sequence[float]) -> Vector:
        """Return the share of responses up to each of some ascending bounds, and beyond the one before; then beyond."""
        ...

    def shares_apart(self, first: str, second: str, distance: float) -> tuple[float, float, float]:
        """Return in which share of responses one number is higher by more than a distance, the other is, or neither.

        The distance is in pooled standard deviations (n - 1) of both.
        """
        ...


@dataclass(frozen=True, eq=False)
class ObservedRows:
    """Responses in memory.

    Attributes:
        rows: The n rows used.
    """

    rows: pd.DataFrame

    def example(self, column: str) -> object:
        """Return the value of the first response."""
        return self.rows[column].iloc[0]

    def is_indicator(self, column: str) -> bool:
        """Tell whether a column has no more than two different values."""
        return int(self.rows[column].nunique()) <= MOST_LISTED

    def distribution(self, column: str) -> Distribution:
        """Return how a number is distributed."""
        values = self.rows[column]
        ends = float(values.min()), float(values.max())
        listed = tuple(dict.fromkeys(ends)) if self.is_indicator(column) else ()
        return Distribution(float(values.mean()), float(values.std()), *ends, listed)

    def shares(self, column: str, bounds: Sequence[float]) -> Vector:
        """Return the share of responses in each stretch between bounds."""
        values: Vector = self.rows[column].to_numpy(dtype=float)
        places = np.asarray(np.searchsorted(np.array(bounds, dtype=float), values), dtype=np.intp)
        return np.bincount(places, minlength=len(bounds) + 1) / len(self.rows)

    def shares_apart(self, first: str, second: str, distance: float) -> tuple[float, float, float]:
        """Return in which shares of responses one number is higher, the other, or neither."""
        x, y = (self.rows[column].to_numpy(dtype=float) for column in (first, second))
        pooled = float(np.sqrt((x.var(ddof=1) + y.var(ddof=1)) / 2))
        apart: Vector = (x - y) / pooled
        return (
            float((apart > distance).mean()),
            float((apart < -distance).mean()),
            float((np.abs(apart) <= distance).mean()),
        )
