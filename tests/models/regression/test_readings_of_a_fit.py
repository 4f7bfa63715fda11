"""What is said beside the estimates of a fit, and when."""

import numpy as np
import pandas as pd
import pytest
from analysis_tables import invented_analysis, model_of
from hypothesis import given, settings
from hypothesis import strategies as st

from models.regression.fit import fit_regression
from models.sections.regressors import Variable

NAMES = ["trust", "workload", "strain"]
EVERY_TERM = {"standardised", "partial_r2", "minimum_detectable"}
FOCAL = {"robustness_value", "e_value", "selection_ratio"}
few_examples = settings(max_examples=25, deadline=None)


def read(model, analysis=None, seed=0):
    fit = fit_regression(model, invented_analysis() if analysis is None else analysis, seed=seed)
    return fit, fit.readings.set_index(["term", "reading"])


@pytest.mark.parametrize(
    ("said", "more"),
    [
        ({}, set()),
        ({"smallest_effect_of_interest": 0.2}, {"equivalence"}),
        ({"cluster": "organisation_id"}, {"without_one_cluster", "wild_bootstrap"}),
        ({"cluster": ("organisation_id", "language")}, set()),
    ],
    ids=["no clusters", "a smallest effect", "few clusters", "two clusters"],
)
def test_the_focal_regressor_is_read_in_full_and_the_others_in_short(said, more):
    _, readings = read(model_of(**said))
    assert set(readings.loc["trust"].index) == EVERY_TERM | FOCAL | more
    assert set(readings.loc["workload"].index) == EVERY_TERM
    assert "intercept" not in readings.index.get_level_values("term")


def test_many_clusters_need_no_bootstrap():
    analysis = invented_analysis(n=240)
    analysis["organisation_id"] = [f"org{number % 60}" for number in range(240)]
    _, readings = read(model_of(cluster="organisation_id"), analysis)
    assert set(readings.loc["trust"].index) == EVERY_TERM | FOCAL | {"without_one_cluster"}


def test_every_category_of_a_focal_category_is_read_in_full():
    education = Variable(variable="education", use="category")
    _, readings = read(model_of(education, "trust"))
    in_full = readings.xs("robustness_value", level="reading").index
    assert list(in_full) == ["education[2]", "education[3]"]


@few_examples
@given(st.integers(0, 2**32 - 1))
def test_a_standardised_coefficient_is_that_of_standardised_variables(seed):
    analysis = invented_analysis(seed=seed)
    fit, readings = read(model_of(), analysis)
    scaled = analysis.assign(
        **{name: (analysis[name] - analysis[name].mean()) / analysis[name].std() for name in NAMES}
    )
    again = fit_regression(model_of(), scaled).estimates.set_index("term")
    found = readings.loc[("trust", "standardised")]
    assert found["value"] == pytest.approx(again.loc["trust", "estimate"], rel=1e-8)
    ratio = found["value"] / fit.estimates.set_index("term").loc["trust", "estimate"]
    low, high = fit.estimates.set_index("term").loc["trust", ["conf_low", "conf_high"]]
    assert (found["conf_low"], found["conf_high"]) == pytest.approx((low * ratio, high * ratio), rel=1e-8)


@few_examples
@given(st.integers(0, 2**32 - 1))
def test_the_range_without_one_organisation_is_that_of_refits(seed):
    analysis = invented_analysis(seed=seed)
    _, readings = read(model_of(cluster="organisation_id"), analysis)
    refits = [
        fit_regression(model_of(), analysis[analysis["organisation_id"] != name]).estimates["estimate"][1]
        for name in analysis["organisation_id"].unique()
    ]
    found = readings.loc[("trust", "without_one_cluster")]
    assert (found["conf_low"], found["conf_high"]) == pytest.approx((min(refits), max(refits)), rel=1e-8)
    turns = np.sign(min(refits)) != np.sign(found["value"]) or np.sign(max(refits)) != np.sign(found["value"])
    assert found["verdict"] == ("look" if turns else "ok")


@pytest.mark.parametrize(
    ("smallest", "verdict"),
    [(5.0, "equivalent"), (0.001, "relevant"), (0.4, "undecided")],
    ids=["large", "small", "near"],
)
def test_the_smallest_effect_of_interest_decides_what_an_effect_amounts_to(smallest, verdict):
    _, readings = read(model_of(smallest_effect_of_interest=smallest))
    assert readings.loc[("trust", "equivalence"), "verdict"] == verdict


def test_the_seed_decides_the_bootstrap_and_nothing_else():
    analysis = invented_analysis(n=300)
    analysis["organisation_id"] = [f"org{number % 15}" for number in range(300)]
    model = model_of(cluster="organisation_id")
    first, same, other = (read(model, analysis, seed)[0] for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(first.readings, same.readings)
    drawn = first.readings["reading"] == "wild_bootstrap"
    pd.testing.assert_frame_equal(first.readings[~drawn], other.readings[~drawn])
    assert first.readings.loc[drawn, "conf_low"].item() != other.readings.loc[drawn, "conf_low"].item()
