"""Statistics of the items of a scale: which item is hard, idle or at odds with the others."""

import numpy as np
import pandas as pd

from instruments.scoring import keyed_items
from instruments.spec import Instrument
from models.estimates import Matrix, Vector
from models.measurement.reliability import FEWEST_ROWS, alpha_of, complete_cases


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
    complete = complete_cases(keyed)
    n_obs = codes.notna().sum()
    return pd.DataFrame(
        {
            "item": list(keyed.columns),
            "n_obs": n_obs.to_numpy(),
            "mean": codes.mean().to_numpy(dtype=float, na_value=np.nan),
            "std_dev": codes.std(ddof=1).to_numpy(dtype=float, na_value=np.nan),
            "item_rest_r": item_rest_correlations(complete),
            "alpha_if_dropped": alphas_if_dropped(complete),
            "share_missing": 1 - n_obs.to_numpy() / len(codes) if len(codes) else np.nan,
        }
    )


def item_rest_correlations(codes: Matrix) -> Vector:
    """Correlate every item with the sum of the other items.

    Args:
        codes: n complete rows, k items, reverse-scored items turned round.

    Returns:
        Length k; NaN where the item or the rest does not vary.
    """
    k = len(codes.T)
    if len(codes) < FEWEST_ROWS:
        return np.full(k, np.nan)
    covariance = np.atleast_2d(np.cov(codes, rowvar=False, ddof=1))
    variances, with_total = np.diag(covariance), covariance.sum(axis=1)
    rest_variances = covariance.sum() - 2 * with_total + variances
    product = variances * rest_variances
    varies = product > np.finfo(float).eps * max(1.0, float(covariance.max())) ** 2
    return np.where(varies, with_total - variances, np.nan) / np.sqrt(np.where(varies, product, 1.0))


def alphas_if_dropped(codes: Matrix) -> Vector:
    """Return alpha of the other items for every item.

    Args:
        codes: n complete rows, k items, reverse-scored items turned round.

    Returns:
        Length k; NaN with fewer than three items or where the others' sum does not vary.
    """
    k = len(codes.T)
    if len(codes) < FEWEST_ROWS:
        return np.full(k, np.nan)
    covariance = np.atleast_2d(np.cov(codes, rowvar=False, ddof=1))
    everyone = np.arange(k)
    return np.array([alpha_of(covariance[np.ix_(everyone != item, everyone != item)]) for item in range(k)])
