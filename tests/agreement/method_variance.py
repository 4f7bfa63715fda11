"""Common method variance of army companies: the part ``cmv`` of oracle 04 (R 4.2.2, psych 2.2.9, lavaan 0.6-14)."""

import numpy as np
import pandas as pd

from models.measurement.common_source.harman import harman_share
from models.measurement.common_source.method_factor import unmeasured_method_factor
from models.measurement.confirmatory.model import FactorModel
from models.measurement.confirmatory.sample import sample_of

LEADERSHIP = tuple(f"LEAD{number:02d}" for number in range(1, 12))
SIGNIFICANCE = tuple(f"TSIG{number:02d}" for number in range(1, 4))
HOSTILITY = tuple(f"HOSTIL{number:02d}" for number in range(1, 6))


def companies_of(reference, model):
    return sample_of(pd.read_csv(reference / "data/substantive/lq2002/lq2002.csv")[list(model.items)].to_numpy(float))


def method_variance(reference):
    companies = pd.read_csv(reference / "data/substantive/lq2002/lq2002.csv")
    harman = harman_share(companies.filter(regex=r"^(LEAD|TSIG|HOSTIL)\d\d$").corr().to_numpy())
    model = FactorModel({"LEADF": LEADERSHIP, "TSIGF": SIGNIFICANCE, "HOSTF": HOSTILITY})
    found = unmeasured_method_factor(model, companies_of(reference, model))
    difference = found.difference
    return {
        "harman_pca_first_share": harman.components,
        "harman_paf_first_share": harman.axis,
        "one_factor": _fit(found.one_factor),
        "three_factor": _fit(found.without),
        "ulmc_equal": {
            "fit": _fit(found.with_method),
            "method_loading": found.loading,
            "method_variance_share": found.variance_share,
        },
        "delta_chisq": {
            "Chisq diff": difference.statistic,
            "Df diff": difference.df,
            "Pr(>Chisq)": difference.p_value,
        },
    }


def _fit(each):
    likelihood, k = each.fit.likelihood.log_likelihood(each.fit.theta), each.fit.layout.n_free
    return {
        "chisq": each.fit.standard.statistic,
        "df": each.fit.standard.df,
        "cfi": each.cfi,
        "rmsea": each.rmsea,
        "srmr": each.srmr,
        "aic": 2 * (k - likelihood),
        "bic": k * np.log(each.fit.likelihood.n_obs) - 2 * likelihood,
    }
