r"""Whether correlations of items are worth a factor analysis.

References:
    Kaiser and Rice (1974), Educational and Psychological Measurement 34, 111-117; Bartlett (1951), Biometrika 38,
    337-344.
    R: ``psych::KMO``, ``psych::cortest.bartlett``, ``psych::smc``.
"""

# pyright: reportMissingTypeStubs=false

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc

from models.estimates import Matrix, Vector


@dataclass(frozen=True, eq=False)
class Adequacy:
    """How well items hang together.

    Attributes:
        overall: Kaiser-Meyer-Olkin measure of all items, 0 to 1.
        by_item: Of each item, p.
    """

    overall: float
    by_item: Vector


def sampling_adequacy(correlation: Matrix) -> Adequacy:
    """Return ``sum r^2 / (sum r^2 + sum partial^2)`` off the diagonal, over all items and for each.

    Args:
        correlation: p x p, positive definite.
    """
    inverse = np.linalg.inv(correlation)
    scale = np.sqrt(np.diagonal(inverse))
    partial = inverse / np.outer(scale, scale)
    off = ~np.eye(len(correlation), dtype=bool)
    squares, rest = np.where(off, correlation**2, 0.0), np.where(off, partial**2, 0.0)
    by_item = squares.sum(axis=0) / (squares.sum(axis=0) + rest.sum(axis=0))
    return Adequacy(float(squares.sum() / (squares.sum() + rest.sum())), by_item)


@dataclass(frozen=True)
class Sphericity:
    """Bartlett's test that items are uncorrelated.

    Attributes:
        statistic: ``-(n - 1 - (2p + 5)/6) log|R|``.
        df: ``p(p - 1)/2``.
    """

    statistic: float
    df: int

    @property
    def p_value(self) -> float:
        """Probability of a larger value when items are uncorrelated."""
        return float(chdtrc(self.df, self.statistic))


def sphericity(correlation: Matrix, n_obs: float) -> Sphericity:
    """Test whether a correlation matrix of n responses is that of uncorrelated normal items."""
    p = len(correlation)
    log_determinant = float(np.linalg.slogdet(correlation)[1])
    return Sphericity(-(n_obs - 1 - (2 * p + 5) / 6) * log_determinant, p * (p - 1) // 2)


def squared_multiple_correlations(correlation: Matrix) -> Vector:
    """Return the share of each item's variance that the other items explain, p."""
    return 1 - 1 / np.diagonal(np.linalg.inv(correlation))
