"""Where the records of a delimited file end, from its bytes alone: the count that every scan must arrive at.

A line end inside quotation marks does not end a record. Quotation marks are counted, as every one inside a quoted cell
is doubled; a file that breaks this rule gives a count that no scan confirms, and is then cut record by record.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

_CHUNK_BYTES = 1_000_000
_QUOTE, _LINE_FEED, _CARRIAGE_RETURN = b'"\n\r'


@dataclass(frozen=True)
class Lines:
    r"""The records of a file.

    Attributes:
        n_records: Records, headers included; blank lines at the end of the file are none.
        end: Line end of the records: ``\n``, ``\r\n`` or ``\r``; empty when there are several kinds.
        has_blank: Whether a blank line stands before the last record.
    """

    n_records: int
    end: str
    has_blank: bool


def measure_lines(path: Path) -> Lines:
    """Find the records of a UTF-8 file without a byte order mark."""
    positions, letters = _line_ends(path)
    second_of_pair = np.zeros(len(positions), dtype=bool)
    follows = (np.diff(positions) == 1) & (letters[:-1] == _CARRIAGE_RETURN) & (letters[1:] == _LINE_FEED)
    second_of_pair[1:] = follows
    first_of_pair = np.append(follows, values=False) if len(positions) else second_of_pair
    starts = positions[~second_of_pair]
    ends = positions[~first_of_pair] + 1
    lengths = np.diff(np.concatenate([[0], ends, [path.stat().st_size]]))
    lengths[:-1] -= ends - starts
    filled = np.flatnonzero(lengths)
    n_records = int(filled[-1]) + 1 if len(filled) else 0
    kinds = [
        (second_of_pair.any(), "\r\n"),
        ((~second_of_pair & (letters == _LINE_FEED)).any(), "\n"),
        ((~first_of_pair & (letters == _CARRIAGE_RETURN)).any(), "\r"),
    ]
    found = [end for is_there, end in kinds if is_there] or ["\n"]
    return Lines(n_records, found[0] if len(found) == 1 else "", has_blank=len(filled) < n_records)


def _line_ends(path: Path) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint8]]:
    """Return position and byte of every line feed and carriage return outside quotation marks."""
    parts = list(_line_ends_of_chunks(path))
    positions = [np.empty(0, dtype=np.int64), *(position for position, _ in parts)]
    letters = [np.empty(0, dtype=np.uint8), *(letter for _, letter in parts)]
    return np.concatenate(positions), np.concatenate(letters)


def _line_ends_of_chunks(path: Path) -> Iterator[tuple[npt.NDArray[np.int64], npt.NDArray[np.uint8]]]:
    offset, n_quotes = 0, 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            letters = np.frombuffer(chunk, dtype=np.uint8)
            quotes = np.flatnonzero(letters == _QUOTE)
            ends = np.flatnonzero((letters == _LINE_FEED) | (letters == _CARRIAGE_RETURN))
            is_outside = (np.searchsorted(quotes, ends) + n_quotes) % 2 == 0
            yield ends[is_outside] + offset, letters[ends[is_outside]]
            offset, n_quotes = offset + len(chunk), n_quotes + len(quotes)
