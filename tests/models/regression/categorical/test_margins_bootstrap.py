"""Bootstrap intervals of margins: whole teams drawn, the same draws from the same seed, failures counted."""

import numpy as np
import pytest

from models.regression.categorical.binary import fit_binary
from models.regression.categorical.generalised import observed
from models.regression.categorical.margins import Averaging, average_difference, delta_intervals
from models.regression.categorical.margins_bootstrap import bootstrap_margins
from models.regression.categorical.ordered import OrderedRows, fit_ordered
from models.regression.identification import ModelDataError
from tests.models.regression.categorical.answered import ANSWERS, NAMES, TEAM, matrix

AGREE = ANSWERS["agree"].to_numpy(dtype=float)


def lead_effect(times):
    rows, kept = np.flatnonzero(times), times[times > 0].astype(float)
    fit = fit_binary(observed(matrix()[rows], AGREE[rows], kept), NAMES)
    low, high = matrix(lead=0)[rows], matrix(lead=1)[rows]
    return average_difference(fit, low, high, Averaging(kept)).means


def test_rows_drawn_alone_spread_as_the_delta_method_says():
    rng = np.random.default_rng(5)
    n = 600
    rows = np.column_stack([np.ones(n), rng.normal(size=n), rng.integers(0, 2, n)])
    outcome = (rng.uniform(size=n) < 1 / (1 + np.exp(-rows @ [0.2, 0.5, 0.8]))).astype(float)
    ends = [rows.copy(), rows.copy()]
    ends[0][:, 2], ends[1][:, 2] = 0.0, 1.0

    def effect(times):
        at, kept = np.flatnonzero(times), times[times > 0].astype(float)
        fit = fit_binary(observed(rows[at], outcome[at], kept), ["intercept", "x", "g"])
        return average_difference(fit, ends[0][at], ends[1][at], Averaging(kept)).means

    fit = fit_binary(observed(rows, outcome), ["intercept", "x", "g"])
    whole = average_difference(fit, *ends, Averaging(np.ones(n)))
    delta = delta_intervals(whole, fit.covariance, ["1"])
    found = bootstrap_margins(effect, np.arange(n), np.random.default_rng(1), n_draws=400)
    # 400 draws: the standard error of a standard deviation is 3.5 % of it
    np.testing.assert_allclose(found.std_error, delta["std_error"], rtol=0.12)
    np.testing.assert_allclose([found.conf_low, found.conf_high], delta[["conf_low", "conf_high"]].T, atol=0.02)
    assert found.n_failed == 0


def test_teams_are_drawn_as_a_whole_and_the_seed_decides():
    seen = []

    def effect(times):
        seen.append(times)
        return np.array([times @ AGREE / times.sum()])

    first = bootstrap_margins(effect, TEAM, np.random.default_rng(3), n_draws=50)
    second = bootstrap_margins(effect, TEAM, np.random.default_rng(3), n_draws=50)
    np.testing.assert_array_equal(first.draws, second.draws)
    for times in seen:
        assert all(len(set(times[team == TEAM])) == 1 for team in range(9))
        assert sum(times[np.flatnonzero(team == TEAM)[0]] for team in range(9)) == 9


def test_draws_that_cannot_carry_the_model_are_counted_and_not_hidden():
    def sometimes(times):
        if times[0] > 1:
            raise ModelDataError("the draw cannot carry the model")
        return np.array([0.0])

    with pytest.raises(ModelDataError, match=r"of 200 bootstrap draws cannot carry the model.*at most 5%"):
        bootstrap_margins(sometimes, TEAM, np.random.default_rng(4), n_draws=200)
    rare = bootstrap_margins(lead_effect, np.arange(72), np.random.default_rng(4), n_draws=60)
    assert len(rare.draws) + rare.n_failed == 60


def test_every_category_of_an_ordered_outcome_has_its_interval():
    level = ANSWERS["level"].to_numpy()

    def effect(times):
        at, kept = np.flatnonzero(times), times[times > 0].astype(float)
        rows = OrderedRows(matrix()[at, 1:], level[at], kept)
        fit = fit_ordered(rows, rows.names(NAMES[1:], list("0123")))
        return average_difference(fit, matrix(lead=0)[at, 1:], matrix(lead=1)[at, 1:], Averaging(kept)).means

    found = bootstrap_margins(effect, np.arange(72), np.random.default_rng(8), n_draws=60)
    assert found.conf_low.shape == (4,)
    np.testing.assert_allclose(found.draws.sum(axis=1), 0, atol=1e-10)
