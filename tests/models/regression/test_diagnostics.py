"""Diagnostics: against R, thresholds, what is absent when it has no meaning."""

import json

import numpy as np
import pandas as pd
import pytest
from analysis_tables import invented_analysis, model_of
from statsmodels.regression.linear_model import OLS
from statsmodels.stats.outliers_influence import OLSInfluence

from models.regression.diagnostics import LOOK_BELOW, LOOK_FROM
from models.regression.fit import fit_regression
from models.regression.remedies import remedies
from models.sections.regressors import Variable


def values_of(model, analysis):
    return fit_regression(model, analysis).diagnostics.set_index("diagnostic")


@pytest.mark.reference
def test_diagnostics_equal_r(reference):
    # R 4.2.2, car 3.1-1 vif, lmtest 0.9-40 bptest, stats cooks.distance and hatvalues; oracles/08_ols_robust.json
    expected = json.loads((reference / "oracles/08_ols_robust.json").read_text())
    about, tolerance = expected["univbct_company"], expected["tolerance"]["closed_form"]
    table = pd.read_csv(reference / "oracles/data/univbct_w1.csv")
    table["response_id"] = [f"{number:05d}" for number in range(len(table))]
    model = model_of(outcome="READY1", regressors=("JOBSAT1", "COMMIT1", "AGE"), focal="JOBSAT1")
    found = values_of(model, table)["value"]
    assert found["max_vif"] == pytest.approx(max(about["vif"].values()), abs=tolerance)
    assert found["breusch_pagan_p"] == pytest.approx(about["diag"]["bp_studentized"]["p.value.BP"], abs=tolerance)
    assert found["max_cooks_distance"] == pytest.approx(about["diag"]["cook_top5"]["value"][0], abs=tolerance)
    assert found["max_leverage"] == pytest.approx(about["diag"]["hat_top5"]["value"][0], abs=tolerance)


def test_diagnostics_equal_statsmodels():
    analysis = invented_analysis()
    matrix = np.column_stack([np.ones(60), analysis[["trust", "workload"]].to_numpy(dtype=float)])
    influence = OLSInfluence(OLS(analysis["strain"].to_numpy(float), matrix).fit())
    found = values_of(model_of(), analysis)["value"]
    assert found["max_cooks_distance"] == pytest.approx(influence.cooks_distance[0].max())
    assert found["condition_number"] == pytest.approx(np.linalg.cond(matrix / np.linalg.norm(matrix, axis=0)))


def with_outlier(analysis):
    analysis.loc[0, ["trust", "strain"]] = [90.0, 90.0]
    return analysis


def nearly_the_same(analysis):
    noise = np.random.default_rng(1).normal(0, 0.01, len(analysis))
    return analysis.assign(workload=analysis["trust"] + noise)


def uneven(analysis):
    noise = np.random.default_rng(1).normal(0, 1, len(analysis))
    return analysis.assign(strain=analysis["trust"] + np.exp(analysis["trust"].astype(float)) * noise)


@pytest.mark.parametrize(
    ("change", "diagnostics"),
    [
        (with_outlier, ("max_leverage", "max_cooks_distance")),
        (nearly_the_same, ("max_vif", "condition_number")),
        (uneven, ("breusch_pagan_p",)),
    ],
    ids=["one far response", "two regressors nearly the same", "uneven residual variance"],
)
def test_a_diagnostic_asks_for_a_look_when_its_assumption_is_broken(change, diagnostics):
    before, after = (
        values_of(model_of(), table)["verdict"] for table in (invented_analysis(), change(invented_analysis()))
    )
    assert set(before[list(diagnostics)]) == {"ok"}
    assert set(after[list(diagnostics)]) == {"look"}


def test_few_clusters_and_small_categories_ask_for_a_look():
    analysis = invented_analysis()
    analysis["education"] = pd.Series([2] * 4 + [1] * 56, dtype="Int16")
    education = Variable(variable="education", use="category")
    found = values_of(model_of("trust", education, covariance="CR1S", cluster="organisation_id"), analysis)
    assert found.loc[["least_category_n", "n_clusters"], "value"].tolist() == [4, 6]
    assert found.loc[["least_category_n", "n_clusters"], "verdict"].tolist() == ["look", "look"]


def test_clusters_and_categories_are_absent_from_a_model_without_them():
    found = values_of(model_of(), invented_analysis())
    assert not {"least_category_n", "n_clusters"} & set(found.index)


def test_the_share_of_responses_used_counts_the_population_before_listwise_deletion():
    analysis = invented_analysis()
    analysis.loc[:14, "trust"] = pd.NA
    found = values_of(model_of(), analysis)
    assert found.loc["share_of_responses_used", ["value", "verdict"]].tolist() == [0.75, "none"]
    assert np.isnan(found.loc["share_of_responses_used", "threshold"])


def test_few_clusters_are_told_with_what_to_do_about_them():
    analysis = invented_analysis()
    clusters = analysis.assign(organisation_id=np.arange(len(analysis)) % 3)
    model = model_of(cluster="organisation_id")
    told = remedies(fit_regression(model, clusters).diagnostics)
    assert [each.partition(":")[0] for each in told if "cluster" in each] == ["n_clusters", "least_df"]


def test_few_clusters_of_two_kinds_are_not_told_to_keep_what_two_kinds_cannot_have():
    analysis = invented_analysis()
    crossed = analysis.assign(organisation_id=np.arange(len(analysis)) % 6, team=np.arange(len(analysis)) % 5)
    fit = fit_regression(model_of(cluster=("organisation_id", "team")), crossed)
    told = next(each for each in remedies(fit.diagnostics) if each.startswith("n_clusters"))
    assert "keep" not in told
    assert "CR2 or CR3 of one kind of clusters" in told


def test_a_curve_is_not_told_to_lose_the_powers_that_make_it():
    curve = model_of("trust", Variable(variable="workload", polynomial=3))
    told = remedies(fit_regression(curve, invented_analysis()).diagnostics)
    inflated = next(each for each in told if each.startswith("max_vif"))
    assert "products, powers and splines do so by nature" in inflated


@pytest.mark.parametrize("name", [*LOOK_FROM, *LOOK_BELOW])
def test_whatever_deserves_a_look_says_what_may_be_done(name):
    looked = pd.DataFrame({"diagnostic": [name], "verdict": ["look"]})
    assert [each.partition(": ")[0] for each in remedies(looked)] == [name]
