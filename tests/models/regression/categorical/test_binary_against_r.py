"""Binary outcomes: coefficients and every covariance equal R's."""

import json
from pathlib import Path

import numpy as np
import pytest
import statsmodels.api as sm

from models.regression.categorical.binary import fit_binary
from models.regression.categorical.clustered_glm import reduced_bias_covariance
from models.regression.categorical.generalised import observed
from models.regression.categorical.score_covariance import clustered_covariance, robust_covariance
from models.regression.cluster_moments import cluster_moments
from models.regression.clustered import cluster_covariance
from models.regression.heteroskedastic import heteroskedastic_covariance
from models.regression.wald import corrected_wald_test
from tests.models.regression.categorical.answered import ANSWERS, LOG_HOURS, NAMES, ONES, TEAM, WEIGHT, matrix, spread

R = json.loads((Path(__file__).parent / "r_results.json").read_text())
# R stops where the deviance stands still: for probit the coefficients then still move by 2e-11
CLOSE = {"logit": 1e-11, "probit": 1e-9}
CASES = [("logit", None), ("logit", "weighted"), ("probit", None), ("probit", "weighted")]


def fitted(link, weighted=None):
    return fit_binary(observed(matrix(), ANSWERS["agree"], WEIGHT if weighted else None), NAMES, link)


@pytest.mark.parametrize(("link", "weighted"), CASES)
def test_coefficients_and_robust_covariances_equal_r(link, weighted):
    expected, fit = R[f"{link}_weighted" if weighted else link], fitted(link, weighted)
    np.testing.assert_allclose(fit.coefficients, expected["coef"], rtol=CLOSE[link])
    np.testing.assert_allclose(fit.log_likelihood, expected["ll"][0], rtol=1e-13)
    np.testing.assert_allclose(spread(fit.covariance), expected["se"], rtol=CLOSE[link])
    for kind in ("HC0", "HC1", "HC2", "HC3"):
        found = heteroskedastic_covariance(fit.working, kind)
        np.testing.assert_allclose(spread(found), expected[kind], rtol=CLOSE[link], err_msg=kind)


@pytest.mark.parametrize(("link", "weighted"), CASES)
def test_clustered_covariances_and_degrees_of_freedom_equal_r(link, weighted):
    expected, fit = R[f"{link}_weighted" if weighted else link], fitted(link, weighted)
    moments = cluster_moments(fit.working, TEAM)
    for kind in ("CR0", "CR1S"):
        found = cluster_covariance(moments, kind).covariance
        np.testing.assert_allclose(spread(found), expected[kind], rtol=CLOSE[link], err_msg=kind)
    reduced = reduced_bias_covariance(fit, TEAM)
    np.testing.assert_allclose(spread(reduced.covariance), expected["CR2"], rtol=CLOSE[link])
    np.testing.assert_allclose(reduced.satterthwaite_df(np.eye(5)), expected["df"], rtol=CLOSE[link])


def test_the_corrected_wald_test_of_a_category_equals_r():
    fit = fitted("probit", "weighted")
    found = corrected_wald_test(fit.coefficients, reduced_bias_covariance(fit, TEAM), np.eye(5)[3:])
    expected = R["probit_weighted"]["HTZ_role"]
    np.testing.assert_allclose([found.statistic, found.df, found.df_resid, found.p_value], expected, rtol=1e-8)


def test_an_offset_is_a_known_part_of_the_predictor():
    fit = fit_binary(observed(matrix(), ANSWERS["agree"], offset=np.exp(LOG_HOURS) / 30), NAMES)
    np.testing.assert_allclose(fit.coefficients, R["logit_offset"]["coef"], rtol=1e-11)


@pytest.mark.parametrize(("link", "model"), [("logit", "Logit"), ("probit", "Probit")])
def test_statsmodels_gives_the_same_maximum(link, model):
    fit = fitted(link)
    other = getattr(sm, model)(ANSWERS["agree"].to_numpy(), matrix()).fit(method="newton", tol=1e-14, disp=0)
    np.testing.assert_allclose(fit.coefficients, other.params, rtol=1e-10)
    np.testing.assert_allclose(fit.log_likelihood, other.llf, rtol=1e-13)


def test_covariances_from_scores_are_those_of_the_working_problem():
    fit = fitted("logit", "weighted")
    moments = cluster_moments(fit.working, TEAM)
    for kind in ("HC0", "HC1"):
        working = heteroskedastic_covariance(fit.working, kind)
        np.testing.assert_allclose(robust_covariance(fit.covariance, fit.scores, kind), working, rtol=1e-10)
    for kind in ("CR0", "CR1S"):
        working = cluster_covariance(moments, kind).covariance
        np.testing.assert_allclose(clustered_covariance(fit.covariance, fit.scores, TEAM, kind), working, rtol=1e-10)


def test_one_cluster_has_no_clustered_covariance():
    fit = fitted("logit")
    alone = np.zeros(len(ONES), dtype=int)
    with pytest.raises(ValueError, match="1 cluster; a cluster-robust covariance needs at least 2"):
        reduced_bias_covariance(fit, alone)
    with pytest.raises(ValueError, match="1 cluster; a cluster-robust covariance needs at least 2"):
        clustered_covariance(fit.covariance, fit.scores, alone)
