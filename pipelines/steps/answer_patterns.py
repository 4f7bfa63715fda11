"""The analysis table → how often each pattern of answers to a scale was given, by wave and respondent group.

A pattern is packed into as few whole numbers as hold it, one digit an item and the cell before the first. The items of
all scales are read in one pass, a batch of responses at a time; only these numbers and their counts are kept.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from instruments.spec import Instrument
from models.estimates import Matrix
from models.measurement.answer_counts import AnswerCounts, answer_counts

WHOLE_NUMBERS = (np.int16, np.int32, np.int64)
LARGEST = 2**63 - 1
MOST_PLACES = 2**20
"""As many possible patterns are counted by their place; where there are more, packed numbers are sorted."""
CELL = "/cell"
"""Name of the column of cells; no item has a slash in its name."""
GAP = 0
"""The digit of an item that was not answered; codes count upwards from 1."""

Scan = Callable[[str, Mapping[str, str]], Iterator[pa.RecordBatch]]
"""Answers a question in SQL with ``$name`` for each of the values, a batch of rows at a time."""
Digits = NDArray[np.int16 | np.int32]
CountedCell = tuple[dict[str, str], AnswerCounts]


@dataclass(frozen=True)
class Cells:
    """Waves and respondent groups of the analysis table, sorted; a cell is numbered wave by wave.

    Attributes:
        waves: Waves that occur.
        groups: Respondent groups that occur.
    """

    waves: tuple[str, ...]
    groups: tuple[str, ...]

    def name(self, number: int) -> dict[str, str]:
        """Return wave and group of a cell."""
        wave, group = divmod(number, len(self.groups))
        return {"wave": self.waves[wave], "respondent_group": self.groups[group]}

    def values(self) -> dict[str, str]:
        """Return the values of the query's parameters; what occurs alone needs none."""
        named = {"wave": self.waves, "group": self.groups}
        return {
            f"{kind}_{place}": name
            for kind, names in named.items()
            if len(names) > 1
            for place, name in enumerate(names)
        }

    def sql(self) -> str:
        """Write the number of a row's cell."""
        wave, group = _place_of("wave", "wave", self.waves), _place_of("respondent_group", "group", self.groups)
        return f"CAST({wave} * {len(self.groups)} + {group} AS SMALLINT)"


def _place_of(column: str, kind: str, names: Sequence[str]) -> str:
    if len(names) == 1:
        return "0"
    return f"CASE {column} {' '.join(f'WHEN ${kind}_{place} THEN {place}' for place in range(len(names)))} END"


@dataclass(frozen=True)
class Packing:
    """How the answers to a scale are packed.

    Attributes:
        items: Items of the scale, k.
        lowest: Lowest code.
        base: Digits that an item may have: its codes and the gap.
        n_cells: Cells.
    """

    items: tuple[str, ...]
    lowest: int
    base: int
    n_cells: int

    @property
    def size(self) -> int:
        """Items of which a whole number holds the answers, with the cell."""
        size = 1
        while self.n_cells * self.base ** (size + 1) <= LARGEST:
            size += 1
        return size

    def parts(self) -> list[tuple[str, ...]]:
        """Divide the items into as few runs as whole numbers hold."""
        return [self.items[first : first + self.size] for first in range(0, len(self.items), self.size)]

    def n_places(self) -> int:
        """Return how many patterns are possible in all cells."""
        return self.n_cells * self.base ** len(self.items)

    def packed(self, digits: Mapping[str, Digits], cells: Digits) -> list[NDArray[np.int64]]:
        """Pack the answers of a batch of responses: for each run of items one number a response."""
        found: list[NDArray[np.int64]] = []
        for place, items in enumerate(self.parts()):
            n_values = self.base ** len(items) * (self.n_cells if place == 0 else 1)
            kind = next(each for each in WHOLE_NUMBERS if n_values - 1 <= np.iinfo(each).max)
            number = cells.astype(kind) if place == 0 else np.zeros(len(cells), dtype=kind)
            for item in items:
                number *= kind(self.base)
                number += digits[item]
            found.append(number)
        return found

    def unpacked(self, packed: NDArray[np.int64]) -> tuple[NDArray[np.int64], Matrix]:
        """Return cells and codes of packed patterns (u x runs): u, and u x k with NaN where there is no answer."""
        columns: list[NDArray[np.float64]] = []
        for numbers, items in zip(packed.T, self.parts(), strict=True):
            digits = [numbers // self.base**power % self.base for power in reversed(range(len(items)))]
            columns += [np.where(digit == GAP, np.nan, digit + (self.lowest - 1)) for digit in digits]
        return packed[:, 0] // self.base ** len(self.parts()[0]), np.column_stack(columns)


def count_patterns(scan: Scan, scales: Mapping[str, Instrument], rule: str = "") -> dict[str, list[CountedCell]]:
    """Count the answers to every scale, in each wave and respondent group in which somebody has a score of it.

    Args:
        scan: Asks the warehouse.
        scales: Scale → its instrument.
        rule: Exclusion rule whose responses are left out; empty for every analysed response.

    Returns:
        Scale → cells, sorted by wave and respondent group.
    """
    cells = _cells(scan)
    if cells is None or not scales:
        return {scale: [] for scale in scales}
    packings = {scale: _packing(instrument, scale, cells) for scale, instrument in scales.items()}
    numbers: dict[str, list[list[NDArray[np.int64]]]] = {scale: [] for scale in scales}
    values = cells.values() | ({"rule": rule} if rule else {})
    for batch in scan(answers_query(scales, cells, rule), values):
        digits = {name: _filled(batch.column(place)) for place, name in enumerate(batch.schema.names)}
        for scale, packing in packings.items():
            numbers[scale].append(packing.packed(digits, digits[CELL]))
    return {
        scale: [
            ({**cells.name(number), "exclusions": rule}, answers)
            for number, answers in _counted(*_tally(numbers.pop(scale), packing), packing, instrument, scale)
        ]
        for (scale, instrument), packing in zip(scales.items(), packings.values(), strict=True)
    }


def _cells(scan: Scan) -> Cells | None:
    """Return the waves and respondent groups of the analysis table; None where it has no rows."""
    found = [batch.to_pandas() for batch in scan("SELECT DISTINCT wave, respondent_group FROM core.analysis", {})]
    waves, groups = (sorted({name for rows in found for name in rows[kind]}) for kind in ("wave", "respondent_group"))
    return Cells(tuple(waves), tuple(groups)) if waves else None


def _packing(instrument: Instrument, scale: str, cells: Cells) -> Packing:
    points = instrument.points_of(scale)
    n_cells = len(cells.waves) * len(cells.groups)
    return Packing(tuple(instrument.scales[scale].items), points.lowest, points.highest - points.lowest + 2, n_cells)


def answers_query(scales: Mapping[str, Instrument], cells: Cells, rule: str = "") -> str:
    """Write the query that reads the answers; ``$rule`` is the exclusion rule, where there is one.

    Returns:
        SQL that yields one row a response: the digit of every item under its name, missing where it has no answer, and
        last the number of the cell.
    """
    lowest = {
        item: instrument.points_of(scale).lowest
        for scale, instrument in scales.items()
        for item in instrument.scales[scale].items
    }
    digits = ", ".join(f"{_digit(item, code)} AS {_quoted(item)}" for item, code in lowest.items())
    excluded = "(SELECT response_id FROM core.exclusions WHERE exclusions = $rule) AS excluded"
    without = f" ANTI JOIN {excluded} USING (response_id)" if rule else ""
    return f"SELECT {digits}, {cells.sql()} AS {_quoted(CELL)} FROM core.analysis{without}"  # noqa: S608 - quoted


def _digit(item: str, lowest: int) -> str:
    kind = "SMALLINT" if lowest == 1 else "INTEGER"
    digit = f"CAST({_quoted(item)} AS {kind})"
    return digit if lowest == 1 else f"{digit} - ({lowest - 1})"


def _filled(column: pa.Array) -> Digits:
    """Return the digits of a batch, ``GAP`` where they are missing; without copies where possible."""
    bits, values = column.buffers()
    end, kind = column.offset + len(column), np.int16 if pa.types.is_int16(column.type) else np.int32
    digits = np.frombuffer(values, dtype=kind)[column.offset : end]
    if column.null_count == 0:
        return digits
    is_given = np.unpackbits(np.frombuffer(bits, dtype=np.uint8), count=end, bitorder="little")
    return digits * is_given[column.offset :]


def _tally(
    batches: Sequence[Sequence[NDArray[np.int64]]], packing: Packing
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the packed patterns that occur, ascending, u x runs, and how often each does, u."""
    runs = [np.concatenate(run) for run in zip(*batches, strict=True)]
    if not runs:
        return np.zeros((0, len(packing.parts())), dtype=np.int64), np.zeros(0, dtype=np.int64)
    if packing.n_places() <= MOST_PLACES:
        counts = np.bincount(runs[0])
        found = np.flatnonzero(counts)
        return found[:, None], counts[found]
    if len(runs) == 1:
        found, counts = np.unique(runs[0], return_counts=True)
        return found[:, None].astype(np.int64), counts
    return np.unique(np.column_stack(runs).astype(np.int64), axis=0, return_counts=True)


def _counted(
    packed: NDArray[np.int64], counts: NDArray[np.int64], packing: Packing, instrument: Instrument, scale: str
) -> Iterator[tuple[int, AnswerCounts]]:
    """Divide counted patterns by cell; those in which nobody has a score of the scale are left out."""
    cells, patterns = packing.unpacked(packed)
    is_scored = np.isfinite(patterns).sum(axis=1) >= instrument.scales[scale].least_answered
    numbers, firsts = np.unique(cells, return_index=True)
    for number, first, last in zip(numbers, firsts, [*firsts[1:], len(cells)], strict=True):
        if is_scored[first:last].any():
            own = counts[first:last].astype(float)
            yield int(number), answer_counts(patterns[first:last], own, instrument, scale)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
