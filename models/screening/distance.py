"""Mahalanobis distance of each response from the mean of all: how unusual its combination of answers is."""

# pyright: reportMissingTypeStubs=false

from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtri

from models.estimates import Matrix, Vector
from models.screening.correlations import pairwise_covariance

RESPONSES_PER_ITEM = 3
RELATIVE_TOLERANCE = 1e-10
LARGEST_BATCH = 2_000_000


@dataclass(frozen=True, eq=False)
class Distances:
    """Squared distances with the degrees of freedom of their chi-square reference.

    Attributes:
        squared: Length n; NaN for a response without any answer, or all NaN when the sample is too small.
        df: Length n; rank of the covariance that the distance uses.
    """

    squared: Vector
    df: Vector


def mahalanobis(codes: Matrix) -> Distances:
    """Compute ``d' S^-1 d`` over all items, deviations of missing answers 0.

    Missing answers make the distance smaller while the degrees of freedom stay: use ``observed_mahalanobis`` to judge a
    response. A singular covariance is inverted in the directions in which answers vary, and df is its rank.

    Args:
        codes: One row a response (n), one column an item (k), missing as NaN.

    Returns:
        Distances; none (NaN) with fewer than three responses an item.

    References:
        Mahalanobis (1936), Proceedings of the National Institute of Sciences of India 2(1), 49-55. R:
        ``psych::outlier``, ``careless::mahad``, where the pairwise covariance is positive definite.
    """
    sample = _deviations_and_covariance(codes)
    if sample is None:
        return _none(len(codes))
    deviations, covariance = sample
    inverse, rank = _inverse(covariance)
    filled = np.nan_to_num(deviations, nan=0.0)
    squared = np.einsum("ij,ij->i", filled @ inverse, filled)
    return _of_answered(codes, squared, np.full(len(codes), float(rank)))


def observed_mahalanobis(codes: Matrix) -> Distances:
    """Compute ``d_o' S_oo^-1 d_o`` over the items that each response answered, df the rank of S_oo.

    Args:
        codes: As in ``mahalanobis``.

    Returns:
        Distances; none (NaN) with fewer than three responses an item.
    """
    sample = _deviations_and_covariance(codes)
    if sample is None:
        return _none(len(codes))
    deviations, covariance = sample
    inverse, rank = _inverse(covariance)
    if rank == len(covariance):
        squared, df = _by_downdating(deviations, inverse)
    else:
        squared, df = _by_pattern(deviations, covariance)
    return _of_answered(codes, squared, df)


def chi_square_limit(df: Vector, probability: float) -> Vector:
    """Return the quantile of chi-square below which a distance lies with a probability; NaN for no degrees."""
    return cast("Vector", chdtri(np.where(df > 0, df, np.nan), 1 - probability))


def _deviations_and_covariance(codes: Matrix) -> tuple[Matrix, Matrix] | None:
    is_answered = np.isfinite(codes)
    n_responses, n_items = int(is_answered.any(axis=1).sum()), codes.shape[1]
    if n_items == 0 or n_responses < RESPONSES_PER_ITEM * n_items:
        return None
    covariance = pairwise_covariance(codes)
    if not np.isfinite(covariance).all():
        return None
    sums = np.where(is_answered, codes, 0.0).sum(axis=0)
    return codes - sums / is_answered.sum(axis=0), covariance


def _inverse(covariance: Matrix) -> tuple[Matrix, int]:
    """Invert in the directions with a positive eigenvalue and count them."""
    values, vectors = np.linalg.eigh(covariance)
    is_used = values > RELATIVE_TOLERANCE * max(float(values.max()), 0.0)
    kept = vectors[:, is_used]
    return (kept / values[is_used]) @ kept.T, int(is_used.sum())


def _by_downdating(deviations: Matrix, inverse: Matrix) -> tuple[Vector, Vector]:
    """Use ``d_o' S_oo^-1 d_o = d'Pd - (Pd)_m' P_mm^-1 (Pd)_m`` for missing m, d_m = 0 and P the whole inverse.

    Responses with equally many missing answers are solved together.
    """
    is_missing = ~np.isfinite(deviations)
    filled = np.where(is_missing, 0.0, deviations)
    projected = filled @ inverse
    squared = np.einsum("ij,ij->i", projected, filled)
    n_missing = is_missing.sum(axis=1)
    n_items = deviations.shape[1]
    for count in np.unique(n_missing[(n_missing > 0) & (n_missing < n_items)]):
        rows = np.flatnonzero(n_missing == count)
        for part in np.array_split(rows, 1 + len(rows) * int(count) ** 2 // LARGEST_BATCH):
            holes: NDArray[np.intp] = np.nonzero(is_missing[part])[1].reshape(len(part), int(count))
            block = inverse[holes[:, :, np.newaxis], holes[:, np.newaxis, :]]
            side = np.take_along_axis(projected[part], holes, axis=1)
            solved = np.linalg.solve(block, side[:, :, np.newaxis])[:, :, 0]
            squared[part] -= np.einsum("ij,ij->i", side, solved)
    return squared, (n_items - n_missing).astype(float)


def _by_pattern(deviations: Matrix, covariance: Matrix) -> tuple[Vector, Vector]:
    """Invert the covariance of the answered items once a pattern of missing answers."""
    squared, df = np.zeros(len(deviations)), np.zeros(len(deviations))
    patterns, which = np.unique(np.isfinite(deviations), axis=0, return_inverse=True)
    for place, is_there in enumerate(patterns):
        if is_there.any():
            inverse, rank = _inverse(covariance[np.ix_(is_there, is_there)])
            rows = which.ravel() == place
            own = deviations[np.ix_(rows, is_there)]
            squared[rows] = np.einsum("ij,ij->i", own @ inverse, own)
            df[rows] = rank
    return squared, df


def _of_answered(codes: Matrix, squared: Vector, df: Vector) -> Distances:
    is_answered = np.isfinite(codes).any(axis=1)
    return Distances(np.where(is_answered, squared, np.nan), np.where(is_answered, df, np.nan))


def _none(n_responses: int) -> Distances:
    return Distances(np.full(n_responses, np.nan), np.full(n_responses, np.nan))
