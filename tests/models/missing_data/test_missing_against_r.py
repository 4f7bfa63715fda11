"""Pooling, joint tests, patterns and Little's test against R's (oracle 13)."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from models.missing_data.patterns import missing_patterns
from models.missing_data.pooled_tests import PooledTest, pooled_wald
from models.missing_data.pooling import PooledEstimates, pool_estimates
from models.missing_data.randomness import normal_moments, randomness_test
from tests.agreement.missing_data import (
    AGE,
    CONVERGED,
    POOLED,
    SUMMARY,
    explained_over,
    likelihoods_of_age,
    logit_of,
    statistics_of_age,
)
from tests.models.missing_data.nhanes import CompletedSet, completed_sets, nhanes_in_numbers, stored

pytestmark = pytest.mark.reference

EXACT = 1e-8


@pytest.fixture(scope="module")
def exact(reference: Path) -> dict:
    return stored(reference)["exact"]


@pytest.fixture(scope="module")
def sets(reference: Path) -> list[CompletedSet]:
    return completed_sets(reference)


@pytest.fixture(scope="module")
def pooled(sets: list[CompletedSet]) -> PooledEstimates:
    return pool_estimates([each.estimates for each in sets])


def assert_pooled(found: PooledEstimates, model: dict) -> None:
    table = found.table()
    for part, names in (("pooled", POOLED), ("summary", SUMMARY)):
        expected = pd.DataFrame(model[part])
        assert list(table["term"]) == list(expected["term"])
        for theirs, ours in names.items():
            np.testing.assert_allclose(table[ours], expected[theirs], rtol=EXACT, err_msg=theirs)


def test_a_pooled_regression_is_rs(pooled: PooledEstimates, exact: dict) -> None:
    assert_pooled(pooled, exact["lm_chl_age_bmi"])


def test_a_pooled_logit_is_rs(sets: list[CompletedSet], exact: dict) -> None:
    assert_pooled(pool_estimates([logit_of(each, 1e-8) for each in sets]), exact["glm_hyp_bmi"])


def test_a_logit_that_has_converged_is_near_rs(sets: list[CompletedSet], exact: dict) -> None:
    """R stops its logits early: their estimates and variances are 1e-6 from the maximum."""
    found = pool_estimates([logit_of(each, CONVERGED) for each in sets]).table()
    expected = pd.DataFrame(exact["glm_hyp_bmi"]["pooled"])
    np.testing.assert_allclose(found[list(POOLED.values())], expected[list(POOLED)], rtol=2e-6)


def assert_tested(found: PooledTest, expected: dict) -> None:
    figures = (found.statistic, found.df, found.df_resid, found.p_value, found.relative_increase)
    assert figures == pytest.approx(tuple(expected.values()), rel=EXACT)


def test_a_joint_test_of_pooled_estimates_is_rs(pooled: PooledEstimates, exact: dict) -> None:
    assert_tested(pooled_wald(pooled, AGE), exact["D1_age"])


def test_a_joint_test_of_statistics_is_rs(sets: list[CompletedSet], exact: dict) -> None:
    assert_tested(statistics_of_age(sets), exact["D2_age"])


def test_a_joint_test_of_likelihoods_is_rs(sets: list[CompletedSet], exact: dict) -> None:
    assert likelihoods_of_age(sets).statistic == pytest.approx(exact["D3_age"][0], rel=EXACT)


@pytest.mark.parametrize(("name", "is_adjusted"), [("pooled_r2", False), ("pooled_adjr2", True)])
def test_explained_variance_is_rs(name: str, is_adjusted: bool, sets: list[CompletedSet], exact: dict) -> None:
    found = explained_over(sets, is_adjusted=is_adjusted)
    figures = (found.estimate, found.conf_low, found.conf_high, found.fraction_missing)
    assert figures == pytest.approx(tuple(exact[name].values()), rel=EXACT)


def test_littles_test_and_the_moments_behind_it_are_rs(reference: Path) -> None:
    expected = stored(reference)["mcar_little"]
    data = nhanes_in_numbers(reference)
    found, moments = randomness_test(data), normal_moments(data)
    assert (found.statistic, found.df, found.p_value) == pytest.approx(
        (expected["d2"], expected["df"], expected["p"]), rel=1e-6
    )
    np.testing.assert_allclose(moments.mean, list(expected["mu"].values()), rtol=1e-6)
    np.testing.assert_allclose(moments.covariance, expected["sigma"]["values"], rtol=1e-5, atol=1e-6)


def test_patterns_are_rs(reference: Path) -> None:
    expected = stored(reference)["missing_pattern"]["nhanes2"]
    found = missing_patterns(nhanes_in_numbers(reference))
    *rows, totals = expected["values"]
    assert list(found.variables) == expected["cols"][:-1]
    theirs = sorted((int(n), *row) for n, row in zip(expected["rows"][:-1], rows, strict=True))
    ours = found.table()
    assert theirs == sorted(
        (int(n), *map(int, seen), int(missing))
        for n, seen, missing in zip(found.n_rows, found.is_observed, ours["n_missing"], strict=True)
    )
    assert [*found.n_missing, found.n_missing.sum()] == totals
    assert len(found.cells()) == found.is_observed.size
