"""Estimating equations in words → what the estimators of linear and of categorical outcomes hand on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.multilevel.marginal.covariances import MarginalCovariance, uncertainty_of
from models.multilevel.marginal.criterion import quasi_information
from models.multilevel.marginal.estimating_equations import MarginalFit, MarginalSpec, fit_marginal
from models.multilevel.marginal.outcomes import OutcomeName
from models.multilevel.named_by_content import named_by_content
from models.regression.categorical.estimated import Estimated
from models.regression.categorical.estimators import Asked
from models.regression.categorical.families import Family, Logit, Poisson
from models.regression.categorical.generalised import GeneralisedFit, observed
from models.regression.design import ORDER_OF_WAVES, Design
from models.regression.diagnostics import counts_of_categories, judged, of_clusters, of_columns
from models.regression.inference import Uncertainty
from models.spec import RegressionSpec

OUTCOMES: dict[str, OutcomeName] = {"gee_linear": "gaussian", "gee_logit": "logit", "gee_poisson": "poisson"}
FAMILIES: dict[str, Family] = {"gee_logit": Logit(), "gee_poisson": Poisson()}
COVARIANCES: dict[str, MarginalCovariance] = {"classical": "naive", "CR0": "robust", "CR3": "bias_reduced"}


@dataclass(frozen=True, eq=False)
class EstimatedEquations:
    """Solved equations of a linear outcome and how sure their coefficients are.

    Attributes:
        fit: The solution.
        uncertainty: Of the k coefficients.
        r_squared: 1 - sum of squared residuals over that of the outcome about its mean (Zheng 2000).
        diagnostics: As ``models.regression.diagnostics.judged``.
    """

    fit: MarginalFit
    uncertainty: Uncertainty
    r_squared: float
    diagnostics: pd.DataFrame


def estimate_linear_equations(
    spec: RegressionSpec, design: Design, regressors: Mapping[str, Sequence[int]]
) -> EstimatedEquations:
    """Solve the equations of a linear outcome as its specification asks for it.

    Args:
        spec: The model, variant applied.
        design: What it is computed from.
        regressors: Regressor → places of its columns, each column once.

    Raises:
        ModelDataError: If the data cannot carry the model, or the equations are not solved.

    References:
        Zheng (2000), Statistics in Medicine 19(10), 1265-1275 (marginal R2).
    """
    fit = _solved(spec, design, design.outcome)
    uncertainty = uncertainty_of(fit, COVARIANCES[spec.covariance_used()])
    orthonormal, triangle = np.linalg.qr(design.matrix.to_numpy())
    residuals = fit.rows.outcome - fit.predictor
    found = {
        **_diagnostics(fit),
        "max_leverage": float((orthonormal**2).sum(axis=1).max()),
        **of_columns(np.asarray(triangle), fit.terms, regressors),
        "n_parameters": float(len(fit.terms)),
        **counts_of_categories(design),
        **of_clusters(uncertainty),
        **({} if design.data is design.rows else {"n_responses": float(len(design.data))}),
        "share_of_responses_used": len(design.rows) / design.n_in_population,
    }
    explained = 1 - float(residuals @ residuals) / (len(residuals) * float(np.var(fit.rows.outcome)))
    return EstimatedEquations(fit, uncertainty, explained, judged(found))


def estimate_equations(spec: RegressionSpec, asked: Asked, design: Design) -> Estimated:
    """Solve the equations of an outcome of 0 and 1, or of counts.

    Coefficients are effects in the population; average effects have intervals by the delta method.

    Args:
        spec: The model, variant applied.
        asked: Its matrix and outcome.
        design: The same n rows, with clusters and waves.

    Raises:
        SeparationError: If regressors foretell outcomes.
        ModelDataError: If the data cannot carry the model, or the equations are not solved.
    """
    fit = _solved(spec, design, design.outcome)
    rows = observed(asked.matrix, asked.outcome)
    return Estimated(
        terms=fit.terms,
        coefficients=fit.coefficients,
        uncertainty=uncertainty_of(fit, COVARIANCES[spec.covariance_used()]),
        places=asked.own_places,
        categories=("",),
        model=GeneralisedFit(FAMILIES[spec.estimator], rows, fit.coefficients, np.nan, fit.n_iterations),
        refitted=None,
        diagnostics=_diagnostics(fit),
    )


def _solved(spec: RegressionSpec, design: Design, outcome: pd.Series) -> MarginalFit:
    correlation = spec.working_correlation or "exchangeable"
    waves = design.rows[ORDER_OF_WAVES] if correlation == "ar1" else None
    values = [*design.matrix.to_numpy().T[1:], outcome.to_numpy()]
    clusters = named_by_content(design.clusters[spec.clusters()[0]], values)
    asked = MarginalSpec(OUTCOMES[spec.estimator], correlation)
    return fit_marginal(design.matrix, outcome, clusters, asked, waves)


def _diagnostics(fit: MarginalFit) -> dict[str, float]:
    """Return what the equations tell of themselves.

    - working_correlation: of two rows of a cluster, or of two neighbouring waves; absent for independence.
    - scale: mean squared Pearson residual; 1 where an outcome of 0 and 1, or a count, varies as expected.
    - qic, qic_u: quasi-likelihood information, to compare working correlations and regressors; the smaller the better.
    """
    information = quasi_information(fit)
    correlation = {} if fit.spec.correlation == "independence" else {"working_correlation": fit.alpha}
    return {**correlation, "scale": fit.scale, "qic": information.qic, "qic_u": information.qic_u}
