"""Ordered and multinomial answers, waves of people: oracle 10 (R 4.2.2, ordinal, MASS, nnet, geepack, plm)."""

import functools

import numpy as np
import pandas as pd

from models.multilevel.marginal.covariances import estimates_of, naive_covariance
from models.multilevel.marginal.estimating_equations import MarginalSpec, fit_marginal
from models.regression.categorical.multinomial import MultinomialRows, fit_multinomial
from models.regression.categorical.ordered import OrderedRows, fit_ordered
from models.regression.inference import Uncertainty, label_estimates
from models.regression.panel.comparisons import fit_mundlak, hausman_test
from models.regression.panel.data import Panel
from models.regression.panel.estimators import (
    fit_between,
    fit_first_differences,
    fit_pooling,
    fit_random_effects,
    fit_within,
)
from models.regression.panel.fits import VarianceComponents
from tests.agreement.comparison import Agreement, Tolerance
from tests.lavaan_models import oracle

CORRELATIONS = {"univ_exch": "exchangeable", "univ_ind": "independence", "univ_ar1": "ar1"}
LINKS = {"": "logit", "_probit": "probit", "_cloglog": "cloglog"}
CUTS, WINE = ["1|2", "2|3", "3|4", "4|5"], ["tempwarm", "contactyes"]
KINDS = [("Infl", "Medium"), ("Infl", "High"), ("Type", "Apartment"), ("Type", "Atrium"), ("Type", "Terrace")]
HOUSING = [("Cont", "High")]
UNIVBCT = ("univbct_long_complete", "READY", ["JSAT", "COMMIT"], "SUBNUM", "TIME")
GRUNFELD = ("Grunfeld", "inv", ["value", "capital"], "firm", "year")
ESTIMATORS = {
    "within": fit_within,
    "twoways": lambda panel: fit_within(panel, "units and waves"),
    "between": fit_between,
    "random": fit_random_effects,
    "fd": fit_first_differences,
    "pooling": fit_pooling,
}
REML = VarianceComponents(0.2054033897250632, 0.2668468460124589)
LME4 = 1e-6


@functools.cache
def categorical_panel(reference):
    wines, univbct, grunfeld = _wines(reference), _panel(reference, *UNIVBCT), _panel(reference, *GRUNFELD)
    fit = fit_ordered(_wine_rows(reference, "logit"), [*CUTS, *WINE])
    base = {part: wines["clm_wine"][part] for part in ("logLik", "AIC")}
    return {
        **wines,
        "clm_wine_pred": {"prob": fit.probabilities(np.array([[0.0, 0], [1, 0], [0, 1], [1, 1]])).tolist()},
        "clm_wine_nominal_test": {"<none>": base},
        "polr_housing": _housing(reference),
        "multinom_housing": _satisfied(reference),
        "gee": _estimating_equations(reference),
        "panel_univ": {
            **{name: _estimated(reference, "panel_univ", univbct, name) for name in ESTIMATORS},
            "hausman": _hausman(univbct),
            "mundlak_lmer": _mundlak(univbct),
            "within_CR2": _within_cr2(univbct),
        },
        "panel_grunfeld": {
            **{name: _estimated(reference, "panel_grunfeld", grunfeld, name) for name in ("within", "random", "fd")},
            "hausman": _hausman(grunfeld)["chisq"],
        },
    }


def _wine_rows(reference, link):
    wine = pd.read_csv(reference / "oracles/data/wine.csv")
    regressors = np.column_stack([wine["temp"] == "warm", wine["contact"] == "yes"]).astype(float)
    return OrderedRows(regressors, wine["rating"].to_numpy() - 1, np.ones(len(wine)), link=link)


def _wines(reference):
    found = {}
    for key, link in LINKS.items():
        fit = fit_ordered(_wine_rows(reference, link), [*CUTS, *WINE])
        table = _normal([*CUTS, *WINE], fit, ("Estimate", "Std. Error", "z value", "Pr(>|z|)"))
        found[f"clm_wine{key}"] = {"coef": table, **_likelihood(fit), "nobs": len(fit.scores)}
    return found


def _likelihood(fit):
    return {"logLik": fit.log_likelihood, "AIC": 2 * len(fit.coefficients) - 2 * fit.log_likelihood}


def _normal(terms, fit, columns):
    uncertainty = Uncertainty(fit.covariance, np.full(len(terms), np.inf))
    table = label_estimates(tuple(terms), fit.coefficients, uncertainty, 0.95).set_index("term")
    found = table[["estimate", "std_error", "statistic", "p_value"]].to_numpy()[:, : len(columns)]
    return {term: dict(zip(columns, row.tolist(), strict=True)) for term, row in zip(terms, found, strict=True)}


def _housing_rows(reference):
    housing = pd.read_csv(reference / "oracles/data/housing.csv")
    columns = np.column_stack([housing[column] == value for column, value in [*KINDS, *HOUSING]]).astype(float)
    satisfied = housing["Sat"].map({"Low": 0, "Medium": 1, "High": 2}).to_numpy()
    return columns, satisfied, housing["Freq"].to_numpy(dtype=float)


def _housing(reference):
    terms = ["Low|Medium", "Medium|High", *("".join(pair) for pair in [*KINDS, *HOUSING])]
    fit = fit_ordered(OrderedRows(*_housing_rows(reference)), terms)
    return {"coef": _normal(terms, fit, ("Value", "Std. Error", "t value")), **_likelihood(fit)}


def _satisfied(reference):
    columns, satisfied, counts = _housing_rows(reference)
    rows = MultinomialRows(np.column_stack([np.ones(len(columns)), columns]), satisfied, counts)
    fit = fit_multinomial(rows, [str(place) for place in range(14)])
    errors = np.sqrt(np.diag(fit.covariance))
    return {
        "coef": fit.coefficients.reshape(2, 7).tolist(),
        "se": errors.reshape(2, 7).tolist(),
        "logLik": fit.log_likelihood,
    }


def _estimating_equations(reference):
    waves = pd.read_csv(reference / "oracles/data/univbct_long_complete.csv")
    companies = pd.read_csv(reference / "data/substantive/lq2002/lq2002.csv")
    companies["HIGH"] = (companies["HOSTILE"] > 1).astype(float)
    people = (["JSAT", "COMMIT", "TIME"], "READY", "SUBNUM")
    return {
        **{key: _marginal(waves, *people, MarginalSpec("gaussian", kind)) for key, kind in CORRELATIONS.items()},
        "lq_logit_exch": _marginal(companies, ["LEAD", "TSIG"], "HIGH", "COMPID", MarginalSpec("logit")),
    }


def _marginal(rows, regressors, outcome, cluster, spec):
    matrix = rows[regressors].astype(float)
    matrix.insert(0, "(Intercept)", 1.0)
    fit = fit_marginal(matrix, rows[outcome], rows[cluster], spec, rows.get("TIME"))
    table = estimates_of(fit).set_index("term")
    table["wald"] = table["statistic"] ** 2
    shown = table[["estimate", "std_error", "wald", "p_value"]].set_axis(
        ["Estimate", "Std.err", "Wald", "Pr(>|W|)"], axis=1
    )
    return {
        "coef": shown.to_dict(orient="index"),
        "vbeta_naive": _errors(naive_covariance(fit)),
        "alpha": {"alpha": fit.alpha} if fit.alpha else [],
        "scale": {"(Intercept)": fit.scale},
    }


def _panel(reference, name, outcome, regressors, unit, wave):
    rows = pd.read_csv(reference / "oracles/data" / f"{name}.csv")
    units, waves = pd.factorize(rows[unit])[0], rows[wave].rank(method="dense").astype(int).to_numpy() - 1
    return Panel(rows[outcome].to_numpy(float), rows[regressors].to_numpy(float), units, waves)


def _estimated(reference, data, panel, name):
    stored, fit = oracle(reference, 10)[data][name], ESTIMATORS[name](panel)
    terms = list(stored["coef"])
    found = {
        "coef": dict(zip(terms, fit.coefficients.tolist(), strict=True)),
        "se": dict(zip(terms, _errors(fit.classical_covariance()), strict=True)),
        "r2": {"rsq": fit.r_squared, "adjrsq": fit.adjusted_r_squared},
        "df": fit.df_resid,
    }
    if stored["se_arellano_HC0"]:
        clustered = _errors(fit.clustered_covariance("CR0").covariance)[: fit.n_shown]
        found["se_arellano_HC0"] = dict(zip(terms, clustered, strict=True))
    if "theta" in stored:
        found["theta"] = dict(zip(stored["theta"], fit.shares[panel.units].tolist(), strict=True))
        found["sigma2"] = {"idios": fit.components.residual, "id": fit.components.units}
    return found


def _errors(covariance):
    return np.sqrt(np.diag(covariance)).tolist()


def _hausman(panel):
    found = hausman_test(fit_within(panel), fit_random_effects(panel), panel)
    return {"chisq": found.statistic, "df": found.df, "p": found.p_value}


def _mundlak(panel):
    # the variances are those of R's lmer: 4.2.2, lme4 1.1-31, VarCorr(), 2026-11-26
    fit = fit_mundlak(panel, REML).fit
    errors = np.sqrt(REML.residual * np.diag(fit.solved.bread))
    rows = np.column_stack([fit.coefficients, errors, fit.coefficients / errors]).tolist()
    terms, columns = ("(Intercept)", "JSAT", "COMMIT", "mJ", "mC"), ("Estimate", "Std. Error", "t value")
    return {term: dict(zip(columns, row, strict=True)) for term, row in zip(terms, rows, strict=True)}


def _within_cr2(panel):
    fit = fit_within(panel)
    found = fit.clustered_covariance("CR2")
    return {
        "se": dict(zip(("JSAT", "COMMIT"), _errors(found.covariance), strict=False)),
        "df": dict(zip(("JSAT", "COMMIT"), found.satterthwaite_df(fit.contrasts()).tolist(), strict=True)),
    }


def _tolerance(path, tolerance):
    entry = path.split("/")[0]
    if "mundlak_lmer" in path:
        return Tolerance(LME4)
    kind = {"multinom_housing": "multinom", "gee": "gee"}.get(entry, "plm" if entry.startswith("panel") else "clm")
    return Tolerance(tolerance[kind], is_relative=kind == "plm")


def _row(path):
    parts = path.split("/")
    is_deep = parts[0].startswith("panel") and parts[1] in ESTIMATORS
    return "/".join(parts[: 3 if is_deep else 2])


CATEGORICAL_PANEL = Agreement(
    10,
    categorical_panel,
    _tolerance,
    _row,
    calls={
        r"clm_wine.*|polr_housing/.*": "models.regression.categorical.ordered.fit_ordered",
        r"multinom_housing/.*": "models.regression.categorical.multinomial.fit_multinomial",
        r"gee/.*": "models.multilevel.marginal.estimating_equations.fit_marginal",
        r"panel_\w+/(within|twoways)/.*|panel_univ/within_CR2": "models.regression.panel.estimators.fit_within",
        r"panel_\w+/between/.*": "models.regression.panel.estimators.fit_between",
        r"panel_\w+/random/.*": "models.regression.panel.estimators.fit_random_effects",
        r"panel_\w+/fd/.*": "models.regression.panel.estimators.fit_first_differences",
        r"panel_\w+/pooling/.*": "models.regression.panel.estimators.fit_pooling",
        r"panel_\w+/hausman": "models.regression.panel.comparisons.hausman_test",
        r"panel_univ/mundlak_lmer": "models.regression.panel.comparisons.fit_mundlak",
    },
)
