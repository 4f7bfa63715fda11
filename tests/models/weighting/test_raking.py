"""Raking and trimming: R's results, hand-computed cases, margins reproduced, and refusals that name the margin."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.weighting.effects import coefficient_of_variation, effective_n, kish_design_effect
from models.weighting.faults import WeightingError
from models.weighting.raking import Margin, rake
from models.weighting.trimming import median_plus_iqr, times_mean, trim_weights


def margin(name, values, targets):
    categories = tuple(targets)
    return Margin(
        name, categories, np.array(list(targets.values()), float), np.array([categories.index(v) for v in values])
    )


@pytest.fixture(scope="module")
def calibration(reference):
    oracle = json.loads((reference / "oracles" / "12_survey.json").read_text())
    schools = pd.read_csv(reference / "oracles" / "data" / "apiclus1.csv")
    targets = {
        name: {row[column]: row["Freq"] for row in oracle["calibration"]["targets"][name]}
        for name, column in (("stype", "stype"), ("sch_wide", "sch.wide"))
    }
    stype = margin("stype", schools["stype"], targets["stype"])
    wide = margin("sch.wide", schools["sch.wide"], targets["sch_wide"])
    return oracle["calibration"], schools["pw"].to_numpy(), stype, wide


def assert_as_in_r(weights, expected, tolerance):
    assert weights[:20] == pytest.approx(expected["first20"], rel=tolerance)
    assert weights.sum() == pytest.approx(expected["sum"], rel=tolerance)
    assert (weights.min(), weights.max()) == pytest.approx((expected["min"], expected["max"]), rel=tolerance)
    assert kish_design_effect(weights) == pytest.approx(expected["kish_deff"], rel=tolerance)


@pytest.mark.reference
class TestAgainstR:
    """R 4.2.2, survey 4.1-1, design svydesign(id = ~dnum, weights = ~pw, data = apiclus1, fpc = ~fpc);
    oracles/12_survey.json, made 2026-11-22, whose tolerances are used."""

    def test_raking_is_that_of_rake(self, calibration):
        expected, weights, stype, wide = calibration
        assert_as_in_r(rake(weights, [stype, wide]).weights, expected["rake"], 1e-6)

    def test_raking_to_one_margin_is_poststratify(self, calibration):
        expected, weights, stype, _ = calibration
        raked = rake(weights, [stype])
        assert_as_in_r(raked.weights, expected["poststrat"], 1e-7)
        assert raked.n_iterations == 1

    def test_trimming_is_that_of_trim_weights(self, calibration):
        expected, weights, stype, wide = calibration
        trimmed = trim_weights(rake(weights, [stype, wide]).weights, upper=45, lower=15)
        assert_as_in_r(trimmed.weights, expected["rake_trim_15_45"], 1e-6)


def test_one_margin_is_hit_by_hand():
    raked = rake(np.ones(4), [margin("size", ["s", "s", "s", "l"], {"s": 60, "l": 40})])
    assert raked.weights == pytest.approx([20, 20, 20, 40])
    assert raked.n_iterations == 1


def test_independent_margins_of_a_balanced_sample_multiply():
    size, sector = margin("size", "ssll", {"s": 30, "l": 70}), margin("sector", "abab", {"a": 40, "b": 60})
    assert rake(np.ones(4), [size, sector]).weights == pytest.approx([12, 18, 28, 42])


@st.composite
def tables(draw):
    n_rows, n_columns = draw(st.integers(2, 4)), draw(st.integers(2, 4))
    counts = draw(st.lists(st.integers(1, 5), min_size=n_rows * n_columns, max_size=n_rows * n_columns))
    cells = np.repeat(np.arange(n_rows * n_columns), counts)
    weights = np.array(draw(st.lists(st.floats(0.2, 5), min_size=len(cells), max_size=len(cells))))
    targets = [np.array(draw(st.lists(st.floats(0.1, 1), min_size=n, max_size=n))) for n in (n_rows, n_columns)]
    return weights, cells // n_columns, cells % n_columns, [100 * each / each.sum() for each in targets]


@given(tables())
def test_raked_weights_are_positive_and_have_the_margins(table):
    weights, rows, columns, (of_rows, of_columns) = table
    names = tuple("abcd")
    margins = [
        Margin("rows", names[: len(of_rows)], of_rows, rows),
        Margin("columns", names[: len(of_columns)], of_columns, columns),
    ]
    raked = rake(weights, margins)
    assert (raked.weights > 0).all()
    assert raked.weights.sum() == pytest.approx(100)
    assert np.bincount(rows, raked.weights) == pytest.approx(of_rows, rel=1e-8)
    assert np.bincount(columns, raked.weights) == pytest.approx(of_columns, rel=1e-8)
    assert not raked.is_trimmed.any()


def test_raking_with_a_limit_keeps_margins_and_limit():
    draw = np.random.default_rng(3)
    weights = np.concatenate([np.ones(60), [12.0]])
    size = margin("size", np.where(np.arange(61) % 2, "s", "l"), {"s": 300, "l": 700})
    sector = margin("sector", draw.choice(["a", "b"], 61), {"a": 450, "b": 550})
    free = rake(weights, [size, sector])
    bound = rake(weights, [size, sector], limit=times_mean(3))
    assert free.weights.max() > 3 * 1000 / 61
    assert bound.weights.max() <= 3 * 1000 / 61 * (1 + 1e-6)
    assert bound.is_trimmed.tolist() == [False] * 60 + [True]
    assert size.totals(bound.weights) == pytest.approx([300, 700])
    assert sector.totals(bound.weights) == pytest.approx([450, 550])


@pytest.mark.parametrize(
    ("margins", "told"),
    [
        ([], "there is no margin"),
        (
            [margin("size", "ss", {"s": 1, "l": 1})],
            "the margin size has the category 'l', of which there is no response",
        ),
        (
            [margin("size", "sl", {"s": 1, "l": 1}), margin("sector", "ab", {"a": 1, "b": 2})],
            "the margin size adds up to 2 and sector to 3",
        ),
        (
            [margin("size", "sl", {"s": 5, "l": 5}), margin("sector", "ab", {"a": 1, "b": 9})],
            "raking did not settle in 500 cycles: the category 's' of the margin size is 80",
        ),
    ],
    ids=["no margin", "an empty category", "different sums", "contradicting margins"],
)
def test_margins_that_cannot_be_had_are_refused_by_name(margins, told):
    with pytest.raises(WeightingError, match=told):
        rake(np.ones(2), margins)


def test_trimming_spreads_the_excess_equally_by_hand():
    trimmed = trim_weights(np.array([1.0, 1.0, 1.0, 10.0]), upper=4)
    assert trimmed.weights == pytest.approx([3, 3, 3, 4])
    assert trimmed.is_trimmed.tolist() == [False, False, False, True]


def test_trimming_goes_on_when_spreading_pushes_a_weight_over_the_limit():
    assert trim_weights(np.array([1.0, 3.5, 9.0]), upper=5).weights == pytest.approx([3.5, 5, 5])


def test_a_limit_below_the_mean_is_refused():
    with pytest.raises(WeightingError, match="leave no room for weights whose mean is 2"):
        trim_weights(np.array([1.0, 3.0]), upper=1.5)


@given(st.lists(st.floats(0.1, 50), min_size=1, max_size=30), st.floats(1.05, 5))
def test_trimmed_weights_keep_their_sum_and_the_limit(weights, times):
    given_ = np.array(weights)
    trimmed = trim_weights(given_, upper=times_mean(times)(given_))
    assert trimmed.weights.sum() == pytest.approx(given_.sum())
    assert trimmed.weights.max() <= times * given_.mean() * (1 + 1e-9)
    assert kish_design_effect(trimmed.weights) <= kish_design_effect(given_) + 1e-9


def test_limits_by_hand():
    weights = np.array([1.0, 2.0, 3.0, 4.0, 10.0])
    assert median_plus_iqr(3)(weights) == pytest.approx(3 + 3 * 2)
    assert times_mean(2)(weights) == 8


def test_kish_by_hand():
    weights = np.array([1.0, 1.0, 2.0])
    assert kish_design_effect(weights) == pytest.approx(3 * 6 / 16)
    assert effective_n(weights) == pytest.approx(16 / 6)
    assert 1 + coefficient_of_variation(weights) ** 2 == pytest.approx(kish_design_effect(weights))
    assert all(np.isnan(f(np.array([]))) for f in (kish_design_effect, effective_n, coefficient_of_variation))
