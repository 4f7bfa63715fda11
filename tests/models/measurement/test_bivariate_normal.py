"""The bivariate normal distribution against scipy's."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtr
from scipy.stats import multivariate_normal

from models.measurement.bivariate_normal import density, distribution

LIMIT = st.floats(-5, 5)
CORRELATION = st.floats(-0.99, 0.99)


@given(LIMIT, LIMIT, CORRELATION)
def test_the_density_equals_scipy(h, k, r):
    expected = multivariate_normal([0, 0], [[1, r], [r, 1]]).pdf([h, k])
    assert float(density(np.array(h), np.array(k), np.array(r))) == pytest.approx(float(expected), rel=1e-9, abs=1e-300)


@given(LIMIT, LIMIT, CORRELATION)
def test_the_distribution_equals_scipy(h, k, r):
    expected = multivariate_normal.cdf([h, k], cov=[[1, r], [r, 1]])
    assert float(distribution(np.array(h), np.array(k), np.array(r))) == pytest.approx(float(expected), abs=1e-7)


@given(st.floats(-0.999, 0.999))
def test_the_quadrant_equals_sheppards_formula(r):
    zero = np.array(0.0)
    expected = 0.25 + np.arcsin(r) / (2 * np.pi)
    assert float(distribution(zero, zero, np.array(r))) == pytest.approx(expected, abs=1e-14)


@given(LIMIT, LIMIT, st.floats(-0.999, 0.999))
def test_turning_one_variable_round_gives_the_rest(h, k, r):
    h, k, r = np.array(h), np.array(k), np.array(r)
    assert float(distribution(h, k, r) + distribution(h, -k, -r)) == pytest.approx(float(ndtr(h)), abs=1e-12)


@pytest.mark.parametrize(("h", "k", "expected"), [(np.inf, 0.3, ndtr(0.3)), (-np.inf, 0.3, 0.0), (np.inf, np.inf, 1.0)])
def test_infinite_limits_leave_the_other_variable_alone(h, k, expected):
    assert float(distribution(np.array(h), np.array(k), np.array(0.5))) == pytest.approx(float(expected), abs=1e-14)
