"""Estimating equations against geepack (oracle 10)."""

import json

import numpy as np
import pandas as pd
import pytest

from models.multilevel.marginal.covariances import uncertainty_of
from models.multilevel.marginal.estimating_equations import MarginalSpec, fit_marginal

pytestmark = pytest.mark.reference


@pytest.fixture(scope="module")
def oracle(reference):
    return json.loads((reference / "oracles/10_ordinal_gee_panel.json").read_text())


@pytest.fixture(scope="module")
def waves(reference):
    return pd.read_csv(reference / "oracles/data/univbct_long_complete.csv")


@pytest.fixture(scope="module")
def lq(reference):
    rows = pd.read_csv(reference / "data/substantive/lq2002/lq2002.csv")
    return rows.assign(HIGH=(rows["HOSTILE"] > 1).astype(float))


def assert_equal(fit, stored, tolerance):
    table = pd.DataFrame(stored["coef"]).T
    np.testing.assert_allclose(fit.coefficients, table["Estimate"], rtol=tolerance)
    np.testing.assert_allclose(uncertainty_of(fit, "robust").errors, table["Std.err"], rtol=tolerance)
    np.testing.assert_allclose(uncertainty_of(fit, "naive").errors, stored["vbeta_naive"], rtol=tolerance)
    assert fit.scale == pytest.approx(stored["scale"]["(Intercept)"], rel=tolerance)
    if fit.spec.correlation != "independence":
        assert fit.alpha == pytest.approx(stored["alpha"]["alpha"], rel=tolerance)


@pytest.mark.parametrize(
    ("key", "correlation"), [("univ_exch", "exchangeable"), ("univ_ind", "independence"), ("univ_ar1", "ar1")]
)
def test_waves_of_people_equal_geepack_with_each_correlation(key, correlation, oracle, waves):
    matrix = waves[["JSAT", "COMMIT", "TIME"]].astype(float)
    matrix.insert(0, "intercept", 1.0)
    spec = MarginalSpec("gaussian", correlation)
    fit = fit_marginal(matrix, waves["READY"], waves["SUBNUM"], spec, waves["TIME"])
    assert_equal(fit, oracle["gee"][key], oracle["tolerance"]["gee"])


def test_a_logit_in_companies_equals_geepack(oracle, lq):
    matrix = lq[["LEAD", "TSIG"]].astype(float)
    matrix.insert(0, "intercept", 1.0)
    fit = fit_marginal(matrix, lq["HIGH"], lq["COMPID"], MarginalSpec("logit", "exchangeable"))
    assert_equal(fit, oracle["gee"]["lq_logit_exch"], oracle["tolerance"]["gee"])
