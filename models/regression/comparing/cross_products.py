"""Cross-products of columns and outcome by whole clusters: what resampling and folds are computed from.

Put here sums over clusters and who is drawn; not what is compared.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from models.estimates import Matrix, Vector


@dataclass(frozen=True, eq=False)
class Columns:
    """Columns of a model that are told apart by what is done with them.

    Attributes:
        held: n x h columns that stay throughout, the intercept among them.
        compared: n x p columns that are compared.
        outcome: n values.
        weights: n values above 0.
        clusters: Cluster of each row, 0 to G - 1; without clusters every row is its own.
    """

    held: Matrix
    compared: Matrix
    outcome: Vector
    weights: Vector
    clusters: NDArray[np.intp]

    @property
    def n_clusters(self) -> int:
        """Clusters G."""
        return int(self.clusters.max()) + 1

    @cached_property
    def scales(self) -> Vector:
        """Standard deviation of each compared column, p."""
        means = self.weights @ self.compared / self.weights.sum()
        return np.sqrt(self.weights @ (self.compared - means) ** 2 / self.weights.sum())

    @cached_property
    def rows(self) -> Matrix:
        """Held columns of unit length, standardised compared columns, then the outcome less its mean: n x (h + p + 1).

        What is held spans the constant, so that centring changes nothing that is explained beyond it.
        """
        means = self.weights @ self.compared / self.weights.sum()
        held = self.held / np.sqrt(np.mean(self.held**2, axis=0))
        centred = self.outcome - self.weights @ self.outcome / self.weights.sum()
        return np.column_stack([held, (self.compared - means) / self.scales, centred])

    def products(self, times: Vector) -> Matrix:
        """Return the weighted cross-products of the rows, each cluster counted so many times.

        Args:
            times: G values, nought or more.
        """
        counted = self.weights * times[self.clusters]
        return (self.rows * counted[:, None]).T @ self.rows

    def variation(self, times: Vector) -> float:
        """Return the weighted sum of squares of the outcome around its mean, clusters counted so many times."""
        counted, outcome = self.weights * times[self.clusters], self.rows[:, -1]
        return float(counted @ (outcome - counted @ outcome / counted.sum()) ** 2)


def without_held(products: Matrix, n_held: int) -> Matrix:
    """Return cross-products of what held columns leave of the others (Frisch, Waugh and Lovell).

    Args:
        products: Symmetric, the held columns first.
        n_held: How many are held.
    """
    held, across = products[:n_held, :n_held], products[:n_held, n_held:]
    return products[n_held:, n_held:] - across.T @ np.linalg.pinv(held, hermitian=True) @ across


def draw_clusters(n_clusters: int, draws: int, rng: np.random.Generator) -> Matrix:
    """Draw as many clusters as there are, with replacement: draws x G counts."""
    return rng.multinomial(n_clusters, np.full(n_clusters, 1 / n_clusters), size=draws).astype(float)


def folds_of_clusters(n_clusters: int, folds: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Return the fold of each cluster, 0 to K - 1, alike in size; K is G where clusters are fewer."""
    places = np.arange(n_clusters) % min(folds, n_clusters)
    return rng.permutation(places).astype(np.intp)
