"""Intervals and p-values by coarse degrees of freedom, which tell no numbers of groups or missing values.

Whoever has estimate, standard error and interval knows the quantile of t, and by it the degrees of freedom: of a mixed
model those of Satterthwaite or Kenward and Roger, which count its groups exactly where numbers are rounded to 5; of
imputed values those of Barnard and Rubin, which tell the fraction of missing information; by a design the sampled units
less the strata. They are rounded down to a step, so that intervals are no narrower and p-values no smaller.
"""

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import pandas as pd

from models.estimates import Vector
from models.regression.inference import t_quantiles, two_sided_p
from models.sections.imputation import IMPUTATIONS
from models.sections.inference import FIGURES, MARGINAL, MIXED_CATEGORICAL, REPLICATED

OF_GROUPS = ("mixed",)
OF_EQUATIONS = ("mediation", "two_outcomes")
"""Several regressions by least squares on the same responses."""
OF_SAMPLES = ("design", *REPLICATED)
"""Covariances by the design of a sample."""
WITH_OWN_RULES = (*OF_GROUPS, *OF_EQUATIONS, *MARGINAL, *MIXED_CATEGORICAL, *FIGURES)
STEPS = (1.0, 5.0, 10.0, 15.0, 20.0, 25.0, 30.0, 40.0, 60.0, 120.0)


def has_rules_of_its_own(fit: Mapping[Any, Any], diagnostics: Collection[str]) -> bool:
    """Tell whether a fit is of groups, of several equations, of imputed values or by the design of a sample.

    Args:
        fit: Row of ``out.fits``.
        diagnostics: Names of its diagnostics.
    """
    return fit["estimator"] in WITH_OWN_RULES or IMPUTATIONS in diagnostics or fit["covariance"] in OF_SAMPLES


def coarse_degrees(df: Vector) -> Vector:
    """Round degrees of freedom down to one of ``STEPS``; infinite ones, of the normal distribution, stay."""
    steps = np.array(STEPS)
    places = np.maximum(np.searchsorted(steps, df, side="right") - 1, 0)
    return np.where(np.isinf(df), df, steps[places])


def with_coarse_degrees(estimates: pd.DataFrame, confidence_levels: Mapping[str, float]) -> pd.DataFrame:
    """Return estimates with the intervals and p-values of some fits by coarse degrees of freedom.

    Args:
        estimates: Rows of ``out.estimates``.
        confidence_levels: Fit → confidence level of its intervals; other fits stay as they are, and so do terms without
            degrees of freedom, such as indirect effects, whose intervals may be of another kind.
    """
    own = (estimates["fit_id"].isin(list(confidence_levels)) & np.isfinite(estimates["df"].astype(float))).to_numpy()
    if not own.any():
        return estimates
    rows = estimates[own]
    df = coarse_degrees(rows["df"].to_numpy(dtype=float))
    levels = rows["fit_id"].map(confidence_levels).to_numpy(dtype=float)
    quantiles = np.empty(len(rows))
    for level in np.unique(levels):
        quantiles[levels == level] = t_quantiles(float(level), df[levels == level])
    estimate, error = rows["estimate"].to_numpy(dtype=float), rows["std_error"].to_numpy(dtype=float)
    found = estimates.copy()
    found.loc[own, "p_value"] = two_sided_p(rows["statistic"].to_numpy(dtype=float), df)
    found.loc[own, "conf_low"] = estimate - quantiles * error
    found.loc[own, "conf_high"] = estimate + quantiles * error
    return found
