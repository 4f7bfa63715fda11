"""Mediation against R: lavaan, psych, boot and semTools (oracle 11, made 2026-11-22)."""

import pytest

from tests.agreement.mediation import IN_SERIES, INDEX, INDIRECT, MODERATED, SERIAL, SIMPLE, fitted
from tests.models.paths.talor import effect, interval, path, read_talor

pytestmark = pytest.mark.reference


@pytest.fixture(scope="module")
def stored(reference):
    return read_talor(reference)[1]


@pytest.fixture(scope="module")
def data(reference):
    return read_talor(reference)[0]


def test_paths_and_effects_are_rs(data, stored):
    fit, of_r, tolerance = fitted(SIMPLE, data, "classical"), stored["tal_or"]["ols"], stored["tolerance"]["point"]
    found = {
        "a": path(fit, "pmi", "cond", "estimate"),
        "b": path(fit, "reaction", "pmi", "estimate"),
        "cprime": path(fit, "reaction", "cond", "estimate"),
        "c": effect(fit, "total"),
        "ind": effect(fit, INDIRECT),
    }
    assert found == pytest.approx(of_r, abs=tolerance)


@pytest.mark.parametrize(("name", "effect_name"), [("ind", INDIRECT), ("total", "total"), ("c", "cond -> reaction")])
def test_normal_errors_of_effects_are_lavaans(name, effect_name, data, stored):
    fit, of_r = fitted(SIMPLE, data, "normal"), stored["tal_or"]["lavaan_ml"][name]
    tolerance = stored["tolerance"]["delta"]
    assert effect(fit, effect_name) == pytest.approx(of_r["est"], abs=stored["tolerance"]["point"])
    assert effect(fit, effect_name, "std_error") == pytest.approx(of_r["se"], abs=tolerance)
    assert effect(fit, effect_name, "p_value") == pytest.approx(of_r["pvalue"], abs=tolerance)
    assert interval(fit, effect_name, "delta") == pytest.approx((of_r["ci.lower"], of_r["ci.upper"]), abs=tolerance)


@pytest.mark.parametrize(("name", "equation", "term"), [("a", "pmi", "cond"), ("b", "reaction", "pmi")])
def test_normal_errors_of_paths_are_lavaans(name, equation, term, data, stored):
    of_r = stored["tal_or"]["lavaan_ml"][name]
    found = path(fitted(SIMPLE, data, "normal"), equation, term, "std_error")
    assert found == pytest.approx(of_r["se"], abs=stored["tolerance"]["delta"])


def test_robust_errors_of_the_indirect_effect_are_lavaans(data, stored):
    fit, of_r = fitted(SIMPLE, data, "HC0"), stored["tal_or"]["lavaan_mlr"]["ind"]
    assert effect(fit, INDIRECT, "std_error") == pytest.approx(of_r["se"], abs=stored["tolerance"]["delta"])


def test_sobels_error_is_that_of_least_squares(data, stored):
    fit, of_r = fitted(SIMPLE, data, "classical"), stored["tal_or"]["sobel"]
    assert effect(fit, INDIRECT, "std_error") == pytest.approx(of_r["se"], abs=stored["tolerance"]["delta"])
    assert effect(fit, INDIRECT, "statistic") == pytest.approx(of_r["z"], abs=stored["tolerance"]["delta"])


def test_bootstrap_intervals_are_rs(data, stored):
    fit, of_r = fitted(SIMPLE, data, "normal", n_resamples=20_000), stored["tal_or"]["boot"]
    tolerance = stored["tolerance"]["boot_ci"]
    for method, name in (("percentile", "perc"), ("basic", "basic"), ("bca", "bca")):
        assert interval(fit, INDIRECT, method) == pytest.approx(of_r[name], abs=tolerance)
    assert effect(fit, INDIRECT, "boot_error") == pytest.approx(of_r["se"], abs=tolerance)
    assert fit.n_undefined == 0


def test_monte_carlo_intervals_are_semtools(data, stored):
    fit, of_r = fitted(SIMPLE, data, "normal", n_draws=400_000), stored["tal_or"]["montecarlo"]
    for place, name in enumerate((INDIRECT, "total")):
        ends = of_r["ci.lower"][place], of_r["ci.upper"][place]
        assert interval(fit, name, "monte_carlo") == pytest.approx(ends, abs=stored["tolerance"]["mc_ci"])


def test_the_index_of_moderated_mediation_is_lavaans(data, stored):
    fit, of_r = fitted(MODERATED, data, "normal"), stored["moderated_mediation"]
    assert effect(fit, INDEX) == pytest.approx(of_r["point"], abs=stored["tolerance"]["point"])
    assert effect(fit, INDEX, "std_error") == pytest.approx(of_r["imm"]["se"], abs=stored["tolerance"]["delta"])
    ends = of_r["imm"]["ci.lower"], of_r["imm"]["ci.upper"]
    assert interval(fit, INDEX, "delta") == pytest.approx(ends, abs=stored["tolerance"]["delta"])


def test_the_serial_effect_is_lavaans(data, stored):
    fit, of_r = fitted(SERIAL, data, "normal"), stored["serial"]["serial"]
    assert effect(fit, IN_SERIES) == pytest.approx(of_r["est"], abs=stored["tolerance"]["point"])
    assert effect(fit, IN_SERIES, "std_error") == pytest.approx(of_r["se"], abs=stored["tolerance"]["delta"])
    assert effect(fit, IN_SERIES, "p_value") == pytest.approx(of_r["pvalue"], abs=stored["tolerance"]["delta"])
