"""Rows drawn from a copula: margins that tell no value, correlations at each level, distances to real rows."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from models.synthetic.closeness import closeness, repeats_a_rare_row
from models.synthetic.draw import RealRows, draw_rows
from models.synthetic.levels import covariances_of, level_of
from models.synthetic.margins import margin_of, normal_scores

VALUES = arrays.arrays(float, st.integers(12, 80), elements=st.floats(-1e6, 1e6, allow_subnormal=False))


def alone(values):
    """Return a cluster of its own for every value."""
    return np.arange(len(values))


@given(VALUES, st.floats(0, 1))
def test_a_drawn_value_lies_between_the_means_of_the_outermost_ten(values, share):
    margin, ordered = margin_of(values, alone(values), 10), np.sort(values)
    found = margin.at(np.array([share]))[0]
    if len(margin.grid):
        assert np.isin(found, values)
        return
    slack = 1e-5 * np.abs(ordered).max() + (0.5 if margin.is_whole else 0)
    assert ordered[:10].mean() - slack <= found <= ordered[-10:].mean() + slack


@given(VALUES, st.integers(1, 9))
def test_a_value_of_fewer_than_ten_or_of_one_or_two_clusters_is_never_told_by_itself(values, n_clusters):
    clusters = alone(values) % n_clusters
    margin = margin_of(values, clusters, 10)
    different, counts = np.unique(values, return_counts=True)
    behind = np.array([len(set(clusters[values == value])) for value in different])
    assert not np.isin(different[(counts < 10) | (behind < 3)], margin.grid).any()
    assert len(margin.means) <= max(1, len(values) // 10)
    if n_clusters < 3:
        assert len(margin.means) == 1


def test_neighbours_come_from_three_clusters():
    # one cluster holds the whole top, another the whole bottom
    values, clusters = np.arange(90.0), np.repeat([0, 1, 2], [30, 30, 30])
    margin = margin_of(values, clusters, 10)
    assert margin.means.tolist() == [44.5]
    assert margin_of(values, np.arange(90) % 3, 10).means.tolist() == [4.5 + 10 * block for block in range(9)]


def test_a_scale_keeps_its_grid_and_its_shares():
    values = np.repeat([1.0, 2.0, 3.0, 4.0, 5.0], [20, 60, 120, 80, 40])
    found = margin_of(values, alone(values), 10).at(np.random.default_rng(1).random(50_000))
    different, counts = np.unique(found, return_counts=True)
    assert different.tolist() == [1, 2, 3, 4, 5]
    assert counts / 50_000 == pytest.approx(np.array([20, 60, 120, 80, 40]) / 320, abs=0.03)


def test_normal_scores_of_ranks_are_those_of_r():
    # R 4.2.2, 2026-11-26: qnorm((rank(c(3, 1, 1, 7)) - .5) / 4)
    found = normal_scores(np.array([3.0, 1.0, np.nan, 1.0, 7.0]))
    expected = [0.318639363964375, -0.674489750196082, np.nan, -0.674489750196082, 1.150349380376008]
    assert found == pytest.approx(expected, nan_ok=True, abs=1e-12)


def test_levels_are_told_apart():
    clusters, cells = np.array([0, 0, 0, 1, 1, 1]), np.array([0, 0, 1, 2, 2, 3])
    columns = {"cluster": [1, 1, np.nan, 2, 2, 2], "cell": [1, 1, 3, 2, 2, 4], "row": [1, 2, 3, 4, 5, 6]}
    assert {level_of(np.array(each, dtype=float), clusters, cells): name for name, each in columns.items()} == {
        name: name for name in columns
    }


def population(seed, n=6000, n_clusters=150):
    chance = np.random.default_rng(seed)
    clusters = np.r_[np.arange(n_clusters), chance.integers(0, n_clusters, n - n_clusters)]
    intercept = chance.normal(size=n_clusters)
    x = 0.6 * intercept[clusters] + 0.8 * chance.normal(size=n)
    y = 0.5 * x + 0.3 * chance.normal(size=n_clusters)[clusters] + chance.normal(size=n)
    columns = pd.DataFrame(
        {"x": x, "y": y, "answer": np.clip(np.round(3 + y), 1, 5), "fact": np.exp(9 + intercept)[clusters]}
    )
    columns.loc[chance.random(n) < 0.2, "answer"] = np.nan
    return RealRows(columns, clusters, chance.integers(0, 2, n), chance.integers(0, 2, n))


def test_variances_between_and_within_are_those_of_the_population():
    real = population(3)
    scores = np.column_stack([normal_scores(real.columns[name].to_numpy()) for name in ("x", "y")])
    found = covariances_of(scores, real.clusters, real.cells, ["row", "row"])
    assert np.diag(found.between + found.within) == pytest.approx([1, 1])
    # x: .36 between and .64 within, of 1; standard error of a variance of 150 intercepts: .36 sqrt(2 / 149) = .042
    assert found.between[0, 0] == pytest.approx(0.36, abs=4 * 0.042)
    assert found.within[0, 1] / found.within[0, 0] == pytest.approx(0.5 / np.sqrt(1 + 0.25 + 0.09), abs=0.06)


@given(st.integers(0, 1000))
@settings(max_examples=5, deadline=None)
def test_drawn_rows_keep_margins_correlations_clusters_and_what_is_missing(seed):
    real = population(seed)
    drawn = draw_rows(real, 10, np.random.default_rng(seed))
    assert drawn.columns.corr().to_numpy() == pytest.approx(real.columns.corr().to_numpy(), abs=0.2)
    assert drawn.columns[["x", "y", "answer"]].corr().to_numpy() == pytest.approx(
        real.columns[["x", "y", "answer"]].corr().to_numpy(), abs=0.1
    )
    assert drawn.columns.notna().sum().tolist() == real.columns.notna().sum().tolist()
    assert drawn.columns["fact"].groupby(drawn.clusters).nunique().max() == 1
    assert set(drawn.columns["answer"].dropna()) <= {1, 2, 3, 4, 5}
    sizes = np.bincount(drawn.clusters)
    assert (sizes.sum(), len(sizes)) == (6000, 150)
    assert not set(drawn.columns["fact"]) & set(real.columns["fact"])


def test_strata_keep_their_own_margins():
    real = population(7)
    real.columns.loc[real.strata == 1, "x"] += 10
    drawn = draw_rows(real, 10, np.random.default_rng(0))
    strata = real.strata[drawn.patterns]
    assert drawn.columns["x"].groupby(strata).mean().tolist() == pytest.approx([0, 10], abs=0.4)


def test_a_drawn_row_that_is_a_rare_real_one_is_found():
    chance = np.random.default_rng(2)
    real, drawn = chance.normal(size=(200, 4)), chance.normal(size=(50, 4))
    drawn[7] = real[3]
    assert np.flatnonzero(repeats_a_rare_row(drawn, real, 10)).tolist() == [7]
    found = closeness(drawn, real)
    assert (found.n_equal, found.share_equal_real) == (1, 0.0)


def test_rows_that_are_equal_by_chance_are_not_looked_at():
    chance = np.random.default_rng(2)
    real, drawn = (chance.integers(0, 5, size=(200, 2)).astype(float) for _ in range(2))
    assert not repeats_a_rare_row(drawn, real, 10).any()


def test_a_missing_value_equals_a_missing_value_and_no_other():
    chance = np.random.default_rng(3)
    real = chance.normal(size=(60, 2))
    real[:20, 1] = np.nan
    drawn = np.vstack([real[0], [real[0, 0], np.nanmean(real[:, 1])], chance.normal(size=(3, 2))])
    assert repeats_a_rare_row(drawn, real, 10).tolist() == [True, False, False, False, False]
    found = closeness(drawn, real)
    assert (found.n_equal, found.n_rows) == (1, 5)
    assert np.isfinite(found.median_distance)
