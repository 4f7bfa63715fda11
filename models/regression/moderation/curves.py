"""How the fitted outcome changes over a variable that is focal or bent, all else at its mean; pointwise intervals."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from models.estimates import Vector
from models.regression.columns import column_of
from models.regression.moderation.combinations import Combinations, combine
from models.regression.moderation.fitted import Columns, FittedDesign
from models.sections.inference import OF_COUNTS
from models.sections.regressors import Variable, focal_variable

N_POINTS = 41
CURVE_COLUMNS = (
    *("curve", "over", "moderator", "at", "focal_term", "position", "value"),
    *("estimate", "std_error", "conf_low", "conf_high", "unit"),
)
UNITS: Mapping[str, str] = {
    **dict.fromkeys(("linear", "mixed", "gee_linear", "random_effects", "within_between", "between"), "outcome"),
    **dict.fromkeys(("logit", "probit", "firth_logit", "gee_logit", "misclassified_logit"), "probability"),
    **dict.fromkeys(OF_COUNTS, "count"),
}
RELATIVE = "linear_predictor"
"""Without an intercept among the coefficients heights are told apart from each other only."""
Row = dict[str, object]


def outcome_curves(fitted: FittedDesign, moderators: Mapping[Variable, Mapping[str, object]]) -> list[Row]:
    """Return the fitted outcome over every number that is focal, or bent by powers or a spline.

    Other columns are at their means over the responses used, categories at their shares. The focal number gets a curve
    at each asked value of each moderator. The interval of a probability or count is the linear predictor's, turned.

    Args:
        fitted: The fit; without a curve where its coefficients are not those of its columns.
        moderators: Moderator of the focal regressor → values of it by name.

    References:
        R: ``ggeffects::predict_response(margin = "mean_mode")`` for numbers; ``emmeans(weights = "proportional")``.
    """
    focal = focal_variable(fitted.spec.focal)
    drawn = [each for each in _alone(fitted) if fitted.is_number(each)]
    rows: list[Row] = []
    for variable in drawn if fitted.has_terms([term for term in fitted.means if term != "intercept"]) else []:
        if variable == focal and moderators:
            for moderator, values in moderators.items():
                for name, value in values.items():
                    rows += _curve(fitted, variable, (moderator, name, value))
        elif variable == focal or not fitted.is_line(variable):
            rows += _curve(fitted, variable, None)
    return rows


def rows_of_curve(key: Mapping[str, object], values: Vector, found: Combinations) -> list[Row]:
    """Return one row a point of a curve."""
    return [
        {
            **key,
            "position": place,
            "value": float(value),
            "estimate": float(found.estimate[place]),
            "std_error": float(found.std_error[place]),
            "conf_low": float(found.conf_low[place]),
            "conf_high": float(found.conf_high[place]),
        }
        for place, value in enumerate(values)
    ]


def _alone(fitted: FittedDesign) -> list[Variable]:
    return [each for each in fitted.spec.regressors_as_variables() if isinstance(each, Variable)]


def _curve(fitted: FittedDesign, variable: Variable, at: tuple[Variable, str, object] | None) -> list[Row]:
    observed = fitted.distribution(variable)
    grid: Vector = np.linspace(observed.least, observed.largest, N_POINTS)
    fixed: dict[Variable, Columns] = {}
    fixed[variable] = fitted.columns_at(variable, pd.Series(grid))
    if at is not None:
        fixed[at[0]] = fitted.columns_at(at[0], pd.Series([at[2]] * N_POINTS))
    found = combine(fitted.coefficients, fitted.outcome_at(fixed, N_POINTS), fitted.spec.confidence_level)
    key = {
        "curve": "outcome",
        "over": column_of(variable),
        "moderator": column_of(at[0]) if at is not None else "",
        "at": at[1] if at is not None else "",
        "focal_term": "",
        "unit": UNITS.get(fitted.spec.estimator, RELATIVE) if "intercept" in fitted.terms else RELATIVE,
    }
    return rows_of_curve(key, grid, _in_units(found, fitted.spec.estimator))


def _in_units(found: Combinations, estimator: str) -> Combinations:
    """Turn a linear predictor into a probability or count; then there is no standard error."""
    from scipy import special  # noqa: PLC0415

    turned = {
        **dict.fromkeys(("logit", "firth_logit", "gee_logit", "misclassified_logit"), special.expit),
        "probit": special.ndtr,
        **dict.fromkeys(OF_COUNTS, np.exp),
    }.get(estimator)
    if turned is None:
        return found
    return replace(
        found,
        estimate=turned(found.estimate),
        std_error=np.full(len(found.estimate), np.nan),
        conf_low=turned(found.conf_low),
        conf_high=turned(found.conf_high),
    )
