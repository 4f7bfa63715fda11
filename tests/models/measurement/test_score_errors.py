"""How much each person's score errs, from how their answers to the items of a scale lie apart."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.measurement.reliability import cronbach_alpha
from models.measurement.score_errors import squared_errors


@given(st.integers(0, 2**32 - 1), st.integers(2, 8), st.integers(4, 40))
def test_the_mean_of_the_squared_errors_is_what_alpha_leaves_of_the_variance(seed, n_items, n):
    rng = np.random.default_rng(seed)
    items = rng.normal(size=(n, 1)) + rng.normal(size=(n, n_items)) + rng.normal(size=n_items)
    alpha = cronbach_alpha(pd.DataFrame(items)).estimate
    expected = items.mean(axis=1).var(ddof=1) * (1 - alpha)
    assert squared_errors(items).mean() == pytest.approx(expected, rel=1e-12)


def test_who_answers_fewer_items_errs_more():
    rng = np.random.default_rng(1)
    items = rng.normal(size=(4000, 1)) + rng.normal(size=(4000, 5))
    items[::2, 3:] = np.nan
    errors = squared_errors(items)
    assert errors[1::2].mean() == pytest.approx(1 / 5, rel=0.05)
    assert errors[::2].mean() == pytest.approx(1 / 3, rel=0.05)


def test_who_answers_one_item_has_the_error_of_an_item():
    items = np.array([[1.0, 2.0, 4.0], [2.0, 2.0, 5.0], [3.0, 5.0, 4.0], [2.0, np.nan, np.nan]])
    errors = squared_errors(items)
    assert errors[3] == pytest.approx(3 * errors[:3].mean())


def test_items_that_agree_have_no_error():
    level = np.arange(6.0)[:, None]
    assert squared_errors(level + np.array([0.0, 1.0, -2.0])) == pytest.approx(np.zeros(6), abs=1e-12)


@pytest.mark.parametrize("items", [[[1.0, 2.0]], [[1.0, np.nan], [np.nan, 3.0]], [[np.nan, np.nan], [np.nan, np.nan]]])
def test_too_little_to_tell_is_told(items):
    assert np.isnan(squared_errors(np.array(items))).all()
