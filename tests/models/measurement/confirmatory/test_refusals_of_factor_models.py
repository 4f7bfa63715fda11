"""Answers and models that cannot carry estimates are refused by name; estimates to distrust are named."""

import warnings

import numpy as np
import pandas as pd
import pytest

from models.measurement.confirmatory.analysis import analyse, fit_table, measured, parameter_table
from models.measurement.confirmatory.answers import grouped_answers
from models.measurement.confirmatory.invariance import Criterion, ladder
from models.measurement.confirmatory.model import FactorModel, Setting
from models.measurement.confirmatory.refusals import FactorModelError

ONE = FactorModel({"f": tuple("abcd")})
ITEMS = tuple("abcd")


def answers(n: int = 300, seed: int = 1, items: str = "abcd") -> pd.DataFrame:
    generator = np.random.default_rng(seed)
    latent = generator.normal(size=(n, 1)) + generator.normal(size=(n, len(items)))
    return pd.DataFrame(np.clip(np.round(3 + latent), 1, 5), columns=list(items))


def constant() -> pd.DataFrame:
    return answers().assign(b=3.0)


def twins() -> pd.DataFrame:
    return answers().assign(b=lambda rows: rows["a"])


def empty() -> pd.DataFrame:
    return answers().assign(b=np.nan)


@pytest.mark.parametrize("estimator", ["ml", "mlr", "wlsmv"])
@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (constant(), "b has the same answer everywhere"),
        (twins(), "a and b have the same answers everywhere"),
        (answers(4), "4 responses for 4 items"),
        (answers(1), "1 responses for 4 items|1 response for 4 items"),
    ],
    ids=["constant item", "identical items", "as many items as responses", "one response"],
)
def test_unusable_answers_are_refused(estimator, rows, told):
    with pytest.raises(FactorModelError, match=told):
        analyse(ONE, measured(grouped_answers(rows, ITEMS, is_complete=True), estimator), Setting())


def test_an_item_without_answers_is_refused_where_gaps_are_allowed():
    with pytest.raises(FactorModelError, match="b has no answers"):
        grouped_answers(empty(), ITEMS, is_complete=False)


def grouped(rows: pd.DataFrame, groups: list[str], estimator: str = "wlsmv"):
    return measured(grouped_answers(rows, ITEMS, is_complete=True, groups=pd.Series(groups)), estimator)


def test_a_category_that_one_group_never_used_is_refused_with_what_to_do():
    rows = answers(400)
    rows.loc[200:, "c"] = rows.loc[200:, "c"].clip(upper=4)
    with pytest.raises(FactorModelError, match=r"nobody in second chose 5 of c: .*estimator: mlr"):
        grouped(rows, ["first"] * 200 + ["second"] * 200)


def test_a_category_that_nobody_used_changes_nothing():
    rows = answers()
    found, spread = (
        analyse(ONE, measured(grouped_answers(each, ITEMS, is_complete=True), "wlsmv"), Setting())
        for each in (rows, rows.replace({5.0: 9.0}))
    )
    assert fit_table(found) == pytest.approx(fit_table(spread))


@pytest.mark.parametrize(
    ("groups", "told"),
    [
        (["first"] * 299 + ["second"], "in second"),
        (["first"] * 300, "only the group first has answers"),
    ],
    ids=["a group of one", "one group"],
)
def test_groups_that_cannot_be_compared_are_refused(groups, told):
    with pytest.raises(FactorModelError, match=told):
        grouped(answers(), groups)


def test_a_single_cluster_is_refused():
    with pytest.raises(FactorModelError, match="one cluster"):
        grouped_answers(answers(), ITEMS, is_complete=True, clusters=pd.Series(["x"] * 300))


@pytest.mark.parametrize("estimator", ["ml", "wlsmv"])
@pytest.mark.parametrize(
    ("model", "told"),
    [
        (FactorModel({"f": ("a", "b")}), "parameters"),
        (FactorModel({"f": ("a",), "g": ("b", "c", "d")}), "identified|parameters"),
        (FactorModel({"f": ITEMS, "g": ITEMS}), "identified|parameters"),
        (FactorModel({"f": ITEMS}, residual_covariances=(("a", "b"), ("c", "d"), ("a", "c"))), "parameters|identified"),
    ],
    ids=["two items", "a factor of one item", "the same items twice", "too many residuals"],
)
def test_models_that_are_not_identified_are_refused(estimator, model, told):
    with pytest.raises(FactorModelError, match=told):
        analyse(model, measured(grouped_answers(answers(), model.items, is_complete=True), estimator), Setting())


def heywood() -> pd.DataFrame:
    covariance = np.array([[1.0, 0.85, 0.85], [0.85, 1.0, 0.5], [0.85, 0.5, 1.0]])
    root = np.linalg.cholesky(covariance)
    drawn = np.random.default_rng(2).normal(size=(400, 3))
    drawn = (drawn - drawn.mean(axis=0)) @ np.linalg.inv(np.linalg.cholesky(np.cov(drawn, rowvar=False, ddof=0)).T)
    return pd.DataFrame(drawn @ root.T, columns=list("abc"))


def test_a_negative_residual_variance_is_named():
    model = FactorModel({"f": tuple("abc")})
    found = analyse(model, measured(grouped_answers(heywood(), model.items, is_complete=True), "ml"), Setting())
    assert [(each.name, each.about) for each in found.problems] == [("negative_variance", "residual of a")]


def test_factors_that_are_one_are_named():
    rows = answers(500, items="abcdef")
    model = FactorModel({"first": tuple("abc"), "second": tuple("def")})
    found = analyse(model, measured(grouped_answers(rows, model.items, is_complete=True), "ml"), Setting())
    table = parameter_table(found)
    between = table[(table["kind"] == "factor_covariance") & (table["left"] != table["right"])]["standardised"].iloc[0]
    assert between > 1
    assert [(each.name, each.about) for each in found.problems] == [("correlation_beyond_one", "first ~ second")]


@pytest.mark.parametrize("estimator", ["ml", "mlr", "wlsmv"])
def test_no_warning_of_numpy_reaches_the_user(estimator):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = analyse(ONE, measured(grouped_answers(answers(), ITEMS, is_complete=True), estimator), Setting())
        parameter_table(found)
        fit_table(found)


def test_groups_that_answer_alike_reach_the_top_of_the_ladder_and_others_do_not():
    rows = answers(1200, seed=9)
    groups = ["first"] * 600 + ["second"] * 600
    assert [step.level for step in ladder(ONE, grouped(rows, groups), Criterion()) if step.holds][-1] == "strict"
    biased = rows.copy()
    biased.loc[600:, "d"] += 1
    steps = ladder(ONE, grouped(biased, groups, "mlr"), Criterion())
    assert (steps[-1].level, steps[-1].holds) == ("scalar", False)
    freed = ladder(ONE, grouped(biased, groups, "mlr"), Criterion(), is_partial=True)
    scalar = next(step for step in freed if step.level == "scalar")
    assert (scalar.holds, scalar.released) == (True, ("intercept of d",))
