"""Logit and probit from counted patterns: a pattern's ones and noughts are all that the likelihood knows of it."""

from collections.abc import Collection
from typing import cast

import numpy as np

from models.estimates import Matrix, Vector
from models.regression.categorical.binary import fit_binary
from models.regression.categorical.families import BINARY, BinaryLink, Family
from models.regression.categorical.generalised import observed, weighted_product
from models.regression.categorical.maximise import Objective
from models.regression.clustered import Clustered
from models.regression.columns import Labels
from models.regression.heteroskedastic import Heteroskedastic, heteroskedastic_covariance
from models.regression.in_database.pattern_clusters import covariance_of_scores, sum_scores
from models.regression.in_database.pattern_design import (
    PatternDesign,
    PatternSquares,
    design_of_patterns,
    pattern_squares,
)
from models.regression.in_database.patterns import Patterns
from models.regression.in_database.result import CountedBinary, TableFit
from models.regression.inference import Uncertainty
from models.sections.inference import CLUSTERED, Covariance
from models.triangles import triangle_of_rows


def fit_counted_binary(
    patterns: Patterns, labels: Labels, covariances: Collection[Covariance], fewest_beyond: int, reason: str
) -> TableFit:
    """Fit a logit or probit to counted patterns by Newton's method.

    Covariances are those of ``models.regression.categorical``: with p_c the fitted share of a pattern, i_c the expected
    information of a response and s_c = dp/d eta, the score of a response is w_c x_c (y - p_c) i_c / s_c.

    Args:
        patterns: Counted; at most one way of clusters.
        labels: Variable → code → label, for the names of terms.
        covariances: Those wanted; not CR2.
        fewest_beyond: How many more responses than coefficients are asked for.
        reason: Why this engine.

    Raises:
        SeparationError: If regressors foretell outcomes, so that estimates are infinite.
        ModelDataError: If the data cannot carry the model.
    """
    design = design_of_patterns(patterns, labels, fewest_beyond)
    counted = _newton(design, cast("BinaryLink", patterns.spec.estimator))
    coefficients = counted.fit.coefficients
    return TableFit(
        engine="counted_patterns",
        reason=reason,
        terms=design.terms,
        coefficients=coefficients,
        n_obs=patterns.n_obs,
        n_clusters=design.n_clusters,
        r_squared=np.nan,
        df_resid=float(patterns.n_obs - len(coefficients)),
        uncertainties=_uncertainties(design, coefficients, covariances),
        counted=counted,
    )


def _newton(design: PatternDesign, link: BinaryLink) -> CountedBinary:
    """Fit patterns' ones and noughts, each counted as often as they are there."""
    patterns, matrix = design.patterns, design.matrix.to_numpy()
    ones = np.rint(patterns.counts * (patterns.means + patterns.grid.centre))
    counts = np.concatenate([ones, patterns.counts - ones])
    outcome = np.repeat([1.0, 0.0], len(ones))
    is_there = counts > 0
    masses = counts * np.tile(design.weights, 2)
    places = np.flatnonzero(is_there) % len(matrix)
    rows = observed(matrix[places], outcome[is_there], masses[is_there])
    weighted = ones * design.weights, (patterns.counts - ones) * design.weights
    fit = fit_binary(rows, design.terms, link, _objective(matrix, *weighted, BINARY[link]))
    return CountedBinary(design, fit, *weighted)


def _objective(matrix: Matrix, ones: Vector, noughts: Vector, family: Family) -> Objective:
    """Return the log-likelihood of as many ones and noughts of each pattern, one row a pattern."""
    nought = np.zeros(len(matrix))

    def objective(coefficients: Vector) -> tuple[float, Vector, Matrix]:
        predictor = matrix @ coefficients
        of_one, of_nought = family.terms(nought + 1, predictor), family.terms(nought, predictor)
        likelihoods = np.where(ones > 0, ones * of_one.log_likelihood, 0.0)
        likelihoods += np.where(noughts > 0, noughts * of_nought.log_likelihood, 0.0)
        slopes = ones * of_one.slope + noughts * of_nought.slope
        curvatures = ones * of_one.curvature + noughts * of_nought.curvature
        return float(likelihoods.sum()), slopes @ matrix, weighted_product(matrix, curvatures)

    return objective


def _uncertainties(
    design: PatternDesign, coefficients: Vector, covariances: Collection[Covariance]
) -> dict[Covariance, Uncertainty]:
    matrix, patterns = design.matrix.to_numpy(), design.patterns
    family = BINARY[cast("BinaryLink", design.patterns.spec.estimator)]
    predictor = matrix @ coefficients
    fitted = family.mean(predictor) - patterns.grid.centre
    slopes = family.mean_slope(predictor)
    information = family.terms(np.zeros(len(matrix)), predictor).expected
    is_known = (slopes > 0) & (information > 0)
    steepness = np.divide(information, slopes, out=np.zeros_like(slopes), where=is_known)
    squares = patterns.within + patterns.counts * (patterns.means - fitted) ** 2
    spread = np.divide(np.sqrt(squares), slopes, out=np.zeros_like(slopes), where=is_known)
    weights = design.weights * information
    triangle = triangle_of_rows(matrix * np.sqrt(patterns.counts * weights)[:, None])
    fit = pattern_squares(design, coefficients, triangle, spread**2, weights)
    values: Matrix = matrix * (design.weights * steepness)[:, None]
    is_clustered = any(kind in CLUSTERED for kind in covariances)
    scores = sum_scores(design, fitted, values, weights)[0] if is_clustered else None
    return {kind: _uncertainty(fit, scores, kind) for kind in covariances}


def _uncertainty(fit: PatternSquares, scores: Matrix | None, kind: Covariance) -> Uncertainty:
    normal: Vector = np.full(fit.n_coefficients, np.inf)
    if kind == "classical":
        return Uncertainty(fit.bread, normal)
    if scores is None or kind not in CLUSTERED:
        return Uncertainty(heteroskedastic_covariance(fit, cast("Heteroskedastic", kind)), normal)
    return Uncertainty(covariance_of_scores(fit, scores, cast("Clustered", kind)), normal, len(scores))
