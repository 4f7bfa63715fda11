"""The noncentral t distribution, also where that of SciPy is not a number: far out, at few degrees of freedom."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

import numpy as np

NO_TAIL = 1e-9
NEAR_NOUGHT = 1e-12


def noncentral_t_below(value: float, df: float, noncentrality: float) -> float:
    """Return P(T <= value), T = (Z + d) / sqrt(V / df), V chi-squared with df degrees of freedom, 0 to 1.

    By symmetry it is asked for at values above 0. Where SciPy gives no number, a tail that a bound puts below 1e-9 is
    taken as nought. With any r above 0, P(T > value) is at most P(V / df < (r / value)^2) + P(Z > r - d), and for d
    below 0 at most exp(-d^2 / 2) times P = P(T > value; d = 0) or exp(d value / 2) P + P(V < df / 4); P(T <= value) at
    most P(V / df > (r / value)^2) + P(Z < r - d).

    Raises:
        ArithmeticError: If SciPy gives no number and neither tail is that small.

    References:
        R: ``pt(value, df, ncp)``.
    """
    from scipy.special import chdtr, chdtrc, nctdtr, ndtr, stdtr  # noqa: PLC0415 - scipy.stats takes a second to import

    if value < 0:
        return 1 - noncentral_t_below(-value, df, -noncentrality)
    if value < NEAR_NOUGHT:
        return float(ndtr(-noncentrality))
    below = float(nctdtr(df, noncentrality, value))
    if not np.isnan(below):
        return below
    tries = [r for r in (value / 2, noncentrality / 2, (value + noncentrality) / 2) if r > 0]
    above = [float(chdtr(df, df * (r / value) ** 2) + ndtr(noncentrality - r)) for r in tries]
    if noncentrality < 0:
        central = float(stdtr(df, -value))
        split = float(np.exp(noncentrality * value / 2) * central + chdtr(df, df / 4))
        above.append(float(np.exp(-(noncentrality**2) / 2) * min(central, split)))
    if min(above) < NO_TAIL:
        return 1.0
    if min(float(chdtrc(df, df * (r / value) ** 2) + ndtr(r - noncentrality)) for r in tries) < NO_TAIL:
        return 0.0
    raise ArithmeticError(f"no noncentral t at {value:g} with {df:g} degrees of freedom and centre {noncentrality:g}")
