"""Linear regression by ordinary least squares, with the covariance that the model names."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from instruments.spec_file import closest
from models.estimates import Fit
from models.regression.covariance import degrees_of_freedom, fit_options, refuse_full_leverage
from models.regression.design import Design, Labels, build_design
from models.regression.diagnostics import diagnose
from models.regression.identification import ModelDataError
from models.spec import RegressionSpec

NO_LABELS: Labels = MappingProxyType({})


def fit_regression(
    spec: RegressionSpec,
    analysis: pd.DataFrame,
    labels: Labels = NO_LABELS,
    variant: str = "main",
    fewest_beyond: int = 1,
) -> Fit:
    """Fit a linear regression to the responses that its specification selects.

    Rows are sorted and linear algebra runs on one thread, so the same responses in any order give the same bits.

    Args:
        spec: The model with its variants.
        analysis: ``core.analysis``: one row an analysed response, missing as NA.
        labels: Variable → code → label, for the names of terms.
        variant: Name of a variant of the model; ``main`` is the model itself.
        fewest_beyond: How many more responses than coefficients are asked for.

    Returns:
        Coefficients in units of the outcome, with t-based p-values and intervals at the model's confidence level;
        degrees of freedom are n - k, or clusters - 1 with covariance ``cluster``.

    Raises:
        ModelDataError: If the data cannot carry the model, or it has no such variant.

    References:
        ``models.regression.covariance`` names formula and R call of each covariance.
    """
    # statsmodels takes a second to import, which commands that fit nothing need not wait for
    from statsmodels.regression.linear_model import OLS  # noqa: PLC0415

    fitted = _apply_variant(spec, variant)
    design = build_design(fitted, analysis, labels, fewest_beyond)
    with threadpool_limits(limits=1):
        refuse_full_leverage(fitted.covariance, design)
        options = fit_options(fitted.covariance, design.clusters)
        results: Any = OLS(design.outcome.to_numpy(), design.matrix.to_numpy()).fit(**options)
        estimates = _label_results(results, design, fitted.confidence_level)
        diagnostics = diagnose(design, np.asarray(results.resid))
    return Fit(
        model=fitted.name,
        variant=variant,
        estimator="OLS",
        covariance=fitted.covariance,
        outcome=fitted.outcome,
        n_obs=len(design.rows),
        n_clusters=None if design.clusters is None else design.clusters.nunique(),
        df_resid=float(results.df_resid),
        r_squared=float(results.rsquared),
        estimates=estimates,
        diagnostics=diagnostics,
        data=design.rows,
    )


def _apply_variant(spec: RegressionSpec, variant: str) -> RegressionSpec:
    known = ["main", *(each.name for each in spec.variants)]
    if variant not in known:
        raise ModelDataError(
            f"model '{spec.name}' has no variant '{variant}'; expected one of {', '.join(known)}"
            + closest(variant, known)
        )
    return spec.with_variant(variant)


def _label_results(results: Any, design: Design, confidence_level: float) -> pd.DataFrame:  # noqa: ANN401
    low, high = np.asarray(results.conf_int(alpha=1 - confidence_level)).T
    return pd.DataFrame(
        {
            "term": list(design.matrix.columns),
            "estimate": results.params,
            "std_error": results.bse,
            "df": float(degrees_of_freedom(design)),
            "statistic": results.tvalues,
            "p_value": results.pvalues,
            "conf_low": low,
            "conf_high": high,
        }
    )
