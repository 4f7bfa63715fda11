"""Exact intervals of rates over replications."""

from scipy.special import betaincinv


def binomial_interval(n_found, n, level):
    """Clopper and Pearson's interval."""
    tail = (1 - level) / 2
    low = betaincinv(n_found, n - n_found + 1, tail) if n_found else 0.0
    high = betaincinv(n_found + 1, n - n_found, 1 - tail) if n_found < n else 1.0
    return float(low), float(high)
