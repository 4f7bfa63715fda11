"""Fits of drawn tables and models: all that is told of them from a database is what is told of rows in memory."""

from contextlib import contextmanager
from unittest.mock import patch

import duckdb
import pandas as pd
import pytest
from drawn_tables import REGRESSORS, Drawn, table_of
from hypothesis import given, settings
from hypothesis import strategies as st

from models.regression.fit import fit_regression
from models.regression.fit_task import FitTask
from models.regression.identification import ModelDataError
from models.regression.in_database import planner
from models.regression.large import fit_at_any_size

LINEAR, BINARY = ("HC1", "CR1S", "CR2", "CR3"), ("classical", "HC1", "CR0", "CR1S")
OF_ROWS = {"breusch_pagan_p", "reset_p", "residual_skewness", "residual_excess_kurtosis", "jarque_bera_p",
           "max_cooks_distance", "decided_by_one_cluster"}  # fmt: skip
LEFT_OUT = {"without_one_cluster", "selection_ratio", "wild_bootstrap"}


@contextmanager
def database(rows):
    with duckdb.connect() as connection:
        connection.register("responses", rows)
        yield connection


@st.composite
def cases(draw):
    table = table_of(
        n=draw(st.integers(200, 500)),
        seed=draw(st.integers(0, 10_000)),
        share_missing=draw(st.sampled_from([0.0, 0.05, 0.2])),
        n_clusters=draw(st.sampled_from([25, 60])),
    )
    regressors = REGRESSORS[draw(st.sampled_from(sorted(REGRESSORS)))]
    return Drawn(table, regressors, draw(st.sampled_from([None, "weight"])))


def told(fit):
    try:
        return fit(), ""
    except ModelDataError as refused:
        return None, str(refused)


def assert_close(found, expected, keys):
    left, right = (each.set_index(keys).sort_index() for each in (found, expected))
    assert left.index.equals(right.index)
    for column in left.select_dtypes("number"):
        assert left[column].to_numpy(float) == pytest.approx(
            right[column].to_numpy(float), rel=1e-9, abs=1e-9, nan_ok=True
        )
    for column in left.select_dtypes(exclude="number"):
        assert left[column].tolist() == right[column].tolist()


def compare(case, estimator, covariance):
    clustered = {} if covariance.startswith("CR") else {"cluster": None}
    model = case.model(estimator, covariance=covariance, bootstrap_draws=0, **clustered)
    with patch.object(planner, "FEW_RESPONSES", 0):
        large, refused = told(lambda: fit_at_any_size(FitTask(model, {}), case.table, database, 1))
    rows, refused_too = told(lambda: fit_regression(model, case.table))
    assert refused.partition("told apart:")[0] == refused_too.partition("told apart:")[0]
    if large is None or rows is None or large.engine == "rows":
        return
    assert_close(large.estimates, rows.estimates, ["term"])
    assert_close(large.readings, rows.readings[~rows.readings["reading"].isin(LEFT_OUT)], ["term", "reading"])
    assert_close(large.joint_tests, rows.joint_tests, ["regressor"])
    assert_close(large.predictions, rows.predictions, ["held", "position"])
    assert_close(large.shapes.slopes, rows.shapes.slopes, ["focal_term", "moderator", "at"])
    assert_close(large.shapes.slope_regions, rows.shapes.slope_regions, ["focal_term", "moderator", "position"])
    assert_close(large.shapes.curves, rows.shapes.curves, ["curve", "over", "at", "focal_term", "position"])
    first, second = (each[~each["diagnostic"].isin(OF_ROWS)] for each in (large.diagnostics, rows.diagnostics))
    assert_close(first, second, ["diagnostic"])
    assert pd.Series(large.engine_reason).str.contains("Left out: ").all()


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(cases(), st.sampled_from(LINEAR))
def test_all_that_is_told_of_a_drawn_linear_model_is_that_of_rows(case, covariance):
    compare(case, "linear", covariance)


@pytest.mark.slow
@settings(max_examples=10, deadline=None)
@given(cases(), st.sampled_from(["logit", "probit"]), st.sampled_from(BINARY))
def test_all_that_is_told_of_a_drawn_binary_model_is_that_of_rows(case, estimator, covariance):
    compare(case, estimator, covariance)
