"""Statistics of the items of a scale: which item is hard, idle or at odds with the others."""

import numpy as np
import pandas as pd

from instruments.scoring import keyed_items
from instruments.spec import Instrument
from models.measurement.internal_consistency import item_consistency, item_covariances
from models.measurement.reliability import complete_cases


def item_statistics(answers: pd.DataFrame, instrument: Instrument, scale: str) -> pd.DataFrame:
    """Describe every item of a scale.

    Args:
        answers: One row an analysed response (n), at least one column an item of the scale (k), missing as NA.
        instrument: The instrument that has the scale.
        scale: Name of the scale.

    Returns:
        One row an item, in the scale's order: item, n_obs (answers), mean and std_dev (n - 1) of the codes as given
        by all who answered the item, item_rest_r and alpha_if_dropped (complete cases, reverse-scored items turned
        round), share_missing (0 to 1, of the n rows). NaN where a figure is undefined.

    Raises:
        MissingItemError: If ``answers`` has no column for an item of the scale.

    References:
        R: ``psych::alpha(use = "complete.obs")``, columns ``r.drop`` and ``raw_alpha``.
    """
    keyed = keyed_items(answers, instrument, scale)
    codes = answers[list(keyed.columns)].astype("Float64")
    found = item_consistency(item_covariances(complete_cases(keyed)))
    n_obs = codes.notna().sum()
    return pd.DataFrame(
        {
            "item": list(keyed.columns),
            "n_obs": n_obs.to_numpy(),
            "mean": codes.mean().to_numpy(dtype=float, na_value=np.nan),
            "std_dev": codes.std(ddof=1).to_numpy(dtype=float, na_value=np.nan),
            "item_rest_r": found.item_rest_r,
            "alpha_if_dropped": found.alpha_if_dropped,
            "share_missing": 1 - n_obs.to_numpy() / len(codes) if len(codes) else np.nan,
        }
    )
