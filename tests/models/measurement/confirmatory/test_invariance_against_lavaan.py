"""Every entry of the invariance tests that lavaan made, and the ladder of ordered items by Wu and Estabrook.

Values: R 4.2.2, lavaan 0.6-14, semTools 0.5-6, oracles/05_invariance.json, made 2026-11-22.
"""

import functools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from models.measurement.confirmatory.comparison import continuous_difference, ordered_difference
from models.measurement.confirmatory.continuous import fit_normal, fit_robust
from models.measurement.confirmatory.fit_indices import indices, robust_indices
from models.measurement.confirmatory.model import (
    FactorModel,
    Setting,
    baseline_layout,
    continuous_layout,
    ordinal_baseline,
    ordinal_layout,
)
from models.measurement.confirmatory.ordered_fit import fit_ordered, ordered_moments
from models.measurement.confirmatory.parameters import Layout
from models.measurement.confirmatory.releasing import releases
from models.measurement.confirmatory.residuals import srmr
from models.measurement.confirmatory.sample import sample_of
from models.measurement.ordered import ordered_sample
from tests.lavaan_models import is_close, keys_of, model_of, optimum_of, oracle

pytestmark = pytest.mark.reference
SCHOOLS = {"hs_school_ml": fit_normal, "hs_school_mlr": fit_robust}
LEVELS = {
    "configural": (),
    "metric": ("loading",),
    "scalar": ("loading", "intercept"),
    "strict": ("loading", "intercept", "residual_covariance"),
    "latent_var": ("loading", "intercept", "residual_covariance", "factor_covariance"),
    "latent_means": ("loading", "intercept", "residual_covariance", "factor_covariance", "factor_mean"),
}
NOT_OFFERED = {"pvalue.scaled", "df.scaled", "aic", "bic"}


def test_every_entry_is_tested(reference):
    assert set(oracle(reference, 5)) == {"meta", "tolerance", *SCHOOLS, "poldem_waves_ml"}


@functools.cache
def _schools(reference, key):
    about = oracle(reference, 5)[key]
    model = model_of(about["model"])
    answers = pd.read_csv(reference / "oracles/data/HolzingerSwineford1939.csv")
    groups = (answers.loc[answers["school"] == name, list(model.items)] for name in about["group_levels"])
    return model, tuple(sample_of(each.to_numpy(dtype=float)) for each in groups)


@functools.cache
def _school_fit(reference, key, level, released=frozenset()):
    model, samples = _schools(reference, key)
    setting = Setting(2, has_means=True, equal=frozenset(LEVELS[level]), released=released)
    return SCHOOLS[key](continuous_layout(model, setting), samples)


def _fit_of(fit, baseline, n, n_groups):
    plain = indices(fit.standard, baseline.standard, n, n_groups)
    found = {"npar": fit.layout.n_free, "chisq": fit.standard.statistic, "df": fit.standard.df, "srmr": srmr(fit)}
    found |= {"pvalue": fit.standard.p_value, "cfi": plain.cfi, "tli": plain.tli, "rmsea": plain.rmsea}
    found |= {"rmsea.ci.lower": plain.rmsea_low, "rmsea.ci.upper": plain.rmsea_high}
    if fit.scaled is not None:
        scaled = indices(fit.scaled, baseline.scaled, n, n_groups)
        pairs = [(each.standard.statistic, each.scaled) for each in (fit, baseline)]
        robust = robust_indices(*pairs, n, n_groups)
        found |= {"chisq.scaled": fit.scaled.statistic, "chisq.scaling.factor": fit.scaled.scaling_factor}
        for suffix, each in (("scaled", scaled), ("robust", robust)):
            found |= {f"cfi.{suffix}": each.cfi, f"tli.{suffix}": each.tli, f"rmsea.{suffix}": each.rmsea}
    return found


def _far(found, expected, tolerance):
    assert set(expected) - set(found) <= NOT_OFFERED
    return {
        name: (found[name], expected[name])
        for name in found
        if name in expected and not is_close(found[name], expected[name], tolerance)
    }


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("key", SCHOOLS)
def test_levels_across_schools_equal_lavaan(reference, key, level):
    entries = oracle(reference, 5)
    assert list(entries[key]["levels"]) == list(LEVELS)
    model, samples = _schools(reference, key)
    baseline = SCHOOLS[key](baseline_layout(model.items, 2, has_means=True), samples)
    tolerance = entries["tolerance"]["mlr" if key.endswith("mlr") else "ml"]
    found = _fit_of(_school_fit(reference, key, level), baseline, 301, 2)
    assert _far(found, entries[key]["levels"][level], tolerance) == {}


@pytest.mark.parametrize("place", range(5))
@pytest.mark.parametrize("key", SCHOOLS)
def test_difference_tests_across_schools_equal_lavaan(reference, key, place):
    entries = oracle(reference, 5)
    expected = entries[key]["tests"][place]
    narrow, wide = (_school_fit(reference, key, expected[end]) for end in ("to", "from"))
    found, tolerance = continuous_difference(narrow, wide), entries["tolerance"]["mlr" if "mlr" in key else "ml"]
    assert found.df == expected["df_diff"]
    assert is_close(found.statistic, expected["chisq_diff"], tolerance)
    assert found.p_value == pytest.approx(expected["p"], abs=tolerance)


def test_configural_estimates_equal_lavaan(reference):
    entries = oracle(reference, 5)
    fit = _school_fit(reference, "hs_school_ml", "configural")
    table = {
        (each["lhs"], each["op"], each["rhs"], each["group"]): each
        for each in entries["hs_school_ml"]["configural_estimates"]
    }
    optimum = optimum_of("hs_school_configural", list(table.values()))
    errors, n_seen = np.sqrt(np.diagonal(fit.covariance)), 0
    for each, number, value in zip(fit.layout.parameters, fit.layout.free, fit.layout.values(fit.theta), strict=True):
        names = [(*key, each.group + 1) for key in keys_of(each)]
        expected = next((table[name] for name in names if name in table), None)
        if expected is None:
            assert (each.kind, number) == ("factor_mean", -1)
            continue
        n_seen += 1
        estimate = optimum.get(tuple(expected[part] for part in ("lhs", "op", "rhs", "group")), expected["est"])
        assert is_close(value, estimate, entries["tolerance"]["ml"]), each.name
        assert is_close(errors[number] if number >= 0 else 0.0, expected["se"], entries["tolerance"]["ml"]), each.name
    assert n_seen == len(table)


def test_latent_means_equal_lavaan(reference):
    about, fit = oracle(reference, 5)["hs_school_ml"], _school_fit(reference, "hs_school_ml", "scalar")
    found = {
        each.left: value
        for each, value in zip(fit.layout.parameters, fit.layout.values(fit.theta), strict=True)
        if each.kind == "factor_mean" and each.group == 1
    }
    assert found == pytest.approx(about["scalar_latent_means_g2"], abs=1e-5)


def test_score_tests_of_equalities_equal_lavaan(reference):
    # lavTestScore on the fit polished as below agrees to 1e-9; the oracle's own search stopped at 2e-5.
    # R 4.2.2, lavaan 0.6-14, 2026-11-26: cfa(..., group = "school", group.equal = c("loadings", "intercepts"),
    # start = default fit, optim.method = "BFGS", control = list(reltol = 1e-16, maxit = 10000));
    # lavTestScore(fit)$uni$X2
    polished = (
        "0.305654880747 1.636494196546 2.743519970460 2.627293984908 0.026550371593 0.003648769381 5.847275976306 "
        "6.863271540515 19.192510899859 2.138797431327 1.562735653799 0.032492900391 15.021448268359 4.709567683975 "
        "1.497885032690"
    )
    fit = _school_fit(reference, "hs_school_ml", "scalar")
    found = sorted(each.index for each in releases(fit.likelihood, fit.theta))
    assert found == pytest.approx(sorted(float(each) for each in polished.split()), abs=1e-5)
    assert len(found) == len(oracle(reference, 5)["hs_school_ml"]["score_tests_scalar"])


def test_partial_scalar_invariance_equals_lavaan(reference):
    about = oracle(reference, 5)["hs_school_ml"]["partial_scalar_x3_x7"]
    released = frozenset({("intercept", "x3", ""), ("intercept", "x7", "")})
    fit = _school_fit(reference, "hs_school_ml", "scalar", released)
    model, samples = _schools(reference, "hs_school_ml")
    baseline = fit_normal(baseline_layout(model.items, 2, has_means=True), samples)
    assert _far(_fit_of(fit, baseline, 301, 2), about, 1e-5) == {}


def _wave_layout(level):
    """Two waves of one democracy scale in one group: equal parameters carry one label."""
    parts = {"d60": ("y1", "y2", "y3", "y4"), "d65": ("y5", "y6", "y7", "y8")}
    pairs = (("y1", "y5"), ("y2", "y6"), ("y3", "y7"), ("y4", "y8"))
    layout = continuous_layout(FactorModel(parts, residual_covariances=pairs), Setting(has_means=True))
    twin = {later: first for first, later in pairs}
    changed = []
    for each in layout.parameters:
        label = ""
        if each.kind == "loading" and level != "configural" and each.fixed is None:
            label = f"loading {twin.get(each.right, each.right)}"
        elif each.kind == "intercept" and level in ("scalar", "strict"):
            label = f"intercept {twin.get(each.left, each.left)}"
        elif each.kind == "residual_covariance" and level == "strict" and each.left == each.right:
            label = f"residual {twin.get(each.left, each.left)}"
        is_free_mean = each.kind == "factor_mean" and each.left == "d65" and level in ("scalar", "strict")
        changed.append(replace(each, label=label, fixed=None if is_free_mean else each.fixed))
    return Layout(layout.items, layout.factors, 1, tuple(changed))


@functools.cache
def _waves(reference, level):
    answers = pd.read_csv(reference / "oracles/data/PoliticalDemocracy.csv")[[f"y{each}" for each in range(1, 9)]]
    return fit_normal(_wave_layout(level), (sample_of(answers.to_numpy(dtype=float)),))


@pytest.mark.parametrize("level", ["configural", "metric", "scalar", "strict"])
def test_levels_across_waves_equal_lavaan(reference, level):
    entries = oracle(reference, 5)
    assert list(entries["poldem_waves_ml"]["levels"]) == ["configural", "metric", "scalar", "strict"]
    fit = _waves(reference, level)
    baseline = fit_normal(baseline_layout(fit.layout.items, 1, has_means=True), fit.likelihood.samples)
    expected = entries["poldem_waves_ml"]["levels"][level]
    assert _far(_fit_of(fit, baseline, 75, 1), expected, entries["tolerance"]["ml"]) == {}


@pytest.mark.parametrize("place", range(3))
def test_difference_tests_across_waves_equal_lavaan(reference, place):
    expected = oracle(reference, 5)["poldem_waves_ml"]["tests"][place]
    found = continuous_difference(_waves(reference, expected["to"]), _waves(reference, expected["from"]))
    assert found.df == expected["df_diff"]
    assert [found.statistic, found.p_value] == pytest.approx([expected["chisq_diff"], expected["p"]], rel=1e-5)


def test_change_of_the_mean_across_waves_equals_lavaan(reference):
    about, fit = oracle(reference, 5)["poldem_waves_ml"], _waves(reference, "scalar")
    place = next(
        number
        for each, number in zip(fit.layout.parameters, fit.layout.free, strict=True)
        if each.kind == "factor_mean" and number >= 0
    )
    error = float(np.sqrt(fit.covariance[place, place]))
    assert [fit.theta[place], error] == pytest.approx([about["scalar_mean_d65"], about["scalar_mean_d65_se"]], abs=1e-5)


# R 4.2.2, lavaan 0.6-14, semTools 0.5-6, 2026-11-26; bfi A, C, N by gender, listwise:
# cfa(as.character(measEq.syntax(model, data = x, ordered = items, parameterization = "theta", ID.fac = "std.lv",
#   ID.cat = "Wu.Estabrook.2016", group = "gender", group.equal = level)), parameterization = "theta",
#   estimator = "WLSMV"); lavTestLRT(wide, narrow).
# Columns: npar, chisq, df, chisq.scaled, cfi.scaled, rmsea.scaled, cfi, rmsea, srmr; difference and its df.
ORDERED = {
    "configural": ((186, 1824.33325724, 174, 2037.75753854, 0.9150492823, 0.0917288356, 0.9583460751, 0.0863171316,
                    0.0700803120), None),
    "threshold": ((141, 1846.23592635, 219, 2225.14729232, 0.9085591078, 0.0848291565, 0.9589290450, 0.0763992337,
                   0.0700803441), (50.30529464, 45)),
    "metric": ((129, 1873.06346303, 231, 2107.76349418, 0.9144564663, 0.0798885579, 0.9585548023, 0.0747265233,
                0.0703206512), (18.66692034, 12)),
    "scalar": ((117, 2176.08726261, 243, 2308.53002056, 0.9058524223, 0.0817143664, 0.9512094474, 0.0790511862,
                0.0703743079), (197.96159249, 12)),
    "strict": ((102, 2246.49074727, 258, 2323.01509574, 0.9058758928, 0.0792934950, 0.9498110798, 0.0778104151,
                0.0706941333), (69.88590693, 15)),
}  # fmt: skip
EQUAL = {
    "configural": (),
    "threshold": ("threshold",),
    "metric": ("threshold", "loading"),
    "scalar": ("threshold", "loading", "intercept"),
    "strict": ("threshold", "loading", "intercept", "residual_covariance"),
}


@functools.cache
def _ordered_groups(reference):
    model = FactorModel({name: tuple(f"{name}{number}" for number in range(1, 6)) for name in "ACN"})
    answers = pd.read_csv(reference / "oracles/data/bfi.csv")[[*model.items, "gender"]].dropna()
    groups = [answers.loc[answers["gender"] == each, list(model.items)] for each in answers["gender"].unique()]
    counted = [ordered_sample(each.to_numpy(dtype=float)) for each in groups]
    return model, counted[0].n_categories, tuple(ordered_moments(each) for each in counted)


@functools.cache
def _ordered_fit(reference, level):
    model, n_categories, moments = _ordered_groups(reference)
    setting = Setting(2, "unit_variance", equal=frozenset(EQUAL[level]))
    return fit_ordered(ordinal_layout(model, n_categories, setting), moments)


@pytest.mark.parametrize("level", ORDERED)
def test_ordered_levels_equal_lavaan_with_wu_and_estabrooks_identification(reference, level):
    fit, tolerance = _ordered_fit(reference, level), oracle(reference, 5)["tolerance"]["wlsmv"]
    model, n_categories, moments = _ordered_groups(reference)
    baseline = fit_ordered(ordinal_baseline(model.items, n_categories, 2), moments)
    n = fit.least_squares.n_obs - 2
    scaled = indices(fit.scaled, baseline.scaled, n, 2)
    plain = indices(fit.standard, baseline.standard, n, 2)
    found = (fit.layout.n_free, fit.standard.statistic, fit.standard.df, fit.scaled.statistic, scaled.cfi)
    found += (scaled.rmsea, plain.cfi, plain.rmsea, srmr(fit))
    assert fit.has_converged
    expected, difference = ORDERED[level]
    assert [each for each in zip(found, expected, strict=True) if not is_close(*each, 1e-5)] == []
    if difference is not None:
        wider = list(ORDERED)[list(ORDERED).index(level) - 1]
        test = ordered_difference(fit, _ordered_fit(reference, wider))
        assert test.df == difference[1]
        assert is_close(test.statistic, difference[0], tolerance)
