"""Bootstrap intervals of margins: rows or whole clusters drawn with replacement, the model fitted anew each time."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.regression.identification import ModelDataError

Refit = Callable[[NDArray[np.intp]], Vector]
LARGEST_SHARE_FAILED = 0.05


class DrawsRefusedError(ModelDataError):
    """Too many draws cannot carry the model.

    Attributes:
        share_failed: Share of the draws that could not be fitted, 0 to 1.
    """

    def __init__(self, n_failed: int, n_draws: int) -> None:
        super().__init__(
            f"{n_failed} of {n_draws} bootstrap draws cannot carry the model (categories that are empty or foretold); "
            f"expected at most {LARGEST_SHARE_FAILED:.0%}; use delta intervals, or merge small categories"
        )
        self.share_failed = n_failed / n_draws


@dataclass(frozen=True, eq=False)
class BootstrapMargins:
    """Bootstrap distribution of margins.

    Attributes:
        draws: B x J margins of the draws that could be fitted.
        std_error: J standard deviations of the draws.
        conf_low, conf_high: J percentiles.
        n_failed: Draws that could not carry the model (such as separation), and are left out.
    """

    draws: Matrix
    std_error: Vector
    conf_low: Vector
    conf_high: Vector
    n_failed: int


def bootstrap_margins(
    refit: Refit,
    units: NDArray[np.intp],
    rng: np.random.Generator,
    n_draws: int = 999,
    confidence_level: float = 0.95,
) -> BootstrapMargins:
    """Draw units with replacement and compute the margins of each draw.

    Args:
        refit: How often each row is drawn (n) → J margins of the model fitted to these rows, rows drawn no times left
            out; for likelihoods a row drawn twice is a row of twice the weight.
        units: Unit of each row, 0 to G - 1: clusters that are drawn as a whole, or each row its own.
        rng: Source of the draws.
        n_draws: Draws.
        confidence_level: Of the percentile intervals.

    Raises:
        DrawsRefusedError: If more than 5 % of the draws cannot carry the model: an interval without them would be too
            narrow.

    References:
        Efron and Tibshirani (1993), An Introduction to the Bootstrap, chapter 13; Cameron, Gelbach and Miller (2008),
        Review of Economics and Statistics 90(3), 414-427 (pairs of clusters). R: ``sandwich::vcovBS(type = "xy")``
        draws in this way.
    """
    n_units = int(units.max()) + 1
    found: list[Vector] = []
    n_failed = 0
    for _ in range(n_draws):
        times = np.bincount(rng.integers(0, n_units, n_units), minlength=n_units)[units]
        try:
            found.append(refit(times))
        except ModelDataError:
            n_failed += 1
    if n_failed > LARGEST_SHARE_FAILED * n_draws:
        raise DrawsRefusedError(n_failed, n_draws)
    draws = np.stack(found)
    tail = (1 - confidence_level) / 2
    low, high = np.quantile(draws, [tail, 1 - tail], axis=0)
    return BootstrapMargins(draws, draws.std(axis=0, ddof=1), low, high, n_failed)
