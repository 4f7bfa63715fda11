"""Simple slopes and Johnson-Neyman bounds: R's numbers, refits at centred moderators, refusals."""

import json
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.regression.cluster_moments import cluster_moments
from models.regression.clustered import cluster_covariance
from models.regression.heteroskedastic import classical_covariance
from models.regression.identification import ModelDataError
from models.regression.least_squares import solve_least_squares
from models.regression.moderation.combinations import Coefficients, clustered_coefficients
from models.regression.moderation.simple_slopes import johnson_neyman, product_of, simple_slopes, slope_table

PLACES = product_of(focal=1, product=4, n_coefficients=5)
AT = np.array([2.0, 3.0, 4.0, 5.0])


def coefficients_of(fit):
    return Coefficients(fit.coefficients, classical_covariance(fit), fit.df_resid)


def clustered_of(fit, codes):
    return clustered_coefficients(fit.coefficients, cluster_covariance(cluster_moments(fit, codes), "CR2"))


@pytest.fixture(scope="module")
def rows(reference):
    return pd.read_csv(reference / "oracles/data/univbct_w1.csv")


@pytest.fixture(scope="module")
def fit(rows):
    x, z = rows["JOBSAT1"], rows["COMMIT1"]
    return solve_least_squares(np.column_stack([np.ones(len(x)), x, z, rows["AGE"], x * z]), rows["READY1"].to_numpy())


@pytest.mark.reference
def test_simple_slopes_equal_emmeans(fit):
    # R 4.2.2, emmeans, 2026-11-26: emtrends(lm(READY1 ~ JOBSAT1 * COMMIT1 + AGE), ~ COMMIT1, "JOBSAT1", at = 2:5)
    found = simple_slopes(coefficients_of(fit), PLACES, AT)
    expected = {
        "estimate": [0.4255560589029328, 0.3874308324119813, 0.3493056059210383, 0.3111803794300952],
        "std_error": [0.07343075187968651, 0.04780460983562878, 0.04130248389347170, 0.06044765243015231],
        "conf_low": [0.2812428080910990, 0.2934805667184687, 0.2681339501134504, 0.1923827775693370],
        "conf_high": [0.5698693097147666, 0.4813810981054939, 0.4304772617286263, 0.4299779812908535],
    }
    for name, values in expected.items():
        assert getattr(found, name) == pytest.approx(values, abs=1e-10)
    assert set(found.df) == {446}


@pytest.mark.reference
def test_johnson_neyman_bounds_equal_r(fit, rows):
    # R 4.2.2, 2026-11-26: uniroot(abs(b[2] + b[5] z) - qt(.975, 446) sqrt(V[2,2] + 2 z V[2,5] + z^2 V[5,5])), b and V
    # of the same lm
    found = johnson_neyman(coefficients_of(fit), PLACES, rows["COMMIT1"].to_numpy())
    assert found.bounds == pytest.approx([-7.476715721529559, 6.934409923110660], abs=1e-8)
    assert [region.is_significant for region in found.regions] == [False, True, False]
    assert found.share_significant == 1.0


@pytest.mark.reference
def test_clustered_slopes_and_bounds_equal_clubsandwich(fit, rows):
    # R 4.2.2, clubSandwich 0.5.8, 2026-11-26: linear_contrast(m, vcovCR(m, COMPANY, "CR2"), test = "Satterthwaite");
    # bounds by uniroot() of its p-value less .05
    coefficients = clustered_of(fit, pd.factorize(rows["COMPANY"])[0])
    found = simple_slopes(coefficients, PLACES, AT)
    errors = [0.06849992790782038, 0.05860995345256739, 0.07982944911569199, 0.1162113722085099]
    assert found.std_error == pytest.approx(errors, abs=1e-10)
    df = [4.00071278795491914, 3.88403374886735531, 3.66059483969722343, 3.7310902111570488]
    assert found.df == pytest.approx(df, abs=1e-6)
    bounds = johnson_neyman(coefficients, PLACES, rows["COMMIT1"].to_numpy())
    assert bounds.bounds == pytest.approx([-1.377528687127597, 4.857580532251158], abs=1e-8)
    observed = rows["COMMIT1"].to_numpy()
    assert bounds.share_significant == pytest.approx((observed < 4.857580532251158).mean())


@pytest.mark.reference
def test_the_index_of_moderated_mediation_is_the_product_of_regressions(reference):
    # R 4.2.2, lavaan 0.6-14; oracles/11_mediation_moderation.json, made 2026-11-22
    entry = json.loads((reference / "oracles" / "11_mediation_moderation.json").read_text())["moderated_mediation"]
    rows = pd.read_csv(reference / "oracles/data/tal_or.csv")
    one, x, z = np.ones(len(rows)), rows["cond"], rows["import"]
    first = solve_least_squares(np.column_stack([one, x, z, x * z]), rows["pmi"].to_numpy(float))
    second = solve_least_squares(np.column_stack([one, rows["pmi"], x, z, x * z]), rows["reaction"].to_numpy(float))
    slopes = simple_slopes(coefficients_of(first), product_of(1, 3, 4), np.array([0.0, 1.0])).estimate
    assert (slopes[1] - slopes[0]) * second.coefficients[1] == pytest.approx(entry["point"], abs=1e-8)


def sample(seed, n=80):
    rng = np.random.default_rng(seed)
    x, z = rng.normal(size=n), rng.normal(loc=rng.uniform(-5, 5), scale=rng.uniform(0.2, 3), size=n)
    y = 0.2 * x + rng.normal(scale=0.4) * x * z + rng.normal(size=n)
    return x, z, y, np.r_[np.arange(9), rng.integers(0, 9, n - 9)]


def fit_at(x, z, y, centre=0.0):
    moved = z - centre
    return solve_least_squares(np.column_stack([np.ones(len(x)), x, moved, x * moved]), y)


@given(st.integers(0, 10_000), st.floats(-3, 3), st.booleans())
def test_a_simple_slope_is_the_coefficient_at_a_moderator_centred_there(seed, away, is_clustered):
    x, z, y, codes = sample(seed)
    value = z.mean() + away * z.std()
    here, there = fit_at(x, z, y), fit_at(x, z, y, value)
    made = (lambda fit: clustered_of(fit, codes)) if is_clustered else coefficients_of
    found = simple_slopes(made(here), product_of(1, 3, 4), np.array([value]))
    expected = simple_slopes(made(there), product_of(1, 3, 4), np.array([0.0]))
    for name in ("estimate", "std_error", "df", "p_value"):
        assert getattr(found, name) == pytest.approx(getattr(expected, name), rel=1e-5, abs=1e-9)


@given(st.integers(0, 10_000), st.booleans())
def test_at_the_bounds_the_p_value_is_the_level(seed, is_clustered):
    x, z, y, codes = sample(seed)
    fit = fit_at(x, z, y)
    coefficients = clustered_of(fit, codes) if is_clustered else coefficients_of(fit)
    found = johnson_neyman(coefficients, product_of(1, 3, 4), z)
    if found.bounds:
        at = simple_slopes(coefficients, product_of(1, 3, 4), np.array(found.bounds))
        assert at.p_value == pytest.approx(np.full(len(found.bounds), 0.05), rel=1e-5)
    p_values = simple_slopes(coefficients, product_of(1, 3, 4), z).p_value
    assert found.share_significant == pytest.approx((p_values <= 0.05).mean(), abs=0.013)
    verdicts = [region.is_significant for region in found.regions]
    assert all(first != second for first, second in pairwise(verdicts))


def test_searched_bounds_are_those_of_the_quadratic():
    from models.regression.moderation.simple_slopes import _Excess  # noqa: PLC0415

    n_found = 0
    for seed in range(25):
        x, z, y, _ = sample(seed)
        test = _Excess(coefficients_of(fit_at(x, z, y)), product_of(1, 3, 4), 0.05)
        searched = test.searched_roots(z.mean(), z.std())
        assert searched == pytest.approx(test.quadratic_roots(), rel=1e-6)
        n_found += len(searched)
    assert n_found > 10


def test_many_contrasts_get_the_degrees_of_freedom_of_each(monkeypatch):
    x, z, y, codes = sample(3)
    coefficients = clustered_of(fit_at(x, z, y), codes)
    whole = simple_slopes(coefficients, product_of(1, 3, 4), z).df
    monkeypatch.setattr("models.regression.moderation.combinations.VALUES_AT_ONCE", 200)
    assert simple_slopes(coefficients, product_of(1, 3, 4), z).df == pytest.approx(whole, rel=1e-12)


def test_the_table_of_slopes_covers_the_observed_moderator():
    x, z, y, _ = sample(4)
    table = slope_table(coefficients_of(fit_at(x, z, y)), product_of(1, 3, 4), z, n_points=11)
    assert table["moderator"].iloc[[0, -1]].tolist() == [z.min(), z.max()]
    assert ((table["conf_low"] > 0) | (table["conf_high"] < 0)).tolist() == table["is_significant"].tolist()


def test_a_moderator_that_does_not_vary_is_refused():
    x, z, y, _ = sample(5)
    with pytest.raises(ModelDataError, match="same in all responses"):
        johnson_neyman(coefficients_of(fit_at(x, z, y)), product_of(1, 3, 4), np.ones(80))
