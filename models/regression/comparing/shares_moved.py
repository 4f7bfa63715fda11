"""Log-ratios told back in shares: how the parts of a whole move with a regressor."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.regression.inference import t_quantiles
from models.regression.least_squares import LeastSquares, solve_least_squares

POINTS = 100.0


@dataclass(frozen=True, eq=False)
class SharesMoved:
    """How each of D parts moves, in points of 100; together they move by nought.

    Attributes:
        moved: D.
        conf_low: D.
        conf_high: D.
    """

    moved: Vector
    conf_low: Vector
    conf_high: Vector


@dataclass(frozen=True, eq=False)
class LogRatioFit:
    """Least squares of all D centred log-ratios on the same regressors.

    Attributes:
        coefficients: k x D.
        residuals: n x D, without weights.
        matrix: n x k.
        weights: n.
        bread: k x k inverse cross-product.
        clusters: Codes of the clusters, 0 to G - 1; None without.
    """

    coefficients: Matrix
    residuals: Matrix
    matrix: Matrix
    weights: Vector
    bread: Matrix
    clusters: NDArray[np.intp] | None


def fit_log_ratios(
    matrix: Matrix, log_ratios: Matrix, weights: Vector, clusters: NDArray[np.intp] | None
) -> LogRatioFit:
    """Fit all centred log-ratios.

    Args:
        matrix: n x k.
        log_ratios: n x D.
        weights: n.
        clusters: Codes; None without.
    """
    solved: list[LeastSquares] = [solve_least_squares(matrix, each, weights) for each in log_ratios.T]
    coefficients = np.column_stack([each.coefficients for each in solved])
    residuals = log_ratios - matrix @ coefficients
    return LogRatioFit(coefficients, residuals, matrix, weights, solved[0].bread, clusters)


def shares_moved(fit: LogRatioFit, before: Vector, after: Vector, confidence_level: float) -> SharesMoved:
    """Tell how predicted shares differ between two rows of regressors, by the delta method.

    Formula:
        s = exp(x'B) closed to 1, moved = 100 (s(after) - s(before)); its influence of row i is the sum over log-ratios
        of (J_after x_after - J_before x_before)' (X'WX)^-1 w_i x_i e_i, J = diag(s) - s s'. Variance G / (G - 1)
        (n - 1) / (n - k) times the sum of squares of the clusters' sums (CR1S; rows are clusters where there are none),
        t on G - 1 (n - k without clusters).

    Args:
        fit: Of the log-ratios.
        before: k.
        after: k.
        confidence_level: Of the intervals.

    References:
        Egozcue and others (2012), Statistical Modelling 12; van den Boogaart and Tolosana-Delgado (2013), section 5.3.
    """
    ahead, behind = (closed(row @ fit.coefficients) for row in (after, before))
    moved = POINTS * (ahead - behind)
    influences = POINTS * influence(fit, before, after)
    n, k = fit.matrix.shape
    groups: NDArray[np.intp] = np.arange(n, dtype=np.intp) if fit.clusters is None else fit.clusters
    n_groups = int(groups.max()) + 1
    sums = np.zeros((n_groups, len(moved)))
    np.add.at(sums, groups, influences)
    errors = np.sqrt(n_groups / (n_groups - 1) * (n - 1) / (n - k) * (sums**2).sum(axis=0))
    df = np.array([n - k if fit.clusters is None else n_groups - 1], dtype=float)
    reach = errors * t_quantiles(confidence_level, df)
    return SharesMoved(moved, moved - reach, moved + reach)


def influence(fit: LogRatioFit, before: Vector, after: Vector) -> Matrix:
    """Return how a little more weight of each row moves the difference of predicted shares, n x D."""
    ahead, behind = (closed(row @ fit.coefficients) for row in (after, before))
    scores = fit.weights[:, None] * fit.residuals
    leaning = [scores * (fit.matrix @ (fit.bread @ row))[:, None] for row in (after, before)]
    return leaning[0] @ _slope(ahead) - leaning[1] @ _slope(behind)


def closed(logs: Vector) -> Vector:
    """Return shares that add up to 1 from their logarithms, whatever their total."""
    raised = np.exp(logs - logs.max())
    return raised / raised.sum()


def _slope(shares: Vector) -> Matrix:
    return np.diag(shares) - np.outer(shares, shares)
