"""How fast a questionnaire was answered: page by page, and as a whole."""

import numpy as np

from models.estimates import Matrix, Vector

SECONDS_PER_ITEM = 2.0


def fast_pages(page_seconds: Matrix, n_items: Vector, least_seconds_per_item: float = SECONDS_PER_ITEM) -> Vector:
    """Count the pages that were answered faster than some seconds an item: the page-time index.

    Args:
        page_seconds: One row a response (n), one column a page, in seconds, missing as NaN.
        n_items: Items of each page.
        least_seconds_per_item: Seconds that reading and answering one item takes at least.

    Returns:
        Length n; NaN for a response without a single page time.

    References:
        Huang, Curran, Keeney, Poposki and DeShon (2012), Journal of Business and Psychology 27(1), 99-114; Bowling,
        Huang, Brower and Bragg (2023), Organizational Research Methods 26(2), 323-352.
    """
    seconds = recorded(page_seconds)
    n_fast = (seconds < least_seconds_per_item * n_items).sum(axis=1).astype(float)
    return np.where(np.isfinite(seconds).any(axis=1), n_fast, np.nan)


def relative_speed(page_seconds: Matrix, reference: Matrix) -> Vector:
    """Compute the relative speed index: the mean over pages of median seconds over own seconds.

    Args:
        page_seconds: One row a response (n), one column a page, in seconds, missing as NaN.
        reference: The page seconds of those who completed the questionnaire, which give the medians.

    Returns:
        Length n; 1 is as fast as usual, 2 twice as fast; NaN for a response without a single page time.

    References:
        Leiner (2019), Survey Research Methods 13(3), 229-248 (SoSci Survey's TIME_RSI).
    """
    seconds = recorded(page_seconds)
    ratios = _medians(recorded(reference)) / seconds
    is_there = np.isfinite(ratios)
    n_pages = is_there.sum(axis=1)
    return np.where(is_there, ratios, 0.0).sum(axis=1) / np.where(n_pages > 0, n_pages, np.nan)


def relative_duration(seconds: Vector, reference: Vector) -> Vector:
    """Divide each duration by the median duration of those who completed the questionnaire.

    Args:
        seconds: Length n, missing as NaN; holds idle time, so only its fast tail says anything.
        reference: Durations of complete responses.

    Returns:
        Length n; NaN where no duration is known.
    """
    return recorded(seconds) / _medians(recorded(reference)[:, np.newaxis])[0]


def recorded(seconds: Matrix) -> Matrix:
    """Return times with those that cannot be, nought or less, as missing."""
    return np.where(seconds > 0, seconds, np.nan)


def _medians(seconds: Matrix) -> Vector:
    """Return the median of each column over what is there; NaN for a column without any value."""
    columns = [column[np.isfinite(column)] for column in seconds.T]
    return np.array([np.median(column) if len(column) else np.nan for column in columns])
