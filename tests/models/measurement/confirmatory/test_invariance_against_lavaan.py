"""The ladder of invariance against lavaan and semTools: continuous and ordered items, schools, waves, partial."""

import json

import numpy as np
import pandas as pd
import pytest

from models.measurement.confirmatory.analysis import analyse, fit_table, measured
from models.measurement.confirmatory.answers import grouped_answers
from models.measurement.confirmatory.comparison import continuous_difference, ordered_difference
from models.measurement.confirmatory.continuous import fit_normal, fit_robust
from models.measurement.confirmatory.fit_indices import indices, robust_indices
from models.measurement.confirmatory.invariance import Criterion, ladder
from models.measurement.confirmatory.model import Setting, baseline_layout, continuous_layout
from models.measurement.confirmatory.parameters import Layout, Parameter
from models.measurement.confirmatory.releasing import releases
from models.measurement.confirmatory.residuals import srmr
from models.measurement.confirmatory.sample import sample_of
from tests.models.measurement.confirmatory.lavaan_syntax import model_of

EQUAL = {
    "configural": set(),
    "metric": {"loading"},
    "scalar": {"loading", "intercept"},
    "strict": {"loading", "intercept", "residual_covariance"},
    "latent_var": {"loading", "intercept", "residual_covariance", "factor_covariance"},
    "latent_means": {"loading", "intercept", "residual_covariance", "factor_covariance", "factor_mean"},
}
ORDERED = ("configural", "threshold", "metric", "scalar", "strict")
ORDERED_EQUAL = {
    "configural": set(),
    "threshold": {"threshold"},
    "metric": {"threshold", "loading"},
    "scalar": {"threshold", "loading", "intercept"},
    "strict": {"threshold", "loading", "intercept", "residual_covariance"},
}
# R 4.2.2, lavaan 0.6-14, semTools 0.5-6, 2026-11-26: measEq.syntax(parameterization = "theta", ID.fac = "std.lv",
# ID.cat = "Wu.Estabrook.2016", group = "gender") of bfi's A, C and N items, listwise, then cfa(estimator = "WLSMV") and
# lavTestLRT: free parameters, chisq, df, chisq.scaled, cfi, rmsea, cfi.scaled, rmsea.scaled; Chisq diff, Df diff
# against the level before.
SEMTOOLS = {
    "configural": (
        186,
        1824.33325724,
        174,
        2037.75753854,
        0.958346075128,
        0.0863171315858,
        0.915049282334,
        0.0917288355887,
    ),
    "threshold": (
        141,
        1846.23592635,
        219,
        2225.14729232,
        0.958929044951,
        0.0763992337472,
        0.908559107769,
        0.0848291565252,
    ),
    "metric": (129, 1873.06346303, 231, 2107.76349418, 0.958554802296, 0.0747265233462, 0.914456466346, 0.079888557939),
    "scalar": (
        117,
        2176.08726261,
        243,
        2308.53002056,
        0.951209447393,
        0.0790511861763,
        0.905852422336,
        0.0817143663021,
    ),
    "strict": (
        102,
        2246.49074727,
        258,
        2323.01509574,
        0.949811079773,
        0.0778104151465,
        0.905875892788,
        0.0792934950047,
    ),
}
SEMTOOLS_STEPS = {
    "threshold": (50.30529464, 45),
    "metric": (18.66692034, 12),
    "scalar": (197.9615924, 12),
    "strict": (69.88590693, 15),
}


@pytest.fixture(scope="module")
def expected(reference):
    return json.loads((reference / "oracles/05_invariance.json").read_text())


@pytest.fixture(scope="module")
def schools(reference, expected):
    about = expected["hs_school_ml"]
    answers = pd.read_csv(reference / "oracles/data/HolzingerSwineford1939.csv")
    model = model_of(about["model"])
    return model, tuple(
        sample_of(answers.loc[answers["school"] == school, list(model.items)].to_numpy(dtype=float))
        for school in about["group_levels"]
    )


@pytest.mark.reference
def test_every_part_of_the_reference_is_compared(expected):
    assert set(expected) == {"meta", "tolerance", "hs_school_ml", "hs_school_mlr", "poldem_waves_ml"}


@pytest.mark.reference
@pytest.mark.parametrize(("part", "fitted"), [("hs_school_ml", fit_normal), ("hs_school_mlr", fit_robust)])
def test_levels_over_schools_equal_lavaan(expected, schools, part, fitted):
    # oracles/05_invariance.json, made 2026-11-22
    model, samples = schools
    tolerance = expected["tolerance"]["mlr" if part.endswith("mlr") else "ml"]
    baseline = fitted(baseline_layout(model.items, 2, has_means=True), samples)
    steps = {step["to"]: step for step in expected[part]["tests"]}
    before = None
    for level, wanted in expected[part]["levels"].items():
        setting = Setting(2, has_means=True, equal=frozenset(EQUAL[level]))
        fit = fitted(continuous_layout(model, setting), samples)
        plain = indices(fit.standard, baseline.standard, 301, 2)
        assert fit.layout.n_free == wanted["npar"]
        ours = (fit.standard.statistic, fit.standard.df, plain.cfi, plain.tli, plain.rmsea, srmr(fit))
        keys = ("chisq", "df", "cfi", "tli", "rmsea", "srmr")
        assert ours == pytest.approx([wanted[key] for key in keys], rel=1e-5), level
        if fit.scaled is not None:
            robust = robust_indices(
                (fit.standard.statistic, fit.scaled), (baseline.standard.statistic, baseline.scaled), 301, 2
            )
            ours = (fit.scaled.statistic, fit.scaled.scaling_factor, robust.cfi, robust.rmsea)
            keys = ("chisq.scaled", "chisq.scaling.factor", "cfi.robust", "rmsea.robust")
            assert ours == pytest.approx([wanted[key] for key in keys], rel=tolerance), level
        if before is not None:
            step, found = steps[level], continuous_difference(fit, before)
            assert found.df == step["df_diff"]
            assert found.statistic == pytest.approx(step["chisq_diff"], rel=tolerance)
            assert found.p_value == pytest.approx(step["p"], rel=1e-3, abs=1e-12)
        before = fit


@pytest.mark.reference
def test_score_tests_and_latent_means_equal_lavaan(expected, schools):
    model, samples = schools
    setting = Setting(2, has_means=True, equal=frozenset(EQUAL["scalar"]))
    fit = fit_normal(continuous_layout(model, setting), samples)
    wanted = sorted(row["X2"] for row in expected["hs_school_ml"]["score_tests_scalar"])
    assert sorted(each.index for each in releases(fit.likelihood, fit.theta)) == pytest.approx(
        wanted, rel=2e-5, abs=1e-6
    )
    means = {
        each.left: fit.theta[number]
        for each, number in zip(fit.layout.parameters, fit.layout.free, strict=True)
        if each.kind == "factor_mean" and number >= 0
    }
    assert means == pytest.approx(expected["hs_school_ml"]["scalar_latent_means_g2"], abs=1e-5)


@pytest.mark.reference
def test_the_partial_search_frees_what_lavaan_was_told_to_free(expected, reference, schools):
    model, _ = schools
    answers = pd.read_csv(reference / "oracles/data/HolzingerSwineford1939.csv")
    grouped = grouped_answers(answers, model.items, is_complete=True, groups=answers["school"])
    steps = ladder(model, measured(grouped, "ml"), Criterion(), is_partial=True)
    scalar = next(step for step in steps if step.level == "scalar")
    assert scalar.holds
    assert scalar.released == ("intercept of x3", "intercept of x7")
    wanted, found = expected["hs_school_ml"]["partial_scalar_x3_x7"], fit_table(scalar.analysis)
    for ours, theirs in (("chi_square", "chisq"), ("df", "df"), ("cfi", "cfi"), ("rmsea", "rmsea"), ("srmr", "srmr")):
        assert found[ours] == pytest.approx(wanted[theirs], rel=1e-5)
    strict = ladder(model, measured(grouped, "ml"), Criterion())
    assert [(step.level, step.holds) for step in strict] == [("configural", True), ("metric", True), ("scalar", False)]


def waves_layout(level: str) -> Layout:
    """The same four items in two waves of the same countries, equal as the level says."""
    parameters: list[Parameter] = []
    items = tuple(f"y{number}" for number in range(1, 9))
    for wave, factor in enumerate(("d60", "d65")):
        for place in range(4):
            item = items[4 * wave + place]
            equal = f"loading {place}" if level != "configural" else ""
            parameters.append(Parameter("loading", factor, item, 0, 1.0 if place == 0 else None, equal))
            parameters.append(
                Parameter("residual_covariance", item, item, 0, None, f"residual {place}" if level == "strict" else "")
            )
            level_is_equal = level in ("scalar", "strict")
            parameters.append(Parameter("intercept", item, "", 0, None, f"intercept {place}" if level_is_equal else ""))
        parameters.append(Parameter("factor_covariance", factor, factor))
        is_free = wave == 1 and level in ("scalar", "strict")
        parameters.append(Parameter("factor_mean", factor, "", 0, None if is_free else 0.0))
    parameters.append(Parameter("factor_covariance", "d60", "d65"))
    parameters += [Parameter("residual_covariance", items[place], items[place + 4]) for place in range(4)]
    return Layout(items, ("d60", "d65"), 1, tuple(parameters))


@pytest.mark.reference
def test_levels_over_waves_of_the_same_units_equal_lavaan(expected, reference):
    about = expected["poldem_waves_ml"]
    answers = pd.read_csv(reference / "oracles/data/PoliticalDemocracy.csv")
    sample = sample_of(answers[[f"y{number}" for number in range(1, 9)]].to_numpy(dtype=float))
    baseline = fit_normal(baseline_layout(waves_layout("strict").items, 1, has_means=True), (sample,))
    steps = {step["to"]: step for step in about["tests"]}
    before = None
    for level, wanted in about["levels"].items():
        fit = fit_normal(waves_layout(level), (sample,))
        plain = indices(fit.standard, baseline.standard, 75, 1)
        ours = (fit.layout.n_free, fit.standard.statistic, fit.standard.df, plain.cfi, plain.rmsea, srmr(fit))
        assert ours == pytest.approx([wanted[key] for key in ("npar", "chisq", "df", "cfi", "rmsea", "srmr")], rel=1e-5)
        if before is not None:
            assert continuous_difference(fit, before).statistic == pytest.approx(steps[level]["chisq_diff"], rel=1e-5)
        if level == "scalar":
            place = next(
                n for n, each in enumerate(fit.layout.parameters) if each.kind == "factor_mean" and each.left == "d65"
            )
            number = fit.layout.free[place]
            assert fit.theta[number] == pytest.approx(about["scalar_mean_d65"], abs=1e-5)
            assert np.sqrt(fit.covariance[number, number]) == pytest.approx(about["scalar_mean_d65_se"], abs=1e-5)
        before = fit


@pytest.mark.reference
def test_levels_of_ordered_items_equal_semtools(reference):
    model = model_of("Af =~ A1+A2+A3+A4+A5; Cf =~ C1+C2+C3+C4+C5; Nf =~ N1+N2+N3+N4+N5")
    answers = pd.read_csv(reference / "oracles/data/bfi.csv").dropna(subset=list(model.items))
    grouped = grouped_answers(answers, model.items, is_complete=True, groups=answers["gender"])
    summary, before = measured(grouped, "wlsmv"), None
    for level in ORDERED:
        setting = Setting(2, "unit_variance", has_means=True, equal=frozenset(ORDERED_EQUAL[level]))
        found = analyse(model, summary, setting)
        table = fit_table(found)
        ours = (
            found.fit.layout.n_free,
            found.fit.standard.statistic,
            found.fit.standard.df,
            found.fit.scaled.statistic,
        )
        ours = (*ours, table["cfi"], table["rmsea"], table["cfi_scaled"], table["rmsea_scaled"])
        assert ours == pytest.approx(SEMTOOLS[level], rel=1e-5), level
        if before is not None:
            difference = ordered_difference(found.fit, before.fit)
            assert (difference.statistic, difference.df) == pytest.approx(SEMTOOLS_STEPS[level], rel=1e-5)
        before = found
