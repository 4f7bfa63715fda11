"""Estimating equations in words → what the estimators of linear and of categorical outcomes hand on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.multilevel.marginal.covariances import MarginalCovariance, uncertainty_of
from models.multilevel.marginal.criterion import quasi_information
from models.multilevel.marginal.estimating_equations import MarginalFit, MarginalSpec, fit_marginal
from models.multilevel.marginal.outcomes import OUTCOMES as OUTCOME
from models.multilevel.marginal.outcomes import OutcomeName
from models.multilevel.named_by_content import named_by_content
from models.regression.categorical.estimated import Estimated
from models.regression.categorical.estimators import Asked
from models.regression.categorical.families import Family, Logit, Poisson
from models.regression.categorical.generalised import GeneralisedFit, observed
from models.regression.design import ORDER_OF_WAVES, Design
from models.regression.diagnostics import counts_of_categories, judged, of_clusters, of_columns
from models.regression.inference import Uncertainty
from models.regression.silent_rows import told_of_silent
from models.regression.stacked import stacked_of_scores
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
    uncertainty = _uncertainty(spec, design, fit)
    orthonormal, triangle = np.linalg.qr(design.matrix.to_numpy())
    found = {
        **_diagnostics(fit),
        "max_leverage": float((orthonormal**2).sum(axis=1).max()),
        **of_columns(np.asarray(triangle), fit.terms, regressors),
        "n_parameters": float(len(fit.terms)),
        **counts_of_categories(design),
        **of_clusters(uncertainty),
        **told_of_silent(design.silent),
        **({} if design.data is design.rows or design.silent else {"n_responses": float(len(design.data))}),
        "share_of_responses_used": len(design.rows) / design.n_in_population,
    }
    return EstimatedEquations(fit, uncertainty, _explained(fit), judged(found))


def _explained(fit: MarginalFit) -> float:
    weights, outcome = fit.rows.weights, fit.rows.outcome
    residuals = (outcome - fit.predictor) * np.sqrt(weights)
    mean = np.average(outcome, weights=weights)
    spread = float(weights.sum()) * float(np.average((outcome - mean) ** 2, weights=weights))
    return 1 - float(residuals @ residuals) / spread


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
    rows = observed(asked.matrix, asked.outcome, asked.weights)
    return Estimated(
        terms=fit.terms,
        coefficients=fit.coefficients,
        uncertainty=_uncertainty(spec, design, fit),
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
    weights = None if design.weights is None else design.weights.to_numpy()
    return fit_marginal(design.matrix, outcome, clusters, asked, waves, weights)


def _uncertainty(spec: RegressionSpec, design: Design, fit: MarginalFit) -> Uncertainty:
    """Return how sure coefficients are: with weights of response the covariance of all equations, t where linear."""
    if design.silent is None or design.silent.weighted is None or design.weights is None:
        return uncertainty_of(fit, COVARIANCES[spec.covariance_used()])
    matrix, outcome = design.matrix.to_numpy(), OUTCOME[OUTCOMES[spec.estimator]]
    residuals = design.outcome.to_numpy() - outcome.mean(matrix @ fit.coefficients)
    scores = matrix * (design.weights.to_numpy() * residuals)[:, None]
    cluster = spec.clusters()[0]
    about = (design.silent.rows, design.silent.weighted, cluster)
    covariance, n_clusters = stacked_of_scores(fit.working.bread, scores, *about)
    df = np.inf if spec.estimator in FAMILIES else design.clusters[cluster].nunique() - 1.0
    return Uncertainty(covariance, np.full(len(covariance), df), n_clusters)


def _diagnostics(fit: MarginalFit) -> dict[str, float]:
    """Return what the equations tell of themselves.

    - working_correlation: of two rows of a cluster, or of two neighbouring waves; absent for independence.
    - scale: mean squared Pearson residual; 1 where an outcome of 0 and 1, or a count, varies as expected.
    - qic, qic_u: quasi-likelihood information, to compare working correlations and regressors; the smaller the better.
      Absent with weights, whose sum of quasi-likelihoods is of no sample.
    """
    correlation = {} if fit.spec.correlation == "independence" else {"working_correlation": fit.alpha}
    if (fit.rows.weights != 1).any():
        return {**correlation, "scale": fit.scale}
    information = quasi_information(fit)
    return {**correlation, "scale": fit.scale, "qic": information.qic, "qic_u": information.qic_u}
