"""The team's list of facts about organisations → typed columns, and those facts beside every response. Pure tables."""

import datetime as dt
import math

import pandas as pd

from instruments.faults import DataError
from instruments.sections.response_scale import ResponseScale
from instruments.spec import Instrument
from instruments.spec_file import closest

KEYS = ["organisation_id", "wave"]
FIRST_ROW = 2


class FactsError(DataError):
    """The list of facts about organisations is wrong; the message says where and what to do."""


def read_facts(texts: pd.DataFrame, register: Instrument, waves: list[str], known: list[str] | None) -> pd.DataFrame:
    """Turn the cells of the list into the types of the register.

    Args:
        texts: The list: organisation_id, wave, and one column an item; cells as text, blank for unknown.
        register: Describes the items.
        waves: Waves of the study.
        known: Its organisations; None when they are not known.

    Returns:
        One row an organisation and wave, sorted; a column for every item of the register, missing where the list has
        none.

    Raises:
        FactsError: For a missing or unknown column, an unknown organisation or wave, a row that stands twice, or a
            cell of another type; with row and column, and without the text of a free cell.
    """
    _check_columns(list(texts.columns), register)
    cells = texts.apply(lambda column: column.str.strip())
    _check_keys(cells, waves, known)
    found = cells[KEYS].copy()
    for name in register.items:
        found[name] = _typed(cells[name], register, name) if name in cells else None
    return found.sort_values(KEYS).reset_index(drop=True)


def with_facts(analysis: pd.DataFrame, facts: pd.DataFrame) -> pd.DataFrame:
    """Put the facts of its organisation and wave beside every response; missing where there are none.

    Args:
        analysis: One row a response, with organisation_id and wave.
        facts: ``core.organisations``.

    Returns:
        The rows in the same order.
    """
    return analysis.merge(facts, on=KEYS, how="left", validate="many_to_one")


def _check_columns(columns: list[str], register: Instrument) -> None:
    expected = [*KEYS, *register.items]
    for key in KEYS:
        if key not in columns:
            raise FactsError(f"the column {key} is missing{closest(key, columns)}")
    for column in columns:
        if column not in expected:
            message = f"{register.name} describes no column '{column}'{closest(column, expected)}"
            raise FactsError(f"{message}; rename it, describe it there, or take it out")


def _check_keys(cells: pd.DataFrame, waves: list[str], known: list[str] | None) -> None:
    seen: dict[tuple[str, str], int] = {}
    keys = zip(cells["organisation_id"], cells["wave"], strict=True)
    for row, (organisation, wave) in enumerate(keys, start=FIRST_ROW):
        if not organisation:
            raise FactsError(f"row {row}: organisation_id is blank; say which organisation the facts are about")
        if known is not None and organisation not in known:
            nearest = closest(organisation, known)
            raise FactsError(f"row {row}: the list of invited units has no organisation '{organisation}'{nearest}")
        if wave not in waves:
            raise FactsError(f"row {row}: there is no wave '{wave}'{closest(wave, waves)}; expected {', '.join(waves)}")
        if (organisation, wave) in seen:
            earlier = seen[organisation, wave]
            raise FactsError(f"row {row}: {organisation} in {wave} stands in row {earlier} already; keep one row")
        seen[organisation, wave] = row


def _typed(column: pd.Series, register: Instrument, name: str) -> pd.Series:
    scale = register.response_scale_of(name)
    typed = [
        None if not text else _cell(text, register, name, scale, f"row {row}, column {name}")
        for row, text in enumerate(column, start=FIRST_ROW)
    ]
    return pd.Series(typed, index=column.index, dtype="object")


def _cell(text: str, register: Instrument, name: str, scale: ResponseScale | None, where: str) -> object:
    item = register.items[name]
    if scale is not None:
        return _code(text, scale, where)
    if item.kind == "date":
        return _day(text, where)
    if item.kind == "code":
        return text
    number = _number(text, where)
    if item.least is not None and number < item.least:
        raise FactsError(f"{where}: expected at least {item.least:g}, found {number:g}")
    if item.most is not None and number > item.most:
        raise FactsError(f"{where}: expected at most {item.most:g}, found {number:g}")
    return number


def _code(text: str, scale: ResponseScale, where: str) -> int:
    codes = {str(code): code for code in scale.points}
    if text not in codes:
        expected = ", ".join(
            f"{code} ({next(iter(point.label.values()), '')})" if point.label else str(code)
            for code, point in scale.points.items()
        )
        raise FactsError(f"{where}: expected one of the codes {expected}, found another value")
    return codes[text]


def _day(text: str, where: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise FactsError(f"{where}: expected a date such as 2026-01-31, found none") from error


def _number(text: str, where: str) -> float:
    try:
        number = float(text) if text.isascii() and "_" not in text else math.nan
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise FactsError(f"{where}: expected a number with a point for decimals, such as 1234.5, found none")
    return number
