"""Which pattern a response has, as a whole number: how it is asked for, and what it stands for.

Where columns can have few values, a key is worked out where the responses lie; else columns come home as they are. Put
here what keys mean; not what is counted by them (``patterns``).
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite, prod
from typing import Protocol

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import compute

from models.regression.in_database.connection import Query, row, whole
from models.regression.in_database.pattern_codes import PatternCodes
from models.regression.in_database.query import FLOATING, WHOLE, Kinds, is_text, named, quoted, told_apart
from models.regression.in_database.responses import BINARY_ESTIMATORS, Responses, Selected

COUNTABLE = tuple(kind for kind in WHOLE if kind != "UBIGINT")
SMALLEST_SHARE = 1 / 8
MOST_TEXTS = 40
"""Of a column: they are searched one by one for the place of a text."""


class Keys(Protocol):
    """Keys of patterns, from 0."""

    def asked(self, kinds: Kinds) -> Query:
        """Return the columns to ask for, as SQL."""
        ...

    def of(self, batch: pa.RecordBatch) -> NDArray[np.int32]:
        """Return the keys of the responses of a batch."""
        ...

    def in_order(self, keys: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return all keys that were met, given in any order, by the values that they stand for."""
        ...

    def rows(self, keys: NDArray[np.intp]) -> pd.DataFrame:
        """Return the values that keys stand for."""
        ...


@dataclass(eq=False)
class KeysByAppearance:
    """Keys of columns of any kind: the first pattern that is met is 0.

    Attributes:
        columns: Whose combinations are patterns.
        spans: Column of whole numbers → its smallest and largest.
    """

    columns: Sequence[str]
    spans: Mapping[str, tuple[int, int]]
    _codes: PatternCodes = field(init=False)

    def __post_init__(self) -> None:
        names = {column: f"key_{place}" for place, column in enumerate(self.columns)}
        self._codes = PatternCodes(list(names.values()), {names[column]: span for column, span in self.spans.items()})

    def asked(self, kinds: Kinds) -> Query:
        """Return the columns to ask for, as SQL."""
        listed = [f"{_one_nought(column, kinds[column])} AS key_{place}" for place, column in enumerate(self.columns)]
        return Query(", ".join(listed))

    def of(self, batch: pa.RecordBatch) -> NDArray[np.int32]:
        """Return the keys of the responses of a batch."""
        return self._codes.of(batch).astype(np.int32)

    def in_order(self, keys: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return all keys that were met, given in any order, by the values that they stand for."""
        found = self._codes.combinations().take(pa.array(keys))
        by = [(name, "ascending") for name in found.column_names]
        order = compute.call_function("sort_indices", [found], compute.SortOptions(sort_keys=by))
        return keys[order.to_numpy()]

    def rows(self, keys: NDArray[np.intp]) -> pd.DataFrame:
        """Return the values that keys stand for."""
        found = self._codes.combinations().take(pa.array(keys)).combine_chunks()
        return found.rename_columns(list(self.columns)).to_pandas()


@dataclass(frozen=True, eq=False)
class PossiblePatterns:
    """Keys of columns that can have few values: the places of all their combinations, in order.

    Attributes:
        values: Column → the values that it can have, in order; from the smallest to the largest where they are numbers.
        n_rows: Rows of the relation.
        least: Smallest outcome among them.
        largest: Largest outcome among them.
    """

    values: Mapping[str, pa.Array]
    n_rows: int
    least: float
    largest: float

    def suit(self, least: float, largest: float) -> bool:
        """Tell whether outcomes from the smallest to the largest that was met keep their digits on the same grid."""
        return largest - least > SMALLEST_SHARE * (self.largest - self.least)

    def asked(self, kinds: Kinds) -> Query:
        """Return the key as SQL."""
        key, parameters = "0", dict[str, object]()
        for number, (column, values) in enumerate(self.values.items()):
            if kinds[column] in COUNTABLE:
                place = f"CAST({quoted(column)} AS BIGINT) - ({values[0].as_py()})"
            else:
                parameters[f"values_of_key_{number}"] = values.to_pylist()
                place = f"list_position($values_of_key_{number}, {told_apart(column, kinds[column])}) - 1"
            key = f"({key}) * {len(values)} + {place}"
        return Query(f"CAST({key} AS INTEGER) AS key", parameters)

    def of(self, batch: pa.RecordBatch) -> NDArray[np.int32]:
        """Return the keys of the responses of a batch."""
        return batch.column("key").to_numpy().copy()  # else all columns of the batch are kept

    def in_order(self, keys: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return all keys that were met, given in any order, by the values that they stand for."""
        return np.sort(keys)

    def rows(self, keys: NDArray[np.intp]) -> pd.DataFrame:
        """Return the values that keys stand for."""
        places = np.unravel_index(keys, [len(values) for values in self.values.values()])
        found = {
            column: values.take(pa.array(at)) for (column, values), at in zip(self.values.items(), places, strict=True)
        }
        return pa.table(found).to_pandas()


def keys_by_appearance(responses: Responses) -> KeysByAppearance:
    """Return keys of the patterns of responses that were looked at."""
    return KeysByAppearance(responses.keys, responses.spans)


def possible_patterns(selected: Selected, fewest_rows: int, most: int) -> PossiblePatterns | None:
    """Ask what the columns of the whole relation hold; a look at the complete responses takes longer.

    Args:
        selected: Of a linear or binary model.
        fewest_rows: Of the relation.
        most: Patterns at most.

    Returns:
        None where a look is needed, to count patterns or to say what is wrong: where regressors are neither whole
        numbers nor texts, or of too many texts, more patterns than ``most`` are possible, there are fewer rows, an
        outcome or a weight might have to be refused.
    """
    spec, kinds, relation = selected.spec, selected.kinds, named(selected.relation)
    numbers = [column for column in selected.keys if kinds[column] in COUNTABLE]
    texts = [column for column in selected.keys if is_text(kinds[column])]
    if len(numbers) + len(texts) < len(selected.keys):
        return None
    asked = [f"{end}({quoted(column)})" for column in (spec.outcome, *numbers) for end in ("min", "max")]
    n_rows, least, largest, *ends = row(
        selected.connection,
        Query(f"SELECT count(*), {', '.join(asked)} FROM {relation}"),  # noqa: S608
    )
    if n_rows < fewest_rows or None in (least, *ends) or not _suits(selected, float(least), float(largest)):
        return None
    spans = dict(zip(numbers, zip(ends[::2], ends[1::2], strict=True), strict=True))
    if spec.weights is not None and spans[spec.weights][0] <= 0:
        return None
    n_possible = prod(last - first + 1 for first, last in spans.values())
    found = {column: _different(selected, column) for column in texts if n_possible <= most}
    n_possible *= prod(map(len, found.values()))
    if not 0 < n_possible <= most or any(len(values) > MOST_TEXTS for values in found.values()):
        return None
    found |= {column: pa.array(range(first, last + 1)) for column, (first, last) in spans.items()}
    return PossiblePatterns({column: found[column] for column in selected.keys}, n_rows, float(least), float(largest))


def _suits(selected: Selected, least: float, largest: float) -> bool:
    """Tell whether no outcome of the relation need be refused."""
    if selected.spec.estimator not in BINARY_ESTIMATORS:
        return isfinite(least) and isfinite(largest)
    return selected.kinds[selected.spec.outcome] in (*WHOLE, "BOOLEAN") and 0 <= least <= largest <= 1


def _different(selected: Selected, column: str) -> pa.Array:
    """Return the different texts of a column in order, or one too many."""
    value, relation = told_apart(column, selected.kinds[column]), named(selected.relation)
    text = f"SELECT DISTINCT {value} AS value FROM {relation} WHERE {quoted(column)} IS NOT NULL"  # noqa: S608
    found = whole(selected.connection, Query(f"{text} LIMIT {MOST_TEXTS + 1}")).column("value").combine_chunks()
    return found.take(compute.call_function("array_sort_indices", [found]))


def _one_nought(column: str, kind: str) -> str:
    """Return a column as SQL; 0.0 and -0.0 are one pattern."""
    return f"{quoted(column)} + 0" if kind in FLOATING else told_apart(column, kind)
