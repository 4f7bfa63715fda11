"""Effects of groups written in the language: a fit in the database is the one in memory, or refused as that is."""

import numpy as np
import pandas as pd
import pytest
from drawn_tables import REGRESSORS, Drawn, stored, table_of

from models.regression.fit import fit_regression
from models.regression.identification import ModelDataError
from models.regression.in_database.planner import fit_in_database

N = 8_000


def model_of(table, effects, weights=None, **changes):
    return Drawn(table, REGRESSORS["interaction"], weights).model(fixed_effects=effects, **changes)


@pytest.mark.parametrize(
    ("n", "effects", "covariance", "weights", "engine"),
    [
        (N, "organisation_id", "classical", None, "rows"),
        (N, "organisation_id", "HC1", "weight", "rows"),
        (N, "organisation_id", "CR1S", None, "blocks"),
        (N, "organisation_id", "CR2", None, "blocks"),
        (N, "organisation_id", "CR2", "weight", "blocks"),
        (N, "organisation_id", "CR3", None, "blocks"),
        (N, ("organisation_id", "wave"), "CR1S", None, "rows"),
        (900, "organisation_id", "CR2", None, "rows"),
    ],
)
def test_effects_are_those_of_a_fit_in_memory(n, effects, covariance, weights, engine):
    table = table_of(n, n_clusters=40)
    model = model_of(table, effects, weights, covariance=covariance)
    in_memory = fit_regression(model, table)
    found = fit_in_database(model, stored(table), ("analysis",), {})
    assert found.engine == engine
    pd.testing.assert_frame_equal(
        found.estimates(covariance), in_memory.estimates, rtol=1e-9, atol=1e-12, check_exact=False
    )
    assert (found.n_obs, found.df_resid) == (in_memory.n_obs, in_memory.df_resid)
    np.testing.assert_allclose(found.r_squared, in_memory.r_squared, rtol=1e-9)


def test_responses_that_are_all_alone_are_refused_in_the_same_words():
    table = table_of(300)
    table["organisation_id"] = [f"alone_{place}" for place in range(len(table))]
    model = model_of(table, "organisation_id", covariance="CR1S")
    with pytest.raises(ModelDataError, match="is alone in its group of organisation_id") as in_memory:
        fit_regression(model, table)
    with pytest.raises(ModelDataError) as in_database:
        fit_in_database(model, stored(table), ("analysis",), {})
    assert str(in_database.value) == str(in_memory.value)
