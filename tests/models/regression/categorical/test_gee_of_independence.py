"""A GEE with independence as working correlation is the generalised linear model with CR0."""

import json

import numpy as np
import pandas as pd
import pytest

from models.regression.cluster_moments import cluster_moments
from models.regression.clustered import cluster_covariance
from models.regression.least_squares import solve_least_squares
from tests.models.regression.categorical.answered import spread

pytestmark = pytest.mark.reference


def test_waves_of_people_equal_geepack(reference):
    # oracles/10_ordinal_gee_panel.json, made 2026-11-22: geepack 1.3.9, geeglm(corstr = "independence")
    oracle = json.loads((reference / "oracles/10_ordinal_gee_panel.json").read_text())
    waves = pd.read_csv(reference / "oracles/data/univbct_long_complete.csv")
    table = pd.DataFrame(oracle["gee"]["univ_ind"]["coef"]).T
    regressors = np.column_stack([np.ones(len(waves)), waves[list(table.index[1:])]])
    fit = solve_least_squares(regressors, waves["READY"].to_numpy())
    codes, _ = pd.factorize(waves["SUBNUM"])
    found = cluster_covariance(cluster_moments(fit, codes), "CR0").covariance
    np.testing.assert_allclose(fit.coefficients, table["Estimate"], rtol=oracle["tolerance"]["gee"])
    np.testing.assert_allclose(spread(found), table["Std.err"], rtol=oracle["tolerance"]["gee"])
