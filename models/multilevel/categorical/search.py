"""Search for the largest marginal likelihood, in coordinates in which searching is easy."""

# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false, reportUnknownMemberType=false

from dataclasses import dataclass
from typing import Any, Generic, Literal, Protocol, TypeVar

import numpy as np

from models.estimates import Matrix, Vector
from models.regression.categorical.maximise import Maximum, maximise

Method = Literal["BFGS", "L-BFGS-B"]
SMALL_GRADIENT = 1e-6
DERIVATIVE_STEP = 1e-4


@dataclass(frozen=True)
class Run:
    """One search.

    Attributes:
        method: ``BFGS``, ``L-BFGS-B``, ``Newton`` or ``none`` for the model without random intercepts.
        n_points: Points of the quadrature; 1 for Laplace, 0 where nothing is integrated.
        start_sd: Standard deviation that it began with; of several intercepts that of their sum.
        log_likelihood: What it reached.
        sd: Standard deviation there, likewise.
        gradient_norm: Largest derivative there, along directions of unit information without random intercepts.
    """

    method: str
    n_points: int
    start_sd: float
    log_likelihood: float
    sd: float
    gradient_norm: float


class AtPoint(Protocol):
    """A marginal likelihood at one point."""

    @property
    def log_likelihood(self) -> float:
        """Its logarithm."""
        ...

    @property
    def modes(self) -> Vector:
        """Modes of all groups' u."""
        ...


Evaluated = TypeVar("Evaluated", bound=AtPoint)


class Likelihood(Protocol[Evaluated]):
    """A marginal likelihood of p coefficients and F standard deviations."""

    @property
    def sizes(self) -> tuple[int, ...]:
        """Groups of each of F factors."""
        ...

    @property
    def n_points(self) -> int:
        """Points of the quadrature; 1 for Laplace."""
        ...

    def at(self, point: Vector, start: Vector | None = None) -> Evaluated:
        """Evaluate it, looking for modes from a start."""
        ...

    def gradient(self, evaluated: Evaluated) -> Vector:
        """Return its derivatives."""
        ...


class Search(Generic[Evaluated]):
    """A marginal likelihood in the directions of unit information without random intercepts.

    Modes are looked for from those of the point before.
    """

    def __init__(self, likelihood: Likelihood[Evaluated], plain: Vector, covariance: Matrix) -> None:
        """Begin at a model without random intercepts.

        Args:
            likelihood: What is maximised.
            plain: p coefficients without random intercepts.
            covariance: p x p, their inverse information.
        """
        p, sizes = len(plain), np.array(likelihood.sizes)
        self.likelihood = likelihood
        self.n_coefficients = p
        self.origin = np.append(plain, np.zeros(len(sizes)))
        self.axes = np.diag(np.append(np.ones(p), (2.0 * sizes) ** -0.5))
        self.axes[:p, :p] = np.linalg.cholesky(covariance)
        self._modes = np.zeros(int(sizes.sum()))

    def point(self, place: Vector) -> Vector:
        """Return coefficients and standard deviations at a place of the search."""
        return self.origin + self.axes @ place

    def place(self, point: Vector) -> Vector:
        """Return the place of coefficients and standard deviations."""
        return np.asarray(np.linalg.solve(self.axes, point - self.origin), dtype=float)

    def climbed(self, place: Vector) -> tuple[float, Vector]:
        """Return the log-likelihood and its gradient at a place."""
        evaluated = self.likelihood.at(self.point(place), self._modes)
        if not np.isfinite(evaluated.log_likelihood):
            return -np.inf, np.zeros_like(place)
        self._modes = evaluated.modes
        return evaluated.log_likelihood, self.axes.T @ self.likelihood.gradient(evaluated)

    def information(self, place: Vector) -> Matrix:
        """Return minus the Hessian at a place, by central differences of the gradient over 1e-4 of unit information."""
        steps = DERIVATIVE_STEP * np.eye(len(place))
        ends = [(self.climbed(place + step)[1], self.climbed(place - step)[1]) for step in steps]
        hessian = np.array([(high - low) / (2 * DERIVATIVE_STEP) for high, low in ends])
        return -(hessian + hessian.T) / 2

    def quasi_newton(self, method: Method, start: Vector) -> tuple[Run, Vector]:
        """Search from coefficients and standard deviations by ``scipy.optimize.minimize``; return where it stopped.

        Whether it says that it converged is not asked.
        """
        from scipy.optimize import minimize  # noqa: PLC0415

        def falling(place: Vector) -> tuple[float, Vector]:
            value, gradient = self.climbed(place)
            return -value, -gradient

        with np.errstate(all="ignore"):
            found: Any = minimize(falling, self.place(start), jac=True, method=method, options={"gtol": SMALL_GRADIENT})
        place = np.asarray(found.x, dtype=float)
        return self._run(method, start, place), self.point(place)

    def newton(self, start: Vector) -> tuple[Run, Maximum]:
        """Search by Newton's method; the maximum's point is a place of the search."""

        def objective(place: Vector) -> tuple[float, Vector, Matrix]:
            value, gradient = self.climbed(place)
            if not np.isfinite(value):
                return value, gradient, np.eye(len(place))
            return value, gradient, self.information(place)

        maximum = maximise(objective, self.place(start))
        return self._run("Newton", start, maximum.point), maximum

    def _run(self, method: str, start: Vector, place: Vector) -> Run:
        value, gradient = self.climbed(place)
        start_sd, sd = (float(np.linalg.norm(each[self.n_coefficients :])) for each in (start, self.point(place)))
        return Run(method, self.likelihood.n_points, start_sd, value, sd, float(np.abs(gradient).max()))
