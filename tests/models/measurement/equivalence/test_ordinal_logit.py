"""The proportional odds model: against R, derivatives, and where it has no finite estimates."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.measurement.equivalence.ordinal_logit import (
    CountedAnswers,
    _derivatives,
    _log_likelihood,
    fit_ordinal_logit,
)

ITEMS = ["E3", "E4", "E5", "A3", "A5"]


def counted(answers, design):
    categories = np.unique(answers, return_inverse=True)[1]
    return CountedAnswers(categories, np.asarray(design, dtype=float), np.ones(len(categories)))


@pytest.mark.reference
def test_a_model_of_personality_equals_clm_and_polr(reference):
    # R 4.2.2, ordinal 2022.11.16, 2026-11-26: m <- clm(factor(E3) ~ s * factor(gender), data = d, control =
    # clm.control(gradTol = 1e-12)), d <- na.omit(bfi[c(items, "gender")]), s the mean of the other four; coef, vcov and
    # logLik. MASS polr(control = list(reltol = 1e-15)) differs by 3e-7, its log likelihood is -3966.39611090387
    answers = pd.read_csv(reference / "oracles/data/bfi.csv")[[*ITEMS, "gender"]].dropna()
    score, second = answers[ITEMS[1:]].mean(axis=1).to_numpy(), (answers["gender"] == 2).to_numpy(dtype=float)
    found = fit_ordinal_logit(counted(answers["E3"], np.column_stack([score, second, score * second])))
    thresholds = [2.19939572619188, 3.67254298763387, 4.77107368778153, 6.39196420113406, 8.19843886134238]
    slopes = [1.32260873950307, -0.174464441507978, -0.0110119963491164]
    assert found.thresholds.tolist() == pytest.approx(thresholds, abs=1e-8)
    assert found.slopes.tolist() == pytest.approx(slopes, abs=1e-8)
    errors = [0.0647402327865839, 0.348447761894651, 0.0769715810293063]
    assert np.sqrt(np.diagonal(found.covariance))[5:].tolist() == pytest.approx(errors, abs=1e-8)
    assert found.log_likelihood == pytest.approx(-3966.39611090386, abs=1e-8)


def test_a_model_without_regressors_has_the_cumulated_shares():
    found = fit_ordinal_logit(counted([1, 1, 2, 3, 3, 3, 4, 4], np.empty((8, 0))))
    assert (1 / (1 + np.exp(-found.thresholds))).tolist() == pytest.approx([2 / 8, 3 / 8, 6 / 8])
    assert [found.mcfadden, found.nagelkerke] == pytest.approx([0.0, 0.0], abs=1e-12)


@pytest.mark.parametrize(
    ("answers", "design"),
    [
        ([1, 1, 1, 2, 2, 2], [[0], [0], [0], [1], [1], [1]]),
        ([1, 2, 3, 4, 5, 6], [[1], [2], [3], [4], [5], [6]]),
        ([1, 2, 1, 2, 1, 2], [[1, 1], [2, 2], [3, 3], [4, 4], [5, 5], [6, 6]]),
        ([1, 2, 1, 2, 1, 2], [[1]] * 6),
    ],
    ids=["told apart by group", "told apart by score", "twins", "constant"],
)
def test_regressors_without_finite_slopes_do_not_converge(answers, design):
    found = fit_ordinal_logit(counted(answers, design))
    assert not found.has_converged
    assert np.isnan(found.covariance).all()


@given(st.integers(0, 2**32 - 1))
def test_derivatives_are_those_of_the_log_likelihood(seed):
    random = np.random.default_rng(seed)
    answers = counted(np.concatenate([np.arange(4), random.integers(0, 4, 30)]), random.normal(size=(34, 2)))
    theta = np.array([-1.0, 0.2, 1.1, *random.normal(size=2)])
    gradient, information = _derivatives(answers, 3, theta)
    numeric = five_point_slopes(lambda at: _log_likelihood(answers, 3, at), theta)
    np.testing.assert_allclose(gradient, numeric, atol=1e-7)
    second = five_point_slopes(lambda at: -_derivatives(answers, 3, at)[0], theta)
    np.testing.assert_allclose(information, second, atol=1e-7)


def five_point_slopes(function, point):
    step, places = 1e-3, ((-2, 1 / 12), (-1, -8 / 12), (1, 8 / 12), (2, -1 / 12))
    return np.array(
        [
            sum(share * np.asarray(function(point + place * step * axis)) for place, share in places) / step
            for axis in np.eye(len(point))
        ]
    )


@given(st.integers(0, 2**32 - 1), st.floats(0.1, 10))
def test_slopes_turn_with_the_answers_and_scale_with_the_regressor(seed, unit):
    random = np.random.default_rng(seed)
    x = random.normal(size=(150, 1))
    y = np.clip(np.round(x[:, 0] + random.logistic(size=150)), -2, 2)
    first, turned, scaled = (fit_ordinal_logit(counted(*each)) for each in ((y, x), (-y, x), (y, x * unit)))
    assert turned.slopes[0] == pytest.approx(-first.slopes[0], abs=1e-6)
    assert scaled.slopes[0] * unit == pytest.approx(first.slopes[0], abs=1e-6)
    assert scaled.nagelkerke == pytest.approx(first.nagelkerke, abs=1e-9)
