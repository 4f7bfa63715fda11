"""How often intervals of an indirect effect hold the true one when rows come in clusters."""

import numpy as np
import pandas as pd
import pytest

from models.paths.mediated import Inference, Responses, fit_mediation
from models.paths.mediation import Mediation
from tests.models.paths.rates import binomial_interval
from tests.models.paths.talor import interval

N_WHOLE, N_SINGLE, N_CLUSTERS, SIZE = 200, 80, 40, 15
TRUE = 0.4 * 0.4


def clustered(rng):
    group = np.repeat(np.arange(N_CLUSTERS), SIZE)
    x = rng.normal(size=N_CLUSTERS)[group]
    m = 0.4 * x + rng.normal(size=N_CLUSTERS)[group] * 0.6 + rng.normal(size=len(group)) * 0.8
    y = 0.4 * m + rng.normal(size=len(group))
    return pd.DataFrame({"x": x, "m": m, "y": y, "group": group})


def holds(rng, has_clusters):
    data = clustered(rng)
    inference = Inference("CR2" if has_clusters else "HC3", 500, 5_000)
    groups = data["group"] if has_clusters else None
    fit = fit_mediation(Mediation("x", ("m",), "y"), Responses(data, groups), rng, inference=inference)
    ends = [interval(fit, "x -> m -> y", method) for method in ("percentile", "bca", "monte_carlo")]
    return [low <= TRUE <= high for low, high in ends]


@pytest.mark.slow
def test_intervals_over_clusters_cover_and_those_over_rows_do_not():
    rng = np.random.default_rng(20261127)
    whole = np.array([holds(rng, has_clusters=True) for _ in range(N_WHOLE)]).sum(axis=0)
    single = np.array([holds(rng, has_clusters=False) for _ in range(N_SINGLE)]).sum(axis=0)
    for covered in whole:
        low, high = binomial_interval(int(covered), N_WHOLE, 0.99)
        assert low <= 0.95 <= high
    for covered in single:
        assert binomial_interval(int(covered), N_SINGLE, 0.99)[1] < 0.9
