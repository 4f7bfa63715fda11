"""Latent growth: the mixed model, exact moments, drop-out, refusals."""

import numpy as np
import pandas as pd
import pytest

from models.measurement.confirmatory.implied import moments
from models.measurement.confirmatory.refusals import FactorModelError
from models.paths.growth import Growth, fit_growth, growth_layout
from models.paths.panel_fit import PanelAnswers
from tests.lavaan_models import oracle
from tests.models.paths.exact import rows_with

WAVES = ("JSAT0", "JSAT1", "JSAT2")


def people(reference, columns=()):
    """One row a soldier: job satisfaction of three waves, missing where there is none."""
    long = pd.read_csv(reference / "oracles/data/univbct.csv").dropna(subset=["JSAT", *columns])
    wide = long.pivot_table(index=["SUBNUM", *columns], columns="TIME", values="JSAT").reset_index()
    return wide.rename(columns={wave: f"JSAT{wave}" for wave in range(3)})


def value(fit, kind, left, right="", column="estimate"):
    table = fit.parameters
    return float(
        table.loc[(table["kind"] == kind) & (table["left"] == left) & (table["right"] == right), column].iloc[0]
    )


@pytest.mark.reference
@pytest.mark.parametrize(
    ("key", "predictors"), [("univ_growth_rs", ()), ("univ_cross", ("AGE",))], ids=["growth", "growth by age"]
)
def test_growth_with_equal_residuals_is_the_mixed_model_of_lme4(key, predictors, reference):
    stored = oracle(reference, 9)
    of_r, tolerance = stored[key]["ML"], stored["tolerance"]
    data = people(reference, predictors)
    fit = fit_growth(
        Growth(WAVES, (0, 1, 2), predictors=predictors, has_equal_residuals=True), PanelAnswers(data, "ml")
    )
    fixed = {"(Intercept)": ("factor_mean", "level"), "TIME": ("factor_mean", "slope")}
    fixed |= {"AGE": ("regression", "level", "AGE"), "TIME:AGE": ("regression", "slope", "AGE")} if predictors else {}
    for term, place in fixed.items():
        assert value(fit, *place) == pytest.approx(of_r["coef"][term], abs=tolerance["fixed"])
        assert value(fit, *place, *([""] if len(place) == 2 else []), "std_error") == pytest.approx(
            of_r["se"][term], rel=5e-3
        )
    components = [each["vcov"] for each in of_r["varcorr"]]
    pairs = (("level", "level"), ("slope", "slope"), ("level", "slope"))
    found = [value(fit, "factor_covariance", *pair) for pair in pairs]
    found.append(value(fit, "residual_covariance", "JSAT0", "JSAT0"))
    np.testing.assert_allclose(found, components, rtol=tolerance["varcomp"])
    if not predictors:
        assert fit.indices["log_likelihood"] == pytest.approx(of_r["logLik"], abs=tolerance["logLik"] * 10)


def known(growth):
    layout = growth_layout(growth)
    regular = {"factor_mean": 0.5, "loading": 0.3, "residual_covariance": 0.4, "regression": -0.2}
    theta = np.empty(layout.n_free)
    for place, (each, number) in enumerate(zip(layout.parameters, layout.free, strict=True)):
        if number >= 0:
            own = 1.0 if each.left == each.right else 0.1
            theta[number] = regular.get(each.kind, own) + 0.001 * place * (not each.label)
    return layout, theta, moments(layout, theta, 0, with_derivatives=False)


Y4 = ("y1", "y2", "y3", "y4")
GROWTHS = {
    "line": Growth(Y4, (0, 1, 2.5, 4)),
    "bend": Growth(Y4, (0, 1, 2, 3), degree=2, has_equal_residuals=True),
    "predicted": Growth(Y4, (0, 1, 2, 3), predictors=("z1", "z2")),
    "time-varying": Growth(Y4, (0, 1, 2, 3), predictors=("z1",), covariates={"w": ("w1", "w2", "w3", "w4")}),
}


@pytest.mark.parametrize("name", GROWTHS)
@pytest.mark.parametrize("estimator", ["ml", "mlr"])
def test_growth_is_recovered_from_its_moments(name, estimator):
    growth = GROWTHS[name]
    layout, theta, implied = known(growth)
    fit = fit_growth(growth, PanelAnswers(rows_with(implied.mean, implied.covariance, layout.items, 600), estimator))
    np.testing.assert_allclose(fit.analysis.fit.theta, theta, atol=1e-6)
    assert fit.analysis.problems == ()
    assert fit.analysis.fit.standard.statistic == pytest.approx(0.0, abs=1e-6)


def test_the_implied_moments_are_those_of_the_formula():
    layout, theta, implied = known(GROWTHS["line"])
    times = np.column_stack([np.ones(4), [0, 1, 2.5, 4]])
    values = dict(
        zip([(each.kind, each.left, each.right) for each in layout.parameters], layout.values(theta), strict=True)
    )
    spread = np.array(
        [
            [values["factor_covariance", *sorted(pair)] for pair in (("level", a), (a, "slope"))]
            for a in ("level", "slope")
        ]
    )
    residual = np.diag([values["residual_covariance", each, each] for each in Y4])
    mean = np.array([values["factor_mean", each, ""] for each in ("level", "slope")])
    np.testing.assert_allclose(implied.covariance, times @ spread @ times.T + residual, atol=1e-12)
    np.testing.assert_allclose(implied.mean, times @ mean, atol=1e-12)


def test_a_later_beginning_moves_the_level_and_not_the_slope():
    _, _, implied = known(GROWTHS["line"])
    data = rows_with(implied.mean, implied.covariance, Y4)
    first = fit_growth(GROWTHS["line"], PanelAnswers(data, "ml"))
    moved = fit_growth(Growth(Y4, (-1, 0, 1.5, 3)), PanelAnswers(data, "ml"))
    slope = value(first, "factor_mean", "slope")
    assert value(moved, "factor_mean", "slope") == pytest.approx(slope, abs=1e-7)
    assert value(moved, "factor_mean", "level") == pytest.approx(value(first, "factor_mean", "level") + slope, abs=1e-7)
    assert moved.indices["log_likelihood"] == pytest.approx(first.indices["log_likelihood"], abs=1e-6)


@pytest.mark.slow
def test_drop_out_by_what_was_answered_biases_complete_people_and_not_full_information():
    _, _, implied = known(GROWTHS["line"])
    data = rows_with(implied.mean, implied.covariance, Y4, 20_000)
    true = fit_growth(GROWTHS["line"], PanelAnswers(data, "ml"))
    rng = np.random.default_rng(3)
    is_left = np.zeros(len(data), dtype=bool)
    for before, after in (("y1", "y2"), ("y2", "y3"), ("y3", "y4")):
        is_left |= rng.random(len(data)) < 1 / (1 + np.exp(1.5 + 1.2 * data[before].where(~is_left, 99)))
        data.loc[is_left, after] = np.nan
    full = fit_growth(GROWTHS["line"], PanelAnswers(data, "ml"))
    alone = fit_growth(GROWTHS["line"], PanelAnswers(data.dropna(), "ml"))
    place = ("factor_mean", "slope")
    error = value(full, *place, column="std_error")
    assert abs(value(full, *place) - value(true, *place)) < 4 * error
    assert abs(value(alone, "factor_mean", "level") - value(true, "factor_mean", "level")) > 10 * error


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Growth(("a", "b"), (0, 1)), "2 waves for growth of degree 1: expected at least 3"),
        (lambda: Growth(("a", "b", "c"), (0, 1, 2), degree=2), "3 waves for growth of degree 2: expected at least 4"),
        (lambda: Growth(Y4, (0, 1, 2, 3), degree=3), "expected 1"),
        (lambda: Growth(Y4, (0, 1, 2)), "3 of times for 4 waves"),
        (lambda: Growth(Y4, (0, 1, 1, 2)), "do not rise"),
        (lambda: Growth(Y4, (0, 1, 2, 3), covariates={"w": ("w1",)}), "1 of w for 4 waves"),
        (lambda: fit_growth(GROWTHS["line"], PanelAnswers(pd.DataFrame({"y1": [1.0]}))), "no column y2, y3, y4"),
    ],
)
def test_what_cannot_grow_is_refused_in_words(make, message):
    with pytest.raises(FactorModelError, match=message):
        make()


def test_waves_that_follow_from_each_other_are_refused_in_words():
    data = pd.DataFrame(np.random.default_rng(1).normal(size=(40, 4)), columns=list(Y4))
    data = data.assign(**{Y4[1]: 2 * data[Y4[0]]})
    data.loc[:9, Y4[2]] = np.nan
    with pytest.raises(FactorModelError, match="do not tell the parameters of the model apart"):
        fit_growth(GROWTHS["line"], PanelAnswers(data, "ml"))
