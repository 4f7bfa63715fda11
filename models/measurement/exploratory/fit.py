r"""How well so many factors reproduce correlations, as ``psych::fa`` reports it.

With M the reproduced correlations (ones on the diagonal), n responses, p items, m factors: ``F = tr(M^-1 R) -
log|M^-1 R| - p``, ``c = n - 1 - (2p + 5)/6 - 2m/3``, statistic ``c F``; TLI is ``(F_0/df_0 - F/df) / (F_0/df_0 -
1/c)`` with ``F_0 = -log|R|``; RMSEA is ``sqrt(max(c F / (n df) - 1/(n - 1), 0))``, the ends of its interval divide by
n - 1.

References:
    Bartlett (1950), British Journal of Psychology 3, 77-85; Tucker and Lewis (1973), Psychometrika 38, 1-10. R:
    ``psych::fa.stats(alpha = .1)``; ``stats::factanal``.
"""

# pyright: reportMissingTypeStubs=false

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc

from models.estimates import Matrix, Vector
from models.measurement.confirmatory.fit_indices import rmsea_interval


@dataclass(frozen=True)
class ExploratoryFit:
    """Fit of so many factors; NaN where no degrees of freedom are left.

    Attributes:
        statistic: Bartlett's test that so many factors suffice.
        df: Its degrees of freedom.
        p_value: Probability of a larger one if they do.
        tli: Tucker-Lewis index.
        rmsea: Root mean square error of approximation.
        rmsea_low: Lower end of its 90 % interval.
        rmsea_high: Upper end.
        bic: ``statistic - df log n``.
        root_mean_square_residual: Of the correlations off the diagonal.
    """

    statistic: float
    df: int
    p_value: float
    tli: float
    rmsea: float
    rmsea_low: float
    rmsea_high: float
    bic: float
    root_mean_square_residual: float


def degrees_of_freedom(p: int, m: int) -> int:
    """Return how many correlations of p items are left over by m factors; negative when factors are too many."""
    return ((p - m) ** 2 - p - m) // 2


def exploratory_fit(correlation: Matrix, loadings: Matrix, uniqueness: Vector, n_obs: int) -> ExploratoryFit:
    """Describe the fit of unrotated (or orthogonal) loadings, p x m; rotation does not change it."""
    p, m = loadings.shape
    df = degrees_of_freedom(p, m)
    reproduced = loadings @ loadings.T
    residual = (correlation - reproduced)[~np.eye(p, dtype=bool)]
    ratio = np.linalg.solve(reproduced + np.diag(uniqueness), correlation)
    discrepancy = float(np.trace(ratio) - np.linalg.slogdet(ratio)[1]) - p
    factor = n_obs - 1 - (2 * p + 5) / 6 - 2 * m / 3
    statistic = max(factor * discrepancy, 0.0)
    rms = float(np.sqrt((residual**2).mean()))
    if df <= 0:
        return ExploratoryFit(statistic, df, np.nan, np.nan, np.nan, np.nan, np.nan, np.nan, rms)
    of_baseline = -float(np.linalg.slogdet(correlation)[1]) / (p * (p - 1) / 2)
    low, high = rmsea_interval(statistic, df, n_obs - 1, 1)
    return ExploratoryFit(
        statistic=statistic,
        df=df,
        p_value=float(chdtrc(df, statistic)),
        tli=(of_baseline - discrepancy / df) / (of_baseline - 1 / factor),
        rmsea=float(np.sqrt(max(statistic / (n_obs * df) - 1 / (n_obs - 1), 0.0))),
        rmsea_low=low,
        rmsea_high=high,
        bic=statistic - df * float(np.log(n_obs)),
        root_mean_square_residual=rms,
    )
