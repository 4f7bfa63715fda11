"""How a report finds its words: its own sentences by key, the study's texts by what they name, numbers by language."""

import datetime as dt
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from pipelines.board_report.danish import DANISH
from pipelines.board_report.english import ENGLISH
from pipelines.board_report.found_danish import FOUND_DANISH
from pipelines.board_report.found_english import FOUND_ENGLISH
from pipelines.board_report.rows_of_fits import DANISH_ROWS, ENGLISH_ROWS
from pipelines.board_report.value import Cell, Figure, Kind
from pipelines.report_tables.numerals import NO_BREAK, P_DECIMALS
from pipelines.report_tables.value import Number, one_line
from pipelines.report_tables.words import Words, words_of

WORDINGS: Mapping[str, Mapping[str, str]] = {
    "en": {**ENGLISH, **ENGLISH_ROWS, **FOUND_ENGLISH},
    "da": {**DANISH, **DANISH_ROWS, **FOUND_DANISH},
}
DECIMALS: Mapping[str, int] = {"mean": 2, "estimate": 3}
MISSING = "–"
MOST_TEXTS = 4096
_DIRECTIONS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Signs that turn the direction of what follows, also of words that are not theirs."""


@dataclass(frozen=True)
class Wording:
    """One language.

    Attributes:
        words: The study's texts, and numbers.
    """

    words: Words

    @property
    def language(self) -> str:
        """``en`` or ``da``."""
        return self.words.language

    def say(self, key: str, **values: object) -> str:
        """Return a sentence of the report's own with its placeholders filled."""
        return WORDINGS[self.language][key].format(**values)

    def said(self, key: str, otherwise: str) -> str:
        """Return a wording, or another text where there is none of this key."""
        return WORDINGS[self.language].get(key, otherwise)

    def text(self, kind: str, name: str) -> str:
        """Return the study's text for a name, else the name in words."""
        return plain(self.words.texts.get((kind, name), name.replace("_", " ")))

    def written_text(self, kind: str, name: str) -> str:
        """Return the study's text for a name; empty where it has none."""
        return plain(self.words.texts.get((kind, name), ""))

    def figure(self, cell: Cell) -> str:
        """Write a cell as it is printed."""
        if isinstance(cell, str):
            return cell
        numerals = self.words.numerals
        if cell.kind == "count":
            return numerals.whole(cell.value)
        if cell.kind in ("per_cent", "share"):
            share = cell.value if cell.kind == "share" else cell.value / 100
            written = numerals.per_cent(share)
            return written if self.language == "da" else written.replace(NO_BREAK, "")
        if cell.kind == "p_value":
            return numerals.written(Number(cell.value, P_DECIMALS, "p"))
        if cell.kind == "end":
            return f"{cell.value:g}".replace(".", numerals.mark)
        return numerals.plain(cell.value, DECIMALS[cell.kind])

    def cell(self, value: float | None, kind: Kind, *, is_hidden: bool) -> Cell:
        """Return the cell of a released value; hidden ones look alike whatever hides them, infinite ones are a sign."""
        if is_hidden:
            return self.say("not_shown")
        if value is None or pd.isna(value):
            return MISSING
        return self.words.numerals.plain(value, 0) if math.isinf(value) else Figure(float(value), kind)

    def day(self, iso: str) -> str:
        """Write a date."""
        day = dt.date.fromisoformat(iso)
        month = self.say("months").split()[day.month - 1]
        return self.say("date", day=day.day, month=month, year=day.year)


def wording_of(language: str, texts: pd.DataFrame) -> Wording:
    """Choose the texts of a language, else those of another.

    Args:
        language: ``en`` or ``da``.
        texts: The released ``meta.texts``.
    """
    return Wording(words_of(language, texts))


@lru_cache(maxsize=MOST_TEXTS)
def plain(text: str) -> str:
    """Return a text on one line without signs that files cannot hold or that turn the direction of writing."""
    return one_line(_DIRECTIONS.sub("", text))
