"""Every entry of the factor models that lavaan fitted: estimates, errors, fit, validity, modification indices, scores.

Values: R 4.2.2, lavaan 0.6-14, semTools 0.5-6, oracles/04_cfa_sem.json, made 2026-11-22, at the tolerance in the file,
relative above 1.
"""

import functools

import numpy as np
import pandas as pd
import pytest

from models.measurement.confirmatory.corrected import corrected_test
from models.measurement.confirmatory.factor_scores import factor_scores
from models.measurement.confirmatory.fit_indices import indices, robust_indices
from models.measurement.confirmatory.implied import matrices
from models.measurement.confirmatory.modification import modifications
from models.measurement.confirmatory.ordered_fit import OrderedFit, categorical_likelihood_test, correlation_matrix
from models.measurement.confirmatory.residuals import srmr
from models.measurement.confirmatory.standardised import delta_errors, standardised
from models.measurement.confirmatory.validity import convergence, heterotrait_monotrait
from tests.lavaan_models import answers_of, fitted, is_close, keys_of, model_of, optimum_of, oracle

pytestmark = pytest.mark.reference
KEYS = (
    "hs_ml",
    "hs_mlr",
    "hs_mlm",
    "hs_std_lv",
    "hs_fiml",
    "hs_fiml_mlr",
    "bfi_ml",
    "bfi_wlsmv",
    "bfi_fiml_mlr",
    "poldem_ml",
    "poldem_mlr",
)
OTHERS = {"meta", "tolerance", "discriminant", "scores_hs"}
ELSEWHERE = {"cmv": "tested with common method variance"}
KNOWN = {"estimates", "standardized", "fit", "r2", "latent_cor", "modindices_top10", "AVE", "AVE_std"}
KNOWN |= {"CR_omega", "CR_fornell_larcker", "model", "estimator", "se", "test", "missing", "nobs"}
NOT_OFFERED = {"fmin", "nfi", "rni", "bic2", "rmsea.pvalue", "gfi", "srmr_bentler", "crmr", "pvalue.scaled"}
NOT_OFFERED |= {"rmsea.ci.lower.scaled", "rmsea.ci.upper.scaled"}
NOT_OFFERED |= {"scaling.factor.h1", "scaling.factor.h0", "unrestricted.logl"}

TIGHT_MODIFICATIONS = {
    # Index and change, as sorted by modindices. R 4.2.2, lavaan 0.6-14, 2026-11-26: four Newton steps, each
    # coef(f) - solve(lavTech(f, "information.observed"), lavTech(f, "gradient")) as start of sem(optim.method = "none",
    # optim.force.converged = TRUE); gradient 4e-15; modindices(f, sort. = TRUE)
    "bfi_ml": "418.819948718 0.841182666 200.789791841 0.486727289 153.714027140 0.672085981 134.102498523 0.402770658 "
    "122.558834062 -0.635994824 121.496875639 0.503915477 114.202472978 -0.429418256 113.865728383 0.372448064 "
    "108.752466380 0.271150288 108.586980577 -0.488187517",
    "poldem_ml": "4.796148135 0.861662813 4.456355586 0.835285657 4.260482250 1.420141786 3.771491120 0.848740712 "
    "3.040090736 -0.155041234 2.686599341 -0.954347131 2.286125139 -0.527440110 2.192718808 0.671700306 "
    "2.178501863 -0.944883604 2.079760600 0.502562658",
}


@functools.cache
def _fits(reference, key):
    return fitted(reference, key, oracle(reference, 4)[key])


def _tolerance(reference, key):
    of = oracle(reference, 4)["tolerance"]
    return of["wlsmv"] if "wlsmv" in key else of["ml"]


def _differences(found, expected, tolerance):
    return {
        name: (found[name], expected[name]) for name in found if not is_close(found[name], expected[name], tolerance)
    }


def test_every_entry_is_tested_here_or_elsewhere(reference):
    entries = oracle(reference, 4)
    assert set(entries) == {*KEYS, *OTHERS, *ELSEWHERE}
    assert {part for key in KEYS for part in entries[key]} == KNOWN


@pytest.mark.parametrize("key", KEYS)
def test_estimates_and_errors_equal_lavaan(reference, key):
    about, (fit, _) = oracle(reference, 4)[key], _fits(reference, key)
    table = {(each["lhs"], each["op"], each["rhs"]): each for each in about["estimates"]}
    errors, tolerance = np.sqrt(np.diagonal(fit.covariance)), _tolerance(reference, key)
    optimum = optimum_of(key, about["estimates"])
    assert fit.has_converged
    far, seen = [], set()
    for parameter, number, value in zip(
        fit.layout.parameters, fit.layout.free, fit.layout.values(fit.theta), strict=True
    ):
        expected = next((table[each] for each in keys_of(parameter) if each in table), None)
        if expected is None:
            assert parameter.kind == "factor_mean"
            continue
        seen.add((expected["lhs"], expected["op"], expected["rhs"]))
        error = errors[number] if number >= 0 else 0.0
        estimate = optimum.get((expected["lhs"], expected["op"], expected["rhs"]), expected["est"])
        if not (is_close(value, estimate, tolerance) and is_close(error, expected["se"], tolerance)):
            far.append((parameter.name, value, estimate, error, expected["se"]))
    assert far == []
    left = {each for each in table if each not in seen}
    if isinstance(fit, OrderedFit):  # fixed there: means, scales that follow, residual variances that follow
        left = {each for each in left if each[1] not in ("~1", "~*~") and not (each[1] == "~~" and each[0] == each[2])}
    assert {each for each in left if each[1] != "~1" or each[0] in fit.layout.items} == set()


@pytest.mark.parametrize("key", KEYS)
def test_standardised_estimates_and_errors_equal_lavaan(reference, key):
    about, (fit, _) = oracle(reference, 4)[key], _fits(reference, key)
    table = {(each["lhs"], each["op"], each["rhs"]): each for each in about["standardized"]}
    layout, theta = fit.layout, fit.theta
    values = standardised(layout, theta)
    errors = delta_errors(lambda point: standardised(layout, point), theta, fit.covariance)
    far = []
    for parameter, value, error in zip(layout.parameters, values, errors, strict=True):
        expected = next((table[each] for each in keys_of(parameter) if each in table), None)
        if expected is None or parameter.kind in ("factor_mean", "response_scale"):
            continue
        tolerance = _tolerance(reference, key)
        if not (is_close(value, expected["est.std"], tolerance) and is_close(error, expected["se"], tolerance)):
            far.append((parameter.name, value, expected["est.std"], error, expected["se"]))
    assert far == []


def _test_pairs(fit, baseline):
    if isinstance(fit, OrderedFit):
        return categorical_likelihood_test(fit), categorical_likelihood_test(baseline)
    if not fit.likelihood.samples[0].is_complete:
        return corrected_test(fit), corrected_test(baseline)
    return None if fit.scaled is None else tuple((each.standard.statistic, each.scaled) for each in (fit, baseline))


def _approximate(found, suffix):
    names = ("cfi", "tli", "rmsea", "rmsea.ci.lower", "rmsea.ci.upper")
    values = (found.cfi, found.tli, found.rmsea, found.rmsea_low, found.rmsea_high)
    return {f"{name}{suffix}": value for name, value in zip(names, values, strict=True)}


def _indices_of(fit, baseline, n):
    found = {"chisq": fit.standard.statistic, "df": fit.standard.df, "pvalue": fit.standard.p_value, "srmr": srmr(fit)}
    found |= {"baseline.chisq": baseline.standard.statistic, "baseline.df": baseline.standard.df}
    found |= {"npar": fit.layout.n_free} | _approximate(indices(fit.standard, baseline.standard, n, 1), "")
    if fit.scaled is not None:
        scaled = _approximate(indices(fit.scaled, baseline.scaled, n, 1), ".scaled")
        if not isinstance(fit, OrderedFit):  # lavaan takes the uncorrected statistic over tr(U G) there; not offered
            scaled = {name: value for name, value in scaled.items() if ".ci." not in name}
        found |= scaled
        found |= {"chisq.scaled": fit.scaled.statistic, "df.scaled": fit.scaled.df}
        found |= {"baseline.chisq.scaled": baseline.scaled.statistic}
        found |= {"chisq.scaling.factor": fit.scaled.scaling_factor}
    pairs = _test_pairs(fit, baseline)
    if pairs is not None:
        found |= _approximate(robust_indices(*pairs, n, 1), ".robust")
    if not isinstance(fit, OrderedFit):
        log_likelihood = fit.likelihood.log_likelihood(fit.theta)
        k, n_obs = fit.layout.n_free, fit.likelihood.n_obs
        found |= {"logl": log_likelihood, "aic": 2 * (k - log_likelihood)}
        found |= {"bic": k * np.log(n_obs) - 2 * log_likelihood}
    return found


@pytest.mark.parametrize("key", KEYS)
def test_fit_equals_lavaan(reference, key):
    about, (fit, baseline) = oracle(reference, 4)[key], _fits(reference, key)
    n = about["nobs"] - 1 if isinstance(fit, OrderedFit) else about["nobs"]
    found = _indices_of(fit, baseline, n)
    assert set(about["fit"]) - set(found) <= NOT_OFFERED
    tolerance = _tolerance(reference, key) if isinstance(fit, OrderedFit) else oracle(reference, 4)["tolerance"]["fit"]
    assert _differences({name: found[name] for name in found if name in about["fit"]}, about["fit"], tolerance) == {}


@pytest.mark.parametrize("key", KEYS)
def test_explained_variance_and_correlations_of_factors_equal_lavaan(reference, key):
    about, (fit, _) = oracle(reference, 4)[key], _fits(reference, key)
    layout, latent = fit.layout, matrices(fit.layout, fit.theta, 0).latent_covariance
    values = standardised(layout, fit.theta)
    left = {
        each.left: 1 - value
        for each, value in zip(layout.parameters, values, strict=True)
        if each.kind in ("residual_covariance", "factor_covariance") and each.left == each.right
    }
    if isinstance(fit, OrderedFit):
        left |= {
            each.right: value**2
            for each, value in zip(layout.parameters, values, strict=True)
            if each.kind == "loading"
        }
    assert _differences({name: left[name] for name in about["r2"]}, about["r2"], _tolerance(reference, key)) == {}
    if "latent_cor" in about:
        deviation = np.sqrt(np.diagonal(latent))
        order = [layout.factors.index(name) for name in about["latent_cor"]["rows"]]
        correlation = (latent / np.outer(deviation, deviation))[np.ix_(order, order)]
        assert correlation == pytest.approx(np.array(about["latent_cor"]["values"]), abs=_tolerance(reference, key))


@pytest.mark.parametrize("key", ["hs_ml", "hs_mlr", "bfi_ml", "poldem_ml", "bfi_wlsmv"])
def test_modification_indices_equal_lavaan(reference, key):
    about, (fit, _) = oracle(reference, 4)[key], _fits(reference, key)
    discrepancy = fit.least_squares if isinstance(fit, OrderedFit) else fit.likelihood
    found = {name: each for each in modifications(discrepancy, fit.theta) for name in keys_of(each.parameter)}
    # With ordered items lavaan's gradient carries (n - 1) / n, its information does not: index and change are
    # both short by that. Ours are the expected fall of the chi-square reported, and the parameter expected.
    share = (about["nobs"] - 1) / about["nobs"] if isinstance(fit, OrderedFit) else 1.0
    tight = [float(each) for each in TIGHT_MODIFICATIONS.get(key, "").split()]
    for place, expected in enumerate(about["modindices_top10"]):
        each = found[expected["lhs"], expected["op"], expected["rhs"]]
        index, change = tight[2 * place : 2 * place + 2] if tight else (expected["mi"], expected["epc"])
        assert is_close(each.index * share, index, _tolerance(reference, key)), expected
        assert is_close(each.change * share, change, _tolerance(reference, key)), expected


@pytest.mark.parametrize("key", ["hs_ml", "hs_mlr", "bfi_ml", "poldem_ml", "bfi_wlsmv"])
def test_convergent_validity_equals_semtools(reference, key):
    about, (fit, _) = oracle(reference, 4)[key], _fits(reference, key)
    if isinstance(fit, OrderedFit):
        k = sum(fit.layout.n_thresholds)
        observed = correlation_matrix(fit.least_squares.samples[0].moments[k:], len(fit.layout.items))
    else:
        observed = fit.likelihood.samples[0].covariance
    columns = {"AVE": "variance_extracted", "AVE_std": "variance_extracted_std"}
    columns |= {"CR_fornell_larcker": "composite_reliability", "CR_omega": "omega"}
    if isinstance(fit, OrderedFit):
        del columns["CR_omega"]  # semTools gives Green and Yang's coefficient of the observed categories there
    for name, column in columns.items():
        found = {
            each.factor: getattr(each, column)
            for each in convergence(fit.layout.factors, matrices(fit.layout, fit.theta, 0), observed)
        }
        assert set(about[name]) == set(found)
        assert _differences(found, about[name], _tolerance(reference, key)) == {}, name


LQ = {
    "LEADF": tuple(f"LEAD{number:02d}" for number in range(1, 12)),
    "TSIGF": ("TSIG01", "TSIG02", "TSIG03"),
    "HOSTF": tuple(f"HOSTIL{number:02d}" for number in range(1, 6)),
}


@pytest.mark.parametrize("name", ["htmt", "htmt2"])
@pytest.mark.parametrize("data", ["hs", "bfi", "lq"])
def test_htmt_equals_semtools(reference, data, name):
    entries = oracle(reference, 4)
    assert set(entries["discriminant"]) == {"hs", "bfi", "lq"}
    about = entries["discriminant"][data][name]
    if data == "lq":
        indicators = LQ
        answers = pd.read_csv(reference / "data/substantive/lq2002/lq2002.csv")
    else:
        indicators = model_of(entries[f"{data}_ml"]["model"]).indicators
        answers = answers_of(reference, data, model_of(entries[f"{data}_ml"]["model"]).items)
    items = tuple(item for parts in indicators.values() for item in parts)
    correlation = np.corrcoef(answers[list(items)].dropna().to_numpy(dtype=float), rowvar=False)
    found = heterotrait_monotrait(correlation, items, indicators, is_geometric=name == "htmt2")
    assert about["rows"] == list(indicators)
    assert found == pytest.approx(np.array(about["values"]), abs=entries["tolerance"]["ml"])


@pytest.mark.parametrize("method", ["regression", "bartlett"])
def test_factor_scores_equal_lavaan(reference, method):
    about, (fit, _) = oracle(reference, 4)["scores_hs"], _fits(reference, "hs_ml")
    expected = np.array(about[f"{method}_first10"]["values"])
    assert factor_scores(fit.likelihood, fit.theta, 0, method)[:10] == pytest.approx(expected, abs=1e-5)
