"""Responses as a platform delivered them: a table of texts, each response once."""

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from instruments.faults import DataError

MOST_CELL = 10_000_000
Row = tuple[str, ...]


@dataclass(frozen=True)
class Delivery:
    """What was delivered.

    Attributes:
        headers: Header rows, as wide as the rows.
        rows: Response → its rows, several where a record has events or repetitions; what was delivered twice stands
            here once, as it was delivered last.
        token: Where the platform goes on from; empty where it always delivers everything.
        is_whole: Whether everything was to be delivered, and not only what changed.
    """

    headers: tuple[Row, ...]
    rows: Mapping[str, tuple[Row, ...]]
    token: str = ""
    is_whole: bool = True

    def marks(self) -> dict[str, str]:
        """Return response → SHA-256 of its content under its headers."""
        names = self.headers[0] if self.headers else ()
        return {name: _mark([dict(zip(names, row, strict=True)) for row in rows]) for name, rows in self.rows.items()}

    def content(self) -> bytes:
        """Return the table as CSV in UTF-8."""
        text = io.StringIO(newline="")
        csv.writer(text).writerows([*self.headers, *(row for rows in self.rows.values() for row in rows)])
        return text.getvalue().encode()


def rows_of_csv(content: bytes, place: str, delimiter: str = ",") -> list[Row]:
    """Read CSV as texts.

    Raises:
        DataError: When it is no CSV in UTF-8, or a row has another width than the first.
    """
    csv.field_size_limit(MOST_CELL)
    try:
        text = io.StringIO(content.decode("utf-8-sig"), newline="")
        rows = [tuple(row) for row in csv.reader(text, delimiter=delimiter, strict=True) if row]
    except (UnicodeDecodeError, csv.Error):
        raise DataError(f"{place}: expected CSV in UTF-8, found something else; pull again") from None
    odd = sum(len(row) != len(rows[0]) for row in rows)
    if odd:
        raise DataError(f"{place}: {odd} rows have another width than the header; pull again")
    return rows


def of_records(
    records: Iterable[Mapping[str, str]], known: Sequence[str], identity: str, within: Sequence[str] = ()
) -> Delivery:
    """Make a delivery of records with names: known columns first, then others by name.

    Args:
        records: Column → text, a record each; columns that it has no answer for may be absent.
        known: Columns that are there whether or not anybody answered.
        identity: Column with the id of the response.
        within: Columns that tell the rows of one response from another.
    """
    listed = list(records)
    others = sorted({name for record in listed for name in record} - set(known))
    header = (*known, *others)
    found: dict[str, dict[Row, Row]] = {}
    for record in listed:
        rows = found.setdefault(record.get(identity, ""), {})
        place = tuple(record.get(name, "") for name in within)
        rows[place] = tuple(record.get(name, "") for name in header)
    return Delivery((header,), {name: tuple(rows.values()) for name, rows in found.items()})


def _mark(contents: Iterable[Mapping[str, str]]) -> str:
    filled = [{name: text for name, text in content.items() if text} for content in contents]
    texts = sorted(json.dumps(each, sort_keys=True, ensure_ascii=False) for each in filled)
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()
