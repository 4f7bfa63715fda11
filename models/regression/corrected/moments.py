r"""Moments of regressors that err, corrected for their errors, with every cluster and without each.

Columns are products of bases (a number, a power, a product). Of bases h whose answers within organisations err, with
V = cov(h) - cov(t) the covariance that the errors add to the true t, ``exp(-1/2 sum V_ab d_a d_b)`` applied to a
polynomial of h has the expectation of the polynomial of t; exact for first and second powers of single bases whatever
the distribution, and for higher products where deviations are normal, as means of several answers nearly are.

References:
    Fuller (1987), Measurement error models, 3.1; Nakamura (1990), Biometrika 77, 127-137; Wall and Amemiya (2000),
    Journal of the American Statistical Association 95, 929-940.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.regression.cluster_moments import grouped_products

Places = tuple[int, ...]
Matching = tuple[tuple[tuple[int, int], ...], Places]


@dataclass(frozen=True, eq=False)
class Spread:
    """What clusters add to a pooled covariance of answers within organisations.

    Attributes:
        products: Cross-products within, G.
        freedom: Answers less one of each organisation and wave, G.
    """

    products: Vector
    freedom: Vector

    def whole_and_without(self) -> Vector:
        """Return the covariance of all clusters, then without each, 1 + G; NaN where nobody is left to tell."""
        products = np.r_[self.products.sum(), self.products.sum() - self.products]
        freedom = np.r_[self.freedom.sum(), self.freedom.sum() - self.freedom]
        return np.divide(products, freedom, out=np.full(len(freedom), np.nan), where=freedom > 0)


@dataclass(frozen=True, eq=False)
class Shared:
    """What errors add to the covariance of two bases: a spread times a factor of each row.

    Attributes:
        spread: Its place among the spreads.
        factor: n, such as 1 / answers.
    """

    spread: int
    factor: Vector


@dataclass(frozen=True, eq=False)
class Erring:
    """Rows of a model whose means err.

    Attributes:
        bases: n x p numbers that columns are products of; the outcome last.
        terms: Places of the bases of each column, none for the intercept; the outcome last.
        shared: Two bases, in order → what errors add to their covariance.
        spreads: Pooled covariances.
        clusters: Cluster of each row, 0 to G - 1.
        weights: n.
    """

    bases: Matrix
    terms: tuple[Places, ...]
    shared: Mapping[tuple[int, int], Shared]
    spreads: tuple[Spread, ...]
    clusters: NDArray[np.intp]
    weights: Vector


@dataclass(frozen=True, eq=False)
class Moments:
    """Cross-products of m columns, of all clusters and then without each, (1 + G) x m x m.

    Attributes:
        plain: As they are.
        corrected: Of the true columns.
    """

    plain: NDArray[np.float64]
    corrected: NDArray[np.float64]


def corrected_moments(rows: Erring) -> Moments:
    """Return the moments of the true columns."""
    columns = np.column_stack([rows.bases[:, list(places)].prod(axis=1) for places in rows.terms])
    products = grouped_products(columns * np.sqrt(rows.weights)[:, None], rows.clusters)[0]
    plain = np.concatenate([products.sum(axis=0)[None], products.sum(axis=0)[None] - products])
    spreads = [each.whole_and_without() for each in rows.spreads]
    corrected = plain.copy()
    for first, second in ((k, m) for m in range(len(rows.terms)) for k in range(m + 1)):
        added = np.zeros(len(plain))
        for spread, by_cluster in _contractions(rows, rows.terms[first] + rows.terms[second]):
            total = by_cluster.sum()
            added += np.prod([spreads[each] for each in spread], axis=0) * np.r_[total, total - by_cluster]
        corrected[:, first, second] += added
        if first != second:
            corrected[:, second, first] += added
    return Moments(plain, corrected)


def _contractions(rows: Erring, places: Places) -> Iterator[tuple[Places, Vector]]:
    """Yield the spreads and, by cluster, the sum over rows of every term of the correction of a product of bases."""
    n_clusters = int(rows.clusters.max()) + 1
    for pairs, alone in matchings(len(places)):
        found = [rows.shared.get(_ordered(places[a], places[b])) for a, b in pairs]
        shared = [each for each in found if each is not None]
        if not pairs or len(shared) < len(found):
            continue
        values = rows.weights * (-1.0) ** len(pairs)
        for each in shared:
            values = values * each.factor
        values = values * rows.bases[:, [places[each] for each in alone]].prod(axis=1)
        yield (
            tuple(each.spread for each in shared),
            np.asarray(np.bincount(rows.clusters, values, n_clusters), dtype=float),
        )


@lru_cache
def matchings(n: int) -> tuple[Matching, ...]:
    """Return all ways to join some of n things in pairs: the pairs, and those that stay alone."""
    return tuple(_matchings(tuple(range(n))))


def _matchings(left: Places) -> Iterator[Matching]:
    if not left:
        yield (), ()
        return
    first, rest = left[0], left[1:]
    for pairs, alone in _matchings(rest):
        yield pairs, (first, *alone)
    for place, other in enumerate(rest):
        for pairs, alone in _matchings(rest[:place] + rest[place + 1 :]):
            yield ((first, other), *pairs), alone


def _ordered(one: int, other: int) -> tuple[int, int]:
    return (one, other) if one <= other else (other, one)
