"""Simulation: where values are missing at random, intervals of multiple imputation cover as often as they say."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from models.missing_data.chained import impute_chained
from models.missing_data.plan import Column, ImputationPlan
from models.missing_data.pooling import CompletedEstimates
from models.regression.heteroskedastic import classical_covariance
from models.regression.least_squares import solve_least_squares

pytestmark = pytest.mark.slow

N_REPLICATIONS = 300
TRUTH = 1.0


def draw(random):
    """Return 200 rows; y misses where x is large, x where the auxiliary value is."""
    auxiliary = random.normal(size=200)
    x = 0.7 * auxiliary + 0.7 * random.normal(size=200)
    y = TRUTH + x + random.normal(size=200)
    data = pd.DataFrame({"auxiliary": auxiliary, "x": x, "y": y})
    chance = 1 / (1 + np.exp(-2 * x))
    return data.assign(y=data["y"].where(random.random(200) > chance))


def mean_of_outcome(completed):
    known = completed["y"].dropna().to_numpy()
    found = solve_least_squares(np.ones((len(known), 1)), known)
    return CompletedEstimates(("mean",), found.coefficients, classical_covariance(found), found.df_resid)


def covers(table):
    return bool(table["conf_low"].iloc[0] <= TRUTH <= table["conf_high"].iloc[0])


def replicated(method, n_imputations=10):
    columns = (Column("auxiliary"), Column("x"), Column("y", method=method))
    plan = ImputationPlan(columns, (), n_imputations, 2)
    hits, listwise, n_listwise = 0, [], 0
    for random in np.random.default_rng(20).spawn(N_REPLICATIONS):
        data = draw(random)
        hits += covers(impute_chained(data, plan, random).pool(mean_of_outcome).table())
        alone = mean_of_outcome(data)
        listwise.append(alone.estimates[0])
        n_listwise += abs(alone.estimates[0] - TRUTH) <= 1.96 * np.sqrt(alone.covariance[0, 0])
    return hits, np.array(listwise), n_listwise


def test_imputation_covers_and_listwise_deletion_is_biased():
    hits, listwise, n_listwise = replicated("normal")
    interval = binomtest(hits, N_REPLICATIONS).proportion_ci(0.999, method="exact")
    assert interval.low <= 0.95 <= interval.high
    error = listwise.std(ddof=1) / np.sqrt(N_REPLICATIONS)
    assert (listwise.mean() - TRUTH) / error < -10
    assert binomtest(n_listwise, N_REPLICATIONS).proportion_ci(0.999, method="exact").high < 0.9
