"""The analysis table → how often each pattern of answers to a scale was given, by wave and respondent group. As SQL.

A pattern is packed into as few whole numbers as hold it, one digit an item, and rows are grouped by these numbers: one
pass over a scale's own columns, and no response leaves the database.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from instruments.spec import Instrument
from models.estimates import Matrix
from models.measurement.answer_counts import AnswerCounts, answer_counts

LARGEST = 2**63 - 1
"""Of a DuckDB BIGINT."""
LARGEST_SHORT = 2**31 - 1
"""Of a DuckDB INTEGER."""
GAP = 0
"""The digit of an item that was not answered; codes count upwards from 1."""

Ask = Callable[[str, Mapping[str, str]], pd.DataFrame]
"""Answers a question in SQL with ``$name`` for each of the values."""
CountedCell = tuple[dict[str, str], AnswerCounts]


def count_patterns(ask: Ask, scales: Mapping[str, Instrument], rule: str = "") -> dict[str, list[CountedCell]]:
    """Count the answers to every scale, in each wave and respondent group in which somebody has a score of it.

    Args:
        ask: Asks the warehouse.
        scales: Scale → its instrument.
        rule: Exclusion rule whose responses are left out; empty for every analysed response.

    Returns:
        Scale → cells, sorted by wave and respondent group.
    """
    values = {"rule": rule} if rule else {}
    return {
        scale: list(_cells(ask(patterns_query(instrument, scale, rule), values), instrument, scale, rule))
        for scale, instrument in scales.items()
    }


def patterns_query(instrument: Instrument, scale: str, rule: str = "") -> str:
    """Write the query that counts the patterns of a scale; ``$rule`` is the exclusion rule, where there is one.

    Returns:
        SQL that yields wave, respondent_group, pattern_0 … and n.
    """
    points = instrument.points_of(scale)
    parts = _parts(instrument, scale)
    packed = ", ".join(
        f"{_packed(items, points.lowest, points.highest)} AS pattern_{place}" for place, items in enumerate(parts)
    )
    excluded = "(SELECT response_id FROM core.exclusions WHERE exclusions = $rule) AS excluded"
    without = f" ANTI JOIN {excluded} USING (response_id)" if rule else ""
    return (
        f"SELECT wave, respondent_group, {packed}, count(*) AS n "  # noqa: S608 - identifiers quoted
        f"FROM core.analysis{without} GROUP BY ALL ORDER BY ALL"
    )


def _parts(instrument: Instrument, scale: str) -> list[Sequence[str]]:
    """Divide the items of a scale into as few runs as whole numbers hold, one digit an item."""
    points, items = instrument.points_of(scale), instrument.scales[scale].items
    size = 1
    while _base(points.lowest, points.highest) ** (size + 1) - 1 <= LARGEST:
        size += 1
    return [items[first : first + size] for first in range(0, len(items), size)]


def _base(lowest: int, highest: int) -> int:
    return highest - lowest + 2


def _packed(items: Sequence[str], lowest: int, highest: int) -> str:
    base = _base(lowest, highest)
    kind = "INTEGER" if base ** len(items) - 1 <= LARGEST_SHORT else "BIGINT"
    packed = "0"
    for item in items:
        digit = f"coalesce(CAST({_quoted(item)} AS {kind}) - ({lowest - 1}), {GAP})"
        packed = digit if packed == "0" else f"({packed}) * {base} + {digit}"
    return packed


def _cells(rows: pd.DataFrame, instrument: Instrument, scale: str, rule: str) -> Iterator[CountedCell]:
    fewest = instrument.scales[scale].least_answered
    patterns = _unpacked(rows, instrument, scale)
    is_scored = np.isfinite(patterns).sum(axis=1) >= fewest
    counts = rows["n"].to_numpy(dtype=float)
    places = pd.Series(np.arange(len(rows)))
    for (wave, group), found in places.groupby([rows["wave"], rows["respondent_group"]], sort=True):
        own = found.to_numpy()
        if is_scored[own].any():
            cell = {"wave": str(wave), "respondent_group": str(group), "exclusions": rule}
            yield cell, answer_counts(patterns[own], counts[own], instrument, scale)


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
