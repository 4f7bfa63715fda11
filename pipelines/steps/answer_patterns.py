"""The analysis table → how often each pattern of answers to a scale was given, by wave and respondent group. As SQL.

A pattern is packed into as few whole numbers as hold it, one digit an item, and rows are grouped by these numbers: one
pass over a scale's own columns, and no response leaves the database.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from instruments.spec import Instrument
from models.estimates import Matrix
from models.measurement.answer_counts import AnswerCounts, answer_counts

WHOLE_NUMBERS = {"SMALLINT": 2**15 - 1, "INTEGER": 2**31 - 1, "BIGINT": 2**63 - 1}
"""DuckDB's types, narrowest first, and their largest values."""
GAP = 0
"""The digit of an item that was not answered; codes count upwards from 1."""

Ask = Callable[[str, Mapping[str, str]], pd.DataFrame]
"""Answers a question in SQL with ``$name`` for each of the values."""
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


def count_patterns(ask: Ask, scales: Mapping[str, Instrument], rule: str = "") -> dict[str, list[CountedCell]]:
    """Count the answers to every scale, in each wave and respondent group in which somebody has a score of it.

    Args:
        ask: Asks the warehouse.
        scales: Scale → its instrument.
        rule: Exclusion rule whose responses are left out; empty for every analysed response.

    Returns:
        Scale → cells, sorted by wave and respondent group.
    """
    found = ask("SELECT DISTINCT wave, respondent_group FROM core.analysis", {})
    if found.empty:
        return {scale: [] for scale in scales}
    cells = Cells(tuple(sorted(set(found["wave"]))), tuple(sorted(set(found["respondent_group"]))))
    values = cells.values() | ({"rule": rule} if rule else {})
    counted: dict[str, list[CountedCell]] = {}
    for scale, instrument in scales.items():
        rows = ask(patterns_query(instrument, scale, cells, rule), values)
        counted[scale] = [
            ({**cells.name(number), "exclusions": rule}, answers)
            for number, answers in _counted(rows, instrument, scale)
        ]
    return counted


def patterns_query(instrument: Instrument, scale: str, cells: Cells, rule: str = "") -> str:
    """Write the query that counts the patterns of a scale; ``$rule`` is the exclusion rule, where there is one.

    Returns:
        SQL that yields cell, pattern_0 … and n, sorted.
    """
    points = instrument.points_of(scale)
    packed = ", ".join(
        f"{_packed(items, points.lowest, points.highest)} AS pattern_{place}"
        for place, items in enumerate(_parts(instrument, scale))
    )
    excluded = "(SELECT response_id FROM core.exclusions WHERE exclusions = $rule) AS excluded"
    without = f" ANTI JOIN {excluded} USING (response_id)" if rule else ""
    return (
        f"SELECT {cells.sql()} AS cell, {packed}, count(*) AS n "  # noqa: S608 - identifiers quoted
        f"FROM core.analysis{without} GROUP BY ALL ORDER BY ALL"
    )


def _parts(instrument: Instrument, scale: str) -> list[Sequence[str]]:
    """Divide the items of a scale into as few runs as whole numbers hold, one digit an item."""
    points, items = instrument.points_of(scale), instrument.scales[scale].items
    size = 1
    while _base(points.lowest, points.highest) ** (size + 1) - 1 <= WHOLE_NUMBERS["BIGINT"]:
        size += 1
    return [items[first : first + size] for first in range(0, len(items), size)]


def _base(lowest: int, highest: int) -> int:
    return highest - lowest + 2


def _packed(items: Sequence[str], lowest: int, highest: int) -> str:
    base = _base(lowest, highest)
    kind = next(name for name, largest in WHOLE_NUMBERS.items() if base ** len(items) - 1 <= largest)
    digits = [f"CAST(coalesce({_digit(item, lowest)}, {GAP}) AS {kind})" for item in items]
    packed = digits[0]
    for digit in digits[1:]:
        packed = f"({packed}) * CAST({base} AS {kind}) + {digit}"
    return packed


def _digit(item: str, lowest: int) -> str:
    return _quoted(item) if lowest == 1 else f"CAST({_quoted(item)} AS INTEGER) - ({lowest - 1})"


def _counted(rows: pd.DataFrame, instrument: Instrument, scale: str) -> Iterator[tuple[int, AnswerCounts]]:
    """Divide counted patterns by cell; those in which nobody has a score of the scale are left out."""
    patterns, counts = _unpacked(rows, instrument, scale), rows["n"].to_numpy(dtype=float)
    is_scored = np.isfinite(patterns).sum(axis=1) >= instrument.scales[scale].least_answered
    numbers, firsts = np.unique(rows["cell"].to_numpy(), return_index=True)
    for number, first, last in zip(numbers, firsts, [*firsts[1:], len(rows)], strict=True):
        if is_scored[first:last].any():
            yield int(number), answer_counts(patterns[first:last], counts[first:last], instrument, scale)


def _unpacked(rows: pd.DataFrame, instrument: Instrument, scale: str) -> Matrix:
    """Return the codes of the packed patterns, one row a pattern, one column an item, NaN where it has no answer."""
    points = instrument.points_of(scale)
    base, columns = _base(points.lowest, points.highest), []
    for place, items in enumerate(_parts(instrument, scale)):
        packed = rows[f"pattern_{place}"].to_numpy(dtype=np.int64)
        digits = [packed // base**power % base for power in reversed(range(len(items)))]
        columns += [np.where(digit == GAP, np.nan, digit + (points.lowest - 1)) for digit in digits]
    return np.column_stack(columns)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
