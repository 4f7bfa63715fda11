"""Regressions: a model in words and the analysis table in, a labelled fit out."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from instruments.spec_file import closest
from models.estimates import Fit, Vector
from models.regression.categorical.estimate import estimate_categorical
from models.regression.columns import Labels
from models.regression.covariance import estimate_uncertainty
from models.regression.design import Design, build_design
from models.regression.diagnostics import diagnose, diagnose_categorical
from models.regression.identification import ModelDataError
from models.regression.inference import Uncertainty, label_estimates
from models.regression.least_squares import LeastSquares, solve_least_squares
from models.regression.moderation.combinations import Coefficients
from models.regression.moderation.fitted import FittedDesign
from models.regression.moderation.of_fit import products_not_covered, shapes_of
from models.regression.reading.of_fit import COLUMNS, FittedModel, readings_of
from models.spec import RegressionSpec

NO_LABELS: Labels = MappingProxyType({})


def fit_regression(
    spec: RegressionSpec,
    analysis: pd.DataFrame,
    labels: Labels = NO_LABELS,
    variant: str = "main",
    fewest_beyond: int = 1,
    seed: int = 0,
) -> Fit:
    """Fit a regression to the responses that its specification selects.

    Rows are sorted and linear algebra runs on one thread, so the same responses in any order give the same bits.

    Args:
        spec: The model with its variants.
        analysis: ``core.analysis``: one row an analysed response, missing as NA.
        labels: Variable → code → label, for the names of terms.
        variant: Name of a variant of the model; ``main`` is the model itself.
        fewest_beyond: How many more responses than coefficients are asked for.
        seed: Of what is drawn: the signs of a wild bootstrap among the readings. Estimates draw nothing.

    Returns:
        Coefficients with p-values and intervals at the model's confidence level: in units of the outcome where it is
        linear, log odds (logit), probits, or logarithms of counts (Poisson); then the readings hold average effects
        in probabilities or counts.

    Raises:
        ModelDataError: If the data cannot carry the model, or it has no such variant.

    References:
        ``models.regression.covariance`` names formula, degrees of freedom and R call of each covariance.
    """
    fitted = _apply_variant(spec, variant)
    design = build_design(fitted, analysis, labels, fewest_beyond)
    with threadpool_limits(limits=1):
        found = _linear(fitted, design, seed) if fitted.estimator == "linear" else _categorical(fitted, design, labels)
        of_design = _with_design(fitted, design, labels, found)
        shapes, uncovered = shapes_of(of_design), products_not_covered(of_design)
    kind = fitted.covariance_used()
    return Fit(
        model=fitted.name,
        variant=variant,
        estimator=found.estimator,
        covariance=kind if len(fitted.clusters()) <= 1 else f"{kind}_two_way",
        outcome=fitted.outcome,
        n_obs=len(design.rows),
        n_clusters=found.uncertainty.n_clusters,
        df_resid=float(len(design.rows) - len(found.terms)),
        r_squared=found.r_squared,
        estimates=label_estimates(found.terms, found.coefficients, found.uncertainty, fitted.confidence_level),
        diagnostics=found.diagnostics,
        readings=_joined(found.readings, pd.DataFrame(uncovered, columns=list(COLUMNS))),
        shapes=shapes,
        data=design.rows,
    )


@dataclass(frozen=True, eq=False)
class _Found:
    """What an estimator found; the explained share of variance is NaN where the outcome is categorical."""

    estimator: str
    terms: tuple[str, ...]
    coefficients: Vector
    uncertainty: Uncertainty
    r_squared: float
    diagnostics: pd.DataFrame
    readings: pd.DataFrame


def _linear(spec: RegressionSpec, design: Design, seed: int) -> _Found:
    terms = tuple(str(term) for term in design.matrix)
    matrix, outcome = design.matrix.to_numpy(), design.outcome.to_numpy()
    weights = None if design.weights is None else design.weights.to_numpy()
    solution, clusters = solve_least_squares(matrix, outcome, weights), _codes(design)
    uncertainty = estimate_uncertainty(solution, spec.covariance_used(), clusters, terms)
    one_way = clusters[0] if len(clusters) == 1 else None
    values = FittedModel(terms, matrix, outcome, solution, uncertainty, one_way, spec.confidence_level)
    return _Found(
        estimator="OLS" if weights is None else "WLS",
        terms=terms,
        coefficients=solution.coefficients,
        uncertainty=uncertainty,
        r_squared=_r_squared(solution, outcome),
        diagnostics=diagnose(design, solution, uncertainty),
        readings=readings_of(values, design.focal, spec.smallest_effect_of_interest, np.random.default_rng(seed)),
    )


def _categorical(spec: RegressionSpec, design: Design, labels: Labels) -> _Found:
    clusters = _codes(design)
    found = estimate_categorical(spec, design, clusters[0] if clusters else None, labels)
    return _Found(
        estimator=spec.estimator,
        terms=found.terms,
        coefficients=found.coefficients,
        uncertainty=found.uncertainty,
        r_squared=np.nan,
        diagnostics=diagnose_categorical(design, found.diagnostics, found.uncertainty),
        readings=found.readings,
    )


def _with_design(spec: RegressionSpec, design: Design, labels: Labels, found: _Found) -> FittedDesign:
    """Join a design and what came of it; where coefficients differ in df, combinations of them have the fewest."""
    sure = found.uncertainty
    coefficients = Coefficients(found.coefficients, sure.covariance, float(sure.df.min()), sure.corrected)
    return FittedDesign(spec, design, labels, found.terms, coefficients)


def _joined(readings: pd.DataFrame, more: pd.DataFrame) -> pd.DataFrame:
    return readings if more.empty else pd.concat([readings, more], ignore_index=True)


def _codes(design: Design) -> tuple[NDArray[np.intp], ...]:
    return tuple(np.asarray(pd.factorize(design.clusters[name])[0]) for name in design.clusters)


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
