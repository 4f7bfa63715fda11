"""Differential item functioning: against R, what is found in invented answers, and what is refused."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from instruments.faults import UsageError
from models.measurement.equivalence.differential import (
    CRANE,
    JODOIN_GIERL,
    ZUMBO_THOMAS,
    FunctioningRule,
    LikelihoodRatio,
    _size,
    differential_functioning,
)

ITEMS = ["E3", "E4", "E5", "A3", "A5"]


def invented(uniform=0.0, non_uniform=0.0, n=1500, seed=20261126):
    """Six items of five points; in group b the first is shifted, and turns with the level."""
    random = np.random.default_rng(seed)
    level, group = random.normal(size=n), random.integers(0, 2, n)
    latent = 1.5 * level[:, None] + random.logistic(size=(n, 6))
    latent[:, 0] += group * (uniform + non_uniform * level)
    codes = np.clip(np.round(latent) + 3, 1, 5).astype(int)
    return pd.DataFrame(codes, columns=[f"i{place}" for place in range(1, 7)]), pd.Series(np.array(["a", "b"])[group])


@pytest.mark.reference
@pytest.mark.parametrize(
    ("item", "over", "n_obs", "figures", "log_odds"),
    [
        ("E3", "gender", 2713, (8.89907110214517, 0.0204710234975209, 0.000995201414815905, 0.00233897863776911),
         [-0.22315093563945]),
        ("A5", "gender", 2713, (3.98194755298118, 0.00644432206536294, 0.00048049112204418, 0.000996017638325297),
         [0.151688777088257]),
        ("E4", "education", 2498, (32.7597183100243, 14.9314382784414, 0.00595919113251164, 0.0134227018823139),
         [0.232793343664974, 0.285685582861987, -0.0173057312369581, -0.272980502144321]),
    ],
    ids=["E3 over two groups", "A5 over two groups", "E4 over five groups"],
)  # fmt: skip
def test_tests_and_sizes_equal_clm(reference, item, over, n_obs, figures, log_odds):
    # R 4.2.2, ordinal 2022.11.16, 2026-11-26: 2 * diff(logLik) of clm(factor(y) ~ s), ~ s + factor(g) and
    # ~ s * factor(g), clm.control(gradTol = 1e-12), d <- na.omit(bfi[c(items, over)]), s the mean of the
    # other four; pseudo R2 by formula
    answers = pd.read_csv(reference / "oracles/data/bfi.csv")
    found = {each.item: each for each in differential_functioning(answers[ITEMS], answers[over]).items}[item]
    uniform, non_uniform, mcfadden, nagelkerke = figures
    assert found.n_obs == n_obs
    assert [found.uniform.statistic, found.non_uniform.statistic] == pytest.approx([uniform, non_uniform], abs=1e-7)
    assert found.both.statistic == pytest.approx(uniform + non_uniform, abs=1e-7)
    assert [found.both.mcfadden, found.both.nagelkerke] == pytest.approx([mcfadden, nagelkerke], abs=1e-10)
    assert list(found.log_odds) == pytest.approx(log_odds, abs=1e-7)


def test_an_item_that_favours_a_group_is_found_with_its_direction():
    first, *others = differential_functioning(*invented(uniform=1.5)).items
    assert first.is_flagged
    assert first.log_odds[0] == pytest.approx(1.5, abs=0.4)
    assert first.uniform.statistic > 50 * first.non_uniform.statistic
    assert not any(each.is_flagged for each in others)


def test_an_item_that_turns_with_the_level_is_found_as_non_uniform():
    first = differential_functioning(*invented(non_uniform=2.0)).items[0]
    assert first.non_uniform.p_value < 1e-6
    assert first.non_uniform.statistic > 5 * first.uniform.statistic


def test_a_purified_score_leaves_flagged_items_out():
    found = differential_functioning(*invented(uniform=2.0), is_purified=True)
    assert (found.has_settled, found.n_rounds) == (True, 2)
    assert found.items[1].matched_on == ("i3", "i4", "i5", "i6")
    assert found.items[0].matched_on == ("i2", "i3", "i4", "i5", "i6")


@pytest.mark.slow
def test_items_that_work_alike_are_rejected_at_the_level():
    p_values = [
        each.both.p_value for seed in range(150) for each in differential_functioning(*invented(n=600, seed=seed)).items
    ]
    assert np.mean(np.array(p_values) < 0.05) == pytest.approx(0.05, abs=0.025)


@pytest.mark.parametrize(
    ("rule", "p_value", "rise", "size"),
    [
        (JODOIN_GIERL, 0.02, 0.5, "none"),
        (JODOIN_GIERL, 0.001, 0.034, "negligible"),
        (JODOIN_GIERL, 0.001, 0.035, "moderate"),
        (JODOIN_GIERL, 0.001, 0.070, "large"),
        (ZUMBO_THOMAS, 0.001, 0.12, "negligible"),
        (ZUMBO_THOMAS, 0.001, 0.26, "large"),
        (CRANE, 0.001, 0.9, "negligible"),
        (FunctioningRule(alpha=0.05), 0.02, 0.04, "moderate"),
        (JODOIN_GIERL, np.nan, np.nan, "none"),
    ],
)
def test_sizes_follow_the_cut_offs(rule, p_value, rise, size):
    # McFadden's rise is 0.01 throughout: the rule of Crane looks at it, the others at Nagelkerke's.
    assert _size(LikelihoodRatio(10.0, 2, p_value, 0.01, rise), p_value, rule) == size


@pytest.mark.parametrize(
    ("items", "reasons"),
    [
        ({"a": [3] * 8, "b": [1, 2, 3, 1, 2, 3, 1, 2], "c": [1, 3, 2, 2, 1, 3, 3, 1]}, {"a": "constant_item"}),
        ({"a": [1, 2, 3, 1, 2, 3, 1, 2], "b": [3] * 8}, {"a": "constant_score", "b": "constant_item"}),
        ({"a": [1, 2, 1, 2, 4, 5, 4, 5], "b": [1, 2, 1, 2, 4, 5, 4, 5]}, {"a": "separated", "b": "separated"}),
    ],
    ids=["constant item", "constant rest", "two identical items"],
)
def test_an_item_that_cannot_be_judged_says_why(items, reasons):
    found = differential_functioning(pd.DataFrame(items), pd.Series(list("xyxyxyxy")))
    assert {each.item: each.reason for each in found.items if each.item in reasons} == reasons
    assert all(np.isnan(each.both.statistic) and not each.is_flagged for each in found.items if each.item in reasons)


@pytest.mark.parametrize(
    ("items", "groups", "words"),
    [
        ({"a": [1, 2, 3]}, ["x", "y", "x"], "a single item cannot be matched"),
        ({"a": [1, 2, 3], "b": [1, 2, 2]}, ["x", "x", "x"], "1 group with complete answers"),
        ({"a": [1, 2, None], "b": [1, 2, 2]}, ["x", "x", "y"], "1 group with complete answers"),
        ({"a": [], "b": []}, [], "0 group with complete answers"),
    ],
)
def test_what_cannot_be_compared_is_refused(items, groups, words):
    with pytest.raises(UsageError, match=words):
        differential_functioning(pd.DataFrame(items, dtype="Float64"), pd.Series(groups, dtype="str"))


@settings(max_examples=10)
@given(st.integers(0, 2**32 - 1))
def test_tests_depend_neither_on_order_of_rows_nor_on_direction_and_zero_of_the_scale(seed):
    items, groups = invented(uniform=0.5, n=200, seed=seed)
    order = np.random.default_rng(seed).permutation(200)
    first = differential_functioning(items, groups)
    for other in (
        differential_functioning(items.iloc[order], groups.iloc[order]),
        differential_functioning(9 - items, groups),
    ):
        for one, two in zip(first.items, other.items, strict=True):
            assert two.both.statistic == pytest.approx(one.both.statistic, abs=1e-6)
            assert abs(two.log_odds[0]) == pytest.approx(abs(one.log_odds[0]), abs=1e-6)
