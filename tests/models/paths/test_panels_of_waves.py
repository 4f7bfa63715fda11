"""Cross-lagged panels: parameters from exact moments, tests of steadiness and likeness, the process of the study."""

import numpy as np
import pandas as pd
import pytest

from models.measurement.confirmatory.implied import moments
from models.measurement.confirmatory.refusals import FactorModelError
from models.paths.panel_fit import PanelAnswers, against_cross_lagged, fit_panel, likeness, steadiness
from models.paths.panel_layout import Panel, panel_layout
from tests.models.paths.exact import rows_with
from tests.models.paths.panel_of_staff import CL, CPE, staff
from tests.models.paths.rates import binomial_interval

SERIES = {"x": ("x1", "x2", "x3"), "y": ("y1", "y2", "y3")}
LAGS = {("x", "x"): 0.35, ("y", "y"): 0.3, ("y", "x"): 0.15, ("x", "y"): 0.0}
STEPS = ["free", "lags", "innovations", "means"]


def known(panel, lags=LAGS, later=1.0):
    """Layout, parameters and what they imply; ``later`` multiplies lags into the last wave."""
    layout = panel_layout(panel)
    theta = np.empty(layout.n_free)
    for each, number in zip(layout.parameters, layout.free, strict=True):
        if number < 0:
            continue
        if each.kind == "regression":
            theta[number] = lags[each.left[0], each.right[0]] * (later if each.left.endswith("3") else 1.0)
        else:
            theta[number] = 3.0 if each.kind == "intercept" else 0.5 if each.left == each.right else 0.15
    return layout, theta, moments(layout, theta, 0, with_derivatives=False)


def answers_of(implied, items, estimator="ml", **options):
    return PanelAnswers(rows_with(implied.mean, implied.covariance, items, **options), estimator)


@pytest.mark.parametrize("has_traits", [True, False])
@pytest.mark.parametrize("estimator", ["ml", "mlr"])
def test_a_panel_is_recovered_from_its_moments(has_traits, estimator):
    panel = Panel(SERIES, has_traits)
    layout, theta, implied = known(panel)
    fit = fit_panel(panel, answers_of(implied, layout.items, estimator))
    np.testing.assert_allclose(fit.analysis.fit.theta, theta, atol=1e-6)
    assert fit.analysis.problems == ()
    assert fit.analysis.fit.standard.df == (1 if has_traits else 4)


def test_within_person_lags_follow_from_covariances_by_hand():
    # Cov(x_s, x_t) is the lasting part plus what lags carry over
    panel = Panel(SERIES)
    _, _, implied = known(panel)
    lag = np.array([[0.35, 0.0], [0.15, 0.3]])
    first = np.array([[0.5, 0.15], [0.15, 0.5]])
    traits = first.copy()
    second = lag @ first @ lag.T + first
    third = lag @ second @ lag.T + first
    expected = np.block(
        [
            [traits + first, traits + first @ lag.T, traits + first @ lag.T @ lag.T],
            [traits + lag @ first, traits + second, traits + second @ lag.T],
            [traits + lag @ lag @ first, traits + lag @ second, traits + third],
        ]
    )
    np.testing.assert_allclose(implied.covariance, expected, atol=1e-12)


def test_without_lasting_parts_lags_are_least_squares():
    rng = np.random.default_rng(4)
    data = pd.DataFrame(rng.normal(size=(200, 4)) @ rng.normal(size=(4, 4)), columns=["x1", "y1", "x2", "y2"])
    panel = Panel({"x": ("x1", "x2"), "y": ("y1", "y2")}, has_traits=False)
    lags = fit_panel(panel, PanelAnswers(data, "ml")).lags.set_index(["outcome", "cause"])["estimate"]
    columns = np.column_stack([np.ones(200), data[["x1", "y1"]]])
    for outcome in ("x", "y"):
        expected = np.linalg.lstsq(columns, data[f"{outcome}2"], rcond=None)[0][1:]
        np.testing.assert_allclose(lags[outcome], expected, atol=1e-7)


def test_steady_waves_pass_and_lags_that_change_do_not():
    panel = Panel(SERIES)
    same = steadiness(panel, answers_of(known(panel)[2], panel.items, "mlr"))
    assert list(same["step"]) == STEPS
    np.testing.assert_allclose(same["difference"][1:], 0.0, atol=1e-6)
    assert list(same["difference_df"][1:]) == [4, 3, 4]
    changed = steadiness(panel, answers_of(known(panel, later=0.2)[2], panel.items, "mlr", n=3000))
    assert changed["difference_p"][1] < 0.001
    assert changed["difference_df"][1] == 4


def test_the_difference_of_normal_fits_is_that_of_their_likelihoods():
    panel = Panel(SERIES)
    data = pd.DataFrame(staff(np.random.default_rng(6), 20))[[*CL, *CPE]].rename(
        columns=dict(zip((*CL, *CPE), (*SERIES["x"], *SERIES["y"]), strict=True))
    )
    answers = PanelAnswers(data, "ml")
    table = steadiness(panel, answers)
    free, lags = (fit_panel(Panel(SERIES, steady=each), answers) for each in (frozenset(), frozenset({"lags"})))
    gap = 2 * (free.indices["log_likelihood"] - lags.indices["log_likelihood"])
    assert table["difference"][1] == pytest.approx(gap, abs=1e-6)


def test_lasting_parts_that_matter_speak_against_the_panel_without_them():
    panel = Panel(SERIES)
    _, _, implied = known(panel)
    table = against_cross_lagged(panel, answers_of(implied, panel.items))
    assert list(table["step"]) == ["random_intercepts", "cross_lagged"]
    assert table["difference_df"][1] == 3
    assert table["difference_p"][1] < 1e-6
    fit = fit_panel(Panel(SERIES, has_traits=False), answers_of(implied, panel.items))
    mixed = fit.lags[(fit.lags["outcome"] == "x") & (fit.lags["cause"] == "x")]["estimate"]
    assert (mixed > 0.45).all()


def test_groups_that_are_alike_pass_and_others_do_not():
    panel = Panel(SERIES)
    one, other = (known(panel, lags)[2] for lags in (LAGS, LAGS | {("x", "y"): 0.25, ("y", "x"): 0.0}))
    groups = pd.Series(np.repeat(["a", "b"], 1500))
    for second, is_alike in ((one, True), (other, False)):
        data = pd.concat(
            [rows_with(each.mean, each.covariance, panel.items, 1500) for each in (one, second)], ignore_index=True
        )
        table = likeness(panel, PanelAnswers(data, "mlr", groups))
        assert list(table["difference_df"][1:]) == [8, 6, 6]
        assert (table["difference_p"][1] > 0.99) is np.bool_(is_alike)
        assert (table["difference_p"][1] < 0.01) is np.bool_(not is_alike)


def test_lags_alike_in_groups_are_one_number():
    panel = Panel(SERIES, alike=frozenset({"lags"}))
    implied = known(panel)[2]
    data = rows_with(implied.mean, implied.covariance, panel.items)
    fit = fit_panel(panel, PanelAnswers(data, "ml", pd.Series(np.arange(400) % 2)))
    assert fit.lags.groupby(["wave", "outcome", "cause"])["estimate"].nunique().eq(1).all()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Panel({"x": ("x1", "x2"), "y": ("y1", "y2")}), "2 waves for a panel with random intercepts"),
        (lambda: Panel({"x": ("x1",), "y": ("y1",)}, has_traits=False), "1 wave: lags need at least 2"),
        (lambda: Panel({"x": ("x1", "x2", "x3")}), "a panel of 1 variable"),
        (lambda: Panel({"x": ("x1", "x2", "x3"), "y": ("y1", "y2")}), r"different numbers of waves \(x 3, y 2\)"),
        (lambda: Panel({"x": ("x1", "x2", "x3"), "y": ("x1", "y2", "y3")}), "x1 is named twice"),
        (
            lambda: fit_panel(Panel(SERIES), PanelAnswers(pd.DataFrame({"x1": [1.0]}))),
            "no column y1, x2, y2, x3, y3",
        ),
        (
            lambda: likeness(Panel(SERIES), PanelAnswers(pd.DataFrame())),
            "needs groups",
        ),
        (
            lambda: steadiness(
                Panel({"x": ("x1", "x2"), "y": ("y1", "y2")}, has_traits=False), PanelAnswers(pd.DataFrame())
            ),
            "two waves have one lag",
        ),
        (
            lambda: against_cross_lagged(Panel(SERIES, has_traits=False), PanelAnswers(pd.DataFrame())),
            "no random intercepts",
        ),
    ],
)
def test_what_is_no_panel_is_refused_in_words(make, message):
    with pytest.raises(FactorModelError, match=message):
        make()


N_REPLICATIONS, N_WITHOUT = 60, 12
TRUE_LAG = 0.15 * np.sqrt(0.55 / 0.50)


def cross_lags(rng, has_traits):
    data = staff(rng)
    panel = Panel({"cl": CL, "cpe": CPE}, has_traits, steady=frozenset({"lags", "innovations"}))
    lags = fit_panel(panel, PanelAnswers(data, "mlr", clusters=data["organisation"])).lags
    own = lags[lags["wave"] == 3].set_index(["outcome", "cause"])[["estimate", "std_error"]]
    return np.concatenate([own.loc[("cpe", "cl")], own.loc[("cl", "cpe")]])


@pytest.mark.slow
def test_lags_of_the_study_are_recovered_under_drop_out_with_lasting_parts_alone():
    rng = np.random.default_rng(20261127)
    found = np.array([cross_lags(rng, has_traits=True) for _ in range(N_REPLICATIONS)])
    for place, true in ((0, TRUE_LAG), (2, 0.0)):
        estimates, errors = found[:, place], found[:, place + 1]
        assert abs(estimates.mean() - true) < 3 * estimates.std(ddof=1) / np.sqrt(N_REPLICATIONS)
        n_covered = int((np.abs(estimates - true) < 1.959964 * errors).sum())
        low, high = binomial_interval(n_covered, N_REPLICATIONS, 0.99)
        assert low <= 0.95 <= high
    without = np.array([cross_lags(rng, has_traits=False) for _ in range(N_WITHOUT)])[:, 0]
    assert without.mean() + 5 * without.std(ddof=1) / np.sqrt(N_WITHOUT) < TRUE_LAG
