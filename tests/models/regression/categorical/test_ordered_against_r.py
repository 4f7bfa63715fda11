"""Ordered regressions: clm, polr, nominal tests and partial proportional odds of R, and its robust covariances."""

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from models.regression.categorical.margins import Averaging, average_prediction
from models.regression.categorical.ordered import OrderedRows, fit_ordered
from models.regression.categorical.proportional_odds import proportional_odds_tests
from models.regression.categorical.score_covariance import clustered_covariance, robust_covariance
from tests.models.regression.categorical.answered import ANSWERS, NAMES, ONES, TEAM, WEIGHT, matrix, spread

R = json.loads((Path(__file__).parent / "r_results.json").read_text())
LINKS = ["logit", "probit", "cloglog"]
CUTS = ["1|2", "2|3", "3|4", "4|5"]


@pytest.fixture(scope="module")
def oracle(reference):
    return json.loads((reference / "oracles/10_ordinal_gee_panel.json").read_text())


@pytest.fixture(scope="module")
def wine(reference):
    return pd.read_csv(reference / "oracles/data/wine.csv")


@pytest.fixture(scope="module")
def housing(reference):
    return pd.read_csv(reference / "oracles/data/housing.csv")


def wine_rows(wine, link="logit", released=()):
    regressors = np.column_stack([wine["temp"] == "warm", wine["contact"] == "yes"]).astype(float)
    return OrderedRows(regressors, wine["rating"].to_numpy() - 1, np.ones(len(wine)), released, link)


def housing_columns(housing):
    kinds = [("Infl", "Medium"), ("Infl", "High"), ("Type", "Apartment"), ("Type", "Atrium"), ("Type", "Terrace")]
    return np.column_stack([housing[column] == value for column, value in [*kinds, ("Cont", "High")]]).astype(float)


def fitted(rows):
    return fit_ordered(rows, [str(place) for place in range(rows.n_parameters)])


@pytest.mark.reference
@pytest.mark.parametrize(("link", "key"), [("logit", ""), ("probit", "_probit"), ("cloglog", "_cloglog")])
def test_wine_equals_clm(oracle, wine, link, key):
    expected, tolerance = oracle[f"clm_wine{key}"], oracle["tolerance"]["clm"]
    fit = fitted(wine_rows(wine, link))
    table = pd.DataFrame(expected["coef"]).T
    np.testing.assert_allclose(fit.coefficients, table["Estimate"], rtol=tolerance)
    np.testing.assert_allclose(spread(fit.covariance), table["Std. Error"], rtol=tolerance)
    np.testing.assert_allclose(fit.log_likelihood, expected["logLik"], rtol=1e-12)
    np.testing.assert_allclose(2 * len(fit.coefficients) - 2 * fit.log_likelihood, expected["AIC"], rtol=1e-12)
    assert len(fit.scores) == expected["nobs"]


@pytest.mark.reference
def test_predicted_probabilities_of_wine_equal_clm(oracle, wine):
    fit = fitted(wine_rows(wine))
    grid = np.array([[0.0, 0], [1, 0], [0, 1], [1, 1]])
    expected = np.array(oracle["clm_wine_pred"]["prob"])
    np.testing.assert_allclose(fit.probabilities(grid), expected, rtol=oracle["tolerance"]["clm"])
    found = average_prediction(fit, grid, Averaging(np.ones(4))).means
    np.testing.assert_allclose(found, expected.mean(axis=0), rtol=oracle["tolerance"]["clm"])


@pytest.mark.reference
def test_housing_with_counts_as_weights_equals_polr(oracle, housing):
    expected, tolerance = oracle["polr_housing"], oracle["tolerance"]["clm"]
    categories = housing["Sat"].map({"Low": 0, "Medium": 1, "High": 2}).to_numpy()
    fit = fitted(OrderedRows(housing_columns(housing), categories, housing["Freq"].to_numpy(dtype=float)))
    table = pd.DataFrame(expected["coef"]).T
    order = [6, 7, *range(6)]
    np.testing.assert_allclose(fit.coefficients, table["Value"].to_numpy()[order], rtol=tolerance)
    np.testing.assert_allclose(spread(fit.covariance), table["Std. Error"].to_numpy()[order], rtol=tolerance)
    np.testing.assert_allclose(fit.log_likelihood, expected["logLik"], rtol=1e-12)


@pytest.mark.reference
@pytest.mark.parametrize("link", ["logit", "probit"])
def test_the_nominal_tests_of_wine_equal_r(oracle, wine, link):
    # the oracle holds the likelihood without release, and no tests: R made those again on 2026-11-26
    expected = R["wine_nominal_test"][link]
    base = fitted(wine_rows(wine, link)).log_likelihood
    found = proportional_odds_tests(wine_rows(wine, link), {"temp": (0,), "contact": (1,)})
    if link == "logit":
        np.testing.assert_allclose(base, oracle["clm_wine_nominal_test"]["<none>"]["logLik"], rtol=1e-12)
    assert [test.term for test in found] == ["temp", "contact", "all terms"]
    assert [test.df for test in found[:2]] == expected["df"]
    reached = np.array([base + test.statistic / 2 for test in found[:2]])
    # temp released has no finite estimate: clm stops 1.6e-8 below the limit of the likelihood
    assert (reached >= np.array(expected["logLik"][1:]) - 1e-11).all()
    np.testing.assert_allclose(reached, expected["logLik"][1:], rtol=1e-9)
    np.testing.assert_allclose([test.statistic for test in found[:2]], expected["LRT"], rtol=1e-6)
    np.testing.assert_allclose([test.p_value for test in found[:2]], expected["p"], rtol=1e-6)
    assert [test.is_bounded for test in found] == [False, True, False]


@pytest.mark.reference
def test_wine_with_contact_released_equals_clm(wine):
    expected = R["wine_partial"]
    rows = wine_rows(wine, released=(1,))
    names = rows.names(["temp", "contact"], list("12345"))
    fit = fit_ordered(rows, names)
    order = [names.index(name) for name in expected["names"]]
    sign = np.array([-1.0 if " at " in name else 1.0 for name in expected["names"]])
    np.testing.assert_allclose(fit.coefficients[order] * sign, expected["coef"], rtol=1e-6)
    np.testing.assert_allclose(spread(fit.covariance)[order], expected["se"], rtol=1e-6)


@pytest.mark.reference
def test_robust_covariances_of_wine_equal_r(wine):
    fit = fitted(wine_rows(wine))
    codes = wine["judge"].to_numpy() - 1
    found = clustered_covariance(fit.covariance, fit.scores, codes, "CR0")
    np.testing.assert_allclose(
        spread(robust_covariance(fit.covariance, fit.scores)), R["wine_robust"]["HC0"], rtol=1e-6
    )
    np.testing.assert_allclose(spread(found), R["wine_robust"]["CR0"], rtol=1e-6)
    factor = 9 / 8 * 71 / (72 - 6)
    np.testing.assert_allclose(clustered_covariance(fit.covariance, fit.scores, codes), factor * found, rtol=1e-12)


@pytest.mark.parametrize("link", LINKS)
def test_weighted_fits_and_their_robust_covariances_equal_clm(link):
    expected = R[f"ordered_{link}"]
    fit = fitted(OrderedRows(matrix()[:, 1:], ANSWERS["level"].to_numpy(), WEIGHT, link=link))
    np.testing.assert_allclose(fit.coefficients, expected["coef"], rtol=1e-9)
    np.testing.assert_allclose(fit.log_likelihood, expected["ll"][0], rtol=1e-12)
    np.testing.assert_allclose(spread(fit.covariance), expected["se"], rtol=1e-9)
    np.testing.assert_allclose(spread(robust_covariance(fit.covariance, fit.scores)), expected["HC0"], rtol=1e-9)
    clustered = clustered_covariance(fit.covariance, fit.scores, TEAM, "CR0")
    np.testing.assert_allclose(spread(clustered), expected["CR0"], rtol=1e-9)


def test_partial_proportional_odds_and_their_predictions_equal_clm():
    expected = R["partial"]
    rows = OrderedRows(matrix()[:, 1:], ANSWERS["level"].to_numpy(), ONES, released=(2, 3))
    names = rows.names(NAMES[1:], list("0123"))
    fit = fit_ordered(rows, names)
    order = [names.index(name) for name in expected["names"]]
    sign = np.array([-1.0 if " at " in name else 1.0 for name in expected["names"]])
    np.testing.assert_allclose(fit.coefficients[order] * sign, expected["coef"], rtol=1e-9)
    np.testing.assert_allclose(spread(fit.covariance)[order], expected["se"], rtol=1e-9)
    np.testing.assert_allclose(fit.log_likelihood, expected["ll"][0], rtol=1e-12)
    found = average_prediction(fit, np.array([[50.0, 1, 0, 1]]), Averaging(np.ones(1)))
    np.testing.assert_allclose(found.means, expected["pred"], rtol=1e-9)
    np.testing.assert_allclose(spread(found.slopes @ fit.covariance @ found.slopes.T), expected["pred_se"], rtol=1e-9)


def test_the_test_of_all_terms_equals_clm_with_all_released():
    rows = OrderedRows(matrix()[:, 1:], ANSWERS["level"].to_numpy(), ONES)
    *_, role, together = proportional_odds_tests(rows, {"age": (0,), "lead": (1,), "role": (2, 3)})
    statistic, df = R["proportional_odds_all"]["LR"]
    np.testing.assert_allclose(together.statistic, statistic, rtol=1e-9)
    assert (together.term, together.df, together.is_bounded) == ("all terms", df, False)
    released = fitted(OrderedRows(matrix()[:, 1:], ANSWERS["level"].to_numpy(), ONES, released=(2, 3)))
    np.testing.assert_allclose(role.statistic, 2 * (released.log_likelihood - fitted(rows).log_likelihood), rtol=1e-9)


def test_with_all_terms_released_and_one_regressor_of_two_values_the_table_is_reproduced():
    lead, level = ANSWERS["role"].to_numpy() % 2, ANSWERS["level"].to_numpy()
    fit = fitted(OrderedRows(lead[:, None].astype(float), level, ONES, released=(0,)))
    shares = pd.crosstab(lead, level, normalize="index").to_numpy()
    np.testing.assert_allclose(fit.probabilities(np.array([[0.0], [1.0]])), shares, rtol=1e-9)
    assert all(low < high for low, high in pairwise(fit.coefficients[:3]))
