"""Factor models that lavaan fitted: oracle 04 (R 4.2.2, lavaan 0.6-14, semTools 0.5-6).

Where lavaan's own search stopped short of the tolerance, values of closer runs stand beside the stored ones.
"""

import functools

import numpy as np
import pandas as pd

from models.measurement.confirmatory.analysis import Z
from models.measurement.confirmatory.corrected import corrected_test
from models.measurement.confirmatory.factor_scores import factor_scores
from models.measurement.confirmatory.fit_indices import indices, robust_indices
from models.measurement.confirmatory.implied import matrices
from models.measurement.confirmatory.modification import modifications
from models.measurement.confirmatory.ordered_fit import OrderedFit, categorical_likelihood_test, correlation_matrix
from models.measurement.confirmatory.residuals import srmr
from models.measurement.confirmatory.standardised import delta_errors, standardised
from models.measurement.confirmatory.validity import convergence, heterotrait_monotrait
from tests.agreement.comparison import Agreement, Tolerance
from tests.agreement.method_variance import method_variance
from tests.lavaan_models import answers_of, fitted, keys_of, model_of, optimum_of, oracle

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
LQ = {
    "LEADF": tuple(f"LEAD{number:02d}" for number in range(1, 12)),
    "TSIGF": ("TSIG01", "TSIG02", "TSIG03"),
    "HOSTF": tuple(f"HOSTIL{number:02d}" for number in range(1, 6)),
}
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
FOLLOWS = "follows from the estimate and its error"
NO_ESTIMATE = "of latent responses: fixed by the model, or 1 less what loadings explain"
NOT_COMPUTED = {
    r".*/nobs": "data, not results",
    r".*/(estimates|standardized)/.*/(z|pvalue)": FOLLOWS,
    r".*/modindices_top10/.*/sepc\..*": "standardised expected change is not offered",
    r".*/fit/(fmin|nfi|rni|bic2|gfi|srmr_bentler|crmr|rmsea\.pvalue)": (
        "not offered: another index, or the same under another name, or a p-value of an index"
    ),
    r".*/fit/(pvalue\.scaled)": "follows from the scaled chi-square and its degrees of freedom",
    r".*/fit/rmsea\.ci\.(lower|upper)\.scaled": (
        "not offered for continuous items: lavaan takes the uncorrected statistic over tr(U G); the robust interval is"
    ),
    r".*/fit/(scaling\.factor\.h[01]|unrestricted\.logl)": "intermediate results of lavaan",
    r"bfi_wlsmv/CR_omega/.*": "semTools gives Green and Yang's coefficient there; ours: oracles 01 and 02",
    r"bfi_wlsmv/(estimates|standardized)/(\w+ ~1 |(\w+) (~\*~|~~) \3)/.*": NO_ESTIMATE,
    r".*_fiml.*/(estimates|standardized)/(visual|textual|speed|[ACENO]f) ~1 /.*": "fixed at 0 by the model",
}


@functools.cache
def fits(reference, key):
    return fitted(reference, key, oracle(reference, 4)[key])


@functools.cache
def factor_models(reference):
    found = {key: _of_model(reference, key) for key in KEYS}
    stored = oracle(reference, 4)
    found["discriminant"] = {data: _htmt(reference, data) for data in stored["discriminant"]}
    found["cmv"] = method_variance(reference)
    fit, _ = fits(reference, "hs_ml")
    found["scores_hs"] = {
        f"{way}_first10": factor_scores(fit.likelihood, fit.theta, 0, way)[:10].tolist()
        for way in ("regression", "bartlett")
    }
    return found


@functools.cache
def closer(reference):
    """Estimates of the polished runs, and modification indices at the optimum."""
    found = {}
    for key in KEYS:
        about = oracle(reference, 4)[key]
        optimum = optimum_of(key, about["estimates"])
        rows = [
            {part: each[part] for part in ("lhs", "op", "rhs")} | _with_interval("est", optimum[name], each["se"])
            for each in about["estimates"]
            if (name := (each["lhs"], each["op"], each["rhs"])) in optimum
        ]
        tight = [float(each) for each in TIGHT_MODIFICATIONS.get(key, "").split()]
        top = [
            {"lhs": each["lhs"], "op": each["op"], "rhs": each["rhs"], "mi": index, "epc": change}
            for each, index, change in zip(about.get("modindices_top10", []), tight[::2], tight[1::2], strict=False)
        ]
        found[key] = {"estimates": rows, "modindices_top10": top}
    return found


def _of_model(reference, key):
    about, (fit, baseline) = oracle(reference, 4)[key], fits(reference, key)
    n = about["nobs"] - 1 if isinstance(fit, OrderedFit) else about["nobs"]
    of_fit = indices_of(fit, baseline, n)
    found = {
        "fit": {name: value for name, value in of_fit.items() if name in about["fit"]},
        "estimates": _estimates(fit, about),
        "standardized": _standardised(fit, about),
        "r2": {name: value for name, value in _explained(fit).items() if name in about["r2"]},
    }
    if "latent_cor" in about:
        found["latent_cor"] = _correlations(fit, about["latent_cor"]["rows"])
        found |= _convergence(fit)
    if "modindices_top10" in about:
        found["modindices_top10"] = _modifications(fit, about)
    return found


def _named(fit, rows):
    """Yield every parameter's place and the row of lavaan's table that is about it."""
    table = {(each["lhs"], each["op"], each["rhs"]): each for each in rows}
    for place, parameter in enumerate(fit.layout.parameters):
        row = next((table[name] for name in keys_of(parameter) if name in table), None)
        is_fixed = parameter.kind in ("factor_mean", "response_scale")
        if row is not None and not is_fixed:
            yield place, {part: row[part] for part in ("lhs", "op", "rhs")}


def _estimates(fit, about):
    values, own = fit.layout.values(fit.theta), np.sqrt(np.diagonal(fit.covariance))
    errors = np.where(fit.layout.free >= 0, own[fit.layout.free], 0.0)
    return [row | _with_interval("est", values[place], errors[place]) for place, row in _named(fit, about["estimates"])]


def _standardised(fit, about):
    values = standardised(fit.layout, fit.theta)
    errors = delta_errors(lambda point: standardised(fit.layout, point), fit.theta, fit.covariance)
    rows = _named(fit, about["standardized"])
    return [row | _with_interval("est.std", values[place], errors[place]) for place, row in rows]


def _with_interval(name, value, error):
    return {name: value, "se": error, "ci.lower": value - Z * error, "ci.upper": value + Z * error}


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


def indices_of(fit, baseline, n):
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


def _explained(fit):
    pairs = list(zip(fit.layout.parameters, standardised(fit.layout, fit.theta), strict=True))
    left = {
        each.left: 1 - value
        for each, value in pairs
        if each.kind in ("residual_covariance", "factor_covariance") and each.left == each.right
    }
    if isinstance(fit, OrderedFit):
        left |= {each.right: value**2 for each, value in pairs if each.kind == "loading"}
    return left


def _correlations(fit, names):
    latent = matrices(fit.layout, fit.theta, 0).latent_covariance
    deviation = np.sqrt(np.diagonal(latent))
    order = [fit.layout.factors.index(name) for name in names]
    return (latent / np.outer(deviation, deviation))[np.ix_(order, order)].tolist()


def _convergence(fit):
    if isinstance(fit, OrderedFit):
        moments = fit.least_squares.samples[0].moments[sum(fit.layout.n_thresholds) :]
        observed = correlation_matrix(moments, len(fit.layout.items))
    else:
        observed = fit.likelihood.samples[0].covariance
    columns = {"AVE": "variance_extracted", "AVE_std": "variance_extracted_std"}
    columns |= {"CR_fornell_larcker": "composite_reliability"}
    if not isinstance(fit, OrderedFit):
        columns |= {"CR_omega": "omega"}
    valid = convergence(fit.layout.factors, matrices(fit.layout, fit.theta, 0), observed)
    return {name: {each.factor: getattr(each, column) for each in valid} for name, column in columns.items()}


def _modifications(fit, about):
    discrepancy = fit.least_squares if isinstance(fit, OrderedFit) else fit.likelihood
    found = {name: each for each in modifications(discrepancy, fit.theta) for name in keys_of(each.parameter)}
    # With ordered items lavaan's gradient carries (n - 1) / n, its information does not: index and change are
    # both short by that. Ours are the expected fall of the chi-square reported, and the parameter expected.
    share = (about["nobs"] - 1) / about["nobs"] if isinstance(fit, OrderedFit) else 1.0
    rows = []
    for row in about["modindices_top10"]:
        each = found[row["lhs"], row["op"], row["rhs"]]
        name = {part: row[part] for part in ("lhs", "op", "rhs")}
        rows.append(name | {"mi": each.index * share, "epc": each.change * share})
    return rows


def _htmt(reference, data):
    if data == "lq":
        indicators = LQ
        answers = pd.read_csv(reference / "data/substantive/lq2002/lq2002.csv")
    else:
        model = model_of(oracle(reference, 4)[f"{data}_ml"]["model"])
        indicators, answers = model.indicators, answers_of(reference, data, model.items)
    items = tuple(item for parts in indicators.values() for item in parts)
    correlation = np.corrcoef(answers[list(items)].dropna().to_numpy(dtype=float), rowvar=False)
    return {
        name: heterotrait_monotrait(correlation, items, indicators, is_geometric=name == "htmt2").tolist()
        for name in ("htmt", "htmt2")
    }


def _tolerance(path, tolerance):
    entry, part, *_ = path.split("/")
    if entry == "bfi_wlsmv":
        return Tolerance(tolerance["wlsmv"], is_relative=True)
    return Tolerance(tolerance["fit" if part == "fit" else "ml"], is_relative=entry in KEYS)


FACTOR_MODELS = Agreement(
    4,
    factor_models,
    _tolerance,
    lambda path: "/".join(path.split("/")[:2]) if not path.startswith("cmv") else "cmv",
    closer,
    not_computed=NOT_COMPUTED,
)
