"""Analytic derivatives of drawn models against finite differences."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.measurement.confirmatory.continuous import observed_information
from models.measurement.confirmatory.implied import moments, pulled_back, standardised_moments
from models.measurement.confirmatory.likelihood import Likelihood
from models.measurement.confirmatory.model import FactorModel, Setting, continuous_layout, ordinal_layout
from models.measurement.confirmatory.optimise import second_derivatives
from models.measurement.confirmatory.sample import sample_of
from models.measurement.confirmatory.standardised import derivatives

FIRST = FactorModel({"a": ("x1", "x2", "x3"), "b": ("x4", "x5", "x6")}, residual_covariances=(("x1", "x4"),))
EXPLAINED = FactorModel({"a": ("x1", "x2", "x3"), "b": ("x4", "x5", "x6")}, {"b": ("a",)})
SECOND = FactorModel({"a": ("x1", "x2"), "b": ("x3", "x4"), "c": ("x5", "x6"), "g": ("a", "b", "c")})
EQUAL = FactorModel({"a": ("x1", "x2", "x3"), "b": ("x3", "x4", "x5", "x6")}, equal_loadings=("a",))
MODELS = st.sampled_from([FIRST, EXPLAINED, SECOND, EQUAL])
KINDS = st.frozensets(st.sampled_from(["loading", "intercept", "residual_covariance", "threshold", "factor_mean"]))
SETTINGS = st.builds(Setting, st.integers(1, 3), st.sampled_from(["marker", "unit_variance"]), st.booleans(), KINDS)


def drawn_theta(layout, seed):
    rng = np.random.default_rng(seed)
    theta = np.empty(layout.n_free)
    for each, number in zip(layout.parameters, layout.free, strict=True):
        if number >= 0:
            is_variance = each.left == each.right and each.kind.endswith("covariance")
            theta[number] = rng.uniform(1, 2) if is_variance else rng.uniform(-0.4, 0.4)
    return theta


@settings(max_examples=30)
@given(MODELS, SETTINGS, st.integers(0, 10_000))
def test_moments_move_as_their_derivatives_say(model, setting, seed):
    layout = continuous_layout(model, setting)
    theta = drawn_theta(layout, seed)
    rng = np.random.default_rng(seed)
    for group in range(layout.n_groups):
        found = moments(layout, theta, group)
        by_mean = derivatives(lambda point, group=group: moments(layout, point, group).mean, theta)
        by_covariance = derivatives(lambda point, group=group: moments(layout, point, group).covariance.ravel(), theta)
        assert pytest.approx(by_mean, abs=1e-8) == found.mean_by.T
        assert pytest.approx(by_covariance, abs=1e-8) == found.covariance_by.reshape(len(theta), -1).T
        weight, matrix = rng.normal(size=6), rng.normal(size=(6, 6))
        matrix = matrix + matrix.T
        expected = found.mean_by @ weight + np.einsum("qij,ij->q", found.covariance_by, matrix)
        assert pulled_back(layout, theta, group, weight, matrix) == pytest.approx(expected, abs=1e-10)


@settings(max_examples=30)
@given(MODELS, SETTINGS, st.integers(0, 10_000), st.integers(2, 5))
def test_standardised_moments_move_as_their_derivatives_say(model, setting, seed, n_categories):
    layout = ordinal_layout(model, (n_categories,) * 6, setting)
    theta = drawn_theta(layout, seed)
    for group in range(layout.n_groups):
        expected = derivatives(lambda point, group=group: standardised_moments(layout, point, group)[0], theta)
        assert standardised_moments(layout, theta, group)[1] == pytest.approx(expected, abs=1e-7)


@settings(max_examples=15)
@given(MODELS, st.booleans(), st.booleans(), st.integers(0, 10_000))
def test_the_likelihood_moves_as_gradient_scores_and_information_say(model, has_gaps, is_free, seed):
    rng = np.random.default_rng(seed)
    data = [rng.normal(size=(40, 6)) @ rng.normal(size=(6, 6)) + rng.normal(size=6) for _ in range(2)]
    if has_gaps:
        for each in data:
            each[rng.random(each.shape) < 0.1] = np.nan
            each[:, 0] = np.nan_to_num(each[:, 0])
    equal = frozenset() if is_free else frozenset({"loading", "intercept"})
    layout = continuous_layout(model, Setting(2, has_means=True, equal=equal))
    likelihood = Likelihood(layout, tuple(sample_of(each) for each in data))
    theta = drawn_theta(layout, seed)
    value, gradient = likelihood.evaluate(theta)
    if not np.isfinite(value):
        return
    scale = max(1.0, float(np.abs(gradient).max()))
    expected = derivatives(lambda point: np.array([likelihood.evaluate(point)[0]]), theta)[0]
    assert gradient / scale == pytest.approx(expected / scale, abs=1e-5)
    assert -likelihood.scores(theta).mean(axis=0) / scale == pytest.approx(gradient / scale, abs=1e-9)
    information = observed_information(likelihood, theta)
    numeric = second_derivatives(likelihood.gradient, theta)
    scale = float(np.abs(information).max())
    assert information / scale == pytest.approx(numeric / scale, abs=1e-5)
