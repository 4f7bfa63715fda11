"""Response surfaces: R's numbers, geometry of drawn surfaces, bootstrap from cross-products against refits."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from models.regression.cluster_moments import cluster_moments
from models.regression.heteroskedastic import classical_covariance
from models.regression.identification import ModelDataError
from models.regression.least_squares import solve_least_squares
from models.regression.moderation.combinations import Coefficients
from models.regression.moderation.response_surface import (
    FEATURES,
    bootstrap_coefficients,
    percentile_intervals,
    surface_features,
    surface_lines,
    surface_matrix,
    surface_shape,
    surface_table,
)

PLACES = (0, 1, 2, 3, 4, 5)
# R 4.2.2, car 3.1-1, 2026-11-26: deltaMethod(lm(READY1 ~ x + y + I(x^2) + I(x * y) + I(y^2)), formula of each),
# x = JOBSAT1 - 3, y = COMMIT1 - 3; formulas of a1 to a5 and of the shape as in R's RSA
LINES = {
    "a1": (0.59509207581202572, 0.05124291933134296),
    "a2": (-0.07574921128306386, 0.03966976961968303),
    "a3": (0.03476427299248175, 0.10921259689847247),
    "a4": (-0.1772532173846565, 0.1045230665861193),
    "a5": (0.07211715235491961, 0.05841593544474619),
}
SHAPE = {
    "x0": (9.332635513515067, 14.944359959043396),
    "y0": (3.795287716995624, 3.720505589588138),
    "p11": (0.3166015123428671, 0.3253880357829707),
    "p21": (-3.158544608962698, 3.246202516967915),
    "p10": (0.8405611992720035, 0.5638063381182497),
    "p20": (33.27283330562246, 72.14501469594808),
    "as2": (-0.02107827677506671, 0.03520591493886347),
}


def coefficients_of(fit):
    return Coefficients(fit.coefficients, classical_covariance(fit), fit.df_resid)


@pytest.fixture(scope="module")
def fit(reference):
    rows = pd.read_csv(reference / "oracles/data/univbct_w1.csv")
    x, y = rows["JOBSAT1"].to_numpy() - 3, rows["COMMIT1"].to_numpy() - 3
    return solve_least_squares(surface_matrix(x, y), rows["READY1"].to_numpy())


@pytest.mark.reference
def test_lines_of_the_surface_equal_r(fit):
    found = surface_lines(coefficients_of(fit))
    assert found.estimate == pytest.approx([value for value, _ in LINES.values()], abs=1e-10)
    assert found.std_error == pytest.approx([error for _, error in LINES.values()], abs=1e-10)


@pytest.mark.reference
def test_the_shape_of_the_surface_equals_r(fit):
    found = surface_shape(coefficients_of(fit))
    assert found.kind == "peak"
    for name, (value, error) in SHAPE.items():
        place = FEATURES.index(name)
        assert found.features.estimate[place] == pytest.approx(value, rel=1e-8)
        assert found.features.std_error[place] == pytest.approx(error, rel=1e-7)


SLOPES = st.floats(-2, 2)


def height(b, x, y):
    return surface_matrix(np.atleast_1d(x), np.atleast_1d(y)) @ b


@given(st.lists(SLOPES, min_size=6, max_size=6).map(np.array))
def test_features_are_what_the_geometry_says(b):
    assume(abs(b[4]) > 0.1 and abs(4 * b[3] * b[5] - b[4] ** 2) > 0.1)
    by = dict(zip(FEATURES, surface_features(b[None, :])[0], strict=True))
    gradient = [
        b[1] + 2 * b[3] * by["x0"] + b[4] * by["y0"],
        b[2] + b[4] * by["x0"] + 2 * b[5] * by["y0"],
    ]
    scale = 1 + abs(by["x0"]) + abs(by["y0"])
    assert gradient == pytest.approx([0, 0], abs=1e-8 * scale)
    assert by["p11"] * by["p21"] == pytest.approx(-1)
    assert by["p10"] + by["p11"] * by["x0"] == pytest.approx(by["y0"], abs=1e-8 * scale)
    hessian = np.array([[2 * b[3], b[4]], [b[4], 2 * b[5]]])
    axis = np.array([1.0, by["p11"]])
    turned = hessian @ axis
    assert turned[0] * axis[1] - turned[1] * axis[0] == pytest.approx(0, abs=1e-7 * (1 + by["p11"] ** 2))
    for slope, curvature, through, along in [("as1", "as2", "p10", "p11"), ("as3", "as4", "p20", "p21")]:
        low, middle, high = (height(b, x, by[through] + by[along] * x)[0] for x in (-1.0, 0.0, 1.0))
        size = 1 + abs(low) + abs(high)
        assert (high - low) / 2 == pytest.approx(by[slope], abs=1e-8 * size)
        assert (high + low) / 2 - middle == pytest.approx(by[curvature], abs=1e-8 * size)


@given(st.integers(0, 1000))
def test_lines_are_slopes_and_curvatures_along_the_diagonals(seed):
    b = np.random.default_rng(seed).normal(size=6)
    a1, a2, a3, a4, _ = surface_lines(Coefficients(b, np.eye(6), 50.0)).estimate
    for sign, slope, curvature in [(1.0, a1, a2), (-1.0, a3, a4)]:
        high, low = height(b, 1.0, sign)[0], height(b, -1.0, -sign)[0]
        assert [(high - low) / 2, (high + low) / 2 - b[0]] == pytest.approx([slope, curvature])


@pytest.mark.parametrize(("b3", "b5", "kind"), [(-1, -1, "peak"), (1, 1, "valley"), (1, -1, "saddle")])
def test_the_kind_of_a_surface_is_told(b3, b5, kind):
    b = np.array([0, 0.1, 0.2, b3, 0.3, b5])
    assert surface_shape(Coefficients(b, np.eye(6), 50.0)).kind == kind


@pytest.mark.parametrize(
    ("b", "message"),
    [
        ([0, 1, 1, 1, 0, 1], "no coefficient"),
        ([0, 1, 1, 0, 0, 0], "no coefficient"),
        ([0, 1, 1, 1, -2, 1], "ridge without a stationary point"),
    ],
)
def test_a_surface_without_axes_or_point_is_refused(b, message):
    with pytest.raises(ModelDataError, match=message):
        surface_shape(Coefficients(np.array(b, dtype=float), np.eye(6), 50.0))


def test_controls_beside_the_surface_change_places_only():
    rng = np.random.default_rng(3)
    b, root = rng.normal(size=8), rng.normal(size=(8, 8))
    whole = Coefficients(b, root @ root.T, 40.0)
    places = (0, 2, 3, 5, 6, 7)
    alone = Coefficients(b[list(places)], whole.covariance[np.ix_(places, places)], 40.0)
    for name in ("estimate", "std_error", "p_value"):
        assert getattr(surface_lines(whole, places), name) == pytest.approx(getattr(surface_lines(alone), name))
        found, expected = surface_shape(whole, places).features, surface_shape(alone).features
        assert getattr(found, name) == pytest.approx(getattr(expected, name))


def drawn(seed, n=150, n_clusters=12):
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(2, n))
    outcome = 1 + 0.3 * x - 0.2 * y - 0.2 * x**2 + 0.3 * x * y - 0.25 * y**2 + rng.normal(size=n)
    return surface_matrix(x, y), outcome, np.r_[np.arange(n_clusters), rng.integers(0, n_clusters, n - n_clusters)]


@pytest.mark.parametrize("at_once", [2_000_000, 36])
def test_bootstrap_draws_equal_refits_to_the_drawn_clusters(monkeypatch, at_once):
    monkeypatch.setattr("models.regression.moderation.response_surface.VALUES_AT_ONCE", at_once)
    matrix, outcome, codes = drawn(1)
    fit = solve_least_squares(matrix, outcome)
    found = bootstrap_coefficients(cluster_moments(fit, codes), fit.coefficients, np.random.default_rng(8), 20)
    weights = np.random.default_rng(8).multinomial(12, np.full(12, 1 / 12), size=20)
    for draw in range(20):
        times = np.repeat(np.arange(len(codes)), weights[draw][codes])
        expected = solve_least_squares(matrix[times], outcome[times]).coefficients
        assert found[draw] == pytest.approx(expected, abs=1e-8)


def test_row_bootstrap_intervals_are_near_the_delta_ones():
    matrix, outcome, _ = drawn(2, n=3000)
    fit = solve_least_squares(matrix, outcome)
    moments = cluster_moments(fit, np.arange(len(outcome)))
    draws = bootstrap_coefficients(moments, fit.coefficients, np.random.default_rng(1), 1000)
    shape = surface_shape(coefficients_of(fit)).features
    intervals = percentile_intervals(surface_features(draws))
    width = shape.conf_high - shape.conf_low
    assert np.abs(intervals[:, 0] - shape.conf_low) / width == pytest.approx(np.zeros(10), abs=0.2)
    assert np.abs(intervals[:, 1] - shape.conf_high) / width == pytest.approx(np.zeros(10), abs=0.2)


def test_clusters_too_few_to_be_drawn_are_refused():
    matrix, outcome, codes = drawn(3, n=8, n_clusters=4)
    fit = solve_least_squares(matrix, outcome)
    with pytest.raises(ModelDataError, match="expected at most one of 20"):
        bootstrap_coefficients(cluster_moments(fit, codes), fit.coefficients, np.random.default_rng(1), 200)


def test_the_grid_of_the_surface_is_what_the_regression_fits():
    matrix, outcome, _ = drawn(4)
    fit = solve_least_squares(matrix, outcome)
    table = surface_table(coefficients_of(fit), PLACES, (-2.0, 2.0), n_points=5)
    assert len(table) == 25
    assert table["fitted"].to_numpy() == pytest.approx(
        surface_matrix(table["x"].to_numpy(), table["y"].to_numpy()) @ fit.coefficients
    )
    assert set(table["x"]) == {-2.0, -1.0, 0.0, 1.0, 2.0}
