"""Matrices of several groups in one."""

from collections.abc import Sequence

import numpy as np

from models.estimates import Matrix


def block_diagonal(blocks: Sequence[Matrix]) -> Matrix:
    """Put square matrices along the diagonal of one."""
    size = sum(len(each) for each in blocks)
    matrix, start = np.zeros((size, size)), 0
    for each in blocks:
        matrix[start : start + len(each), start : start + len(each)] = each
        start += len(each)
    return matrix
