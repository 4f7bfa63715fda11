"""Structural models: lavaan's results, least squares, exact moments, gaps that say nothing, refusals."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.measurement.confirmatory import optimise
from models.measurement.confirmatory.analysis import analyse, measured, parameter_table
from models.measurement.confirmatory.answers import grouped_answers
from models.measurement.confirmatory.implied import moments
from models.measurement.confirmatory.model import FactorModel, Setting
from models.measurement.confirmatory.refusals import FactorModelError
from models.paths.equations import rows_of, solve_equations
from models.paths.mediation import Mediation
from models.paths.structural_fit import StructuralSetting, defined, fit_structure, judged_effects
from models.paths.structure import StructuralModel, structural_layout
from tests.lavaan_models import is_close, keys_of, oracle
from tests.models.paths.exact import rows_with
from tests.models.paths.talor import read_talor

TALOR = StructuralModel({"pmi": ("cond",), "reaction": ("pmi", "cond")})
DEMOCRACY = StructuralModel(
    {"dem60": ("ind60",), "dem65": ("ind60", "dem60")},
    {"ind60": ("x1", "x2", "x3"), "dem60": ("y1", "y2", "y3", "y4"), "dem65": ("y5", "y6", "y7", "y8")},
    residual_covariances=(("y1", "y5"), ("y2", "y4"), ("y2", "y6"), ("y3", "y7"), ("y4", "y8"), ("y6", "y8")),
)
LATENT = StructuralModel(
    {"m": ("x", "z"), "y": ("m", "x")}, {"m": ("m1", "m2", "m3"), "y": ("y1", "y2", "y3")}, uncorrelated=(("x", "z"),)
)
ML, MLR = StructuralSetting("ml"), StructuralSetting("mlr")
QUIET = np.random.default_rng(0)


@pytest.mark.reference
@pytest.mark.parametrize(("entry", "setting"), [("lavaan_ml", ML), ("lavaan_mlr", MLR)])
def test_mediation_on_the_engine_is_lavaans(entry, setting, reference):
    data, stored = read_talor(reference)
    fit = fit_structure(TALOR, data, setting)
    table = fit.judged(fit.effects("cond", "reaction"), QUIET, 0).table().set_index("effect")
    names = {"ind": "cond -> pmi -> reaction", "c": "cond -> reaction", "total": "total"}
    of_r = {names[each]: about for each, about in stored["tal_or"][entry].items() if each in names}
    assert of_r
    for name, about in of_r.items():
        assert table.loc[name, "estimate"] == pytest.approx(about["est"], abs=stored["tolerance"]["point"])
        assert table.loc[name, "std_error"] == pytest.approx(about["se"], abs=stored["tolerance"]["delta"])
        assert table.loc[name, "p_value"] == pytest.approx(about["pvalue"], abs=stored["tolerance"]["delta"])


@pytest.mark.reference
@pytest.mark.parametrize(("key", "setting"), [("poldem_ml", ML), ("poldem_mlr", MLR)])
def test_the_model_of_political_democracy_is_lavaans(key, setting, reference):
    stored = oracle(reference, 4)
    data = pd.read_csv(reference / "oracles/data/PoliticalDemocracy.csv")
    fit = fit_structure(DEMOCRACY, data, setting)
    rows = {(each["lhs"], each["op"], each["rhs"]): each for each in stored[key]["estimates"]}
    far, seen = {}, 0
    layout, errors = fit.analysis.fit.layout, np.sqrt(np.diagonal(fit.analysis.fit.covariance))
    for each, number in zip(layout.parameters, layout.free, strict=True):
        about = next((rows[name] for name in keys_of(each) if name in rows), None)
        if number < 0 or about is None:
            continue
        seen += 1
        found = fit.analysis.fit.theta[number], errors[number]
        if not all(
            is_close(*pair, stored["tolerance"]["ml"]) for pair in zip(found, (about["est"], about["se"]), strict=True)
        ):
            far[each.name] = (found, about)
    assert far == {}
    assert seen == stored[key]["fit"]["npar"]
    names = {"chi_square": "chisq", "df": "df", "cfi": "cfi", "tli": "tli", "rmsea": "rmsea", "log_likelihood": "logl"}
    names |= {"chi_square_scaled": "chisq.scaled", "cfi_robust": "cfi.robust"} if key == "poldem_mlr" else {}
    for ours, theirs in names.items():
        assert is_close(fit.indices[ours], stored[key]["fit"][theirs], stored["tolerance"]["fit"]), ours
    assert fit.analysis.problems == ()


def drawn(n=150):
    rng = np.random.default_rng(2)
    x, z = rng.normal(size=n), rng.exponential(size=n)
    m = 0.5 * x + rng.normal(size=n) * (1 + 0.3 * np.abs(z))
    return pd.DataFrame({"x": x, "z": z, "m": m, "y": 0.4 * m - 0.2 * z + rng.normal(size=n)})


@pytest.mark.parametrize(("setting", "kind"), [(ML, "normal"), (MLR, "HC0")])
def test_observed_variables_give_least_squares_in_each_equation(setting, kind):
    data = drawn()
    fit = fit_structure(StructuralModel({"m": ("x", "z"), "y": ("m", "x", "z")}), data, setting)
    solved = solve_equations(
        equations := Mediation("x", ("m",), "y", covariates=("z",)).equations(), rows_of(data, equations), kind
    )
    table = fit.parameters.set_index(["kind", "left", "right"])
    for (outcome, term), estimate, error in zip(
        equations.terms, solved.coefficients, solved.uncertainty.errors, strict=True
    ):
        if term != "Intercept":
            row = table.loc[("regression", outcome, term)]
            assert (row["estimate"], row["std_error"]) == pytest.approx((estimate, error), rel=1e-6)
    assert fit.analysis.fit.standard.df == 0


def latent_moments():
    layout = structural_layout(LATENT)
    values = {
        "loading": 0.8,
        "residual_covariance": 0.4,
        "intercept": 3.0,
        "factor_mean": 0.5,
        "factor_covariance": 0.9,
    }
    regressions = {("m", "x"): 0.5, ("m", "z"): -0.3, ("y", "m"): 0.6, ("y", "x"): 0.2}
    theta = np.empty(layout.n_free)
    for each, number in zip(layout.parameters, layout.free, strict=True):
        if number >= 0:
            theta[number] = regressions.get((each.left, each.right), values.get(each.kind, 0.0))
    return layout, theta, moments(layout, theta, 0, with_derivatives=False)


@pytest.mark.parametrize("setting", [ML, MLR])
def test_a_latent_mediation_is_recovered_from_its_moments(setting):
    layout, theta, implied = latent_moments()
    data = rows_with(implied.mean, implied.covariance, layout.items)
    fit = fit_structure(LATENT, data, setting)
    np.testing.assert_allclose(fit.analysis.fit.theta, theta, atol=1e-6)
    assert fit.analysis.fit.standard.statistic == pytest.approx(0.0, abs=1e-6)
    table = fit.judged(fit.effects("x", "y"), QUIET, 0).table().set_index("effect")
    assert table.loc["x -> m -> y", "estimate"] == pytest.approx(0.3, abs=1e-6)
    assert table.loc["total", "estimate"] == pytest.approx(0.5, abs=1e-6)
    assert table.loc["share of the total effect", "estimate"] == pytest.approx(0.6, abs=1e-6)


def test_a_defined_parameter_is_a_sum_of_products():
    layout, theta, _ = latent_moments()
    both = defined(layout, "sum", ((("m", "x"), ("y", "m")), (("m", "z"), ("y", "m"))))
    assert both.of(theta[None])[0] == pytest.approx(0.5 * 0.6 - 0.3 * 0.6)
    step = 1e-6
    slopes = [
        (both.of((theta + move)[None]) - both.of((theta - move)[None]))[0] / 2 / step
        for move in np.eye(len(theta)) * step
    ]
    np.testing.assert_allclose(both.gradient(theta), slopes, atol=1e-8)


def test_responses_with_the_regressor_alone_leave_the_regression_as_it_was():
    data = drawn()
    more = pd.concat([data, pd.DataFrame({"x": np.linspace(-3, 3, 40)})], ignore_index=True)
    model = StructuralModel({"y": ("x",)})
    complete, gaps = fit_structure(model, data, ML), fit_structure(model, more, ML)
    assert gaps.analysis.n_obs == 190
    for fit in (complete, gaps):
        row = fit.parameters.set_index("kind").loc["regression"]
        assert row["estimate"] == pytest.approx(np.polyfit(data["x"], data["y"], 1)[0], abs=1e-7)


def with_gaps():
    data = drawn(60)
    data.loc[3:12, "y"] = np.nan
    return data.assign(group=np.arange(60) // 7, half=np.where(np.arange(60) % 2, "b", "a"))


@given(st.permutations(range(60)))
@settings(max_examples=4)
def test_the_order_of_rows_changes_no_bit(order):
    data = with_gaps()
    model = StructuralModel({"m": ("x",), "y": ("m",)})
    tables = [
        fit_structure(model, rows, MLR, groups=rows["half"], clusters=rows["group"]).parameters
        for rows in (data, data.iloc[list(order)])
    ]
    pd.testing.assert_frame_equal(*tables, check_exact=True)


@pytest.mark.parametrize("scale", [1e-3, 1e3])
def test_units_of_measurement_scale_regressions(scale):
    data, model = with_gaps(), StructuralModel({"m": ("x",), "y": ("m", "x")})
    tables = [fit_structure(model, rows, MLR).parameters for rows in (data, data.assign(x=data["x"] * scale))]
    plain, scaled = (each[each["kind"] == "regression"] for each in tables)
    factor = np.where(plain["right"] == "x", scale, 1.0)
    for column in ("estimate", "std_error"):
        np.testing.assert_allclose(scaled[column] * factor, plain[column], rtol=1e-5)
    for column in ("standardised", "standardised_error"):
        np.testing.assert_allclose(scaled[column], plain[column], rtol=1e-5)


def test_a_search_that_stops_short_is_named(monkeypatch):
    monkeypatch.setattr(optimise, "MOST_STEPS", 1)
    layout, _, implied = latent_moments()
    fit = fit_structure(LATENT, rows_with(implied.mean, implied.covariance, layout.items), ML)
    assert {"not_converged", "starts_disagree"} <= {each.name for each in fit.analysis.problems}


def test_effects_of_factors_of_ordered_items_follow_from_their_regressions():
    rng = np.random.default_rng(9)
    x = rng.normal(size=600)
    m = 0.6 * x + 0.8 * rng.normal(size=600)
    y = 0.5 * m + 0.8 * rng.normal(size=600)
    codes = {
        f"{name}{place}": np.searchsorted([-1.0, 0.2, 1.1], level + 0.6 * rng.normal(size=600))
        for name, level in zip("xmy", (x, m, y), strict=True)
        for place in range(3)
    }
    answers = pd.DataFrame(codes).astype(float)
    indicators = {name: tuple(f"{name}{place}" for place in range(3)) for name in "xmy"}
    model = FactorModel(indicators, {"m": ("x",), "y": ("m", "x")})
    grouped = grouped_answers(answers, model.items, is_complete=True)
    analysis = analyse(model, measured(grouped, "wlsmv"), Setting())
    layout = analysis.fit.layout
    judged = judged_effects(analysis, (defined(layout, "indirect", ((("m", "x"), ("y", "m")),)),), QUIET, 0).table()
    table = parameter_table(analysis).set_index(["kind", "left", "right"])
    first, second = table.loc[("regression", "m", "x")], table.loc[("regression", "y", "m")]
    assert judged["estimate"][0] == pytest.approx(first["estimate"] * second["estimate"], rel=1e-10)
    assert 0 < judged["std_error"][0] < first["std_error"] + second["std_error"]


def test_two_equal_groups_with_equal_slopes_give_the_errors_of_twice_the_rows():
    data = drawn()
    twice = pd.concat([data, data], ignore_index=True)
    groups = pd.Series(np.repeat(["a", "b"], len(data)))
    model = StructuralModel({"m": ("x",), "y": ("m",)})
    setting = StructuralSetting("ml", equal=frozenset({"regression", "factor_covariance", "factor_mean"}))
    grouped = fit_structure(model, twice, setting, groups=groups).parameters
    pooled = fit_structure(model, twice, ML).parameters
    for group in ("a", "b"):
        own = grouped[(grouped["group"] == group) & (grouped["kind"] == "regression")]
        np.testing.assert_allclose(own["estimate"], pooled.loc[pooled["kind"] == "regression", "estimate"], atol=1e-7)
        np.testing.assert_allclose(own["std_error"], pooled.loc[pooled["kind"] == "regression", "std_error"], rtol=1e-5)


def test_a_factor_without_relations_is_named_as_not_determined():
    mean, covariance = np.zeros(3), np.eye(3)
    covariance[0, 1] = covariance[1, 0] = 0.5
    data = rows_with(mean, covariance, ("i1", "i2", "x"))
    fit = fit_structure(StructuralModel({"f": ("x",)}, {"f": ("i1", "i2")}), data, ML)
    assert [each.name for each in fit.analysis.problems] == ["not_a_maximum"]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: StructuralModel({"y": ("m",), "m": ("y",)}), "m and y explain each other in a circle"),
        (lambda: StructuralModel({"y": ("i1",)}, {"y": ("i1", "i2")}), "i1 is an item of a factor and a variable"),
        (lambda: fit_structure(StructuralModel({"y": ("q",)}), drawn(), ML), "no column q"),
        (lambda: fit_structure(TALOR_LIKE, drawn(), StructuralSetting("wlsmv")), "expected ml or mlr"),
        (
            lambda: fit_structure(TALOR_LIKE, drawn(), ML, clusters=pd.Series(np.arange(150) % 10)),
            "ml takes rows as independent",
        ),
        (lambda: fit_structure(TALOR_LIKE, drawn(), ML).effects("y", "x"), "no route leads from y to x"),
        (
            lambda: defined(structural_layout(TALOR_LIKE), "odd", ((("x", "y"),),)),
            "no regression of x on y",
        ),
        (
            lambda: fit_structure(StructuralModel({"f": ("x",)}, {"f": ("y",)}), drawn(), ML),
            "parameters and the items only|not identified",
        ),
        (lambda: fit_structure(TALOR_LIKE, drawn().assign(x=1.0), ML), "x has the same answer everywhere"),
    ],
)
def test_what_cannot_be_fitted_is_refused_in_words(make, message):
    with pytest.raises(FactorModelError, match=message):
        make()


TALOR_LIKE = StructuralModel({"m": ("x",), "y": ("m", "x")})
