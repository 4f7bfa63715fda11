r"""Corrected moments, of all organisations and without each → slopes, jackknife errors and intervals of Fieller.

Slopes of ``M - E``, moments less what errors add, have long tails and a mean too far from nought. Fuller's modification
takes a little less away, ``M - (1 - a / (G - 1)) E``. For p columns that err, alike and each by itself, of reliability
r, slopes are too large by ``(p + 1) (1 - r) / (r^2 (G - 1))`` of them to the first order, and a takes away
``a (1 - r) / (r (G - 1))``: the a of no bias is ``(p + 1) / r``. Here it is ``2 (p + 1)``, right at one half: 4 for one
mean.

A slope is a ratio, ``b = N / D``: the moment of its column with the outcome, and with itself, each less what the other
columns explain. Where few answer, D errs as much as N does, and an interval of so many standard errors, which grow
with the slope, holds too often. The interval is all b with ``(N - b D)^2 <= t^2 var(N - b D)``, variances by the
jackknife over organisations: it need not be symmetric. N and D are those of ``M - E``, of which ``N - b D`` has the
expectation of nought that the test asks for. Where D lies within its own error of nought no bounded interval can hold
as often as it says (Gleser and Hwang): all b are left, or all but a stretch, and the ends are infinite. The p-value is
that of N.

References:
    Fuller (1987), Measurement error models, 2.5 and 3.1; Fieller (1954), Journal of the Royal Statistical Society B 16,
    175-185; Gleser and Hwang (1987), Annals of Statistics 15, 1351-1362; Efron and Stein (1981), Annals of Statistics
    9, 586-596.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.regression.inference import Uncertainty, label_estimates, t_quantiles
from models.regression.reading.equivalence import EquivalenceTest, reading_of

NO_ERROR = 1e-9


@dataclass(frozen=True, eq=False)
class Solved:
    """Slopes that solve moments.

    Attributes:
        slopes: Of all clusters, then without each, (1 + G) x k.
        above: N of each, (1 + G) x k.
        below: D of each, (1 + G) x k.
        uncertainty: Jackknife covariance of the slopes.
    """

    slopes: Matrix
    above: Matrix
    below: Matrix
    uncertainty: Uncertainty

    def estimates(self, terms: Sequence[str], confidence_level: float) -> pd.DataFrame:
        """Return one row a term as ``label_estimates``, statistic and p-value those of N, the interval Fieller's.

        Args:
            terms: Names of the k slopes.
            confidence_level: Of the intervals.
        """
        of_above = Uncertainty(jackknife_covariance(self.above), self.uncertainty.df)
        tested = label_estimates(tuple(terms), self.above[0], of_above, confidence_level)
        low, high = self._ends(t_quantiles(confidence_level, self.uncertainty.df))
        return tested.assign(estimate=self.slopes[0], std_error=self.uncertainty.errors, conf_low=low, conf_high=high)

    def equivalence(self, place: int, smallest: float, confidence_level: float) -> EquivalenceTest:
        """Test whether a slope is smaller than the smallest effect of interest, in either direction.

        ``N + s D`` and ``N - s D``, s the smallest effect, each over its jackknife error; the interval is Fieller's.

        Args:
            place: Of the slope.
            smallest: Smallest effect of interest, positive.
            confidence_level: Of the model's intervals; each test has the level that it leaves.
        """
        from scipy.special import stdtr  # noqa: PLC0415 - scipy.stats takes a second to import

        df = float(self.uncertainty.df[place])
        low, high = (
            float(each[place]) for each in self._ends(t_quantiles(2 * confidence_level - 1, self.uncertainty.df))
        )
        above, below = (each[:, place] * np.sign(self.below[0, place]) for each in (self.above, self.below))
        beyond = np.column_stack([above + smallest * below, above - smallest * below])
        ratios = beyond[0] / np.sqrt(np.diag(jackknife_covariance(beyond)))
        p_lower, p_upper = float(stdtr(df, -ratios[0])), float(stdtr(df, ratios[1]))
        error, told = float(self.uncertainty.errors[place]), reading_of(low, high, smallest)
        slope, largest = float(self.slopes[0, place]), max(p_lower, p_upper)
        return EquivalenceTest(slope, error, df, p_lower, p_upper, largest, low, high, told)

    def _ends(self, reach: Vector) -> tuple[Vector, Vector]:
        """Return the ends of Fieller's intervals; infinite where the slope's denominator may be nought."""
        k = len(reach)
        spread = jackknife_covariance(np.column_stack([self.above, self.below])) * np.tile(reach, 2) ** 2
        above, below = self.above[0], self.below[0]
        curve = below**2 - np.diag(spread)[k:]
        middle = above * below - np.diag(spread[:k, k:])
        left = above**2 - np.diag(spread)[:k]
        is_bounded = curve > 0
        curve = np.where(is_bounded, curve, 1.0)
        half = np.sqrt(np.maximum(middle**2 - curve * left, 0.0))
        return (
            np.where(is_bounded, (middle - half) / curve, -np.inf),
            np.where(is_bounded, (middle + half) / curve, np.inf),
        )


def solve_moments(
    moments: NDArray[np.float64], sizes: Vector, df: float, is_gone: NDArray[np.bool_] | None = None
) -> Solved:
    """Solve moments of columns and outcome.

    Args:
        moments: Of k columns and the outcome, last, of all clusters and without each, (1 + G) x (k + 1) x (k + 1).
        sizes: What the moments are sums over, 1 + G.
        df: Degrees of freedom.
        is_gone: Which columns are nought without a cluster, (1 + G) x k: their slope, which this cluster decides,
            stays as it is.
    """
    left, right = moments[:, :-1, :-1].copy(), moments[:, :-1, -1]
    gone = np.zeros(right.shape, dtype=bool) if is_gone is None else is_gone
    whole: Vector = np.asarray(np.linalg.solve(left[0], right[0]), dtype=float)
    right = np.where(gone, whole, right)
    left[gone] = 0.0
    left[(*np.nonzero(gone), np.nonzero(gone)[1])] = 1.0
    slopes: Matrix = np.asarray(np.linalg.solve(left, right[:, :, None])[:, :, 0], dtype=float)
    below = 1 / (np.diagonal(np.linalg.inv(left), axis1=1, axis2=2) * sizes[:, None])
    below = np.where(gone, below[0], below)
    each = np.full(int(whole.size), df, dtype=float)
    uncertainty = Uncertainty(jackknife_covariance(slopes), each, len(slopes) - 1, int(gone.any(axis=0).sum()))
    return Solved(slopes, slopes * below, below, uncertainty)


def solve_corrected(
    plain: NDArray[np.float64], corrected: NDArray[np.float64], df: float, is_gone: NDArray[np.bool_] | None = None
) -> Solved:
    """Solve corrected moments: slopes of the modified ones, N and D of those that are not.

    Args:
        plain: Moments of columns and outcome, the intercept first, of all clusters and without each.
        corrected: Less what errors add to them.
        df: Degrees of freedom.
        is_gone: As of ``solve_moments``.
    """
    sizes = plain[:, 0, 0]
    told = solve_moments(of_small_samples(plain, corrected), sizes, df, is_gone)
    return replace(solve_moments(corrected, sizes, df, is_gone), slopes=told.slopes, uncertainty=told.uncertainty)


def of_small_samples(plain: NDArray[np.float64], corrected: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return corrected moments with Fuller's modification of what concerns columns to which errors add variance.

    Deviations from a mean, which vary too little by its error, are of as many people as answered, not of G clusters,
    and stay as they are.

    Args:
        plain: Moments of columns and outcome, last, as they are, of all clusters and without each, (1 + G) x m x m.
        corrected: Less what errors add to them.
    """
    added = np.diag(plain[0] - corrected[0])
    errs = added > NO_ERROR * np.diag(plain[0])
    errs[-1] = False
    kept = share_of_errors(int(errs.sum()), len(plain) - 1)[:, None, None]
    return plain - np.where(errs[:, None] | errs, kept, 1.0) * (plain - corrected)


def share_of_errors(n_erring: int, n_clusters: int) -> Vector:
    """Return the share of the errors' part that is taken away, of all clusters and without each, 1 + G.

    Args:
        n_erring: Columns that err.
        n_clusters: G.
    """
    own = n_clusters - np.r_[1.0, np.full(n_clusters, 2.0)]
    return np.maximum(1 - 2 * (n_erring + 1) / np.maximum(own, 1.0), 0.0)


def jackknife_covariance(estimates: Matrix) -> Matrix:
    """Return the k x k jackknife covariance of k estimates.

    Args:
        estimates: Of all clusters, then without each, (1 + G) x k.
    """
    n = len(estimates) - 1
    distance = estimates[1:] - estimates[1:].mean(axis=0)
    return (n - 1) / n * distance.T @ distance
