"""Triangular matrices, as QR and Cholesky factors are."""

# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false

import numpy as np

from models.estimates import Matrix

ROWS_AT_ONCE = 256


def inverse_of_triangle(triangle: Matrix) -> Matrix:
    """Return the inverse of an upper triangle, k x k, without nought on its diagonal."""
    from scipy.linalg import solve_triangular  # noqa: PLC0415 - slow to import

    return np.asarray(solve_triangular(triangle, np.eye(len(triangle))), dtype=float)


def triangle_of_rows(rows: Matrix) -> Matrix:
    """Return the triangle R of the QR factors of n x k rows, so that R'R is their cross-product; min(n, k) x k.

    Blocks of rows that fit into the cache are factored first, then their triangles.

    References:
        Demmel, Grigori, Hoemmen and Langou (2012), SIAM Journal on Scientific Computing 34(1), A206-A239 (TSQR).
    """
    n, k = rows.shape
    if n < 2 * ROWS_AT_ONCE or k > ROWS_AT_ONCE // 2:
        return np.asarray(np.linalg.qr(rows, mode="r"))
    n_even = n - n % ROWS_AT_ONCE
    triangles: Matrix = np.asarray(np.linalg.qr(rows[:n_even].reshape(-1, ROWS_AT_ONCE, k), mode="r"))
    return np.asarray(np.linalg.qr(np.vstack([triangles.reshape(-1, k), rows[n_even:]]), mode="r"))
