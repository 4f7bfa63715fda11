"""Cutting extreme weights: the limits, and how the excess is spread so that the sum stays."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.weighting.faults import WeightingError

Values = npt.NDArray[np.float64]
Limit = Callable[[Values], float]


@dataclass(frozen=True)
class Trimmed:
    """Trimmed weights.

    Attributes:
        weights: Length n, with the sum they had.
        is_trimmed: Length n; whether the weight was cut, or raised, to a bound.
    """

    weights: Values
    is_trimmed: npt.NDArray[np.bool_]


def no_limit(weights: Values) -> float:
    """Return infinity: nothing is trimmed."""
    del weights
    return float(np.inf)


def median_plus_iqr(times: float) -> Limit:
    """Return the limit ``median + times (Q3 - Q1)`` of the weights; quantiles interpolate linearly (R type 7).

    References:
        Potter and Zheng (2015), JSM Proceedings, Survey Research Methods Section, 2707-2721.
    """

    def limit(weights: Values) -> float:
        low, middle, high = np.quantile(weights, [0.25, 0.5, 0.75])
        return float(middle + times * (high - low))

    return limit


def times_mean(times: float) -> Limit:
    """Return the limit ``times`` the mean weight."""

    def limit(weights: Values) -> float:
        return float(times * weights.mean())

    return limit


def trim_weights(weights: Values, upper: float, lower: float = -np.inf) -> Trimmed:
    """Cut weights to bounds and spread the difference equally over those that were not cut.

    It is repeated until no weight lies outside, as spreading may push others over a bound.

    Args:
        weights: Length n.
        upper: Upper bound.
        lower: Lower bound.

    Returns:
        The trimmed weights; unchanged when all are within the bounds.

    Raises:
        WeightingError: When the bounds leave no room for the sum of the weights.

    References:
        R: ``survey::trimWeights``.
    """
    current = np.asarray(weights, dtype=np.float64).copy()
    total = float(current.sum())
    is_cut = np.zeros(len(current), dtype=np.bool_)
    while True:
        is_outside = ((current > upper) | (current < lower)) & ~is_cut
        if not is_outside.any():
            return Trimmed(current, is_cut)
        is_cut |= is_outside
        if is_cut.all():
            raise WeightingError(
                f"the bounds {lower:.4g} and {upper:.4g} leave no room for weights whose mean is "
                f"{total / len(current):.4g}; trim less"
            )
        current = np.clip(current, lower, upper)
        current[~is_cut] += (total - float(current.sum())) / int((~is_cut).sum())
