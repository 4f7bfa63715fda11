"""Answers and models that support no estimate are refused by name; doubtful estimates carry a named problem."""

import warnings

import numpy as np
import pandas as pd
import pytest

from models.measurement.confirmatory.analysis import analyse, fit_table, measured, parameter_table
from models.measurement.confirmatory.answers import grouped_answers
from models.measurement.confirmatory.model import FactorModel, Setting
from models.measurement.confirmatory.refusals import FactorModelError, problems

ITEMS = ("x1", "x2", "x3", "x4", "x5", "x6")
MODEL = FactorModel({"a": ITEMS[:3], "b": ITEMS[3:]})


def drawn(n=200, seed=3, correlation=0.4):
    rng = np.random.default_rng(seed)
    factors = rng.multivariate_normal([0, 0], [[1, correlation], [correlation, 1]], size=n)
    latent = factors[:, [0, 0, 0, 1, 1, 1]] * 0.8 + rng.normal(size=(n, 6)) * 0.6
    return pd.DataFrame(np.searchsorted([-0.8, 0.0, 0.8], latent) + 1.0, columns=list(ITEMS))


def with_column(name, values):
    table = drawn()
    table[name] = values(table) if callable(values) else values
    return table


def analysed(table, model=MODEL, estimator="ml", groups=None, clusters=None):
    setting = Setting(1 if groups is None else groups.nunique())
    grouped = grouped_answers(table, model.items, is_complete=True, groups=groups, clusters=clusters)
    return analyse(model, measured(grouped, estimator), setting)


REFUSED = {
    "constant": (with_column("x2", 3.0), MODEL, "x2 has the same answer everywhere"),
    "identical": (with_column("x3", lambda table: table["x1"]), MODEL, "x1 and x3 have the same answers everywhere"),
    "empty": (drawn()[:0], MODEL, "0 responses"),
    "few": (drawn()[:6], MODEL, "6 responses for 6 items"),
    "one response": (drawn()[:1], MODEL, "1 responses for 6 items|1 response for 6 items"),
    "two items": (drawn(), FactorModel({"a": ("x1", "x2")}), "4 parameters and the items only 3 moments"),
    "one item": (drawn(), FactorModel({"a": ("x1", "x2", "x3"), "b": ("x4",)}), "cannot be told apart"),
    "same items": (drawn(), FactorModel({"a": ITEMS, "b": ITEMS}), "cannot be told apart"),
    "too many": (
        drawn(),
        FactorModel({"a": ("x1", "x2", "x3")}, residual_covariances=(("x1", "x2"),)),
        "7 parameters and the items only 6 moments",
    ),
    "residuals that cannot be told apart": (
        drawn(),
        FactorModel({"a": ITEMS[:4]}, residual_covariances=(("x1", "x2"), ("x3", "x4"), ("x1", "x3"))),
        "moments|cannot be told apart",
    ),
}


@pytest.mark.parametrize("estimator", ["ml", "mlr", "wlsmv"])
@pytest.mark.parametrize("case", REFUSED)
def test_what_supports_no_estimate_is_refused_by_name(case, estimator):
    table, model, message = REFUSED[case]
    if estimator == "wlsmv" and "moments" in message:
        message = "(moments|cannot be told apart)"
    with pytest.raises(FactorModelError, match=message):
        analysed(table, model, estimator)


def test_an_item_without_answers_is_refused_where_gaps_are_allowed():
    with pytest.raises(FactorModelError, match="x2 has no answers"):
        grouped_answers(with_column("x2", np.nan), ITEMS, is_complete=False)


GROUPED = {
    "group of one": (["u"] * 199 + ["v"], "1 responses in v"),
    "one group": (["u"] * 200, "only the group u"),
    "no group": ([None] * 200, "no group has answers"),
}


@pytest.mark.parametrize("case", GROUPED)
def test_groups_that_cannot_be_compared_are_refused(case):
    groups, message = GROUPED[case]
    with pytest.raises(FactorModelError, match=message):
        analysed(drawn(), groups=pd.Series(groups, dtype=object))


def test_one_cluster_is_refused():
    with pytest.raises(FactorModelError, match="one cluster"):
        analysed(drawn(), estimator="mlr", clusters=pd.Series(["c"] * 200))


def test_a_category_never_used_in_one_group_is_refused_and_one_never_used_at_all_is_not():
    table, groups = drawn(400), pd.Series(["u", "v"] * 200)
    lacking = table.copy()
    lacking.loc[(groups == "v") & (lacking["x2"] == 4), "x2"] = 3.0
    with pytest.raises(FactorModelError, match=r"nobody in v chose 4 of x2: .*estimator: mlr"):
        analysed(lacking, estimator="wlsmv", groups=groups)
    joined = table.assign(x2=table["x2"].replace(2.0, 3.0))
    assert analysed(joined, estimator="wlsmv", groups=groups).problems == ()
    spread = analysed(table.replace({4.0: 9.0}), estimator="wlsmv", groups=groups)
    assert fit_table(spread) == pytest.approx(fit_table(analysed(table, estimator="wlsmv", groups=groups)))


def test_a_reversed_copy_of_an_ordered_item_is_reported():
    binary = (drawn(400) > 2).astype(float)
    binary["x2"] = 1 - binary["x1"]
    found = analysed(binary, estimator="wlsmv")
    assert ("item_correlation_at_bound", "x1 ~ x2") in {(each.name, each.about) for each in found.problems}


def exactly(correlation):
    """Draw answers whose correlations are exactly these."""
    values = np.random.default_rng(1).normal(size=(300, len(correlation)))
    values = (values - values.mean(axis=0)) @ np.linalg.inv(np.linalg.cholesky(np.cov(values, rowvar=False))).T
    return pd.DataFrame(values @ np.linalg.cholesky(correlation).T, columns=list(ITEMS[: len(correlation)]))


def test_a_heywood_case_is_reported():
    table = exactly(np.array([[1, 0.8, 0.8], [0.8, 1, 0.5], [0.8, 0.5, 1]]))
    found = analysed(table, FactorModel({"a": ("x1", "x2", "x3")}))
    assert [(each.name, each.about) for each in found.problems] == [("negative_variance", "residual of x1")]
    assert found.problems[0].value == pytest.approx((1 - 0.8 * 0.8 / 0.5) * 299 / 300, abs=1e-6)


def test_factors_whose_correlation_passes_one_are_reported():
    correlation = np.full((6, 6), 0.55)
    correlation[:3, :3] = correlation[3:, 3:] = 0.5
    np.fill_diagonal(correlation, 1.0)
    found = analysed(exactly(correlation))
    assert [(each.name, each.about) for each in found.problems] == [("correlation_beyond_one", "a ~ b")]
    assert found.problems[0].value == pytest.approx(1.1, abs=1e-6)


def test_a_search_that_did_not_end_is_reported():
    found = analysed(drawn())
    assert problems(found.fit.layout, found.fit.theta, has_converged=False)[0].name == "not_converged"


@pytest.mark.parametrize("estimator", ["ml", "mlr", "wlsmv"])
def test_no_warning_of_numpy_reaches_the_user(estimator):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = analysed(drawn(), estimator=estimator)
        parameter_table(found)
        fit_table(found)
