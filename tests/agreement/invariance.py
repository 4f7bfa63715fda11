"""Invariance across schools and waves: oracle 05 (R 4.2.2, lavaan 0.6-14, semTools 0.5-6)."""

import functools
from dataclasses import replace

import numpy as np
import pandas as pd

from models.measurement.confirmatory.comparison import continuous_difference
from models.measurement.confirmatory.continuous import fit_normal, fit_robust
from models.measurement.confirmatory.fit_indices import indices, robust_indices
from models.measurement.confirmatory.model import FactorModel, Setting, baseline_layout, continuous_layout
from models.measurement.confirmatory.parameters import Layout
from models.measurement.confirmatory.releasing import releases
from models.measurement.confirmatory.residuals import srmr
from models.measurement.confirmatory.sample import sample_of
from tests.agreement.comparison import Agreement, Tolerance
from tests.lavaan_models import keys_of, model_of, optimum_of, oracle

SCHOOLS = {"hs_school_ml": fit_normal, "hs_school_mlr": fit_robust}
LEVELS = {
    "configural": (),
    "metric": ("loading",),
    "scalar": ("loading", "intercept"),
    "strict": ("loading", "intercept", "residual_covariance"),
    "latent_var": ("loading", "intercept", "residual_covariance", "factor_covariance"),
    "latent_means": ("loading", "intercept", "residual_covariance", "factor_covariance", "factor_mean"),
}
WAVES = ("configural", "metric", "scalar", "strict")
POLISHED = (
    # lavTestScore on the fit polished as below; the oracle's own search stopped at 2e-5, relative.
    # R 4.2.2, lavaan 0.6-14, 2026-11-26: cfa(..., group = "school", group.equal = c("loadings", "intercepts"),
    # start = default fit, optim.method = "BFGS", control = list(reltol = 1e-16, maxit = 10000));
    # lavTestScore(fit)$uni$X2
    "0.305654880747 1.636494196546 2.743519970460 2.627293984908 0.026550371593 0.003648769381 5.847275976306 "
    "6.863271540515 19.192510899859 2.138797431327 1.562735653799 0.032492900391 15.021448268359 4.709567683975 "
    "1.497885032690"
)


@functools.cache
def schools(reference, key):
    about = oracle(reference, 5)[key]
    model = model_of(about["model"])
    answers = pd.read_csv(reference / "oracles/data/HolzingerSwineford1939.csv")
    groups = (answers.loc[answers["school"] == name, list(model.items)] for name in about["group_levels"])
    return model, tuple(sample_of(each.to_numpy(dtype=float)) for each in groups)


@functools.cache
def school_fit(reference, key, level, released=frozenset()):
    model, samples = schools(reference, key)
    setting = Setting(2, has_means=True, equal=frozenset(LEVELS[level]), released=released)
    return SCHOOLS[key](continuous_layout(model, setting), samples)


def fit_of(fit, baseline, n, n_groups):
    plain = indices(fit.standard, baseline.standard, n, n_groups)
    likelihood, k = fit.likelihood.log_likelihood(fit.theta), fit.layout.n_free
    found = {"npar": k, "chisq": fit.standard.statistic, "df": fit.standard.df, "srmr": srmr(fit)}
    found |= {"pvalue": fit.standard.p_value, "cfi": plain.cfi, "tli": plain.tli, "rmsea": plain.rmsea}
    found |= {"rmsea.ci.lower": plain.rmsea_low, "rmsea.ci.upper": plain.rmsea_high}
    found |= {"aic": 2 * (k - likelihood), "bic": k * np.log(n) - 2 * likelihood}
    if fit.scaled is not None:
        scaled = indices(fit.scaled, baseline.scaled, n, n_groups)
        pairs = [(each.standard.statistic, each.scaled) for each in (fit, baseline)]
        robust = robust_indices(*pairs, n, n_groups)
        found |= {"chisq.scaled": fit.scaled.statistic, "chisq.scaling.factor": fit.scaled.scaling_factor}
        found |= {"df.scaled": fit.scaled.df, "pvalue.scaled": fit.scaled.p_value}
        for suffix, each in (("scaled", scaled), ("robust", robust)):
            found |= {f"cfi.{suffix}": each.cfi, f"tli.{suffix}": each.tli, f"rmsea.{suffix}": each.rmsea}
    return found


def _ladder(levels, fits, stored):
    """Return levels and the tests between them as a tree like R's."""
    tests = []
    for each in stored["tests"]:
        difference = continuous_difference(fits[each["to"]], fits[each["from"]])
        row = {"from": each["from"], "to": each["to"], "chisq_diff": difference.statistic}
        delta = {name: levels[each["to"]][name] - levels[each["from"]][name] for name in each["delta"]}
        tests.append(row | {"df_diff": difference.df, "p": difference.p_value, "delta": delta})
    kept = {level: {name: found[name] for name in stored["levels"][level]} for level, found in levels.items()}
    return {"levels": kept, "tests": tests}


def _school_ladder(reference, key):
    model, samples = schools(reference, key)
    baseline = SCHOOLS[key](baseline_layout(model.items, 2, has_means=True), samples)
    fits = {level: school_fit(reference, key, level) for level in LEVELS}
    levels = {level: fit_of(fit, baseline, 301, 2) for level, fit in fits.items()}
    return _ladder(levels, fits, oracle(reference, 5)[key])


def _configural(reference):
    fit = school_fit(reference, "hs_school_ml", "configural")
    rows = oracle(reference, 5)["hs_school_ml"]["configural_estimates"]
    table = {(each["lhs"], each["op"], each["rhs"], each["group"]): each for each in rows}
    errors, found = np.sqrt(np.diagonal(fit.covariance)), []
    for each, number, value in zip(fit.layout.parameters, fit.layout.free, fit.layout.values(fit.theta), strict=True):
        names = [(*key, each.group + 1) for key in keys_of(each)]
        row = next((table[name] for name in names if name in table), None)
        if row is not None:
            own = {"est": value, "se": errors[number] if number >= 0 else 0.0}
            found.append({part: row[part] for part in ("lhs", "op", "rhs", "group")} | own)
    return found


def _latent_means(reference):
    fit = school_fit(reference, "hs_school_ml", "scalar")
    pairs = zip(fit.layout.parameters, fit.layout.values(fit.theta), strict=True)
    return {each.left: value for each, value in pairs if each.kind == "factor_mean" and each.group == 1}


def score_tests(reference):
    """Score tests in ascending order of the statistic, put where R's of that rank stand: R numbers its rows only."""
    fit = school_fit(reference, "hs_school_ml", "scalar")
    return _ranked(reference, [each.index for each in releases(fit.likelihood, fit.theta)])


def _ranked(reference, statistics):
    rows = oracle(reference, 5)["hs_school_ml"]["score_tests_scalar"]
    places = np.argsort(np.argsort([row["X2"] for row in rows]))
    ordered = sorted(statistics)
    if len(ordered) != len(rows):
        raise ValueError(f"{len(ordered)} score tests beside {len(rows)} of R")
    return [{"X2": ordered[place]} for place in places]


def _partial(reference):
    released = frozenset({("intercept", "x3", ""), ("intercept", "x7", "")})
    fit = school_fit(reference, "hs_school_ml", "scalar", released)
    model, samples = schools(reference, "hs_school_ml")
    found = fit_of(fit, fit_normal(baseline_layout(model.items, 2, has_means=True), samples), 301, 2)
    return {name: found[name] for name in oracle(reference, 5)["hs_school_ml"]["partial_scalar_x3_x7"]}


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
def _wave_fit(reference, level):
    answers = pd.read_csv(reference / "oracles/data/PoliticalDemocracy.csv")[[f"y{each}" for each in range(1, 9)]]
    return fit_normal(_wave_layout(level), (sample_of(answers.to_numpy(dtype=float)),))


def _wave_ladder(reference):
    fits = {level: _wave_fit(reference, level) for level in WAVES}
    first = fits["configural"]
    baseline = fit_normal(baseline_layout(first.layout.items, 1, has_means=True), first.likelihood.samples)
    levels = {level: fit_of(fit, baseline, 75, 1) for level, fit in fits.items()}
    fit = fits["scalar"]
    place = next(
        number
        for each, number in zip(fit.layout.parameters, fit.layout.free, strict=True)
        if each.kind == "factor_mean" and number >= 0
    )
    mean = {"scalar_mean_d65": fit.theta[place], "scalar_mean_d65_se": np.sqrt(fit.covariance[place, place])}
    return _ladder(levels, fits, oracle(reference, 5)["poldem_waves_ml"]) | mean


@functools.cache
def invariance(reference):
    found = {key: _school_ladder(reference, key) for key in SCHOOLS}
    found["hs_school_ml"] |= {
        "configural_estimates": _configural(reference),
        "scalar_latent_means_g2": _latent_means(reference),
        "score_tests_scalar": score_tests(reference),
        "partial_scalar_x3_x7": _partial(reference),
    }
    return found | {"poldem_waves_ml": _wave_ladder(reference)}


@functools.cache
def closer(reference):
    """Estimates and score tests of the polished runs."""
    rows = oracle(reference, 5)["hs_school_ml"]["configural_estimates"]
    optimum = optimum_of("hs_school_configural", rows)
    parts = ("lhs", "op", "rhs", "group")
    polished = [
        {part: each[part] for part in parts} | {"est": optimum[name]}
        for each in rows
        if (name := tuple(each[part] for part in parts)) in optimum
    ]
    tests = _ranked(reference, [float(each) for each in POLISHED.split()])
    return {"hs_school_ml": {"configural_estimates": polished, "score_tests_scalar": tests}}


def _tolerance(path, tolerance):
    return Tolerance(tolerance["mlr" if path.startswith("hs_school_mlr") else "ml"], is_relative=True)


def _row(path):
    parts = path.split("/")
    return "/".join(parts[:3] if parts[1] == "levels" else parts[:2])


INVARIANCE = Agreement(
    5,
    invariance,
    _tolerance,
    _row,
    closer,
    not_computed={
        r"hs_school_ml/score_tests_scalar/\d+/(df|p\.value)": "follows from the statistic, of 1 degree of freedom"
    },
)
