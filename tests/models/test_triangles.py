"""Triangles of many rows are those of the rows at once."""

import numpy as np
import pytest

from models.triangles import inverse_of_triangle, triangle_of_rows


@pytest.mark.parametrize("n", [1, 40, 511, 512, 513, 1_000, 5_121])
@pytest.mark.parametrize("k", [1, 30, 129])
def test_the_triangle_has_the_cross_product_of_the_rows(n, k):
    rows = np.random.default_rng(1).normal(size=(n, k))
    triangle = triangle_of_rows(rows)
    assert triangle.shape == (min(n, k), k)
    np.testing.assert_array_equal(triangle, np.triu(triangle))
    np.testing.assert_allclose(triangle.T @ triangle, rows.T @ rows, rtol=0, atol=1e-12 * n)


def test_columns_that_nearly_depend_keep_their_digits():
    rows = np.random.default_rng(2).normal(size=(4_000, 3))
    rows[:, 2] = rows[:, 0] + rows[:, 1] + 1e-9 * rows[:, 2]
    expected = np.linalg.qr(rows, mode="r")
    np.testing.assert_allclose(np.abs(np.diag(triangle_of_rows(rows))), np.abs(np.diag(expected)), rtol=1e-6)


def test_the_inverse_of_a_triangle_undoes_it():
    triangle = np.triu(np.random.default_rng(3).normal(size=(5, 5))) + 3 * np.eye(5)
    np.testing.assert_allclose(inverse_of_triangle(triangle) @ triangle, np.eye(5), atol=1e-14)
