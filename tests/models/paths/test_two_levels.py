"""Covariances at two levels: the dense normal likelihood, closed forms, the random intercept, limits, refusals."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize_scalar

from models.measurement.confirmatory.standardised import derivatives
from models.paths.mediation import Mediation
from models.paths.two_level import TwoLevel, estimate_two_level, two_level_sample
from models.paths.two_level_mediation import TwoLevelInference, TwoLevelMediation, fit_two_level
from models.regression.identification import ModelDataError
from tests.models.paths.talor import effect

ALL_ROWS = TwoLevelMediation(Mediation("x", ("m",), "y"))
OF_FOCAL = TwoLevelMediation(Mediation("X", ("m",), "y"), frozenset({"X"}))
OF_MEDIATOR = TwoLevelMediation(Mediation("X", ("M",), "y"), frozenset({"X", "M"}))
QUIET = TwoLevelInference(n_draws=0)


def members(n_groups=60, sizes=(3, 9), seed=1, noise=1.0):
    rng = np.random.default_rng(seed)
    group = np.repeat(np.arange(n_groups), rng.integers(sizes[0], sizes[1] + 1, n_groups))
    x, own = 0.8 * rng.normal(size=n_groups), noise * rng.normal(size=(3, len(group)))
    m = 0.5 * x + 0.6 * rng.normal(size=n_groups)
    y = 0.6 * m + 0.1 * x + 0.5 * rng.normal(size=n_groups)
    within = own[0], 0.3 * own[0] + own[1]
    within = (*within, 0.2 * within[1] + own[2])
    data = {name: level[group] + part for name, level, part in zip("xmy", (x, m, y), within, strict=True)}
    return pd.DataFrame(data | {"X": x[group], "M": m[group], "group": group})


def centred(data):
    return data.assign(x=data["x"] - data.groupby("group")["x"].transform("mean"))


def fitted(stated, data, inference=QUIET, seed=5):
    return fit_two_level(stated, data, data["group"], np.random.default_rng(seed), inference)


def small():
    data = members(6, (1, 4), 8)
    values, is_row = data[["X", "m", "y"]].to_numpy(), np.array([False, True, True])
    sample = two_level_sample(values, data["group"].to_numpy(), is_row)
    likelihood = TwoLevel(sample)
    theta = likelihood.joined(
        np.array([0.1, 0.2, -0.1]),
        np.array([[1.0, 0.3, 0.2], [0.3, 0.8, 0.4], [0.2, 0.4, 0.9]]),
        np.array([[1.2, 0.3], [0.3, 1.1]]),
    )
    return data, likelihood, theta


def stacked(likelihood, theta, rows):
    """Mean and covariance of X once and of all members' m and y."""
    mean, between, within = likelihood.split(theta)
    n = len(rows)
    pick = np.zeros((1 + 2 * n, 3))
    pick[0, 0] = 1.0
    pick[1:] = np.tile(np.eye(3)[1:], (n, 1))
    covariance = pick @ between @ pick.T
    covariance[1:, 1:] += np.kron(np.eye(n), within)
    return pick @ mean, covariance, np.concatenate([rows["X"].to_numpy()[:1], rows[["m", "y"]].to_numpy().ravel()])


def test_the_likelihood_is_that_of_all_members_together():
    data, likelihood, theta = small()
    total = 0.0
    for _, rows in data.groupby("group"):
        mean, covariance, values = stacked(likelihood, theta, rows)
        distance = values - mean
        total -= 0.5 * (len(values) * np.log(2 * np.pi) + np.linalg.slogdet(covariance)[1])
        total -= 0.5 * distance @ np.linalg.solve(covariance, distance)
    assert -likelihood.evaluate(theta)[0] * 6 == pytest.approx(total, rel=1e-12)


def test_scores_and_expected_information_are_the_derivatives():
    data, likelihood, theta = small()
    slope = derivatives(lambda point: np.array([likelihood.evaluate(point)[0]]), theta)[0]
    np.testing.assert_allclose(-likelihood.scores(theta).sum(axis=0) / 6, slope, atol=1e-8)
    information = np.zeros((len(theta), len(theta)))
    for _, rows in data.groupby("group"):
        _, covariance, _ = stacked(likelihood, theta, rows)
        inverse, size = np.linalg.inv(covariance), len(covariance)
        of_mean = derivatives(lambda point, rows=rows: stacked(likelihood, point, rows)[0], theta)
        of_spread = derivatives(lambda point, rows=rows: stacked(likelihood, point, rows)[1].ravel(), theta)
        turned = np.array([inverse @ each.reshape(size, size) for each in of_spread.T])
        information += of_mean.T @ inverse @ of_mean + np.einsum("aij,bji->ab", turned, turned) / 2
    np.testing.assert_allclose(likelihood.curvature(theta), information / 6, atol=1e-7)
    observed = derivatives(lambda point: likelihood.evaluate(point)[1], theta)
    np.testing.assert_allclose(likelihood.observed(theta), observed, atol=1e-7)


def test_organisations_of_one_size_have_a_closed_form():
    data = members(40, (6, 6))
    sample = two_level_sample(data[["x", "m", "y"]].to_numpy(), data["group"].to_numpy(), np.ones(3, dtype=bool))
    found = estimate_two_level(sample, is_robust=False)
    plain = np.cov(sample.means.T, ddof=0)
    np.testing.assert_allclose(found.within, sample.within, atol=1e-7)
    np.testing.assert_allclose(found.between, plain - sample.within / 6, atol=1e-7)
    assert found.starts_agree
    assert found.has_converged


def test_a_slope_between_is_that_of_the_random_intercept():
    data = members(50, (2, 12), 4)
    sample = two_level_sample(data[["X", "y"]].to_numpy(), data["group"].to_numpy(), np.array([False, True]))
    found = estimate_two_level(sample, is_robust=False)
    columns = np.column_stack([np.ones(50), sample.means[:, 0]])

    def solved(ratio):
        weights = sample.sizes / (1 + sample.sizes * ratio)
        slopes = np.linalg.solve(columns.T * weights @ columns, columns.T * weights @ sample.means[:, 1])
        rest = (sample.n_obs - 50) * sample.within[0, 0] + weights @ (sample.means[:, 1] - columns @ slopes) ** 2
        deviance = sample.n_obs * np.log(rest / sample.n_obs) + np.log1p(sample.sizes * ratio).sum()
        return slopes[1], deviance + sample.n_obs * (1 + np.log(2 * np.pi))

    ratio = minimize_scalar(lambda log: solved(np.exp(log))[1], bracket=(-3, 0), options={"xtol": 1e-10}).x
    slope, deviance = solved(np.exp(ratio))
    assert found.between[0, 1] / found.between[0, 0] == pytest.approx(slope, rel=1e-6)
    of_x = 50 * (np.log(2 * np.pi * np.var(sample.means[:, 0])) + 1)
    assert -2 * found.log_likelihood == pytest.approx(deviance + of_x, rel=1e-10)


@pytest.mark.parametrize(
    ("stated", "design", "has_within"),
    [(ALL_ROWS, "1-1-1", True), (OF_FOCAL, "2-1-1", False), (OF_MEDIATOR, "2-2-1", False)],
)
def test_levels_of_variables_decide_which_effects_there_are(stated, design, has_within):
    fit = fitted(stated, members())
    route = " -> ".join((stated.mediation.focal, *stated.mediation.mediators, stated.mediation.outcome))
    names = set(fit.effects["effect"])
    assert stated.design == design
    assert f"between: {route}" in names
    assert (f"within: {route}" in names) is has_within
    assert (f"contextual: {route}" in names) is has_within
    assert fit.problems == ()


def test_effects_within_are_regressions_of_deviations_where_sizes_are_alike():
    data = members(40, (6, 6))
    fit = fitted(ALL_ROWS, data)
    own = data[["x", "m", "y"]] - data.groupby("group")[["x", "m", "y"]].transform("mean")
    first = np.linalg.lstsq(own[["x"]], own["m"], rcond=None)[0][0]
    second = np.linalg.lstsq(own[["x", "m"]], own["y"], rcond=None)[0][1]
    assert effect(fit, "within: x -> m -> y") == pytest.approx(first * second, abs=1e-7)
    gap = effect(fit, "between: x -> m -> y") - effect(fit, "within: x -> m -> y")
    assert effect(fit, "contextual: x -> m -> y") == pytest.approx(gap, abs=1e-12)


def test_members_who_agree_give_the_regression_of_plain_means():
    data = members(noise=1e-4)
    fit = fitted(ALL_ROWS, data)
    means = data.groupby("group")[["x", "m", "y"]].mean()
    means -= means.mean()
    first = np.linalg.lstsq(means[["x"]], means["m"], rcond=None)[0][0]
    second = np.linalg.lstsq(means[["x", "m"]], means["y"], rcond=None)[0][1]
    assert effect(fit, "between: x -> m -> y") == pytest.approx(first * second, abs=1e-5)
    np.testing.assert_allclose(fit.components["reliability"], 1.0, atol=1e-5)


def test_robust_and_normal_errors_are_near_each_other_for_normal_members():
    data = members(400, (4, 8))
    robust, normal = (fitted(ALL_ROWS, data, TwoLevelInference(each, 0)).paths["std_error"] for each in (True, False))
    np.testing.assert_allclose(robust, normal, rtol=0.2)


@pytest.mark.parametrize("seed", range(4))
def test_neither_the_order_of_rows_nor_names_of_organisations_matter(seed):
    data = members(20, (4, 7))
    moved = data.sample(frac=1, random_state=seed)
    fit, again = fitted(OF_FOCAL, data), fitted(OF_FOCAL, moved)
    pd.testing.assert_frame_equal(fit.paths, again.paths, check_exact=True)
    renamed = fitted(OF_FOCAL, data.assign(group=-data["group"]))
    np.testing.assert_allclose(renamed.paths["estimate"], fit.paths["estimate"], rtol=1e-6)


@pytest.mark.parametrize(("of_focal", "of_outcome", "shift"), [(10.0, 0.1, 0.0), (1e-4, 3.0, 50.0)])
def test_units_of_measurement_scale_effects(of_focal, of_outcome, shift):
    data = members()
    moved = data.assign(x=data["x"] * of_focal + shift, y=data["y"] * of_outcome - shift)
    fit, again = fitted(ALL_ROWS, data), fitted(ALL_ROWS, moved)
    for column in ("estimate", "std_error"):
        expected = effect(fit, "between: x -> m -> y", column) * of_outcome / of_focal
        assert effect(again, "between: x -> m -> y", column) == pytest.approx(expected, rel=1e-5)


def test_few_organisations_and_unreliable_means_are_named():
    found = fitted(ALL_ROWS, members(25, (2, 3), 4, noise=1.6)).problems
    assert "few_organisations" in found
    assert "unreliable_means of y" in found


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: TwoLevelMediation(Mediation("x", ("m",), "y", moderator="w", moderated=frozenset({"first"}))),
            "a moderator in a mediation across levels",
        ),
        (lambda: TwoLevelMediation(Mediation("x", ("m",), "y"), frozenset({"q"})), "'q' is no variable"),
        (lambda: TwoLevelMediation(Mediation("x", ("m",), "y"), frozenset({"y"})), "the outcome 'y' is the same"),
        (lambda: fitted(ALL_ROWS, members(4)), "4 organisations for 3 variables; expected at least 6"),
        (lambda: fitted(ALL_ROWS, members(30, (1, 1))), "every organisation has one member"),
        (lambda: fitted(OF_FOCAL, members().assign(X=lambda data: data["x"])), "'X' differs between members"),
        (
            lambda: fitted(TwoLevelMediation(Mediation("X", ("m",), "y")), members()),
            "'X' is the same for all members everywhere",
        ),
        (
            lambda: fitted(ALL_ROWS, centred(members())),
            "do not differ in x",
        ),
    ],
)
def test_what_has_no_two_levels_is_refused_in_words(make, message):
    with pytest.raises(ModelDataError, match=message):
        make()


@pytest.mark.parametrize(("sizes", "noise", "seed"), [((2, 9), 3.0, 2), ((2, 9), 3.0, 3), ((2, 40), 3.0, 11)])
def test_a_likelihood_without_a_peak_is_refused(sizes, noise, seed):
    with pytest.raises(ModelDataError, match=r"of 3 variables within and between 12 organisations has no peak"):
        fitted(OF_FOCAL, members(12, sizes, seed, noise))


def test_a_place_without_a_covariance_is_no_peak():
    rows = members(8, (2, 4), 1, 1.0)[["x", "m", "y"]].to_numpy(dtype=float)
    codes = np.arange(len(rows)) % 8
    likelihood = TwoLevel(two_level_sample(rows, codes, np.ones(3, dtype=bool)))
    nowhere = likelihood.joined(np.zeros(3), -10 * np.eye(3), np.eye(3))
    flat = likelihood.joined(np.zeros(3), np.eye(3), np.ones((3, 3)))
    assert np.isinf(likelihood.evaluate(flat)[0])
    for look in (likelihood.curvature, likelihood.observed, likelihood.scores):
        with pytest.raises(ModelDataError, match="3 variables within and between 8 organisations has no peak"):
            look(nowhere)
