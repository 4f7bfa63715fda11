"""How far respondent groups lie from one another on a scale, from released means, intervals and counts alone."""

from itertools import combinations

import numpy as np
import pandas as pd
from scipy.special import stdtrit

NORMAL_95 = 1.96
ERROR = 0.05
HALF_A_PLACE = 0.005
ROUNDED_AWAY = 3
"""At most so many people fewer stand behind a count rounded to 5; with it goes the one degree of freedom of a mean."""
PAIR = ("scale", "first", "second", "difference", "low", "high", "is_clear")


def pairs(means: pd.DataFrame) -> pd.DataFrame:
    """Compare every two respondent groups of each scale, in one wave.

    What rounding may have taken away counts against a difference: half a place of each mean and of each end of an
    interval, and people of each count. All pairs of a scale hold together at 95 % (Bonferroni).

    Args:
        means: Columns scale, respondent_group, n_obs, mean, conf_low, conf_high, is_hidden; one row a scale and group
            that may be set side by side.

    Returns:
        One row a scale and pair of shown groups: ``first``, the one with the higher mean, ``second``, ``difference``
        first minus second with ``low`` and ``high`` in points of the scale, and ``is_clear`` when the interval leaves
        out zero.

    References:
        Schenker & Gentleman (2001), The American Statistician 55(3), on intervals of a difference.
    """
    found: list[tuple[object, ...]] = []
    for scale, shown in means[~means["is_hidden"].astype(bool)].groupby("scale", sort=False):
        couples = list(combinations(shown.to_dict("records"), 2))
        for couple in couples:
            second, first = sorted(couple, key=lambda row: row["mean"])
            errors = [(row["conf_high"] - row["conf_low"] + 2 * HALF_A_PLACE) / (2 * NORMAL_95) for row in couple]
            df = max(min(row["n_obs"] for row in couple) - ROUNDED_AWAY, 1)
            quantile = stdtrit(df, 1 - ERROR / (2 * len(couples)))
            margin = float(quantile * np.hypot(*errors) + 2 * HALF_A_PLACE)
            difference = float(first["mean"] - second["mean"])
            names = (scale, first["respondent_group"], second["respondent_group"])
            found.append((*names, difference, difference - margin, difference + margin, difference > margin))
    return pd.DataFrame(found, columns=list(PAIR))
