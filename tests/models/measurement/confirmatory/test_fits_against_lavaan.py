"""Factor models against lavaan 0.6-14 on every model of the reference file.

R 4.2.2, lavaan 0.6-14, semTools 0.5-6; oracles/04_cfa_sem.json, made 2026-11-22. Unstandardised loadings on the badly
scaled marker of bfi stand still at 2e-5 in lavaan: its optimiser stops there, while the discrepancy of ours is smaller.
"""

import json

import numpy as np
import pandas as pd
import pytest

from models.measurement.confirmatory.analysis import FactorAnalysis, analyse, fit_table, measured, parameter_table
from models.measurement.confirmatory.answers import grouped_answers
from models.measurement.confirmatory.continuous import fit_satorra_bentler
from models.measurement.confirmatory.factor_scores import factor_scores
from models.measurement.confirmatory.implied import matrices
from models.measurement.confirmatory.model import Setting, baseline_layout, continuous_layout
from models.measurement.confirmatory.modification import modifications
from models.measurement.confirmatory.ordered_fit import OrderedFit
from models.measurement.confirmatory.sample import sample_of
from models.measurement.confirmatory.validity import convergence, heterotrait_monotrait
from tests.models.measurement.confirmatory.lavaan_syntax import by_key, key_of, model_of

FILES = {"hs": "HolzingerSwineford1939", "bfi": "bfi", "poldem": "PoliticalDemocracy"}
FITS = [
    "hs_ml",
    "hs_mlr",
    "hs_std_lv",
    "hs_fiml",
    "hs_fiml_mlr",
    "bfi_ml",
    "bfi_wlsmv",
    "bfi_fiml_mlr",
    "poldem_ml",
    "poldem_mlr",
]
INDICES = {
    "chi_square": "chisq", "df": "df", "cfi": "cfi", "tli": "tli", "rmsea": "rmsea", "rmsea_low": "rmsea.ci.lower",
    "rmsea_high": "rmsea.ci.upper", "srmr": "srmr", "log_likelihood": "logl", "aic": "aic", "bic": "bic",
    "chi_square_scaled": "chisq.scaled", "scaling_factor": "chisq.scaling.factor", "cfi_robust": "cfi.robust",
    "tli_robust": "tli.robust", "rmsea_robust": "rmsea.robust", "rmsea_low_robust": "rmsea.ci.lower.robust",
    "rmsea_high_robust": "rmsea.ci.upper.robust", "cfi_scaled": "cfi.scaled", "tli_scaled": "tli.scaled",
    "rmsea_scaled": "rmsea.scaled", "rmsea_low_scaled": "rmsea.ci.lower.scaled",
    "rmsea_high_scaled": "rmsea.ci.upper.scaled", "n_parameters": "npar",
}  # fmt: skip


@pytest.fixture(scope="module")
def expected(reference):
    return json.loads((reference / "oracles/04_cfa_sem.json").read_text())


@pytest.fixture(scope="module")
def answers_of(reference):
    def read(name: str) -> pd.DataFrame:
        file = FILES[name.split("_", maxsplit=1)[0]] + ("_missing" if name.startswith("hs_fiml") else "")
        return pd.read_csv(reference / f"oracles/data/{file}.csv")

    return read


@pytest.fixture(scope="module")
def analysed(expected, answers_of):
    known: dict[str, FactorAnalysis] = {}

    def analysis_of(name: str) -> FactorAnalysis:
        if name not in known:
            about = expected[name]
            model = model_of(about["model"])
            estimator = "wlsmv" if about["estimator"] == "DWLS" else "mlr" if "robust" in about["se"] else "ml"
            is_complete = about["missing"] == "listwise"
            grouped = grouped_answers(answers_of(name), model.items, is_complete=is_complete)
            scaling = "unit_variance" if name == "hs_std_lv" else "marker"
            setting = Setting(scaling=scaling, has_means=not is_complete)
            known[name] = analyse(model, measured(grouped, estimator), setting)
        return known[name]

    return analysis_of


def tolerance_of(name: str, expected) -> float:
    return expected["tolerance"]["wlsmv" if "wlsmv" in name else "ml"]


@pytest.mark.reference
def test_every_model_of_the_reference_is_fitted(expected):
    fits = {name for name, about in expected.items() if isinstance(about, dict) and "nobs" in about}
    assert fits - {"hs_mlm"} == set(FITS)
    assert {name for name in expected if name not in fits} == {"meta", "tolerance", "discriminant", "cmv", "scores_hs"}


@pytest.mark.reference
@pytest.mark.parametrize("name", FITS)
def test_tests_and_indices_equal_lavaan(expected, analysed, name):
    wanted, found = expected[name]["fit"], fit_table(analysed(name))
    assert analysed(name).problems == ()
    compared = {ours: theirs for ours, theirs in INDICES.items() if theirs in wanted and ours in found}
    assert len(compared) >= 12
    for ours, theirs in compared.items():
        assert found[ours] == pytest.approx(wanted[theirs], rel=tolerance_of(name, expected)), theirs
    baseline = analysed(name).baseline
    assert baseline.standard.statistic == pytest.approx(wanted["baseline.chisq"], rel=1e-5)
    if "baseline.chisq.scaled" in wanted:
        assert baseline.scaled.statistic == pytest.approx(wanted["baseline.chisq.scaled"], rel=1e-5)


@pytest.mark.reference
@pytest.mark.parametrize("name", FITS)
def test_estimates_and_errors_equal_lavaan(expected, analysed, name):
    analysis, rows = analysed(name), by_key(expected[name]["estimates"])
    table = parameter_table(analysis)
    layout = analysis.fit.layout
    compared = [place for place, each in enumerate(layout.parameters) if key_of(each) in rows]
    assert len(compared) >= min(layout.n_free, len(expected[name]["estimates"]) - 3)
    tolerance = 3e-5 if name.startswith("bfi") else tolerance_of(name, expected)
    for place in compared:
        row = rows[key_of(layout.parameters[place])]
        assert table["estimate"][place] == pytest.approx(row["est"], rel=tolerance, abs=tolerance)
        if layout.free[place] >= 0:
            assert table["std_error"][place] == pytest.approx(row["se"], rel=tolerance, abs=tolerance)


@pytest.mark.reference
@pytest.mark.parametrize("name", FITS)
def test_standardised_solution_equals_lavaan(expected, analysed, name):
    analysis, rows = analysed(name), by_key(expected[name]["standardized"])
    table, n_compared = parameter_table(analysis), 0
    for place, each in enumerate(analysis.fit.layout.parameters):
        row = rows.get(key_of(each))
        if row is None or each.kind == "factor_mean":
            continue
        n_compared += 1
        tolerance = tolerance_of(name, expected)
        assert table["standardised"][place] == pytest.approx(row["est.std"], abs=tolerance)
        assert table["standardised_error"][place] == pytest.approx(row["se"], abs=tolerance)
    assert n_compared >= len(analysis.fit.layout.items)


@pytest.mark.reference
def test_the_discrepancy_of_the_badly_scaled_model_is_below_that_of_lavaan(expected, analysed):
    for name in ("bfi_ml", "bfi_fiml_mlr"):
        assert analysed(name).fit.standard.statistic < expected[name]["fit"]["chisq"]


@pytest.mark.reference
def test_satorra_and_bentlers_test_equals_lavaan(expected, answers_of):
    about = expected["hs_mlm"]
    model, wanted = model_of(about["model"]), about["fit"]
    sample = sample_of(answers_of("hs_mlm")[list(model.items)].to_numpy(dtype=float))
    fit = fit_satorra_bentler(continuous_layout(model, Setting()), (sample,))
    baseline = fit_satorra_bentler(baseline_layout(model.items, 1, has_means=False), (sample,))
    assert fit.scaled.statistic == pytest.approx(wanted["chisq.scaled"], rel=1e-5)
    assert fit.scaled.scaling_factor == pytest.approx(wanted["chisq.scaling.factor"], rel=1e-5)
    assert baseline.scaled.statistic == pytest.approx(wanted["baseline.chisq.scaled"], rel=1e-5)
    rows = by_key(about["estimates"])
    errors = np.sqrt(np.diagonal(fit.covariance))
    for each, number in zip(fit.layout.parameters, fit.layout.free, strict=True):
        if number >= 0:
            assert errors[number] == pytest.approx(rows[key_of(each)]["se"], abs=1e-5)


@pytest.mark.reference
@pytest.mark.parametrize("name", ["hs_ml", "hs_mlr", "bfi_ml", "poldem_ml", "bfi_wlsmv"])
def test_modification_indices_equal_lavaan(expected, analysed, name):
    # lavaan multiplies the weighted least squares gradient, not its information, by (n - 1)/n
    fit = analysed(name).fit
    is_ordered = isinstance(fit, OrderedFit)
    found = modifications(fit.least_squares if is_ordered else fit.likelihood, fit.theta)
    factor = 1 - 1 / analysed(name).n_obs if is_ordered else 1.0
    by_name = {key_of(each.parameter): each for each in found}
    by_name |= {(right, op, left): each for (left, op, right), each in by_name.items() if op == "~~"}
    for row in expected[name]["modindices_top10"]:
        ours = by_name.get((row["lhs"], row["op"], row["rhs"]))
        if ours is not None:
            assert ours.index * factor == pytest.approx(row["mi"], rel=1e-4)
            assert ours.change * factor == pytest.approx(row["epc"], rel=1e-4)
    assert found == sorted(found, key=lambda each: -each.index)


@pytest.mark.reference
@pytest.mark.parametrize("name", ["hs_ml", "hs_mlr", "bfi_ml", "poldem_ml"])
def test_convergent_validity_equals_semtools(expected, analysed, name):
    about, fit = expected[name], analysed(name).fit
    observed = fit.likelihood.samples[0].covariance
    for each in convergence(fit.layout.factors, matrices(fit.layout, fit.theta, 0), observed):
        assert each.variance_extracted == pytest.approx(about["AVE"][each.factor], abs=1e-5)
        assert each.variance_extracted_std == pytest.approx(about["AVE_std"][each.factor], abs=1e-5)
        assert each.composite_reliability == pytest.approx(about["CR_fornell_larcker"][each.factor], abs=1e-5)
        assert each.omega == pytest.approx(about["CR_omega"][each.factor], abs=1e-5)


@pytest.mark.reference
@pytest.mark.parametrize(("key", "name"), [("hs", "hs_ml"), ("bfi", "bfi_ml")])
def test_heterotrait_monotrait_ratios_equal_semtools(expected, analysed, key, name):
    about, analysis = expected["discriminant"][key], analysed(name)
    correlation = np.corrcoef(analysis.measured.grouped.data[0], rowvar=False)
    indicators = model_of(expected[name]["model"]).indicators
    for entry, is_geometric in (("htmt", False), ("htmt2", True)):
        found = heterotrait_monotrait(correlation, analysis.fit.layout.items, indicators, is_geometric=is_geometric)
        assert found == pytest.approx(np.array(about[entry]["values"]), abs=1e-8)


@pytest.mark.reference
@pytest.mark.parametrize("method", ["regression", "bartlett"])
def test_factor_scores_equal_lavaan(expected, analysed, method):
    fit = analysed("hs_ml").fit
    found = factor_scores(fit.likelihood, fit.theta, 0, method)
    assert found[:10] == pytest.approx(np.array(expected["scores_hs"][f"{method}_first10"]["values"]), abs=1e-5)
