"""Consistency of a scale as it was answered, with gaps: which responses count, by two definitions that bear names.

Coefficients that follow from covariances are in ``internal_consistency``.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from models.estimates import Matrix, Vector
from models.measurement.internal_consistency import (
    Consistency,
    ItemConsistency,
    consistency,
    item_consistency,
    item_covariances,
)
from models.measurement.reliability import complete_cases

Definition = Literal["listwise", "pairwise"]
"""``listwise``: responses that answered every item. ``pairwise``: each covariance from all who answered both items."""


@dataclass(frozen=True, eq=False)
class AnsweredScale:
    """A scale and its items.

    Attributes:
        definition: Which responses count.
        n_obs: Responses: complete ones (listwise), or all with at least one answer (pairwise), as standard errors count
            them.
        scale: Coefficients of the scale.
        items: What each item adds.
        item_n_obs: Answers to each item that count, k.
        item_mean: Their means.
        item_std_dev: Their standard deviations (n - 1).
        item_score_r: Correlation of each item with the mean of the items that the same people answered, k.
    """

    definition: Definition
    n_obs: int
    scale: Consistency
    items: ItemConsistency
    item_n_obs: Vector
    item_mean: Vector
    item_std_dev: Vector
    item_score_r: Vector


def answered_scale(answers: pd.DataFrame, definition: Definition, confidence_level: float = 0.95) -> AnsweredScale:
    """Describe a scale.

    Args:
        answers: One row a response (n), one column an item (k), reverse-scored items turned round, missing as NA.
        definition: Which responses count; pairwise covariances may contradict one another, then lambda 6 is NaN.
        confidence_level: Of the intervals, between 0 and 1.

    References:
        R: ``psych::alpha(use = "pairwise")``, its default, and ``psych::alpha(na.omit(answers))``. ``item_score_r`` is
        its ``raw.r``. psych counts responses without any answer as well; here they are left out.
    """
    codes = complete_cases(answers) if definition == "listwise" else _answered(answers)
    covariance = item_covariances(codes)
    frame = pd.DataFrame(codes)
    with_score = frame.assign(score=frame.mean(axis=1)).corr()["score"].drop("score")
    return AnsweredScale(
        definition=definition,
        n_obs=len(codes),
        scale=consistency(covariance, len(codes), confidence_level),
        items=item_consistency(covariance),
        item_n_obs=np.isfinite(codes).sum(axis=0).astype(float),
        item_mean=frame.mean().to_numpy(dtype=float),
        item_std_dev=frame.std(ddof=1).to_numpy(dtype=float),
        item_score_r=with_score.to_numpy(dtype=float),
    )


def _answered(answers: pd.DataFrame) -> Matrix:
    codes = answers.to_numpy(dtype=float, na_value=np.nan)
    return codes[np.isfinite(codes).any(axis=1)]
