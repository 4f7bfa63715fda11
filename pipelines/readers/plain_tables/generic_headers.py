"""Header rows of a table that says nothing of itself → one header a column. Text only; no platform, no study.

Put here how stacked header rows are found and joined; what a header means belongs to the reader of its platform.
"""

import re
from collections.abc import Sequence

from instruments.counted import counted
from pipelines.readers.headers import cell
from pipelines.readers.plan import Head, ReadingError, Request

MOST_RECOGNISED = 3
_BETWEEN = " | "
_VALUE = re.compile(r"(?=.*\d)[\d\s.,:/%+-]+")


def header_rows_of(head: Head, request: Request) -> int:
    """Return the number of header rows: as the source states, else as the first rows show.

    Raises:
        ReadingError: When the file has fewer rows than the source says there are headers.
    """
    stated = request.source.header_rows if request.source else None
    if stated is None:
        return recognised_header_rows(head.rows)
    if len(head.rows) < stated:
        message = f"header_rows says {stated}, but the file has {counted(len(head.rows), 'row')}; correct header_rows"
        raise ReadingError(head.file_name, message)
    return stated


def recognised_header_rows(rows: Sequence[Sequence[str]]) -> int:
    """Find how many rows stand above the first answer.

    More than one only where the upper ones are group headers, with blank cells to the right of a text and another text
    below the blank; no header row holds a number; and below the last one a column of numbers begins.
    """
    for n_rows in range(2, min(MOST_RECOGNISED, len(rows) - 1) + 1):
        headers = [[cell(row, index) for index in range(len(row))] for row in rows[:n_rows]]
        if not any(_is_value(text) for row in headers for text in row):
            groups = all(_has_groups(headers[place], headers[-1]) for place in range(n_rows - 1))
            if groups and _numbers_begin_below(headers[-1], rows[n_rows:]):
                return n_rows
    return 1


def joined_headers(rows: Sequence[Sequence[str]]) -> list[str]:
    """Join stacked header rows into one header a column.

    A blank cell in a row above the last one belongs to the text on its left where a row below it holds a text: the way
    merged cells are exported. Texts that repeat from one row to the next stand once.

    Args:
        rows: The header rows.

    Returns:
        One header a column, its parts separated by `` | ``; empty where every row is blank.
    """
    width = max(map(len, rows))
    cells = [[cell(row, index) for index in range(width)] for row in rows]
    filled = [_filled_right(row, cells[place + 1 :]) for place, row in enumerate(cells)]
    return [_BETWEEN.join(_without_repeats([row[index] for row in filled])) for index in range(width)]


def _filled_right(row: Sequence[str], below: Sequence[Sequence[str]]) -> list[str]:
    filled: list[str] = []
    group = ""
    for index, text in enumerate(row):
        has_text_below = any(lower[index] for lower in below)
        group = text or (group if has_text_below else "")
        filled.append(group if has_text_below else text)
    return filled


def _without_repeats(parts: Sequence[str]) -> list[str]:
    texts = [part for part in parts if part]
    return [text for place, text in enumerate(texts) if place == 0 or text != texts[place - 1]]


def _has_groups(upper: Sequence[str], last: Sequence[str]) -> bool:
    first = next((index for index, text in enumerate(upper) if text), len(upper))
    return any(not cell(upper, index) and text for index, text in enumerate(last) if index > first)


def _numbers_begin_below(last: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    for index, header in enumerate(last):
        texts = [text for row in rows if (text := cell(row, index))]
        if header and texts and all(map(_is_value, texts)):
            return True
    return False


def _is_value(text: str) -> bool:
    return _VALUE.fullmatch(text) is not None
