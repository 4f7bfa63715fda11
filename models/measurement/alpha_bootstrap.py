"""The percentile interval of alpha over resampled responses or clusters, drawn from totals."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.estimates import Matrix, Vector
from models.measurement.reliability import FEWEST_ITEMS, FEWEST_ROWS, alpha_of

MOST_CELLS = 4_000_000
"""Counts held at once."""
FEWEST_CLUSTERS = 2


@dataclass(frozen=True, eq=False)
class _Units:
    """What is drawn with replacement.

    Attributes:
        chances: Of each kind of unit, m.
        n_drawn: Units drawn for one data set.
        sizes: Responses of a unit, m.
        sums: Sums of its answers, m x k.
        squares: Sums of its squared answers over items, and of its squared sums, m x 2.
    """

    chances: Vector
    n_drawn: int
    sizes: Vector
    sums: Matrix
    squares: Matrix


def bootstrap_alpha(
    codes: Matrix,
    seed: int,
    replications: int = 2000,
    confidence_level: float = 0.95,
    clusters: pd.Series | None = None,
) -> tuple[float, float]:
    """Return the percentile interval of alpha over resampled responses, or over resampled clusters.

    Without clusters answer patterns are counted once and their counts drawn, so that work grows with the patterns, not
    the responses. With clusters whole clusters are drawn, with all their responses: the interval allows for what
    responses of one organisation have in common. Resampled sets whose sum does not vary have no alpha and are left out.

    Args:
        codes: n x k, complete, reverse-scored items turned round.
        seed: Of the draws.
        replications: Resampled data sets.
        confidence_level: Between 0 and 1.
        clusters: Cluster of each response (n), such as its organisation, none missing; None for independent responses.

    Returns:
        Both ends; NaN where alpha is undefined, and with a single cluster.

    References:
        Efron and Tibshirani (1993), An introduction to the bootstrap, ch. 13; Davison and Hinkley (1997), Bootstrap
        methods and their application, section 3.8 (whole clusters). R: ``psych::alpha(n.iter = 2000)$boot.ci``; none
        for clusters.
    """
    n, k = codes.shape
    if n < FEWEST_ROWS or k < FEWEST_ITEMS or np.isnan(alpha_of(np.asarray(np.cov(codes, rowvar=False)))):
        return np.nan, np.nan
    centred = codes - codes.mean(axis=0)
    units = _patterns(centred) if clusters is None else _clusters(centred, clusters)
    if clusters is not None and units.n_drawn < FEWEST_CLUSTERS:
        return np.nan, np.nan
    alphas = _resampled(units, np.random.default_rng(seed), replications)
    tail = (1 - confidence_level) / 2
    low, high = np.nanquantile(alphas, [tail, 1 - tail])
    return float(low), float(high)


def _squares(codes: Matrix) -> Matrix:
    return np.column_stack([(codes**2).sum(axis=1), codes.sum(axis=1) ** 2])


def _patterns(codes: Matrix) -> _Units:
    patterns, counts = np.unique(codes, axis=0, return_counts=True)
    return _Units(counts / len(codes), len(codes), np.ones(len(patterns)), patterns, _squares(patterns))


def _clusters(codes: Matrix, clusters: pd.Series) -> _Units:
    members, names = pd.factorize(clusters)
    totals = np.zeros((len(names), codes.shape[1] + 2))
    np.add.at(totals, members, np.column_stack([codes, _squares(codes)]))
    sizes = np.bincount(members, minlength=len(names)).astype(float)
    return _Units(np.full(len(names), 1 / len(names)), len(names), sizes, totals[:, :-2], totals[:, -2:])


def _resampled(units: _Units, generator: np.random.Generator, replications: int) -> Vector:
    """Return alpha of every resampled set; it needs the variances of the items and of their sum only."""
    k = units.sums.shape[1]
    at_once = max(1, MOST_CELLS // len(units.chances))
    found: list[Vector] = []
    for start in range(0, replications, at_once):
        size = min(at_once, replications - start)
        drawn = generator.multinomial(units.n_drawn, units.chances, size=size)
        weights = drawn / (drawn @ units.sizes)[:, None]
        mean, square = weights @ units.sums, weights @ units.squares
        trace = square[:, 0] - (mean**2).sum(axis=1)
        total = square[:, 1] - mean.sum(axis=1) ** 2
        varies = total > k * np.finfo(float).eps * trace
        found.append(np.where(varies, k / (k - 1) * (1 - trace / np.where(varies, total, 1.0)), np.nan))
    return np.concatenate(found)
