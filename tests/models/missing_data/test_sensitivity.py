"""Shifts of what is imputed, weights of imputations, and selection on the outcome."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import approx_fprime
from scipy.stats import multivariate_normal, norm

from models.missing_data.chained import impute_chained
from models.missing_data.plan import Column, ImputationPlan
from models.missing_data.pooling import CompletedEstimates, pool_estimates
from models.missing_data.selection import SelectedRows, fit_selection, selection_path
from models.missing_data.sensitivity import Question, adjust_by_deltas, reweight_imputations, selection_log_weights
from models.regression.categorical.binary import fit_binary
from models.regression.categorical.generalised import observed
from models.regression.heteroskedastic import classical_covariance
from models.regression.identification import ModelDataError
from models.regression.least_squares import solve_least_squares

PLAN = ImputationPlan((Column("y", method="normal"), Column("x")), (), 20, 2)


def fit(completed):
    found = solve_least_squares(np.column_stack([np.ones(len(completed)), completed["x"]]), completed["y"].to_numpy())
    return CompletedEstimates(("constant", "x"), found.coefficients, classical_covariance(found), found.df_resid)


def drawn(n=400, seed=1, slope=0.3):
    random = np.random.default_rng(seed)
    x = random.normal(size=n)
    y = slope * x + random.normal(size=n)
    return pd.DataFrame({"x": x, "y": y}), random


def test_an_intercept_moves_by_the_share_that_is_missing():
    data, random = drawn()
    data["y"] = data["y"].where(random.random(400) > 0.25)
    found = adjust_by_deltas(
        data,
        PLAN,
        ("y", [2.0, 0.0, 1.0]),
        Question(lambda each: fit(each.assign(x=0 * each["x"] + np.resize([1.0, -1.0], 400))), "constant"),
        np.random.default_rng(5),
    )
    assert list(found.table["delta"]) == [0, 1, 2]
    np.testing.assert_allclose(found.table["estimate"].diff()[1:], data["y"].isna().mean(), rtol=1e-9)


def test_the_tipping_point_is_where_the_interval_meets_nought():
    data, random = drawn()
    data["y"] = data["y"].where((random.random(400) > 0.5) | (data["x"] < 0))
    question = Question(fit, "x")
    found = adjust_by_deltas(data, PLAN, ("y", [-2.0, -1.0, 0.0]), question, np.random.default_rng(5))
    assert len(found.tipping_points) >= 1
    at = found.tipping_points[-1]
    finer = adjust_by_deltas(data, PLAN, ("y", [at - 0.02, at + 0.02]), question, np.random.default_rng(5))
    assert len(finer.tipping_points) == 1


def test_delta_nought_is_the_plain_imputation():
    data, random = drawn()
    data["y"] = data["y"].where(random.random(400) > 0.25)
    generator = np.random.default_rng(5)
    found = adjust_by_deltas(data, PLAN, ("y", [0.0, 1.0]), Question(fit, "x"), generator)
    plain = impute_chained(data, PLAN, generator).pool(fit).table()
    assert found.table["estimate"][0] == plain["estimate"][1]
    with pytest.raises(ModelDataError, match="1 delta for 'y'; expected at least 2"):
        adjust_by_deltas(data, PLAN, ("y", [0.0]), Question(fit, "x"), generator)


def mean_of(values):
    return CompletedEstimates(("mean",), np.array([values.mean()]), np.array([[values.var(ddof=1) / len(values)]]))


def test_equal_weights_are_rubins_rules():
    sets = [mean_of(np.random.default_rng(seed).normal(size=30)) for seed in range(6)]
    found, pooled = reweight_imputations(sets, np.zeros(6)), pool_estimates(sets)
    np.testing.assert_allclose(found.estimates, pooled.estimates)
    np.testing.assert_allclose(found.covariance, pooled.covariance)
    assert found.n_effective == pytest.approx(6)
    assert found.is_carried
    np.testing.assert_allclose(found.table()["std_error"] ** 2, np.diag(pooled.covariance))


def test_reweighting_mends_selection_on_the_value():
    """Of 100 normal values those above nought answer more often; under selection known, the mean comes back."""
    random = np.random.default_rng(3)
    values, log_odds = random.normal(size=100), 1.0
    known = random.random(100) < 1 / (1 + np.exp(-(1.5 + log_odds * values)))
    seen, n_missing = values[known], int((~known).sum())
    imputed = []
    for _ in range(3000):
        deviation = np.sqrt(seen.var() * len(seen) / random.chisquare(len(seen) - 1))
        centre = seen.mean() + deviation / np.sqrt(len(seen)) * random.normal()
        imputed.append(centre + deviation * random.normal(size=n_missing))
    sets = [mean_of(np.concatenate([seen, each])) for each in imputed]
    plain = pool_estimates(sets).estimates[0]
    found = reweight_imputations(sets, selection_log_weights(imputed, log_odds))
    error = np.sqrt(found.covariance[0, 0])
    assert seen.mean() - values.mean() > 0.1
    assert abs(found.estimates[0] - values.mean()) < 1.5 * error
    assert found.estimates[0] < plain - 0.5 * error
    assert selection_log_weights(imputed, 0.0) == pytest.approx(np.zeros(3000))


def test_weights_that_cannot_be_used_are_refused():
    sets = [mean_of(np.random.default_rng(seed).normal(size=30)) for seed in range(3)]
    with pytest.raises(ModelDataError, match="one imputation has all the weight"):
        reweight_imputations(sets, np.array([0.0, -1e3, -1e3]))
    with pytest.raises(ModelDataError, match="2 log weights for 3 sets"):
        reweight_imputations(sets, np.zeros(2))
    assert not reweight_imputations(sets, np.array([0.0, -2.0, -2.0])).is_carried


def selected(n=3000, rho=0.6, seed=4):
    random = np.random.default_rng(seed)
    x, z = random.normal(size=(2, n))
    e, v = random.multivariate_normal([0, 0], [[1, rho], [rho, 1]], n).T
    y = 1 + 0.5 * x + 1.5 * e
    constant = np.ones(n)
    return SelectedRows(
        pd.DataFrame({"intercept": constant, "x": x}),
        np.where(0.3 + 0.5 * x + z + v > 0, y, np.nan),
        pd.DataFrame({"intercept": constant, "x": x, "z": z}),
    )


def test_a_selection_model_recovers_what_least_squares_misses():
    rows = selected()
    found = fit_selection(rows)
    assert np.abs((found.coefficients - [1, 0.5]) / np.sqrt(np.diag(found.covariance))).max() < 3
    assert abs(found.correlation - 0.6) < 3 * found.correlation_error
    assert found.deviation == pytest.approx(1.5, rel=0.05)
    np.testing.assert_allclose(found.selection_coefficients, [0.3, 0.5, 1.0], atol=0.15)
    known = ~np.isnan(rows.outcome)
    plain = solve_least_squares(rows.matrix.to_numpy()[known], rows.outcome[known])
    assert plain.coefficients[0] - 1 > 5 * np.sqrt(classical_covariance(plain)[0, 0])


def test_without_correlation_it_is_least_squares_and_a_probit():
    rows = selected(500)
    found, known = fit_selection(rows, 0.0), ~np.isnan(rows.outcome)
    plain = solve_least_squares(rows.matrix.to_numpy()[known], rows.outcome[known])
    np.testing.assert_allclose(found.coefficients, plain.coefficients, rtol=1e-7)
    shrunk = classical_covariance(plain) * plain.df_resid / plain.n_obs
    np.testing.assert_allclose(found.covariance, shrunk, rtol=1e-5)
    probit = fit_binary(observed(rows.selection.to_numpy(), known.astype(float)), ["intercept", "x", "z"], "probit")
    np.testing.assert_allclose(found.selection_coefficients, probit.coefficients, rtol=1e-6)


def log_likelihood(rows, b, g, deviation, rho):
    """By the bivariate normal itself: P(v > -z'g | e) from its conditional distribution."""
    known = ~np.isnan(rows.outcome)
    index = rows.selection.to_numpy() @ g
    e = (rows.outcome[known] - rows.matrix.to_numpy()[known] @ b) / deviation
    conditional = norm(rho * e, np.sqrt(1 - rho**2))
    seen = norm.logpdf(e) - np.log(deviation) + conditional.logsf(-index[known])
    return seen.sum() + norm.logcdf(-index[~known]).sum()


@pytest.mark.parametrize("correlation", [None, -0.4, 0.7])
def test_the_likelihood_is_that_of_the_bivariate_normal_and_flat_at_the_estimates(correlation):
    rows = selected(300)
    found = fit_selection(rows, correlation)

    def at(point):
        rho = correlation if correlation is not None else np.tanh(point[6])
        return log_likelihood(rows, point[:2], point[2:5], np.exp(point[5]), rho)

    angle = [] if correlation is not None else [np.arctanh(found.correlation)]
    point = np.array([*found.coefficients, *found.selection_coefficients, np.log(found.deviation), *angle])
    assert at(point) == pytest.approx(found.log_likelihood, rel=1e-10)
    assert np.abs(np.asarray(approx_fprime(point, at, 1e-6))).max() < 1e-2


def test_a_single_selected_row_has_the_probability_of_the_bivariate_normal():
    rho, index = 0.5, 0.3
    whole = multivariate_normal([0, 0], [[1, rho], [rho, 1]])
    grid = np.linspace(-6, 6, 2001)
    density = norm.pdf(grid) * norm(rho * grid, np.sqrt(1 - rho**2)).sf(-index)
    assert np.trapezoid(density, grid) == pytest.approx(norm.cdf(index), abs=1e-8)
    assert whole.cdf([0, 0]) == pytest.approx(0.25 + np.arcsin(rho) / (2 * np.pi), abs=1e-6)


def test_a_path_over_correlations_moves_one_way():
    path = selection_path(selected(800), [-0.5, 0.0, 0.5])
    constants = path[path["term"] == "intercept"]["estimate"].to_numpy()
    assert (np.diff(constants) < 0).all()
    assert list(path.columns) == ["correlation", "term", "estimate", "std_error", "log_likelihood"]


def test_selection_that_cannot_be_modelled_is_refused():
    rows = selected(300)
    with pytest.raises(ModelDataError, match="correlation 1; expected one from"):
        fit_selection(rows, 1.0)
    whole = SelectedRows(rows.matrix, np.arange(300.0), rows.selection)
    with pytest.raises(ModelDataError, match="no outcome is missing"):
        fit_selection(whole)
    none = SelectedRows(rows.matrix, np.where(np.arange(300) < 2, rows.outcome, np.nan), rows.selection)
    with pytest.raises(ModelDataError, match="take out regressors"):
        fit_selection(none)
