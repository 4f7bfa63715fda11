"""What holds of every solution of estimating equations, whatever the data."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom
from scipy.stats import t as student

from models.multilevel.marginal.clusters import put_in_clusters
from models.multilevel.marginal.covariances import estimates_of, uncertainty_of
from models.multilevel.marginal.criterion import quasi_information
from models.multilevel.marginal.estimating_equations import MarginalSpec, fit_marginal
from models.multilevel.marginal.working_correlation import WORKING
from models.regression.cluster_moments import cluster_moments
from models.regression.clustered import cluster_covariance
from models.regression.identification import ModelDataError
from models.regression.least_squares import solve_least_squares
from tests.models.multilevel.marginal.followed import CORRELATIONS, OUTCOME_NAMES, dense, followed, matrix, solved

SEEDS = st.integers(0, 2**31)
EVERY = [(outcome, correlation) for outcome in OUTCOME_NAMES for correlation in CORRELATIONS]
FAMILIES = {
    "gaussian": sm.families.Gaussian(),
    "logit": sm.families.Binomial(),
    "poisson": sm.families.Poisson(),
}


@pytest.mark.parametrize(("outcome", "correlation"), EVERY)
@given(seed=SEEDS)
@settings(max_examples=5)
def test_the_equations_are_solved_and_their_covariances_are_those_written_out(outcome, correlation, seed):
    fit = solved(followed(seed), outcome, correlation)
    parts = dense(fit)
    weighted = [np.linalg.solve(variance, slopes).T for slopes, variance, _ in parts]
    scores = np.array([left @ residuals for left, (_, _, residuals) in zip(weighted, parts, strict=True)])
    bread = np.linalg.inv(np.sum([left @ part[0] for left, part in zip(weighted, parts, strict=True)], axis=0))
    np.testing.assert_allclose(bread @ scores.sum(axis=0), 0, atol=1e-9)
    np.testing.assert_allclose(uncertainty_of(fit, "naive").covariance, fit.scale * bread, rtol=1e-8, atol=1e-13)
    robust = bread @ scores.T @ scores @ bread
    np.testing.assert_allclose(uncertainty_of(fit, "robust").covariance, robust, rtol=1e-8, atol=1e-13)
    corrected = np.array(
        [
            left @ np.linalg.solve(np.eye(len(residuals)) - slopes @ bread @ left, residuals)
            for left, (slopes, _, residuals) in zip(weighted, parts, strict=True)
        ]
    )
    reduced = bread @ corrected.T @ corrected @ bread
    np.testing.assert_allclose(uncertainty_of(fit, "bias_reduced").covariance, reduced, rtol=1e-8, atol=1e-13)


@pytest.mark.parametrize("outcome", OUTCOME_NAMES)
@pytest.mark.parametrize("kind", ["robust", "bias_reduced"])
def test_at_the_same_alpha_statsmodels_gives_the_same(outcome, kind):
    table = followed(1)
    fit = solved(table, outcome, "exchangeable")
    held = sm.cov_struct.Exchangeable()
    held.dep_params = fit.alpha
    model = sm.GEE(table[outcome], matrix(table), table["person"], family=FAMILIES[outcome], cov_struct=held)
    theirs = model.fit(cov_type=kind, ctol=1e-12, maxiter=200, params_niter=500, first_dep_update=10_000)
    np.testing.assert_allclose(fit.coefficients, theirs.params, rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(uncertainty_of(fit, kind).errors, theirs.bse, rtol=1e-7)


@pytest.mark.parametrize("outcome", ["gaussian", "logit"])
def test_quasi_information_is_that_of_statsmodels_where_that_holds(outcome):
    # its quasi-likelihood is integrated numerically, from y on (no constant for these two); its penalty leaves out the
    # variances of the means, so that it is right for the Gaussian outcome only
    table = followed(1)
    model = sm.GEE(table[outcome], matrix(table), table["person"], family=FAMILIES[outcome])
    theirs = model.fit(ctol=1e-12).qic(scale=1.3, n_step=20_000)
    ours = quasi_information(solved(table, outcome, "independence"), 1.3)
    assert ours.qic_u == pytest.approx(theirs[1], rel=1e-4)
    if outcome == "gaussian":
        assert ours.qic == pytest.approx(theirs[0], rel=1e-4)


@pytest.mark.parametrize(("outcome", "correlation"), EVERY)
def test_the_penalty_of_quasi_information_is_pans_trace(outcome, correlation):
    fit = solved(followed(1), outcome, correlation)
    variances = [np.diag(variance) for _, variance, _ in dense(fit)]
    parts = [(slopes.T / own) @ slopes for (slopes, _, _), own in zip(dense(fit), variances, strict=True)]
    trace = np.trace(np.sum(parts, axis=0) / fit.scale @ uncertainty_of(fit, "robust").covariance)
    found = quasi_information(fit)
    assert found.qic + 2 * found.quasi_likelihood == pytest.approx(2 * trace)
    assert found.qic_u + 2 * found.quasi_likelihood == pytest.approx(6)


def test_of_independent_rows_of_one_variance_qic_is_that_of_the_number_of_coefficients():
    table = followed(2, 400, sd=0.0)
    for outcome in ("logit", "poisson"):
        found = quasi_information(solved(table, outcome, "independence"))
        assert found.qic == pytest.approx(found.qic_u, abs=1.0)


@given(seed=SEEDS)
@settings(max_examples=20)
def test_with_independence_it_is_least_squares_with_cr0_and_cr3(seed):
    table = followed(seed)
    fit = solved(table, "gaussian", "independence")
    least = solve_least_squares(matrix(table).to_numpy(), table["gaussian"].to_numpy())
    moments = cluster_moments(least, table["person"].to_numpy())
    np.testing.assert_allclose(fit.coefficients, least.coefficients, rtol=1e-10, atol=1e-12)
    for kind, ours in (("CR0", "robust"), ("CR3", "bias_reduced")):
        expected = cluster_covariance(moments, kind)
        np.testing.assert_allclose(uncertainty_of(fit, ours).covariance, expected.covariance, rtol=1e-8, atol=1e-13)
    np.testing.assert_allclose(uncertainty_of(fit, "bias_reduced").df, expected.satterthwaite_df(np.eye(3)), rtol=1e-8)


@given(seed=SEEDS, alpha=st.floats(-0.2, 0.95))
@settings(max_examples=15)
def test_freed_rows_have_the_identity_as_correlation(seed, alpha):
    table = followed(seed, 6)
    for correlation, known in (("exchangeable", alpha), ("ar1", abs(alpha)), ("ar1", -abs(alpha))):
        rows = put_in_clusters(matrix(table).to_numpy(), table["gaussian"].to_numpy(), table["person"], table["wave"])
        roots = WORKING[correlation].free(rows, known, np.eye(len(table)))
        same = rows.codes[:, None] == rows.codes
        gaps = np.where(same, np.abs(rows.waves[:, None] - rows.waves), 0.0)
        full = known**gaps if correlation == "ar1" else np.where(gaps == 0, 1.0, known)
        np.testing.assert_allclose(roots @ np.where(same, full, 0.0) @ roots.T, np.eye(len(table)), atol=1e-9)


@pytest.mark.parametrize("correlation", ["exchangeable", "ar1"])
def test_alpha_is_the_closest_to_the_products_of_pairs(correlation):
    table = followed(3)
    fit = solved(table, "poisson", correlation)
    mean = np.exp(fit.predictor)
    scaled = (fit.rows.outcome - mean) / np.sqrt(mean * fit.scale)
    pairs = [np.concatenate(each) for each in zip(*fit.rows.pairs(), strict=True)]
    products = scaled[pairs[0]] * scaled[pairs[1]]
    gaps = fit.rows.waves[pairs[1]] - fit.rows.waves[pairs[0]] if correlation == "ar1" else np.ones(len(products))
    tried = np.linspace(-0.999, 0.999, 4001)
    sums = ((products - tried[:, None] ** gaps) ** 2).sum(axis=1)
    assert fit.alpha == pytest.approx(tried[np.argmin(sums)], abs=1e-3)
    assert ((products - fit.alpha**gaps) ** 2).sum() <= sums.min()


def test_only_the_gaps_between_waves_count():
    table = followed(4, 200)
    first = solved(table, "gaussian", "ar1")
    later = solved(table.assign(wave=table["wave"] + 2000), "gaussian", "ar1")
    np.testing.assert_allclose(later.coefficients, first.coefficients, rtol=1e-10)
    for factor in (2.0, 0.5, 0.1):
        scaled = solved(table.assign(wave=table["wave"] * factor), "gaussian", "ar1")
        assert scaled.alpha**factor == pytest.approx(first.alpha, rel=1e-8)
        np.testing.assert_allclose(scaled.coefficients, first.coefficients, rtol=1e-8)


def test_two_waves_make_both_correlations_one():
    table = followed(5)
    twice = table[table.groupby("person").cumcount() < 2].copy()
    twice["wave"] = twice.groupby("person").cumcount()
    first, second = (solved(twice, "logit", correlation) for correlation in ("exchangeable", "ar1"))
    np.testing.assert_allclose(first.coefficients, second.coefficients, rtol=1e-9)
    assert first.alpha == pytest.approx(second.alpha, rel=1e-9)
    np.testing.assert_allclose(uncertainty_of(first, "robust").errors, uncertainty_of(second, "robust").errors)


@pytest.mark.parametrize(("outcome", "correlation"), EVERY)
def test_neither_the_order_of_rows_nor_names_of_clusters_count(outcome, correlation):
    table = followed(6)
    first = solved(table, outcome, correlation)
    shuffled = solved(table.sample(frac=1, random_state=3), outcome, correlation)
    np.testing.assert_array_equal(shuffled.coefficients, first.coefficients)
    assert (shuffled.alpha, shuffled.scale) == (first.alpha, first.scale)
    renamed = solved(table.assign(person=[f"p{(17 * code) % 60}" for code in table["person"]]), outcome, correlation)
    np.testing.assert_allclose(renamed.coefficients, first.coefficients, rtol=1e-9, atol=1e-11)
    np.testing.assert_allclose(
        uncertainty_of(renamed, "bias_reduced").covariance,
        uncertainty_of(first, "bias_reduced").covariance,
        rtol=1e-8,
        atol=1e-13,
    )


def test_waves_without_negative_or_odd_gaps_have_no_negative_alpha():
    table = followed(7)
    even = table.assign(gaussian=table["gaussian"] + 3.0 * (-1.0) ** table.groupby("person").cumcount())
    even["wave"] = 2.5 * even.groupby("person").cumcount()
    assert solved(even, "gaussian", "ar1").alpha == 0
    even["wave"] = even["wave"] / 2.5
    assert solved(even, "gaussian", "ar1").alpha < 0


def test_estimates_are_labelled_with_normal_or_small_sample_intervals():
    fit = solved(followed(8, 12), "gaussian", "exchangeable")
    normal, small = estimates_of(fit), estimates_of(fit, "bias_reduced", 0.9)
    assert list(normal["term"]) == ["intercept", "age", "lead"]
    assert normal["df"].isna().all()
    reach = student.ppf(0.95, small["df"]) * small["std_error"]
    np.testing.assert_allclose(small["conf_high"] - small["estimate"], reach, rtol=1e-9)
    assert (small["df"] < 40).all()


@pytest.mark.slow
def test_intervals_of_few_clusters_cover_when_bias_is_reduced():
    # 600 studies of 15 people; exact binomial bounds of 0.999; the sandwich alone covers too seldom
    covered = dict.fromkeys(("robust", "bias_reduced"), 0)
    for seed in range(600):
        fit = solved(followed(10_000 + seed, 15, sd=0.5), "gaussian", "exchangeable")
        for kind in covered:
            first = estimates_of(fit, kind).iloc[1]
            covered[kind] += first["conf_low"] < 0.4 < first["conf_high"]
    assert covered["robust"] < binom.ppf(0.0005, 600, 0.95) <= covered["bias_reduced"]


@pytest.mark.parametrize(
    ("correlation", "changed", "words"),
    [
        (
            "exchangeable",
            lambda t: t.assign(person=t["person"].where(t.index > 1)),
            "2 of .* responses have no 'person'",
        ),
        ("ar1", lambda t: t.assign(wave=t["wave"].where(t.index > 0)), "1 of .* responses have no 'wave'"),
        ("ar1", lambda t: t.assign(wave=1), "responses have the wave of another one of the same 'person'"),
        ("exchangeable", lambda t: t.assign(person=1), "belong to 1 cluster of 'person'"),
        ("exchangeable", lambda t: t.assign(person=range(len(t))), "has one response: no correlation within clusters"),
        ("ar1", lambda t: t.assign(person=range(len(t))), "has one response: no correlation within clusters"),
        ("independence", lambda t: t.assign(gaussian=2.0), "the outcome 'gaussian' is the same in all"),
        ("independence", lambda t: t.assign(lead=3 * t["age"]), "the coefficients cannot be told apart"),
        ("independence", lambda t: t.assign(gaussian=t["age"] - t["lead"]), "foretell the outcome exactly"),
        ("independence", lambda t: t.head(3), "3 complete responses for 3 coefficients"),
    ],
)
def test_data_that_cannot_carry_the_equations_are_refused(correlation, changed, words):
    with pytest.raises(ModelDataError, match=words):
        solved(changed(followed(9)), "gaussian", correlation)


def test_a_correlation_that_no_cluster_can_have_is_refused():
    table = pd.DataFrame({"person": [1] * 9 + [*range(2, 12)] * 2, "age": np.linspace(-1, 1, 29) ** 2})
    table["lead"], table["gaussian"] = np.arange(29) % 2.0, np.r_[np.zeros(9), np.ones(10), -np.ones(10)]
    table.loc[0, "gaussian"] = 0.01
    with pytest.raises(
        ModelDataError, match=r"estimated as -0\.\d+; expected more than -0\.125 .* working_correlation: independence"
    ):
        solved(table, "gaussian", "exchangeable")


def test_outcomes_that_are_foretold_and_calls_without_sense_are_refused():
    table = followed(10)
    with pytest.raises(ModelDataError, match="foretold by 'lead'"):
        solved(table.assign(lead=table["logit"]), "logit", "exchangeable")
    with pytest.raises(ModelDataError, match="neither 0 nor 1"):
        solved(table, "poisson", "exchangeable") and solved(table.assign(logit=table["poisson"]), "logit", "ar1")
    with pytest.raises(ValueError, match="ar1 needs the wave of each row"):
        fit_marginal(matrix(table), table["gaussian"], table["person"], MarginalSpec("gaussian", "ar1"))
    with pytest.raises(ValueError, match="5 values of 'person' for"):
        fit_marginal(matrix(table), table["gaussian"], table["person"].head(5), MarginalSpec())
