"""Whole multiples of a unit: numbers become them without loss, and sums of them do not depend on an order."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from models.regression.in_database.fixed_point import (
    ExactSums,
    Grid,
    Limbs,
    parts_of,
    products_of_columns,
)

WIDE = st.floats(-1e6, 1e6, allow_subnormal=False)


@given(st.lists(WIDE, min_size=1, max_size=20), st.integers(3, 51))
def test_parts_come_to_the_matrix(values, bits):
    matrix = np.array(values)[:, None]
    parts = parts_of(csr_array(matrix), bits, is_dense=True)
    summed = sum((part.whole / part.scales for part in parts), np.zeros_like(matrix))
    assert np.abs(summed - matrix).max() <= max(2.0**-59 * np.abs(matrix).max(), 2.0**-900)
    assert all((part.whole == np.rint(part.whole)).all() and np.abs(part.whole).max() <= 2**bits for part in parts)


def test_small_whole_numbers_are_one_part():
    matrix = np.array([[1.0, 75.0, 0.0], [0.0, 18.0, 0.0]])
    parts = parts_of(csr_array(matrix), 12, is_dense=True)
    assert len(parts) == 1
    assert parts[0].places.tolist() == [0, 1]


@pytest.mark.parametrize("is_counted", [True, False])
@pytest.mark.parametrize("n_largest", [40, 2**20, 2**30])
def test_sums_are_exact_whatever_the_order(is_counted, n_largest):
    random = np.random.default_rng(3)
    values = random.normal(size=(6, 3)) * [1.0, 1e-3, 1e4]
    values[:, 0] = random.integers(0, 2, 6)
    groups, patterns = random.integers(0, 4, 40).astype(np.int32), random.integers(0, 6, 40).astype(np.int32)
    whole = random.integers(-(2**52), 2**52, 40)
    expected = np.zeros((4, 3), dtype=object)
    for group, pattern, number in zip(groups, patterns, whole, strict=True):
        for column in range(3):
            times = 1 if is_counted else int(number)
            expected[group, column] += Fraction(values[pattern, column]) * times
    found = []
    for order in (np.arange(40), random.permutation(40)):
        sums = ExactSums(csr_array(values), 4, n_largest, is_counted=is_counted)
        for some in np.array_split(order, 3):
            sums.add(groups[some], patterns[some], None if is_counted else whole[some])
        found.append(sums.sums())
    np.testing.assert_array_equal(*found)
    np.testing.assert_allclose(found[0], expected.astype(float), rtol=1e-14)


@given(st.floats(-1e300, 1e300), st.floats(-1e300, 1e300), st.integers(1, 10**9))
def test_squares_on_a_grid_never_overflow(one, other, n):
    least, largest = sorted((one, other))
    grid = Grid.over(least, largest, n)
    whole = grid.whole(np.array([least - grid.centre, largest - grid.centre]))
    assert n * int(np.abs(whole).max()) ** 2 < 2**126


def test_products_of_columns_are_those_of_the_matrix():
    values = np.random.default_rng(5).normal(size=(7, 4)) * (np.random.default_rng(6).random((7, 4)) < 0.6)
    products, left, right = products_of_columns(values)
    np.testing.assert_array_equal(products.toarray(), values[:, left] * values[:, right])


def sums_of_limbs(limbs, cells, whole, n_cells):
    parts = np.array([np.bincount(cells, part, n_cells) for part in limbs.of(whole)])
    return limbs.joined(parts).tolist()


@pytest.mark.parametrize(
    ("most", "n"),
    [(2**53, 2**14), (2**40, 300), (2**12, 300), (1, 2**26)],
    ids=["two limbs", "one limb holds all", "small numbers", "many small ones"],
)
def test_sums_of_limbs_that_hold_all_bits_are_exact(most, n):
    random = np.random.default_rng(6)
    cells, whole = random.integers(0, 5, 300), random.integers(-most, most, 300)
    expected = [float(sum(map(int, whole[cells == cell]))) for cell in range(5)]
    assert sums_of_limbs(Limbs.over(most, n), cells, whole, 5) == expected


@pytest.mark.parametrize("n", [300, 2**12, 2**13 - 1])
def test_one_limb_leaves_out_less_than_a_2_to_the_40th_of_the_largest(n):
    random = np.random.default_rng(7)
    cells, whole = random.integers(0, 5, 300), random.integers(-(2**53), 2**53, 300)
    limbs = Limbs.over(2**53, n)
    assert limbs.n == 1
    for cell, found in enumerate(sums_of_limbs(limbs, cells, whole, 5)):
        some = [int(each) for each in whole[cells == cell]]
        assert abs(found - sum(some)) <= len(some) * 2.0 ** (53 - 40)
    backwards = sums_of_limbs(limbs, cells[::-1], whole[::-1], 5)
    assert backwards == sums_of_limbs(limbs, cells, whole, 5)
