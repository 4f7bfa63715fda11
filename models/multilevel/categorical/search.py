"""Search for the largest marginal likelihood, in coordinates in which searching is easy."""

# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false, reportUnknownMemberType=false

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from models.estimates import Matrix, Vector
from models.multilevel.categorical.marginal_likelihood import MarginalLikelihood
from models.regression.categorical.maximise import Maximum, maximise

Method = Literal["BFGS", "L-BFGS-B"]
SMALL_GRADIENT = 1e-6
DERIVATIVE_STEP = 1e-3
STENCIL = ((-2.0, 1 / 12), (-1.0, -8 / 12), (1.0, 8 / 12), (2.0, -1 / 12))


@dataclass(frozen=True)
class Run:
    """One search.

    Attributes:
        method: ``BFGS``, ``L-BFGS-B``, ``Newton`` or ``none`` for the model without random intercepts.
        n_points: Points of the quadrature; 1 for Laplace, 0 where nothing is integrated.
        start_sd: Standard deviation that it began with.
        log_likelihood: What it reached.
        sd: Standard deviation there.
        gradient_norm: Largest derivative there, along directions of unit information without random intercepts.
    """

    method: str
    n_points: int
    start_sd: float
    log_likelihood: float
    sd: float
    gradient_norm: float


class Search:
    """A marginal likelihood in the directions of unit information without random intercepts.

    Modes are looked for from those of the point before.
    """

    def __init__(self, likelihood: MarginalLikelihood, plain: Vector, covariance: Matrix) -> None:
        """Begin at a model without random intercepts.

        Args:
            likelihood: What is maximised.
            plain: p coefficients without random intercepts.
            covariance: p x p, their inverse information.
        """
        p, n_groups = len(plain), likelihood.groups.n_groups
        self.likelihood = likelihood
        self.origin = np.append(plain, 0.0)
        self.axes = np.zeros((p + 1, p + 1))
        self.axes[:p, :p] = np.linalg.cholesky(covariance)
        self.axes[p, p] = (2.0 * n_groups) ** -0.5
        self._modes = np.zeros(n_groups)

    def point(self, place: Vector) -> Vector:
        """Return coefficients and standard deviation at a place of the search."""
        return self.origin + self.axes @ place

    def place(self, point: Vector) -> Vector:
        """Return the place of coefficients and standard deviation."""
        return np.asarray(np.linalg.solve(self.axes, point - self.origin), dtype=float)

    def climbed(self, place: Vector) -> tuple[float, Vector]:
        """Return the log-likelihood and its gradient at a place."""
        evaluated = self.likelihood.at(self.point(place), self._modes)
        if not np.isfinite(evaluated.log_likelihood):
            return -np.inf, np.zeros_like(place)
        self._modes = evaluated.modes
        return evaluated.log_likelihood, self.axes.T @ self.likelihood.gradient(evaluated)

    def information(self, place: Vector) -> Matrix:
        """Return minus the Hessian at a place, by five-point differences of the gradient."""
        step = DERIVATIVE_STEP
        hessian = np.array(
            [
                np.sum([factor / step * self.climbed(place + by * step * unit)[1] for by, factor in STENCIL], axis=0)
                for unit in np.eye(len(place))
            ]
        )
        return -(hessian + hessian.T) / 2

    def quasi_newton(self, method: Method, start: Vector) -> tuple[Run, Vector]:
        """Search from coefficients and a standard deviation by ``scipy.optimize.minimize``; return where it stopped.

        Whether it says that it converged is not asked.
        """
        from scipy.optimize import minimize  # noqa: PLC0415

        def falling(place: Vector) -> tuple[float, Vector]:
            value, gradient = self.climbed(place)
            return -value, -gradient

        with np.errstate(all="ignore"):
            found: Any = minimize(falling, self.place(start), jac=True, method=method, options={"gtol": SMALL_GRADIENT})
        place = np.asarray(found.x, dtype=float)
        return self._run(method, float(start[-1]), place), self.point(place)

    def newton(self, start: Vector) -> tuple[Run, Maximum]:
        """Search by Newton's method; the maximum's point is a place of the search."""

        def objective(place: Vector) -> tuple[float, Vector, Matrix]:
            value, gradient = self.climbed(place)
            if not np.isfinite(value):
                return value, gradient, np.eye(len(place))
            return value, gradient, self.information(place)

        maximum = maximise(objective, self.place(start))
        return self._run("Newton", float(start[-1]), maximum.point), maximum

    def _run(self, method: str, start_sd: float, place: Vector) -> Run:
        value, gradient = self.climbed(place)
        sd = abs(float(self.point(place)[-1]))
        return Run(method, self.likelihood.n_points, start_sd, value, sd, float(np.abs(gradient).max()))
