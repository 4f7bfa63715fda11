"""A share of a small number with its exact interval: x of n."""

# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false

from scipy.special import betaincinv

MOST_DIGITS = 18


def exact_interval(n_with: int, n: int, confidence_level: float = 0.95) -> tuple[float, float]:
    """Return the interval of Clopper and Pearson for a share, as if the n were a random sample.

    Formula:
        Lower end: the (1 - c) / 2 quantile of Beta(x, n - x + 1), 0 for x = 0. Upper end: the (1 + c) / 2 quantile of
        Beta(x + 1, n - x), 1 for x = n.

    Args:
        n_with: x, how many have it.
        n: Of how many; 1 or more.
        confidence_level: c.

    Raises:
        ValueError: If x is not between 0 and n, or n is 0.

    References:
        Clopper and Pearson (1934), Biometrika 26, 404-413. R: ``binom.test``.
    """
    if not 0 <= n_with <= n or n < 1:
        raise ValueError(f"{n_with} of {n} is no share; expected 0 to n, of 1 or more")
    outside = (1 - confidence_level) / 2
    low = float(betaincinv(n_with, n - n_with + 1, outside)) if n_with else 0.0
    high = float(betaincinv(n_with + 1, n - n_with, 1 - outside)) if n_with < n else 1.0
    return low, high


def n_of_n(n_with: int, n: int, confidence_level: float = 0.95) -> str:
    """Write a share as people read it: ``2 of 3 (.09 to .99)``; only what is 0 or 1 is written so."""
    low, high = exact_interval(n_with, n, confidence_level)
    return f"{n_with} of {n} ({_short(low)} to {_short(high)})"


def _short(share: float) -> str:
    if share in (0, 1):
        return f"{share:.0f}"
    digits = next(each for each in range(2, MOST_DIGITS) if 0 < round(share, each) < 1)
    return f"{share:.{digits}f}".removeprefix("0")
