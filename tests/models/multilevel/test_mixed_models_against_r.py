"""Linear mixed models against R's lme4, lmerTest, pbkrtest, clubSandwich and performance (oracle 09)."""

from pathlib import Path

import numpy as np
import pytest

from models.multilevel.cluster_robust import robust_covariance
from models.multilevel.explained import explained_variance
from models.multilevel.kenward_roger import kenward_roger
from models.multilevel.profile_intervals import profile_intervals
from models.multilevel.satterthwaite import satterthwaite
from tests.agreement.mixed_models import WITH_KR, WITH_PROFILES, WITHOUT_SHARES, components_like, effects_like
from tests.models.multilevel.oracle_models import MODELS, fitted, read_oracle

pytestmark = pytest.mark.reference

EVERY = pytest.mark.parametrize("name", MODELS)


@EVERY
def test_coefficients_and_their_covariance_are_rs(name: str, reference: Path) -> None:
    oracle, model = read_oracle(reference), fitted(reference, name)
    stored, fixed = oracle.stored[name], oracle.tolerance["fixed"]
    expected = [each["Estimate"] for each in stored["coef"].values()]
    np.testing.assert_allclose(model.coefficients, expected, rtol=fixed)
    np.testing.assert_allclose(model.covariance, np.array(stored["vcov"]["values"]), rtol=fixed)
    assert model.terms == tuple(stored["coef"])
    assert not model.singular
    assert (model.n_obs, model.n_groups) == (stored["n"], stored["ngrps"])


@EVERY
def test_likelihood_and_criteria_are_rs(name: str, reference: Path) -> None:
    oracle, model = read_oracle(reference), fitted(reference, name)
    stored, within = oracle.stored[name], {"rel": 0, "abs": oracle.tolerance["logLik"]}
    assert model.log_likelihood == pytest.approx(stored["logLik"], **within)
    assert model.criterion == pytest.approx(stored["REMLcrit"], **within)
    assert (model.aic, model.bic) == pytest.approx((stored["AIC"], stored["BIC"]), **within)


@EVERY
def test_maximum_likelihood_is_rs(name: str, reference: Path) -> None:
    oracle, model = read_oracle(reference), fitted(reference, name, "ML")
    stored = oracle.stored[name]["ML"]
    within = {"rel": 0, "abs": oracle.tolerance["logLik"]}
    assert model.log_likelihood == pytest.approx(stored["logLik"], **within)
    assert (model.aic, model.bic) == pytest.approx((stored["AIC"], stored["BIC"]), **within)
    np.testing.assert_allclose(model.coefficients, list(stored["coef"].values()), rtol=oracle.tolerance["fixed"])
    errors = np.sqrt(np.diag(model.covariance))
    np.testing.assert_allclose(errors, list(stored["se"].values()), rtol=oracle.tolerance["fixed"])
    _assert_components(model, stored["varcorr"], oracle.tolerance["varcomp"])


@EVERY
def test_variances_are_rs(name: str, reference: Path) -> None:
    oracle = read_oracle(reference)
    _assert_components(fitted(reference, name), oracle.stored[name]["varcorr"], oracle.tolerance["varcomp"])


def _assert_components(model, stored, tolerance: float) -> None:
    for found, each in zip(components_like(model, stored), stored, strict=True):
        assert found["vcov"] == pytest.approx(each["vcov"], rel=tolerance)
        assert found["sdcor"] == pytest.approx(each["sdcor"], rel=tolerance)


@EVERY
def test_satterthwaites_degrees_of_freedom_are_rs(name: str, reference: Path) -> None:
    oracle, model = read_oracle(reference), fitted(reference, name)
    found = satterthwaite(model).df(np.eye(len(model.terms)))
    expected = [each["df"] for each in oracle.stored[name]["coef"].values()]
    np.testing.assert_allclose(found, expected, rtol=oracle.tolerance["satterthwaite_df"])


@pytest.mark.parametrize("name", WITH_KR)
def test_kenward_and_rogers_errors_and_degrees_of_freedom_are_rs(name: str, reference: Path) -> None:
    oracle, model = read_oracle(reference), fitted(reference, name)
    stored, found = oracle.stored[name]["KR"], kenward_roger(model)
    expected = [each["Std. Error"] for each in stored.values()]
    np.testing.assert_allclose(found.errors, expected, rtol=oracle.tolerance["fixed"])
    expected = [each["df"] for each in stored.values()]
    np.testing.assert_allclose(found.df(np.eye(len(model.terms))), expected, rtol=oracle.tolerance["KR_df"])


@EVERY
def test_the_cluster_robust_covariance_is_rs(name: str, reference: Path) -> None:
    oracle, model = read_oracle(reference), fitted(reference, name)
    stored, found = oracle.stored[name]["CR2"], robust_covariance(model)
    errors = np.sqrt(np.diag(found.covariance))
    np.testing.assert_allclose(errors, list(stored["se"].values()), rtol=oracle.tolerance["fixed"])
    df = found.satterthwaite_df(np.eye(len(model.terms)))
    np.testing.assert_allclose(df, list(stored["df"].values()), rtol=oracle.tolerance["satterthwaite_df"])


@EVERY
def test_predicted_effects_are_rs(name: str, reference: Path) -> None:
    oracle, model = read_oracle(reference), fitted(reference, name)
    stored = oracle.stored[name]["ranef_head"]
    for group, found in effects_like(model, stored).items():
        np.testing.assert_allclose(found, stored[group]["values"], rtol=oracle.tolerance["varcomp"])


@pytest.mark.parametrize("name", [name for name in MODELS if name not in WITHOUT_SHARES])
def test_explained_shares_are_rs(name: str, reference: Path) -> None:
    oracle, found = read_oracle(reference), explained_variance(fitted(reference, name))
    stored, within = oracle.stored[name], {"rel": oracle.tolerance["varcomp"]}
    assert found.intraclass_correlation == pytest.approx(stored["icc_adjusted"], **within)
    assert found.marginal_r2 == pytest.approx(stored["r2_nakagawa"]["marginal"], **within)
    assert found.conditional_r2 == pytest.approx(stored["r2_nakagawa"]["conditional"], **within)


def test_explained_shares_count_the_variance_of_slopes_without_covariance(reference: Path) -> None:
    oracle, model = read_oracle(reference), fitted(reference, "sleep_rs_uncor")
    stored, found = oracle.stored["sleep_rs_uncor"], explained_variance(model)
    intercept, slope = np.diag(model.group_covariances["Subject"])
    assert found.random == pytest.approx(intercept + 28.5 * slope)
    assert stored["icc_adjusted"] == pytest.approx(intercept / (intercept + model.sigma2), rel=1e-6)
    left_out = found.fixed + intercept + model.sigma2
    assert stored["r2_nakagawa"]["marginal"] == pytest.approx(found.fixed / left_out, rel=1e-6)
    assert stored["r2_nakagawa"]["conditional"] == pytest.approx((found.fixed + intercept) / left_out, rel=1e-6)


@pytest.mark.parametrize("name", WITH_PROFILES)
def test_profile_intervals_are_rs(name: str, reference: Path) -> None:
    oracle = read_oracle(reference)
    found = profile_intervals(fitted(reference, name))[["conf_low", "conf_high"]].to_numpy()
    expected = np.array(oracle.stored[name]["profile_ci"]["values"])
    np.testing.assert_allclose(found, expected, rtol=oracle.tolerance["varcomp"])
