"""Mean of a scale with an interval that knows that colleagues resemble each other."""

# pyright: reportMissingTypeStubs=false

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import stdtrit


@dataclass(frozen=True)
class ScaleMean:
    """Mean score of the responses of one group and wave.

    Attributes:
        n_obs: Scores.
        n_organisations: Organisations they come from; None when no score has a known one.
        mean: Mean score; NaN without scores.
        std_dev: Standard deviation, n - 1; NaN with fewer than two scores.
        std_error: Standard error of the mean; NaN with fewer than two clusters.
        conf_low: Lower end of the interval; NaN with fewer than two clusters.
        conf_high: Upper end of the interval; NaN with fewer than two clusters.
    """

    n_obs: int
    n_organisations: int | None
    mean: float
    std_dev: float
    std_error: float
    conf_low: float
    conf_high: float


def scale_mean(scores: pd.Series, clusters: pd.Series | None = None, confidence_level: float = 0.95) -> ScaleMean:
    """Estimate the mean of a scale with its cluster-robust standard error.

    ``SE^2 = G / (G - 1) * sum over clusters of (sum of deviations)^2 / n^2``, t distribution with G - 1 degrees of
    freedom: CR1S of a regression on the intercept alone. A score whose cluster is unknown counts as a cluster of its
    own; when none is known this is ``s / sqrt(n)`` with n - 1 degrees of freedom.

    Args:
        scores: One score a response, missing as NA.
        clusters: Organisation of each response in the same order, missing as NA; None when unknown.
        confidence_level: Of the interval, between 0 and 1.

    Returns:
        Mean and interval in the units of the scores.

    References:
        Liang and Zeger (1986), Biometrika 73(1), 13-22. R: ``clubSandwich::vcovCR(lm(score ~ 1), type = "CR1S")``.
    """
    values = scores.to_numpy(dtype=float, na_value=np.nan)
    is_answered = np.isfinite(values)
    values = values[is_answered]
    n = len(values)
    if n == 0:
        return ScaleMean(0, None, *[np.nan] * 5)
    unknown = pd.Series([None] * n, dtype=object)
    codes, names = pd.factorize(unknown if clusters is None else clusters.reset_index(drop=True)[is_answered])
    is_alone = codes < 0
    codes = np.where(is_alone, len(names) + np.cumsum(is_alone) - 1, codes)
    mean, n_clusters = float(values.mean()), int(codes.max()) + 1
    std_dev = float(values.std(ddof=1)) if n > 1 else np.nan
    if n_clusters > 1:
        sums = np.bincount(codes, weights=values - mean)
        std_error = float(np.sqrt(n_clusters / (n_clusters - 1) * (sums @ sums))) / n
        reach = std_error * float(stdtrit(n_clusters - 1, (1 + confidence_level) / 2))
    else:
        std_error = reach = np.nan
    return ScaleMean(n, len(names) or None, mean, std_dev, std_error, mean - reach, mean + reach)
