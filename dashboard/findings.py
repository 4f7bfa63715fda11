"""What a page says about released figures: which way a scale moved, which way an answer points, what a model found.

Pure functions, table in, table out. Nothing is estimated that is not an exact consequence of released figures.
"""

import numpy as np
import pandas as pd

NORMAL_95 = 1.96
STRONG = 0.5


def change(means: pd.DataFrame, earlier: str, later: str) -> pd.DataFrame:
    """Compare two waves of each scale and respondent group.

    Args:
        means: Columns scale, respondent_group, wave, mean, conf_low, conf_high, is_hidden; one row a scale, group and
            wave.
        earlier: The wave compared with.
        later: The wave that is judged.

    Returns:
        One row a scale and group: ``difference`` later minus earlier with ``low`` and ``high``, its 95 % interval, in
        points of the scale, and ``direction``: up, down or unclear. Hidden or missing in either wave: NA.

    References:
        Standard error of a difference of independent means, sqrt(se1**2 + se2**2), each standard error being the width
        of the released interval / (2 * 1.96). Schenker & Gentleman (2001), The American Statistician 55(3), on why
        overlapping intervals are no test.
    """
    keys = ["scale", "respondent_group"]
    shown = means[~means["is_hidden"].astype(bool)]
    shown = shown.assign(std_error=(shown["conf_high"] - shown["conf_low"]) / (2 * NORMAL_95))
    before, after = (shown[shown["wave"] == wave].set_index(keys) for wave in (earlier, later))
    every = means[keys].drop_duplicates().set_index(keys)
    difference = (after["mean"] - before["mean"]).astype(float)
    margin = NORMAL_95 * np.sqrt(after["std_error"].astype(float) ** 2 + before["std_error"].astype(float) ** 2)
    found = every.assign(difference=difference, low=difference - margin, high=difference + margin)
    known = found["low"].notna()
    found["direction"] = pd.Series(direction(found["low"], found["high"]), index=found.index).where(known)
    return found.reset_index()


def direction(low: pd.Series, high: pd.Series) -> np.ndarray:
    """Return up where an interval lies above zero, down where below, else unclear."""
    return np.select([(low > 0).to_numpy(bool), (high < 0).to_numpy(bool)], ["up", "down"], "unclear")


def leaning(bands: pd.DataFrame) -> pd.DataFrame:
    """Say which way every band of answers points, and which part of the answers points to a high score.

    Args:
        bands: One row an item and band: item, code_from, code_to, midpoint, is_reverse_scored, percent, n_obs,
            is_hidden. All answer options of an item are covered by its bands.

    Returns:
        The rows with ``lean`` (strongly_low, low, neutral, high, strongly_high; mixed for a band that reaches across
        the middle; a band of joined options leans as its mildest one), ``distance`` from the middle, ``percent_high``
        of the item, NA where a mixed band hides it, and ``is_hidden`` true for every band of an item that has a hidden
        one. Hidden rows have no percent, no n_obs and no lean.
    """
    by_item = bands.groupby("item")
    lowest, highest = by_item["code_from"].transform("min"), by_item["code_to"].transform("max")
    middle = bands["midpoint"].astype(float).fillna((lowest + highest) / 2)
    reach = np.maximum(highest - middle, middle - lowest)
    turn = np.where(bands["is_reverse_scored"].astype(bool), -1.0, 1.0)
    ends = np.sort(np.column_stack([(bands["code_from"] - middle) * turn, (bands["code_to"] - middle) * turn]), axis=1)
    is_high, is_low = ends[:, 0] > 0, ends[:, 1] < 0
    is_strong = np.abs(ends).min(axis=1) / reach > STRONG
    is_neutral = (ends == 0).all(axis=1)
    lean = np.select(
        [is_high & is_strong, is_high, is_low & is_strong, is_low, is_neutral],
        ["strongly_high", "high", "strongly_low", "low", "neutral"],
        "mixed",
    )
    hidden = bands["is_hidden"].astype(bool).groupby(bands["item"]).transform("any")
    told = bands.assign(is_hidden=hidden, distance=np.abs(ends).min(axis=1))
    told["percent"], told["n_obs"] = (bands[name].astype(float).mask(hidden) for name in ("percent", "n_obs"))
    told["lean"] = pd.Series(lean, index=bands.index).mask(hidden)
    told["percent_high"] = _percent_high(told)
    return told


def _percent_high(told: pd.DataFrame) -> pd.Series:
    points_high = told["lean"].isin(["high", "strongly_high"])
    summed = told["percent"].where(points_high, 0.0).groupby(told["item"]).transform("sum")
    is_unknown = (told["lean"] == "mixed").groupby(told["item"]).transform("any") | told["is_hidden"]
    return summed.mask(is_unknown)


def focal_estimate(fit: pd.Series, estimates: pd.DataFrame) -> pd.Series | None:
    """Return the estimate of a fit's term of interest; None when the fit names none or it was not estimated."""
    of_fit = estimates[(estimates["fit_id"] == fit["fit_id"]) & (estimates["term"] == fit["focal_term"])]
    known = of_fit.dropna(subset=["estimate", "conf_low", "conf_high"])
    return None if known.empty else known.iloc[0]
