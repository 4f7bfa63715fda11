"""What unequal weights cost: Kish's design effect and the effective number of responses."""

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]


def kish_design_effect(weights: Values) -> float:
    """Return the design effect of unequal weighting: ``n sum(w^2) / (sum w)^2``, which is ``1 + cv^2``.

    Args:
        weights: Length n, above 0.

    Returns:
        1 for equal weights; NaN without weights.

    References:
        Kish (1992), Journal of Official Statistics 8(2), 183-200.
    """
    if not len(weights):
        return float("nan")
    return float(len(weights) * np.sum(weights**2) / np.sum(weights) ** 2)


def effective_n(weights: Values) -> float:
    """Return ``(sum w)^2 / sum(w^2)``: how many equally weighted responses tell as much."""
    return float("nan") if not len(weights) else float(np.sum(weights) ** 2 / np.sum(weights**2))


def coefficient_of_variation(weights: Values) -> float:
    """Return the standard deviation of the weights (n in the denominator) over their mean."""
    return float("nan") if not len(weights) else float(weights.std() / weights.mean())
