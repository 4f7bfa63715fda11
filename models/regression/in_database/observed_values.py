"""How variables are distributed over the responses of a model, asked of a database: no response comes home.

The same as ``moderation.observed.ObservedRows`` finds in memory, but for rounding.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from models.estimates import Vector
from models.regression.in_database.connection import records, row
from models.regression.in_database.overview import means_and_deviations
from models.regression.in_database.query import quoted
from models.regression.in_database.responses import Selected
from models.regression.moderation.observed import MOST_LISTED, Distribution


@dataclass(frozen=True, eq=False)
class ObservedInDatabase:
    """Responses where they lie.

    Attributes:
        selected: The complete responses of a model.
        n_obs: How many they are.
    """

    selected: Selected
    n_obs: int

    @cached_property
    def _kept(self) -> dict[str, Distribution]:
        return {}

    def example(self, column: str) -> object:
        """Return the value of a response."""
        (found,) = self._asked(f"SELECT {quoted(column)} FROM responses LIMIT 1")  # noqa: S608 - quoted
        return found

    def is_indicator(self, column: str) -> bool:
        """Tell whether a column has no more than two different values."""
        return len(self._values(column)) <= MOST_LISTED

    def distribution(self, column: str) -> Distribution:
        """Return how a number is distributed."""
        if column not in self._kept:
            selected, name = self.selected, quoted(column)
            means, deviations = means_and_deviations(selected.connection, selected.query, [column])
            least, largest = self._asked(
                f"SELECT CAST(min({name}) AS DOUBLE), CAST(max({name}) AS DOUBLE) FROM responses"  # noqa: S608
            )
            listed = tuple(dict.fromkeys((least, largest))) if self.is_indicator(column) else ()
            self._kept[column] = Distribution(means[column], deviations[column], least, largest, listed)
        return self._kept[column]

    def shares(self, column: str, bounds: Sequence[float]) -> Vector:
        """Return the share of responses in each stretch between bounds."""
        counts = ", ".join(f"count(*) FILTER ({quoted(column)} <= {bound!r}::DOUBLE)" for bound in map(float, bounds))
        below = self._asked(f"SELECT {counts} FROM responses") if counts else ()  # noqa: S608 - numbers
        return np.diff([0, *below, self.n_obs]) / self.n_obs

    def shares_apart(self, first: str, second: str, distance: float) -> tuple[float, float, float]:
        """Return in which shares of responses one number is higher, the other, or neither."""
        deviations = [self.distribution(column).deviation for column in (first, second)]
        pooled = float(np.sqrt((deviations[0] ** 2 + deviations[1] ** 2) / 2))
        x, y = (f"CAST({quoted(column)} AS DOUBLE)" for column in (first, second))
        apart = f"({x} - {y}) / {pooled!r}::DOUBLE"
        higher, lower = self._asked(
            f"SELECT count(*) FILTER ({apart} > {distance!r}), count(*) FILTER ({apart} < -{distance!r}) FROM responses"  # noqa: S608
        )
        n = self.n_obs
        return higher / n, lower / n, (n - higher - lower) / n

    def _values(self, column: str) -> list[tuple[object, ...]]:
        asked = f"SELECT DISTINCT {quoted(column)} FROM responses LIMIT {MOST_LISTED + 1}"  # noqa: S608 - quoted
        return records(self.selected.connection, self.selected.query.then(asked))

    def _asked(self, text: str) -> tuple[float, ...]:
        return row(self.selected.connection, self.selected.query.then(text))
