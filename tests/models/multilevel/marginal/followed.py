"""Invented people followed over waves, and dense matrices that estimating equations are checked with."""

import numpy as np
import pandas as pd

from models.multilevel.marginal.estimating_equations import MarginalSpec, fit_marginal
from models.multilevel.marginal.outcomes import OUTCOMES

OUTCOME_NAMES = ["gaussian", "logit", "poisson"]
CORRELATIONS = ["independence", "exchangeable", "ar1"]


def followed(seed, n_people=60, sd=0.8):
    """Draw people answering in two to five of the waves 1, 2, 4, 5 and 9."""
    rng = np.random.default_rng(seed)
    rows = [
        {"person": person, "wave": wave}
        for person in range(n_people)
        for wave in rng.choice([1, 2, 4, 5, 9], rng.integers(2, 6), replace=False)
    ]
    table = pd.DataFrame(rows)
    table["age"], table["lead"] = rng.normal(size=len(table)), rng.integers(0, 2, len(table)).astype(float)
    level = 0.3 + 0.4 * table["age"] - 0.3 * table["lead"] + sd * rng.normal(size=n_people)[table["person"]]
    table["gaussian"] = level + rng.normal(size=len(table))
    table["logit"] = (level + rng.logistic(size=len(table)) > 0).astype(float)
    table["poisson"] = rng.poisson(np.exp(1 + level / 3)).astype(float)
    return table


def matrix(table):
    return pd.DataFrame({"intercept": 1.0, "age": table["age"], "lead": table["lead"]})


def solved(table, outcome, correlation):
    waves = table["wave"] if correlation == "ar1" else None
    return fit_marginal(matrix(table), table[outcome], table["person"], MarginalSpec(outcome, correlation), waves)


def dense(fit):
    """Return of each cluster D, V without scale and residuals, written out."""
    outcome, found = OUTCOMES[fit.spec.outcome], []
    for code in range(fit.rows.n_clusters):
        at = fit.rows.codes == code
        regressors, waves = fit.rows.matrix[at], fit.rows.waves[at]
        predictor = regressors @ fit.coefficients
        variance = outcome.variance(predictor)
        correlation = np.full((at.sum(), at.sum()), fit.alpha)
        if fit.spec.correlation == "ar1":
            correlation = float(fit.alpha) ** np.abs(waves[:, None] - waves)
        np.fill_diagonal(correlation, 1.0)
        roots = np.sqrt(variance)
        residuals = fit.rows.outcome[at] - outcome.mean(predictor)
        found.append((regressors * variance[:, None], correlation * roots * roots[:, None], residuals))
    return found
