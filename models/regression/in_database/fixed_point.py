"""Sums that come to the same bits in any order, because every addend is a whole multiple of one small unit.

Whole numbers are taken apart into short ones, whose sums 64 bits hold without rounding; sums of doubles depend on the
order in which threads finish. Put here how numbers become whole ones and back; not what is summed.

References:
    Demmel and Nguyen (2015), IEEE Transactions on Computers 64(7), 2060-2070 (reproducible summation by pre-rounding).
"""

# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false, reportUnknownMemberType=false

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from models.estimates import Matrix, Vector

Integers = NDArray[np.int64]

MOST_BITS = 51
LARGEST_POWER = 1_000
BITS_OF_A_SQUARE_SUM = 124
BITS_OF_A_DOUBLE = 53
BITS_OF_A_VALUE = 60
BITS_OF_A_WHOLE = 54
FEWEST_BITS_OF_A_PART = 12
OFFSET = 1 << MOST_BITS
BITS_OF_A_LIMB = 27
BITS_OF_ONE_LIMB = 40
LEAST = 2.0**-900


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


@dataclass(frozen=True)
class Limbs:
    """How whole numbers are taken apart into doubles whose sums are not rounded, one for all or two.

    Attributes:
        dropped: Bits that are rounded away.
        low: Bits of the lower of two; 0 where there is one.
    """

    dropped: int
    low: int

    @classmethod
    def over(cls, largest: float, n: int) -> Self:
        """Take apart numbers of up to 54 bits, of which at most n, and not more than 2^26, are summed.

        One double is enough where it holds 40 bits of the largest number: what is rounded away is below a 2^40th of it.
        """
        free, needed = BITS_OF_A_DOUBLE - n.bit_length(), int(np.frexp(largest)[1])
        if needed > free and free < BITS_OF_ONE_LIMB:
            return cls(dropped=0, low=BITS_OF_A_LIMB)
        return cls(dropped=max(needed - free, 0), low=0)

    @property
    def n(self) -> int:
        """Parts of a number."""
        return 2 if self.low else 1

    def of(self, whole: Integers) -> list[Vector]:
        """Take numbers apart, the lowest part first; it is not negative where there are two."""
        if self.low:
            return [(whole & ((1 << self.low) - 1)).astype(float), (whole >> self.low).astype(float)]
        half = (1 << self.dropped) >> 1
        return [((whole + half) >> self.dropped).astype(float)]

    def joined(self, sums: Matrix) -> Vector:
        """Return the sums of numbers from those of their parts, one row a part."""
        found = np.ldexp(sums[1], self.low) + sums[0] if self.low else sums[0]
        return np.ldexp(found, self.dropped)


@dataclass(frozen=True, eq=False)
class Part:
    """A part of some columns of a matrix as whole numbers: column = whole / scales, and further parts.

    Attributes:
        places: m columns of the matrix.
        whole: C x m, sparse or dense; doubles without a fraction.
        scales: m powers of two.
    """

    places: NDArray[np.intp]
    whole: Any
    scales: Vector


def parts_of(values: Any, bits: int, *, is_dense: bool) -> list[Part]:  # noqa: ANN401 - scipy's matrices have no types
    """Take a matrix apart into whole numbers of at most so many bits.

    What is left out is below 2^-60 of the largest value of a column, or below 2^-900. Columns of small whole numbers,
    as indicators are, need one part; columns of nought need none.

    Args:
        values: C x m, sparse by rows.
        bits: Of the whole numbers, without the sign.
        is_dense: Whether the parts are wanted dense.
    """
    from scipy.sparse import csr_array  # noqa: PLC0415

    columns = values.indices
    rest = np.where(np.abs(values.data) < LEAST, 0.0, values.data)
    largest = np.zeros(values.shape[1])
    np.maximum.at(largest, columns, np.abs(rest))
    scales = np.ldexp(1.0, bits - np.frexp(largest)[1])
    parts: list[Part] = []
    taken = 0
    while taken < BITS_OF_A_VALUE and rest.any():
        whole = np.rint(rest * scales[columns])
        places = np.unique(columns[whole != 0])
        if places.size:
            part: Any = csr_array((whole, columns, values.indptr), shape=values.shape)[:, places]
            part.eliminate_zeros()
            parts.append(Part(places, part.toarray(order="C") if is_dense else part, scales[places]))
        rest = rest - whole / scales[columns]
        scales = np.ldexp(scales, bits)
        taken += bits
    return parts


class ExactSums:
    """Sums over responses, by group, of whole numbers times the values of the responses' patterns.

    Products and sums stay below 2^53, so that doubles hold them without rounding.

    Args:
        values: C x m values of the patterns, sparse by rows.
        n_groups: Groups.
        n_largest: Responses in the largest group.
        is_counted: Whether each response counts as 1; else it brings a whole number of up to 54 bits.
    """

    def __init__(self, values: Any, n_groups: int, n_largest: int, *, is_counted: bool) -> None:  # noqa: ANN401
        free = BITS_OF_A_DOUBLE - n_largest.bit_length()
        self._n_limbs = 1 if is_counted else -(-BITS_OF_A_WHOLE // max(free - FEWEST_BITS_OF_A_PART, 1))
        self._limb = BITS_OF_A_WHOLE // self._n_limbs
        self._is_dense = not is_counted
        self._parts = parts_of(values, free - (0 if is_counted else self._limb), is_dense=self._is_dense)
        self._shape = n_groups, int(values.shape[0])
        self._n_columns = int(values.shape[1])
        self._totals = [[np.zeros((n_groups, len(part.places))) for part in self._parts] for _ in range(self._n_limbs)]

    def add(self, groups: NDArray[np.integer], patterns: NDArray[np.integer], whole: Integers | None = None) -> None:
        """Add some responses: their groups, patterns and whole numbers; without these each counts as 1."""
        from scipy.sparse import coo_array  # noqa: PLC0415

        for place, totals in enumerate(self._totals):
            limbs = np.ones(len(groups)) if whole is None else self._limb_of(whole, place).astype(float)
            spread = coo_array((limbs, (groups, patterns)), shape=self._shape)
            for at, part in enumerate(self._parts):
                totals[at] += spread @ part.whole if self._is_dense else (spread.tocsr() @ part.whole).toarray()

    def _limb_of(self, whole: Integers, place: int) -> Integers:
        shifted = whole >> (self._limb * place)
        return shifted if place == self._n_limbs - 1 else shifted & (2**self._limb - 1)

    def sums(self, scale: float = 1.0) -> Matrix:
        """Return the sums, one row a group, divided by the scale of the whole numbers."""
        found = np.zeros((self._shape[0], self._n_columns))
        for place in reversed(range(self._n_limbs)):
            for total, part in zip(self._totals[place], self._parts, strict=True):
                found[:, part.places] += total / part.scales * (2.0 ** (self._limb * place) / scale)
        return found


def products_of_columns(values: Matrix) -> tuple[Any, NDArray[np.intp], NDArray[np.intp]]:
    """Return the products of each two columns, C x m and sparse by rows, and which two columns they are of, m each."""
    from scipy.sparse import csr_array  # noqa: PLC0415

    k = int(values.shape[1])
    left, right = np.triu_indices(k)
    place = np.zeros((k, k), dtype=np.intp)
    place[left, right] = np.arange(len(left))
    rows, columns = np.nonzero(values)
    starts = np.searchsorted(rows, np.arange(len(values) + 1))
    n_after = starts[rows + 1] - np.arange(len(rows))
    firsts = np.repeat(np.arange(len(rows)), n_after)
    seconds = firsts + np.arange(len(firsts)) - np.repeat(np.cumsum(n_after) - n_after, n_after)
    data = values[rows[firsts], columns[firsts]] * values[rows[seconds], columns[seconds]]
    starts_of_pairs = np.concatenate([[0], np.cumsum(n_after)])[starts]
    indices = place[columns[firsts], columns[seconds]]
    return csr_array((data, indices, starts_of_pairs), shape=(len(values), len(left))), left, right
