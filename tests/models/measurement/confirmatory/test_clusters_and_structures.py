"""Clusters, second-order factors, residual covariances, regressions, equal loadings and binary items against lavaan."""

import numpy as np
import pandas as pd
import pytest

from models.measurement.confirmatory.continuous import fit_robust
from models.measurement.confirmatory.corrected import corrected_test
from models.measurement.confirmatory.fit_indices import robust_indices
from models.measurement.confirmatory.least_squares import moment_covariance
from models.measurement.confirmatory.model import (
    FactorModel,
    Setting,
    baseline_layout,
    continuous_layout,
    ordinal_baseline,
    ordinal_layout,
)
from models.measurement.confirmatory.ordered_fit import categorical_likelihood_test, fit_ordered, ordered_moments
from models.measurement.confirmatory.sample import sample_of
from models.measurement.ordered import ordered_sample
from tests.lavaan_models import is_close, keys_of
from tests.lavaan_other_models import ESTIMATES, STATISTICS


def five(letter, of=range(1, 6)):
    return tuple(f"{letter}{number}" for number in of)


CLIMATE = FactorModel({"T": ("TSIG01", "TSIG02", "TSIG03"), "H": tuple(f"HOSTIL0{each}" for each in range(1, 6))})
HIGHER = FactorModel(
    {"Af": five("A"), "Cf": five("C"), "Ef": five("E"), "G": ("Af", "Cf", "Ef"), "Nf": five("N")},
    {"Nf": ("G",)},
    (("N1", "N2"),),
)
HIGHER_STD = FactorModel(
    {"Af": five("A", range(2, 6)), "Cf": five("C"), "Ef": five("E"), "G": ("Af", "Cf", "Ef")},
)
TWO = FactorModel({"Nf": five("N"), "Ef": five("E")}, residual_covariances=(("N1", "N2"),))
ALIKE = FactorModel({"Nf": five("N"), "Ef": five("E", range(3, 6))}, equal_loadings=("Nf",))
ONE = FactorModel({"Nf": five("N")})
MEANS = Setting(has_means=True)
CASES = {
    # MLR with cluster = "COMPID"
    "lq mlr cluster": (CLIMATE, "mlr", MEANS),
    # the same with missing = "ml"; rows 1, 8, ... lack TSIG02, 3, 8, ... HOSTIL04, 1, 12, ... HOSTIL01
    "lq fiml mlr cluster": (CLIMATE, "mlr", MEANS),
    # the first with group = "half", SUB odd or even, and group.equal = "loadings"
    "lq mlr cluster groups": (CLIMATE, "mlr", Setting(2, has_means=True, equal=frozenset({"loading"}))),
    # Ordered items, WLSMV
    "bfi wlsmv second order residual covariance regression": (HIGHER, "wlsmv", Setting()),
    # MLR with std.lv
    "bfi ml second order std lv": (HIGHER_STD, "mlr", Setting(scaling="unit_variance")),
    # Ordered items with std.lv, WLSMV
    "bfi wlsmv std lv": (TWO, "wlsmv", Setting(scaling="unit_variance")),
    # One label for all loadings of Nf, its variance fixed at 1; ordered items, WLSMV
    "bfi wlsmv equal loadings": (ALIKE, "wlsmv", Setting()),
    # the same, estimator = "MLR"
    "bfi mlr equal loadings": (ALIKE, "mlr", Setting()),
    # Items above 3 or not, ordered, WLSMV
    "bfi binary wlsmv": (ONE, "wlsmv", Setting()),
}


def companies(reference, name):
    table = pd.read_csv(reference / "data/substantive/lq2002/lq2002.csv")
    if "fiml" in name:
        for item, first, step in (("TSIG02", 0, 7), ("HOSTIL04", 2, 5), ("HOSTIL01", 0, 11)):
            table[item] = table[item].astype(float)
            table.loc[table.index[first::step], item] = np.nan
    parts = [table] if "groups" not in name else [table[table["SUB"] % 2 == each] for each in (1, 0)]
    samples = tuple(sample_of(each[list(CLIMATE.items)].to_numpy(dtype=float)) for each in parts)
    # lavaan sums scores within clusters of a group: as if each company were another one there
    return samples, tuple(each["COMPID"].to_numpy() + 1000 * group for group, each in enumerate(parts))


def fits(reference, name):
    model, estimator, setting = CASES[name]
    if name.startswith("lq"):
        samples, clusters = companies(reference, name)
        baseline = baseline_layout(model.items, setting.n_groups, has_means=True)
        return [fit_robust(each, samples, clusters) for each in (continuous_layout(model, setting), baseline)], clusters
    # listwise over all 25 items
    answers = pd.read_csv(reference / "oracles/data/bfi.csv")
    answers = answers[[item for letter in "ACENO" for item in five(letter)]].dropna()[list(model.items)]
    data = answers.to_numpy(dtype=float)
    if estimator == "mlr":
        baseline = baseline_layout(model.items, 1, has_means=False)
        return [fit_robust(each, (sample_of(data),)) for each in (continuous_layout(model, setting), baseline)], ()
    counted = ordered_sample((data > 3).astype(float) if "binary" in name else data)
    moments = [ordered_moments(counted)]
    layouts = (
        ordinal_layout(model, counted.n_categories, setting),
        ordinal_baseline(model.items, counted.n_categories, 1),
    )
    return [fit_ordered(each, moments) for each in layouts], ()


def robust_test(fit, clusters, *, is_ordered, has_gaps):
    if is_ordered:
        return categorical_likelihood_test(fit)
    return corrected_test(fit, clusters) if has_gaps else (fit.standard.statistic, fit.scaled)


@pytest.mark.reference
@pytest.mark.parametrize("name", CASES)
def test_estimates_and_tests_equal_lavaan(reference, name):
    (fit, baseline), clusters = fits(reference, name)
    is_ordered = CASES[name][1] == "wlsmv"
    n = fit.least_squares.n_obs - 1 if is_ordered else fit.likelihood.n_obs
    pairs = [robust_test(each, clusters, is_ordered=is_ordered, has_gaps="fiml" in name) for each in (fit, baseline)]
    robust = robust_indices(*pairs, n, fit.layout.n_groups)
    found = {"chisq": fit.standard.statistic, "df": fit.standard.df, "chisq.scaled": fit.scaled.statistic}
    found |= {"chisq.scaling.factor": fit.scaled.scaling_factor, "baseline.chisq.scaled": baseline.scaled.statistic}
    found |= {"cfi.robust": robust.cfi, "rmsea.robust": robust.rmsea}
    expected = STATISTICS[name]
    # lavaan divides by n - 1 for errors of ordered items, ours by n; it takes 49 clusters of a group where ours are 98
    share = n / (n + 1) if is_ordered else 1.0
    if "groups" in name:
        share = (98 / 97) / (49 / 48)
        expected = expected | {"chisq.scaling.factor": expected["chisq.scaling.factor"] * share}
        expected = {each: expected[each] for each in ("chisq", "df", "chisq.scaling.factor")}
    far = {each: (found[each], expected[each]) for each in expected if not is_close(found[each], expected[each], 1e-5)}
    errors, seen = np.sqrt(np.diagonal(fit.covariance)), 0
    table = ESTIMATES[name]
    for each, number in zip(fit.layout.parameters, fit.layout.free, strict=True):
        suffix = f".{each.group + 1}" if fit.layout.n_groups > 1 else ""
        value = next((table[key] for key in ("".join(key) + suffix for key in keys_of(each)) if key in table), None)
        if number < 0 or value is None:
            continue
        seen += 1
        if not (
            is_close(fit.theta[number], value[0], 1e-5) and is_close(errors[number], value[1] * np.sqrt(share), 1e-6)
        ):
            far[each.name] = (fit.theta[number], errors[number], value)
    assert far == {}
    assert seen == len(table)


def ordered_answers(n=120):
    rng = np.random.default_rng(11)
    latent = rng.normal(size=(n, 1)) + rng.normal(size=(n, 3))
    return np.searchsorted([-1.0, 0.5], latent).astype(float)


def test_clusters_of_one_response_give_the_unclustered_covariance_times_n_over_n_minus_one():
    codes = ordered_answers()
    n = len(codes)
    alone = moment_covariance([ordered_moments(ordered_sample(codes, np.arange(n)))])
    independent = moment_covariance([ordered_moments(ordered_sample(codes))])
    assert alone == pytest.approx(independent * n / (n - 1), rel=1e-10)


def test_answers_given_twice_within_clusters_leave_the_errors_of_answers_given_once():
    codes = ordered_answers()
    n = len(codes)
    once = ordered_moments(ordered_sample(codes, np.arange(n)))
    twice = ordered_moments(ordered_sample(np.repeat(codes, 2, axis=0), np.repeat(np.arange(n), 2)))
    layout = ordinal_layout(FactorModel({"a": ("x", "y", "z")}), (3, 3, 3), Setting())
    first, second = fit_ordered(layout, [once]), fit_ordered(layout, [twice])
    assert second.theta == pytest.approx(first.theta, abs=1e-7)
    assert second.covariance == pytest.approx(first.covariance, abs=1e-8)
