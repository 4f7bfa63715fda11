"""Means of scales: the interval that clusters give, and the plain one without clusters."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.regression.linear_model import OLS

from models.measurement.means import scale_mean

SCORES = pd.Series([1.0, 2.0, 2.5, 4.0, 4.5, 5.0, 3.0], dtype="Float64")


def test_without_clusters_the_interval_is_the_t_interval_of_a_mean():
    found = scale_mean(SCORES)
    low, high = stats.t.interval(0.95, 6, SCORES.mean(), stats.sem(SCORES.to_numpy(float)))
    assert (found.n_obs, found.n_organisations) == (7, None)
    assert [found.conf_low, found.conf_high] == pytest.approx([low, high])
    assert found.std_dev == pytest.approx(SCORES.std())


def test_with_clusters_the_interval_is_that_of_a_regression_on_the_intercept():
    clusters = pd.Series(["a", "a", "b", "b", "c", "c", "c"])
    fit = OLS(SCORES.to_numpy(float), np.ones(7)).fit(
        cov_type="cluster", cov_kwds={"groups": pd.factorize(clusters)[0]}, use_t=True
    )
    found = scale_mean(SCORES, clusters)
    assert found.n_organisations == 3
    assert found.std_error == pytest.approx(fit.bse[0], rel=1e-12)
    assert [found.conf_low, found.conf_high] == pytest.approx(fit.conf_int()[0], rel=1e-12)


def test_a_score_of_unknown_organisation_is_a_cluster_of_its_own():
    known = scale_mean(SCORES, pd.Series(["a", "a", "b", "b", "c", "d", "e"]))
    partly = scale_mean(SCORES, pd.Series(["a", "a", "b", "b", "c", None, None]))
    assert partly.std_error == pytest.approx(known.std_error)
    assert partly.n_organisations == 3


def test_missing_scores_and_their_clusters_are_left_out():
    scores = pd.Series([1.0, None, 3.0, None], dtype="Float64", index=[9, 8, 7, 6])
    found = scale_mean(scores, pd.Series(["a", "b", "c", "d"]))
    assert (found.n_obs, found.n_organisations, found.mean) == (2, 2, 2.0)


@pytest.mark.parametrize(
    ("scores", "clusters", "n_organisations"),
    [([1, 2, 3], ["a", "a", "a"], 1), ([2], ["a"], 1), ([2], None, None), ([], [], None), ([None], ["a"], None)],
    ids=["one organisation", "one score", "one score, no clusters", "no scores", "missing score"],
)
def test_an_undefined_standard_error_is_nan(scores, clusters, n_organisations):
    found = scale_mean(
        pd.Series(scores, dtype="Float64"), None if clusters is None else pd.Series(clusters, dtype="str")
    )
    assert np.isnan([found.std_error, found.conf_low, found.conf_high]).all()
    assert found.n_organisations == n_organisations
