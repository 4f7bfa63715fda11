"""How strong a confounder must be to explain a coefficient of a logit or of counts away, as readings."""

import numpy as np
import pandas as pd

from models.estimates import Vector
from models.regression.columns import PRODUCT
from models.regression.reading.e_value import e_value_of_logarithm
from models.sections.inference import OF_COUNTS, Estimator

ODDS = ("logit", "firth_logit", "gee_logit", "misclassified_logit")
RATIOS = OF_COUNTS
RARE = 0.15


def e_value_readings(
    estimator: Estimator, estimates: pd.DataFrame, focal: tuple[str, ...], outcome: Vector, weights: Vector
) -> pd.DataFrame:
    """Return the E-value of every term of the focal regressor but of products; none for other estimators.

    Args:
        estimator: The estimator.
        estimates: One row a term with its interval.
        focal: Terms of the focal regressor.
        outcome: n outcomes; a share of 1s below 15 % is rare.
        weights: n.
    """
    rows: list[dict[str, object]] = []
    if estimator in (*ODDS, *RATIOS):
        is_common = estimator in ODDS and float(np.average(outcome, weights=weights)) >= RARE
        kept = estimates[estimates["term"].isin([term for term in focal if PRODUCT not in term])]
        ends = kept[["estimate", "conf_low", "conf_high"]].to_numpy(dtype=float)
        for term, (estimate, low, high) in zip(kept["term"], ends, strict=True):
            found = e_value_of_logarithm(float(estimate), float(low), float(high), is_common_odds=is_common)
            said = {"term": term, "reading": "e_value", "value": found.of_estimate, "conf_low": found.of_limit}
            rows.append({**said, "conf_high": np.nan, "verdict": ""})
    return pd.DataFrame(rows, columns=["term", "reading", "value", "conf_low", "conf_high", "verdict"])
