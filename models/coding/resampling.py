"""An interval for Krippendorff's alpha by drawing units again."""

import math

import numpy as np
from numpy.typing import NDArray

from models.coding.agreement import alphas_of_weights, disagreement_within

N_DRAWS = 2000
AT_ONCE = 200
MOST_UNDEFINED = 0.05


def alpha_interval(
    counts: NDArray[np.int64],
    seed: int,
    *,
    answers: NDArray[np.int64] | None = None,
    confidence_level: float = 0.95,
    n_draws: int = N_DRAWS,
) -> tuple[float, float]:
    """Return a percentile interval for alpha from a nonparametric bootstrap over units.

    Units with two or more ratings are drawn with replacement, as many as there are, and alpha is computed each time.
    Draws in which no value differs have no alpha. Where more than one in twenty has none, as for a code that is hardly
    ever used, no interval is given: it would be about the other draws only.

    Args:
        counts: As ``count_values`` gives them.
        seed: Of the draws; the same seed gives the same interval.
        answers: Number of the answer, from 0, that each unit belongs to; answers are then drawn whole, because codes
            of one answer are not independent. Every unit is an answer of its own by default.
        confidence_level: Of the interval.
        n_draws: Draws.

    Returns:
        Lower and upper end; NaN where none can be given.

    References:
        Efron and Tibshirani (1993), An Introduction to the Bootstrap, chapter 13. Other than the algorithm of Hayes and
        Krippendorff (2007), which draws single pairs of values and takes those of one unit to be independent.
    """
    belongs = np.arange(len(counts)) if answers is None else np.unique(answers, return_inverse=True)[1]
    n = len(np.unique(belongs))
    if n < 2:  # noqa: PLR2004 - one answer drawn again is the same answer
        return math.nan, math.nan
    within, ratings = np.zeros(n), np.zeros((n, counts.shape[1]), dtype=np.int64)
    np.add.at(within, belongs, disagreement_within(counts))
    np.add.at(ratings, belongs, counts)
    # Answers that were rated alike are one sort: how many of each sort are drawn is all that alpha depends on.
    rated: NDArray[np.float64] = np.column_stack([within, ratings.astype(np.float64)])
    sorts, n_alike = np.unique(rated, axis=0, return_counts=True)
    draw = np.random.default_rng(seed)
    alphas = np.concatenate(
        [
            alphas_of_weights(
                draw.multinomial(n, n_alike / n, size=size).astype(np.float64),
                sorts[:, 0],
                sorts[:, 1:].astype(np.int64),
            )
            for size in _in_portions(n_draws)
        ]
    )
    if np.isnan(alphas).mean() > MOST_UNDEFINED:
        return math.nan, math.nan
    outside = (1 - confidence_level) / 2
    low, high = np.nanquantile(alphas, [outside, 1 - outside])
    return float(low), float(high)


def _in_portions(n_draws: int) -> list[int]:
    whole, rest = divmod(n_draws, AT_ONCE)
    return [AT_ONCE] * whole + [rest] * bool(rest)
