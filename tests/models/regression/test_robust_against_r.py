"""Least squares and its covariances against R's (oracle 08)."""

from pathlib import Path

import numpy as np
import pytest

from models.regression.cluster_moments import cluster_moments
from models.regression.clustered import Clustered, cluster_covariance
from models.regression.heteroskedastic import Heteroskedastic, classical_covariance, heteroskedastic_covariance
from models.regression.least_squares import LeastSquares, solve_least_squares
from models.regression.wald import corrected_wald_test, wald_test
from models.regression.wild_bootstrap import wild_cluster_bootstrap
from tests.models.regression.univbct import TERMS, Univbct, by_term, read_univbct

pytestmark = pytest.mark.reference

CLOSED_FORM = 1e-8
DF = 1e-6
SLOPES = np.eye(4)[1:]


@pytest.fixture(scope="module")
def univbct(reference: Path) -> Univbct:
    return read_univbct(reference)


@pytest.fixture(scope="module")
def fit(univbct: Univbct) -> LeastSquares:
    return solve_least_squares(univbct.matrix, univbct.outcome)


def test_coefficients_and_residual_deviation_are_rs(univbct: Univbct, fit: LeastSquares) -> None:
    np.testing.assert_allclose(fit.coefficients, by_term(univbct.stored["coef"]), rtol=CLOSED_FORM)
    assert np.sqrt(fit.sigma2) == pytest.approx(univbct.stored["sigma"], rel=CLOSED_FORM)


def test_classical_errors_are_rs(univbct: Univbct, fit: LeastSquares) -> None:
    errors = np.sqrt(np.diag(classical_covariance(fit)))
    np.testing.assert_allclose(errors, by_term(univbct.stored["se_classical"]), rtol=CLOSED_FORM)


@pytest.mark.parametrize("kind", ["HC0", "HC1", "HC2", "HC3"])
def test_errors_under_unequal_variances_are_rs(kind: Heteroskedastic, univbct: Univbct, fit: LeastSquares) -> None:
    errors = np.sqrt(np.diag(heteroskedastic_covariance(fit, kind)))
    np.testing.assert_allclose(errors, by_term(univbct.stored["hc"][kind]), rtol=CLOSED_FORM)


@pytest.mark.parametrize("kind", ["CR0", "CR1", "CR1S", "CR2", "CR3"])
def test_clustered_covariances_and_degrees_of_freedom_are_rs(
    kind: Clustered, univbct: Univbct, fit: LeastSquares
) -> None:
    stored = univbct.stored["CR"][kind]
    found = cluster_covariance(cluster_moments(fit, univbct.companies), kind)
    np.testing.assert_allclose(found.covariance, np.array(stored["vcov"]["values"]), rtol=CLOSED_FORM)
    np.testing.assert_allclose(found.satterthwaite_df(np.eye(4)), by_term(stored["df"]), rtol=DF)


@pytest.mark.parametrize(("name", "df_resid"), [("Naive-F", 7.0), ("Naive-Fp", 4.0)])
def test_a_wald_test_is_rs(name: str, df_resid: float, univbct: Univbct, fit: LeastSquares) -> None:
    stored = next(each for each in univbct.stored["wald_all_slopes_CR2"] if each["test"] == name)
    covariance = cluster_covariance(cluster_moments(fit, univbct.companies), "CR2").covariance
    found = wald_test(fit.coefficients, covariance, SLOPES, df_resid)
    assert (found.statistic, found.p_value) == pytest.approx((stored["Fstat"], stored["p_val"]), rel=CLOSED_FORM)


def test_the_corrected_wald_test_is_rs(univbct: Univbct, fit: LeastSquares) -> None:
    stored = next(each for each in univbct.stored["wald_all_slopes_CR2"] if each["test"] == "HTZ")
    covariance = cluster_covariance(cluster_moments(fit, univbct.companies), "CR2")
    found = corrected_wald_test(fit.coefficients, covariance, SLOPES)
    assert found.df == stored["df_num"]
    assert found.df_resid == pytest.approx(stored["df_denom"], rel=DF)
    assert (found.statistic, found.p_value) == pytest.approx((stored["Fstat"], stored["p_val"]), rel=CLOSED_FORM)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_the_enumerated_bootstrap_is_rs(place: int, univbct: Univbct, fit: LeastSquares) -> None:
    stored = univbct.bootstrap[place]
    moments = cluster_moments(fit, univbct.companies)
    unused = np.random.default_rng(0)
    found = wild_cluster_bootstrap(moments, fit.coefficients, TERMS.index(stored["param"]), unused)
    assert found.is_enumerated
    assert found.n_draws == stored["n_draws"]
    assert found.statistic == pytest.approx(stored["t"], rel=CLOSED_FORM)
    assert found.p_value == stored["p_sym"]
