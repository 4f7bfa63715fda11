"""Sizes of effects without a unit: standardised coefficients, explained shares, Cohen's f2 and d."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from dataclasses import dataclass

import numpy as np

from models.estimates import Matrix, Vector
from models.regression.reading.noncentral import noncentral_t_below
from models.roots import crossing


def standardised_coefficients(
    matrix: Matrix, outcome: Vector, coefficients: Vector, weights: Vector | None = None
) -> Vector:
    """Return b_j sd(x_j) / sd(y): change of the outcome in its standard deviations for one of the regressor's.

    Args:
        matrix: n x k regressors; a constant column has no standardised coefficient (NaN).
        outcome: n values.
        coefficients: k.
        weights: n positive weights, or None.

    References:
        R: ``coef(m) * sd(x) / sd(y)`` (``effectsize::standardize_parameters(method = "basic")``); a standardised
        interaction or square is that of the product as a column, not of standardised factors.
    """
    spreads = _spreads(matrix, weights)
    of_outcome = _spreads(outcome[:, None], weights)[0]
    return np.where(spreads > 0, coefficients * spreads / of_outcome, np.nan)


def partial_r2(statistics: Vector, df_resid: float, n_tested: int = 1) -> Vector:
    """Return the share of what the other regressors leave unexplained that is explained: q F / (q F + df).

    Args:
        statistics: Classical t values (``n_tested`` 1), or F values of q coefficients at once.
        df_resid: n - k.
        n_tested: q.

    References:
        Cohen (1988), Statistical Power Analysis, 2nd ed., chapter 9. R: ``sensemakr::partial_r2``; t^2 / (t^2 + df).
    """
    explained = _explained(statistics, n_tested)
    return explained / (explained + df_resid)


def cohens_f2(statistics: Vector, df_resid: float, n_tested: int = 1) -> Vector:
    """Return partial R2 / (1 - partial R2) = q F / df; arguments as ``partial_r2``.

    References:
        Cohen (1988), chapter 9: 0.02 small, 0.15 medium, 0.35 large. R: ``effectsize::cohens_f_squared``.
    """
    return _explained(statistics, n_tested) / df_resid


@dataclass(frozen=True)
class StandardisedDifference:
    """A difference of two means in standard deviations.

    Attributes:
        d: Cohen's d with the pooled standard deviation.
        d_low, d_high: Its interval.
        g: Hedges' g: d without its small-sample bias.
        g_low, g_high: Its interval.
        df: n_1 + n_2 - 2.
    """

    d: float
    d_low: float
    d_high: float
    g: float
    g_low: float
    g_high: float
    df: int


def standardised_difference(first: Vector, second: Vector, confidence_level: float = 0.95) -> StandardisedDifference:
    """Estimate how far two means are apart in pooled standard deviations.

    d = (mean_1 - mean_2) / s_pooled. Interval: the noncentralities of t that put the observed t at the tails, times
    sqrt(1/n_1 + 1/n_2). g = d J, J = Gamma(df/2) / (sqrt(df/2) Gamma((df-1)/2)).

    Args:
        first: Scores of one group, n_1 >= 2.
        second: Scores of the other, n_2 >= 2.
        confidence_level: Of the intervals.

    References:
        Hedges (1981), Journal of Educational Statistics 6(2), 107-128. Steiger and Fouladi (1997), in What If There
        Were No Significance Tests?, 221-257. R: ``effectsize::cohens_d``, ``hedges_g`` (whose search for the interval
        stops within 1e-6).
    """
    from scipy.special import gammaln  # noqa: PLC0415

    n_first, n_second = len(first), len(second)
    df = n_first + n_second - 2
    pooled = ((n_first - 1) * first.var(ddof=1) + (n_second - 1) * second.var(ddof=1)) / df
    unit = float(np.sqrt(1 / n_first + 1 / n_second))
    d = float((first.mean() - second.mean()) / np.sqrt(pooled))
    tail = (1 - confidence_level) / 2
    low, high = (unit * _noncentrality(d / unit, df, share) for share in (1 - tail, tail))
    shrink = float(np.exp(gammaln(df / 2) - np.log(df / 2) / 2 - gammaln((df - 1) / 2)))
    return StandardisedDifference(d, low, high, d * shrink, low * shrink, high * shrink, df)


def _noncentrality(statistic: float, df: int, share: float) -> float:
    """Return the noncentrality under which t is at most the observed one with probability ``share``."""
    reach = 10 + abs(statistic)
    return crossing(
        lambda centre: noncentral_t_below(statistic, df, centre) - share, statistic - reach, statistic + reach
    )


def _explained(statistics: Vector, n_tested: int) -> Vector:
    values = np.asarray(statistics, dtype=float)
    return values**2 if n_tested == 1 else n_tested * values


def _spreads(columns: Matrix, weights: Vector | None) -> Vector:
    shares = np.full(len(columns), 1 / len(columns)) if weights is None else weights / weights.sum()
    centred = columns - shares @ columns
    spreads = np.sqrt(shares @ centred**2)
    return np.where(np.ptp(columns, axis=0) > 0, spreads, 0.0)
