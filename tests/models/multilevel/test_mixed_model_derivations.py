"""What a mixed model says, against the same with every n x n matrix written out, and against analysis of variance."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

from models.multilevel.cluster_robust import robust_covariance
from models.multilevel.curvature import curvature
from models.multilevel.kenward_roger import kenward_roger
from models.multilevel.mixed_model import MixedModel
from models.multilevel.optimise import hessian_of
from models.multilevel.satterthwaite import satterthwaite
from models.multilevel.second_engine import criterion_of_rows
from tests.models.multilevel.oracle_models import OVER_A, OVER_B, OVER_C, dense_covariance, drawn, fit_rows

INTERCEPTS_A = ("a", ("intercept",), True)
DESIGNS = {
    "one": (OVER_A,),
    "uncorrelated": (("a", ("intercept", "x"), False),),
    "nested": (OVER_A, OVER_C),
    "crossed": (OVER_A, OVER_B),
    "crossed slopes": (INTERCEPTS_A, ("b", ("intercept", "x"), False)),
    "nested and crossed": (("a", ("intercept",), True), OVER_B, OVER_C),
}
EVERY = pytest.mark.parametrize("design", DESIGNS)


@cache
def model_of(design: str, method: str = "REML", *, is_weighted: bool = True) -> MixedModel:
    rows = drawn(np.random.default_rng(5))
    weights = rows["w"].to_numpy() if is_weighted else None
    return fit_rows(rows, "y", ("x",), DESIGNS[design], weights, method)


def dense_inverse(model: MixedModel) -> np.ndarray:
    return np.linalg.inv(dense_covariance(model))


@EVERY
@pytest.mark.parametrize("method", ["REML", "ML"])
def test_likelihood_and_coefficients_are_those_of_the_normal_distribution(design: str, method: str) -> None:
    model = model_of(design, method)
    rows, covariance = model.problem.rows, dense_covariance(model)
    inverse = np.linalg.inv(covariance)
    information = rows.matrix.T @ inverse @ rows.matrix
    coefficients = np.linalg.solve(information, rows.matrix.T @ inverse @ rows.outcome)
    left = rows.outcome - rows.matrix @ coefficients
    expected = np.linalg.slogdet(covariance)[1] + left @ inverse @ left
    free = model.n_obs
    if method == "REML":
        expected, free = expected + np.linalg.slogdet(information)[1], free - 2
    assert model.criterion == pytest.approx(expected + free * np.log(2 * np.pi), rel=1e-11)
    np.testing.assert_allclose(model.coefficients, coefficients, rtol=1e-9)
    np.testing.assert_allclose(model.covariance, np.linalg.inv(information), rtol=1e-9)


@EVERY
def test_gradient_and_hessian_are_those_of_differences(design: str) -> None:
    problem, theta = model_of(design).problem, model_of(design).optimum.theta + 0.1
    steps = 1e-5 * np.eye(len(theta))
    differences = [(problem.solve(theta + h).value - problem.solve(theta - h).value) / 2e-5 for h in steps]
    np.testing.assert_allclose(problem.solve(theta).gradient, differences, rtol=1e-6, atol=1e-6)
    slopes = [(problem.solve(theta + h).gradient - problem.solve(theta - h).gradient) / 2e-5 for h in steps]
    np.testing.assert_allclose(hessian_of(problem, theta), slopes, rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize("method", ["REML", "ML"])
@pytest.mark.parametrize("theta", [0.0, 0.03, 0.7, 5.0])
def test_the_curvature_of_one_intercept_is_that_of_differences(theta: float, method: str) -> None:
    rows = drawn(np.random.default_rng(8))
    problem = fit_rows(rows, "y", ("x",), (INTERCEPTS_A,), rows["w"].to_numpy(), method).problem
    step = 1e-3 * max(theta, 0.1)
    for sigma2 in (None, 0.3 / problem.sums.n_obs):

        def slope(place: float, sigma2: float | None = sigma2) -> float:
            solved = problem.solve(np.array([place]))
            return float((solved.gradient if sigma2 is None else solved.gradient_at(sigma2))[0])

        near, far = (slope(theta + k * step) - slope(theta - k * step) for k in (1, 2))
        expected = (8 * near - far) / (12 * step)
        assert curvature(problem.solve(np.array([theta])), sigma2) == pytest.approx(expected, rel=1e-8)


@EVERY
def test_the_second_engine_agrees_away_from_the_optimum(design: str) -> None:
    problem = model_of(design).problem
    theta = np.random.default_rng(1).normal(size=problem.n_parameters)
    expected = criterion_of_rows(problem, theta)
    assert problem.solve(theta).value + problem.constant() == pytest.approx(expected, rel=1e-12)


@EVERY
def test_predicted_effects_and_their_variances_are_those_of_the_normal_distribution(design: str) -> None:
    model = model_of(design)
    rows, inverse = model.problem.rows, dense_inverse(model)
    left = rows.outcome - rows.matrix @ model.coefficients
    for factor in rows.factors:
        covariance, values = model.group_covariances[factor.group], factor.columns * factor.scales
        effects, spreads = model.random_effects()[factor.group], model.conditional_variances()[factor.group]
        for level in range(factor.n_levels):
            design_of = np.where((factor.codes == level)[:, None], values, 0.0)
            shared = covariance @ design_of.T @ inverse
            np.testing.assert_allclose(effects.iloc[level], shared @ left, rtol=1e-7, atol=1e-10)
            if len(rows.factors) == 1:
                spread = covariance - shared @ design_of @ covariance
                np.testing.assert_allclose(spreads[level], spread, rtol=1e-7, atol=1e-10)


def dense_kenward_roger(model: MixedModel) -> tuple[np.ndarray, np.ndarray]:
    """Return adjusted covariance and degrees of freedom with every n x n matrix written out."""
    rows, inverse, x = model.problem.rows, dense_inverse(model), model.problem.rows.matrix
    parts = []
    for factor in rows.factors:
        values, same = factor.columns * factor.scales, factor.codes[:, None] == factor.codes
        for a, b in zip(*np.nonzero(factor.is_free), strict=True):
            one = np.outer(values[:, a], values[:, b])
            parts.append(same * (one if a == b else one + one.T))
    parts.append(np.diag(1 / rows.weights))
    phi = np.linalg.inv(x.T @ inverse @ x)
    first = [-x.T @ inverse @ part @ inverse @ x for part in parts]
    second = [[x.T @ inverse @ g @ inverse @ h @ inverse @ x for h in parts] for g in parts]
    information = [
        [
            np.trace(inverse @ g @ inverse @ h)
            - 2 * np.trace(phi @ second[r][s])
            + np.trace(phi @ first[r] @ phi @ first[s])
            for s, h in enumerate(parts)
        ]
        for r, g in enumerate(parts)
    ]
    w = 2 * np.linalg.inv(np.array(information))
    count = range(len(parts))
    middle = sum(w[r, s] * (second[r][s] - first[r] @ phi @ first[s]) for r in count for s in count)
    df = []
    for contrast in np.eye(len(phi)):
        theta = np.outer(contrast, contrast) / (contrast @ phi @ contrast)
        a = sum(
            w[r, s] * np.trace(theta @ phi @ first[r] @ phi) * np.trace(theta @ phi @ first[s] @ phi)
            for r in count
            for s in count
        )
        df.append(2 / a)
    return phi + 2 * phi @ middle @ phi, np.array(df)


@EVERY
def test_kenward_and_roger_is_that_of_dense_matrices(design: str) -> None:
    """Of one contrast A1 = A2, and Kenward and Roger's degrees of freedom are 2 / A1."""
    model = model_of(design)
    adjusted, df = dense_kenward_roger(model)
    found = kenward_roger(model)
    np.testing.assert_allclose(found.adjusted, adjusted, rtol=1e-6)
    np.testing.assert_allclose(found.df(np.eye(2)), df, rtol=1e-6)


@pytest.mark.parametrize("design", ["one", "nested"])
def test_the_cluster_robust_covariance_is_that_of_dense_matrices(design: str) -> None:
    model = model_of(design)
    rows, x, bread = model.problem.rows, model.problem.rows.matrix, model.covariance
    outer = min(rows.factors, key=lambda factor: factor.n_levels)
    covariance, left = dense_covariance(model), rows.outcome - rows.matrix @ model.coefficients
    meat = np.zeros_like(bread)
    for level in range(outer.n_levels):
        inside = outer.codes == level
        own, part = covariance[np.ix_(inside, inside)], x[inside]
        root = np.linalg.cholesky(own).T
        values, vectors = np.linalg.eigh(root @ (own - part @ bread @ part.T) @ root.T)
        adjustment = root.T @ (vectors / np.sqrt(values)) @ vectors.T @ root
        score = part.T @ np.linalg.inv(own) @ adjustment @ left[inside]
        meat += np.outer(score, score)
    np.testing.assert_allclose(robust_covariance(model).covariance, bread @ meat @ bread, rtol=1e-8)


@EVERY
def test_satterthwaite_is_that_of_differences_in_the_dense_likelihood(design: str) -> None:
    """In the variances themselves: the approximation does not depend on how they are written."""
    model = model_of(design)
    rows, x = model.problem.rows, model.problem.rows.matrix
    parts = [np.diag(1 / rows.weights)]
    gammas = [model.sigma2]
    for factor in rows.factors:
        values, same = factor.columns * factor.scales, factor.codes[:, None] == factor.codes
        for a, b in zip(*np.nonzero(factor.is_free), strict=True):
            one = np.outer(values[:, a], values[:, b])
            parts.append(same * (one if a == b else one + one.T))
            gammas.append(model.group_covariances[factor.group][a, b])

    inverse = dense_inverse(model)
    phi = np.linalg.inv(x.T @ inverse @ x)
    project = inverse - inverse @ x @ phi @ x.T @ inverse
    seen = project @ rows.outcome
    hessian = np.array(
        [[2 * seen @ g @ project @ h @ seen - np.trace(project @ g @ project @ h) for h in parts] for g in parts]
    )
    slopes = np.array([np.diag(phi @ x.T @ inverse @ part @ inverse @ x @ phi) for part in parts])
    spread = np.einsum("rp,rs,sp->p", slopes, 2 * np.linalg.inv(hessian), slopes)
    found = satterthwaite(model).df(np.eye(2))
    np.testing.assert_allclose(found, 2 * np.diag(phi) ** 2 / spread, rtol=1e-5)


def test_a_balanced_random_intercept_is_that_of_analysis_of_variance() -> None:
    """Between-group F: mean squares, exact degrees of freedom by both approximations."""
    rng = np.random.default_rng(3)
    group = np.repeat(np.arange(10), 6)
    rows = pd.DataFrame(
        {"g": group, "z": (group % 2).astype(float), "y": rng.normal(size=60) + rng.normal(size=10)[group]}
    )
    model = fit_rows(rows, "y", ("z",), (("g", ("intercept",), True),))
    means = rows.groupby("g")["y"].mean().to_numpy()
    within = float(((rows["y"] - means[group]) ** 2).sum()) / 50
    arms = np.array([means[::2].mean(), means[1::2].mean()])
    between = 6 * float(((means - arms[np.arange(10) % 2]) ** 2).sum()) / 8
    assert model.sigma2 == pytest.approx(within, rel=1e-9)
    assert model.group_covariances["g"][0, 0] == pytest.approx((between - within) / 6, rel=1e-8)
    contrast = np.array([[0.0, 1.0]])
    assert satterthwaite(model).df(contrast) == pytest.approx(8, rel=1e-11)
    assert kenward_roger(model).df(contrast) == pytest.approx(8, rel=1e-11)
    for test in (
        satterthwaite(model).test(np.eye(2), model.coefficients),
        kenward_roger(model).test(np.eye(2), model.coefficients),
    ):
        assert test.df_resid == pytest.approx(8, rel=1e-5)
        wald = float(model.coefficients @ np.linalg.solve(model.covariance, model.coefficients)) / 2
        assert test.statistic == pytest.approx(wald, rel=1e-6)


@pytest.mark.parametrize("design", ["nested", "nested and crossed"])
def test_components_one_by_one_are_those_at_once(design: str, monkeypatch: pytest.MonkeyPatch) -> None:
    solved = model_of(design).solved
    problem, gradient = model_of(design).problem, solved.gradient_at(1.0)
    monkeypatch.setattr("models.multilevel.cross_products.VALUES_AT_ONCE", 0)
    again = problem.solve(solved.theta)
    assert again.value == pytest.approx(solved.value, rel=1e-13)
    np.testing.assert_allclose(again.gradient_at(1.0), gradient, rtol=1e-10, atol=1e-9)
