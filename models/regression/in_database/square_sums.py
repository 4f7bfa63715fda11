"""Numbers, sums and sums of squares of whole numbers by group, exact and in any order.

Whole numbers of up to 51 bits are taken apart into digits of 17 bits, whose products doubles sum without rounding. Put
here what a pattern's outcomes come to; other sums of whole numbers are in ``fixed_point``.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false, reportUnknownMemberType=false

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from models.estimates import Vector
from models.regression.in_database.fixed_point import Integers

BITS_OF_A_DIGIT = 17
DIGITS = 3
MASK = (1 << BITS_OF_A_DIGIT) - 1
BITS_OF_A_FRACTION = 36
FOLDS = 4


class SquareSums:
    """Numbers, sums and sums of squares, by group, of whole numbers of up to 51 bits: 2^27 at most, 2^17 at once.

    Each is taken apart into three digits of 17 bits, the highest with a sign, whose products are summed by their power.
    """

    def __init__(self) -> None:
        self._sums = [np.zeros(0, dtype=np.int64) for _ in range(2 * DIGITS + 2)]

    @property
    def counts(self) -> Integers:
        """Numbers of each group."""
        return self._sums[0]

    def add(self, groups: NDArray[np.integer], whole: Integers) -> None:
        """Add some numbers and their groups, coded from 0."""
        at = groups.astype(np.intp)
        n_groups = max(int(at.max(initial=-1)) + 1, len(self.counts))
        for place, values in enumerate(_addends(whole)):
            found = np.bincount(at, values, n_groups).astype(np.int64)
            found[: len(self._sums[place])] += self._sums[place]
            self._sums[place] = found

    def moments(self, groups: NDArray[np.intp]) -> tuple[Vector, Vector, Vector]:
        """Return counts, sums, and sums of squares around the mean of some groups, each rounded once.

        With S the sum of n numbers y, S = c n + r and 0 <= r < n:
        sum (y - S / n)^2 = sum y^2 - n c^2 - 2 r c - r^2 / n.
        """
        n, low, above, *squares = (each[groups] for each in self._sums)
        low_low, low_middle, third, middle_high, high_high = squares
        total = _carried([low, above])
        above_each, above_rest = np.divmod(total[1], n)
        low_each, rest = np.divmod((above_rest << BITS_OF_A_DIGIT) + total[0], n)
        centre = _digits_of((above_each << BITS_OF_A_DIGIT) + low_each)
        products = _carried([low_low, 2 * low_middle, third, 2 * middle_high, high_high])
        of_centre = _carried(_square(centre))
        beside = [2 * rest * digit for digit in centre] + [np.zeros_like(rest)] * 2
        whole, left = np.divmod(rest * rest, n)
        around = [a - n * b - c for a, b, c in zip(products, of_centre, beside, strict=True)]
        around[0] -= whole
        return n.astype(float), _rounded(total), _rounded(_carried(around), [-part for part in _fraction(left, n)])


def _carried(digits: list[Integers]) -> list[Integers]:
    """Carry what is above 17 bits over to the next digit, lowest first; the highest keeps the sign."""
    found, over = list[Integers](), np.zeros_like(digits[0])
    for digit in digits[:-1]:
        carried = digit + over
        found.append(carried & MASK)
        over = carried >> BITS_OF_A_DIGIT
    return [*found, digits[-1] + over]


def _digits_of(whole: Integers) -> list[Integers]:
    """Take whole numbers of up to 51 bits apart into three digits, lowest first; the highest keeps the sign."""
    above = whole >> BITS_OF_A_DIGIT
    return [whole & MASK, above & MASK, above >> BITS_OF_A_DIGIT]


def _square(digits: list[Integers]) -> list[Integers]:
    """Return the five digits, not yet carried over, of the squares of numbers of three."""
    low, middle, high = digits
    return [low * low, 2 * low * middle, 2 * low * high + middle * middle, 2 * middle * high, high * high]


def _fraction(part: Integers, n: Integers) -> list[Vector]:
    """Return part / n, at least 0 and below 1, as two numbers of 36 bits; n has 27 at most."""
    first, left = np.divmod(part << BITS_OF_A_FRACTION, n)
    second = (left << BITS_OF_A_FRACTION) // n
    return [np.ldexp(first, -BITS_OF_A_FRACTION), np.ldexp(second, -2 * BITS_OF_A_FRACTION)]


def _rounded(digits: list[Integers], beside: Sequence[Vector] = ()) -> Vector:
    """Return numbers of carried digits, lowest first, and what lies beside them, rounded once.

    References:
        Ogita, Rump and Oishi (2005), SIAM Journal on Scientific Computing 26(6), 1955-1988 (SumK).
    """
    *lower, highest = digits
    places = [*lower, highest & MASK, highest >> BITS_OF_A_DIGIT]
    parts = [np.ldexp(digit, BITS_OF_A_DIGIT * place) for place, digit in enumerate(places)]
    parts = [*reversed(beside), *parts]
    for _ in range(FOLDS):
        for place in range(1, len(parts)):
            parts[place], parts[place - 1] = _sum_and_error(parts[place], parts[place - 1])
    return np.add.reduce(parts)


def _sum_and_error(one: Vector, other: Vector) -> tuple[Vector, Vector]:
    """Return the rounded sums of two numbers, and what rounding left out (Knuth's two-sum)."""
    total = one + other
    shadow = total - one
    return total, (one - (total - shadow)) + (other - shadow)


def _addends(whole: Integers) -> Iterator[Vector | None]:
    """Give what is summed of whole numbers, one after the other as each is large: 1, digits, products of digits."""
    above = whole >> BITS_OF_A_DIGIT
    low, middle, high = (digit.astype(float) for digit in _digits_of(whole))
    yield None
    yield low
    yield above.astype(float)
    yield low * low
    yield low * middle
    yield 2 * low * high + middle * middle
    yield middle * high
    yield high * high
