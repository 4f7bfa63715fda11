r"""Tests of fit: the likelihood ratio or weighted distance, and its corrections for answers that are not normal.

With derivatives D of the implied moments, weights V and n times the covariance G of the sample moments,
``U = V - V D (D' V D)^-1 D' V``; the statistic is distributed as a sum of squared normals weighted by the eigenvalues
of U G.

References:
    Satorra and Bentler (1994); Yuan and Bentler (2000), Sociological Methodology 30, 165-200; Asparouhov and Muthen
    (2010), Simple second order chi-square correction. R: ``lavaan`` ``test = "satorra.bentler"``,
    ``"yuan.bentler.mplus"``, ``"scaled.shifted"``.
"""

# pyright: reportMissingTypeStubs=false

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc

from models.estimates import Matrix


@dataclass(frozen=True)
class ChiSquare:
    """One test of exact fit.

    Attributes:
        name: ``standard``, ``satorra_bentler``, ``yuan_bentler_mplus`` or ``scaled_shifted``.
        statistic: Chi-square.
        df: Degrees of freedom.
        scaling_factor: By which the uncorrected statistic is divided; 1 without correction.
        shift: What is added after that.
    """

    name: str
    statistic: float
    df: int
    scaling_factor: float = 1.0
    shift: float = 0.0

    @property
    def p_value(self) -> float:
        """Probability of a larger value under exact fit; NaN without degrees of freedom."""
        return float(chdtrc(self.df, max(self.statistic, 0.0))) if self.df > 0 else np.nan

    @property
    def mean_factor(self) -> float:
        """The scaling factor that makes the mean right: ``tr(U G) / df``, whatever the correction."""
        return self.scaling_factor * (self.df - self.shift) / self.df if self.df > 0 else np.nan


def residual_weights(weights: Matrix, derivatives: Matrix) -> Matrix:
    """Return ``V - V D (D' V D)^-1 D' V``, k x k."""
    half = weights @ derivatives
    return weights - half @ np.linalg.solve(derivatives.T @ half, half.T)


def mean_scaled(statistic: float, df: int, trace: float, name: str) -> ChiSquare:
    """Divide a statistic by ``tr(U G) / df``."""
    if df == 0:
        return ChiSquare(name, statistic, df)
    return ChiSquare(name, statistic * df / trace, df, scaling_factor=trace / df)


def scaled_shifted(statistic: float, df: int, trace: float, trace_of_square: float) -> ChiSquare:
    """Scale and shift a statistic so that its mean and variance are those of chi-square.

    ``a = sqrt(df / tr((U G)^2))``, ``b = df - a tr(U G)``; the result is ``a statistic + b``.
    """
    if df == 0:
        return ChiSquare("scaled_shifted", statistic, df)
    factor = np.sqrt(df / trace_of_square)
    shift = df - factor * trace
    return ChiSquare("scaled_shifted", float(factor * statistic + shift), df, float(1 / factor), float(shift))
