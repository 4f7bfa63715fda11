"""Too few clusters: a model is refused where they cannot tell how sure its coefficients are, at any size."""

from contextlib import contextmanager

import duckdb
import numpy as np
import pytest
from analysis_tables import invented_analysis, model_of

from models.regression.fit import fit_regression
from models.regression.identification import ModelDataError
from models.regression.large import FitTask, fit_at_any_size

TOO_FEW = r"{} clusters of 'organisation_id' are too few: 'budget' does not vary .* decide {} coefficients"


def answers(n_organisations):
    """Return answers in organisations, with a budget and a size of each."""
    table = invented_analysis()
    place = np.arange(len(table)) % n_organisations
    size = np.array([10.0, 30.0, 25.0, 60.0])[place]
    budget = np.array([1.0, 2.0, 4.5, 3.0])[place]
    return table.assign(organisation_id=[f"org{each}" for each in place], budget=budget, size=size)


@contextmanager
def database(rows):
    with duckdb.connect() as connection:
        connection.register("responses", rows)
        yield connection


@pytest.mark.parametrize("covariance", ["CR1S", "CR2", "CR3"])
@pytest.mark.parametrize(
    ("n_organisations", "facts", "n_decided"),
    [(2, ("budget",), 2), (3, ("budget", "size"), 3), (2, (), 0), (3, ("budget",), 0), (4, ("budget", "size"), 0)],
)
def test_facts_about_as_few_organisations_as_coefficients_are_refused(n_organisations, facts, n_decided, covariance):
    focal = facts[0] if facts else "trust"
    model = model_of("trust", *facts, focal=focal, cluster="organisation_id", covariance=covariance)
    table = answers(n_organisations)
    if not n_decided:
        assert fit_regression(model, table).n_clusters == n_organisations
        return
    told = TOO_FEW.format(n_organisations, n_decided)
    with pytest.raises(ModelDataError, match=told):
        fit_regression(model, table)
    if covariance != "CR1S":
        with pytest.raises(ModelDataError, match=told):
            fit_at_any_size(FitTask(model, {}), table, database, many=10)


def test_what_varies_within_few_organisations_is_fitted_beside_facts_about_them():
    fit = fit_regression(model_of("trust", "budget", focal="trust", cluster="organisation_id"), answers(2))
    found = fit.diagnostics.set_index("diagnostic")
    assert found.loc["decided_by_one_cluster", "verdict"] == "look"


@pytest.mark.parametrize("covariance", ["CR2", "CR3"])
def test_a_fact_that_sets_one_of_two_organisations_apart_is_refused_in_words(covariance):
    table = answers(2)
    table = table.assign(is_pilot=(table["organisation_id"] == "org0").astype(float))
    model = model_of("is_pilot", focal="is_pilot", cluster="organisation_id", covariance=covariance)
    with pytest.raises(ModelDataError, match=TOO_FEW.format(2, 2).replace("budget", "is_pilot")):
        fit_regression(model, table)
    with pytest.raises(ModelDataError, match="2 clusters of 'organisation_id' are too few"):
        fit_at_any_size(FitTask(model, {}), table, database, many=10)
