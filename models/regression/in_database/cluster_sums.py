"""Cluster-robust covariances from rows that pass by in blocks.

The same as ``models.regression.clustered``, of orthogonal columns, a few clusters at a time. CR0 and CR1S need one sum
of scores a cluster, rows in any order. CR2 and CR3 need the rows sorted by cluster; then no more than one is open.
"""

from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.regression.cluster_moments import VALUES_AT_ONCE, grouped_products, grouped_sums
from models.regression.clustered import (
    NO_FREE_SHARE,
    PART,
    POWER_OF_FREE_SHARE,
    ClusterCovariance,
    Clustered,
    adjustment_of,
    satterthwaite,
)
from models.regression.inference import Uncertainty

LIGHT = 0.1
LAST_BIT = 1e-17
MOST_KEPT = 10_000_000


@dataclass(eq=False)
class _Adjusted:
    """Sums over clusters for one covariance with adjusted residuals; q directions, k columns.

    Attributes:
        kept: Of each cluster X'AX and X'A^2X, A the adjustment of its residuals, as tests of several coefficients need
            them, of some clusters an entry; None once they would be too many to keep.
    """

    triangle: Matrix
    expected: Vector
    of_pairs: Vector
    crossed: NDArray[np.float64]
    kept: tuple[list[NDArray[np.float64]], list[NDArray[np.float64]]] | None
    n_kept: int = 0

    def keep(self, *added: NDArray[np.float64]) -> None:
        """Keep what some clusters add, while all that is kept stays within bounds."""
        self.n_kept += sum(each.size for each in added)
        if self.n_kept > MOST_KEPT:
            self.kept = None
        if self.kept is not None:
            for parts, each in zip(self.kept, added, strict=True):
                parts.append(each)

    def joined(self) -> list[NDArray[np.float64]] | None:
        """Return what is kept of all clusters, each joined by itself, so that little lies in memory twice."""
        for parts in self.kept or ():
            if len(parts) > 1:
                parts[:] = [np.concatenate(parts)]
        return None if self.kept is None else [parts[0] for parts in self.kept]


@dataclass(eq=False)
class ClusterSums:
    """Sums over clusters for one or more covariances.

    Attributes:
        n_clusters: Clusters, coded 0 to G - 1; grows with the codes of added rows.
        kinds: Covariances.
        directions: k x k; row i times the orthogonal columns' coefficients is coefficient i.
    """

    n_clusters: int
    kinds: tuple[Clustered, ...]
    directions: Matrix
    _scores: Matrix = field(init=False)
    _triangle: Matrix = field(init=False)
    _adjusted: dict[Clustered, _Adjusted] = field(init=False)
    _open: tuple[int, Matrix, Vector] | None = field(init=False, default=None)
    _is_decided: NDArray[np.bool_] = field(init=False)

    def __post_init__(self) -> None:
        k = len(self.directions)
        self._outside = np.linalg.inv(self.directions)
        self._triangle = np.zeros((k, k))
        self._adjusted = {
            kind: _Adjusted(np.zeros((k, k)), np.zeros(k), np.zeros(k), np.zeros((k, k, k)), ([], []))
            for kind in self.kinds
            if POWER_OF_FREE_SHARE[kind] < 0
        }
        self._scores = np.zeros((k, 0 if self.needs_order else self.n_clusters))
        self._is_decided = np.zeros(k, dtype=bool)

    @property
    def needs_order(self) -> bool:
        """Whether rows must come sorted by cluster."""
        return needs_order(self.kinds)

    def add(self, orthogonal: Matrix, scores: Matrix, codes: NDArray[np.intp]) -> None:
        """Add some rows: k x n orthogonal columns, the same times residuals, and n codes."""
        self.n_clusters = max(self.n_clusters, int(codes.max()) + 1)
        if not self.needs_order:
            if further := self.n_clusters - self._scores.shape[1]:
                self._scores = np.pad(self._scores, ((0, 0), (0, further)))
            for place, column in enumerate(scores):
                self._scores[place] += np.bincount(codes, weights=column, minlength=self.n_clusters)
            return
        step = max(1, VALUES_AT_ONCE // len(orthogonal) ** 2)
        for start in range(0, len(codes), step):
            rows = slice(start, start + step)
            self._add_sorted(orthogonal[:, rows].T, scores[:, rows].T, codes[rows])

    def _add_sorted(self, rows: Matrix, scores_of_rows: Matrix, codes: NDArray[np.intp]) -> None:
        products, _ = grouped_products(rows, codes)
        scores = grouped_sums(scores_of_rows, codes)
        first, last = int(codes[0]), int(codes[-1])
        if self._open is not None and self._open[0] == first:
            products[0] += self._open[1]
            scores[0] += self._open[2]
        elif self._open is not None:
            self.absorb(self._open[1][None], self._open[2][None])
        self._open = (last, products[-1], scores[-1])
        self.absorb(products[:-1], scores[:-1])

    def close(self) -> None:
        """Say that all rows have been added."""
        if self._open is not None:
            self.absorb(self._open[1][None], self._open[2][None])
            self._open = None
        if not self.needs_order:
            self._triangle = _with(self._triangle, self._scores.T)

    def absorb(self, products: NDArray[np.float64], scores: Matrix) -> None:
        """Add whole clusters: g x k x k cross-products of orthogonal columns and g x k scores."""
        self._triangle = _with(self._triangle, scores)
        is_light = np.einsum("gaa->g", products) < LIGHT
        if is_light.any():
            self._adjust(products[is_light], scores[is_light], None)
        if not is_light.all():
            leverages, vectors = np.linalg.eigh(products[~is_light])
            spectra = np.clip(leverages, 0.0, 1.0), vectors
            self._note_decided(*spectra)
            self._adjust(products[~is_light], scores[~is_light], spectra)

    def _adjust(
        self, products: NDArray[np.float64], scores: Matrix, spectra: tuple[Matrix, NDArray[np.float64]] | None
    ) -> None:
        for kind, sums in self._adjusted.items():
            adjustments = _series(products, kind) if spectra is None else _spectral(*spectra, kind)
            influence = np.einsum("gab,gb->ga", adjustments, scores)
            sums.triangle = _with(sums.triangle, influence)
            turned = self.directions @ adjustments
            adjusted = adjustments @ products
            outside = self._outside
            sums.keep(outside.T @ adjusted @ outside, outside.T @ (adjusted @ adjustments) @ outside)
            parts = self.directions @ adjusted
            own, shared = (parts * turned).sum(axis=2), (parts**2).sum(axis=2)
            sums.expected += (own - shared).sum(axis=0)
            sums.of_pairs += (own**2 - 2 * own * shared).sum(axis=0)
            by_direction = parts.transpose(1, 2, 0)
            sums.crossed += by_direction @ by_direction.transpose(0, 2, 1)

    def _note_decided(self, leverages: Matrix, vectors: NDArray[np.float64]) -> None:
        cluster, place = np.nonzero(leverages > 1 - NO_FREE_SHARE)
        if len(cluster):
            sizes = np.sqrt((self.directions**2).sum(axis=1))
            self._is_decided |= (np.abs(vectors[cluster, :, place] @ self.directions.T) > PART * sizes).any(axis=0)

    def uncertainty(self, kind: Clustered, back: Matrix, n: int, n_parameters: int) -> Uncertainty:
        """Return the covariance of the coefficients and their degrees of freedom.

        Args:
            kind: One of ``kinds``.
            back: k x k matrix that takes the orthogonal columns' coefficients, of the outcome standardised, to the
                coefficients.
            n: Rows.
            n_parameters: Of the model, for the factor of CR1S.
        """
        n_clusters = self.n_clusters
        n_decided = int(self._is_decided.sum()) if self.needs_order else None
        if kind not in self._adjusted:
            whole = n_clusters / (n_clusters - 1)
            factor = {"CR0": 1.0, "CR1": whole, "CR1S": whole * (n - 1) / (n - n_parameters)}[kind]
            covariance = factor * _between(back, self._triangle)
            return Uncertainty(covariance, np.full(len(back), n_clusters - 1.0), n_clusters, n_decided)
        sums = self._adjusted[kind]
        df = satterthwaite(sums.expected, sums.of_pairs + np.einsum("qab,qba->q", sums.crossed, sums.crossed))
        covariance = _between(back, sums.triangle)
        return Uncertainty(covariance, df, n_clusters, n_decided, corrected=self._corrected(sums, covariance))

    def _corrected(self, sums: _Adjusted, covariance: Matrix) -> ClusterCovariance | None:
        """Return what corrects tests of several coefficients, in units of the columns as they are."""
        joined = sums.joined()
        if joined is None:
            return None
        return ClusterCovariance(covariance, joined[0], joined[1], self.directions @ self.directions.T)


def _with(triangle: Matrix, scores: Matrix) -> Matrix:
    """Return the triangle R with R'R the sum of squares so far, and of further g x k scores.

    Sums of squares themselves would not tell a variance of nought from one below 1e-16 of the others.
    """
    return np.asarray(np.linalg.qr(np.vstack([triangle, scores]), mode="r"))


def _between(back: Matrix, triangle: Matrix) -> Matrix:
    half = back @ triangle.T
    return half @ half.T


def _spectral(leverages: Matrix, vectors: NDArray[np.float64], kind: Clustered) -> NDArray[np.float64]:
    """Return (I - B)^p from the eigenvalues and eigenvectors of B; nought in directions without free share."""
    return (vectors * adjustment_of(leverages, kind)[:, None, :]) @ vectors.transpose(0, 2, 1)


def _series(products: NDArray[np.float64], kind: Clustered) -> NDArray[np.float64]:
    """Return (I - B)^p by its binomial series, for B of so small a trace that few terms are not below the last bit."""
    power, largest = POWER_OF_FREE_SHARE[kind], float(np.einsum("gaa->g", products).max())
    n_terms = int(np.ceil(np.log(LAST_BIT) / np.log(max(largest, LAST_BIT)))) + 1
    terms = np.cumprod([1.0, *((place - 1 - power) / place for place in range(1, n_terms))]).tolist()
    unit = np.eye(int(products.shape[1]))
    found = np.broadcast_to(terms[-1] * unit, products.shape)
    for term in terms[-2::-1]:
        found = products @ found + term * unit
    return found


def needs_order(kinds: Collection[str]) -> bool:
    """Tell whether any of these covariances needs the rows sorted by cluster."""
    return "CR2" in kinds or "CR3" in kinds
