"""Firth's logit: brglm2's estimates, profiles as penalised likelihood gives them, finite whatever the data."""

import json
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from models.regression.categorical.firth import fit_firth, likelihood_ratio_test, profile_inference
from models.regression.categorical.generalised import observed
from tests.models.regression.categorical.answered import ANSWERS, WEIGHT, matrix, spread

R = json.loads((Path(__file__).parent / "r_results.json").read_text())


def separated():
    alone = ((ANSWERS["lead"] == 0) & (ANSWERS["role"] == 2)).to_numpy()
    rows = np.column_stack([matrix()[:, :3], alone]).astype(float)
    return observed(rows, np.where(alone, 1, ANSWERS["agree"]))


def test_estimates_equal_brglm2():
    fit, expected = fit_firth(observed(matrix(), ANSWERS["agree"])), R["firth"]
    np.testing.assert_allclose(fit.coefficients, expected["coef"], rtol=1e-8)
    np.testing.assert_allclose(spread(fit.covariance), expected["se"], rtol=1e-8)


def test_separated_outcomes_have_brglm2s_estimates_and_the_profiles_of_a_direct_search():
    fit, expected = fit_firth(separated()), R["firth_separated"]
    np.testing.assert_allclose(fit.coefficients, expected["coef"], rtol=1e-8)
    np.testing.assert_allclose(spread(fit.covariance), expected["se"], rtol=1e-8)
    np.testing.assert_allclose(fit.penalised_log_likelihood, expected["penalised"][0], rtol=1e-12)
    for place, (low, high, statistic, p_value) in enumerate(expected["profile"]):
        found = profile_inference(fit, place)
        np.testing.assert_allclose([found.conf_low, found.conf_high], [low, high], rtol=1e-9)
        np.testing.assert_allclose([found.statistic, found.p_value], [statistic, p_value], rtol=1e-10)


def test_a_two_by_two_table_is_a_logit_with_half_a_response_added_to_each_cell():
    # Firth (1993), section 3: with a saturated model the penalty adds 1/2 to every cell
    group, outcome = np.repeat([0.0, 0, 1, 1], [3, 9, 0, 8]), np.repeat([0.0, 1, 0, 1], [3, 9, 0, 8])
    fit = fit_firth(observed(np.column_stack([np.ones(20), group]), outcome))
    np.testing.assert_allclose(fit.coefficients, [np.log(9.5 / 3.5), np.log(8.5 / 0.5 * 3.5 / 9.5)], rtol=1e-9)


def test_the_joint_test_of_one_coefficient_is_its_profile_test():
    fit = fit_firth(separated())
    statistic, df, p_value = likelihood_ratio_test(fit, [3])
    found = profile_inference(fit, 3)
    np.testing.assert_allclose([statistic, p_value], [found.statistic, found.p_value], rtol=1e-9)
    assert df == 1
    assert likelihood_ratio_test(fit, [1, 2, 3])[0] > statistic


def test_a_row_of_weight_two_is_a_row_twice():
    rows = separated()
    times = np.arange(len(rows.outcome)) % 2 + 1
    twice = observed(np.repeat(rows.matrix, times, axis=0), np.repeat(rows.outcome, times))
    weighted = fit_firth(observed(rows.matrix, rows.outcome, times))
    np.testing.assert_allclose(weighted.coefficients, fit_firth(twice).coefficients, rtol=1e-9)
    assert fit_firth(observed(rows.matrix, rows.outcome, WEIGHT)).covariance.shape == (4, 4)


@given(seed=st.integers(0, 2**31))
def test_estimates_are_finite_and_at_the_top_whatever_the_outcomes(seed):
    rng = np.random.default_rng(seed)
    rows = np.column_stack([np.ones(12), rng.normal(size=12), np.arange(12) % 2])
    outcome = np.r_[0.0, 1.0, rng.integers(0, 2, 10)]
    fit = fit_firth(observed(rows, outcome))
    for place in range(3):
        for change in (-1e-3, 1e-3):
            moved = fit.coefficients + change * np.eye(3)[place]
            share = 1 / (1 + np.exp(-rows @ moved))
            value = np.log(np.where(outcome == 1, share, 1 - share)).sum()
            value += 0.5 * np.linalg.slogdet(rows.T * (share * (1 - share)) @ rows)[1]
            assert value < fit.penalised_log_likelihood
