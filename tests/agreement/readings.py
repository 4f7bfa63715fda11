"""Multiplicity, sensitivity, equivalence, power: oracle 14 (R 4.2.2, pwr 1.3-0, effectsize 0.8.3, multilevel 2.7)."""

import functools

import numpy as np
import pandas as pd

from models.measurement.exploratory.correlations import correlations
from models.measurement.raters import stability
from models.regression.heteroskedastic import classical_covariance
from models.regression.least_squares import solve_least_squares
from models.regression.moderation.combinations import Coefficients, combine
from models.regression.reading.e_value import e_value, e_value_of_difference
from models.regression.reading.equivalence import equivalence_of_means, equivalence_test
from models.regression.reading.multiplicity import ADJUSTED, adjust_p_values
from models.regression.reading.power import (
    least_for,
    power_of_anova,
    power_of_clustered_means,
    power_of_correlation,
    power_of_f2,
    power_of_two_means,
)
from models.regression.reading.standardised import standardised_difference
from models.regression.wald import wald_test
from tests.agreement.comparison import Agreement, Tolerance
from tests.lavaan_models import oracle

FIRST_WAVE = ["JOBSAT1", "COMMIT1", "READY1"]


@functools.cache
def readings(reference):
    stored = oracle(reference, 14)
    rows = pd.read_csv(reference / "oracles/data/univbct.csv").query("TIME == 0")
    companies = [rows.loc[name == rows.COMPANY, "READY1"].dropna().to_numpy() for name in "AB"]
    p_values = np.array(stored["p_adjust"]["p"])
    return {
        "p_adjust": {name: adjust_p_values(p_values, name).tolist() for name in sorted(ADJUSTED)},
        "evalue": _e_values(),
        "tost": _equivalence(reference, companies),
        "cohens_d": _difference(companies),
        "power": _power(stored["power"]["cluster"]),
        "cor": _correlated(rows[FIRST_WAVE].dropna()),
        "paired_change": _change((rows["JOBSAT3"] - rows["JOBSAT1"]).dropna().to_numpy()),
        "boxcox_levene": _spreads(rows[["READY1", "COMPANY"]].dropna()),
    }


@functools.cache
def closer(_):
    # R 4.2.2, 2026-11-26, roots with uniroot(tol = 1e-14) of pwr's formulas (pwr.t.test, pwr.r.test, pwr.f2.test,
    # pwr.anova.test); pt(t, 248, ncp) = .975 and .025, times sqrt(1/134 + 1/116), times J.
    return {
        "power": {
            "t2_d.5_p80": 63.76561019093706,
            "r.3_p80": 84.07363774429608,
            "f2_min_u5_v100_p80": 0.1278584648761552,
            "anova_k4_f.25_p80": 44.59927428472365,
        },
        "cohens_d": {
            "ci": [-0.5195692185919577, -0.003339157679853555],
            "g_ci": [-0.5178874621824436, -0.003328349399398277],
        },
    }


def _e_values():
    ratio, difference = e_value(3.9, 1.8, 8.7), e_value_of_difference(0.5, 0.25)
    return {
        "rr_3.9": ratio.of_estimate,
        "rr_3.9_lo1.8": ratio.of_limit,
        "rr_0.8": e_value(0.8, 0.71, 0.91).of_estimate,
        "d_0.5": difference.of_estimate,
        "d_0.5_se_.25_ci": difference.of_limit,
    }


def _equivalence(reference, companies):
    means = equivalence_of_means(*companies, smallest=0.5)
    army = pd.read_csv(reference / "data/substantive/lq2002/lq2002.csv")
    matrix = np.column_stack([np.ones(len(army)), army[["LEAD", "TSIG"]]])
    fit = solve_least_squares(matrix, army["HOSTILE"].to_numpy(float))
    error = float(np.sqrt(classical_covariance(fit)[2, 2]))
    coefficient = equivalence_test(float(fit.coefficients[2]), error, fit.df_resid, smallest=0.1)
    return {
        "companyAvB_raw_.5": {
            "p_lower": means.p_lower,
            "p_upper": means.p_upper,
            "p": means.p_value,
            "df": means.df,
            "ci90": [means.conf_low, means.conf_high],
            "diff": means.estimate,
        },
        "coef_TSIG_bound_.1": {"lower": coefficient.p_lower, "upper": coefficient.p_upper},
    }


def _difference(companies):
    found = standardised_difference(*companies)
    return {"d": found.d, "ci": [found.d_low, found.d_high], "g": found.g, "g_ci": [found.g_low, found.g_high]}


def _power(design):
    sizes = {
        "t2_d.5_p80": (lambda n: power_of_two_means(0.5, n, n), 2.0),
        "r.3_p80": (lambda n: power_of_correlation(0.3, n), 4.0),
        "f2_min_u5_v100_p80": (lambda effect: power_of_f2(effect, 5, 100), 0.0),
        "anova_k4_f.25_p80": (lambda n: power_of_anova(0.25, 4, n), 2.0),
    }
    clustered = power_of_clustered_means(design["d"], design["J"], design["n"], design["icc"])
    return {
        "t2_d.5_n64": power_of_two_means(0.5, 64, 64),
        "f2_.15_u3_v76": power_of_f2(0.15, 3, 76),
        **{name: least_for(power, 0.8, start) for name, (power, start) in sizes.items()},
        "cluster": {"power": clustered},
    }


def _correlated(rows):
    found = correlations(rows, "pearson")
    matrix = np.column_stack([np.ones(len(rows)), rows["COMMIT1"]])
    slope = _with_t(solve_least_squares(matrix, rows["JOBSAT1"].to_numpy()))
    twice = stability(rows["JOBSAT1"].to_numpy(), rows["COMMIT1"].to_numpy())
    interval = [twice.conf_low, twice.conf_high]
    return {"n": found.n_obs, "pearson": found.matrix.tolist(), "ci": interval, "p": slope.p_value[1]}


def _change(changes):
    fit = solve_least_squares(np.ones((len(changes), 1)), changes)
    found = _with_t(fit)
    return {
        "n": fit.n_obs,
        "t": found.statistic[0],
        "df": fit.df_resid,
        "p": found.p_value[0],
        "ci": [found.conf_low[0], found.conf_high[0]],
        "rci_sd_diff": np.sqrt(fit.sigma2),
    }


def _with_t(fit):
    return combine(Coefficients(fit.coefficients, classical_covariance(fit), fit.df_resid), np.eye(fit.n_coefficients))


def _spreads(rows):
    away = (rows["READY1"] - rows.groupby("COMPANY")["READY1"].transform("median")).abs().to_numpy()
    codes, companies = pd.factorize(rows["COMPANY"])
    matrix = np.column_stack([np.ones(len(rows)), codes[:, None] == np.arange(1, len(companies))]).astype(float)
    fit = solve_least_squares(matrix, away)
    found = wald_test(fit.coefficients, classical_covariance(fit), np.eye(len(companies))[1:], fit.df_resid)
    return {"levene_F": found.statistic, "p": found.p_value}


def _row(path):
    parts = path.split("/")
    return parts[0] if parts[0] in ("evalue", "paired_change", "boxcox_levene") else "/".join(parts[:2])


READINGS = Agreement(
    14,
    readings,
    lambda _, tolerance: Tolerance(tolerance["all"]),
    _row,
    closer,
    calls={
        r"p_adjust/.*": "models.regression.reading.multiplicity.adjust_p_values",
        r"evalue": "models.regression.reading.e_value.e_value",
        r"tost/companyAvB_raw_.5": "models.regression.reading.equivalence.equivalence_of_means",
        r"tost/coef_TSIG_bound_.1": "models.regression.reading.equivalence.equivalence_test",
        r"cohens_d/.*": "models.regression.reading.standardised.standardised_difference",
        r"power/t2_.*": "models.regression.reading.power.power_of_two_means",
        r"power/r.3_p80": "models.regression.reading.power.power_of_correlation",
        r"power/f2_.*": "models.regression.reading.power.power_of_f2",
        r"power/anova_.*": "models.regression.reading.power.power_of_anova",
        r"power/cluster": "models.regression.reading.power.power_of_clustered_means",
        r"cor/(n|pearson)": "models.measurement.exploratory.correlations.correlations",
        r"cor/ci": "models.measurement.raters.stability",
        r"cor/p|paired_change": "models.regression.moderation.combinations.combine",
        r"boxcox_levene": "models.regression.wald.wald_test",
    },
    not_computed={
        r"p_adjust/p/\d+|power/cluster/(J|n|icc|d)": "given, not results",
        r"cor/(spearman|kendall)/.*": "rank correlations are not offered",
        r"welch/.*": "a test of several means under unequal variances is not offered: the Wald test with HC or CR2 is",
    },
)
