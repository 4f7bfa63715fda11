"""The values of a column and the reasons why some are missing → cells as SPSS and Stata hold them.

SPSS counts days and moments in seconds since 14 October 1582, Stata in days and milliseconds since 1960. SPSS declares
a range of codes missing, Stata has the letters ``.a`` to ``.z``. Put here single columns; names and labels are in
``labelled_file``.
"""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
import pandas as pd

from instruments.sections.response_scale import MissingReason
from pipelines.steps.program_limits import SPSS, Program, cut
from pipelines.tables.base import DAY, MOMENT

REASONS: tuple[MissingReason, ...] = get_args(MissingReason)
LETTERS = "abcdefghij"
FIRST_CODES = (-99, -999, -9_999, -99_999)
_SPSS_EPOCH, _STATA_EPOCH, _UNIX_EPOCH = dt.date(1582, 10, 14), dt.date(1960, 1, 1), dt.date(1970, 1, 1)
_SECONDS_OF_A_DAY = 86_400

Content = Literal["number", "text", "day", "moment"]


@dataclass(frozen=True)
class Cells:
    """One column as a file holds it.

    Attributes:
        content: What the cells are.
        series: Length n: float64, or str; with letters of missing values object. Nothing is NaN, None or ``""``.
        missing: Missing reason that occurs → its code, or in Stata its letter.
        missing_range: Lowest and highest code that the file declares missing; None when it declares none.
        changes: What is not as it was, in words.
    """

    content: Content
    series: pd.Series
    missing: Mapping[MissingReason, int | str] = field(default_factory=dict["MissingReason", "int | str"])
    missing_range: tuple[int, int] | None = None
    changes: tuple[str, ...] = ()


def numeric_cells(values: pd.Series, kind: str, reasons: pd.Series, points: Collection[int], program: Program) -> Cells:
    """Make the cells of numbers, truths, days and moments.

    Args:
        values: Length n, in a type of ``tables.base``.
        kind: Its type.
        reasons: Length n; missing reason of each missing value where one is recorded, else missing.
        points: Codes an answer may have even where none has it.
        program: For which program.
    """
    content: Content = "day" if kind == DAY else "moment" if kind == MOMENT else "number"
    numbers = _counted(values, content, program)
    occurring = [reason for reason in REASONS if (reasons == reason).any()]
    if not occurring:
        return Cells(content, numbers)
    if program is not SPSS:
        letters = {reason: LETTERS[REASONS.index(reason)] for reason in occurring}
        lettered = numbers.astype("object").where(numbers.notna(), reasons.map(letters))
        return Cells(content, lettered.where(lettered.notna(), None), letters)
    first = _first_code(numbers, points)
    last = first + len(REASONS) - 1
    codes = {reason: first + REASONS.index(reason) for reason in occurring}
    coded = numbers.fillna(reasons.map(codes).astype("float64"))
    is_usual = first == FIRST_CODES[0]
    changes = () if is_usual else (f"missing values have the codes {first} to {last}, as answers may be -99 to -90",)
    return Cells(content, coded, codes, (first, last), changes)


def text_cells(values: pd.Series, program: Program) -> Cells:
    """Make the cells of texts; what the program does not keep of them is told."""
    texts, changes = values.astype("object").where(values.notna(), "").astype("str"), list[str]()
    longest = program.longest_text
    if longest is not None:
        stripped = texts.str.rstrip(" ")
        if (stripped != texts).any():
            changes.append("blanks at the end of texts are left out")
        texts = stripped.map(lambda text: cut(text, longest)).astype("str")
        if (texts != stripped).any():
            changes.append(f"texts are cut to {longest} bytes")
    return Cells("text", texts, changes=tuple(changes))


def _counted(values: pd.Series, content: Content, program: Program) -> pd.Series:
    """Return values as the program counts them."""
    epoch = _SPSS_EPOCH if program is SPSS else _STATA_EPOCH
    if content == "day":
        unit = _SECONDS_OF_A_DAY if program is SPSS else 1
        days = [np.nan if pd.isna(day) else (day - epoch).days * unit for day in values]
        return pd.Series(days, index=values.index, dtype="float64")
    if content == "moment":
        seconds = (values - pd.Timestamp(_UNIX_EPOCH, tz="UTC")).dt.total_seconds()
        since_epoch = seconds + (_UNIX_EPOCH - epoch).days * _SECONDS_OF_A_DAY
        return (since_epoch if program is SPSS else (since_epoch * 1_000).round()).astype("float64")
    return values.astype("Float64").astype("float64")


def _first_code(numbers: pd.Series, points: Collection[int]) -> int:
    """Choose the first of ten neighbouring codes that no answer can have."""
    possible = np.concatenate([numbers.dropna().to_numpy(dtype=float), np.array(list(points), dtype=float)])
    for first in FIRST_CODES:
        if not ((possible >= first) & (possible < first + len(REASONS))).any():
            return first
    return int(possible.min()) - 2 * len(REASONS)
