"""Least squares of rows that pass by in blocks: the same as on rows in memory, exact on hard data, whatever the cut."""

from dataclasses import replace

import numpy as np
import pytest
from cut_rows import Drawn, draw, uncertainty_in_memory
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.datasets import longley

from models.regression.identification import dependencies_of
from models.regression.in_database.blocks import factor
from models.regression.in_database.residual_sums import solve_blocks

KINDS = ("classical", "HC0", "HC1", "HC2", "HC3", "CR0", "CR1S", "CR2", "CR3")


def solved(rows, size=100, kinds=KINDS):
    blocks = rows.blocks(size)
    return solve_blocks(blocks, factor(blocks), kinds)


def relative(found, expected):
    return np.abs(np.asarray(found) / np.asarray(expected) - 1).max()


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    n=st.integers(90, 300),
    n_groups=st.integers(12, 80),
    k=st.integers(3, 6),
    is_weighted=st.booleans(),
    size=st.integers(7, 400),
)
def test_blocks_give_what_rows_in_memory_give(seed, n, n_groups, k, is_weighted, size):
    rows = draw(seed, n, n_groups, k, is_weighted)
    found, expected = solved(rows, size), rows.in_memory()
    assert np.allclose(found.coefficients, expected.coefficients, rtol=1e-9, atol=1e-9)
    assert found.squares == pytest.approx(expected.residuals @ expected.residuals, rel=1e-11)
    for kind in KINDS:
        ours, theirs = found.uncertainty(kind, k), uncertainty_in_memory(expected, kind, rows.groups)
        assert relative(ours.errors, theirs.errors) < 1e-10, kind
        assert relative(ours.df, theirs.df) < 1e-8, kind
        assert ours.n_decided in (None, theirs.n_decided)


def with_powers(rows, highest):
    powers = [rows.columns, *(rows.columns[:, 1:2] ** power for power in range(2, highest + 1))]
    return replace(rows, columns=np.column_stack(powers))


@pytest.mark.parametrize("highest", [2, 3, 4])
def test_powers_of_a_number_far_from_nought_are_solved_from_rows(highest):
    rows = with_powers(draw(3), highest)
    found, expected = solved(rows, kinds=("classical", "HC3")), rows.in_memory()
    # QR of the raw columns in memory is itself off by the condition times the last bit; of moved columns it is not
    moved = rows.columns.copy()
    moved[:, 1:] = (moved[:, 1:] - moved[:, 1:].mean(axis=0)) / moved[:, 1:].std(axis=0)
    exact = rows.in_memory(moved)
    assert relative(found.coefficients[1:], exact.coefficients[1:] / rows.columns[:, 1:].std(axis=0)) < 1e-8
    assert found.squares == pytest.approx(expected.residuals @ expected.residuals, rel=1e-9)
    errors = uncertainty_in_memory(exact, "HC3", rows.groups).errors[1:] / rows.columns[:, 1:].std(axis=0)
    assert relative(found.uncertainty("HC3", len(moved.T)).errors[1:], errors) < 1e-9


@pytest.mark.parametrize("size", [3, 5, 16])
def test_longley_keeps_ten_digits(size):
    # NIST Statistical Reference Datasets, Longley: certified values, www.itl.nist.gov/div898/strd, read 2026-11-26
    certified = (
        -3482258.63459582, 15.0618722713733, -0.0358191792925910, -2.02022980381683, -1.03322686717359,
        -0.0511041056535807, 1829.15146461355,
    )  # fmt: skip
    errors = (
        890420.383607373, 84.9149257747669, 0.0334910077722432, 0.488399681651699, 0.214274163161675,
        0.226073200069370, 455.478499142212,
    )  # fmt: skip
    data = longley.load_pandas()
    columns = np.column_stack([np.ones(16), data.exog.to_numpy()])
    rows = Drawn(columns, data.endog.to_numpy(), None, np.zeros(16, dtype=int))
    found = solved(rows, size, ("classical",))
    assert relative(found.coefficients, certified) < 1e-10
    assert relative(found.uncertainty("classical", 7).errors, errors) < 1e-10
    assert 1 - found.squares / found.total == pytest.approx(0.995479004577296, abs=1e-14)
    assert np.sqrt(found.squares / 9) == pytest.approx(304.854073561965, rel=1e-12)


@pytest.mark.parametrize("is_weighted", [False, True])
def test_the_size_of_blocks_changes_nothing_that_counts(is_weighted):
    rows = draw(5, n=2_000, is_weighted=is_weighted)
    whole = solved(rows, 2_000)
    for size in (13, 64, 999):
        found = solved(rows, size)
        assert relative(found.coefficients, whole.coefficients) < 1e-12
        for kind in KINDS:
            assert relative(found.uncertainty(kind, 4).errors, whole.uncertainty(kind, 4).errors) < 1e-12, kind


def test_the_triangle_of_all_blocks_tells_which_columns_follow_from_others():
    rows = draw(1)
    doubled = np.column_stack([rows.columns, rows.columns[:, 1] - 2 * rows.columns[:, 3], np.full(400, 4.0)])
    factored = factor(replace(rows, columns=doubled).blocks())
    raw = factored.triangle[:-1, :-1] @ factored.standard.raw(has_intercept=True)
    found = dependencies_of(raw[1:, 1:], np.linalg.norm(raw, axis=0)[1:], ["a", "b", "c", "twice", "constant"])
    assert set(found) == {"constant", "a"} or set(found) == {"constant", "twice"}
    assert found["constant"] == []
    (parts,) = (each for each in found.values() if each)
    assert set(parts) <= {"a", "twice", "c"}


def test_no_rows_are_no_regression():
    with pytest.raises(ValueError, match="no block"):
        factor(lambda: iter(()))
