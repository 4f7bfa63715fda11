"""Inverse-probability weights of attrition: what they mend, and what estimating them does to errors."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import approx_fprime

from models.missing_data.attrition import attrition_weights, covariance_with_estimated_weights, fit_response
from models.regression.identification import ModelDataError
from models.regression.least_squares import solve_least_squares
from models.weighting.trimming import times_mean


def panel(n=2000, seed=1, pull=1.0):
    """Return three waves: who stays depends on an auxiliary value that goes with the outcome."""
    random = np.random.default_rng(seed)
    auxiliary, x = random.normal(size=(2, n))
    y = 1 + 0.5 * x + auxiliary + random.normal(size=n)
    regressors = pd.DataFrame({"intercept": 1.0, "x": x, "auxiliary": auxiliary})
    chance = 1 / (1 + np.exp(-(1 + pull * (0.5 * x - auxiliary))))
    second = random.random(n) < chance
    third = second & (random.random(n) < chance)
    return regressors, y, second, third


def models_of(regressors, second, third, names=("intercept", "x", "auxiliary")):
    chosen = regressors[list(names)]
    return [fit_response(chosen, second), fit_response(chosen, third, at_risk=second)]


def weighted(regressors, y, weights):
    used = weights > 0
    return solve_least_squares(regressors[["intercept", "x"]].to_numpy()[used], y[used], weights[used])


def test_weights_mend_what_attrition_does():
    regressors, y, second, third = panel(20_000)
    found = attrition_weights(models_of(regressors, second, third))
    plain, mended = weighted(regressors, y, third.astype(float)), weighted(regressors, y, found.weights)
    assert np.abs(mended.coefficients - [1, 0.5]).max() < 0.06
    assert abs(plain.coefficients[0] - 1) > 0.3
    assert found.weights.sum() == pytest.approx(20_000, rel=0.05)
    assert (found.weights > 0).sum() == third.sum()
    assert found.n_effective < third.sum()


def test_stabilised_weights_average_one_and_give_the_same_on_their_regressors():
    regressors, y, second, third = panel(20_000)
    plain = attrition_weights(models_of(regressors, second, third))
    shares = models_of(regressors, second, third, ("intercept",))
    steady = attrition_weights(models_of(regressors, second, third), shares)
    assert steady.weights[third].mean() == pytest.approx(1, abs=0.03)
    np.testing.assert_allclose(
        weighted(regressors, y, steady.weights).coefficients, weighted(regressors, y, plain.weights).coefficients
    )
    conditional = models_of(regressors, second, third, ("intercept", "x"))
    more = attrition_weights(models_of(regressors, second, third), conditional)
    assert more.n_effective > plain.n_effective


def test_response_that_depends_on_nothing_weights_everyone_alike():
    regressors, _, second, _ = panel(500)
    found = attrition_weights([fit_response(regressors[["intercept"]], second)])
    np.testing.assert_allclose(found.weights[second], 500 / second.sum())


def test_trimming_cuts_the_largest_and_keeps_the_sum():
    regressors, _, second, third = panel()
    found = attrition_weights(models_of(regressors, second, third), (), times_mean(3.0))
    assert found.is_trimmed.any()
    assert found.weights.max() <= 3.0 * found.untrimmed[third].mean() * (1 + 1e-9)
    assert found.weights.sum() == pytest.approx(found.untrimmed.sum())
    assert found.n_effective > attrition_weights(models_of(regressors, second, third)).n_effective


def stacked(regressors, y, second, third):
    """Return the sandwich of all equations at once, by differences: of both response models and the regression."""
    z, x = regressors.to_numpy(), regressors[["intercept", "x"]].to_numpy()

    def equations(point):
        first, other, b = point[:3], point[3:6], point[6:]
        stay, again = (1 / (1 + np.exp(-z @ g)) for g in (first, other))
        weight = np.where(third, 1 / (stay * again), 0.0)
        parts = [
            z * (second - stay)[:, None],
            z * (second * (third - again))[:, None],
            x * (weight * (y - x @ b))[:, None],
        ]
        return np.column_stack(parts)

    models = models_of(regressors, second, third)
    weights = attrition_weights(models).weights
    b = weighted(regressors, y, weights).coefficients
    point = np.concatenate([models[0].coefficients, models[1].coefficients, b])
    slope = approx_fprime(point, lambda at: equations(at).sum(axis=0), 1e-6)
    rows = equations(point)
    inverse = np.linalg.inv(np.asarray(slope))
    return (inverse @ rows.T @ rows @ inverse.T)[6:, 6:]


def covariance(regressors, y, second, third, clusters=None):
    found = attrition_weights(models_of(regressors, second, third))
    fit = weighted(regressors, y, found.weights)
    x = regressors[["intercept", "x"]].to_numpy()
    scores = x * (y - x @ fit.coefficients)[:, None]
    return covariance_with_estimated_weights(fit.bread, scores, found, clusters), fit.bread, scores, found


def test_errors_hold_that_weights_were_estimated():
    drawn = panel(600, 3)
    found, bread, scores, weights = covariance(*drawn)
    np.testing.assert_allclose(found, stacked(*drawn), rtol=1e-4)
    fixed = scores * weights.weights[:, None]
    assert found[0, 0] < (bread @ fixed.T @ fixed @ bread)[0, 0]


def test_clusters_of_one_unit_change_nothing_and_their_numbers_do_not_matter():
    drawn = panel(300, 4)
    alone = covariance(*drawn)[0]
    np.testing.assert_allclose(covariance(*drawn, np.random.default_rng(1).permutation(300))[0], alone, rtol=1e-9)
    pairs = covariance(*drawn, np.arange(300) // 2)[0]
    assert not np.allclose(pairs, alone)


@pytest.mark.slow
def test_errors_are_as_wide_as_estimates_scatter():
    estimates, errors = [], []
    for seed in range(300):
        drawn = panel(800, seed, pull=0.4)
        found = covariance(*drawn)
        weights = found[3].weights
        estimates.append(weighted(drawn[0], drawn[1], weights).coefficients)
        errors.append(np.sqrt(np.diag(found[0])))
    ratio = np.mean(errors, axis=0) / np.std(estimates, axis=0, ddof=1)
    assert np.abs(ratio - 1).max() < 3 / np.sqrt(2 * 300)


def test_the_order_of_units_changes_nothing_but_rounding():
    regressors, _, second, third = panel(400)
    order = np.random.default_rng(1).permutation(400)
    here = attrition_weights(models_of(regressors, second, third)).weights
    there = attrition_weights(models_of(regressors.iloc[order], second[order], third[order])).weights
    np.testing.assert_allclose(there, here[order], rtol=1e-9)


def test_a_response_model_has_a_table():
    regressors, _, second, _ = panel(300)
    assert list(fit_response(regressors, second).table()["term"]) == ["intercept", "x", "auxiliary"]


def test_steps_that_cannot_be_weighted_are_refused():
    regressors, _, second, third = panel(300)
    with pytest.raises(ModelDataError, match="units responded that were not at risk"):
        fit_response(regressors, second, at_risk=third)
    with pytest.raises(ModelDataError, match="1 of 300 units at risk miss a regressor"):
        fit_response(regressors.assign(x=regressors["x"].where(np.arange(300) > 0)), second)
    with pytest.raises(ModelDataError, match="foretold by 'auxiliary'"):
        fit_response(regressors, regressors["auxiliary"].to_numpy() > 0)
    models = models_of(regressors, second, third)
    with pytest.raises(ModelDataError, match="expected one a step"):
        attrition_weights(models, models[:1])
    with pytest.raises(ModelDataError, match="at risk at step 2 that did not respond at step 1"):
        attrition_weights([models[0], fit_response(regressors, third)])
