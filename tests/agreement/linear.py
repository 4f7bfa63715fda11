"""Least squares of soldiers in companies: oracle 08 (R 4.2.2, sandwich 3.0-2, clubSandwich 0.5.8, lmtest, car)."""

import functools
from dataclasses import replace

import numpy as np

from models.regression.cluster_moments import cluster_moments
from models.regression.clustered import cluster_covariance
from models.regression.heteroskedastic import classical_covariance, heteroskedastic_covariance
from models.regression.least_squares import solve_least_squares
from models.regression.moderation.combinations import clustered_coefficients, combine
from models.regression.reading.assumptions import (
    breusch_pagan_test,
    durbin_watson_test,
    inflation_factors,
    reset_test,
)
from models.regression.reading.influence import influence_of_responses
from models.regression.reading.standardised import cohens_f2, partial_r2, standardised_coefficients
from models.regression.wald import corrected_wald_test, wald_test
from models.regression.wild_bootstrap import wild_cluster_bootstrap
from pipelines.report_tables.summaries import adjusted_r_squared
from tests.agreement.comparison import Agreement, Tolerance
from tests.models.regression.univbct import TERMS, read_univbct
from tests.reported_fits import reported

SLOPES = np.eye(4)[1:]
KINDS = ("CR0", "CR1", "CR1S", "CR2", "CR3")
IN_SANDWICH = {"HC0_cadjust": "CR1", "HC1_CR1S_stata": "CR1S", "HC2": "CR2", "HC3": "CR3"}


def by_term(values):
    return dict(zip(TERMS, np.asarray(values).tolist(), strict=True))


def errors(covariance):
    return by_term(np.sqrt(np.diag(covariance)))


@functools.cache
def fitted(reference):
    rows = read_univbct(reference)
    fit = solve_least_squares(rows.matrix, rows.outcome)
    moments = cluster_moments(fit, rows.companies)
    return rows, fit, moments, {kind: cluster_covariance(moments, kind) for kind in KINDS}


@functools.cache
def linear(reference):
    rows, fit, moments, clustered = fitted(reference)
    return {
        "univbct_company": {
            "n": fit.n_obs,
            "k": fit.n_coefficients,
            "G": moments.n_clusters,
            "coef": by_term(fit.coefficients),
            "se_classical": errors(classical_covariance(fit)),
            "sigma": np.sqrt(fit.sigma2),
            **_explained(rows, fit),
            "hc": {kind: errors(heteroskedastic_covariance(fit, kind)) for kind in ("HC0", "HC1", "HC2", "HC3")},
            "cluster_vcovCL": {name: errors(clustered[kind].covariance) for name, kind in IN_SANDWICH.items()},
            "CR": {kind: _tested(fit, clustered[kind]) for kind in KINDS},
            "wald_all_slopes_CR2": _wald(fit, clustered["CR2"]),
            "vif": inflation_factors(classical_covariance(fit), {term: [TERMS.index(term)] for term in TERMS[1:]}),
            "diag": _diagnosed(rows, fit),
            **_sizes(rows, fit),
        },
        "wild_cluster_company": [_bootstrapped(fit, moments, place) for place in (1, 2, 3)],
    }


def _explained(rows, fit):
    squares = float(((rows.outcome - rows.outcome.mean()) ** 2).sum())
    test = wald_test(fit.coefficients, classical_covariance(fit), SLOPES, fit.df_resid)
    r_squared = 1 - float(fit.residuals @ fit.residuals) / squares
    printed = replace(reported(), r_squared=r_squared, n_obs=fit.n_obs, df_resid=fit.df_resid)
    return {
        "r2": r_squared,
        "adj_r2": adjusted_r_squared(printed),
        "F": {"value": test.statistic, "numdf": test.df, "dendf": test.df_resid},
    }


def _tested(fit, covariance):
    found = combine(clustered_coefficients(fit.coefficients, covariance), np.eye(4))
    return {
        "se": by_term(found.std_error),
        "t": by_term(found.statistic),
        "df": by_term(found.df),
        "p": by_term(found.p_value),
        "ci_L": by_term(found.conf_low),
        "ci_U": by_term(found.conf_high),
        "vcov": covariance.covariance.tolist(),
    }


def _wald(fit, covariance):
    tests = [wald_test(fit.coefficients, covariance.covariance, SLOPES, df) for df in (7.0, 4.0)]
    tests.append(corrected_wald_test(fit.coefficients, covariance, SLOPES))
    return [
        {"Fstat": each.statistic, "df_num": each.df, "df_denom": each.df_resid, "p_val": each.p_value} for each in tests
    ]


def _diagnosed(rows, fit):
    spread, form, found = breusch_pagan_test(fit), reset_test(fit, rows.outcome), influence_of_responses(fit)
    return {
        "bp_studentized": {"statistic.BP": spread.statistic, "parameter.df": spread.df, "p.value.BP": spread.p_value},
        "reset": {"statistic.RESET": form.statistic, "p.value": form.p_value},
        "dw": durbin_watson_test(fit).statistic,
        "cook_top5": _largest(found.cooks_distance),
        "hat_top5": _largest(found.leverage),
        "rstudent_max": np.abs(found.studentised).max(),
        "dffits_max": np.abs(found.dffits).max(),
    }


def _largest(values):
    top = np.argsort(-values)[:5]
    return {"row": (top + 1).tolist(), "value": values[top].tolist()}


def _sizes(rows, fit):
    statistics = fit.coefficients / np.sqrt(np.diag(classical_covariance(fit)))
    sizes = {
        "std_coef": standardised_coefficients(rows.matrix, rows.outcome, fit.coefficients),
        "partial_r2": partial_r2(statistics, fit.df_resid),
        "cohen_f2": cohens_f2(statistics, fit.df_resid),
    }
    return {name: dict(zip(TERMS[1:], values[1:].tolist(), strict=True)) for name, values in sizes.items()}


def _bootstrapped(fit, moments, place):
    found = wild_cluster_bootstrap(moments, fit.coefficients, place, np.random.default_rng(0))
    return {"t": found.statistic, "n_draws": found.n_draws, "p_sym": found.p_value}


def _tolerance(path, tolerance):
    return Tolerance(tolerance["df" if "/df" in path else "closed_form"])


def _row(path):
    parts = path.split("/")
    if parts[0] == "wild_cluster_company":
        return f"{parts[0]}/*/{parts[2]}"
    is_deep = parts[1] in ("hc", "cluster_vcovCL", "diag", "CR")
    return "/".join(parts[: 4 if parts[1] == "CR" else 3 if is_deep else 2])


LINEAR = Agreement(
    8,
    linear,
    _tolerance,
    _row,
    calls={
        r"univbct_company/(n|k|G|coef|sigma|r2)": "models.regression.least_squares.solve_least_squares",
        r"univbct_company/adj_r2": "pipelines.report_tables.summaries.adjusted_r_squared",
        r"univbct_company/(se_classical)": "models.regression.heteroskedastic.classical_covariance",
        r"univbct_company/hc/.*": "models.regression.heteroskedastic.heteroskedastic_covariance",
        r"univbct_company/(cluster_vcovCL/.*|CR/\w+/(se|df|vcov))": "models.regression.clustered.cluster_covariance",
        r"univbct_company/CR/\w+/(t|p|ci_[LU])": "models.regression.moderation.combinations.combine",
        r"univbct_company/F": "models.regression.wald.wald_test",
        r"univbct_company/wald_all_slopes_CR2": "models.regression.wald.corrected_wald_test",
        r"univbct_company/vif": "models.regression.reading.assumptions.inflation_factors",
        r"univbct_company/diag/bp_studentized": "models.regression.reading.assumptions.breusch_pagan_test",
        r"univbct_company/diag/reset": "models.regression.reading.assumptions.reset_test",
        r"univbct_company/diag/dw": "models.regression.reading.assumptions.durbin_watson_test",
        r"univbct_company/diag/\w+_(top5|max)": "models.regression.reading.influence.influence_of_responses",
        r"univbct_company/std_coef": "models.regression.reading.standardised.standardised_coefficients",
        r"univbct_company/partial_r2": "models.regression.reading.standardised.partial_r2",
        r"univbct_company/cohen_f2": "models.regression.reading.standardised.cohens_f2",
        r"wild_cluster_company/.*": "models.regression.wild_bootstrap.wild_cluster_bootstrap",
    },
    not_computed={
        r"univbct_company/(aic|bic|loglik)": "fit of a linear model is given as R2, adjusted or not: information "
        "criteria are not offered",
        r"univbct_company/hc/HC[45]/.*": "HC4 and HC5 are not offered; HC3 is",
        r"univbct_company/CR/CR1p/.*": "CR1p, of the factor G/(G-p), is not offered; CR1, CR1S and CR2 are",
        r"univbct_company/wald_all_slopes_CR2/\d/delta": "the share of the naive statistic that is kept, which follows "
        "from the degrees of freedom",
        r"univbct_company/wald_all_slopes_CR2/3/.*": "the test EDF is not offered; HTZ is",
        r"univbct_company/diag/shapiro_n": "rows of a test whose results are not stored",
        r"wild_cluster_company/\d/p_(sym_strict|equal_tail)": "p-values that leave out draws equal to t, or double one "
        "tail, are not offered",
    },
)
