"""Thresholds and polychoric correlations: against lavaan, drawn answers, properties, clusters, empty cells."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import multivariate_normal

from models.measurement.bivariate_normal import density, distribution
from models.measurement.confirmatory.least_squares import moment_covariance
from models.measurement.confirmatory.ordered_fit import ordered_moments
from models.measurement.ordered import ordered_sample, thresholds
from models.measurement.polychoric import polychoric


@pytest.mark.parametrize("correlation", [-0.999, -0.9, -0.3, 0.0, 0.5, 0.95, 0.999])
@pytest.mark.parametrize(("h", "k"), [(0.1, 0.2), (1.0, -2.0), (0.5, 0.5), (0.0, 0.0), (-3.0, 2.5)])
def test_the_bivariate_normal_equals_scipy(correlation, h, k):
    wanted = multivariate_normal.cdf([h, k], cov=[[1, correlation], [correlation, 1]])
    assert float(distribution(np.array(h), np.array(k), np.array(correlation))) == pytest.approx(wanted, abs=1e-10)
    height = multivariate_normal.pdf([h, k], cov=[[1, correlation], [correlation, 1]])
    assert float(density(np.array(h), np.array(k), np.array(correlation))) == pytest.approx(
        height, rel=1e-9, abs=1e-300
    )


@pytest.mark.reference
@pytest.mark.parametrize("scale", ["A", "C", "E", "N", "O"])
def test_correlations_and_thresholds_equal_lavaan(reference, scale):
    # R 4.2.2, lavaan 0.6-14 lavCor(ordered = ), psych 2.2.9; oracles/01_reliability.json and 02, made 2026-11-22
    about = json.loads((reference / "oracles/01_reliability.json").read_text())
    limits = json.loads((reference / "oracles/02_ordinal_omega.json").read_text())["bfi"][scale]["thresholds"]
    items = pd.read_csv(reference / "oracles/data/bfi.csv")[[f"{scale}{number}" for number in range(1, 6)]].dropna()
    for item in set(items) & {"A1", "C4", "C5", "E1", "E2", "O2", "O5"}:
        items[item] = 7 - items[item]
    found = polychoric(ordered_sample(items.to_numpy(dtype=float)))
    wanted, tolerance = about["bfi"][scale]["ordinal_listwise"], about["tolerance"]
    lavaan, psych = (np.array(wanted[key]["values"]) for key in ("lavaan_polychoric", "polychoric"))
    assert found.correlation == pytest.approx(lavaan, abs=tolerance["polychoric_lavaan"])
    assert found.correlation == pytest.approx(psych, abs=tolerance["polychoric_psych"])
    for item, ours in zip(items, found.thresholds, strict=True):
        assert ours == pytest.approx(np.array(limits[item]), abs=1e-8)


def drawn(seed: int, correlation: float, n: int = 400) -> np.ndarray:
    latent = np.random.default_rng(seed).multivariate_normal([0, 0], [[1, correlation], [correlation, 1]], size=n)
    return np.column_stack(
        [np.searchsorted([-0.8, 0.1, 0.9], latent[:, 0]), np.searchsorted([-0.4, 0.7], latent[:, 1])]
    )


@pytest.mark.parametrize("correlation", [-0.8, 0.0, 0.45, 0.9])
def test_the_correlation_of_drawn_answers_is_found(correlation):
    found = polychoric(ordered_sample(drawn(1, correlation, 40_000).astype(float)))
    assert found.correlation[0, 1] == pytest.approx(correlation, abs=0.015)
    assert found.thresholds[0] == pytest.approx([-0.8, 0.1, 0.9], abs=0.03)


@given(st.integers(0, 1000), st.integers(0, 1000), st.floats(-0.7, 0.7))
def test_order_of_responses_codes_and_direction_change_nothing_but_the_sign(seed, mixing, correlation):
    codes = drawn(seed, correlation).astype(float)
    first = polychoric(ordered_sample(codes)).correlation[0, 1]
    mixed = codes[np.random.default_rng(mixing).permutation(len(codes))]
    assert polychoric(ordered_sample(mixed * [3, 1] + 7)).correlation[0, 1] == pytest.approx(first, abs=1e-8)
    assert polychoric(ordered_sample(codes * [-1, 1])).correlation[0, 1] == pytest.approx(-first, abs=1e-8)


def test_items_of_which_one_answers_for_the_other_are_told():
    codes = np.repeat([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]], 30, axis=0)
    assert polychoric(ordered_sample(codes)).at_bound == [(1, 0)]


def test_thresholds_are_quantiles_of_the_shares():
    codes = np.repeat([[1.0], [2.0], [3.0]], [25, 50, 25], axis=0)
    assert thresholds(ordered_sample(codes))[0] == pytest.approx([-0.6744897502, 0.6744897502])


def test_clusters_of_one_response_give_the_errors_of_independent_ones():
    codes = drawn(3, 0.4).astype(float)
    alone = moment_covariance([ordered_moments(ordered_sample(codes))])
    clustered = moment_covariance([ordered_moments(ordered_sample(codes, np.arange(len(codes))))])
    assert clustered == pytest.approx(alone * len(codes) / (len(codes) - 1), rel=1e-8)


def test_answers_given_twice_in_a_cluster_tell_no_more_than_once():
    codes = drawn(4, 0.4).astype(float)
    once = moment_covariance([ordered_moments(ordered_sample(codes, np.arange(len(codes))))])
    twice = np.repeat(codes, 2, axis=0)
    doubled = moment_covariance([ordered_moments(ordered_sample(twice, np.repeat(np.arange(len(codes)), 2)))])
    assert doubled == pytest.approx(once, rel=1e-8)


def test_clusters_that_reach_over_groups_tie_their_moments_together():
    codes = drawn(5, 0.4).astype(float)
    numbers = np.arange(len(codes))
    groups = [ordered_moments(ordered_sample(codes, numbers)) for _ in range(2)]
    joined = moment_covariance(groups)
    k = len(groups[0].moments)
    assert joined[:k, k:] == pytest.approx(joined[:k, :k], rel=1e-8)
