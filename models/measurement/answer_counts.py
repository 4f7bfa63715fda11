"""Answers to the items of a scale counted by pattern, and the covariances that follow from the counts.

A million responses to five items have a few thousand patterns, so that only the counting grows with the responses. Put
here the counts and their moments; statistics of a scale are in ``reliability`` and ``omega``, of its items in
``items``.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from instruments.scoring import keyed_items
from instruments.spec import Instrument
from models.estimates import Matrix, Vector
from models.measurement.reliability import FEWEST_ROWS


@dataclass(frozen=True, eq=False)
class AnswerCounts:
    """Distinct answers to the items of a scale and how often each was given.

    Attributes:
        items: Names of the items, k.
        patterns: u x k codes as given, NaN where an item was not answered; whole numbers.
        counts: Responses with each, u.
        is_turned: Whether an item is scored the other way round, k.
        ends: Lowest and highest code of the response scale.
    """

    items: tuple[str, ...]
    patterns: Matrix
    counts: Vector
    is_turned: tuple[bool, ...]
    ends: tuple[int, int]

    @property
    def n_responses(self) -> int:
        """Responses, with gaps or without."""
        return int(self.counts.sum())

    def complete(self) -> "CompleteCounts":
        """Return the patterns without a gap, reverse-scored items turned round."""
        is_whole = np.isfinite(self.patterns).all(axis=1)
        whole = self.patterns[is_whole]
        codes = np.where(np.array(self.is_turned, dtype=np.bool_), sum(self.ends) - whole, whole)
        return CompleteCounts(self.items, codes, self.counts[is_whole])


@dataclass(frozen=True, eq=False)
class CompleteCounts:
    """Distinct complete answers, reverse-scored items turned round.

    Attributes:
        items: Names of the items, k.
        codes: u x k.
        counts: Responses with each, u.
    """

    items: tuple[str, ...]
    codes: Matrix
    counts: Vector

    @property
    def n_obs(self) -> int:
        """Responses with every item answered."""
        return int(self.counts.sum())

    def mean(self) -> Vector:
        """Return the means of the items, k; NaN without responses."""
        return self.counts @ self.codes / self.n_obs if self.n_obs else np.full(len(self.items), np.nan)

    def covariance(self, ddof: int = 1) -> Matrix:
        """Return the covariances over ``n - ddof``, k x k; NaN with fewer than two responses.

        Codes are taken from the whole number next to their mean: sums of products are then whole numbers, exact below
        2^53, and an item without variance has a variance of exactly 0.
        """
        n, k = self.n_obs, len(self.items)
        if n < FEWEST_ROWS:
            return np.full((k, k), np.nan)
        shifted = self.codes - np.round(self.mean())
        weighted = shifted * self.counts[:, None]
        total = weighted.sum(axis=0)
        return (weighted.T @ shifted - np.outer(total, total) / n) / (n - ddof)


def count_answers(answers: pd.DataFrame, instrument: Instrument, scale: str) -> AnswerCounts:
    """Count answers to a scale by pattern.

    Args:
        answers: One row a response (n), at least one column an item of the scale (k), missing as NA.
        instrument: The instrument that has the scale.
        scale: Name of the scale.

    Raises:
        MissingItemError: If ``answers`` has no column for an item of the scale.
    """
    items = list(keyed_items(answers, instrument, scale).columns)
    # Infinity stands for a gap while rows are compared: a missing number equals nothing, not even itself.
    codes = answers[items].to_numpy(dtype=float, na_value=np.inf)
    patterns, counts = np.unique(np.where(np.isnan(codes), np.inf, codes), axis=0, return_counts=True)
    return answer_counts(np.where(np.isinf(patterns), np.nan, patterns), counts.astype(float), instrument, scale)


def answer_counts(patterns: Matrix, counts: Vector, instrument: Instrument, scale: str) -> AnswerCounts:
    """Name the columns of counted patterns as an instrument says, u x k and u."""
    rule, points = instrument.scales[scale], instrument.points_of(scale)
    is_turned = tuple(item in rule.reverse_scored for item in rule.items)
    return AnswerCounts(tuple(rule.items), patterns, counts, is_turned, (points.lowest, points.highest))
