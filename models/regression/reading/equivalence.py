"""Whether an effect is too small to matter: two one-sided tests against the smallest effect of interest.

Not whether scales measure the same across groups: that is ``models.measurement.equivalence``.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from dataclasses import dataclass
from typing import Literal

import numpy as np

from models.estimates import Vector

Reading = Literal["equivalent", "relevant", "undecided"]


@dataclass(frozen=True)
class EquivalenceTest:
    """Two one-sided tests of one estimate against bounds around nought.

    Attributes:
        estimate: The estimate.
        std_error: Its standard error.
        df: Degrees of freedom of t; infinite for the normal.
        p_lower: p-value of the test that the effect is at or below ``-smallest``.
        p_upper: p-value of the test that it is at or above ``smallest``.
        p_value: The larger of the two.
        conf_low, conf_high: Interval at 1 - 2 x level; the effect is equivalent to none when it lies inside the bounds.
        reading: ``equivalent`` when the interval lies inside the bounds; ``relevant`` when wholly beyond one;
            ``undecided`` otherwise: the data can neither show nor rule out an effect that matters.
    """

    estimate: float
    std_error: float
    df: float
    p_lower: float
    p_upper: float
    p_value: float
    conf_low: float
    conf_high: float
    reading: Reading


def equivalence_test(
    estimate: float, std_error: float, df: float, smallest: float, level: float = 0.05
) -> EquivalenceTest:
    """Test whether an effect is smaller than the smallest effect of interest, in either direction.

    t_lower = (b + D) / se, p = P(T > t_lower); t_upper = (b - D) / se, p = P(T < t_upper).

    Args:
        estimate: A coefficient or a difference.
        std_error: Of any covariance, positive.
        df: That go with it, Satterthwaite's for CR2.
        smallest: Smallest effect of interest D, positive, in the unit of the estimate.
        level: Of each one-sided test.

    Raises:
        ValueError: If the smallest effect of interest or the standard error is not positive.

    References:
        Schuirmann (1987), Journal of Pharmacokinetics and Biopharmaceutics 15(6), 657-680. Lakens (2017), Social
        Psychological and Personality Science 8(4), 355-362. R: ``TOSTER::tsum_TOST``, or ``pt`` by hand.
    """
    from scipy.special import stdtr, stdtrit  # noqa: PLC0415 - scipy.stats takes a second to import

    if smallest <= 0 or std_error <= 0:
        raise ValueError(
            f"smallest effect of interest {smallest:g} and standard error {std_error:g}; expected both positive"
        )
    p_lower = float(stdtr(df, -(estimate + smallest) / std_error))
    p_upper = float(stdtr(df, (estimate - smallest) / std_error))
    reach = float(stdtrit(df, 1 - level)) * std_error
    low, high = estimate - reach, estimate + reach
    p_value = max(p_lower, p_upper)
    return EquivalenceTest(
        estimate, std_error, df, p_lower, p_upper, p_value, low, high, reading_of(low, high, smallest)
    )


def equivalence_of_means(first: Vector, second: Vector, smallest: float, level: float = 0.05) -> EquivalenceTest:
    """Test whether two means differ by less than the smallest effect of interest, variances allowed to differ (Welch).

    Args:
        first: Scores of one group, n_1 >= 2.
        second: Scores of the other, n_2 >= 2; the estimate is the first mean less the second.
        smallest: In scale points.
        level: Of each one-sided test.

    References:
        Welch (1947), Biometrika 34(1-2), 28-35. R: two ``t.test(alternative = , mu = )``.
    """
    shares = np.array([first.var(ddof=1) / len(first), second.var(ddof=1) / len(second)])
    df = float(shares.sum() ** 2 / (shares**2 / (len(first) - 1, len(second) - 1)).sum())
    return equivalence_test(float(first.mean() - second.mean()), float(np.sqrt(shares.sum())), df, smallest, level)


def reading_of(low: float, high: float, smallest: float) -> Reading:
    """Say where an interval lies: inside the bounds around nought, wholly beyond one, or neither."""
    if -smallest < low and high < smallest:
        return "equivalent"
    return "relevant" if low >= smallest or high <= -smallest else "undecided"
