"""What a sample says about the moments of its items: complete or with gaps, one group at a time."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.estimates import Matrix, Vector

MOST_EM_STEPS = 10_000
SMALLEST_EM_CHANGE = 1e-11


@dataclass(frozen=True, eq=False)
class Pattern:
    """Responses that have answered the same items.

    Attributes:
        rows: Numbers of the responses in the group's data.
        items: Numbers of the items answered (k).
        mean: Their means, k.
        covariance: Their covariances over n, k x k.
    """

    rows: NDArray[np.intp]
    items: NDArray[np.intp]
    mean: Vector
    covariance: Matrix

    @property
    def n_obs(self) -> int:
        """Responses."""
        return len(self.rows)


@dataclass(frozen=True, eq=False)
class Sample:
    """Responses of one group.

    Attributes:
        data: n x p, missing as NaN; no row without an answer.
        patterns: One for each set of items that was answered together.
        mean: Maximum likelihood estimate of the means, p.
        covariance: Maximum likelihood estimate of the covariances, p x p.
    """

    data: Matrix
    patterns: tuple[Pattern, ...]
    mean: Vector
    covariance: Matrix

    @property
    def n_obs(self) -> int:
        """Responses."""
        return len(self.data)

    @property
    def is_complete(self) -> bool:
        """Whether nobody skipped an item."""
        return len(self.patterns) == 1


def sample_of(data: Matrix) -> Sample:
    """Summarise the responses of a group, missing answers as NaN; rows without any answer must have been taken out."""
    patterns = tuple(_patterns(data))
    if len(patterns) == 1 and len(patterns[0].items) == data.shape[1]:
        return Sample(data, patterns, patterns[0].mean, patterns[0].covariance)
    return Sample(data, patterns, *_expectation_maximisation(patterns, data))


def _patterns(data: Matrix) -> Sequence[Pattern]:
    is_answered = ~np.isnan(data)
    kinds, members = np.unique(is_answered, axis=0, return_inverse=True)
    found: list[Pattern] = []
    for number, kind in enumerate(kinds):
        rows = np.flatnonzero(members.ravel() == number)
        items = np.flatnonzero(kind)
        answers = data[np.ix_(rows, items)]
        centred = answers - answers.mean(axis=0)
        found.append(Pattern(rows, items, answers.mean(axis=0), centred.T @ centred / len(rows)))
    return found


def _expectation_maximisation(patterns: Sequence[Pattern], data: Matrix) -> tuple[Vector, Matrix]:
    """Estimate mean and covariance of multivariate normal items from patterns.

    References:
        Little and Rubin (2002), Statistical analysis with missing data, 11.2.1.
    """
    n, p = data.shape
    mean, covariance = np.nanmean(data, axis=0), np.diag(np.nanvar(data, axis=0))
    for _ in range(MOST_EM_STEPS):
        total, squares = np.zeros(p), np.zeros((p, p))
        for each in patterns:
            inner = np.linalg.solve(covariance[np.ix_(each.items, each.items)], covariance[each.items])
            deviation = each.mean - mean[each.items]
            expected = inner.T @ deviation
            total += each.n_obs * expected
            residual = covariance - covariance[:, each.items] @ inner
            squares += each.n_obs * (inner.T @ each.covariance @ inner + np.outer(expected, expected) + residual)
        shift = total / n
        new_covariance = squares / n - np.outer(shift, shift)
        new_covariance = (new_covariance + new_covariance.T) / 2
        scale = np.sqrt(np.outer(np.diagonal(new_covariance), np.diagonal(new_covariance)))
        change = max(
            np.abs((new_covariance - covariance) / scale).max(), np.abs(shift / np.sqrt(scale.diagonal())).max()
        )
        mean, covariance = mean + shift, new_covariance
        if change < SMALLEST_EM_CHANGE:
            break
    return mean, covariance
