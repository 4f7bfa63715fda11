"""Counts: Poisson and negative binomial as glm, glm.nb and statsmodels fit them; tests of overdispersion."""

import json
from pathlib import Path

import numpy as np
import pytest
import statsmodels.api as sm

from models.regression.categorical.clustered_glm import reduced_bias_covariance
from models.regression.categorical.counts import fit_negative_binomial, fit_poisson
from models.regression.categorical.dispersion import overdispersion_test, poisson_likelihood_ratio
from models.regression.categorical.generalised import observed
from models.regression.cluster_moments import cluster_moments
from models.regression.clustered import cluster_covariance
from models.regression.heteroskedastic import heteroskedastic_covariance
from models.regression.identification import ModelDataError
from tests.models.regression.categorical.answered import ANSWERS, LOG_HOURS, NAMES, TEAM, WEIGHT, matrix, spread

R = json.loads((Path(__file__).parent / "r_results.json").read_text())
VISITS = ANSWERS["visits"].to_numpy()


def test_poisson_with_offset_and_weights_equals_glm_with_every_covariance():
    expected, fit = R["poisson"], fit_poisson(observed(matrix(), VISITS, WEIGHT, LOG_HOURS), NAMES)
    np.testing.assert_allclose(fit.coefficients, expected["coef"], rtol=1e-11)
    np.testing.assert_allclose(spread(fit.covariance), expected["se"], rtol=1e-11)
    np.testing.assert_allclose(spread(heteroskedastic_covariance(fit.working, "HC0")), expected["HC0"], rtol=1e-11)
    moments = cluster_moments(fit.working, TEAM)
    for kind in ("CR0", "CR1S"):
        np.testing.assert_allclose(spread(cluster_covariance(moments, kind).covariance), expected[kind], rtol=1e-11)
    reduced = reduced_bias_covariance(fit, TEAM)
    np.testing.assert_allclose(spread(reduced.covariance), expected["CR2"], rtol=1e-11)
    np.testing.assert_allclose(reduced.satterthwaite_df(np.eye(5)), expected["df"], rtol=1e-11)


def test_negative_binomial_equals_glm_nb():
    # the size's error is R's formula at R's estimate: glm.nb itself takes it one step before convergence (.18365)
    expected, fit = R["nb"], fit_negative_binomial(observed(matrix(), VISITS, offset=LOG_HOURS), NAMES)
    np.testing.assert_allclose(fit.generalised.coefficients, expected["coef"], rtol=1e-8)
    np.testing.assert_allclose([fit.size, fit.size_std_error], [expected["theta"], expected["theta_se"]], rtol=1e-8)
    np.testing.assert_allclose(fit.log_likelihood, expected["ll"][0], rtol=1e-12)
    np.testing.assert_allclose(spread(fit.generalised.covariance), expected["se"], rtol=1e-8)
    robust = heteroskedastic_covariance(fit.generalised.working, "HC0")
    np.testing.assert_allclose(spread(robust), expected["HC0"], rtol=1e-8)
    clustered = reduced_bias_covariance(fit.generalised, TEAM).covariance
    np.testing.assert_allclose(spread(clustered), expected["CR2"], rtol=1e-8)


def test_weighted_negative_binomial_equals_glm_nb():
    expected, fit = R["nb_weighted"], fit_negative_binomial(observed(matrix(), VISITS, WEIGHT), NAMES)
    np.testing.assert_allclose(fit.generalised.coefficients, expected["coef"], rtol=1e-6)
    # glm.nb alternates until sizes differ by 1e-4 of a Newton step: its size is good to 1e-7
    np.testing.assert_allclose(fit.size, expected["theta"], rtol=1e-7)
    np.testing.assert_allclose(spread(fit.generalised.covariance), expected["se"], rtol=1e-7)


def test_the_estimate_is_where_statsmodels_likelihood_is_flat():
    # before a fit, statsmodels takes log(1 / size) as last parameter
    fit = fit_negative_binomial(observed(matrix(), VISITS), NAMES)
    other, point = sm.NegativeBinomial(VISITS, matrix()), np.append(fit.generalised.coefficients, -np.log(fit.size))
    np.testing.assert_allclose(fit.log_likelihood, other.loglike(point), rtol=1e-12)
    np.testing.assert_allclose(other.score(point), 0, atol=1e-9)


def test_overdispersion_tests_equal_r():
    poisson = fit_poisson(observed(matrix(), VISITS), NAMES)
    found = overdispersion_test(poisson)
    np.testing.assert_allclose([found.alpha, found.statistic], R["dispersion"]["alpha_t"], rtol=1e-10)
    np.testing.assert_allclose(found.dispersion, R["dispersion"]["pearson"][0], rtol=1e-10)
    statistic, p_value = poisson_likelihood_ratio(poisson, fit_negative_binomial(observed(matrix(), VISITS), NAMES))
    np.testing.assert_allclose(statistic, R["dispersion"]["LR"][0], rtol=1e-10)
    assert 0 < p_value < 1e-25
    assert 0 < found.p_value < 0.001


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (VISITS - 1, "below 0 or no whole number"),
        (VISITS + 0.5, "below 0 or no whole number"),
        (VISITS * 0, "the count is 0 in all 72 responses used"),
        (np.arange(72) % 2 + 2, "vary no more than a Poisson regression expects"),
    ],
)
def test_what_is_no_count_or_not_overdispersed_is_refused(outcome, words):
    with pytest.raises(ModelDataError, match=words):
        fit_negative_binomial(observed(matrix(), outcome), NAMES)
