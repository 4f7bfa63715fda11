"""A random intercept of many responses is computed where they lie, and is the one of rows in memory."""

from contextlib import contextmanager
from dataclasses import replace

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.multilevel.mixed_model import fit_mixed, fit_problem
from models.multilevel.random_terms import random_intercept
from models.multilevel.summed_rows import factor_in_groups, sum_rows
from models.regression.fit import fit_regression
from models.regression.fit_task import FitTask
from models.regression.identification import ModelDataError
from models.regression.in_database.blocks import Block
from models.regression.large import fit_at_any_size
from models.sections.random_effects import RandomEffects
from models.sections.regressors import Interaction, Variable
from models.spec import RegressionSpec
from tests.close_tables import assert_close

AGE, ROLE = Variable(variable="age"), Variable(variable="role", use="category")
BY_ROLE = Interaction(interaction=(AGE, ROLE))
CURVED = Variable(variable="age", centre="grand_mean", polynomial=2)
REGRESSORS = {
    "a number": (AGE,),
    "a product": (AGE, ROLE, BY_ROLE),
    "a curve": (CURVED, "level"),
    "a spline": (Variable(variable="age", spline=3), ROLE),
    "between groups": ("level", AGE),
    "dependent": (AGE, "score", "age_and_score"),
    "constant": (AGE, "constant"),
}
WORDS = ({}, {"likelihood": "ML"}, {"degrees_of_freedom": "kenward_roger"}, {"smallest_effect_of_interest": 0.1})
TABLES = {
    "estimates": ["term"],
    "diagnostics": ["diagnostic"],
    "readings": ["term", "reading"],
    "joint_tests": ["regressor"],
}


def table_of(n, n_groups, seed=1, deviation=0.5, share_missing=0.05):
    """Return n responses of groups that differ by a standard deviation; one in twenty is a group by itself."""
    draw = np.random.default_rng(seed)
    group = np.where(np.arange(n) < n // 20, n_groups + np.arange(n), draw.integers(0, n_groups, n))
    own, level = deviation * draw.normal(size=n_groups + n), np.round(draw.normal(size=n_groups + n), 1)
    role, age, score = draw.integers(1, 5, n), draw.integers(20, 60, n), draw.integers(5, 12, n) / 5
    outcome = 2 + 0.3 * role + 0.05 * age - 0.2 * score + 0.1 * level[group] + own[group] + draw.normal(size=n)
    table = pd.DataFrame(
        {
            "response_id": [f"w1/{number:05d}" for number in range(n)],
            "wave": "w1",
            "source": "survey",
            "respondent_group": "frontline",
            "organisation_id": np.array([f"org{code}" for code in group], dtype=object),
            "region": draw.choice(["north", "south", "west"], n),
            "role": pd.Series(role, dtype="Int16"),
            "age": pd.Series(age, dtype="Int16"),
            "score": pd.Series(score, dtype="Float64"),
            "level": level[group],
            "age_and_score": pd.Series(age + 2 * score, dtype="Float64"),
            "constant": 3.0,
            "trust": pd.Series(np.round(outcome, 1), dtype="Float64"),
        }
    )
    for column in ("role", "age", "trust", "organisation_id"):
        table.loc[draw.random(n) < share_missing, column] = pd.NA
    return table


TABLE = table_of(1_200, 40)


def model_of(*regressors, **changes):
    given = {
        "name": "trust",
        "kind": "regression",
        "title": {"en": "Trust"},
        "estimand": "Difference in trust",
        "outcome": "trust",
        "estimator": "mixed",
        "random_effects": (RandomEffects(groups="organisation_id"),),
        "regressors": regressors,
        "focal": regressors[0],
    }
    return RegressionSpec(**{**given, **changes})


@contextmanager
def database(rows):
    with duckdb.connect() as connection:
        connection.register("responses", rows)
        yield connection


@pytest.fixture(autouse=True, scope="module")
def as_many_rows():
    """Rows in memory are told as those beyond which no profiles are followed, as in a database."""
    with pytest.MonkeyPatch.context() as changed:
        changed.setattr("models.multilevel.readings.MOST_PROFILED", 0)
        yield


def large_fit(spec, table, many=1):
    return fit_at_any_size(FitTask(spec, {}), table, database, many)


def assert_alike(found, expected):
    for name in ("model", "variant", "estimator", "covariance", "outcome", "n_obs", "n_clusters", "df_resid"):
        assert getattr(found, name) == getattr(expected, name), name
    assert found.r_squared == pytest.approx(expected.r_squared, rel=1e-9)
    assert found.data.equals(expected.data)
    for name, keys in TABLES.items():
        assert_close(getattr(found, name), getattr(expected, name), keys)
    assert_close(found.shapes.slopes, expected.shapes.slopes, ["focal_term", "moderator", "at"])
    assert_close(found.shapes.slope_regions, expected.shapes.slope_regions, ["focal_term", "moderator", "position"])
    assert_close(found.shapes.curves, expected.shapes.curves, ["curve", "over", "at", "focal_term", "position"])


@pytest.mark.parametrize(
    ("name", "words"), zip(["a product", "a curve", "between groups", "a spline"], WORDS, strict=True), ids=str
)
def test_a_random_intercept_where_responses_lie_is_the_one_of_rows(name, words):
    spec = model_of(*REGRESSORS[name], **words)
    large = large_fit(spec, TABLE)
    assert large.engine == "blocks"
    assert "have a random intercept of organisation_id; they are summed by its" in large.engine_reason
    assert_alike(large, fit_regression(spec, TABLE))


@st.composite
def cases(draw):
    table = table_of(
        n=draw(st.integers(20, 400)),
        n_groups=draw(st.sampled_from([1, 3, 12, 60])),
        seed=draw(st.integers(0, 10_000)),
        deviation=draw(st.sampled_from([0.0, 0.2, 3.0])),
        share_missing=draw(st.sampled_from([0.0, 0.05, 0.3])),
    )
    return table, model_of(*REGRESSORS[draw(st.sampled_from(sorted(REGRESSORS)))], **draw(st.sampled_from(WORDS)))


def told(fit):
    try:
        return fit(), ""
    except ModelDataError as refused:
        return None, str(refused)


def compare(table, spec):
    large, refused = told(lambda: large_fit(spec, table))
    rows, refused_too = told(lambda: fit_regression(spec, table))
    assert refused.partition("told apart:")[0] == refused_too.partition("told apart:")[0]
    if large is not None and rows is not None:
        assert large.engine == "blocks"
        assert_alike(large, rows)


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(cases())
def test_all_that_is_told_of_a_drawn_random_intercept_is_that_of_rows(case):
    compare(*case)


def test_a_variance_of_nought_is_at_its_bound_in_both():
    draw = np.random.default_rng(2)
    table = TABLE.assign(trust=draw.normal(size=len(TABLE)))
    large = large_fit(model_of(AGE, ROLE), table)
    values = large.diagnostics.set_index("diagnostic")["value"]
    assert (values["icc"], values["singular"]) == (0.0, 1.0)
    assert_alike(large, fit_regression(model_of(AGE, ROLE), table))


REFUSED = {
    "one group": ({"organisation_id": "a"}, "belong to 1 group"),
    "groups of one": ({"organisation_id": TABLE["response_id"]}, "cannot be told from the residuals"),
    "one outcome": ({"trust": 3.0}, "is the same in all"),
    "groups told apart": ({"organisation_id": np.where(TABLE["level"] > 0, "a", "b"), "age": TABLE["level"] > 0},
                          "2 groups of 'organisation_id' are told apart by 2 coefficients"),
    "nothing left": ({"trust": 2.0 + 0.5 * TABLE["age"].astype(float)}, "without residuals"),
    "nothing within groups": (
        {"trust": TABLE["organisation_id"].str.removeprefix("org").astype(float).map(np.sin)}, "within groups",
    ),
    "an answer without end": ({"age": TABLE["age"].astype(float).where(TABLE.index > 0, np.inf)}, "infinite"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_carries_no_random_intercept_is_refused_in_the_words_of_rows(case):
    changes, words = REFUSED[case]
    table, spec = TABLE.assign(**changes), model_of(AGE)
    found, expected = (told(fit)[1] for fit in (lambda: large_fit(spec, table), lambda: fit_regression(spec, table)))
    assert words in found
    assert found == expected


REGION = RandomEffects(groups="region")
OF_ROWS = {
    "slopes": ({"random_effects": (RandomEffects(groups="organisation_id", slopes=(AGE,)),)}, "Random slopes"),
    "two kinds": ({"random_effects": (RandomEffects(groups="organisation_id"), REGION)}, "several kinds of groups"),
    "joined": ({"random_effects": (RandomEffects(groups=("organisation_id", "region")),)}, "several columns name"),
    "clusters": ({"cluster": "organisation_id", "covariance": "CR2"}, "Clusters beside random effects"),
}  # fmt: skip


@pytest.mark.parametrize("case", OF_ROWS)
def test_what_is_not_computed_there_comes_into_memory_with_the_reason(case):
    changes, words = OF_ROWS[case]
    table = table_of(600, 30)
    found = large_fit(model_of(AGE, **changes), table)
    assert found.engine == "rows"
    assert words in found.engine_reason
    assert found.estimates.equals(fit_regression(model_of(AGE, **changes), table).estimates)
    assert not large_fit(model_of(AGE, **changes), table, many=601).engine_reason


def drawn_rows(seed=3, n=300, n_groups=20):
    draw = np.random.default_rng(seed)
    groups = pd.factorize(draw.integers(0, n_groups, n))[0]
    columns = np.vstack([np.ones(n), draw.normal(50, 3, n), draw.random(n) < 0.4])
    outcome = 7 + columns[1] / 4 + draw.normal(size=n) + draw.normal(size=n_groups)[groups]
    matrix = pd.DataFrame(columns.T, columns=["intercept", "x", "z"])
    return Block(columns, outcome, None, groups), matrix


def summed_of(rows, size=70):
    def blocks():
        for start in range(0, len(rows.outcome), size):
            part = slice(start, start + size)
            yield Block(rows.columns[:, part], rows.outcome[part], None, rows.clusters[part])

    return sum_rows(blocks, *factor_in_groups(blocks))


@pytest.mark.parametrize("method", ["REML", "ML"])
def test_the_second_engine_is_that_of_rows_in_memory(method):
    rows, matrix = drawn_rows()
    summed = summed_of(rows)
    problem = summed.problem(tuple(matrix), "g", range(20), method)
    term = random_intercept("g", pd.Series(rows.clusters))
    model = fit_mixed(pd.Series(rows.outcome, name="y"), matrix, [term], None, method)
    points = [np.array([place]) for place in (0.0, 0.1, 1.0, 7.0)]
    expected = [model.problem.solve(point).value + model.problem.constant() for point in points]
    assert summed.criteria(problem, points) == pytest.approx(expected, rel=1e-13)
    again = [problem.solve(point).value + problem.constant() for point in points]
    assert again == pytest.approx(expected, rel=1e-13)


def test_sums_that_are_not_those_of_the_rows_are_doubted():
    rows, matrix = drawn_rows()
    summed = summed_of(rows)
    problem = summed.problem(tuple(matrix), "g", range(20), "REML")
    assert not fit_problem(problem, summed.criteria).audit.doubts
    to_fixed = problem.sums.to_fixed.copy()
    to_fixed[4, 0, -1] += 1e-3
    wrong = replace(problem, sums=replace(problem.sums, to_fixed=to_fixed))
    assert "the two engines give different likelihoods" in fit_problem(wrong, summed.criteria).audit.doubts
