r"""The normal likelihood of a factor model, complete or with gaps (full information), and what follows from it.

For responses with the items of a pattern, ``log L = -n/2 (k log 2 pi + log|S| + tr(S^-1 (C + d d')))`` with S the
implied covariance, C the covariance in the pattern over n and d the distance of the means. A model without means has
``d = 0``.

References:
    Bollen (1989), ch. 4; Arbuckle (1996) in Marcoulides and Schumacker, Advanced structural equation modeling.
    R: ``lavaan::sem(estimator = "ML", likelihood = "normal")``, ``missing = "ml"``.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.estimates import Matrix, Vector
from models.measurement.confirmatory.implied import moments, pulled_back
from models.measurement.confirmatory.parameters import Layout
from models.measurement.confirmatory.sample import Sample


@dataclass(frozen=True, eq=False)
class Likelihood:
    """Likelihood of a layout for the samples of its groups.

    Attributes:
        layout: The model.
        samples: One a group.
    """

    layout: Layout
    samples: tuple[Sample, ...]

    @property
    def n_obs(self) -> int:
        """Responses of all groups."""
        return sum(each.n_obs for each in self.samples)

    @property
    def n_chi_square(self) -> float:
        """By what twice the discrepancy is multiplied to give chi-square."""
        return self.n_obs

    def moments(self, theta: Vector, group: int) -> tuple[Vector, Matrix]:
        """Return mean and covariance of a group; the sample's own mean where the model has none."""
        implied = moments(self.layout, theta, group, with_derivatives=False)
        return implied.mean if self.layout.has_means else self.samples[group].mean, implied.covariance

    def evaluate(self, theta: Vector) -> tuple[float, Vector]:
        """Return minus the log likelihood of a response, and its gradient; infinite where no likelihood exists."""
        value, gradient = 0.0, np.zeros(self.layout.n_free)
        for group, sample in enumerate(self.samples):
            mean, covariance = self.moments(theta, group)
            found = deviance_by_moments(sample, mean, covariance)
            if found is None:
                return np.inf, gradient
            value += found.deviance / 2
            gradient += pulled_back(self.layout, theta, group, found.by_mean, found.by_covariance) / 2
        return value / self.n_obs, gradient / self.n_obs

    def gradient(self, theta: Vector) -> Vector:
        """Return the gradient of ``evaluate``."""
        return self.evaluate(theta)[1]

    def curvature(self, theta: Vector) -> Matrix:
        """Return the expected information of a response, as if every item had been answered, q x q."""
        total = np.zeros((self.layout.n_free, self.layout.n_free))
        for group, sample in enumerate(self.samples):
            implied = moments(self.layout, theta, group)
            total += sample.n_obs * normal_information(
                self.layout, implied.covariance, implied.covariance_by, implied.mean_by
            )
        return total / self.n_obs

    def log_likelihood(self, theta: Vector) -> float:
        """Return the log likelihood of all responses."""
        return -self.evaluate(theta)[0] * self.n_obs

    def scores(self, theta: Vector) -> Matrix:
        """Return the gradient of the log likelihood of every response, n x q, group after group."""
        parts: list[Matrix] = []
        for group, sample in enumerate(self.samples):
            implied = moments(self.layout, theta, group)
            mean = implied.mean if self.layout.has_means else sample.mean
            of_mean, of_covariance = scores_by_moments(sample, mean, implied.covariance)
            rows, columns = np.tril_indices(len(mean))
            by = implied.covariance_by[:, rows, columns]
            scores = of_covariance @ by.T
            parts.append(scores + of_mean @ implied.mean_by.T if self.layout.has_means else scores)
        return np.concatenate(parts)


@dataclass(frozen=True, eq=False)
class Deviance:
    """Minus twice the log likelihood of a group and its derivatives by the moments.

    Attributes:
        deviance: The value.
        by_mean: Derivative by the mean, p.
        by_covariance: Derivative by the covariance, every cell taken alone, p x p.
    """

    deviance: float
    by_mean: Vector
    by_covariance: Matrix


def deviance_by_moments(sample: Sample, mean: Vector, covariance: Matrix) -> Deviance | None:
    """Return the deviance of a group at given moments; None where a covariance is not positive definite."""
    deviance, by_mean, by_covariance = 0.0, np.zeros_like(mean), np.zeros_like(covariance)
    for each in sample.patterns:
        inner = np.ix_(each.items, each.items)
        try:
            root = np.linalg.cholesky(covariance[inner])
        except np.linalg.LinAlgError:
            return None
        inverse = np.linalg.inv(root)
        inverse = inverse.T @ inverse
        distance = each.mean - mean[each.items]
        observed = each.covariance + np.outer(distance, distance)
        log_determinant = 2 * np.log(np.diagonal(root)).sum()
        size = len(each.items) * np.log(2 * np.pi)
        deviance += each.n_obs * float(size + log_determinant + (inverse * observed).sum())
        by_mean[each.items] -= 2 * each.n_obs * inverse @ distance
        by_covariance[inner] += each.n_obs * (inverse - inverse @ observed @ inverse)
    return Deviance(deviance, by_mean, by_covariance)


def scores_by_moments(sample: Sample, mean: Vector, covariance: Matrix) -> tuple[Matrix, Matrix]:
    """Return the gradient of the log likelihood of every response by the moments.

    Returns:
        By the mean, n x p; by the covariance below and on the diagonal, row by row, n x p(p + 1)/2.
    """
    n, p = sample.data.shape
    by_mean = np.zeros((n, p))
    pulls = np.zeros((n, p))
    rows, columns = np.tril_indices(p)
    twice = np.where(rows == columns, 1.0, 2.0)
    by_covariance = np.zeros((n, len(rows)))
    for each in sample.patterns:
        inverse = np.zeros((p, p))
        inverse[np.ix_(each.items, each.items)] = np.linalg.inv(covariance[np.ix_(each.items, each.items)])
        distance = np.zeros((each.n_obs, p))
        distance[:, each.items] = sample.data[np.ix_(each.rows, each.items)] - mean[each.items]
        pulls[each.rows] = distance @ inverse
        by_covariance[each.rows] -= inverse[rows, columns]
    by_mean += pulls
    of_items = np.ascontiguousarray(pulls.T)
    by_covariance += (of_items[rows] * of_items[columns]).T
    return by_mean, by_covariance * twice / 2


def normal_information(layout: Layout, covariance: Matrix, covariance_by: Matrix, mean_by: Matrix) -> Matrix:
    """Return ``tr(S^-1 dS_a S^-1 dS_b) / 2 + dm_a' S^-1 dm_b``, the expected information of a complete response."""
    inverse = np.linalg.inv(covariance)
    q, p = len(covariance_by), len(covariance)
    turned = (inverse @ covariance_by).reshape(q, p * p)
    across = (covariance_by @ inverse).reshape(q, p * p)
    information = turned @ across.T / 2
    if layout.has_means:
        information = information + mean_by @ inverse @ mean_by.T
    return information


def saturated_log_likelihood(samples: Sequence[Sample]) -> float:
    """Return the log likelihood at the groups' own means and covariances; minus infinity where one is singular."""
    total = 0.0
    for sample in samples:
        found = deviance_by_moments(sample, sample.mean, sample.covariance)
        if found is None:
            return -np.inf
        total -= found.deviance / 2
    return total
