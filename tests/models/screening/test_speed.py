"""Speed by page and as a whole: what is too fast, and what is not known."""

import numpy as np
import pytest

from models.screening import speed

SECONDS = np.array([[30.0, 20.0], [9.0, 8.0], [np.nan, 3.0], [np.nan, np.nan], [0.0, -4.0]])
N_ITEMS = np.array([5.0, 4.0])


def test_a_page_under_two_seconds_an_item_is_fast():
    # limits are 10 and 8 seconds: 9 is under, 8 is not, 3 is under; nought and less are no times
    found = speed.fast_pages(SECONDS, N_ITEMS)
    assert found.tolist() == pytest.approx([0, 1, 1, np.nan, np.nan], nan_ok=True)


def test_relative_speed_is_the_mean_of_median_over_own():
    # medians of the first three rows: 19.5 and 8
    found = speed.relative_speed(SECONDS, SECONDS[:3])
    expected = [(19.5 / 30 + 8 / 20) / 2, (19.5 / 9 + 8 / 8) / 2, 8 / 3, np.nan, np.nan]
    assert found.tolist() == pytest.approx(expected, nan_ok=True)


def test_duration_is_relative_to_the_median_of_complete_responses():
    seconds = np.array([100.0, 49.0, np.nan, 0.0])
    found = speed.relative_duration(seconds, np.array([100.0, 90.0, 120.0]))
    assert found.tolist() == pytest.approx([1.0, 0.49, np.nan, np.nan], nan_ok=True)
    assert np.isnan(speed.relative_duration(seconds, np.array([]))).all()
