"""The few figures of agreement that tables of quality show: against R, and where they are undefined."""

import numpy as np
import pandas as pd
import pytest

from models.measurement.aggregation.agreement import group_agreement


@pytest.mark.reference
def test_agreement_of_army_companies_equals_the_published_values(reference):
    # R 4.2.2, multilevel 2.7: ICC1, ICC2 of aov(LEAD ~ COMPID), rwg.j with ranvar 2; digits as in data/INDEX.md
    companies = pd.read_csv(reference / "data/substantive/lq2002/lq2002.csv")
    items = companies[[f"LEAD{number:02d}" for number in range(1, 12)]]
    found = group_agreement(items, companies["LEAD"], companies["COMPID"], n_points=5)
    assert (round(found.icc_1, 5), round(found.icc_2, 5), round(found.rwg_j_mean, 4)) == (0.08796, 0.80075, 0.8678)
    assert (found.n_groups, found.n_obs) == (49, 2042)


def test_single_answers_and_unknown_groups_are_left_out():
    items = pd.DataFrame({"a": [1, 2, 3, 4, 5, 1], "b": [1, 2, 3, None, 5, 2]}, dtype="Int16")
    scores = pd.Series([1, 2, 3, 4, 5, 1.5], dtype="Float64")
    groups = pd.Series(["x", "x", "y", "y", "z", None], dtype="str")
    found = group_agreement(items, scores, groups, n_points=5)
    assert (found.n_groups, found.n_obs) == (2, 4)


@pytest.mark.parametrize(
    ("scores", "groups"),
    [([1, 2, 3], ["x", "x", "x"]), ([1, 2, 3], ["x", "y", "z"]), ([2, 2, 2, 2], ["x", "x", "y", "y"]), ([], [])],
    ids=["one group", "groups of one", "no variance", "no scores"],
)
def test_intraclass_correlations_are_nan_where_undefined(scores, groups):
    items = pd.DataFrame({"a": scores, "b": scores}, dtype="Float64")
    found = group_agreement(items, pd.Series(scores, dtype="Float64"), pd.Series(groups, dtype="str"), n_points=5)
    assert np.isnan([found.icc_1, found.icc_2]).all()
