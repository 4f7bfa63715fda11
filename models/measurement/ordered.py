"""Ordered answers counted by pattern, and their thresholds: what polychoric estimates need of a sample."""

# pyright: reportMissingTypeStubs=false

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from models.estimates import Matrix, Vector


@dataclass(frozen=True, eq=False)
class OrderedSample:
    """Complete answers to ordered items, each distinct combination once.

    Attributes:
        patterns: Distinct combinations (u) of categories, numbered from 0 within each item, u x p.
        counts: Responses (or their weights) with each, u.
        clusters: Number of the cluster of each combination, u; empty without clusters. With clusters a combination
            stands once a cluster.
        n_categories: Categories of each item.
    """

    patterns: NDArray[np.intp]
    counts: Vector
    clusters: NDArray[np.intp]
    n_categories: tuple[int, ...]

    @property
    def n_obs(self) -> float:
        """Responses."""
        return float(self.counts.sum())

    @property
    def n_items(self) -> int:
        """Items."""
        return self.patterns.shape[1]


def ordered_sample(codes: Matrix, clusters: NDArray[np.intp] | None = None) -> OrderedSample:
    """Count complete answers by pattern; every item's categories are the codes that somebody gave.

    Args:
        codes: One row a response (n), one column an item, none missing.
        clusters: Number of the cluster of each response, alike in all groups; None without clusters.
    """
    categories = np.empty(codes.shape, dtype=np.intp)
    n_categories: list[int] = []
    for item in range(codes.shape[1]):
        used, categories[:, item] = np.unique(codes[:, item], return_inverse=True)
        n_categories.append(len(used))
    keyed = categories if clusters is None else np.column_stack([clusters, categories])
    distinct, counts = np.unique(keyed, axis=0, return_counts=True)
    patterns = distinct if clusters is None else distinct[:, 1:]
    of_pattern = np.empty(0, dtype=np.intp) if clusters is None else distinct[:, 0]
    return OrderedSample(patterns, counts.astype(float), of_pattern, tuple(n_categories))


def thresholds(sample: OrderedSample) -> list[Vector]:
    """Return the thresholds of each item: normal quantiles of the cumulated shares of all but the last category."""
    shares = [
        np.bincount(sample.patterns[:, item], weights=sample.counts, minlength=n) / sample.n_obs
        for item, n in enumerate(sample.n_categories)
    ]
    return [ndtri(np.cumsum(each)[:-1]) for each in shares]
