"""Firth's logit as a model asks for it: profile intervals, tests by the penalised likelihood ratio."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.estimates import JOINT_TEST_COLUMNS
from models.regression.categorical.estimated import Estimated, refuse_alike
from models.regression.categorical.estimators import Asked
from models.regression.categorical.firth import FirthFit, fit_firth, likelihood_ratio_test, profile_inference
from models.regression.categorical.predicted import Model
from models.regression.categorical.separation import binary_conditions, find_separation
from models.regression.inference import Uncertainty

METHOD = "penalised likelihood ratio"


def firth_logit(asked: Asked, groups: Mapping[str, Sequence[str]]) -> Estimated:
    """Fit a logit by Firth's penalised likelihood.

    Standard errors are roots of the inverse information; statistic, p-value and interval of a coefficient are those of
    its profile, whose statistic is shown as a signed root.

    Args:
        asked: What is to be fitted.
        groups: Name → columns that are tested at once.

    References:
        Heinze and Schemper (2002). R: ``logistf::logistf(pl = TRUE)``.
    """
    fit = fit_firth(asked.rows)

    def refitted(times: NDArray[np.intp]) -> Model:
        drawn = replace(asked.rows, weights=asked.weights * times)
        refuse_alike(drawn.matrix, drawn.weights)
        return fit_firth(drawn, fit.coefficients)

    separation = find_separation(binary_conditions(asked.matrix, asked.outcome), asked.columns)
    return Estimated(
        terms=asked.columns,
        coefficients=fit.coefficients,
        uncertainty=Uncertainty(fit.covariance, np.full(len(fit.coefficients), np.inf)),
        places=asked.own_places,
        categories=("",),
        model=fit,
        refitted=refitted,
        diagnostics={"without_finite_estimate": float(len(separation.without_estimate) if separation else 0)},
        estimates=_profiled(asked, fit),
        joint_tests=_tested(asked, fit, groups),
    )


def _profiled(asked: Asked, fit: FirthFit) -> pd.DataFrame:
    rows: list[dict[str, object]] = []
    for place, term in enumerate(asked.columns):
        profile = profile_inference(fit, place, asked.confidence_level)
        estimate = float(fit.coefficients[place])
        rows.append(
            {
                "term": term,
                "estimate": estimate,
                "std_error": float(np.sqrt(fit.covariance[place, place])),
                "df": np.nan,
                "statistic": float(np.copysign(np.sqrt(profile.statistic), estimate)),
                "p_value": profile.p_value,
                "conf_low": profile.conf_low,
                "conf_high": profile.conf_high,
            }
        )
    return pd.DataFrame(rows)


def _tested(asked: Asked, fit: FirthFit, groups: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    rows: list[tuple[object, ...]] = []
    for position, (name, columns) in enumerate(groups.items(), start=1):
        if len(columns) > 1 or position == len(groups):
            statistic, df, p_value = likelihood_ratio_test(fit, [asked.columns.index(each) for each in columns])
            rows.append((name, statistic, df, np.nan, p_value, METHOD))
    return pd.DataFrame(rows, columns=list(JOINT_TEST_COLUMNS))
