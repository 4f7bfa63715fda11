"""Agreement within organisations, of raters and of coders: oracle 06 (R 4.2.2, multilevel 2.7, psych 2.2.9)."""

import functools

import numpy as np
import pandas as pd

from models.coding.agreement import cohen_kappa
from models.measurement.aggregation.grouped import grouped_items
from models.measurement.aggregation.nulls import null_variance
from models.measurement.aggregation.within_group import rwg_j
from models.measurement.raters import intraclass
from tests.agreement.comparison import Agreement, Tolerance
from tests.lavaan_models import oracle


@functools.cache
def aggregation(reference):
    stored = oracle(reference, 6)
    kappa = cohen_kappa(np.array([stored["kappa"]["a"], stored["kappa"]["b"]], dtype=float).T)
    raters = intraclass(np.array(stored["shrout_fleiss"]["data"], dtype=float))
    return {
        "bhr2000_rwg_AF06": _within(reference, ["AF06"], 0),
        "bhr2000_rwgj": _within(reference, stored["bhr2000_rwgj"]["items"], 10),
        "shrout_fleiss": {
            "rows": [
                {
                    "type": each.name,
                    "ICC": each.estimate,
                    "F": each.f_value,
                    "df1": each.df_1,
                    "df2": each.df_2,
                    "p": each.p_value,
                    "lower bound": each.conf_low,
                    "upper bound": each.conf_high,
                }
                for each in raters
            ]
        },
        "kappa": {"kappa": kappa.estimate, "ci": [[kappa.conf_low, kappa.estimate, kappa.conf_high]]},
    }


def _within(reference, items, n_first):
    answers = pd.read_csv(reference / "oracles/data/bhr2000.csv")
    found = rwg_j(grouped_items(answers[items], answers["GRP"]), null_variance("uniform", 5))
    return {"mean": found.mean(), "median": found.median(), "head": found.head(n_first).tolist()}


def _row(path):
    entry, part, *_ = path.split("/")
    return f"{entry}/{part}" if entry != "shrout_fleiss" else f"{entry}/{path.rsplit('/', 1)[1]}"


AGGREGATION = Agreement(
    6,
    aggregation,
    lambda _, tolerance: Tolerance(tolerance["closed_form"]),
    _row,
    not_computed={
        r"shrout_fleiss/data/.*|kappa/[ab]/.*": "data, not results",
        r"kappa/weighted_quadratic|kappa/ci/1/.*": "weighted kappa is not offered: codes of open answers have no order",
    },
)
