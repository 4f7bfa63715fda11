"""Shares of small numbers: the exact intervals that reports of three or twenty people show."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from models.coding.shares import exact_interval, n_of_n

# Clopper-Pearson 95 %; the table "Tiny n in figures" of the measurement model
TINY = [
    (3, 3, "3 of 3 (.29 to 1)"),
    (2, 3, "2 of 3 (.09 to .99)"),
    (20, 20, "20 of 20 (.83 to 1)"),
    (10, 20, "10 of 20 (.27 to .73)"),
    (0, 20, "0 of 20 (0 to .17)"),
]


@pytest.mark.parametrize(("n_with", "n", "expected"), TINY)
def test_tiny_numbers_have_the_intervals_of_the_measurement_model(n_with, n, expected):
    assert n_of_n(n_with, n) == expected


# R 4.4 and scipy agree: the upper end of 0 of 1029 is 1 - .025^(1/1029) = .00358, that of 0 of 664 .00554
@pytest.mark.parametrize(
    ("n_with", "n", "expected"),
    [
        (0, 1029, "0 of 1029 (0 to .004)"),
        (1029, 1029, "1029 of 1029 (.996 to 1)"),
        (0, 664, "0 of 664 (0 to .01)"),
        (1, 100_000, "1 of 100000 (.0000003 to .0001)"),
    ],
)
def test_an_end_that_is_not_nought_is_never_written_as_nought(n_with, n, expected):
    assert n_of_n(n_with, n) == expected


@given(st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_equals_the_binomial_test_of_scipy(share):
    # scipy: binomtest(x, n).proportion_ci(0.95, "exact"), computed here by root finding instead of beta quantiles
    expected = binomtest(*share).proportion_ci(0.95, "exact")
    assert exact_interval(*share) == pytest.approx((expected.low, expected.high), abs=1e-9)


@pytest.mark.parametrize(("n_with", "n"), [(4, 3), (-1, 3), (0, 0)])
def test_what_is_no_share_is_refused(n_with, n):
    with pytest.raises(ValueError, match="is no share"):
        exact_interval(n_with, n)
