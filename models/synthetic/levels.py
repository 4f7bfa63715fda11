"""How columns go together: between clusters, between periods of a cluster, and within them."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.regression.cluster_moments import grouped_sums

FEWEST_PAIRS = 10
Codes = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Covariances:
    """Covariances of the scores of p columns at three levels, which add to variances of 1.

    Attributes:
        between: p x p, of cluster intercepts.
        periods: p x p, of what a cluster's columns of a period differ from the cluster's; nought for other columns.
        within: p x p, of rows in clusters; nought for columns that are the same in a cluster or period of it.
    """

    between: Matrix
    periods: Matrix
    within: Matrix


def level_of(column: Vector, clusters: Codes, cells: Codes) -> str:
    """Say whether a column is the same in all rows of a ``cluster``, of a ``cell`` (a period of it), or of no unit."""
    for name, codes in (("cluster", clusters), ("cell", cells)):
        if np.bincount(codes).max(initial=0) > 1 and _is_constant(column, codes):
            return name
    return "row"


def covariances_of(scores: Matrix, clusters: Codes, cells: Codes, levels: list[str]) -> Covariances:
    """Take the scores apart by level; pairs of columns that are seldom known together count as unrelated.

    Within: sum of products of deviations from cluster means over pairs less clusters. Between: covariance of cluster
    means less what rows add to it, W_ab n_ab / (n_a n_b), averaged over clusters. Both are made positive semidefinite.

    Args:
        scores: n x p, missing as NaN.
        clusters: Cluster of each row.
        cells: Period of a cluster of each row.
        levels: ``level_of`` each column.

    References:
        Searle, Casella and McCulloch (1992), Variance Components, section 3.5 (ANOVA estimators).
    """
    is_row, is_cell = (np.array([level == name for level in levels]) for name in ("row", "cell"))
    within = _within(np.where(is_row, scores, np.nan), clusters)
    means, counts = _means(scores, clusters)
    between = _pairwise(means) - within * _added_by_rows(scores, clusters, counts)
    of_cells, _ = _means(np.where(is_cell, scores, np.nan), cells)
    owners = np.zeros(int(cells.max()) + 1, dtype=np.intp)
    owners[cells] = clusters
    periods = _within(of_cells, owners)
    parts = [_semidefinite(part) for part in (between, periods, within)]
    total = sum((np.diag(part) for part in parts), start=np.zeros(len(levels)))
    size = np.sqrt(np.where(total > 0, total, 1.0))
    return Covariances(*(part / np.outer(size, size) for part in parts))


def _is_constant(column: Vector, codes: Codes) -> bool:
    is_known = ~np.isnan(column)
    known, of_known = column[is_known], codes[is_known]
    if not len(known):
        return False
    first = np.full(int(codes.max()) + 1, np.nan)
    first[of_known] = known
    n_repeated = len(known) - len(np.unique(of_known))
    return n_repeated > 0 and bool(np.all(first[of_known] == known))


def _means(scores: Matrix, codes: Codes) -> tuple[Matrix, Matrix]:
    counts = grouped_sums((~np.isnan(scores)).astype(float), codes)
    sums = grouped_sums(np.nan_to_num(scores), codes)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan), counts


def _within(scores: Matrix, codes: Codes) -> Matrix:
    means, counts = _means(scores, codes)
    deviations, is_known = np.nan_to_num(scores - means[codes]), (~np.isnan(scores)).astype(float)
    has_any = (counts > 0).astype(float)
    free = is_known.T @ is_known - has_any.T @ has_any
    return np.where(free >= FEWEST_PAIRS, deviations.T @ deviations / np.maximum(free, 1), 0.0)


def _pairwise(means: Matrix) -> Matrix:
    is_known = (~np.isnan(means)).astype(float)
    n_known = is_known.sum(axis=0)
    centred = np.nan_to_num(means - np.nansum(means, axis=0) / np.maximum(n_known, 1))
    free = is_known.T @ is_known - 1
    return np.where(free >= FEWEST_PAIRS, centred.T @ centred / np.maximum(free, 1), 0.0)


def _added_by_rows(scores: Matrix, codes: Codes, counts: Matrix) -> Matrix:
    """Return the mean over clusters of n_ab / (n_a n_b), p x p."""
    is_known = (~np.isnan(scores)).astype(float)
    shares = np.where(counts > 0, 1 / np.maximum(counts, 1), 0.0)
    has_any = (counts > 0).astype(float)
    n_both = np.maximum(has_any.T @ has_any, 1)
    added = np.empty_like(n_both)
    for place in range(scores.shape[1]):
        together = grouped_sums(is_known * is_known[:, [place]], codes)
        added[place] = (together * shares * shares[:, [place]]).sum(axis=0)
    return added / n_both


def _semidefinite(matrix: Matrix) -> Matrix:
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
    return (vectors * np.maximum(values, 0)) @ vectors.T
