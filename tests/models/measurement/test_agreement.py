"""Agreement within groups: against R, and where it is undefined."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.measurement.agreement import group_agreement, intraclass_correlations, rwg_j


@pytest.mark.reference
@pytest.mark.parametrize(("key", "items"), [("bhr2000_rwgj", None), ("bhr2000_rwg_AF06", ["AF06"])])
def test_rwg_j_equals_multilevel(reference, key, items):
    # R 4.2.2, multilevel 2.7: rwg.j(bhr2000[, items], GRP, ranvar = 2), rwg(AF06, GRP, 2);
    # values in oracles/06_aggregation.json, made 2026-11-22
    expected = json.loads((reference / "oracles/06_aggregation.json").read_text())
    about, tolerance = expected[key], expected["tolerance"]["closed_form"]
    answers = pd.read_csv(reference / "oracles/data/bhr2000.csv")
    found = rwg_j(answers[items or about["items"]], answers["GRP"], n_points=5)
    assert [found.mean(), found.median()] == pytest.approx([about["mean"], about["median"]], abs=tolerance)
    assert found.head(len(about.get("head", []))).tolist() == pytest.approx(about.get("head", []), abs=tolerance)


@pytest.mark.reference
def test_agreement_of_army_companies_equals_the_published_values(reference):
    # R 4.2.2, multilevel 2.7: ICC1, ICC2 of aov(LEAD ~ COMPID), rwg.j with ranvar 2; digits as in data/INDEX.md
    companies = pd.read_csv(reference / "data/substantive/lq2002/lq2002.csv")
    items = companies[[f"LEAD{number:02d}" for number in range(1, 12)]]
    found = group_agreement(items, companies["LEAD"], companies["COMPID"], n_points=5)
    assert (round(found.icc_1, 5), round(found.icc_2, 5), round(found.rwg_j_mean, 4)) == (0.08796, 0.80075, 0.8678)
    assert (found.n_groups, found.n_obs) == (49, 2042)


@pytest.mark.reference
def test_one_way_icc_equals_shrout_and_fleiss(reference):
    # R 4.2.2, psych 2.2.9 ICC() types ICC1 and ICC1k; values in oracles/06_aggregation.json, made 2026-11-22
    expected = json.loads((reference / "oracles/06_aggregation.json").read_text())
    about = expected["shrout_fleiss"]
    by_type = {row["type"]: row["ICC"] for row in about["rows"]}
    scores = pd.Series(np.ravel(about["data"]), dtype=float)
    found = intraclass_correlations(scores, pd.Series(np.repeat(range(6), 4)))
    tolerance = expected["tolerance"]["closed_form"]
    assert found == pytest.approx((by_type["ICC1"], by_type["ICC1k"]), abs=tolerance)


def test_a_group_that_disagrees_more_than_chance_has_no_agreement():
    items = pd.DataFrame({"a": [1, 5, 3, 3], "b": [5, 1, 3, 3]}, dtype="Int16")
    assert rwg_j(items, pd.Series(["x", "x", "y", "y"]), n_points=5).to_dict() == {"x": 0.0, "y": 1.0}


def test_single_answers_and_unknown_groups_are_left_out():
    items = pd.DataFrame({"a": [1, 2, 3, 4, 5, 1], "b": [1, 2, 3, None, 5, 2]}, dtype="Int16")
    scores = pd.Series([1, 2, 3, 4, 5, 1.5], dtype="Float64")
    groups = pd.Series(["x", "x", "y", "y", "z", None], dtype="str")
    found = group_agreement(items, scores, groups, n_points=5)
    assert (found.n_groups, found.n_obs) == (2, 4)
    assert rwg_j(items, groups, n_points=5).index.tolist() == ["x"]


@pytest.mark.parametrize(
    ("scores", "groups"),
    [([1, 2, 3], ["x", "x", "x"]), ([1, 2, 3], ["x", "y", "z"]), ([2, 2, 2, 2], ["x", "x", "y", "y"]), ([], [])],
    ids=["one group", "groups of one", "no variance", "no scores"],
)
def test_intraclass_correlations_are_nan_where_undefined(scores, groups):
    items = pd.DataFrame({"a": scores, "b": scores}, dtype="Float64")
    found = group_agreement(items, pd.Series(scores, dtype="Float64"), pd.Series(groups, dtype="str"), n_points=5)
    assert np.isnan([found.icc_1, found.icc_2]).all()


@given(st.integers(0, 2**32 - 1), st.integers(3, 8))
def test_agreement_lies_between_none_and_full_in_any_row_order(seed, n_groups):
    random = np.random.default_rng(seed)
    items = pd.DataFrame(random.integers(1, 6, (n_groups * 4, 3)))
    groups = pd.Series(np.repeat(np.arange(n_groups), 4))
    found = rwg_j(items, groups, n_points=5)
    assert found.between(0, 1).all()
    order = random.permutation(len(items))
    # One less a share: near 0 only the rounding of the 1 is left, which a relative difference would blow up.
    np.testing.assert_allclose(1 - rwg_j(items.iloc[order], groups.iloc[order], n_points=5), 1 - found, rtol=1e-12)
