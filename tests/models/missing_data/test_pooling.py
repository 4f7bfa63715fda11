"""Properties of pooling, refusals, and patterns and tests where there is nothing to compare with R's."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from models.missing_data.patterns import missing_patterns
from models.missing_data.pooled_tests import pooled_likelihoods, pooled_statistics, pooled_wald
from models.missing_data.pooling import CompletedEstimates, pool_estimates, pool_explained
from models.missing_data.randomness import normal_moments, randomness_test
from models.regression.identification import ModelDataError
from models.regression.wald import wald_test

SEEDS = st.integers(0, 10_000)


def sets_of(seed, m=5, k=3, df=40.0, between=1.0):
    random = np.random.default_rng(seed)
    root = random.normal(size=(k, k)) + 2 * np.eye(k)
    centre = random.normal(size=k)
    return [
        CompletedEstimates(tuple("abc"[:k]), centre + between * random.normal(size=k), root @ root.T, df)
        for _ in range(m)
    ]


@given(SEEDS)
def test_sets_that_do_not_differ_give_what_complete_data_give(seed):
    sets = sets_of(seed, between=0.0)
    pooled = pool_estimates(sets)
    np.testing.assert_array_equal(pooled.estimates, sets[0].estimates)
    np.testing.assert_array_equal(pooled.covariance, sets[0].covariance)
    np.testing.assert_array_equal(pooled.df, 40.0)
    np.testing.assert_array_equal(pooled.fraction_missing, 0.0)
    found, expected = (
        pooled_wald(pooled, np.eye(3)),
        wald_test(sets[0].estimates, sets[0].covariance, np.eye(3), 1e10),
    )
    assert found.statistic == pytest.approx(expected.statistic)


@given(SEEDS, st.floats(-5, 5), st.floats(0.1, 10))
def test_shifts_and_scales_go_through(seed, shift, scale):
    sets = sets_of(seed)
    moved = [
        CompletedEstimates(each.terms, scale * each.estimates + shift, scale**2 * each.covariance, 40.0)
        for each in sets
    ]
    here, there = pool_estimates(sets), pool_estimates(moved)
    np.testing.assert_allclose(there.estimates, scale * here.estimates + shift, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(there.covariance, scale**2 * here.covariance, rtol=1e-9)
    np.testing.assert_allclose(there.df, here.df, rtol=1e-9)


@given(SEEDS)
def test_more_missing_information_costs_degrees_of_freedom(seed):
    few, many = (pool_estimates(sets_of(seed, between=between)) for between in (0.5, 1.0))
    assert (many.df < few.df).all()
    assert (many.df <= 40).all()
    assert (many.fraction_missing > few.fraction_missing).all()
    np.testing.assert_allclose(many.monte_carlo_error, np.sqrt(np.diag(many.between) / 5))


def test_infinite_degrees_of_freedom_are_those_of_rubin():
    pooled = pool_estimates(sets_of(1, df=np.inf))
    np.testing.assert_allclose(pooled.df, 4 / pooled.share_due_to_missing**2)


@given(SEEDS)
def test_a_joint_test_of_one_coefficient_is_the_square_of_its_own(seed):
    pooled = pool_estimates(sets_of(seed, df=np.inf))
    table = pooled.table()
    assert pooled_wald(pooled, np.eye(3)[:1]).statistic == pytest.approx(table["statistic"][0] ** 2)


@given(SEEDS)
def test_a_joint_test_does_not_depend_on_how_contrasts_are_written(seed):
    pooled = pool_estimates(sets_of(seed, df=400.0, between=0.3))
    turn = np.random.default_rng(seed).normal(size=(2, 2)) + 3 * np.eye(2)
    here, there = pooled_wald(pooled, np.eye(3)[:2]), pooled_wald(pooled, turn @ np.eye(3)[:2])
    assert (there.statistic, there.df_resid) == pytest.approx((here.statistic, here.df_resid))


def test_statistics_that_do_not_differ_are_divided_by_their_number():
    found = pooled_statistics(np.full(5, 6.0), 2)
    assert (found.statistic, found.df_resid) == (3.0, np.inf)
    same = pooled_likelihoods(np.full(5, 6.0), np.full(5, 6.0), 2)
    assert (same.statistic, same.relative_increase) == (3.0, 0.0)


BAD_SETS = [
    (lambda sets: sets[:1], "1 completed set; expected at least 2"),
    (
        lambda sets: [sets[0], CompletedEstimates(("a", "b", "d"), sets[1].estimates, sets[1].covariance)],
        "completed set 2 has other terms than the first \\('c', 'd'\\)",
    ),
    (
        lambda sets: [sets[0], CompletedEstimates(("a", "b", "c"), sets[1].estimates * np.nan, sets[1].covariance)],
        "completed set 2 has estimates",
    ),
]


@pytest.mark.parametrize(("change", "message"), BAD_SETS)
def test_sets_that_cannot_be_pooled_are_refused(change, message):
    with pytest.raises(ModelDataError, match=message):
        pool_estimates(change(sets_of(1)))


def test_joint_tests_that_cannot_be_made_are_refused():
    pooled = pool_estimates(sets_of(1, df=4.0, between=3.0))
    with pytest.raises(ModelDataError, match="covariance of rank 1; expected 2"):
        pooled_wald(pooled, np.eye(3)[[0, 0]])
    with pytest.raises(ModelDataError, match="too few for a joint test"):
        pooled_wald(pooled, np.eye(3))
    with pytest.raises(ModelDataError, match="expected at least 2, none below nought"):
        pooled_statistics(np.array([1.0, -1.0]), 2)
    with pytest.raises(ModelDataError, match="as many of each kind"):
        pooled_likelihoods(np.ones(3), np.ones(2), 2)
    with pytest.raises(ModelDataError, match="1 of 3 shares of explained variance lie outside"):
        pool_explained(np.array([0.1, -0.1, 0.2]), 30)
    with pytest.raises(ModelDataError, match="3 rows in a completed set"):
        pool_explained(np.array([0.1, 0.2]), 3)


@given(SEEDS)
def test_patterns_count_every_row_and_every_gap(seed):
    random = np.random.default_rng(seed)
    data = pd.DataFrame(random.normal(size=(40, 4)), columns=list("abcd")).mask(random.random((40, 4)) < 0.3)
    found = missing_patterns(data)
    assert found.n_rows.sum() == 40
    assert dict(zip(found.variables, found.n_missing, strict=True)) == data.isna().sum().to_dict()
    assert list(found.n_missing) == sorted(found.n_missing)
    shuffled = missing_patterns(data.sample(frac=1, random_state=seed))
    pd.testing.assert_frame_equal(found.table(), shuffled.table())


@pytest.mark.parametrize(("seed", "shift", "scale"), [(1, 50.0, 0.1), (2, -3.0, 40.0)])
def test_littles_test_knows_no_units(seed, shift, scale):
    random = np.random.default_rng(seed)
    data = pd.DataFrame(random.normal(size=(60, 3)) @ (np.eye(3) + 0.4 * random.random((3, 3))), columns=list("abc"))
    data = data.mask(random.random((60, 3)) < 0.2)
    here, there = randomness_test(data), randomness_test(data.assign(a=data["a"] * scale + shift))
    assert there.statistic == pytest.approx(here.statistic, rel=1e-5)
    assert randomness_test(data.sample(frac=1, random_state=seed)) == here


def test_complete_data_have_their_own_moments():
    data = pd.DataFrame(np.random.default_rng(1).normal(size=(50, 3)), columns=list("abc"))
    found = normal_moments(data)
    np.testing.assert_allclose(found.mean, data.mean())
    np.testing.assert_allclose(found.covariance, data.cov(ddof=0))


@pytest.mark.slow
def test_littles_test_rejects_as_often_as_it_says_and_finds_what_is_missing_at_random():
    n_rejected, n_found = 0, 0
    for random in np.random.default_rng(5).spawn(250):
        data = pd.DataFrame(random.multivariate_normal([0, 0, 0], 0.5 + 0.5 * np.eye(3), 300), columns=list("abc"))
        n_rejected += randomness_test(data.mask(random.random((300, 3)) < 0.15)).p_value < 0.05
        n_found += randomness_test(data.assign(a=data["a"].where(data["b"] < 0.5))).p_value < 0.05
    interval = binomtest(int(n_rejected), 250).proportion_ci(0.999, method="exact")
    assert interval.low <= 0.05 <= interval.high
    assert n_found == 250


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda data: data[["a"]], "1 variable; expected at least 2"),
        (lambda data: data.assign(b=1.0), "'b' has no two different values"),
        (lambda data: data.assign(d=data["a"] + data["b"]), "follows from the other variables in all complete rows"),
        (lambda data: data.dropna(), "all rows have the same variables"),
        (
            lambda data: data.assign(a=data["a"].where(data.index < 20), b=data["b"].where(data.index >= 20)),
            "'a' and 'b' are known together in fewer than 3 rows",
        ),
    ],
)
def test_data_that_littles_test_cannot_carry_are_refused(change, message):
    random = np.random.default_rng(3)
    data = pd.DataFrame(random.normal(size=(40, 3)), columns=list("abc")).mask(random.random((40, 3)) < 0.1)
    with pytest.raises(ModelDataError, match=message):
        randomness_test(change(data))
