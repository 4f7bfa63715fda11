"""Quantiles of weighted rows with Woodruff's intervals."""

# pyright: reportMissingTypeStubs=false, reportUnknownArgumentType=false, reportUnknownVariableType=false

from collections.abc import Sequence

import numpy as np
import pandas as pd

from models.estimates import Vector
from models.regression.identification import ModelDataError
from models.regression.inference import t_quantiles
from models.survey_design.design import SurveyDesign
from models.survey_design.estimated import linearised_estimate, refuse_missing
from models.survey_design.means import means

ROUNDING = 1e-12


def weighted_quantile(outcome: Vector, weights: Vector, share: float) -> float:
    """Return the least value at which the weighted share of values up to it reaches ``share``; no interpolation.

    References:
        R: ``svyquantile(qrule = "math")`` (the same as ``"hf1"``), but for shares below the weight of the least value,
        where survey 4.1 takes the second.
    """
    is_in = weights > 0
    values, places = np.unique(outcome[is_in], return_inverse=True)
    reached = np.cumsum(np.bincount(places.ravel(), weights=weights[is_in]))
    at = int(np.searchsorted(reached, share * reached[-1] * (1 - ROUNDING)))
    return float(values[min(at, len(values) - 1)])


def quantiles(
    design: SurveyDesign, outcome: Vector, shares: Sequence[float], confidence_level: float = 0.95
) -> pd.DataFrame:
    """Estimate quantiles of the design's subpopulation.

    The interval is Woodruff's: t's interval of the share of values up to the quantile, its ends turned into quantiles.
    The standard error is the interval's width over twice the t quantile.

    Args:
        design: n rows.
        outcome: n values.
        shares: Between 0 and 1.
        confidence_level: Of the intervals.

    Returns:
        One row a share: share, estimate, std_error, df, conf_low, conf_high; an end is NaN where the interval of the
        share leaves 0 to 1, and then the standard error too.

    Raises:
        ModelDataError: When a share is not between 0 and 1, or values are missing.

    References:
        Woodruff (1952), Journal of the American Statistical Association 47, 635-646; Francisco and Fuller (1991),
        Annals of Statistics 19(1), 454-469. R: ``svyquantile(interval.type = "mean", qrule = "math")``, the default of
        survey 4.1.
    """
    values = np.asarray(outcome, dtype=float)
    refuse_missing(values[:, None], design.domain_weights, ("outcome",))
    if wrong := [share for share in shares if not 0 < share < 1]:
        raise ModelDataError(f"a quantile at {wrong[0]:g} is asked for; expected shares between 0 and 1, such as .5")
    return pd.DataFrame([_quantile(design, values, share, confidence_level) for share in shares])


def _quantile(design: SurveyDesign, values: Vector, share: float, confidence_level: float) -> dict[str, float]:
    weights = design.domain_weights
    estimate = weighted_quantile(values, weights, share)
    below = linearised_estimate(design, means(("share",), (values <= estimate).astype(float)[:, None]))
    reach = float(t_quantiles(confidence_level, np.array([below.df]))[0])
    half = reach * float(below.std_errors[0])
    low, high = (_at(values, weights, float(below.estimates[0]) + sign * half) for sign in (-1, 1))
    return {
        "share": share,
        "estimate": estimate,
        "std_error": (high - low) / (2 * reach),
        "df": below.df,
        "conf_low": low,
        "conf_high": high,
    }


def _at(values: Vector, weights: Vector, share: float) -> float:
    return weighted_quantile(values, weights, share) if 0 <= share <= 1 else float("nan")
