"""Rows of several columns, batch by batch → codes of their combinations, from 0.

Put here how combinations are told apart; not what is counted of them (``patterns``).
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from models.regression.in_database.group_codes import GroupCodes

BITS_OF_A_CODE = 20
MOST_BITS_OF_A_SPAN = 40
BITS_OF_A_KEY = 62
MOST_PLACES = 1 << 22


@dataclass(eq=False)
class _Keys:
    """Codes of keys, looked up in a table while keys are small; codes of new keys are in no particular order."""

    n_groups: int = 0
    _table: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, dtype=np.int32))
    _long: GroupCodes | None = None

    def of(self, keys: NDArray[np.int64]) -> NDArray[np.intp]:
        largest = int(keys.max(initial=0))
        if self._long is None and largest >= MOST_PLACES:
            self._long = GroupCodes(self._known())
        if self._long is not None:
            codes = self._long.of(pa.array(keys))
            self.n_groups = self._long.n_groups
            return codes
        if largest >= len(self._table):
            self._table = np.pad(self._table, (0, largest + 1 - len(self._table)), constant_values=-1)
        codes = self._table[keys]
        if (is_new := codes < 0).any():
            there = np.zeros(len(self._table), dtype=bool)
            there[keys[is_new]] = True
            new = np.flatnonzero(there)
            self._table[new] = self.n_groups + np.arange(len(new), dtype=np.int32)
            self.n_groups += len(new)
            codes = self._table[keys]
        return codes.astype(np.intp)

    def _known(self) -> pa.Array | None:
        if not self.n_groups:
            return None
        known = np.flatnonzero(self._table >= 0)
        return pa.array(known[np.argsort(self._table[known])])


@dataclass(eq=False)
class PatternCodes:
    """The combinations met so far.

    A row's key is a whole number: the places of its values side by side. A whole number's place is how far it lies
    above the smallest one of its column, other values' is their code. Keys that grow too long become codes themselves.

    Attributes:
        names: Columns of a batch that are combined.
        spans: Column of whole numbers → its smallest and largest value.
    """

    names: Sequence[str]
    spans: Mapping[str, tuple[int, int]]
    _codes: dict[str, GroupCodes] = field(init=False, default_factory=dict[str, GroupCodes])
    _folded: dict[str, GroupCodes] = field(init=False, default_factory=dict[str, GroupCodes])
    _whole: _Keys = field(init=False, default_factory=_Keys)
    _first: list[pa.RecordBatch] = field(init=False, default_factory=list[pa.RecordBatch])

    def of(self, batch: pa.RecordBatch) -> NDArray[np.intp]:
        """Return the codes of the combinations of a batch without missing values; new ones get the next codes.

        Raises:
            OverflowError: If a column has more than 2^20 different values that are no whole numbers.
        """
        n_before = self._whole.n_groups
        codes = self._whole.of(self._keys(batch))
        n_now = self._whole.n_groups
        if n_now > n_before:
            first = np.zeros(n_now, dtype=np.intp)
            first[codes[::-1]] = np.arange(len(codes))[::-1]
            self._first.append(batch.select(list(self.names)).take(pa.array(first[n_before:])))
        return codes

    def combinations(self) -> pa.Table:
        """Return the combinations in the order of their codes."""
        return pa.Table.from_batches(self._first).combine_chunks()

    def _keys(self, batch: pa.RecordBatch) -> NDArray[np.int64]:
        keys, bits = np.zeros(batch.num_rows, dtype=np.int64), 0
        for name in sorted(self.names, key=self.spans.__contains__):
            places, more = self._places(name, batch.column(name))
            if bits + more > BITS_OF_A_KEY:
                keys, bits = _coded(self._folded, name, pa.array(keys)), BITS_OF_A_CODE
            keys = (keys << more) | places
            bits += more
        return keys

    def _places(self, name: str, column: pa.Array) -> tuple[NDArray[np.int64], int]:
        if name in self.spans:
            least, largest = self.spans[name]
            bits = (largest - least).bit_length()
            if bits <= MOST_BITS_OF_A_SPAN:
                return column.to_numpy(zero_copy_only=False).astype(np.int64) - least, bits
        return _coded(self._codes, name, column), BITS_OF_A_CODE


def _coded(known: dict[str, GroupCodes], name: str, column: pa.Array) -> NDArray[np.int64]:
    codes = known.setdefault(name, GroupCodes())
    found = codes.of(column).astype(np.int64, copy=False)
    if codes.n_groups > 1 << BITS_OF_A_CODE:
        raise OverflowError(f"more than {1 << BITS_OF_A_CODE:,} different values; expected fewer, as patterns are few")
    return found
