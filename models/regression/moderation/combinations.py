"""Linear combinations of coefficients with intervals, under any covariance and its degrees of freedom."""

from dataclasses import dataclass

import numpy as np

from models.estimates import Matrix, Vector
from models.regression.clustered import ClusterCovariance, SpannedCovariance
from models.regression.inference import t_quantiles, two_sided_p

VALUES_AT_ONCE = 2_000_000


@dataclass(frozen=True, eq=False)
class Coefficients:
    """Estimated coefficients and how sure they are.

    Attributes:
        estimates: k coefficients.
        covariance: k x k, of any kind.
        df_resid: Degrees of freedom of t: n - k, clusters - 1, or infinite.
        clusters: The CR2 covariance that ``covariance`` is of, so that each combination gets Satterthwaite's degrees of
            freedom; None: ``df_resid`` for all. One of all coefficients may have further ones after the k.
    """

    estimates: Vector
    covariance: Matrix
    df_resid: float
    clusters: ClusterCovariance | SpannedCovariance | None = None

    def spanned(self, basis: Matrix) -> "Coefficients":
        """Return the m combinations of a basis, m x k, as coefficients, for many combinations of these."""
        clusters = self.clusters.spanned(self._padded(basis)) if isinstance(self.clusters, ClusterCovariance) else None
        return Coefficients(basis @ self.estimates, basis @ self.covariance @ basis.T, self.df_resid, clusters)

    def degrees_of_freedom(self, contrasts: Matrix) -> Vector:
        """Return the degrees of freedom of each of q contrasts, q x k."""
        if self.clusters is None:
            return np.full(len(contrasts), self.df_resid)
        if isinstance(self.clusters, SpannedCovariance):
            return self.clusters.satterthwaite_df(contrasts)
        contrasts = self._padded(contrasts)
        n_blocks = 1 + len(contrasts) * self.clusters.adjusted[:, 0].size // VALUES_AT_ONCE
        return np.concatenate([self.clusters.satterthwaite_df(part) for part in _split(contrasts, n_blocks)])

    def _padded(self, contrasts: Matrix) -> Matrix:
        """Give contrasts the further coefficients, with weight nought."""
        n_hidden = len(self.clusters.bread) - contrasts.shape[1] if isinstance(self.clusters, ClusterCovariance) else 0
        return np.pad(contrasts, ((0, 0), (0, n_hidden)))


def clustered_coefficients(estimates: Vector, covariance: ClusterCovariance) -> Coefficients:
    """Return coefficients with a cluster-robust covariance and Satterthwaite's degrees of freedom."""
    return Coefficients(estimates, covariance.covariance, np.nan, covariance)


@dataclass(frozen=True, eq=False)
class Combinations:
    """q linear combinations of coefficients; arrays of length q.

    Attributes:
        estimate: Values.
        std_error: Standard errors.
        df: Degrees of freedom of t.
        statistic: t against nought.
        p_value: Two-sided.
        conf_low, conf_high: Interval of each by itself.
    """

    estimate: Vector
    std_error: Vector
    df: Vector
    statistic: Vector
    p_value: Vector
    conf_low: Vector
    conf_high: Vector


def combine(coefficients: Coefficients, contrasts: Matrix, confidence_level: float = 0.95) -> Combinations:
    """Estimate ``contrasts @ coefficients`` with t intervals.

    Args:
        coefficients: k of them.
        contrasts: q x k.
        confidence_level: Of each interval.

    References:
        R: ``multcomp::glht(linfct = )`` without adjustment; ``clubSandwich::linear_contrast``.
    """
    estimate = contrasts @ coefficients.estimates
    std_error = np.sqrt(np.einsum("qa,ab,qb->q", contrasts, coefficients.covariance, contrasts))
    return with_intervals(estimate, std_error, coefficients.degrees_of_freedom(contrasts), confidence_level)


def with_intervals(estimate: Vector, std_error: Vector, df: Vector, confidence_level: float) -> Combinations:
    """Put t tests and intervals around q estimates."""
    reach = t_quantiles(confidence_level, df) * std_error
    statistic = estimate / std_error
    p_value = two_sided_p(statistic, df)
    return Combinations(estimate, std_error, df, statistic, p_value, estimate - reach, estimate + reach)


def _split(contrasts: Matrix, n_blocks: int) -> list[Matrix]:
    return np.array_split(contrasts, min(n_blocks, len(contrasts)))
