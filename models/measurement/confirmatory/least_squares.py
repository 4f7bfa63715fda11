r"""Weighted least squares of a factor model for ordered items: ``F = sum_g n_g / n (s - m)' W (s - m) / 2``.

s are standardised thresholds and polychoric correlations, m what the model implies, W the inverse of the diagonal of their
covariance times n (DWLS, the estimates of WLSMV).

References:
    Muthen, du Toit and Spisic (1997), Robust inference using weighted least squares. R: ``lavaan::cfa(estimator = "WLSMV")``.
"""

from dataclasses import dataclass

import numpy as np

from models.estimates import Matrix, Vector
from models.measurement.confirmatory.implied import standardised_moments
from models.measurement.confirmatory.parameters import Layout


@dataclass(frozen=True, eq=False)
class OrderedMoments:
    """What a group's ordered answers say.

    Attributes:
        n_obs: Responses.
        moments: Thresholds, then correlations below the diagonal, row by row, k.
        acov: n times their covariance, k x k.
    """

    n_obs: float
    moments: Vector
    acov: Matrix

    @property
    def weights(self) -> Vector:
        """Inverse of the diagonal of ``acov``."""
        return 1 / np.diagonal(self.acov)


@dataclass(frozen=True, eq=False)
class LeastSquares:
    """Weighted squared distance of a layout from the moments of its groups.

    Attributes:
        layout: The model.
        samples: One a group.
    """

    layout: Layout
    samples: tuple[OrderedMoments, ...]

    @property
    def n_obs(self) -> float:
        """Responses of all groups."""
        return sum(each.n_obs for each in self.samples)

    @property
    def n_chi_square(self) -> float:
        """By what twice the discrepancy is multiplied to give chi-square: responses minus groups."""
        return self.n_obs - self.layout.n_groups

    def evaluate(self, theta: Vector) -> tuple[float, Vector]:
        """Return F and its gradient; infinite where a latent variance is not positive or a correlation leaves ±1."""
        value, gradient = 0.0, np.zeros(self.layout.n_free)
        for group, sample in enumerate(self.samples):
            with np.errstate(invalid="ignore", divide="ignore"):
                implied, by_theta = standardised_moments(self.layout, theta, group)
            if not np.isfinite(implied).all():
                return np.inf, gradient
            weighted = sample.n_obs / self.n_obs * sample.weights * (sample.moments - implied)
            value += float(weighted @ (sample.moments - implied)) / 2
            gradient -= by_theta.T @ weighted
        return value, gradient

    def gradient(self, theta: Vector) -> Vector:
        """Return the gradient of ``evaluate``."""
        return self.evaluate(theta)[1]

    def curvature(self, theta: Vector) -> Matrix:
        """Return ``D' W D`` of the derivatives D of the implied moments, q x q."""
        total = np.zeros((self.layout.n_free, self.layout.n_free))
        for group, sample in enumerate(self.samples):
            _, by_theta = standardised_moments(self.layout, theta, group)
            total += sample.n_obs / self.n_obs * (by_theta.T * sample.weights) @ by_theta
        return total
