"""Sums that come to the same bits in any order, because every addend is a whole multiple of one small unit.

DuckDB adds whole numbers in 128 bits and numpy in 64, both without rounding; sums of doubles depend on the order in
which threads finish. Put here how numbers become whole ones and back; not what is summed.

References:
    Demmel and Nguyen (2015), IEEE Transactions on Computers 64(7), 2060-2070 (reproducible summation by pre-rounding).
"""

# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from models.estimates import Matrix, Vector

Integers = NDArray[np.int64]

MOST_BITS = 51
BITS_OF_A_SQUARE_SUM = 124
BITS_OF_A_SUM = 62
BITS_OF_A_LIMB = 27
BITS_OF_A_VALUE = 60
LARGEST_POWER = 1_000


@dataclass(frozen=True)
class Grid:
    """Whole multiples of a unit around a centre: value = centre + whole / scale.

    Attributes:
        centre: Where nought lies.
        scale: Units to 1, a power of two.
    """

    centre: float
    scale: float

    @classmethod
    def over(cls, least: float, largest: float, n: int) -> Self:
        """Lay a grid over n values so fine that rounding to it is that of doubles, and no sum of squares overflows.

        The sum of n squared whole numbers stays below 2^124.
        """
        half = largest / 2 - least / 2
        bits = min(MOST_BITS, (BITS_OF_A_SQUARE_SUM - n.bit_length()) // 2)
        power = min(bits - int(np.frexp(half)[1]), LARGEST_POWER)
        return cls(centre=largest / 2 + least / 2, scale=float(np.ldexp(1.0, power)))

    def whole(self, deviations: Vector) -> Integers:
        """Return deviations from the centre in units."""
        return np.rint(deviations * self.scale).astype(np.int64)


@dataclass(frozen=True, eq=False)
class Part:
    """A part of some columns of a matrix as whole numbers: column = whole / scales, and further parts.

    Attributes:
        places: m columns of the matrix.
        whole: C x m.
        scales: m powers of two.
    """

    places: NDArray[np.intp]
    whole: Integers
    scales: Vector


def parts_of(values: Matrix, bits: int) -> list[Part]:
    """Take a matrix apart into whole numbers of at most so many bits.

    What is left out is below 2^-60 of the largest value of a column. Columns of small whole numbers, as indicators are,
    need one part; columns of nought need none.

    Args:
        values: C x m.
        bits: Of the whole numbers, without the sign.
    """
    parts: list[Part] = []
    rest, places = values, np.arange(int(values.shape[1]))
    largest = np.abs(rest).max(axis=0, initial=0.0)
    scales = np.ldexp(1.0, bits - np.frexp(largest)[1])
    taken = 0
    while taken < BITS_OF_A_VALUE:
        is_left = np.abs(rest).max(axis=0, initial=0.0) > 0
        if not is_left.any():
            break
        rest, places, scales = rest[:, is_left], places[is_left], scales[is_left]
        whole = np.rint(rest * scales)
        parts.append(Part(places, whole.astype(np.int64), scales))
        rest = rest - whole / scales
        scales = np.ldexp(scales, bits)
        taken += bits
    return parts


class ExactSums:
    """Sums over responses, by group, of whole numbers times the values of the responses' patterns.

    Args:
        values: C x m values of the patterns.
        n_groups: Groups.
        n_largest: Responses in the largest group.
        n_limbs: 1 where whole numbers are counts of responses, 2 where they have up to 54 bits.
    """

    def __init__(self, values: Matrix, n_groups: int, n_largest: int, n_limbs: int) -> None:
        bits = BITS_OF_A_SUM - n_largest.bit_length() - (BITS_OF_A_LIMB if n_limbs > 1 else 0)
        self._parts = parts_of(values, min(bits, MOST_BITS))
        self._shape = n_groups, int(values.shape[0])
        self._n_columns = int(values.shape[1])
        self._totals = [
            [np.zeros((n_groups, len(part.places)), dtype=np.int64) for part in self._parts] for _ in range(n_limbs)
        ]

    def add(self, whole: Integers, groups: NDArray[np.int32], patterns: NDArray[np.int32]) -> None:
        """Add some responses: their whole numbers, groups and patterns."""
        from scipy.sparse import coo_array  # noqa: PLC0415

        for place, totals in enumerate(self._totals):
            is_last = place == len(self._totals) - 1
            shifted = whole >> (BITS_OF_A_LIMB * place)
            limb = shifted if is_last else shifted & (2**BITS_OF_A_LIMB - 1)
            spread = coo_array((limb, (groups, patterns)), shape=self._shape)
            for at, part in enumerate(self._parts):
                totals[at] += spread @ part.whole

    def sums(self, scale: float = 1.0) -> Matrix:
        """Return the sums, one row a group, divided by the scale of the whole numbers."""
        found = np.zeros((self._shape[0], self._n_columns))
        for place in reversed(range(len(self._totals))):
            for total, part in zip(self._totals[place], self._parts, strict=True):
                found[:, part.places] += total.astype(float) / part.scales * (2.0 ** (BITS_OF_A_LIMB * place) / scale)
        return found
