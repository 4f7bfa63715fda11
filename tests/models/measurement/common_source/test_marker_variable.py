"""Correlations freed of a marker's: by hand, and what must always hold."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t as t_distribution

from instruments.faults import UsageError
from models.measurement.common_source.marker_variable import (
    adjusted_correlations,
    method_correlation,
    upper_correlation,
)

R = np.array([[1.0, 0.5, 0.1], [0.5, 1.0, 0.3], [0.1, 0.3, 1.0]])


def test_adjusted_correlations_follow_lindell_and_whitney():
    # R 4.2.2, 2026-11-26: a <- (c(.5, .1, .3) - .1) / .9; s <- a * sqrt(97 / (1 - a^2)); 2 * pt(-abs(s), 97)
    found = adjusted_correlations(R, 100, 0.1)
    rows, columns = np.triu_indices(3, 1)
    adjusted = np.array([4, 0, 2]) / 9
    statistic = adjusted * np.sqrt(97 / (1 - adjusted**2))
    assert found.correlation[rows, columns] == pytest.approx(adjusted)
    assert found.statistic[rows, columns] == pytest.approx(statistic)
    assert found.p_value[rows, columns] == pytest.approx(2 * t_distribution.sf(statistic, 97))
    assert (found.df, np.isnan(np.diagonal(found.statistic)).all()) == (97, True)


@pytest.mark.parametrize(
    ("correlations", "rank", "expected"),
    [
        ([0.3, 0.1, 0.2], 1, 0.1),
        ([0.3, 0.1, 0.2], 2, 0.2),
        ([-0.2, 0.05], 1, 0.05),
        ([-0.2, -0.1], 1, 0.0),
        ([], 1, 0.0),
    ],
)
def test_the_smallest_correlation_that_is_not_negative_stands_for_the_method(correlations, rank, expected):
    assert method_correlation(np.array(correlations), rank=rank) == expected


def test_the_upper_end_is_that_of_fisher_s_interval():
    assert upper_correlation(0.1, 103, 0.95) == pytest.approx(np.tanh(np.arctanh(0.1) + 1.6448536269514722 / 10))


@pytest.mark.parametrize(
    ("n_obs", "method", "words"), [(4, 0.1, "too few"), (100, 1.0, "to below 1"), (100, -0.1, "from 0")]
)
def test_what_cannot_be_taken_out_is_refused(n_obs, method, words):
    with pytest.raises(UsageError, match=words):
        adjusted_correlations(R, n_obs, method)


@given(st.floats(-0.9, 0.9), st.floats(0, 0.9))
def test_adjusting_lowers_every_correlation_and_leaves_a_perfect_one(r, method):
    found = adjusted_correlations(np.array([[1.0, r], [r, 1.0]]), 50, method)
    assert found.correlation[0, 1] <= r + 1e-12
    assert np.diagonal(found.correlation).tolist() == pytest.approx([1, 1])
