"""Statistics of the items of a scale: which item is hard, idle or at odds with the others."""

import numpy as np
import pandas as pd

from models.measurement.answer_counts import AnswerCounts
from models.measurement.internal_consistency import item_consistency


def item_statistics(answers: AnswerCounts) -> pd.DataFrame:
    """Describe every item of a scale.

    Args:
        answers: Counted answers of the analysed responses (n) to the items of the scale (k).

    Returns:
        One row an item, in the scale's order: item, n_obs (answers), mean and std_dev (n - 1) of the codes as given
        by all who answered the item, item_rest_r and alpha_if_dropped (complete cases, reverse-scored items turned
        round), share_missing (0 to 1, of the n responses). NaN where a figure is undefined.

    References:
        R: ``psych::alpha(use = "complete.obs")``, columns ``r.drop`` and ``raw_alpha``.
    """
    is_given = np.isfinite(answers.patterns)
    codes, counts = np.where(is_given, answers.patterns, 0.0), answers.counts
    n_obs, n = counts @ is_given, answers.n_responses
    found = item_consistency(answers.complete().covariance())
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = counts @ codes / n_obs
        # Distances from the whole number next to the mean: sums of their squares are exact.
        distance = np.where(is_given, codes - np.round(mean), 0.0)
        total, squares = counts @ distance, counts @ distance**2
        variance = (squares - total**2 / n_obs) / (n_obs - 1)
        share_missing = 1 - n_obs / n if n else np.full(len(n_obs), np.nan)
    return pd.DataFrame(
        {
            "item": list(answers.items),
            "n_obs": n_obs.astype(int),
            "mean": mean,
            "std_dev": np.sqrt(np.where(n_obs > 1, variance, np.nan)),
            "item_rest_r": found.item_rest_r,
            "alpha_if_dropped": found.alpha_if_dropped,
            "share_missing": share_missing,
        }
    )
