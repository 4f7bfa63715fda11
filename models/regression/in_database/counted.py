"""Least squares from counted patterns: the same results as on rows, at the cost of as many rows as there are patterns.

Put here the linear model; binary outcomes are in ``counted_binary``, sums over clusters in ``pattern_clusters``.
"""

from collections.abc import Collection

import numpy as np

from models.estimates import Vector
from models.regression.columns import Labels
from models.regression.covariance import estimate_uncertainty
from models.regression.in_database.pattern_clusters import sum_clusters
from models.regression.in_database.pattern_design import (
    PatternDesign,
    PatternSquares,
    design_of_patterns,
    pattern_squares,
    triangle_of,
)
from models.regression.in_database.patterns import Patterns
from models.regression.in_database.result import TableFit
from models.regression.inference import Uncertainty
from models.sections.inference import CLUSTERED, Covariance


def fit_counted(
    patterns: Patterns, labels: Labels, covariances: Collection[Covariance], fewest_beyond: int, reason: str
) -> TableFit:
    """Fit a linear model to counted patterns.

    Weighted least squares of the patterns' means is that of the responses. With n_c, w_c and h_c the number, weight
    and leverage of the responses of a pattern, W_c their sum of squares around the mean m_c and f_c the fitted value,
    their squared residuals come to S_c = W_c + n_c (m_c - f_c)^2, so that HC0 to HC3 are
    M sum w_c^2 x_c x_c' S_c / (1 - h_c)^p M.

    Args:
        patterns: Counted; at most one way of clusters.
        labels: Variable → code → label, for the names of terms.
        covariances: Those wanted.
        fewest_beyond: How many more responses than coefficients are asked for.
        reason: Why this engine.

    Raises:
        ModelDataError: If the data cannot carry the model.
    """
    design = design_of_patterns(patterns, labels, fewest_beyond)
    matrix = design.matrix.to_numpy()
    masses = patterns.counts * design.weights
    k = matrix.shape[1]
    factors = design.factors if patterns.weights is None else triangle_of(matrix, patterns.means, masses)
    triangle, target = factors[:k, :k], factors[:k, k]
    coefficients: Vector = np.asarray(np.linalg.solve(triangle, target), dtype=float)
    fitted: Vector = matrix @ coefficients
    squares = patterns.within + patterns.counts * (patterns.means - fitted) ** 2
    fit = pattern_squares(design, coefficients, triangle, squares, design.weights)
    mean = float(masses @ patterns.means / masses.sum())
    total = float(design.weights @ (patterns.within + patterns.counts * (patterns.means - mean) ** 2))
    return TableFit(
        engine="counted_patterns",
        reason=reason,
        terms=design.terms,
        coefficients=coefficients + np.eye(1, len(coefficients))[0] * patterns.grid.centre,
        n_obs=patterns.n_obs,
        n_clusters=design.n_clusters,
        r_squared=1 - float(fit.residuals @ fit.residuals) / total,
        df_resid=float(fit.df_resid),
        uncertainties=_uncertainties(design, fit, fitted, covariances),
    )


def _uncertainties(
    design: PatternDesign, fit: PatternSquares, fitted: Vector, covariances: Collection[Covariance]
) -> dict[Covariance, Uncertainty]:
    kinds: list[Covariance] = [kind for kind in covariances if kind in CLUSTERED]
    clusters = sum_clusters(design, fit, fitted, kinds) if kinds else None
    return {
        kind: estimate_uncertainty(fit, kind, (), design.terms)
        if clusters is None or kind not in CLUSTERED
        else clusters.uncertainty(kind)
        for kind in covariances
    }
