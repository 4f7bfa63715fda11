r"""Polychoric correlations by maximum likelihood in two steps, for all pairs of items at once, and their covariance.

Thresholds come from each item's own shares; the correlation of a pair maximises ``sum_ab n_ab log p_ab(r)`` with
``p_ab`` the bivariate normal probability of the cell. The covariance of all thresholds and correlations is ``A^-1 C
A^-T / n`` of the estimating equations of both steps.

References:
    Olsson (1979), Psychometrika 44, 443-460. Muthen (1984), Psychometrika 49, 115-132. R: ``lavaan::lavCor(ordered =
    ...)``.
"""

# pyright: reportMissingTypeStubs=false

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from models.estimates import Matrix, Vector
from models.measurement.bivariate_normal import density, distribution, normal_density
from models.measurement.ordered import OrderedSample, thresholds

Index = NDArray[np.intp]

MOST_STEPS = 100
SMALLEST_STEP = 1e-11
LARGEST_CORRELATION = 0.999
AT_BOUND = 1e-9
LEAST_PROBABILITY = 1e-12
"""Below the accuracy of the distribution; the cell of an answer counts as this likely at least."""
HALF_A_RESPONSE = 0.5
BINARY = 2


@dataclass(frozen=True, eq=False)
class Pairs:
    """The tables of all pairs of items, filled up to the largest number of categories (c).

    Attributes:
        first: First item of each pair (m); pairs as below the diagonal, row by row.
        second: Second item; smaller than ``first``.
        counts: m x c x c.
        limits: Threshold of each item with infinite ends, p x (c + 1); categories that an item lacks are empty.
    """

    first: Index
    second: Index
    counts: Matrix
    limits: Matrix


@dataclass(frozen=True, eq=False)
class Polychoric:
    """Thresholds and correlations of ordered items.

    Attributes:
        thresholds: Of each item.
        correlation: p x p.
        at_bound: Pairs (first, second) whose correlation lies at ± .999: one item answers for the other.
    """

    thresholds: list[Vector]
    correlation: Matrix
    at_bound: list[tuple[int, int]]


def influence_totals(sample: OrderedSample, found: Polychoric) -> Matrix:
    """Return how much each cluster (each pattern, without clusters) moves thresholds and correlations.

    ``A^-1 s`` with s the scores summed over the responses of a cluster; the covariance of the moments is the sum of
    their outer products.

    Returns:
        One row a cluster, as many as the largest number + 1, or one row a pattern.
    """
    scores, derivative = estimating_equations(sample, found)
    if len(sample.clusters):
        totals = np.zeros((int(sample.clusters.max()) + 1, scores.shape[1]))
        np.add.at(totals, sample.clusters, scores * sample.counts[:, None])
    else:
        totals = scores * np.sqrt(sample.counts)[:, None]
    return np.asarray(np.linalg.solve(derivative, totals.T).T, dtype=float)


def polychoric(sample: OrderedSample) -> Polychoric:
    """Estimate the polychoric correlations of all pairs by scoring steps within brackets.

    A two by two table with one empty cell has its largest likelihood at ±1. There half a response is moved into the
    empty cell and its margins are kept, as lavaan does (``zero.add = c(0.5, 0)``, ``zero.keep.margins = TRUE``); empty
    cells of larger tables stay.
    """
    pairs = _pairs(sample)
    correlation = np.clip(_start(sample, pairs), -0.9, 0.9)
    low, high = np.full_like(correlation, -LARGEST_CORRELATION), np.full_like(correlation, LARGEST_CORRELATION)
    for _ in range(MOST_STEPS):
        slope, information = _slopes(pairs, correlation)
        low, high = np.where(slope > 0, correlation, low), np.where(slope < 0, correlation, high)
        step = slope / np.maximum(information, LEAST_PROBABILITY)
        new = np.where(np.abs(step) < SMALLEST_STEP, correlation, correlation + step)
        new = np.where((new < low) | (new > high), (low + high) / 2, new)
        change, correlation = np.abs(new - correlation), new
        if change.max(initial=0.0) < SMALLEST_STEP:
            break
    matrix = np.eye(sample.n_items)
    matrix[pairs.first, pairs.second] = matrix[pairs.second, pairs.first] = correlation
    at_bound = np.flatnonzero(np.abs(correlation) >= LARGEST_CORRELATION - AT_BOUND)
    return Polychoric(
        thresholds(sample), matrix, [(int(pairs.first[each]), int(pairs.second[each])) for each in at_bound]
    )


def _pairs(sample: OrderedSample) -> Pairs:
    first, second = np.tril_indices(sample.n_items, -1)
    c = max(sample.n_categories)
    one_hot = (sample.patterns[:, :, None] == np.arange(c)).astype(float).reshape(len(sample.patterns), -1)
    tables = (one_hot * sample.counts[:, None]).T @ one_hot
    tables = tables.reshape(sample.n_items, c, sample.n_items, c)
    limits = np.full((sample.n_items, c + 1), np.inf)
    limits[:, 0] = -np.inf
    for item, each in enumerate(thresholds(sample)):
        limits[item, 1 : len(each) + 1] = each
    return Pairs(first, second, tables[first, :, second, :], limits)


def _start(sample: OrderedSample, pairs: Pairs) -> Vector:
    mean = np.average(sample.patterns, axis=0, weights=sample.counts)
    centred = sample.patterns - mean
    covariance = (centred * sample.counts[:, None]).T @ centred
    deviation = np.sqrt(np.diagonal(covariance))
    return (covariance / np.outer(deviation, deviation))[pairs.first, pairs.second]


def _cells(pairs: Pairs, correlation: Vector) -> tuple[Matrix, Matrix]:
    """Return the probability of every cell and its derivative by the correlation, both m x c x c."""
    h, k = pairs.limits[pairs.first][:, :, None], pairs.limits[pairs.second][:, None, :]
    r = correlation[:, None, None]
    below = np.where(np.isneginf(h) | np.isneginf(k), 0.0, 1.0)
    inner = distribution(h[:, 1:-1], k[:, :, 1:-1], r)
    below = below * ndtr(h) * ndtr(k)
    below[:, 1:-1, 1:-1] = inner
    height = np.zeros_like(below)
    height[:, 1:-1, 1:-1] = density(h[:, 1:-1], k[:, :, 1:-1], r)
    height[:, 1:-1, 1:-1][np.isinf(h[:, 1:-1] + k[:, :, 1:-1])] = 0.0
    return np.diff(np.diff(below, axis=1), axis=2), np.diff(np.diff(height, axis=1), axis=2)


def _slopes(pairs: Pairs, correlation: Vector) -> tuple[Vector, Vector]:
    """Return the score and the expected information of every correlation."""
    probability, by_correlation = _cells(pairs, correlation)
    probability = np.maximum(probability, LEAST_PROBABILITY)
    counts = _filled(pairs)
    slope = (counts * by_correlation / probability).sum(axis=(1, 2))
    information = counts.sum(axis=(1, 2)) * (by_correlation**2 / probability).sum(axis=(1, 2))
    return slope, information


def _filled(pairs: Pairs) -> Matrix:
    """Return the tables with half a response moved into the only empty cell of a two by two table."""
    is_binary = (np.isfinite(pairs.limits).sum(axis=1) == 1)[np.stack([pairs.first, pairs.second])].all(axis=0)
    inner = pairs.counts[:, :BINARY, :BINARY]
    is_alone = is_binary & ((inner == 0).sum(axis=(1, 2)) == 1)
    is_on_diagonal = (inner[:, 0, 0] == 0) | (inner[:, 1, 1] == 0)
    moved = np.where(is_alone, np.where(is_on_diagonal, HALF_A_RESPONSE, -HALF_A_RESPONSE), 0.0)
    counts = pairs.counts.copy()
    counts[:, :BINARY, :BINARY] += moved[:, None, None] * np.array([[1.0, -1.0], [-1.0, 1.0]])
    return counts


def estimating_equations(sample: OrderedSample, found: Polychoric) -> tuple[Matrix, Matrix]:
    """Return the contributions of every pattern to the estimating equations, and the equations' derivative.

    Returns:
        Scores of the thresholds, item by item, then of the correlations below the diagonal, row by row, u x k; and the
        block-triangular k x k matrix A of Muthen (1984), summed over responses.
    """
    pairs = _pairs(sample)
    r = found.correlation[pairs.first, pairs.second]
    probability, by_correlation = _cells(pairs, r)
    probability = np.maximum(probability, LEAST_PROBABILITY)
    row, column = sample.patterns[:, pairs.first], sample.patterns[:, pairs.second]
    of_correlation = (by_correlation / probability)[np.arange(len(r)), row, column]
    scores = np.concatenate([_threshold_scores(sample, pairs.limits), of_correlation], axis=1)
    return scores, _derivative(sample, pairs, r, scores, (probability, by_correlation))


def _threshold_scores(sample: OrderedSample, limits: Matrix) -> Matrix:
    """Return the derivative of each item's own log likelihood by its thresholds, u x all thresholds."""
    columns: list[Vector] = []
    for item, n in enumerate(sample.n_categories):
        probability = np.diff(ndtr(limits[item, : n + 1]))
        answer = sample.patterns[:, item]
        for number in range(1, n):
            height = normal_density(limits[item, number])
            is_below, is_above = answer == number - 1, answer == number
            columns.append(height * (is_below / probability[number - 1] - is_above / probability[number]))
    return np.column_stack(columns)


def _derivative(sample: OrderedSample, pairs: Pairs, r: Vector, scores: Matrix, cells: tuple[Matrix, Matrix]) -> Matrix:
    n_thresholds = [each - 1 for each in sample.n_categories]
    start = np.concatenate([[0], np.cumsum(n_thresholds)])
    k_thresholds = int(start[-1])
    matrix = np.zeros((scores.shape[1], scores.shape[1]))
    for item in range(sample.n_items):
        own = scores[:, start[item] : start[item + 1]]
        matrix[start[item] : start[item + 1], start[item] : start[item + 1]] = (own * sample.counts[:, None]).T @ own
    probability, by_correlation = cells
    of_pair: Index = np.arange(k_thresholds, scores.shape[1], dtype=np.intp)
    matrix[of_pair, of_pair] = (pairs.counts * (by_correlation / probability) ** 2).sum(axis=(1, 2))
    weight = pairs.counts * by_correlation / probability**2
    for items, others, table in (
        (pairs.first, pairs.second, weight),
        (pairs.second, pairs.first, weight.swapaxes(1, 2)),
    ):
        slopes = _by_threshold(pairs, r, items, others, table)
        for pair, item in enumerate(items):
            matrix[k_thresholds + pair, start[item] : start[item + 1]] = slopes[pair, : n_thresholds[item]]
    return matrix


def _by_threshold(pairs: Pairs, r: Vector, items: Index, others: Index, weight: Matrix) -> Matrix:
    """Return the summed product of a pair's scores by its correlation and by the thresholds of one item, m x (c - 1).

    A threshold moves probability ``P(t) (F(upper) - F(lower))`` from the category above it to the one below it.
    """
    own, other = pairs.limits[items][:, 1:-1, None], pairs.limits[others][:, None, :]
    is_used = np.isfinite(own)
    at = np.where(is_used, own, 0.0)
    conditional = ndtr((other - r[:, None, None] * at) / np.sqrt(1 - r**2)[:, None, None])
    mass = np.where(is_used, normal_density(at), 0.0) * np.diff(conditional, axis=2)
    return (mass * (weight[:, :-1] - weight[:, 1:])).sum(axis=2)
