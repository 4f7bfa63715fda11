"""A logit corrected for coders' errors: derivatives, a second maximiser, limits, recovery by simulation, refusals."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from models.regression.categorical.binary import fit_binary
from models.regression.categorical.generalised import observed
from models.regression.categorical.misclassified import CodedRows, fit_misclassified, misclassified_objective
from models.regression.fit import fit_regression
from models.regression.identification import ModelDataError
from models.sections.population import Population
from models.spec import RegressionSpec

few_examples = settings(max_examples=20, deadline=None)
seeds = st.integers(0, 2**32 - 1)
TRUTH = np.array([-0.4, 0.9])
SEES, ERRS = 0.88, 0.05


def drawn(seed, n=600, once=0.3, sees=SEES, errs=ERRS):
    rng = np.random.default_rng(seed)
    matrix = np.column_stack([np.ones(n), rng.normal(size=n)])
    is_there = rng.random(n) < 1 / (1 + np.exp(-matrix @ TRUTH))
    coders = np.where(rng.random(n) < once, 1.0, 2.0)
    seen = rng.binomial(coders.astype(int), np.where(is_there, sees, errs)).astype(float)
    return CodedRows(matrix, seen, coders, np.ones(n))


def plain_log_likelihood(rows, point):
    chance = 1 / (1 + np.exp(-rows.matrix @ point[:-2]))
    s, f = 1 / (1 + np.exp(-point[-2:]))
    y, m = rows.given, rows.coders
    return rows.weights @ np.log(chance * s**y * (1 - s) ** (m - y) + (1 - chance) * f**y * (1 - f) ** (m - y))


def maximised(rows, point):
    """Half a response is added to either side of both error rates."""
    rates = 1 / (1 + np.exp(-point[-2:]))
    return plain_log_likelihood(rows, point) + 0.5 * np.log(rates * (1 - rates)).sum()


@few_examples
@given(seeds)
def test_derivatives_are_those_of_the_likelihood(seed):
    rows, rng = drawn(seed, 80), np.random.default_rng(seed)
    point = np.r_[rng.normal(size=2), 1.5 + rng.normal() / 2, -2 + rng.normal() / 2]
    objective = misclassified_objective(rows)
    value, gradient, information = objective(point)
    assert value == pytest.approx(maximised(rows, point), rel=1e-10)
    for place in range(4):
        step = np.eye(4)[place] * 1e-5
        slope = (maximised(rows, point + step) - maximised(rows, point - step)) / 2e-5
        bend = (objective(point + step)[1] - objective(point - step)[1]) / 2e-5
        assert gradient[place] == pytest.approx(slope, rel=1e-5, abs=1e-5)
        assert information[place] == pytest.approx(-bend, rel=1e-5, abs=1e-5)


def test_another_maximiser_ends_at_the_same_top():
    rows = drawn(7)
    fit = fit_misclassified(rows, ("intercept", "x"))
    start = np.r_[0.0, 0.0, 2.0, -2.0]
    found = minimize(lambda point: -maximised(rows, point), start, method="Nelder-Mead",
                     options={"xatol": 1e-9, "fatol": 1e-12, "maxiter": 20_000, "maxfev": 20_000})  # fmt: skip
    assert fit.point == pytest.approx(found.x, abs=1e-5)
    assert fit.log_likelihood == pytest.approx(plain_log_likelihood(rows, found.x), abs=1e-5)
    assert fit.disagreement == pytest.approx(0, abs=1e-6)


def test_without_errors_the_likelihood_is_that_of_a_logit():
    rows = drawn(3, sees=1.0, errs=0.0)
    plain = fit_binary(observed(rows.matrix, (rows.given > 0).astype(float)), ("intercept", "x"))
    value, gradient, _ = misclassified_objective(rows)(np.r_[plain.coefficients, 25.0, -25.0])
    assert value == pytest.approx(plain.log_likelihood - 25, abs=1e-6)
    assert gradient[:2] == pytest.approx([0, 0], abs=1e-6)


def test_coders_who_never_see_what_is_not_there_have_an_error_rate_with_an_error():
    rows = drawn(3, errs=0.0)
    fit = fit_misclassified(rows, ("intercept", "x"))
    assert 0.97 < fit.specificity < 1
    assert np.sqrt(fit.bread[-1, -1]) > 0.5
    assert np.isfinite(np.sqrt(np.diag(fit.bread))).all()


def test_a_row_of_weight_two_is_two_rows():
    rows = drawn(5)
    twice = np.repeat(np.arange(600), 1 + (np.arange(600) % 3 == 0))
    weighted = CodedRows(rows.matrix, rows.given, rows.coders, 1.0 + (np.arange(600) % 3 == 0))
    repeated = CodedRows(rows.matrix[twice], rows.given[twice], rows.coders[twice], np.ones(len(twice)))
    first, second = (fit_misclassified(each, ("intercept", "x")) for each in (weighted, repeated))
    assert first.point == pytest.approx(second.point, abs=1e-8)
    assert first.bread == pytest.approx(second.bread, rel=1e-6)


@few_examples
@given(seeds)
def test_units_of_a_regressor_change_nothing_else(seed):
    rows = drawn(seed)
    other = CodedRows(rows.matrix @ np.array([[1.0, 4.0], [0.0, 2.0]]), rows.given, rows.coders, rows.weights)
    first, second = (fit_misclassified(each, ("intercept", "x")) for each in (rows, other))
    assert second.point[1] * 2 == pytest.approx(first.point[1], abs=1e-6)
    assert (second.sensitivity, second.specificity) == pytest.approx((first.sensitivity, first.specificity), abs=1e-6)


@pytest.mark.slow
def test_slopes_and_error_rates_are_recovered_and_intervals_hold_them():
    """200 samples of 800 responses, 70 % judged twice, sensitivity .88, specificity .95 (those planted in the
    demonstration): the 95 % intervals of slope and intercept hold the truth in 179 to 198 (exact binomial 99.9 %
    limits), means lie within 3.3 standard errors, and the slope of a plain logit of those on whom coders agree is
    nearer to nought."""
    found = [fit_misclassified(drawn(seed, 800), ("intercept", "x")) for seed in range(200)]
    points = np.array([fit.point for fit in found])
    errors = np.array([np.sqrt(np.diag(fit.bread)) for fit in found])
    holding = (np.abs(points[:, :2] - TRUTH) <= 1.96 * errors[:, :2]).sum(axis=0)
    assert ((holding >= 179) & (holding <= 198)).all(), holding
    rates = np.array([[fit.sensitivity, fit.specificity] for fit in found])
    for values, truth in ((points[:, 1], TRUTH[1]), (rates[:, 0], SEES), (rates[:, 1], 1 - ERRS)):
        assert abs(np.median(values) - truth) <= 3.3 * values.std() * 1.2533 / np.sqrt(200)
    assert np.median([fit.uncorrected[1] for fit in found]) < np.median(points[:, 1])


def analysis(seed=2, n=480, **changes):
    rows = drawn(seed, n)
    keys = {"response_id": [f"r{place:04d}" for place in range(n)], "wave": "w1", "respondent_group": "MID"}
    values = {"code_E1_given": rows.given, "code_E1_coders": rows.coders, "forwarding": rows.matrix[:, 1]}
    table = pd.DataFrame({**keys, "source": "s", **values})
    return table.assign(organisation_id=[f"o{place % 40:02d}" for place in range(n)], **changes)


def model(**changes):
    given_keys = {
        "name": "written", "kind": "regression", "title": {"en": "Written"}, "estimand": "Difference in log odds",
        "estimator": "misclassified_logit", "outcome": "code_E1", "focal": "forwarding", "population": Population(),
        "cluster": "organisation_id", "regressors": ("forwarding",), "bootstrap_draws": 0,
    }  # fmt: skip
    return RegressionSpec.model_validate({**given_keys, **changes})


def test_a_fit_says_its_error_rates_and_what_a_logit_without_them_gives():
    fit = fit_regression(model(), analysis())
    rows = drawn(2, 480)
    alone = fit_misclassified(rows, ("intercept", "forwarding"))
    assert fit.estimates["estimate"].to_numpy() == pytest.approx(alone.point[:2], abs=1e-8)
    found = fit.diagnostics.set_index("diagnostic")["value"]
    assert found["sensitivity"] == pytest.approx(alone.sensitivity, abs=1e-8)
    assert found["uncorrected of forwarding"] == pytest.approx(alone.uncorrected[1], abs=1e-8)
    assert found["n_coders_differ"] == (rows.given == 1).sum() - ((rows.given == 1) & (rows.coders == 1)).sum()
    assert (fit.covariance, fit.n_clusters, fit.n_obs) == ("CR1S", 40, 480)
    effect = fit.readings.set_index(["term", "reading"]).loc[("forwarding", "average_effect")]
    assert effect["conf_low"] < effect["value"] < effect["conf_high"]


def test_clusters_of_one_row_have_the_errors_of_rows():
    rows = analysis()
    clustered = fit_regression(model(covariance="CR0", cluster="response_id"), rows).estimates
    plain = fit_regression(model(covariance="HC0", cluster=None), rows).estimates
    assert clustered["std_error"].to_numpy() == pytest.approx(plain["std_error"].to_numpy(), rel=1e-10)


def test_bootstrap_draws_of_clusters_carry_the_correction():
    fit = fit_regression(model(bootstrap_draws=99), analysis())
    effects = fit.readings.set_index(["term", "reading"])
    delta = effects.loc[("forwarding", "average_effect")]
    drawn_ends = effects.loc[("forwarding", "average_effect_bootstrap")]
    assert drawn_ends["conf_low"] < delta["value"] < drawn_ends["conf_high"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"code_E1_coders": 1.0, "code_E1_given": np.arange(480) % 2}, "0 responses were judged by two coders or more"),
        ({"code_E1_coders": 2.0, "code_E1_given": 2.0 * (np.arange(480) % 2)}, "coders differ on 0 of 480"),
        ({"code_E1_coders": 2.0, "code_E1_given": 2.0}, "all"),
    ],
)
def test_what_tells_nothing_of_errors_is_refused(changes, message):
    with pytest.raises(ModelDataError, match=message):
        fit_regression(model(), analysis(**changes))


def test_coders_who_judge_at_random_are_refused():
    rng = np.random.default_rng(4)
    judged = {"code_E1_coders": 2.0, "code_E1_given": rng.binomial(2, 0.5, 480).astype(float)}
    with pytest.raises(ModelDataError, match=r"judgement says nothing|at its edge|no maximum|singular"):
        fit_regression(model(), analysis(**judged))
