"""Linear regression by (weighted) least squares, with the covariance that the model names."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from types import MappingProxyType

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from instruments.spec_file import closest
from models.estimates import Fit, Vector
from models.regression.columns import Labels
from models.regression.covariance import Uncertainty, estimate_uncertainty
from models.regression.design import Design, build_design
from models.regression.diagnostics import diagnose
from models.regression.identification import ModelDataError
from models.regression.least_squares import LeastSquares, solve_least_squares
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
        Coefficients in units of the outcome, with t-based p-values and intervals at the model's confidence level.

    Raises:
        ModelDataError: If the data cannot carry the model, or it has no such variant.

    References:
        ``models.regression.covariance`` names formula, degrees of freedom and R call of each covariance.
    """
    fitted = _apply_variant(spec, variant)
    design = build_design(fitted, analysis, labels, fewest_beyond)
    terms = tuple(str(term) for term in design.matrix)
    kind = fitted.covariance_used()
    with threadpool_limits(limits=1):
        solution = _solve(design)
        clusters = tuple(np.asarray(pd.factorize(design.clusters[name])[0]) for name in design.clusters)
        uncertainty = estimate_uncertainty(solution, kind, clusters, terms)
        estimates = label_estimates(terms, solution.coefficients, uncertainty, fitted.confidence_level)
        diagnostics = diagnose(design, solution, uncertainty)
    return Fit(
        model=fitted.name,
        variant=variant,
        estimator="OLS" if design.weights is None else "WLS",
        covariance=kind if len(clusters) <= 1 else f"{kind}_two_way",
        outcome=fitted.outcome,
        n_obs=len(design.rows),
        n_clusters=uncertainty.n_clusters,
        df_resid=float(solution.df_resid),
        r_squared=_r_squared(solution, design.outcome.to_numpy()),
        estimates=estimates,
        diagnostics=diagnostics,
        data=design.rows,
    )


def _solve(design: Design) -> LeastSquares:
    weights = None if design.weights is None else design.weights.to_numpy()
    return solve_least_squares(design.matrix.to_numpy(), design.outcome.to_numpy(), weights)


def _r_squared(solution: LeastSquares, outcome: Vector) -> float:
    weights = np.ones(len(outcome)) if solution.weights is None else solution.weights
    mean = float(weights @ outcome / weights.sum())
    return 1 - float(solution.residuals @ solution.residuals) / float(weights @ (outcome - mean) ** 2)


def _apply_variant(spec: RegressionSpec, variant: str) -> RegressionSpec:
    known = ["main", *(each.name for each in spec.variants)]
    if variant not in known:
        raise ModelDataError(
            f"model '{spec.name}' has no variant '{variant}'; expected one of {', '.join(known)}"
            + closest(variant, known)
        )
    return spec.with_variant(variant)


def label_estimates(
    terms: tuple[str, ...], coefficients: Vector, uncertainty: Uncertainty, confidence_level: float
) -> pd.DataFrame:
    """Return one row a term: estimate, std_error, df, t statistic, two-sided p_value and interval.

    Args:
        terms: Names of the k coefficients.
        coefficients: k.
        uncertainty: Their covariance and degrees of freedom.
        confidence_level: Of the intervals.
    """
    from scipy import special  # noqa: PLC0415 - scipy.stats takes a second to import

    errors = np.sqrt(np.diag(uncertainty.covariance))
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = coefficients / errors
    reach = errors * special.stdtrit(uncertainty.df, (1 + confidence_level) / 2)
    return pd.DataFrame(
        {
            "term": list(terms),
            "estimate": coefficients,
            "std_error": errors,
            "df": uncertainty.df,
            "statistic": statistic,
            "p_value": 2 * special.stdtr(uncertainty.df, -np.abs(statistic)),
            "conf_low": coefficients - reach,
            "conf_high": coefficients + reach,
        }
    )
