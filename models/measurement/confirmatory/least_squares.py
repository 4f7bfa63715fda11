r"""Weighted least squares of a factor model for ordered items: ``F = sum_g n_g / n (s - m)' W (s - m) / 2``.

s are standardised thresholds and polychoric correlations, m what the model implies, W the inverse of the diagonal of
their covariance times n (DWLS, the estimates of WLSMV).

References:
    Muthen, du Toit and Spisic (1997), Robust inference using weighted least squares. R: ``lavaan::cfa(estimator =
    "WLSMV")``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from models.estimates import Matrix, Vector
from models.measurement.confirmatory.implied import standardised_moments
from models.measurement.confirmatory.parameters import Layout
from models.measurement.confirmatory.stacking import block_diagonal


@dataclass(frozen=True, eq=False)
class OrderedMoments:
    """What a group's ordered answers say.

    Attributes:
        n_obs: Responses.
        moments: Thresholds, then correlations below the diagonal, row by row, k.
        totals: Influence of every cluster, or of every answer pattern, on the moments; k columns.
        has_clusters: Whether rows are clusters, numbered alike in all groups.
        at_bound: Pairs of items whose correlation lies at the bound of ±.999.
    """

    n_obs: float
    moments: Vector
    totals: Matrix
    has_clusters: bool = False
    at_bound: tuple[tuple[int, int], ...] = ()

    @cached_property
    def weights(self) -> Vector:
        """Inverse of n times the variance of every moment, k."""
        squares = (self.totals**2).sum(axis=0)
        if self.has_clusters:
            squares = squares * small_sample_factor([self.totals])
        return 1 / (self.n_obs * squares)


def small_sample_factor(totals: Sequence[Matrix]) -> float:
    """Return ``C / (C - 1)`` for the C clusters that have responses in any group."""
    n_clusters = int(np.any([np.abs(each).sum(axis=1) > 0 for each in totals], axis=0).sum())
    return n_clusters / (n_clusters - 1)


def moment_covariance(samples: Sequence[OrderedMoments]) -> Matrix:
    """Return the covariance of the moments of all groups; clusters that reach over groups tie them together."""
    if not samples[0].has_clusters:
        return block_diagonal([each.totals.T @ each.totals for each in samples])
    n_rows = max(len(each.totals) for each in samples)
    totals = [np.pad(each.totals, ((0, n_rows - len(each.totals)), (0, 0))) for each in samples]
    joined = np.concatenate(totals, axis=1)
    return joined.T @ joined * small_sample_factor(totals)


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

    def statistic(self, theta: Vector) -> float:
        """Return ``sum_g (n_g - 1) (s - m)' W (s - m)``, the weighted distance that is scaled to chi-square."""
        total = 0.0
        for group, sample in enumerate(self.samples):
            distance = sample.moments - standardised_moments(self.layout, theta, group)[0]
            total += (sample.n_obs - 1) * float(sample.weights @ distance**2)
        return total

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
