"""Which responses a database gives to a model, and in which words it refuses them: those of the table in memory."""

import numpy as np
import pandas as pd
import pytest
from analysis_tables import model_of
from drawn_tables import AGE, GENDER, ROLE, stored, table_of

from models.regression.design import build_design, excluded_column
from models.regression.identification import ModelDataError
from models.regression.in_database.connection import frame
from models.regression.in_database.planner import FEW_RESPONSES, choose_engine, fit_in_database
from models.regression.in_database.query import complete_rows, kinds_of
from models.regression.in_database.responses import look_at_responses
from models.sections.population import Population


def model(*regressors, **changes):
    return model_of(*(regressors or (AGE, ROLE)), **{"outcome": "score_of_trust", **changes})


@pytest.mark.parametrize(
    "population",
    [
        Population(),
        Population(waves=("w2",)),
        Population(respondent_groups=("frontline", "manager"), sources=("survey",)),
        Population(waves=("w1", "w2"), without="speeders"),
    ],
    ids=["all", "a wave", "groups and a source", "without those of a rule"],
)
@pytest.mark.parametrize("changes", [{}, {"weights": "weight"}, {"cluster": "organisation_id"}], ids=str)
def test_a_database_gives_the_responses_of_the_table(population, changes):
    table = table_of(300)
    table[excluded_column("speeders")] = np.arange(300) % 7 == 0
    asked = model(population=population, **changes)
    connection = stored(table)
    query = complete_rows(asked, ("analysis",), kinds_of(connection, ("analysis",)), ["response_id"])
    given = frame(connection, query).sort_values("response_id")["response_id"]
    assert given.tolist() == build_design(asked, table, {}).rows["response_id"].tolist()


def with_value(column, value, at=3):
    def change(table):
        changed = table.assign(**{column: table[column].astype("float64")})
        changed.loc[at, column] = value
        return changed

    return change


@pytest.mark.parametrize(
    ("change", "asked"),
    [
        (with_value("score", np.inf), model(AGE, "score")),
        (with_value("score_of_trust", -np.inf), model()),
        (with_value("weight", 0.0), model(weights="weight")),
        (with_value("weight", np.inf), model(weights="weight")),
        (lambda t: t, model(AGE, "tenure")),
        (lambda t: t, model(population=Population(waves=("w9",), sources=("survey",)))),
        (lambda t: t.assign(age=pd.array([pd.NA] * len(t), dtype="Int16")), model()),
        (lambda t: t.assign(score_of_trust=2.0), model()),
        (lambda t: t.assign(organisation_id="one"), model(cluster="organisation_id", covariance="CR1S")),
        (lambda t: t.assign(gender="m"), model(GENDER)),
        (lambda t: t.head(2), model()),
        (lambda t: t.assign(took_part=t["took_part"].fillna(0) + 1), model(estimator="logit", outcome="took_part")),
        (lambda t: t.assign(took_part=1), model(estimator="logit", outcome="took_part")),
    ],
    ids=[
        "infinite regressor", "infinite outcome", "weight of nought", "infinite weight", "absent column",
        "empty population", "nobody answered", "constant outcome", "one cluster", "one category",
        "fewer responses than coefficients", "an outcome of 1 and 2", "an outcome of 1",
    ],
)  # fmt: skip
def test_a_database_refuses_in_the_words_of_the_table(change, asked):
    table = change(table_of(60))
    with pytest.raises(ModelDataError) as in_memory:
        build_and_fit(asked, table)
    with pytest.raises(ModelDataError) as in_database:
        fit_in_database(asked, stored(table), ("analysis",), {})
    assert str(in_database.value) == str(in_memory.value)


def build_and_fit(asked, table):
    from models.regression.fit import fit_regression  # noqa: PLC0415

    return fit_regression(asked, table)


def test_a_text_used_as_a_number_is_refused():
    with pytest.raises(ModelDataError, match=r"'gender' holds VARCHAR, expected numbers; write .*use: category"):
        fit_in_database(model("gender"), stored(table_of(60)), ("analysis",), {})


def test_names_with_quotes_are_names():
    name = 'my "table"; DROP TABLE analysis'
    found = fit_in_database(model(), stored(table_of(60), name), (name,), {})
    assert found.n_obs == len(build_design(model(), table_of(60), {}).rows)


def test_values_are_no_part_of_a_question():
    table = table_of(60).assign(wave="w' OR 1=1 --")
    asked = model(population=Population(waves=("w1",)))
    with pytest.raises(ModelDataError, match="none belongs to the population"):
        fit_in_database(asked, stored(table), ("analysis",), {})


@pytest.mark.parametrize(
    ("n", "regressors", "changes", "engine", "reason"),
    [
        (200, (AGE, ROLE), {}, "rows", "few enough to be computed one by one"),
        (FEW_RESPONSES + 3_000, (AGE, ROLE), {}, "counted_patterns", "different patterns of regressors, few enough"),
        (FEW_RESPONSES + 3_000, (AGE, "noise"), {}, "blocks", "too many to be counted; they are read in blocks"),
        (
            FEW_RESPONSES + 3_000, (AGE, "noise"), {"estimator": "logit", "outcome": "took_part"}, "rows",
            "too many to be counted, and logit has no other engine",
        ),
        (
            FEW_RESPONSES + 3_000, (AGE,), {"cluster": ("organisation_id", "wave")}, "rows",
            "Clusters in two ways are computed from rows only",
        ),
        (200, (AGE,), {"estimator": "poisson", "outcome": "took_part"}, "rows", "poisson is computed from rows only"),
    ],
    ids=["few", "patterns", "numbers", "binary numbers", "two ways", "counts"],
)  # fmt: skip
def test_the_engine_follows_from_size_patterns_and_model(n, regressors, changes, engine, reason):
    table = table_of(n).assign(noise=np.random.default_rng(2).normal(size=n))
    responses = look_at_responses(model(*regressors, **changes), stored(table), ("analysis",))
    chosen, why = choose_engine(responses, (responses.spec.covariance_used(),))
    assert (chosen, reason in why) == (engine, True)


@pytest.mark.parametrize(
    ("covariances", "changes", "message"),
    [
        (("CR1S",), {}, "needs a model with a cluster"),
        (("CR3",), {"estimator": "logit", "outcome": "took_part", "cluster": "organisation_id"}, "no covariance CR3"),
        (("CR2",), {"cluster": ("organisation_id", "wave")}, "two clusters have covariance CR1S"),
    ],
)
def test_covariances_that_a_model_does_not_have_are_refused(covariances, changes, message):
    with pytest.raises(ValueError, match=message):
        fit_in_database(model(**changes), stored(table_of(60)), ("analysis",), {}, covariances)
