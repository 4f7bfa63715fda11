"""Tests of several coefficients at once over completed sets: D1 (pooled Wald), D2 (Wald statistics), D3 (likelihoods).

D1 asks for covariances and is the first choice; D2 needs only the statistics and may err either way; D3 needs
likelihoods at the pooled estimates and does not depend on how parameters are written.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false

from dataclasses import dataclass

import numpy as np

from models.estimates import Matrix, Vector
from models.missing_data.pooling import PooledEstimates
from models.regression.identification import ModelDataError

FEW = 4


@dataclass(frozen=True)
class PooledTest:
    """A test over m completed sets.

    Attributes:
        statistic: F.
        df: Coefficients tested, k.
        df_resid: Degrees of freedom of the denominator; infinite where the sets do not differ.
        p_value: Upper tail.
        relative_increase: Mean relative increase of variance due to missing values.
    """

    statistic: float
    df: int
    df_resid: float
    p_value: float
    relative_increase: float


def pooled_wald(pooled: PooledEstimates, contrasts: Matrix) -> PooledTest:
    """Test ``contrasts @ estimates == 0`` (D1), with Reiter's degrees of freedom where complete data would have few.

    F = d'U^-1 d / (k (1 + r)), r = (1 + 1/m) tr(B U^-1) / k.

    Args:
        pooled: k' estimates.
        contrasts: k x k' of full row rank.

    Raises:
        ModelDataError: If the contrasts say the same, so that their covariance has no inverse.

    References:
        Li, Raghunathan and Rubin (1991), JASA 86(416), 1065-1073; Reiter (2007), Biometrika 94(2), 502-508.
        R: ``mice::D1``.
    """
    k, m = len(contrasts), pooled.n_imputations
    within = contrasts @ pooled.within @ contrasts.T
    values = contrasts @ pooled.estimates
    if np.linalg.matrix_rank(within) < k:
        raise ModelDataError(
            f"the {k} contrasts have a covariance of rank {np.linalg.matrix_rank(within)}; expected {k}; test fewer"
        )
    increase = (1 + 1 / m) * float(np.trace(np.linalg.solve(within, contrasts @ pooled.between @ contrasts.T))) / k
    statistic = float(values @ np.linalg.solve(within, values)) / (k * (1 + increase))
    complete = float(pooled.df_complete[(contrasts != 0).any(axis=0)].min())
    small = np.isfinite(complete) and k * (m - 1) > FEW
    df = _small_df(k * (m - 1), increase, complete) if small else _large_df(k, m, increase)
    return _tested(statistic, k, df, increase)


def pooled_statistics(statistics: Vector, k: int) -> PooledTest:
    """Test from the chi-square (Wald or likelihood ratio) statistics of the sets alone (D2).

    F = (mean d / k - (m + 1) / (m - 1) r) / (1 + r), r = (1 + 1/m) var(sqrt d); below nought, F is nought.

    Args:
        statistics: Chi-square statistic of each of m sets.
        k: Coefficients tested.

    Raises:
        ModelDataError: If there are fewer than two statistics or one is negative.

    References:
        Li, Meng, Raghunathan and Rubin (1991), Statistica Sinica 1(1), 65-92. R: ``mice::D2``.
    """
    m = len(statistics)
    if m < 2 or not (statistics >= 0).all():  # noqa: PLR2004
        raise ModelDataError(f"{m} statistics, least {statistics.min():.3g}; expected at least 2, none below nought")
    increase = (1 + 1 / m) * float(np.sqrt(statistics).var(ddof=1))
    statistic = (float(statistics.mean()) / k - (m + 1) / (m - 1) * increase) / (1 + increase)
    df = np.inf if increase == 0 else k ** (-3 / m) * (m - 1) * (1 + 1 / increase) ** 2
    return _tested(max(statistic, 0.0), k, df, increase)


def pooled_likelihoods(at_own: Vector, at_pooled: Vector, k: int) -> PooledTest:
    """Test from likelihood ratios of the sets (D3).

    F = L / (k (1 + r)), r = (m + 1) / (k (m - 1)) (M - L), M and L the mean ratios.

    Args:
        at_own: Of each of m sets, 2 (log-likelihood of the model - that without the terms), each at its own estimates.
        at_pooled: The same with slopes held at their pooled values; what is not held (R leaves constant and residual
            variance free) is that set's own.
        k: Coefficients tested.

    Raises:
        ModelDataError: If there are fewer than two sets, or the numbers of ratios differ.

    References:
        Meng and Rubin (1992), Biometrika 79(1), 103-111. R: ``mice::D3``.
    """
    m = len(at_own)
    if m < 2 or len(at_pooled) != m:  # noqa: PLR2004
        raise ModelDataError(f"{m} and {len(at_pooled)} likelihood ratios; expected two or more, as many of each kind")
    increase = max(float((m + 1) / (k * (m - 1)) * (at_own.mean() - at_pooled.mean())), 0.0)
    statistic = float(at_pooled.mean()) / (k * (1 + increase))
    return _tested(max(statistic, 0.0), k, _large_df(k, m, increase), increase)


def _tested(statistic: float, k: int, df: float, increase: float) -> PooledTest:
    from scipy.special import fdtrc  # noqa: PLC0415

    return PooledTest(statistic, k, df, float(fdtrc(k, min(df, 1e10), statistic)), increase)


def _large_df(k: int, m: int, increase: float) -> float:
    """Return the degrees of freedom of Li, Raghunathan and Rubin (1991), complete data having many."""
    if increase == 0:
        return np.inf
    t = k * (m - 1)
    if t > FEW:
        return 4 + (t - 4) * (1 + (1 - 2 / t) / increase) ** 2
    return t * (1 + 1 / k) * (1 + 1 / increase) ** 2 / 2


def _small_df(t: int, increase: float, df_complete: float) -> float:
    """Return the degrees of freedom of Reiter (2007); t = k (m - 1) is more than four."""
    a = increase * t / (t - 2)
    nu = (df_complete + 1) / (df_complete + 3) * df_complete
    c0, c1, c2 = 1 / (t - 4), nu - 2 * (1 + a), nu - 4 * (1 + a)
    if c2 <= 0:
        raise ModelDataError(
            f"the complete data would have {df_complete:g} degrees of freedom, too few for a joint test where missing "
            f"values raise variances by {increase:.0%}; test coefficients one by one"
        )
    z = (
        1 / c2
        + c0 * (a**2 * c1 / ((1 + a) ** 2 * c2))
        + c0 * (8 * a**2 * c1 / ((1 + a) * c2**2) + 4 * a**2 / ((1 + a) * c2))
        + c0 * (4 * a**2 / (c2 * c1) + 16 * a**2 * c1 / c2**3)
        + c0 * (8 * a**2 / c2**2)
    )
    return 4 + 1 / z
