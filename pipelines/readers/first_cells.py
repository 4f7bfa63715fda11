"""The beginning of a file → the texts that its first rows hold in a column. What they mean is the readers' business."""

from collections import Counter

from pipelines.readers.headers import cell
from pipelines.readers.plan import Head


def texts_below(head: Head, header_rows: int, position: int) -> list[str]:
    """Return the different texts that the first rows hold in a column, blank cells left out."""
    return list(counted_below(head, header_rows, position))


def counted_below(head: Head, header_rows: int, position: int) -> Counter[str]:
    """Count the texts that the first rows hold in a column, in the order in which they come; blank cells left out."""
    raw = Counter(row[position - 1] for row in head.rows[header_rows:] if position <= len(row))
    counted: Counter[str] = Counter()
    for each, n in raw.items():
        if text := cell([each], 0):
            counted[text] += n
    return counted
