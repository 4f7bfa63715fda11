"""Small analysis tables and models for the tests of regressions."""

import numpy as np
import pandas as pd

from models.sections.population import Population
from models.spec import RegressionSpec


def invented_analysis(n=60, seed=7):
    """Return invented responses of two groups in six organisations, with two scales, an item and a language."""
    random = np.random.default_rng(seed)
    trust = random.normal(3, 1, n)
    workload = random.normal(2.5, 0.8, n)
    return pd.DataFrame(
        {
            "response_id": pd.Series([f"wave1/{number:04d}" for number in range(n)], dtype="str"),
            "wave": "wave1",
            "source": "survey",
            "respondent_group": np.where(np.arange(n) % 3 == 0, "manager", "frontline"),
            "organisation_id": pd.Series([f"org{number % 6}" for number in range(n)], dtype="str"),
            "language": np.where(np.arange(n) % 2 == 0, "da", "en"),
            "education": pd.Series(random.integers(1, 4, n), dtype="Int16"),
            "trust": pd.Series(trust, dtype="Float64"),
            "trust_organisation_mean": pd.Series(trust.round(), dtype="Float64"),
            "trust_within_organisation": pd.Series(trust - trust.round(), dtype="Float64"),
            "workload": pd.Series(workload, dtype="Float64"),
            "strain": pd.Series(1 - 0.4 * trust + 0.5 * workload + random.normal(0, 1, n), dtype="Float64"),
        }
    )


def model_of(*regressors, **changes):
    """Return a model of strain; the first regressor is the focal one."""
    given = {
        "name": "strain",
        "kind": "regression",
        "title": {"en": "Strain"},
        "estimand": "Difference in strain",
        "outcome": "strain",
        "regressors": regressors or ("trust", "workload"),
        "focal": (regressors or ("trust",))[0],
        "population": Population(),
        "bootstrap_draws": 0,
    }
    return RegressionSpec(**{**given, **changes})
