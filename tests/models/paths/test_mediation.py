"""Mediation without an oracle: identities, brute force, limits, invariance, refusals."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.paths.equations import rows_of, solve_equations
from models.paths.intervals import acceleration, bca_interval, percentile_interval, quantiles
from models.paths.mediated import Inference, Responses, fit_mediation
from models.paths.mediation import Mediation
from models.paths.resampling import resampled, unit_products, without_each
from models.regression.cluster_moments import cluster_moments
from models.regression.clustered import cluster_covariance
from models.regression.identification import ModelDataError
from models.regression.least_squares import solve_least_squares
from tests.models.paths.talor import effect, interval

PARALLEL = Mediation("x", ("m1", "m2"), "y", covariates=("z",))
SERIAL = Mediation("x", ("m1", "m2"), "y", "serial", ("z",))
ALL_STAGES = frozenset({"first", "second", "direct"})
QUIET = Inference(None, 0, 0)


def drawn(n=90, seed=3, n_clusters=15):
    rng = np.random.default_rng(seed)
    own, group = rng.normal(size=n_clusters), rng.integers(n_clusters, size=n)
    x, z = rng.normal(size=n) + own[group], rng.normal(size=n)
    m1 = 0.5 * x + 0.3 * z + rng.normal(size=n) + own[group]
    m2 = 0.4 * x + 0.3 * m1 + rng.normal(size=n)
    w = rng.normal(2.0, 1.5, size=n)
    y = 0.3 * m1 + 0.4 * m2 + 0.2 * x + 0.1 * w * m1 + rng.normal(size=n)
    return pd.DataFrame({"x": x, "z": z, "m1": m1, "m2": m2, "w": w, "y": y, "group": group})


def fitted(mediation, data, inference=QUIET, at=(), **drawn_by):
    return fit_mediation(mediation, Responses(data, **drawn_by), np.random.default_rng(8), at=at, inference=inference)


@pytest.mark.parametrize("mediation", [PARALLEL, SERIAL, Mediation("x", ("m1",), "y")])
def test_direct_and_indirect_effects_add_up_to_the_slope_without_mediators(mediation):
    data = drawn()
    fit = fitted(mediation, data)
    columns = np.column_stack([np.ones(len(data)), data[["x", *mediation.covariates]]])
    alone = solve_least_squares(columns, data["y"].to_numpy())
    assert effect(fit, "total") == pytest.approx(alone.coefficients[1], abs=1e-12)
    parts = fit.effects[fit.effects["kind"].isin(["indirect", "direct"]) & (fit.effects["effect"] != "all indirect")]
    assert parts["estimate"].sum() == pytest.approx(alone.coefficients[1], abs=1e-12)


def test_serial_mediators_have_every_route():
    names = set(fitted(SERIAL, drawn()).effects["effect"])
    assert {"x -> m1 -> y", "x -> m2 -> y", "x -> m1 -> m2 -> y", "x -> y", "all indirect", "total"} < names


@pytest.mark.parametrize("has_clusters", [False, True])
def test_resamples_equal_refits_of_the_rows_drawn(has_clusters):
    data = drawn(40, n_clusters=12)
    equations = SERIAL.equations()
    rows = rows_of(data, equations, data["group"] if has_clusters else None)
    n_units = int(rows.clusters.max()) + 1
    found = resampled(unit_products(equations, rows), 20, np.random.default_rng(4))
    units = np.random.default_rng(4).integers(n_units, size=(20, n_units))
    for coefficients, chosen in zip(found, units, strict=True):
        taken = np.concatenate([np.flatnonzero(rows.clusters == unit) for unit in chosen])
        again = [
            np.linalg.lstsq(rows.of(each.terms)[taken], rows.of((each.outcome,))[taken, 0], rcond=None)[0]
            for each in equations.equations
        ]
        np.testing.assert_allclose(coefficients, np.concatenate(again), atol=1e-9)


@pytest.mark.parametrize("has_clusters", [False, True])
def test_estimates_without_a_unit_equal_refits(has_clusters):
    data = drawn(40, n_clusters=12)
    equations = PARALLEL.equations()
    rows = rows_of(data, equations, data["group"] if has_clusters else None)
    for unit, coefficients in enumerate(without_each(unit_products(equations, rows))):
        kept = rows.clusters != unit
        again = [
            np.linalg.lstsq(rows.of(each.terms)[kept], rows.of((each.outcome,))[kept, 0], rcond=None)[0]
            for each in equations.equations
        ]
        np.testing.assert_allclose(coefficients, np.concatenate(again), atol=1e-9)


def test_weights_of_rows_equal_rows_repeated():
    data = drawn(30)
    weights = pd.Series(np.arange(30) % 3 + 1.0)
    equations = PARALLEL.equations()
    weighted = solve_equations(equations, rows_of(data, equations, weights=weights), "normal")
    repeated = data.loc[data.index.repeat(weights.astype(int))]
    plain = solve_equations(equations, rows_of(repeated, equations), "normal")
    np.testing.assert_allclose(weighted.coefficients, plain.coefficients, atol=1e-12)
    whole = unit_products(equations, rows_of(data, equations, weights=weights))
    np.testing.assert_allclose(whole.solve(whole.products.sum(axis=0)[None])[0], plain.coefficients, atol=1e-10)


@pytest.mark.parametrize("has_clusters", [False, True])
def test_the_scale_of_weights_changes_nothing(has_clusters):
    data, inference = drawn(60), Inference(None, 200, 200)
    clusters = data["group"] if has_clusters else None
    weights = 1 + data["w"].abs()
    fits = [fitted(SERIAL, data, inference, clusters=clusters, weights=each) for each in (weights, 7 * weights)]
    for name in ("paths", "effects", "intervals"):
        first, second = (getattr(each, name).select_dtypes("number") for each in fits)
        np.testing.assert_allclose(first, second, rtol=1e-7, atol=1e-9)
    assert not np.allclose(fits[0].paths["estimate"], fitted(SERIAL, data).paths["estimate"])


def test_errors_of_paths_in_clusters_are_those_of_each_regression():
    data = drawn()
    fit = fitted(PARALLEL, data, Inference("CR2", 0, 0), clusters=data["group"])
    columns = np.column_stack([np.ones(len(data)), data[["x", "m1", "m2", "z"]]])
    alone = cluster_covariance(
        cluster_moments(solve_least_squares(columns, data["y"].to_numpy()), data["group"].to_numpy()), "CR2"
    )
    own = fit.paths[fit.paths["equation"] == "y"]
    np.testing.assert_allclose(own["std_error"], np.sqrt(np.diag(alone.covariance)), rtol=1e-10)
    np.testing.assert_allclose(own["df"], alone.satterthwaite_df(np.eye(5)), rtol=1e-8)


def test_clusters_are_heeded_by_every_interval_and_named_where_they_are_few():
    data = drawn()
    alone, together = fitted(PARALLEL, data), fitted(PARALLEL, data, clusters=data["group"])
    chosen = fitted(PARALLEL, data, Inference("CR2", 0, 0), clusters=data["group"])
    pd.testing.assert_frame_equal(together.paths, chosen.paths)
    assert (alone.n_clusters, alone.problems) == (None, ())
    assert (together.n_clusters, together.problems) == (15, ("few_clusters",))


@pytest.mark.parametrize(("of_rows", "of_clusters"), [("HC0", "CR0"), ("HC2", "CR2"), ("HC3", "CR3")])
def test_clusters_of_one_row_give_the_errors_of_rows(of_rows, of_clusters):
    data = drawn()
    alone = fitted(PARALLEL, data, Inference(of_rows, 0, 0))
    single = fitted(PARALLEL, data, Inference(of_clusters, 0, 0), clusters=pd.Series(data.index))
    np.testing.assert_allclose(alone.effects["std_error"], single.effects["std_error"], rtol=1e-9)


def test_a_moderator_of_both_stages_gives_the_product_of_both_slopes():
    mediation = Mediation("x", ("m1",), "y", moderator="w", moderated=ALL_STAGES)
    data = drawn()
    fit = fitted(mediation, data, at=(-1.0, 3.0))
    path = fit.paths.set_index(["equation", "term"])["estimate"]
    for at in (-1.0, 3.0):
        first = path["m1", "x"] + at * path["m1", "x:w"]
        second = path["y", "m1"] + at * path["y", "m1:w"]
        assert effect(fit, "x -> m1 -> y", at=at) == pytest.approx(first * second, abs=1e-12)
    assert not (fit.effects["kind"] == "index").any()
    gap = effect(fit, "x -> m1 -> y", at=3.0) - effect(fit, "x -> m1 -> y", at=-1.0)
    assert effect(fit, "difference from -1 to 3: x -> m1 -> y") == pytest.approx(gap, abs=1e-12)


@pytest.mark.parametrize("stage", ["first", "second"])
def test_the_index_is_the_slope_of_the_conditional_effect(stage):
    mediation = Mediation("x", ("m1", "m2"), "y", moderator="w", moderated=frozenset({stage}))
    fit = fitted(mediation, drawn(), at=(0.0, 1.0))
    for route in ("x -> m1 -> y", "x -> m2 -> y"):
        gap = effect(fit, route, at=1.0) - effect(fit, route, at=0.0)
        assert effect(fit, f"index of moderated mediation: {route}") == pytest.approx(gap, abs=1e-12)
        name = f"difference from 0 to 1: {route}"
        index = f"index of moderated mediation: {route}"
        assert effect(fit, name, "std_error") == pytest.approx(effect(fit, index, "std_error"), rel=1e-9)


def test_a_conditional_effect_is_the_plain_one_when_the_moderator_is_centred_there():
    mediation = Mediation("x", ("m1",), "y", moderator="w", moderated=ALL_STAGES)
    data = drawn()
    fit, centred = fitted(mediation, data, at=(2.5,)), fitted(mediation, data.assign(w=data["w"] - 2.5), at=(0.0,))
    for column in ("estimate", "std_error"):
        assert effect(fit, "x -> m1 -> y", column, 2.5) == pytest.approx(effect(centred, "x -> m1 -> y", column, 0.0))


@given(st.permutations(range(25)))
@settings(max_examples=20)
def test_the_order_of_rows_changes_no_bit(order):
    data = drawn(25, n_clusters=6)
    inference = Inference("CR2", 200, 100)
    fit = fitted(PARALLEL, data, inference, clusters=data["group"])
    moved = data.iloc[list(order)]
    again = fitted(PARALLEL, moved, inference, clusters=moved["group"])
    for name in ("paths", "effects", "intervals"):
        pd.testing.assert_frame_equal(getattr(fit, name), getattr(again, name), check_exact=True)


@given(st.floats(0.1, 50), st.floats(0.1, 50), st.floats(-100, 100))
@settings(max_examples=20)
def test_units_of_measurement_scale_effects(of_focal, of_outcome, shift):
    data = drawn(40)
    inference = Inference("HC3", 200, 0)
    fit = fitted(SERIAL, data, inference)
    # Positive scales and shifts leave the order of rows as it was, so that the same rows are drawn
    moved = data.assign(x=data["x"] * of_focal + shift, y=data["y"] * of_outcome, m1=data["m1"] * 3 - shift)
    again = fitted(SERIAL, moved, inference)
    scale = of_outcome / of_focal
    for method in ("delta", "percentile", "basic", "bca"):
        np.testing.assert_allclose(
            np.array(interval(again, "x -> m1 -> m2 -> y", method)),
            np.array(interval(fit, "x -> m1 -> m2 -> y", method)) * scale,
            rtol=1e-5,
            atol=1e-7 * scale,
        )


def test_quantiles_are_order_statistics_where_one_stands_there():
    draws = np.random.default_rng(1).normal(size=999)
    found = quantiles(draws, np.array([0.025, 0.5, 0.975]))
    np.testing.assert_allclose(found, np.sort(draws)[[24, 499, 974]], atol=1e-12)


def test_bca_without_bias_and_skewness_is_the_percentile_interval():
    draws = np.concatenate([-np.arange(1.0, 501.0), np.arange(1.0, 501.0)])
    symmetric = np.array([-1.0, 0.0, 1.0])
    assert acceleration(symmetric) == pytest.approx(0.0)
    assert bca_interval(draws, 0.0, symmetric, 0.95) == pytest.approx(percentile_interval(draws, 0.95))
    assert np.isnan(bca_interval(draws + 1000, 0.0, symmetric, 0.95)).all()


def test_rows_with_a_gap_are_left_out_and_counted():
    data = drawn()
    data.loc[[3, 7], "m1"] = np.nan
    fit = fitted(PARALLEL, data)
    assert (fit.n_obs, fit.n_dropped) == (88, 2)
    pd.testing.assert_frame_equal(fit.paths, fitted(PARALLEL, data.drop(index=[3, 7])).paths)


def rare(data):
    return data.assign(x=(np.arange(len(data)) == 0).astype(float))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Mediation("x", (), "y"), "without a mediator"),
        (lambda: Mediation("x", ("x",), "y"), "'x' has two places"),
        (lambda: Mediation("x", ("m1",), "y", moderator="w"), "go together"),
        (
            lambda: Mediation("x", ("m1", "m2"), "y", "serial", (), "w", frozenset({"first"})),
            "serial mediators with a moderator",
        ),
        (lambda: fitted(PARALLEL, drawn().drop(columns="m2")), "no column m2"),
        (lambda: fitted(PARALLEL, drawn().assign(m2=np.nan)), "no row has all"),
        (lambda: fitted(PARALLEL, drawn().assign(m2=1.0)), "the same in all 90 responses"),
        (lambda: fitted(PARALLEL, drawn().assign(z=lambda data: 2 * data["x"])), "follows from"),
        (lambda: fitted(PARALLEL, drawn(5)), "5 complete responses"),
        (lambda: fitted(PARALLEL, drawn(), weights=pd.Series(np.arange(90.0))), "a weight is nought or negative"),
        (lambda: fitted(PARALLEL, drawn(), Inference("CR2", 0, 0)), "needs clusters"),
        (
            lambda: fitted(PARALLEL, drawn(), Inference("HC3", 0, 0), clusters=drawn()["group"]),
            "HC3 takes rows as independent",
        ),
        (
            lambda: fitted(PARALLEL, drawn(), Inference("CR2", 0, 0), clusters=pd.Series(np.zeros(90))),
            "belong to 1 cluster",
        ),
        (lambda: fitted(PARALLEL, drawn(), Inference("HC3", 50, 0)), "50 resamples: too few"),
        (lambda: fitted(PARALLEL, rare(drawn()), Inference("HC3", 500, 0)), "could not be estimated in"),
    ],
)
def test_what_the_data_cannot_carry_is_refused_in_words(make, message):
    with pytest.raises(ModelDataError, match=message):
        make()
