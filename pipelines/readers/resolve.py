"""Cell texts → answer, missing reason or broken rule: what the scan left as text, each different text once.

Put here what a text means by its column's plan; not where it came from.
"""

import datetime as dt
import math
import re
from dataclasses import dataclass
from typing import Any, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from instruments.spec import MissingReason
from pipelines.readers.plan import PlannedColumn, fold

REASONS: tuple[MissingReason, ...] = get_args(MissingReason)
RULES: dict[str, str] = {
    "not_an_answer_option": "the text is no answer option of the item, and no code",
    "not_a_number": "the text is no number",
    "not_a_date": "the text is no date such as 2026-03-01",
}
_RULE_NAMES = tuple(RULES)
_ANSWERED = -1
_WHOLE_NUMBER = re.compile(r"([+-]?[0-9]{1,5})([.]0+)?")
_NUMBERS = {sign: re.compile(rf"[+-]?([0-9]+([{sign}][0-9]*)?|[{sign}][0-9]+)(e[+-]?[0-9]+)?") for sign in ".,"}
_DATE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})([ t][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?z?)?")
_LARGEST_CODE = 32_767


@dataclass(frozen=True)
class Resolved:
    """What one text means: exactly one of the three."""

    value: object = None
    reason: MissingReason | None = None
    rule: str | None = None


@dataclass(frozen=True)
class ResolvedColumn:
    """The cells of one column, in the order of the file.

    Attributes:
        cells: Length n; Int16, Float64, dates or text by the item's kind; NA without an answer.
        reasons: Length n; index in ``REASONS``, -1 where answered.
        rules: Length n; index in ``RULES``, -1 where no rule was broken.
        is_filled: Length n; whether the cell holds anything but blanks.
    """

    cells: pd.Series
    reasons: npt.NDArray[np.int8]
    rules: npt.NDArray[np.int8]
    is_filled: npt.NDArray[np.bool_]


def resolve_text(column: PlannedColumn, text: str, decimal: str) -> Resolved:
    """Say what a cell text means.

    A whole number that is no code of the item is passed on as it is, so that validation can name it; any other text
    that is no answer option breaks a rule.

    Args:
        column: The column's plan, with an item.
        text: The cell's text.
        decimal: Decimal sign.
    """
    folded = fold(text)
    if not folded or folded in column.blanks:
        return Resolved(reason=column.blank_means)
    if folded in column.opt_outs:
        return Resolved(reason=column.opt_outs[folded])
    if column.kind == "choice":
        return _choice(column, folded)
    if column.kind == "number":
        return _number(folded, decimal, fold(column.unit))
    if column.kind == "date":
        return _date(folded)
    return Resolved(value=text.strip() if column.kind == "code" else text)


def resolve_column(
    column: PlannedColumn, typed: pa.ChunkedArray | None, texts: pa.ChunkedArray, decimal: str
) -> ResolvedColumn:
    """Put together what the scan typed and what its remaining texts mean.

    Args:
        column: The column's plan, with an item.
        typed: Length n; typed answers, null where the scan found none; None for kinds that stay text.
        texts: Length n; the text where there is no typed answer, null where the cell is empty or typed.
        decimal: Decimal sign.
    """
    encoded = texts.combine_chunks().dictionary_encode()
    index = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    meanings = [resolve_text(column, text, decimal) for text in encoded.dictionary.to_pylist()]
    is_typed = np.zeros(len(index), dtype=bool) if typed is None else typed.is_valid().to_numpy()
    blank = REASONS.index(column.blank_means)
    reason_of = [_ANSWERED if each.reason is None else REASONS.index(each.reason) for each in meanings]
    reason_of = [
        REASONS.index("invalid") if each.rule else code for each, code in zip(meanings, reason_of, strict=True)
    ]
    rule_of = [-1 if each.rule is None else _RULE_NAMES.index(each.rule) for each in meanings]
    filled_of = [bool(text.split()) for text in encoded.dictionary.to_pylist()]
    reasons = np.where(is_typed, _ANSWERED, np.array([*reason_of, blank])[index]).astype(np.int8)
    rules = np.where(is_typed, -1, np.array([*rule_of, -1])[index]).astype(np.int8)
    is_filled = is_typed | np.array([*filled_of, False])[index]
    values = _values(column, typed, [each.value for each in meanings], index)
    return ResolvedColumn(values, reasons, rules, is_filled)


def rule_name(code: int) -> str:
    """Return the name of a rule by its index."""
    return _RULE_NAMES[code]


def _choice(column: PlannedColumn, folded: str) -> Resolved:
    if folded in column.codes:
        return Resolved(value=column.codes[folded])
    whole = _WHOLE_NUMBER.fullmatch(folded)
    if whole is None or abs(int(whole.group(1))) > _LARGEST_CODE:
        return Resolved(rule="not_an_answer_option")
    number = int(whole.group(1))
    reason = column.opt_outs.get(str(number))
    return Resolved(value=number) if reason is None else Resolved(reason=reason)


def _number(folded: str, decimal: str, unit: str) -> Resolved:
    if not folded.endswith(unit):
        return Resolved(rule="not_a_number")
    folded = folded.removesuffix(unit).rstrip()
    if _NUMBERS[decimal].fullmatch(folded):
        number = float(folded.replace(decimal, "."))
        if math.isfinite(number):
            return Resolved(value=number)
    return Resolved(rule="not_a_number")


def _date(folded: str) -> Resolved:
    found = _DATE.fullmatch(folded)
    try:
        return Resolved(value=dt.date.fromisoformat(found.group(1) if found else ""))
    except ValueError:
        return Resolved(rule="not_a_date")


def _values(
    column: PlannedColumn, typed: pa.ChunkedArray | None, resolved: list[object], index: npt.NDArray[np.int64]
) -> pd.Series:
    """Lay the resolved texts' values over the typed ones."""
    of_text: npt.NDArray[Any] = np.array([*resolved, None], dtype=object)[index]
    if column.kind in ("code", "open_text"):
        return pd.Series(of_text, dtype="str")
    if column.kind == "date":
        of_scan = of_text if typed is None else np.array(typed.to_pylist(), dtype=object)
        return pd.Series(np.where(pd.isna(of_scan), of_text, of_scan), dtype="object")
    dtype = "Int16" if column.kind == "choice" else "Float64"
    if typed is None:
        return pd.Series(of_text, dtype=dtype)
    is_typed = typed.is_valid().to_numpy()
    has_value = is_typed | np.array([*(value is not None for value in resolved), False])[index]
    numbers = np.array([*(0 if value is None else value for value in resolved), 0])[index]
    data = np.where(is_typed, typed.fill_null(0).to_numpy(), numbers).astype(dtype.lower())
    array = pd.arrays.IntegerArray if dtype == "Int16" else pd.arrays.FloatingArray
    return pd.Series(array(data, ~has_value))
