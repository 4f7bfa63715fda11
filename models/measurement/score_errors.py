"""Items of a scale → the squared error of measurement of each person's score."""

import numpy as np

from models.estimates import Matrix, Vector

FEWEST_ITEMS = 2


def squared_errors(items: Matrix) -> Vector:
    r"""Estimate the error variance of each person's mean over the items answered.

    With r = x - item mean, less the person's mean of these over the k items answered:
    ``e = sum r^2 / (k (k - 1)) * n / (n - 1)``. Where everybody answers all, the mean of e is (n - 1)-variance of the
    scores times 1 - alpha: items measure alike but for their means, and err by themselves. With unequal loadings
    alpha is a lower bound of the reliability, so that the error is told no smaller than it is. What all items of a
    person share, such as a habit of agreeing, is no error here. A person who answered one item has the error of one
    item on average.

    Args:
        items: n x k codes, all in one direction, NaN where missing.

    Returns:
        n squared errors in points of the items; NaN for who answered none, and for all where nobody answered two or
        there is one person.

    References:
        Hoyt (1941), Psychometrika 6, 153-160 (alpha as an analysis of variance); Lord and Novick (1968), Statistical
        theories of mental test scores, 7.2. R: ``var(score) * (1 - psych::alpha(items)$total$raw_alpha)``.
    """
    n, is_answered = len(items), np.isfinite(items)
    numbers: Vector = np.asarray(is_answered.sum(axis=1), dtype=float)
    item_means = np.where(is_answered, items, 0.0).sum(axis=0) / np.maximum(is_answered.sum(axis=0), 1)
    moved = np.where(is_answered, items - item_means, 0.0)
    level = moved.sum(axis=1) / np.maximum(numbers, 1)
    squares = (np.where(is_answered, moved - level[:, None], 0.0) ** 2).sum(axis=1)
    freedom = np.maximum(numbers - 1, 0)
    if n < FEWEST_ITEMS or not freedom.any():
        return np.full(n, np.nan)
    pooled = float(squares.sum() / freedom.sum())
    of_item = np.divide(squares, freedom, out=np.full(n, pooled), where=freedom > 0)
    return np.divide(of_item * n / (n - 1), numbers, out=np.full(n, np.nan), where=numbers > 0)
