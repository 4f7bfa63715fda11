"""Moments of whole numbers by group are those of fractions, rounded once, in any order."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.regression.in_database.square_sums import SquareSums


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(-(2**51), 2**51)), min_size=1, max_size=30),
    st.sampled_from([1, 3, 4_096, 10_007]),
    st.randoms(use_true_random=False),
)
def test_moments_of_groups_are_exact_whatever_the_order(numbers, times, random):
    some = [each for each in numbers for _ in range(times if each is numbers[0] else 1)]
    expected = {}
    for group in {each for each, _ in some}:
        of_group = [number for each, number in some if each == group]
        mean = Fraction(sum(of_group), len(of_group))
        squares = float(sum(number * number for number in of_group) - len(of_group) * mean * mean)
        expected[group] = (len(of_group), float(sum(of_group)), squares)
    for _ in range(2):
        groups, whole = np.array(some).T
        sums = SquareSums()
        for at in np.array_split(np.arange(len(some)), 3):
            sums.add(groups[at], whole[at])
        at = np.array(sorted(expected))
        found = zip(at.tolist(), *(each.tolist() for each in sums.moments(at)), strict=True)
        assert {group: values for group, *values in found} == {group: list(each) for group, each in expected.items()}
        random.shuffle(some)


@pytest.mark.parametrize("most", [1, 2**25, 2**51])
def test_moments_of_many_numbers_are_exact(most):
    random = np.random.default_rng(5)
    groups, whole = random.integers(0, 7, 4_000).astype(np.int32), random.integers(-most, most, 4_000, endpoint=True)
    sums = SquareSums()
    for at in np.array_split(np.arange(4_000), 3):
        sums.add(groups[at], whole[at])
    for group, found in enumerate(zip(*(each.tolist() for each in sums.moments(np.arange(7))), strict=True)):
        numbers = [int(each) for each in whole[groups == group]]
        mean = Fraction(sum(numbers), len(numbers))
        around = sum(number * number for number in numbers) - len(numbers) * mean * mean
        assert found == (len(numbers), float(sum(numbers)), float(around))
