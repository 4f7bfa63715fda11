"""Polychoric correlations: recovery, invariances, tables with empty cells, correlations at the bound."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.measurement.ordered import ordered_sample
from models.measurement.polychoric import influence_totals, polychoric


def drawn(seed, n, r, cuts=(-1.0, 0.0, 0.8)):
    values = np.random.default_rng(seed).multivariate_normal([0, 0], [[1, r], [r, 1]], size=n)
    return np.searchsorted(cuts, values).astype(float)


def of_table(table):
    rows = [(a, b) for a, row in enumerate(table) for b, count in enumerate(row) for _ in range(count)]
    return np.array(rows, dtype=float)


def correlation(codes):
    return float(polychoric(ordered_sample(codes)).correlation[1, 0])


@pytest.mark.parametrize("r", [-0.9, -0.3, 0.0, 0.5, 0.95])
def test_the_correlation_of_drawn_answers_is_recovered_within_four_standard_errors(r):
    sample = ordered_sample(drawn(7, 20_000, r))
    found = polychoric(sample)
    error = np.sqrt((influence_totals(sample, found) ** 2).sum(axis=0))[-1]
    assert 0 < error < 0.02
    assert abs(found.correlation[1, 0] - r) < 4 * error


@given(st.integers(0, 1000), st.floats(-0.9, 0.9))
def test_order_of_rows_does_not_matter_and_a_reversed_item_turns_the_sign(seed, r):
    codes = drawn(seed, 300, r)
    shuffled = codes[np.random.default_rng(seed).permutation(len(codes))]
    reversed_codes = np.column_stack([codes[:, 0], -codes[:, 1]])
    assert correlation(shuffled) == pytest.approx(correlation(codes), abs=1e-12)
    assert correlation(reversed_codes) == pytest.approx(-correlation(codes), abs=1e-8)


# R 4.2.2, lavaan 0.6-14, 2026-11-26: lavCor(data.frame(a, b), ordered = c("a", "b"))[2, 1]; one empty cell of a two by
# two table is filled by half a response and margins are kept (zero.add = c(0.5, 0), zero.keep.margins = TRUE)
EMPTY = [
    ([[20, 0], [10, 30]], 0.933714288),
    ([[0, 20], [30, 10]], -0.933714288),
    ([[40, 15], [0, 60]], 0.967495338),
    ([[20, 5, 0], [4, 25, 6], [0, 3, 30]], 0.944084713),
    ([[20, 0, 10], [12, 5, 30]], 0.529534865),
]


@pytest.mark.parametrize(("table", "expected"), EMPTY)
def test_tables_with_empty_cells_equal_lavaan(table, expected):
    assert correlation(of_table(table)) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    ("table", "sign"),
    [([[20, 0], [0, 30]], 1), ([[0, 20], [30, 0]], -1), ([[20, 0, 0], [0, 25, 0], [0, 0, 30]], 1)],
)
def test_a_correlation_at_the_bound_is_reported(table, sign):
    found = polychoric(ordered_sample(of_table(table)))
    assert found.at_bound == [(1, 0)]
    assert found.correlation[1, 0] == pytest.approx(sign * 0.999, abs=1e-8)
