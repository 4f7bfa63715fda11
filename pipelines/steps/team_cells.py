"""Cells of a list kept by a team → the types of a table's columns, or what is wrong with row and column."""

import datetime as dt
import math
from collections.abc import Iterable, Mapping

import pandas as pd

from instruments.faults import DataError
from instruments.spec_file import closest
from pipelines.steps.open_text import redact
from pipelines.tables.base import DAY, NUMBER, TEXT, TRUTH, WHOLE, ColumnOf

FIRST_ROW = 2
_TRUTHS = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


class ListError(DataError):
    """A list of the team's own is wrong; the message says where and what to do."""


def typed_list(texts: pd.DataFrame, columns: Mapping[str, ColumnOf]) -> pd.DataFrame:
    """Turn the cells of a list into the types of its columns.

    Args:
        texts: Cells as text, blank for missing; a column that may be missing may be left out.
        columns: What the list holds.

    Returns:
        The columns in order, one row a row of the list; missing as None.

    Raises:
        ListError: For a missing or unknown column, a blank cell of a column that is needed, or a cell of another type.
    """
    for name, column in columns.items():
        if name not in texts and not column.may_be_missing:
            raise ListError(f"the column {name} is missing{closest(name, list(map(str, texts.columns)))}")
    for name in map(str, texts.columns):
        if name not in columns:
            raise ListError(f"there is no column '{name}'{closest(name, list(columns))}; rename it or take it out")
    typed = {
        name: pd.Series(
            [
                _cell(str(text).strip(), column, f"row {row}, column {name}")
                for row, text in enumerate(texts[name], FIRST_ROW)
            ]
            if name in texts
            else [None] * len(texts),
            dtype="object",
        )
        for name, column in columns.items()
    }
    return pd.DataFrame(typed, index=pd.RangeIndex(len(texts)))


def refuse_repeats(rows: pd.DataFrame, key: list[str]) -> None:
    """Raise ListError when two rows have the same key."""
    repeated = rows.duplicated(key)
    if repeated.any():
        row = int(repeated.to_numpy().argmax()) + FIRST_ROW
        raise ListError(f"row {row}: the same {' and '.join(key)} stands in an earlier row; keep one")


def refuse_strangers(rows: pd.DataFrame, column: str, known: set[str], what: str) -> None:
    """Raise ListError when a cell names what is not there; the message does not repeat the cell."""
    for row, name in enumerate(rows[column], FIRST_ROW):
        if name is not None and name not in known:
            raise ListError(f"row {row}, column {column}: this names no {what}; correct it or add the {what}")


def refuse_personal(rows: pd.DataFrame, columns: Iterable[str]) -> None:
    """Raise ListError when words hold an e-mail address, or the number of a telephone or person."""
    for column in columns:
        for row, text in enumerate(rows[column], FIRST_ROW):
            if text is not None and any(redact(str(text))[1].values()):
                message = "found what looks like an e-mail address, telephone or person number; take it out"
                raise ListError(f"row {row}, column {column}: {message}")


def steps_up(rows: pd.DataFrame, name_column: str, column: str) -> dict[str, int]:
    """Count for every name how many others lie above it.

    Args:
        rows: As ``typed_list`` returns them, or some of them.
        name_column: The names.
        column: The name above; None where there is none.

    Raises:
        ListError: When a name lies above itself.
    """
    parents: dict[str, str | None] = dict(zip(rows[name_column], rows[column], strict=True))
    depths: dict[str, int] = {}
    for place, name in zip(rows.index, rows[name_column], strict=True):
        depth, above, seen = 0, parents[name], {name}
        while above is not None:
            if above in seen:
                row = int(place) + FIRST_ROW
                raise ListError(f"row {row}, column {column}: the chain leads back to where it began; break it")
            seen.add(above)
            depth, above = depth + 1, parents.get(above)
        depths[name] = depth
    return depths


def _cell(text: str, column: ColumnOf, where: str) -> object:
    if not text:
        if column.may_be_missing:
            return None
        raise ListError(f"{where}: expected {_expected(column)}, found a blank cell")
    value = _value(text, column.kind)
    is_known = not column.is_among or value in column.is_among
    if value is None or not is_known or not _within(value, column):
        nearest = closest(text, [str(each) for each in column.is_among])
        raise ListError(f"{where}: expected {_expected(column)}, found something else{nearest}")
    return value


def _within(value: object, column: ColumnOf) -> bool:
    if not isinstance(value, int | float):
        return True
    return (column.least is None or value >= column.least) and (column.most is None or value <= column.most)


def _value(text: str, kind: str) -> object:
    if kind == TEXT:
        return text
    if kind == TRUTH:
        return _TRUTHS.get(text.lower())
    try:
        if kind == DAY:
            return dt.date.fromisoformat(text)
        number = float(text) if text.isascii() and "_" not in text else math.nan
    except ValueError:
        return None
    if not math.isfinite(number) or (kind == WHOLE and not number.is_integer()):
        return None
    return int(number) if kind == WHOLE else number


def _expected(column: ColumnOf) -> str:
    if column.is_among:
        return f"one of {', '.join(map(str, column.is_among))}"
    words = {TEXT: "a text", TRUTH: "yes or no", DAY: "a date such as 2026-01-31", WHOLE: "a whole number"}
    limits = [
        f"{word} {limit:g}"
        for word, limit in (("at least", column.least), ("at most", column.most))
        if limit is not None
    ]
    return " ".join([words.get(column.kind, "a number" if column.kind == NUMBER else "a value"), *limits])
