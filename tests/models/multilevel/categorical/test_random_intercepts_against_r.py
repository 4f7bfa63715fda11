"""Random intercepts in logit and ordered models against lme4 and ordinal (oracle 09).

The oracle's cbpp is not here: it stores results on data of lme4 that are not among the reference data. Binomial
counts are proved in ``test_random_intercepts`` instead.

R's programs end their inner search with weights one step behind the mode: that moves Laplace's likelihood by 2e-5
(glmer) and 3e-6 (clmm). The tests show it by doing the same. With quadrature nothing is left but where R's
optimisers stop: never above our likelihood, and as far from our estimates as that likelihood says.
"""

import json

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize_scalar

from models.multilevel.categorical.groups import put_in_groups
from models.multilevel.categorical.marginal_likelihood import MarginalLikelihood
from models.multilevel.categorical.modes import Conditional
from models.multilevel.categorical.random_intercept import fit_random_intercept
from tests.agreement.random_intercepts import LQ_NAMES, WINE_NAMES, companies, fitted, wines

pytestmark = pytest.mark.reference

WITHIN_ERROR = 1e-3


@pytest.fixture(scope="module")
def oracle(reference):
    return json.loads((reference / "oracles/09_mixed.json").read_text())


@pytest.fixture(scope="module")
def lq(reference):
    return companies(reference)


@pytest.fixture(scope="module")
def wine(reference):
    return wines(reference)


def of_r(stored):
    table = pd.DataFrame(stored["coef"]).T
    return np.append(table["Estimate"], np.sqrt(stored["var"])), table["Std. Error"].to_numpy()


def information(fit):
    return np.linalg.inv(fit.covariance)


@pytest.mark.parametrize(
    ("data", "names", "keys", "n_points"),
    [("lq", LQ_NAMES, ("glmm", "lq_hi_agq15"), 15), ("wine", WINE_NAMES, ("clmm_wine", "agq10"), 10)],
)
def test_quadrature_equals_r(data, names, keys, n_points, oracle, request):
    responses, groups = request.getfixturevalue(data)
    stored, tolerance = oracle[keys[0]][keys[1]], oracle["tolerance"]
    fit = fit_random_intercept(responses, groups, names, n_points)
    point, errors = of_r(stored)
    assert fit.log_likelihood == pytest.approx(stored["logLik"], abs=tolerance["logLik"])
    assert fit.log_likelihood_of_lme4 == fit.log_likelihood
    assert fit.sd**2 == pytest.approx(stored["var"], rel=tolerance["varcomp"])
    np.testing.assert_allclose(np.sqrt(np.diag(fit.covariance))[:-1], errors, rtol=1e-5)
    left = fit.point - point
    shortfall = fit.log_likelihood - fit.likelihood.at(point).log_likelihood
    assert shortfall >= -1e-11
    assert left @ information(fit) @ left / 2 == pytest.approx(shortfall, rel=0.01, abs=1e-12)
    assert fit.likelihood.at(point).log_likelihood == pytest.approx(stored["logLik"], rel=1e-11)
    assert (np.abs(left) <= WITHIN_ERROR * np.sqrt(np.diag(fit.covariance))).all()


@pytest.mark.parametrize(
    ("data", "names", "keys"),
    [("lq", LQ_NAMES, ("glmm", "lq_hi_laplace")), ("wine", WINE_NAMES, ("clmm_wine", "laplace"))],
)
def test_laplace_estimates_equal_r(data, names, keys, oracle, request):
    responses, groups = request.getfixturevalue(data)
    stored, tolerance = oracle[keys[0]][keys[1]], oracle["tolerance"]
    fit = fit_random_intercept(responses, groups, names, 1)
    point, errors = of_r(stored)
    assert fit.sd**2 == pytest.approx(stored["var"], rel=tolerance["varcomp"])
    assert (np.abs(fit.point - point) <= WITHIN_ERROR * np.sqrt(np.diag(fit.covariance))).all()
    np.testing.assert_allclose(np.sqrt(np.diag(fit.covariance))[:-1], errors, rtol=1e-3)


def laplace_of_clmm(wine):
    """Return Laplace's likelihood of a point, its curvatures those of the step before the mode."""
    rows, groups = put_in_groups(*wine)

    def likelihood(point):
        scale = rows.towards * point[-1]
        conditional = Conditional(rows, groups, rows.predictors(point[:-1]), scale)
        modes = np.zeros(9)
        for _ in range(3):
            terms = rows.moved(conditional.at(modes))
            curvatures = 1 - scale**2 * groups.sums(terms.second)
            modes = modes + (scale * groups.sums(terms.first) - modes) / curvatures
        return (conditional.heights(modes) - np.log(curvatures) / 2).sum()

    return likelihood


def laplace_of_glmer(lq):
    """Return Laplace's likelihood of a point, its weights those of the step before the mode."""
    rows, groups = put_in_groups(*lq)
    start = first_stage_of_glmer(rows, groups)

    def likelihood(point):
        offset, sd, predictor = rows.matrix @ point[:-1], point[-1], start
        for _ in range(2):
            means = 1 / (1 + np.exp(-predictor))
            weights = means * (1 - means)
            curvatures = 1 + sd**2 * groups.sums(weights)
            modes = sd * groups.sums(weights * (predictor - offset) + rows.successes - means) / curvatures
            predictor = offset + sd * modes[groups.codes]
        heights = groups.sums(rows.heights((predictor,))[0]) - modes**2 / 2
        return (heights - np.log(curvatures) / 2).sum()

    return likelihood


def test_the_likelihood_of_clmm_is_laplaces_with_curvatures_of_the_step_before(oracle, wine):
    stored = oracle["clmm_wine"]["laplace"]
    point, _ = of_r(stored)
    assert laplace_of_clmm(wine)(point) == pytest.approx(stored["logLik"], rel=1e-13)
    ours = MarginalLikelihood(*put_in_groups(*wine), 1).at(point).log_likelihood
    assert ours == pytest.approx(stored["logLik"], abs=4e-6)


def test_the_likelihood_of_glmer_is_laplaces_with_weights_of_the_step_before(oracle, lq):
    stored, tolerance = oracle["glmm"]["lq_hi_laplace"], oracle["tolerance"]
    point, _ = of_r(stored)
    assert laplace_of_glmer(lq)(point) == pytest.approx(stored["logLik"], abs=tolerance["logLik"] / 10)
    ours = MarginalLikelihood(*put_in_groups(*lq), 1).at(point).log_likelihood
    assert ours == pytest.approx(stored["logLik"], abs=3e-5)


def second_differences(function, point, step):
    steps = step * np.eye(len(point))
    return np.array(
        [
            [
                sum(a * b * function(point + a * one + b * other) for a in (-1, 1) for b in (-1, 1)) / (4 * step**2)
                for other in steps
            ]
            for one in steps
        ]
    )


@pytest.mark.parametrize(
    ("data", "keys", "laplace_of_r", "limits"),
    [
        ("lq", ("glmm", "lq_hi_laplace"), laplace_of_glmer, (3e-9, 2e-6)),
        ("wine", ("clmm_wine", "laplace"), laplace_of_clmm, (1e-10, 7e-6)),
    ],
)
def test_r_ends_a_step_short_of_the_maximum_of_its_own_laplace(data, keys, laplace_of_r, limits, oracle, request):
    """The distance is as long as the shortfall says; with exact weights, as ours, errors are up to 3.3e-5 from R's."""
    point, errors = of_r(oracle[keys[0]][keys[1]])
    largest, largest_of_errors = limits
    likelihood = laplace_of_r(request.getfixturevalue(data))
    curvature = second_differences(likelihood, point, 1e-3)
    slope = np.array([likelihood(point + step) - likelihood(point - step) for step in 1e-4 * np.eye(len(point))]) / 2e-4
    left = -np.linalg.solve(curvature, slope)
    shortfall = likelihood(point + left) - likelihood(point)
    assert 0 <= shortfall < largest
    assert -left @ curvature @ left / 2 == pytest.approx(shortfall, rel=0.05)
    np.testing.assert_allclose(np.sqrt(np.diag(np.linalg.inv(-curvature)))[:-1], errors, atol=largest_of_errors, rtol=0)


@pytest.mark.parametrize("keys", [("glmm", "lq_hi_agq15"), ("clmm_wine", "agq10")], ids=["lq", "wine"])
def test_errors_with_quadrature_are_rs_at_the_estimates_of_r(keys, oracle, reference):
    point, errors = of_r(oracle[keys[0]][keys[1]])
    fit = fitted(reference, *keys)
    curvature = second_differences(lambda at: fit.likelihood.at(at).log_likelihood, point, 1e-3)
    found = np.sqrt(np.diag(np.linalg.inv(-curvature)))[:-1]
    np.testing.assert_allclose(found, errors, rtol=0, atol=oracle["tolerance"]["fixed"])


def first_stage_of_glmer(rows, groups):
    """Return the predictor at which ``glmer(nAGQ = 0)`` ends: coefficients and effects as of one penalised fit."""

    def joined(sd):
        wide = np.column_stack([rows.matrix, sd * (groups.codes[:, None] == np.arange(groups.n_groups))])
        penalty = np.diag(np.r_[np.zeros(3), np.ones(groups.n_groups)])
        at = np.zeros(wide.shape[1])
        for _ in range(12):
            means = 1 / (1 + np.exp(-wide @ at))
            weights = means * (1 - means)
            slope = wide.T @ (rows.successes - means) - penalty @ at
            at = at + np.linalg.solve((wide * weights[:, None]).T @ wide + penalty, slope)
        height = rows.heights((wide @ at,))[0].sum() - at[3:] @ at[3:] / 2
        return np.log(1 + sd**2 * groups.sums(weights)).sum() / 2 - height, wide @ at

    best = minimize_scalar(lambda sd: joined(sd)[0], bounds=(0.05, 1.0), method="bounded", options={"xatol": 1e-9})
    return joined(best.x)[1]
