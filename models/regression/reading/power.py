"""Power and minimum detectable effects by formula: how likely a design is to find what is looked for.

Power by simulation from a fitted model is in ``simulated_power``. All tests are two-sided.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from collections.abc import Callable

import numpy as np

from models.regression.reading.noncentral import noncentral_t_below
from models.roots import crossing

DOUBLINGS = 80
FARTHEST = 1e4


def power_of_t(noncentrality: float, df: float, level: float = 0.05) -> float:
    """Return the probability that t is beyond its critical values: noncentral t, both tails.

    References:
        Cohen (1988), Statistical Power Analysis, 2nd ed. R: ``pwr::pwr.t.test``, ``power.t.test(strict =
        TRUE)``.
    """
    from scipy.special import ndtr, ndtri, stdtrit  # noqa: PLC0415 - scipy.stats takes a second to import

    if np.isinf(df):
        critical = -float(ndtri(level / 2))
        return float(ndtr(noncentrality - critical) + ndtr(-critical - noncentrality))
    critical = -float(stdtrit(df, level / 2))
    above = 1 - noncentral_t_below(critical, df, noncentrality)
    return min(above + noncentral_t_below(-critical, df, noncentrality), 1.0)


def power_of_two_means(difference: float, n_first: float, n_second: float, level: float = 0.05) -> float:
    """Return the power of the t test of two means that differ by d standard deviations.

    References:
        R: ``pwr::pwr.t2n.test``, ``pwr.t.test(type = "two.sample")``.
    """
    unit = np.sqrt(1 / n_first + 1 / n_second)
    return power_of_t(difference / float(unit), n_first + n_second - 2, level)


def power_of_f2(effect: float, n_tested: int, df_resid: float, level: float = 0.05) -> float:
    """Return the power of the F test of u coefficients with v residual df: noncentrality f2 (u + v + 1).

    References:
        Cohen (1988), chapter 9. R: ``pwr::pwr.f2.test(u, v, f2)``.
    """
    return _power_of_f(effect * (n_tested + df_resid + 1), n_tested, df_resid, level)


def power_of_anova(effect: float, n_groups: int, n_each: float, level: float = 0.05) -> float:
    """Return the power of the F test that k means of n each are the same: noncentrality k n f^2.

    References:
        Cohen (1988), chapter 8. R: ``pwr::pwr.anova.test(k, n, f)``.
    """
    return _power_of_f(n_groups * n_each * effect**2, n_groups - 1, n_groups * (n_each - 1), level)


def power_of_correlation(correlation: float, n: float, level: float = 0.05) -> float:
    """Return the power of the test that a correlation is nought, by Fisher's z with its correction r / (2 (n - 1)).

    References:
        Cohen (1988), chapter 3. R: ``pwr::pwr.r.test``.
    """
    from scipy.stats import norm, t  # noqa: PLC0415

    critical = float(t.isf(level / 2, n - 2))
    least = np.arctanh(critical / np.sqrt(critical**2 + n - 2))
    middle = np.arctanh(correlation) + correlation / (2 * (n - 1))
    return float(norm.sf((least - middle) * np.sqrt(n - 3)) + norm.cdf((-least - middle) * np.sqrt(n - 3)))


def power_of_clustered_means(
    difference: float, n_clusters_each: float, n_in_cluster: float, intraclass: float, level: float = 0.05
) -> float:
    """Return the power of comparing two arms of J whole clusters of n: 2 J - 2 df, both tails of t.

    Noncentrality d sqrt(J n / (2 (1 + (n - 1) icc))), d in total standard deviations.

    References:
        Donner and Klar (2000), Design and Analysis of Cluster Randomization Trials; Raudenbush (1997), Psychological
        Methods 2(2), 173-185. R: ``clusterPower::cpa.normal``; ``pt`` by hand.
    """
    inflation = 1 + (n_in_cluster - 1) * intraclass
    centre = difference * float(np.sqrt(n_clusters_each * n_in_cluster / (2 * inflation)))
    return power_of_t(centre, 2 * n_clusters_each - 2, level)


def power_of_coefficient(effect: float, std_error: float, df: float, level: float = 0.05) -> float:
    """Return the power of the t test of a coefficient, given the standard error and df that its design has.

    With Satterthwaite df of CR2 the noncentral t is an approximation; simulate when clusters are few.
    """
    return power_of_t(effect / std_error, df, level)


def minimum_detectable_effect(std_error: float, df: float, power: float = 0.8, level: float = 0.05) -> float:
    """Return the least coefficient that the design at hand finds with the power asked for, in the coefficient's unit.

    The standard error times the noncentrality at which the two-sided t test has that power; about
    (t_(1 - level/2) + t_power) se.

    Args:
        std_error: Of the covariance that the test uses.
        df: That go with it.
        power: Between level and 1.
        level: Of the test.

    Returns:
        The effect; NaN where not even ten thousand standard errors would be found, as under a third of a degree of
        freedom.

    References:
        Bloom (1995), Evaluation Review 19(5), 547-556.
    """
    if power_of_t(FARTHEST, df, level) < power:
        return np.nan
    return std_error * least_for(lambda centre: power_of_t(centre, df, level), power, start=0.0)


def least_for(power_of: Callable[[float], float], power: float, start: float) -> float:
    """Return the least size, effect or number at which a power that rises with it reaches the one asked for.

    Args:
        power_of: Power as a rising function of what is sought.
        power: Asked for, between 0 and 1.
        start: The least value that may be asked about, such as 3 for n.

    Raises:
        ValueError: If the power is not between 0 and 1, is already reached at ``start`` or is never reached.
    """
    if not 0 < power < 1 or power_of(start) >= power:
        raise ValueError(f"power {power:g}; expected between that at {start:g} and 1")
    step = 1.0
    for _ in range(DOUBLINGS):
        if power_of(start + step) >= power:
            return crossing(lambda value: power_of(value) - power, start, start + step)
        step *= 2
    raise ValueError(f"power {power:g} is never reached; expected an effect that is not nought")


def _power_of_f(noncentrality: float, df: float, df_resid: float, level: float) -> float:
    from scipy.stats import f, ncf  # noqa: PLC0415

    return float(ncf.sf(f.isf(level, df, df_resid), df, df_resid, noncentrality))
