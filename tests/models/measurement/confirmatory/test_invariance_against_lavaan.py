"""Every entry of the invariance tests that lavaan made, and the ladder of ordered items by Wu and Estabrook.

Values: R 4.2.2, lavaan 0.6-14, semTools 0.5-6, oracles/05_invariance.json, made 2026-11-22.
"""

import functools

import pandas as pd
import pytest

from models.measurement.confirmatory.comparison import ordered_difference
from models.measurement.confirmatory.fit_indices import indices
from models.measurement.confirmatory.model import FactorModel, Setting, ordinal_baseline, ordinal_layout
from models.measurement.confirmatory.ordered_fit import fit_ordered, ordered_moments
from models.measurement.confirmatory.residuals import srmr
from models.measurement.ordered import ordered_sample
from tests.agreement.comparison import far
from tests.agreement.invariance import INVARIANCE, LEVELS, POLISHED, SCHOOLS, WAVES, score_tests
from tests.lavaan_models import is_close, oracle

pytestmark = pytest.mark.reference


def test_every_entry_is_tested(reference):
    entries = oracle(reference, 5)
    assert set(entries) == {"meta", "tolerance", *SCHOOLS, "poldem_waves_ml"}
    assert all(list(entries[key]["levels"]) == list(LEVELS) for key in SCHOOLS)
    assert list(entries["poldem_waves_ml"]["levels"]) == list(WAVES)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("key", SCHOOLS)
def test_levels_across_schools_equal_lavaan(reference, key, level):
    assert far(reference, INVARIANCE, f"{key}/levels/{level}/") == []


@pytest.mark.parametrize("key", SCHOOLS)
def test_difference_tests_across_schools_equal_lavaan(reference, key):
    assert far(reference, INVARIANCE, f"{key}/tests/") == []


def test_configural_estimates_equal_lavaan(reference):
    assert far(reference, INVARIANCE, "hs_school_ml/configural_estimates/") == []


def test_latent_means_equal_lavaan(reference):
    assert far(reference, INVARIANCE, "hs_school_ml/scalar_latent_means_g2/") == []


def test_score_tests_of_equalities_equal_lavaan(reference):
    # On the polished fit to 1e-9; the oracle's own search stopped at 2e-5.
    assert far(reference, INVARIANCE, "hs_school_ml/score_tests_scalar/") == []
    found = sorted(each["X2"] for each in score_tests(reference))
    assert found == pytest.approx(sorted(float(each) for each in POLISHED.split()), abs=1e-5)


def test_partial_scalar_invariance_equals_lavaan(reference):
    assert far(reference, INVARIANCE, "hs_school_ml/partial_scalar_x3_x7/") == []


@pytest.mark.parametrize("level", WAVES)
def test_levels_across_waves_equal_lavaan(reference, level):
    assert far(reference, INVARIANCE, f"poldem_waves_ml/levels/{level}/") == []


def test_difference_tests_across_waves_equal_lavaan(reference):
    assert far(reference, INVARIANCE, "poldem_waves_ml/tests/") == []


def test_change_of_the_mean_across_waves_equals_lavaan(reference):
    assert far(reference, INVARIANCE, "poldem_waves_ml/scalar_mean_d65") == []


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
