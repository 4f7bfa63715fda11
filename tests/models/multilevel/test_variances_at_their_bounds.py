"""Variances that are nought: named, never hidden, and tested as what lies at an edge."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from models.multilevel.kenward_roger import kenward_roger
from models.multilevel.profile_intervals import profile_intervals, variance_profile_intervals
from models.multilevel.satterthwaite import satterthwaite
from models.multilevel.variance_tests import test_of_variance as variance_test
from models.multilevel.variance_tests import tests_of_variances as variance_tests
from models.regression.identification import ModelDataError
from models.regression.least_squares import solve_least_squares
from tests.models.multilevel.oracle_models import drawn, fit_rows

INTERCEPT = (("g", ("intercept",), True),)
SLOPE = (("g", ("intercept", "x"), True),)
SLOPE_FIRST = (("g", ("x", "intercept"), True),)


def rows_without_groups(seed: int, n_groups: int = 12, size: int = 5) -> pd.DataFrame:
    """Groups whose means differ less than chance."""
    rng = np.random.default_rng(seed)
    group = np.repeat(np.arange(n_groups), size)
    x, e = rng.normal(size=(2, len(group)))
    return pd.DataFrame({"g": group, "x": x, "y": 1 + x + e - 0.9 * np.bincount(group, e)[group] / size})


def test_a_variance_of_nought_is_named_and_leaves_least_squares() -> None:
    rows = rows_without_groups(1)
    model = fit_rows(rows, "y", ("x",), INTERCEPT)
    assert model.singular == ("the variance of intercept between 'g' is nought",)
    assert model.group_covariances["g"][0, 0] == 0
    assert model.audit.doubts == ()
    plain = solve_least_squares(model.problem.rows.matrix, model.problem.rows.outcome)
    np.testing.assert_allclose(model.coefficients, plain.coefficients, rtol=1e-10)
    assert model.sigma2 == pytest.approx(plain.sigma2, rel=1e-10)
    assert (model.random_effects()["g"] == 0).all().all()
    np.testing.assert_allclose(satterthwaite(model).df(np.eye(2)), 58, rtol=1e-5)
    assert np.isfinite(kenward_roger(model).df(np.eye(2))).all()


@pytest.mark.parametrize("sign", [1, -1])
def test_a_correlation_of_one_is_named(sign: int) -> None:
    rng = np.random.default_rng(4)
    group, effects = np.repeat(np.arange(15), 6), rng.normal(size=15)
    x = rng.normal(size=90)
    y = effects[group] + sign * 0.5 * effects[group] * x + 0.3 * rng.normal(size=90)
    model = fit_rows(pd.DataFrame({"g": group, "x": x, "y": y}), "y", ("x",), SLOPE)
    covariance = model.group_covariances["g"]
    correlation = covariance[0, 1] / np.sqrt(covariance[0, 0] * covariance[1, 1])
    if model.singular:
        assert model.singular == (f"the correlation of intercept and x over 'g' is {sign}",)
        assert correlation == pytest.approx(sign, abs=1e-6)
    assert sign * correlation > 0.9
    assert model.audit.doubts == ()


@pytest.mark.parametrize("seed", range(40))
def test_no_variance_between_groups_is_likelier_than_the_one_found(seed: int) -> None:
    rng = np.random.default_rng(seed)
    group = np.where(np.arange(150) < 8, 12 + np.arange(150), rng.integers(0, 12, 150))
    x = rng.normal(size=150)
    rows = pd.DataFrame({"g": group, "x": x, "y": 1 + x + rng.normal(size=150)})
    model = fit_rows(rows, "y", ("x",), INTERCEPT, method=("ML", "REML")[seed % 2])
    others = [model.problem.solve(np.array([theta])).value for theta in np.linspace(0, 1, 201)]
    assert model.solved.value <= min(others) + 1e-9
    assert model.audit.doubts == ()


def test_a_start_at_a_bound_does_not_hold_the_optimum_there() -> None:
    rows = drawn(np.random.default_rng(11), n=200, groups=20)
    model = fit_rows(rows, "y", ("x",), (("a", ("intercept", "x"), True),))
    at_nought = model.problem.solve(np.zeros(3))
    assert at_nought.gradient == pytest.approx(0)
    assert model.optimum.value < at_nought.value - 1
    assert model.audit.steepest_fall > -1e-9


def test_a_variance_is_tested_against_the_even_mixture() -> None:
    rows = drawn(np.random.default_rng(11), n=200, groups=20)
    model = fit_rows(rows, "y", ("x",), (("a", ("intercept", "x"), True), ("b", ("intercept",), True)))
    found = {(test.group, test.effect): test for test in variance_tests(model)}
    reduced = fit_rows(rows, "y", ("x",), (("a", ("intercept",), True), ("b", ("intercept",), True)))
    slope = found["a", "x"]
    assert slope.statistic == pytest.approx(reduced.criterion - model.criterion, abs=1e-7)
    assert (slope.n_covariances, found["b", "intercept"].n_covariances) == (1, 0)
    assert found["b", "intercept"].p_value == pytest.approx(found["b", "intercept"].p_value_naive / 2)
    assert slope.p_value < slope.p_value_naive


def test_a_variance_of_nought_has_a_p_value_of_one_and_an_interval_from_nought() -> None:
    model = fit_rows(rows_without_groups(1), "y", ("x",), INTERCEPT)
    assert (variance_test(model, "g", "intercept").statistic, variance_test(model, "g", "intercept").p_value) == (0, 1)
    interval = profile_intervals(model).iloc[0]
    assert (interval["parameter"], interval["conf_low"]) == ("deviation", 0)
    assert interval["conf_high"] > 0


def test_an_effect_that_the_model_has_not_is_refused() -> None:
    model = fit_rows(rows_without_groups(1), "y", ("x",), INTERCEPT)
    with pytest.raises(ModelDataError, match="no random x over 'g'; expected one of intercept over 'g'"):
        variance_test(model, "g", "x")


@pytest.mark.slow
def test_the_mixture_rejects_true_nulls_as_often_as_it_says() -> None:
    """Exact binomial interval of 99.9 % around the rejections of 400 draws at 10 %."""
    rng, rejected, n_draws = np.random.default_rng(20), 0, 400
    group = np.repeat(np.arange(40), 8)
    for _ in range(n_draws):
        rows = pd.DataFrame({"g": group, "x": rng.normal(size=320), "y": rng.normal(size=320)})
        rejected += variance_test(fit_rows(rows, "y", ("x",), INTERCEPT), "g", "intercept").p_value < 0.1
    interval = binomtest(rejected, n_draws).proportion_ci(0.999)
    assert interval.low < 0.1 < interval.high


@pytest.mark.parametrize("seed", [33, 35, 50, 160, 173])
def test_slopes_that_hardly_differ_have_an_optimum_and_intervals_around_it(seed: int) -> None:
    rng = np.random.default_rng(seed)
    group, x = np.repeat(np.arange(20), 8), rng.normal(size=160)
    y = rng.normal(0, 0.4, 20)[group] + (0.3 + rng.normal(0, 0.2, 20)[group]) * x + rng.normal(size=160)
    rows = pd.DataFrame({"g": group, "x": x, "y": y})
    model, turned = (fit_rows(rows, "y", ("x",), each, method="ML") for each in (SLOPE, SLOPE_FIRST))
    assert model.log_likelihood == pytest.approx(turned.log_likelihood, abs=1e-6)
    found = variance_profile_intervals(model).query("parameter != 'correlation'")
    assert (found["conf_low"] < found["estimate"] * 0.999).all()
    assert (found["conf_high"] > found["estimate"] * 1.001).all()
