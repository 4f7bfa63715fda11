"""Regressions whose outcome is missing because of what it is: a normal selection model, estimated or held."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.one_thread import on_one_thread
from models.regression.categorical.binary import fit_binary
from models.regression.categorical.generalised import observed
from models.regression.categorical.maximise import maximise, require_converged
from models.regression.identification import ModelDataError, refuse_few
from models.regression.least_squares import solve_least_squares

STEP = 1e-30
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
        covariance: Of b, k x k, from the observed information of all parameters; with clusters the sandwich of their
            summed scores times G / (G - 1).
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


def fit_selection(
    rows: SelectedRows, correlation: float | None = None, clusters: NDArray[np.intp] | None = None
) -> SelectionFit:
    """Fit the selection model by maximum likelihood.

    Args:
        rows: The regression.
        correlation: rho held at a value, for sensitivity; None to estimate it, which asks much of data and normality.
        clusters: Number of each row's cluster, n; None for independent rows and the inverse information.

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
    objective = _Likelihood(matrix, rows.outcome, design, held)
    starts = [start] if held is not None else [np.append(start, angle) for angle in ANGLES]
    with on_one_thread():
        maximum = max((maximise(objective, each) for each in starts), key=lambda found: found.value)
    require_converged(maximum, "selection model")
    covariance = maximum.inverse_information
    if clusters is not None:
        covariance = _clustered(covariance, objective.scores(maximum.point), clusters)
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


def _clustered(bread: Matrix, scores: Matrix, clusters: NDArray[np.intp]) -> Matrix:
    sums = np.column_stack([np.bincount(clusters, column) for column in scores.T])
    return bread @ (sums.T @ sums) @ bread * (len(sums) / (len(sums) - 1))


def _refuse(rows: SelectedRows, is_known: NDArray[np.bool_], correlation: float | None) -> None:
    if correlation is not None and not abs(correlation) <= LARGEST_CORRELATION:
        raise ModelDataError(f"correlation {correlation:g}; expected one from -0.995 to 0.995")
    if is_known.all():
        raise ModelDataError("no outcome is missing, so there is no selection; fit the regression as it is")
    refuse_few(int(is_known.sum()), rows.matrix.shape[1])


@dataclass(frozen=True, eq=False)
class _Likelihood:
    """The log-likelihood in b, g, log s and atanh rho (left out where it is held), row by row."""

    matrix: Matrix
    outcome: Vector
    design: Matrix
    held: float | None

    @property
    def is_known(self) -> NDArray[np.bool_]:
        return ~np.isnan(self.outcome)

    def _parts(self, point: Vector) -> tuple[Vector, Vector, Vector, Vector, Vector]:
        """Return e, a and the probit of silence, then rho's cosh and tanh and the scale; complex where the point is."""
        k, q = self.matrix.shape[1], self.design.shape[1]
        angle = point[-1] if self.held is None else np.asarray(self.held)
        rho, widening, scale = np.tanh(angle), np.cosh(angle), np.exp(point[k + q])
        known, index = self.is_known, self.design @ point[k : k + q]
        e = (self.outcome[known] - self.matrix[known] @ point[:k]) / scale
        return e, widening * (index[known] + rho * e), -index[~known], np.array([rho, widening]), scale

    def value(self, point: Vector) -> float:
        """Return the log-likelihood."""
        from scipy.special import log_ndtr  # noqa: PLC0415 - slow to import

        e, a, lost, _, scale = self._parts(point)
        normal = float(-0.5 * e @ e - len(e) * (np.log(scale) + 0.5 * np.log(2 * np.pi)))
        return normal + float(log_ndtr(a).sum() + log_ndtr(lost).sum())

    def scores(self, point: Vector) -> Matrix:
        """Return each row's derivatives, n x p."""
        known, k, q = self.is_known, self.matrix.shape[1], self.design.shape[1]
        e, a, lost, (rho, widening), scale = self._parts(point)
        ratio, ratio_lost = _mills(a), _mills(lost)
        pull = e - ratio * widening * rho
        found = np.zeros((len(known), len(point)), dtype=point.dtype)
        found[known, :k] = self.matrix[known] * (pull / scale)[:, None]
        found[known, k : k + q] = self.design[known] * (widening * ratio)[:, None]
        found[~known, k : k + q] = -self.design[~known] * ratio_lost[:, None]
        found[known, k + q] = pull * e - 1
        if self.held is None:
            found[known, -1] = ratio * (e / widening + rho * a)
        return found

    def __call__(self, point: Vector) -> tuple[float, Vector, Matrix]:
        """Return log-likelihood, gradient and information; the latter by the complex step, exact but for rounding."""
        information = np.empty((len(point), len(point)))
        for place in range(len(point)):
            moved = point.astype(complex)
            moved[place] += 1j * STEP
            information[place] = -self.scores(moved).sum(axis=0).imag / STEP
        return self.value(point), self.scores(point).sum(axis=0), (information + information.T) / 2


def _mills(value: Vector) -> Vector:
    """Return phi / Phi, exact in the tail; of complex values with an infinitely small imaginary part likewise."""
    from scipy.special import log_ndtr  # noqa: PLC0415 - slow to import

    real = np.real(value)
    ratio = np.exp(-0.5 * real**2 - 0.5 * np.log(2 * np.pi) - log_ndtr(real))
    return ratio - 1j * np.imag(value) * ratio * (real + ratio) if np.iscomplexobj(value) else ratio
