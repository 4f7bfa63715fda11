"""Many responses are computed in a database, with what fits of rows have of coefficients, columns and slopes."""

from contextlib import contextmanager
from unittest.mock import patch

import duckdb
import numpy as np
import pytest
from drawn_tables import AGE, CURVED_AGE, GENDER, ROLE, SPLINE, Drawn, table_of

from models.regression.fit import fit_regression
from models.regression.identification import ModelDataError
from models.regression.in_database import column_facts
from models.regression.large import FitTask, fit_at_any_size
from models.sections.regressors import Interaction, Variable
from tests.close_tables import assert_close

MANY = 5_500
TABLE = table_of(n=9_000, n_clusters=60)
TABLE = TABLE.assign(tenure=np.random.default_rng(4).gamma(2.0, 3.0, len(TABLE)))
TENURE = Variable(variable="tenure")
STANDARD_TENURE = Variable(variable="tenure", centre="grand_mean", standardise=True)
BY_ROWS = {"breusch_pagan_p", "reset_p", "residual_skewness", "residual_excess_kurtosis",
           "jarque_bera_p", "max_cooks_distance"}  # fmt: skip
OF_LEVERAGE = {"decided_by_one_cluster"}
OF_EFFECTS = {"max_vif", "condition_number", "max_generalised_vif", "r2_overall", "n_effects"}
OF_ROWS = {"without_one_cluster", "selection_ratio", "wild_bootstrap"}


@contextmanager
def database(rows):
    with duckdb.connect() as connection:
        connection.register("responses", rows)
        yield connection


def both(spec, many=MANY, table=TABLE):
    large = fit_at_any_size(FitTask(spec, {}, seed=3), table, database, many)
    return large, fit_regression(spec, table, {}, seed=3)


CASES = {
    "patterns": ((ROLE, AGE, Interaction(interaction=(AGE, ROLE))), "counted_patterns", {}),
    "weights": ((AGE, GENDER), "counted_patterns", {"weights": "weight"}),
    "numbers without end": ((TENURE, AGE, ROLE), "blocks", {}),
    "a product without end": (
        (TENURE, AGE, Interaction(interaction=(TENURE, AGE))), "blocks", {"covariance": "HC3", "cluster": None},
    ),
    "bent": ((STANDARD_TENURE, SPLINE), "blocks", {"weights": "weight"}),
    "a curve": ((CURVED_AGE, TENURE), "blocks", {"smallest_effect_of_interest": 0.05}),
    "effects": ((TENURE, ROLE), "blocks", {"fixed_effects": "organisation_id"}),
    "few clusters, patterns": (
        (ROLE, AGE, Interaction(interaction=(AGE, ROLE))), "counted_patterns", {"covariance": "CR2"},
    ),
    "few clusters, blocks": (
        (TENURE, ROLE, CURVED_AGE, Interaction(interaction=(TENURE, ROLE))), "blocks",
        {"covariance": "CR2", "weights": "weight"},
    ),
    "few clusters, CR3": ((TENURE, ROLE, AGE), "blocks", {"covariance": "CR3"}),
    "few clusters, effects": ((TENURE, ROLE), "blocks", {"fixed_effects": "organisation_id", "covariance": "CR2"}),
    "few clusters, weighted effects": (
        (TENURE, ROLE), "blocks", {"fixed_effects": "organisation_id", "covariance": "CR2", "weights": "weight"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_large_fit_is_the_fit_of_rows(case):
    regressors, engine, changes = CASES[case]
    weights = changes.get("weights")
    spec = Drawn(TABLE, regressors, weights).model(**{"covariance": "CR1S", **changes})
    large, rows = both(spec)
    assert (large.engine, rows.engine) == (engine, "rows")
    assert large.engine_reason.endswith(".")
    for name in ("model", "variant", "estimator", "covariance", "outcome", "n_obs", "n_clusters", "df_resid"):
        assert getattr(large, name) == getattr(rows, name), name
    assert large.r_squared == pytest.approx(rows.r_squared, rel=1e-9)
    assert large.data.equals(rows.data)
    assert_close(large.estimates, rows.estimates, ["term"])
    readings = rows.readings[~rows.readings["reading"].isin(OF_ROWS)]
    assert_close(large.readings, readings, ["term", "reading"])
    assert_close(large.joint_tests, rows.joint_tests, ["regressor"])
    assert_close(large.shapes.slopes, rows.shapes.slopes, ["focal_term", "moderator", "at"])
    assert_close(large.shapes.slope_regions, rows.shapes.slope_regions, ["focal_term", "moderator", "position"])
    assert_close(large.shapes.curves, rows.shapes.curves, ["curve", "over", "at", "focal_term", "position"])
    absent = BY_ROWS | OF_LEVERAGE | (OF_EFFECTS if spec.effects() else set())
    first, second = (each[~each["diagnostic"].isin(absent)] for each in (large.diagnostics, rows.diagnostics))
    assert_close(first, second, ["diagnostic"])


BINARY_CASES = {
    "a product": ((AGE, ROLE, Interaction(interaction=(AGE, ROLE))), {"covariance": "CR1S"}),
    "weights": ((AGE, GENDER), {"weights": "weight", "covariance": "HC1", "cluster": None}),
    "a curve": ((CURVED_AGE, GENDER), {"covariance": "classical", "cluster": None}),
    "a spline": ((SPLINE, ROLE), {"covariance": "CR0"}),
    "standardised": ((Variable(variable="age", standardise=True), ROLE), {"covariance": "CR1S"}),
}  # fmt: skip


@pytest.mark.parametrize("estimator", ["logit", "probit"])
@pytest.mark.parametrize("case", BINARY_CASES)
def test_a_large_fit_of_a_binary_outcome_is_the_fit_of_rows(case, estimator):
    regressors, changes = BINARY_CASES[case]
    drawn = Drawn(TABLE, regressors, changes.get("weights"))
    large, rows = both(drawn.model(**{"estimator": estimator, "bootstrap_draws": 0, **changes}))
    assert (large.engine, rows.engine) == ("counted_patterns", "rows")
    for name in ("model", "variant", "estimator", "covariance", "outcome", "n_obs", "n_clusters", "df_resid"):
        assert getattr(large, name) == getattr(rows, name), name
    assert large.data.equals(rows.data)
    assert_close(large.estimates, rows.estimates, ["term"])
    assert_close(large.readings, rows.readings, ["term", "reading"])
    assert_close(large.predictions, rows.predictions, ["held", "position"])
    assert_close(large.joint_tests, rows.joint_tests, ["regressor"])
    assert_close(large.shapes.slopes, rows.shapes.slopes, ["focal_term", "moderator", "at"])
    assert_close(large.shapes.curves, rows.shapes.curves, ["curve", "over", "at", "focal_term", "position"])
    assert_close(large.diagnostics, rows.diagnostics, ["diagnostic"])


@pytest.mark.parametrize(
    "changes",
    [{"estimator": "logit", "bootstrap_draws": 9}, {"cluster": ("organisation_id", "wave"), "covariance": "CR1S"}],
    ids=["bootstrap", "two ways"],
)
def test_what_no_engine_computes_is_computed_from_rows(changes):
    spec = Drawn(TABLE, (AGE, ROLE), None).model(**{"bootstrap_draws": 0, **changes})
    large, rows = both(spec)
    assert large.engine == "rows"
    assert large.estimates.equals(rows.estimates)
    assert large.diagnostics.equals(rows.diagnostics)


def test_few_complete_responses_are_computed_from_rows_though_the_table_is_long():
    spec = Drawn(TABLE, (AGE,), None).model(covariance="HC3", cluster=None)
    few = TABLE.assign(age=TABLE["age"].where(np.arange(len(TABLE)) < MANY - 1))
    large, rows = both(spec, table=few)
    assert large.engine == "rows"
    assert large.estimates.equals(rows.estimates)


def test_many_responses_that_carry_no_model_are_refused_in_the_words_of_rows():
    spec = Drawn(TABLE, (AGE, "score", "age_and_score"), None).model()
    told = []
    for fit in (lambda: fit_at_any_size(FitTask(spec, {}), TABLE, database, MANY), lambda: fit_regression(spec, TABLE)):
        with pytest.raises(ModelDataError, match="cannot be told apart") as raised:
            fit()
        told.append(str(raised.value))
    assert told[0] == told[1]


def test_columns_that_blocks_were_factored_of_are_not_factored_again_to_be_told():
    spec = Drawn(TABLE, (TENURE, AGE, ROLE), None).model(covariance="CR1S")
    with patch.object(column_facts, "factor", side_effect=AssertionError("factored twice")):
        assert fit_at_any_size(FitTask(spec, {}, seed=3), TABLE, database, MANY).engine == "blocks"
