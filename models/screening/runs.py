"""Runs of identical answers: longest run, mean run, straight lines.

Put here what depends on the order in which items were shown; spread is in ``spread``, consistency in ``consistency``.
"""

import numpy as np
from numpy.typing import NDArray

from models.estimates import Matrix, Vector

FEWEST_FOR_A_LINE = 2


def longest_run(codes: Matrix) -> Vector:
    """Find the longest run of identical consecutive answers of each response.

    A missing answer is a run of its own of length 1 and breaks a run.

    Args:
        codes: One row a response (n), one column an item in the order shown (k), not reverse-scored, missing as NaN.

    Returns:
        Length n, 1 to k; NaN for a response without any answer (R gives 1 there, which would read as a pass).

    References:
        Johnson (2005), Journal of Research in Personality 39(1), 103-129. R: ``careless::longstring``.
    """
    goes_on = codes[:, 1:] == codes[:, :-1]
    current = np.ones(len(codes))
    longest = current.copy()
    for place in range(goes_on.shape[1]):
        current = np.where(goes_on[:, place], current + 1, 1.0)
        longest = np.maximum(longest, current)
    return _where_answered(codes, longest)


def mean_run(codes: Matrix) -> Vector:
    """Compute the mean length of the runs of identical consecutive answers: items over runs.

    Args:
        codes: As in ``longest_run``.

    Returns:
        Length n, 1 to k; NaN for a response without any answer.

    References:
        R: ``careless::longstring(avg = TRUE)``.
    """
    n_runs = 1 + (codes[:, 1:] != codes[:, :-1]).sum(axis=1)
    return _where_answered(codes, codes.shape[1] / n_runs)


def straight_line(codes: Matrix) -> Vector:
    """Say which responses gave the same answer to every item.

    Args:
        codes: One row a response (n), one column an item (k), not reverse-scored, missing as NaN.

    Returns:
        Length n: 1 for a straight line over all items, 0 where two answers differ, NaN where it cannot be known: all
        answers are the same but some are missing, or fewer than two items were shown.
    """
    n_items = codes.shape[1]
    n_answered = np.isfinite(codes).sum(axis=1)
    differs = highest(codes) > lowest(codes)
    is_line = ~differs & (n_answered == n_items) & (n_items >= FEWEST_FOR_A_LINE)
    return np.where(differs, 0.0, np.where(is_line, 1.0, np.nan))


def in_order_shown(codes: Matrix, positions: Matrix) -> Matrix:
    """Sort the answers of each response by the position in which it saw the items.

    Args:
        codes: n rows, k columns, missing as NaN.
        positions: n rows, k columns: position of each item for each response. An item without a position was not
            shown; it goes to the end.

    Returns:
        n rows, k columns; column j holds the answer to the item that was shown j-th.
    """
    shown_last = np.where(np.isfinite(positions), positions, np.inf)
    order: NDArray[np.intp] = np.argsort(shown_last, axis=1, kind="stable")
    return np.take_along_axis(codes, order, axis=1)


def lowest(codes: Matrix) -> Vector:
    """Return the smallest answer of each response; infinite without any."""
    return np.where(np.isfinite(codes), codes, np.inf).min(axis=1, initial=np.inf)


def highest(codes: Matrix) -> Vector:
    """Return the largest answer of each response; minus infinite without any."""
    return np.where(np.isfinite(codes), codes, -np.inf).max(axis=1, initial=-np.inf)


def _where_answered(codes: Matrix, values: Vector) -> Vector:
    return np.where(np.isfinite(codes).any(axis=1), values, np.nan)
