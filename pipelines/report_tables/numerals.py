"""Numbers → text as APA prints them, in English and Danish: decimal mark, minus, leading noughts, intervals."""

import math
from dataclasses import dataclass

from pipelines.report_tables.value import Number

MINUS, NO_BREAK, INFINITE = "\N{MINUS SIGN}", "\N{NO-BREAK SPACE}", "\N{INFINITY}"
LEAST_P = 0.001
P_DECIMALS = 3
WHOLE = 1e-9
FEWEST_DECIMALS, MOST_IN_A_TABLE, MOST_DECIMALS = 2, 3, 8


@dataclass(frozen=True)
class Numerals:
    """How one language writes numbers.

    Attributes:
        language: ``en`` or ``da``.
    """

    language: str

    @property
    def mark(self) -> str:
        """Decimal mark."""
        return "," if self.language == "da" else "."

    def plain(self, value: float, decimals: int) -> str:
        """Write a number with so many decimals, a minus before negative ones that do not round to nought, ∞."""
        if math.isinf(value):
            return INFINITE if value > 0 else MINUS + INFINITE
        text = f"{abs(value):.{decimals}f}"
        sign = MINUS if value < 0 and float(text) != 0 else ""
        return sign + text.replace(".", self.mark)

    def without_nought(self, value: float, decimals: int) -> str:
        """Write a number that cannot exceed 1, such as a correlation: .42, or 1.00 for one."""
        return (
            self.plain(value, decimals).replace(f"0{self.mark}", self.mark, 1)
            if abs(value) < 1
            else self.plain(value, decimals)
        )

    def whole(self, value: float) -> str:
        """Write a count, thousands apart."""
        return f"{value:,.0f}".replace(",", "." if self.language == "da" else ",")

    def p_value(self, value: float) -> str:
        """Write a p-value with its relation: ``= .012``, ``< .001``."""
        if value < LEAST_P:
            return f"<{NO_BREAK}{self.mark}001"
        if value > 1 - LEAST_P / 2:
            return f">{NO_BREAK}{self.mark}999"
        return f"={NO_BREAK}{self.without_nought(value, P_DECIMALS)}"

    def interval(self, low: float, high: float, decimals: int) -> str:
        """Write an interval in brackets; a semicolon between the ends where the comma is the decimal mark."""
        between = f";{NO_BREAK}" if self.mark == "," else f",{NO_BREAK}"
        return f"[{self.plain(low, decimals)}{between}{self.plain(high, decimals)}]"

    def degrees(self, df: float) -> str:
        """Write degrees of freedom: one decimal unless they are whole."""
        return self.plain(df, 0 if abs(df - round(df)) < WHOLE else 1)

    def per_cent(self, share: float) -> str:
        """Write a share of 0 to 1 in whole per cent."""
        return f"{share * 100:.0f}{NO_BREAK}%"

    def written(self, number: Number) -> str:
        """Write a figure as its kind asks."""
        if number.kind == "whole":
            return self.whole(number.value)
        if number.kind == "share":
            return self.without_nought(number.value, number.decimals)
        if number.kind == "p":
            return self.p_value(number.value).removeprefix(f"={NO_BREAK}")
        return self.plain(number.value, number.decimals)


def decimals_for(errors: list[float], most: int) -> int:
    """Return how many decimals show the smallest of some standard errors as more than nought: 2 to ``most``."""
    known = [error for error in errors if math.isfinite(error) and error > 0]
    if not known:
        return FEWEST_DECIMALS
    needed = math.ceil(-math.log10(min(known)))
    return min(max(FEWEST_DECIMALS, needed), most)
