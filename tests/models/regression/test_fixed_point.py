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
    LimbSums,
    SquareSums,
    limbs_of,
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


@pytest.mark.parametrize("most", [1, 2**25, 2**51])
def test_moments_of_groups_are_exact_whatever_the_order(most):
    random = np.random.default_rng(5)
    groups, whole = random.integers(0, 7, 400).astype(np.int32), random.integers(-most, most, 400, endpoint=True)
    expected = []
    for group in range(7):
        numbers = [int(each) for each in whole[groups == group]]
        mean = Fraction(sum(numbers), len(numbers))
        expected.append((len(numbers), float(sum(numbers)), float(sum((each - mean) ** 2 for each in numbers))))
    for order in (np.arange(400), random.permutation(400)):
        sums = SquareSums()
        for some in np.array_split(order, 3):
            sums.add(groups[some], whole[some])
        assert list(zip(*(each.tolist() for each in sums.moments(np.arange(7))), strict=True)) == expected


def test_sums_of_limbs_are_rounded_once():
    random = np.random.default_rng(6)
    cells, whole = random.integers(0, 5, 300), random.integers(-(2**53), 2**53, 300)
    sums = LimbSums(5)
    sums.add(cells, *limbs_of(whole))
    assert sums.sums().tolist() == [float(sum(map(int, whole[cells == cell]))) for cell in range(5)]
