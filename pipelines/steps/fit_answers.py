"""Answers in the categories of a fit's regressors → how few of them, or of the people behind a count, its figures tell.

A constant and the coefficient of a category tell the share of a yes in it exactly, or the sum of its counts. So a share
of nought tells how everybody in it answered, and a sum that one person brings what this person counted.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.estimates import Vector
from models.sections.inference import FIGURES, LEAST_SQUARES, OF_COUNTS, PATHS

YES_AND_NO = 2
OF_POINTS = (*LEAST_SQUARES, "mixed", "gee_linear", *PATHS, *FIGURES)
"""Estimators that tell means: of answers only where an outcome takes two values."""
LEAST_ANSWER, BESIDE_TWO = "least_answer_of_category", "count_beside_two"


def answers_told(estimator: str, outcome: pd.Series, parts: Iterable[NDArray[np.bool_]]) -> dict[str, float]:
    """Count the answers behind a fit of categories or counts, the fewest of all categories of its regressors.

    Args:
        estimator: Of the fit.
        outcome: n answers, none missing.
        parts: Who is in and who is out of every category, n each.

    Returns:
        - least_answer_of_category: fewest responses with an answer, of a multinomial outcome; of others fewest that
          differ from the most frequent one. In the whole, and in and out of every category.
        - count_beside_two: what all but the two largest counts add to, over the largest (p% rule), the least of the
          whole and of all parts; 0 where all are nought. Of counts instead of the other.

        Nothing of more than two values by least squares.
    """
    every = [np.ones(len(outcome), dtype=bool), *parts]
    if estimator in OF_COUNTS:
        counts = outcome.to_numpy(dtype=float)
        return {BESIDE_TWO: min(_beside_two(counts[part]) for part in every)}
    codes, names = pd.factorize(outcome)
    if len(names) > YES_AND_NO and estimator in OF_POINTS:
        return {}
    n = np.array([np.bincount(codes[part], minlength=len(names)) for part in every])
    fewest = n.min(axis=1) if estimator == "multinomial" else n.sum(axis=1) - n.max(axis=1)
    return {LEAST_ANSWER: float(fewest.min())}


def figures_told(values: pd.Series, weights: Vector, parts: Sequence[NDArray[np.bool_]]) -> dict[str, float]:
    """Count the answers behind figures of the population, as ``answers_told`` does.

    Args:
        values: n values whose weighted sums follow, none missing.
        weights: n; 1 where all count the same.
        parts: Who is in and who is out of every category, n each.

    Returns:
        - least_answer_of_category: where the values are two.
        - count_beside_two: of the weighted values without their sign, whatever they are.
    """
    sizes = values.abs().to_numpy(dtype=float) * weights
    every = [np.ones(len(values), dtype=bool), *parts]
    beside = min(_beside_two(sizes[part]) for part in every)
    return {**answers_told("population_mean", values, parts), BESIDE_TWO: beside}


def _beside_two(counts: Vector) -> float:
    ordered = np.sort(counts)[::-1]
    largest = float(ordered[:1].sum())
    return float(ordered[2:].sum()) / largest if largest > 0 else 0.0
