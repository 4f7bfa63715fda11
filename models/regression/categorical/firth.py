"""Firth's penalised likelihood of binary outcomes: finite estimates under separation, less bias in small samples."""

# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false

from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.regression.categorical.binary import refuse_other_outcomes
from models.regression.categorical.families import Logit
from models.regression.categorical.generalised import Observed
from models.regression.categorical.maximise import Maximum, Objective, maximise, require_converged
from models.regression.categorical.predicted import Predicted

DOUBLINGS = 40
BOUND_TOLERANCE = 1e-10
MODEL = "logit with Firth's penalty"


@dataclass(frozen=True, eq=False)
class FirthFit:
    """A logit fitted by penalised likelihood.

    Attributes:
        rows: What it was fitted to.
        coefficients: k coefficients.
        penalised_log_likelihood: Log-likelihood plus half the log determinant of the information.
        covariance: Inverse information at the estimate, k x k.
        n_iterations: Steps taken.
    """

    rows: Observed
    coefficients: Vector
    penalised_log_likelihood: float
    covariance: Matrix
    n_iterations: int

    def predicted(self, matrix: Matrix, weights: Vector, offset: Vector | None = None) -> Predicted:
        """Return the weighted mean of P(Y = 1) over m rows, one value, and its derivatives."""
        predictor = matrix @ self.coefficients + (0.0 if offset is None else offset)
        shares = weights / weights.sum()
        slopes = (shares * Logit().mean_slope(predictor)) @ matrix
        return Predicted(np.array([shares @ Logit().mean(predictor)]), slopes[None, :])

    def expected(self, matrix: Matrix) -> Matrix:
        """Return P(Y = 1) of each of m rows without offset, m x 1."""
        return Logit().mean(matrix @ self.coefficients)[:, None]


@dataclass(frozen=True)
class ProfileInference:
    """What the profile of a penalised likelihood says of one coefficient.

    Attributes:
        statistic: Twice the fall of the penalised log-likelihood when the coefficient is nought.
        p_value: Upper tail of chi-square(1).
        conf_low, conf_high: Where twice the fall reaches the quantile of chi-square(1).
    """

    statistic: float
    p_value: float
    conf_low: float
    conf_high: float


def fit_firth(rows: Observed, start: Vector | None = None) -> FirthFit:
    """Maximise l(b) + log det(X'WX) / 2, W = diag(w p (1 - p)), by Newton's method.

    The score is X'(w (y - p) + h (1/2 - p)), h the leverages of the weighted least squares problem.

    Args:
        rows: n rows (``observed``), outcomes 0 and 1, both there.
        start: k coefficients to begin from; None: nought.

    Raises:
        ModelDataError: If an outcome is neither 0 nor 1, or all are the same, or the maximum is not reached.

    References:
        Firth (1993), Biometrika 80(1), 27-38. Heinze and Schemper (2002), Statistics in Medicine 21(16), 2409-2419.
        R: ``glm(method = brglm2::brglmFit, type = "AS_mean")``; ``logistf::logistf``, whose covariance is the same.
    """
    refuse_other_outcomes(rows.outcome)
    begin = np.zeros(int(rows.matrix.shape[1])) if start is None else start
    maximum = _maximise_free(rows, begin, np.ones(len(begin), dtype=bool))
    root = np.asarray(np.linalg.inv(_factors(rows, maximum.point)[1]), dtype=float)
    return FirthFit(rows, maximum.point, maximum.value, root @ root.T, maximum.n_iterations)


def profile_inference(fit: FirthFit, place: int, confidence_level: float = 0.95) -> ProfileInference:
    """Test one coefficient by the likelihood ratio and invert the test for an interval.

    Other coefficients are those that maximise the penalised likelihood (with the penalty of all columns) when this one
    is held.

    Args:
        fit: The fit.
        place: Which coefficient.
        confidence_level: Of the interval.

    References:
        Heinze and Schemper (2002). R: ``logistf::logistf(pl = TRUE)``, ``logistf::logistftest``.
    """
    from scipy.special import chdtrc, chdtri  # noqa: PLC0415

    profile = _Profile(fit, place)
    statistic = max(profile.fall(0.0), 0.0)
    quantile = float(chdtri(1, 1 - confidence_level))
    low, high = (profile.bound(side, quantile) for side in (-1.0, 1.0))
    return ProfileInference(statistic, float(chdtrc(1, statistic)), low, high)


def likelihood_ratio_test(fit: FirthFit, places: list[int]) -> tuple[float, int, float]:
    """Test that q coefficients are nought at once; returns chi-square, q and p (R: ``logistf::logistftest``)."""
    from scipy.special import chdtrc  # noqa: PLC0415

    is_free = np.ones(len(fit.coefficients), dtype=bool)
    is_free[places] = False
    held = _maximise_free(fit.rows, np.where(is_free, fit.coefficients, 0.0), is_free)
    statistic = max(2 * (fit.penalised_log_likelihood - held.value), 0.0)
    return statistic, len(places), float(chdtrc(len(places), statistic))


class _Profile:
    """Twice the fall of the penalised log-likelihood as a function of one coefficient."""

    def __init__(self, fit: FirthFit, place: int) -> None:
        self.fit, self.place = fit, place
        self.is_free = np.arange(len(fit.coefficients)) != place
        self.estimate = float(fit.coefficients[place])
        self.step = float(np.sqrt(fit.covariance[place, place]))

    def fall(self, value: float) -> float:
        """Return twice the fall at a value."""
        start = self.fit.coefficients + self.fit.covariance[self.place] / self.step**2 * (value - self.estimate)
        held = _maximise_free(self.fit.rows, start, self.is_free)
        return 2 * (self.fit.penalised_log_likelihood - held.value)

    def bound(self, side: float, quantile: float) -> float:
        """Return where the fall reaches the quantile on one side of the estimate, -1 or 1."""
        from scipy.optimize import brentq  # noqa: PLC0415

        inside, outside = self.estimate, self.estimate + side * self.step
        for _ in range(DOUBLINGS):
            if self.fall(outside) >= quantile:
                found: Any = brentq(self._beyond, inside, outside, args=(quantile,), xtol=BOUND_TOLERANCE)
                return cast("float", found)
            inside, outside = outside, outside + side * self.step
        return side * np.inf

    def _beyond(self, value: float, quantile: float) -> float:
        return self.fall(value) - quantile


def _maximise_free(rows: Observed, start: Vector, is_free: NDArray[np.bool_]) -> Maximum:
    """Maximise over the free coefficients, again from nought where a start leads nowhere; the others stay."""
    if not is_free.any():
        return Maximum(start, _penalised(rows, start)[0], np.empty((0, 0)), 0.0, 0)
    objective = _objective(rows, start, is_free)
    maximum = maximise(objective, start[is_free])
    if not maximum.has_converged:
        maximum = maximise(objective, np.zeros(int(is_free.sum())))
    require_converged(maximum, MODEL)
    return maximum


def _objective(rows: Observed, start: Vector, is_free: NDArray[np.bool_]) -> Objective:
    def objective(free: Vector) -> tuple[float, Vector, Matrix]:
        coefficients = start.copy()
        coefficients[is_free] = free
        value, score, information = _penalised(rows, coefficients)
        return value, score[is_free], information[np.ix_(is_free, is_free)]

    return objective


def _penalised(rows: Observed, coefficients: Vector) -> tuple[float, Vector, Matrix]:
    """Return the penalised log-likelihood, its gradient and minus its Hessian.

    With p the fitted shares, B the orthonormal factor of the weighted rows, h = diag(BB'), and T the k x k^2 matrix
    sum (1 - 2 p) x (b kron b)': the penalty's Hessian is X' diag(h (1 - 6 p (1 - p)) / 2) X - TT' / 2.
    """
    terms = Logit().terms(rows.outcome, rows.matrix @ coefficients + rows.offset)
    basis, triangle = _factors(rows, coefficients)
    lengths = np.abs(np.diag(triangle))
    k = len(coefficients)
    if not lengths.min() > 0:
        return -np.inf, np.zeros(k), np.eye(k)
    share, leverage = rows.outcome - terms.slope, (basis**2).sum(axis=1)
    score = (rows.weights * terms.slope + leverage * (0.5 - share)) @ rows.matrix
    turned = rows.matrix * (1 - 2 * share)[:, None]
    crossed = np.hstack([turned.T @ (basis * basis[:, [place]]) for place in range(k)])
    bent = rows.weights * terms.curvature - 0.5 * leverage * (1 - 6 * terms.curvature)
    curvature = (rows.matrix * bent[:, None]).T @ rows.matrix + 0.5 * crossed @ crossed.T
    return float(rows.weights @ terms.log_likelihood + np.log(lengths).sum()), score, curvature


def _factors(rows: Observed, coefficients: Vector) -> tuple[Matrix, Matrix]:
    """Return the QR factors of the rows times the roots of their information."""
    information = rows.weights * Logit().mean_slope(rows.matrix @ coefficients + rows.offset)
    basis, triangle = np.linalg.qr(rows.matrix * np.sqrt(information)[:, None])
    return np.asarray(basis, dtype=float), np.asarray(triangle, dtype=float)
