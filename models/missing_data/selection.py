"""Regressions whose outcome is missing because of what it is: a normal selection model, estimated or held."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.estimates import Matrix, Vector
from models.one_thread import on_one_thread
from models.regression.categorical.binary import fit_binary
from models.regression.categorical.generalised import observed
from models.regression.categorical.maximise import Objective, maximise, require_converged
from models.regression.identification import ModelDataError, refuse_few
from models.regression.least_squares import solve_least_squares

STEP = 1e-5
ANGLES = (0.0, 0.8, -0.8)
"""Starting values of atanh rho: the likelihood may have more than one top; the highest is kept."""
LARGEST_CORRELATION = 0.995


@dataclass(frozen=True, eq=False)
class SelectedRows:
    """A regression of n rows of which some have no outcome.

    Attributes:
        matrix: Regressors of the outcome with the constant, all rows known; one named column each.
        outcome: n values, missing as NaN.
        selection: Regressors of being observed with the constant; one named column each. Without one that the outcome
            does not have, the correlation rests on the normal form alone.
    """

    matrix: pd.DataFrame
    outcome: Vector
    selection: pd.DataFrame


@dataclass(frozen=True, eq=False)
class SelectionFit:
    """A fitted selection model: y = x'b + s e, observed where z'g + v > 0, e and v normal with correlation rho.

    Attributes:
        terms: Names of the outcome's k coefficients.
        coefficients: b, k.
        covariance: Of b, k x k, from the observed information of all parameters.
        selection_coefficients: g, in probits.
        deviation: s.
        correlation: rho: as held, or estimated.
        correlation_error: Its standard error; NaN where it was held.
        log_likelihood: Maximum.
    """

    terms: tuple[str, ...]
    coefficients: Vector
    covariance: Matrix
    selection_coefficients: Vector
    deviation: float
    correlation: float
    correlation_error: float
    log_likelihood: float


def fit_selection(rows: SelectedRows, correlation: float | None = None) -> SelectionFit:
    """Fit the selection model by maximum likelihood.

    Args:
        rows: The regression.
        correlation: rho held at a value, for sensitivity; None to estimate it, which asks much of data and normality.

    Raises:
        ModelDataError: If no outcome is missing or too few are known, rho lies outside -1 to 1, or no maximum is
            reached.

    References:
        Heckman (1979), Econometrica 47(1), 153-161; Copas and Li (1997), Journal of the Royal Statistical Society B
        59(1), 55-95 (rho held). R: ``sampleSelection::selection(method = "ml")``.
    """
    is_known = ~np.isnan(rows.outcome)
    _refuse(rows, is_known, correlation)
    matrix, design = rows.matrix.to_numpy(dtype=float), rows.selection.to_numpy(dtype=float)
    k, q = matrix.shape[1], design.shape[1]
    linear = solve_least_squares(matrix[is_known], rows.outcome[is_known])
    probit = fit_binary(observed(design, is_known.astype(float)), list(rows.selection.columns), "probit")
    start = np.concatenate([linear.coefficients, probit.coefficients, [np.log(np.sqrt(linear.sigma2))]])
    held = None if correlation is None else float(np.arctanh(correlation))
    objective = _objective(matrix, rows.outcome, design, held)
    starts = [start] if held is not None else [np.append(start, angle) for angle in ANGLES]
    with on_one_thread():
        maximum = max((maximise(objective, each) for each in starts), key=lambda found: found.value)
    require_converged(maximum, "selection model")
    covariance = maximum.inverse_information
    rho = float(np.tanh(maximum.point[-1])) if correlation is None else correlation
    if abs(rho) > LARGEST_CORRELATION:
        raise ModelDataError(
            f"the correlation of outcome and selection runs to {rho:.3f}, at the bound; the data do not tell it; hold "
            "it at several values instead"
        )
    return SelectionFit(
        terms=tuple(str(name) for name in rows.matrix.columns),
        coefficients=maximum.point[:k],
        covariance=covariance[:k, :k],
        selection_coefficients=maximum.point[k : k + q],
        deviation=float(np.exp(maximum.point[k + q])),
        correlation=rho,
        correlation_error=float(np.sqrt(covariance[-1, -1]) * (1 - rho**2)) if correlation is None else np.nan,
        log_likelihood=maximum.value,
    )


def selection_path(rows: SelectedRows, correlations: Sequence[float]) -> pd.DataFrame:
    """Return how coefficients move with rho: one row a value and term.

    Returns:
        correlation, term, estimate, std_error, log_likelihood.

    Raises:
        ModelDataError: As ``fit_selection``.
    """
    found = [fit_selection(rows, value) for value in correlations]
    parts = [
        pd.DataFrame(
            {
                "correlation": each.correlation,
                "term": list(each.terms),
                "estimate": each.coefficients,
                "std_error": np.sqrt(np.diag(each.covariance)),
                "log_likelihood": each.log_likelihood,
            }
        )
        for each in found
    ]
    return pd.concat(parts, ignore_index=True)


def _refuse(rows: SelectedRows, is_known: Vector, correlation: float | None) -> None:
    if correlation is not None and not abs(correlation) <= LARGEST_CORRELATION:
        raise ModelDataError(f"correlation {correlation:g}; expected one from -0.995 to 0.995")
    if is_known.all():
        raise ModelDataError("no outcome is missing, so there is no selection; fit the regression as it is")
    refuse_few(int(is_known.sum()), rows.matrix.shape[1])


def _objective(matrix: Matrix, outcome: Vector, design: Matrix, held: float | None) -> Objective:
    """Return log-likelihood, gradient and information in b, g, log s and atanh rho (left out where it is held)."""
    from scipy.special import log_ndtr  # noqa: PLC0415 - slow to import

    is_known = ~np.isnan(outcome)
    x, z, y, away = matrix[is_known], design[is_known], outcome[is_known], design[~is_known]

    def terms(point: Vector) -> tuple[float, Vector]:
        k, q = x.shape[1], z.shape[1]
        angle = point[-1] if held is None else held
        rho, widening, scale = np.tanh(angle), np.cosh(angle), np.exp(point[k + q])
        g = point[k : k + q]
        e = (y - x @ point[:k]) / scale
        a, lost = widening * (z @ g + rho * e), -(away @ g)
        ratio, ratio_lost = _mills(a), _mills(lost)
        value = float(-0.5 * e @ e - len(e) * (point[k + q] + 0.5 * np.log(2 * np.pi)))
        value += float(log_ndtr(a).sum() + log_ndtr(lost).sum())
        pull = e - ratio * widening * rho
        gradient = [x.T @ pull / scale, widening * (z.T @ ratio) - away.T @ ratio_lost, [pull @ e - len(e)]]
        if held is None:
            gradient.append([float(ratio @ (e / widening + rho * a))])
        return value, np.concatenate(gradient)

    def objective(point: Vector) -> tuple[float, Vector, Matrix]:
        value, gradient = terms(point)
        information = np.empty((len(point), len(point)))
        for place in range(len(point)):
            step = np.zeros(len(point))
            step[place] = STEP * max(abs(point[place]), 0.1)
            change = terms(point - step)[1] - terms(point + step)[1]
            information[place] = change / (2 * step[place])
        return value, gradient, (information + information.T) / 2

    return objective


def _mills(value: Vector) -> Vector:
    """Return phi / Phi, exact in the tail."""
    from scipy.special import log_ndtr  # noqa: PLC0415 - slow to import

    return np.exp(-0.5 * value**2 - 0.5 * np.log(2 * np.pi) - log_ndtr(value))
