r"""Indices of approximate fit.

With statistics T and degrees of freedom df of the model, ``T_0`` and ``df_0`` of the baseline of uncorrelated items, n
responses and G groups: ``CFI = 1 - max(T - df, 0) / max(T - df, T_0 - df_0, 0)``, ``TLI = (T_0/df_0 - T/df) /
(T_0/df_0 - 1)``, ``RMSEA = sqrt(G max(T - df, 0) / (n df))``. Robust indices put ``c df`` for df, c being the factors
that scale the tests, as the population's indices do.

References:
    Bentler (1990), Psychological Bulletin 107, 238-246; Steiger (1990), Multivariate Behavioral Research 25, 173-180;
    Brosseau-Liard and Savalei (2014), Multivariate Behavioral Research 49, 460-470. R: ``lavaan::fitMeasures``; RMSEA
    divides by n, not n - 1.
"""

# pyright: reportMissingTypeStubs=false

from dataclasses import dataclass

import numpy as np
from scipy.special import chndtr, chndtrinc

from models.measurement.confirmatory.chi_square import ChiSquare

RMSEA_LEVEL = 0.90


@dataclass(frozen=True)
class Approximate:
    """Indices of one pair of tests.

    Attributes:
        cfi: Comparative fit index.
        tli: Tucker-Lewis index; may leave 0 to 1.
        rmsea: Root mean square error of approximation.
        rmsea_low: Lower end of its 90 % interval.
        rmsea_high: Upper end.
    """

    cfi: float
    tli: float
    rmsea: float
    rmsea_low: float
    rmsea_high: float


def indices(model: ChiSquare, baseline: ChiSquare, n_obs: float, n_groups: int) -> Approximate:
    """Return the indices of the uncorrected tests, or of the scaled ones taken as they stand."""
    distance, of_baseline = model.statistic - model.df, baseline.statistic - baseline.df
    ends = rmsea_interval(model.statistic, model.df, n_obs, n_groups)
    return Approximate(
        cfi=_comparative(distance, of_baseline),
        tli=_tucker_lewis(distance, of_baseline, model.df, baseline.df),
        rmsea=_rmsea(distance, model.df, n_obs, n_groups),
        rmsea_low=ends[0],
        rmsea_high=ends[1],
    )


def robust_indices(
    model: tuple[float, ChiSquare], baseline: tuple[float, ChiSquare], n_obs: float, n_groups: int
) -> Approximate:
    """Return the indices that estimate the population's: each pair is the uncorrected statistic and the scaled test."""
    (statistic, scaled), (statistic_0, scaled_0) = model, baseline
    factor, factor_0 = scaled.mean_factor, scaled_0.mean_factor
    distance, of_baseline = statistic - factor * scaled.df, statistic_0 - factor_0 * scaled_0.df
    low, high = rmsea_interval(scaled.statistic, scaled.df, n_obs, n_groups)
    return Approximate(
        cfi=_comparative(distance, of_baseline),
        tli=_tucker_lewis(distance, of_baseline, scaled.df, scaled_0.df),
        rmsea=_rmsea(distance, scaled.df, n_obs, n_groups),
        rmsea_low=low * np.sqrt(factor),
        rmsea_high=high * np.sqrt(factor),
    )


def _comparative(distance: float, of_baseline: float) -> float:
    largest = max(distance, of_baseline, 0.0)
    return 1 - max(distance, 0.0) / largest if largest > 0 else 1.0


def _tucker_lewis(distance: float, of_baseline: float, df: int, df_0: int) -> float:
    """``1 - (distance / df) / (distance_0 / df_0)``."""
    if df == 0 or of_baseline == 0:
        return np.nan
    return 1 - distance / of_baseline * df_0 / df


def _rmsea(distance: float, df: int, n_obs: float, n_groups: int) -> float:
    return float(np.sqrt(n_groups * max(distance, 0.0) / (n_obs * df))) if df > 0 else 0.0


def rmsea_interval(statistic: float, df: float, n_obs: float, n_groups: int) -> tuple[float, float]:
    """Return the ends of the 90 % interval of RMSEA, from noncentral chi-square distributions."""
    if df <= 0:
        return 0.0, 0.0
    ends = [_noncentrality(statistic, df, tail) for tail in ((1 + RMSEA_LEVEL) / 2, (1 - RMSEA_LEVEL) / 2)]
    low, high = (float(np.sqrt(n_groups * each / (n_obs * df))) for each in ends)
    return low, high


def _noncentrality(statistic: float, df: float, probability: float) -> float:
    """Return the noncentrality at which the statistic is the given quantile; 0 where there is none."""
    return 0.0 if chndtr(statistic, df, 0.0) < probability else float(chndtrinc(statistic, df, probability))
