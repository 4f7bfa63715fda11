"""Triangular matrices, as QR and Cholesky factors are."""

# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false

import numpy as np
from scipy.linalg import solve_triangular

from models.estimates import Matrix


def inverse_of_triangle(triangle: Matrix) -> Matrix:
    """Return the inverse of an upper triangle, k x k, without nought on its diagonal."""
    return np.asarray(solve_triangular(triangle, np.eye(len(triangle))), dtype=float)
