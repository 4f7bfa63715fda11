"""Patterns are counted without a look at the responses first where that finds the same, and else after one."""

import duckdb
import numpy as np
import pandas as pd
import pytest
from analysis_tables import model_of
from drawn_tables import AGE, GENDER, ROLE, stored, table_of

from models.regression.identification import ModelDataError
from models.regression.in_database.counted import fit_counted
from models.regression.in_database.counted_binary import fit_counted_binary
from models.regression.in_database.patterns import count_patterns
from models.regression.in_database.planner import fit_in_database
from models.regression.in_database.responses import look_at_responses
from models.sections.population import Population
from models.sections.regressors import Variable

N = 12_000
RELATION = ("analysis",)
COVARIANCES = ("classical", "HC3", "CR1S")
FLAG = Variable(variable="flag", use="category")


def model(*regressors, **changes):
    given = {"outcome": "score_of_trust", "cluster": "organisation_id", **changes}
    return model_of(*(regressors or (ROLE, GENDER, AGE)), **given)


def table_with(change=lambda table: {}):
    table = table_of(N, n_clusters=80)
    return table.assign(**change(table))


def texts(values):
    return lambda table: {"gender": np.random.default_rng(3).choice(values, N)}


def clusters(of):
    return lambda table: {"organisation_id": of(np.random.default_rng(4).integers(0, 40, N))}


def after_a_look(spec, connection):
    fit = fit_counted if spec.estimator == "linear" else fit_counted_binary
    return fit(count_patterns(look_at_responses(spec, connection, RELATION)), {}, COVARIANCES, 1, "")


def assert_same(found, looked):
    assert (found.terms, found.n_obs, found.n_clusters) == (looked.terms, looked.n_obs, looked.n_clusters)
    np.testing.assert_allclose(found.coefficients, looked.coefficients, rtol=1e-10)
    for kind, sure in looked.uncertainties.items():
        np.testing.assert_allclose(found.uncertainties[kind].errors, sure.errors, rtol=1e-10, err_msg=kind)


@pytest.mark.parametrize(
    ("spec", "change"),
    [
        (model(), lambda table: {}),
        (model(cluster=None), lambda table: {}),
        (model(), texts(["it's", 'so "said"', "", " ", "é", "e\u0301", "日本", "a", "A"])),
        (model(), lambda table: {"age": table["age"].astype("Int32") - 70_000, "role": table["role"] - 3}),
        (model(FLAG, AGE), lambda table: {"flag": pd.Categorical(table["gender"])}),
        (model(weights="weight"), lambda table: {"weight": 1 + np.arange(N) % 3}),
        (model(estimator="logit", outcome="took_part"), lambda table: {}),
        (model(estimator="logit", outcome="took_part"), lambda table: {"took_part": table["took_part"] == 1}),
        (model(population=Population(waves=("w1", "w2"), respondent_groups=("frontline",))), lambda table: {}),
        (model(), clusters(lambda codes: codes - 20)),
        (model(), clusters(lambda codes: codes / 3)),
        (model(), clusters(lambda codes: pd.Timestamp("2026-01-30") + pd.to_timedelta(codes, unit="D"))),
        (model(), clusters(lambda codes: codes < 11)),
        (model(), clusters(lambda codes: pd.Categorical([f"z{100 - code}" for code in codes]))),
    ],
    ids=[
        "plain", "no clusters", "texts", "negative numbers", "enum", "weights", "logit", "logit of true and false",
        "population", "clusters by number", "by fraction", "by date", "by truth", "by enum",
    ],
)  # fmt: skip
def test_without_a_look_the_fit_is_that_after_one(spec, change):
    connection = stored(table_with(change))
    found = fit_in_database(spec, connection, RELATION, {}, COVARIANCES if spec.cluster else COVARIANCES[:2])
    assert "about" not in found.reason
    assert found.engine == "counted_patterns"
    if spec.cluster:
        assert_same(found, after_a_look(spec, connection))


def test_names_of_columns_do_not_get_mixed_up():
    names = {"gender": "outcome", "role": "value", "age": "place", "organisation_id": "key", "score_of_trust": "code"}
    table = table_with()
    plain = fit_in_database(model(), stored(table), RELATION, {}, COVARIANCES)
    category = {"use": "category"}
    renamed = model(
        Variable(variable="value", **category), Variable(variable="outcome", **category), "place",
        outcome="code", cluster="key",
    )  # fmt: skip
    found = fit_in_database(renamed, stored(table.rename(columns=names)), RELATION, {}, COVARIANCES)
    assert found.engine == "counted_patterns"
    np.testing.assert_array_equal(found.coefficients, plain.coefficients)
    np.testing.assert_allclose(found.uncertainties["CR1S"].errors, plain.uncertainties["CR1S"].errors, rtol=1e-12)


def test_clusters_and_codes_that_no_complete_response_has_do_not_count():
    table = table_with(lambda table: {"wave": np.where(np.arange(N) < N - 200, "w1", "w2")})
    late = table["wave"] == "w2"
    table.loc[late, "organisation_id"], table.loc[late, "gender"], table.loc[late, "role"] = "a late one", "x", 9
    spec = model(population=Population(waves=("w1",)))
    whole, early = (
        fit_in_database(spec, stored(each), RELATION, {}, COVARIANCES) for each in (table, table[~late])
    )  # fmt: skip
    assert whole.terms == early.terms
    assert whole.n_clusters == early.n_clusters
    np.testing.assert_allclose(whole.coefficients, early.coefficients, rtol=1e-12)
    np.testing.assert_allclose(whole.uncertainties["CR1S"].errors, early.uncertainties["CR1S"].errors, rtol=1e-12)


def test_texts_are_told_apart_by_their_bytes_whatever_the_collation():
    table = table_with(texts(["a", "A", "b"]))
    table["organisation_id"] = np.where(np.arange(N) % 2, "org", "ORG") + (pd.Series(np.arange(N) % 30).astype(str))
    plain = fit_in_database(model(), stored(table), RELATION, {}, COVARIANCES)
    connection = stored(table, "given")
    columns = ", ".join(
        f"{name} COLLATE NOCASE AS {name}" if name in ("gender", "organisation_id") else name for name in table
    )
    connection.execute(f"CREATE TABLE analysis AS SELECT {columns} FROM given")
    found = fit_in_database(model(), connection, RELATION, {}, COVARIANCES)
    assert found.n_clusters == plain.n_clusters
    np.testing.assert_array_equal(found.coefficients, plain.coefficients)


def test_the_same_responses_in_any_order_give_the_same_bits_without_a_look():
    table = table_of(40_000, n_clusters=300)
    found = [
        fit_in_database(model(), stored(each), RELATION, {}, COVARIANCES)
        for each in (table, table.sample(frac=1, random_state=2))
    ]
    assert found[0].reason == found[1].reason
    assert found[0].coefficients.tobytes() == found[1].coefficients.tobytes()
    for kind in COVARIANCES:
        one, other = (each.uncertainties[kind].covariance for each in found)
        assert one.tobytes() == other.tobytes()


def with_incomplete(**values):
    """Change a response that has no age."""
    return lambda table: (
        {column: table[column].astype("Float64").where(np.arange(N) != 7, value) for column, value in values.items()}
        | {"age": table["age"].where(np.arange(N) != 7)}
    )


@pytest.mark.parametrize(
    ("spec", "change"),
    [
        (model(FLAG, AGE), lambda table: {"flag": table["role"] > 2}),
        (model("score", AGE), lambda table: {}),
        (model(GENDER, AGE), texts([f"text {number}" for number in range(41)])),
        (model(), lambda table: {"age": table["age"].astype("Int32") * 100_000}),
        (model(), with_incomplete(score_of_trust=np.inf)),
        (model(), with_incomplete(score_of_trust=1e30)),
        (model(weights="weight"), lambda table: {}),
        (model(weights="weight"), with_incomplete(weight=0)),
        (model(estimator="logit", outcome="took_part"), with_incomplete(took_part=2)),
    ],
    ids=[
        "truth", "fractions", "many texts", "far apart", "infinite", "outlier", "fractional weights",
        "weight of nought", "outcome of two",
    ],
)  # fmt: skip
def test_what_takes_a_look_is_looked_at(spec, change):
    connection = stored(table_with(change))
    found = fit_in_database(spec, connection, RELATION, {}, COVARIANCES)
    assert "have about" in found.reason
    assert found.engine == "counted_patterns"
    assert_same(found, after_a_look(spec, connection))


@pytest.mark.parametrize(
    ("spec", "change", "words"),
    [
        (model(), lambda table: {"score_of_trust": 3.0}, "is the same in all"),
        (model(), lambda table: {"score_of_trust": table["age"].isna() + 0.5}, "is the same in all"),
        (model(), lambda table: {"age": pd.array([pd.NA] * N, dtype="Int16")}, "complete"),
        (model(population=Population(waves=("w9",))), lambda table: {}, "none belongs to the population"),
        (model(weights="weight"), lambda table: {"weight": np.arange(N) % 2}, "weight"),
        (model(estimator="logit", outcome="took_part"), lambda table: {"took_part": table["took_part"] * 2}, "0"),
        (model(), lambda table: {"role": table["age"]}, "cannot be told apart"),
    ],
    ids=["constant", "constant where complete", "none complete", "none", "weights", "outcome", "dependent"],
)
def test_refusals_are_in_the_words_of_a_look(spec, change, words):
    connection = stored(table_with(change))
    with pytest.raises(ModelDataError, match=words) as without:
        fit_in_database(spec, connection, RELATION, {}, COVARIANCES)
    with pytest.raises(ModelDataError) as looked:
        after_a_look(spec, connection)
    assert str(without.value).partition("told apart:")[0] == str(looked.value).partition("told apart:")[0]


def test_a_view_is_counted_as_a_table_is():
    table = table_with()
    connection = duckdb.connect()
    connection.register("given", table)
    connection.execute("CREATE VIEW analysis AS SELECT * FROM given")
    found = fit_in_database(model(), connection, RELATION, {}, COVARIANCES)
    np.testing.assert_array_equal(
        found.coefficients, fit_in_database(model(), stored(table), RELATION, {}, COVARIANCES).coefficients
    )
