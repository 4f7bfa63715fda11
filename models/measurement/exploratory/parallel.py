r"""Parallel analysis: eigenvalues of the items beside those of answers that have nothing in common.

References:
    Horn (1965), Psychometrika 30, 179-185; Glorfeld (1995), Educational and Psychological Measurement 55, 377-393.
    R: ``psych::fa.parallel(SMC = TRUE)``; ``sim = FALSE`` for resampled answers, ``cor = "poly"`` for polychorics.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from models.estimates import Matrix, Vector
from models.measurement.exploratory.adequacy import squared_multiple_correlations
from models.measurement.exploratory.correlations import CorrelationKind, correlation_matrix, correlations
from models.measurement.reliability import complete_cases

PERCENTILE = 95
Draw = Literal["normal", "resampled"]
"""``normal``: uncorrelated normal answers. ``resampled``: each item's own answers, drawn anew for each item."""


@dataclass(frozen=True, eq=False)
class Eigenvalues:
    """Eigenvalues of one kind, falling, p each.

    Attributes:
        found: Of the items.
        random_mean: Mean over random answers.
        random_percentile: Their 95th percentile.
    """

    found: Vector
    random_mean: Vector
    random_percentile: Vector

    @property
    def n_beyond_mean(self) -> int:
        """How many lie beyond the mean, up to the first that does not (Horn)."""
        return _leading(self.found > self.random_mean)

    @property
    def n_beyond_percentile(self) -> int:
        """How many lie beyond the percentile, up to the first that does not (Glorfeld)."""
        return _leading(self.found > self.random_percentile)


def _leading(is_beyond: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> int:
    return int(len(is_beyond) if is_beyond.all() else np.argmin(is_beyond))


@dataclass(frozen=True, eq=False)
class Parallel:
    """Result of a parallel analysis.

    Attributes:
        kind: Of the correlations, in the items and in the random answers.
        draw: How random answers were drawn.
        components: Eigenvalues of the correlations.
        factors: Eigenvalues with squared multiple correlations on the diagonal.
    """

    kind: CorrelationKind
    draw: Draw
    components: Eigenvalues
    factors: Eigenvalues


def parallel_analysis(
    answers: pd.DataFrame,
    seed: int,
    kind: CorrelationKind = "pearson",
    draw: Draw = "resampled",
    replications: int = 100,
) -> Parallel:
    """Compare eigenvalues with those of as many random answers.

    Args:
        answers: One row a response, one column an item (p), missing as NA; complete ones are used.
        seed: Of the random answers.
        kind: Of the correlations; polychoric ones of resampled answers only.
        draw: How random answers are drawn; resampled ones keep each item's distribution.
        replications: Drawn data sets.

    Raises:
        FactorModelError: If the answers cannot be analysed.
        ValueError: If polychoric correlations are asked of normal answers, which have no categories.
    """
    if kind == "polychoric" and draw == "normal":
        raise ValueError("normal answers have no categories: draw resampled answers for polychoric correlations")
    found = _eigenvalues(correlations(answers, kind).matrix)
    codes = complete_cases(answers)
    generator = np.random.default_rng(seed)
    drawn = np.array([_eigenvalues(each) for each in _random(generator, codes, kind, draw, replications)])
    mean, limit = drawn.mean(axis=0), np.percentile(drawn, PERCENTILE, axis=0)
    components, factors = (Eigenvalues(found[row], mean[row], limit[row]) for row in range(2))
    return Parallel(kind, draw, components, factors)


def _random(
    generator: np.random.Generator, codes: Matrix, kind: CorrelationKind, draw: Draw, replications: int
) -> Iterator[Matrix]:
    n, p = codes.shape
    for _ in range(replications):
        answers = generator.standard_normal((n, p)) if draw == "normal" else _resampled(generator, codes)
        yield correlation_matrix(answers, kind)


def _resampled(generator: np.random.Generator, codes: Matrix) -> Matrix:
    """Draw each item's answers on their own, again where an item came out constant."""
    while True:
        answers = np.take_along_axis(codes, generator.integers(0, len(codes), codes.shape), axis=0)
        if (np.ptp(answers, axis=0) > 0).all():
            return answers


def _eigenvalues(correlation: Matrix) -> tuple[Vector, Vector]:
    reduced = correlation.copy()
    np.fill_diagonal(reduced, squared_multiple_correlations(correlation))
    both = [np.asarray(np.linalg.eigvalsh(each)[::-1], dtype=float) for each in (correlation, reduced)]
    return both[0], both[1]
