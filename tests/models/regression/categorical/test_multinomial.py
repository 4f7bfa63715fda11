"""Multinomial logit: R's multinom, statsmodels' MNLogit, and a logit when there are two categories."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from models.regression.categorical.binary import fit_binary
from models.regression.categorical.generalised import observed
from models.regression.categorical.multinomial import MultinomialRows, fit_multinomial
from models.regression.categorical.score_covariance import clustered_covariance
from tests.models.regression.categorical.answered import ANSWERS, NAMES, ONES, TEAM, WEIGHT, matrix, spread

R = json.loads((Path(__file__).parent / "r_results.json").read_text())


def fitted(rows):
    return fit_multinomial(rows, [str(place) for place in range(rows.n_others * rows.matrix.shape[1])])


@pytest.mark.reference
def test_housing_with_counts_as_weights_equals_multinom(reference):
    oracle = json.loads((reference / "oracles/10_ordinal_gee_panel.json").read_text())
    housing = pd.read_csv(reference / "oracles/data/housing.csv")
    expected, tolerance = oracle["multinom_housing"], oracle["tolerance"]["multinom"]
    kinds = [("Infl", "Medium"), ("Infl", "High"), ("Type", "Apartment"), ("Type", "Atrium"), ("Type", "Terrace")]
    columns = [housing[column] == value for column, value in [*kinds, ("Cont", "High")]]
    rows = MultinomialRows(
        np.column_stack([np.ones(len(housing)), *columns]).astype(float),
        housing["Sat"].map({"Low": 0, "Medium": 1, "High": 2}).to_numpy(),
        housing["Freq"].to_numpy(dtype=float),
    )
    fit = fit_multinomial(rows, rows.names(expected["coef"]["cols"], ["Low", "Medium", "High"]))
    np.testing.assert_allclose(fit.coefficients, np.ravel(expected["coef"]["values"]), atol=tolerance, rtol=0)
    np.testing.assert_allclose(spread(fit.covariance), np.ravel(expected["se"]["values"]), atol=tolerance, rtol=0)
    np.testing.assert_allclose(fit.log_likelihood, expected["logLik"], rtol=1e-9)
    assert rows.names(["a", "b"], ["Low", "Medium", "High"]) == ("Medium: a", "Medium: b", "High: a", "High: b")


def test_weighted_answers_equal_multinom():
    fit = fitted(MultinomialRows(matrix(), ANSWERS["choice"].to_numpy(), WEIGHT))
    np.testing.assert_allclose(fit.coefficients, R["multinomial"]["coef"], rtol=1e-6)
    np.testing.assert_allclose(spread(fit.covariance), R["multinomial"]["se"], rtol=1e-8)
    np.testing.assert_allclose(fit.log_likelihood, R["multinomial"]["ll"][0], rtol=1e-12)


def test_statsmodels_gives_the_same_estimates_and_clustered_covariance():
    fit = fitted(MultinomialRows(matrix(), ANSWERS["choice"].to_numpy(), ONES))
    other = sm.MNLogit(ANSWERS["choice"].to_numpy(), matrix()).fit(
        method="newton", tol=1e-14, disp=0, cov_type="cluster", cov_kwds={"groups": TEAM}
    )
    np.testing.assert_allclose(fit.coefficients, other.params.T.ravel(), rtol=1e-9)
    found = clustered_covariance(fit.covariance, fit.scores, TEAM, "CR1S")
    np.testing.assert_allclose(found, other.cov_params(), rtol=1e-7)


def test_two_categories_are_a_logit():
    fit = fitted(MultinomialRows(matrix(), ANSWERS["agree"].to_numpy(), WEIGHT))
    logit = fit_binary(observed(matrix(), ANSWERS["agree"], WEIGHT), NAMES)
    np.testing.assert_allclose(fit.coefficients, logit.coefficients, rtol=1e-10)
    np.testing.assert_allclose(fit.covariance, logit.covariance, rtol=1e-9)
    np.testing.assert_allclose(fit.scores, logit.scores, atol=1e-11)
