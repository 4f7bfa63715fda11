"""Where a monotone function of one number crosses zero."""

from collections.abc import Callable

MOST_HALVINGS = 200


def crossing(of: Callable[[float], float], low: float, high: float) -> float:
    """Return the point between ``low`` and ``high`` at which a function changes its sign, to the last digits.

    Args:
        of: A monotone function whose signs at the two ends differ.
        low: Lower end.
        high: Upper end.
    """
    is_rising = of(high) > 0
    for _ in range(MOST_HALVINGS):
        middle = low + (high - low) / 2
        if middle in (low, high):
            break
        if (of(middle) > 0) == is_rising:
            high = middle
        else:
            low = middle
    return low + (high - low) / 2
