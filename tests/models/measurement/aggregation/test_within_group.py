"""Agreement of single organisations: against R, by hand, and what must always hold."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from instruments.faults import UsageError
from models.measurement.aggregation.evidence import ResponseRange, scale_agreement
from models.measurement.aggregation.grouped import grouped_items
from models.measurement.aggregation.nulls import NULLS, null_variance, published_nulls
from models.measurement.aggregation.within_group import average_deviation, awg_j, rwg_j
from tests.agreement.aggregation import AGGREGATION
from tests.agreement.comparison import far

CLIMATE = ["AF06", "AF07", "AP12", "AP17", "AP33", "AP34", "AS14", "AS15", "AS16", "AS17", "AS28"]
# Answers in the absence of agreement on five points: LeBreton and Senter (2008), table 2.
SHARES = {
    "slight_skew": [0.05, 0.15, 0.20, 0.35, 0.25],
    "moderate_skew": [0.00, 0.10, 0.15, 0.40, 0.35],
    "heavy_skew": [0.00, 0.00, 0.10, 0.40, 0.50],
    "triangular": [0.11, 0.22, 0.34, 0.22, 0.11],
    "normal": [0.07, 0.24, 0.38, 0.24, 0.07],
}


def by_hand(items, groups=("x", "x", "x", "x")):
    return grouped_items(pd.DataFrame(items), pd.Series(groups))


@pytest.mark.reference
@pytest.mark.parametrize("key", ["bhr2000_rwgj", "bhr2000_rwg_AF06"])
def test_rwg_j_equals_multilevel(reference, key):
    # R 4.2.2, multilevel 2.7: rwg.j(bhr2000[, items], GRP, ranvar = 2), rwg(AF06, GRP, 2);
    # values in oracles/06_aggregation.json, made 2026-11-22
    assert far(reference, AGGREGATION, f"{key}/") == []


@pytest.mark.reference
@pytest.mark.parametrize(
    ("column", "mean", "first"),
    [
        ("awg_j", 0.412548821310166, [0.455420918314701, 0.472666233791659, 0.415000058308493]),
        ("average_deviation_mean", 0.869072256575585, [0.848136637852237, 0.826127946127946, 0.880982858047744]),
        ("average_deviation_median", 0.829788201706505, [0.825885978428351, 0.787878787878788, 0.851040525739321]),
        ("rwg_j_slight_skew", 0.572931973310831, []),
        ("rwg_j_moderate_skew", 0.0155476484817564, []),
        ("rwg_j_triangular", 0.544248333435463, []),
        ("rwg_j_normal", 0.111747146313955, []),
    ],
)
def test_indices_of_climate_equal_multilevel(reference, column, mean, first):
    # R 4.2.2, multilevel 2.7, 2026-11-26: awg(bhr2000[, items], GRP, range = c(1, 5)), ad.m(..., "mean"),
    # ad.m(..., "median"), rwg.j(..., ranvar = 1.34, .90, 1.32, 1.04)
    answers = pd.read_csv(reference / "oracles/data/bhr2000.csv")
    items = answers[CLIMATE]
    found = scale_agreement(items, items.mean(axis=1), answers["GRP"], ResponseRange(1, 5)).by_group[column]
    assert found.mean() == pytest.approx(mean, abs=1e-10)
    assert found.head(len(first)).tolist() == pytest.approx(first, abs=1e-10)


@pytest.mark.parametrize(
    ("answers", "rwg", "awg", "mean_deviation", "median_deviation"),
    [
        # s^2 = 2/3, 2: 1 - 1/3; 1 - 2 (2/3) / ((18 - 9 - 5) 4/3); 0.5; 0.5
        ([2, 3, 3, 4], 2 / 3, 0.75, 0.5, 0.5),
        ([3, 3, 3, 3], 1.0, 1.0, 0.0, 0.0),
        # s^2 = 16/3 is above 2; it is all that a mean of 3 allows
        ([1, 1, 5, 5], 0.0, -1.0, 2.0, 2.0),
        ([5, 5, 5, 5], 1.0, 1.0, 0.0, 0.0),
        # a mean of 4.75 is nearer to 5 than one answer of 1 can bring four members
        ([5, 5, 5, 4], 0.875, np.nan, 0.375, 0.25),
        # a mean of 4 is as far as one answer of 1 can bring them: s^2 = 4, most is 4 (4/3) of twice the variance
        ([5, 5, 5, 1], 0.0, 1 - 8 / (3 * 4 / 3), 1.5, 1.0),
    ],
    ids=["spread by one", "same in the middle", "torn apart", "same at an end", "near an end", "one against all"],
)
def test_indices_are_what_a_pencil_gives(answers, rwg, awg, mean_deviation, median_deviation):
    grouped = by_hand({"a": answers})
    found = [
        rwg_j(grouped, null_variance("uniform", 5)),
        awg_j(grouped, 1, 5),
        average_deviation(grouped, "mean"),
        average_deviation(grouped, "median"),
    ]
    assert [each.loc["x"] for each in found] == pytest.approx(
        [rwg, awg, mean_deviation, median_deviation], abs=1e-12, nan_ok=True
    )


def test_a_group_that_disagrees_more_than_chance_has_no_agreement():
    grouped = by_hand({"a": [1, 5, 3, 3], "b": [5, 1, 3, 3]}, ["x", "x", "y", "y"])
    assert rwg_j(grouped, null_variance("uniform", 5)).to_dict() == {"x": 0.0, "y": 1.0}


def test_a_group_of_one_has_no_agreement():
    grouped = by_hand({"a": [1, 2, 3, 3]}, ["x", "y", "z", "z"])
    assert [each.index.tolist() for each in (rwg_j(grouped, 2.0), awg_j(grouped, 1, 5))] == [["z"], ["z"]]
    assert average_deviation(grouped, "median").index.tolist() == ["z"]


@pytest.mark.parametrize(("null", "shares"), SHARES.items(), ids=SHARES)
def test_null_variances_of_five_points_follow_from_their_distributions(null, shares):
    points = np.arange(1, 6)
    mean = shares @ points
    assert null_variance(null, 5) == pytest.approx(shares @ (points - mean) ** 2, abs=0.005)


@pytest.mark.parametrize("n_points", [2, 4, 5, 7, 11, 12, 101])
def test_nulls_exist_where_they_are_published(n_points):
    assert published_nulls(n_points) == (NULLS if 5 <= n_points <= 11 else ("uniform",))
    assert null_variance("uniform", n_points) == pytest.approx(np.var(np.arange(n_points)))


@pytest.mark.parametrize(
    ("null", "n_points", "words"),
    [("uniform", 1, "1 points cannot show disagreement"), ("heavy_skew", 4, "for 5 to 11 points and the scale has 4")],
    ids=["one point", "not published"],
)
def test_a_null_that_does_not_exist_is_refused(null, n_points, words):
    with pytest.raises(UsageError, match=words):
        null_variance(null, n_points)


def test_answers_outside_the_response_scale_are_refused():
    items = pd.DataFrame({"a": [1, 2], "b": [0, 6]})
    with pytest.raises(UsageError, match="item 2 has answers from 0 to 6 on a response scale of 1 to 5"):
        scale_agreement(items, items.mean(axis=1), pd.Series(["x", "x"]), ResponseRange(1, 5))


@given(st.integers(0, 2**32 - 1), st.integers(2, 8), st.integers(2, 9))
def test_agreement_depends_neither_on_the_order_of_rows_nor_on_the_direction_of_the_scale(seed, n_groups, n_members):
    random = np.random.default_rng(seed)
    items = pd.DataFrame(random.integers(1, 6, (n_groups * n_members, 3)))
    groups = pd.Series(np.repeat(np.arange(n_groups), n_members))
    order = random.permutation(len(items))

    def of(answers, members):
        return scale_agreement(answers, answers.mean(axis=1), members, ResponseRange(1, 5))

    found = of(items, groups)
    for other in (of(items.iloc[order], groups.iloc[order]), of(6 - items, groups)):
        pd.testing.assert_frame_equal(other.by_group, found.by_group, rtol=1e-10, atol=1e-12)
        assert other.intraclass.f_statistic == pytest.approx(found.intraclass.f_statistic, rel=1e-9, nan_ok=True)
    agreement = found.by_group.filter(like="rwg_j").to_numpy()
    assert ((agreement >= 0) & (agreement <= 1)).all()
    assert found.by_group["awg_j"].dropna().between(-1 - 1e-12, 1).all()


@given(st.integers(0, 2**32 - 1))
def test_medians_from_counts_are_the_medians_of_the_answers(seed):
    random = np.random.default_rng(seed)
    answers, groups = random.integers(1, 8, 40), random.integers(0, 6, 40)
    grouped = grouped_items(pd.DataFrame({"a": answers}), pd.Series(groups))
    expected = pd.Series(answers).groupby(groups).median()
    assert grouped.medians[0].tolist() == expected.tolist()
