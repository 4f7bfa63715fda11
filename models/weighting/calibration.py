"""Calibration to totals of auxiliary numbers: weights as near to the given ones as the totals allow."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from models.weighting.faults import WeightingError
from models.weighting.raking import Margin

Values = npt.NDArray[np.float64]
Distance = Literal["linear", "raking"]
RANK_TOLERANCE = 1e-10


@dataclass(frozen=True)
class Auxiliaries:
    """Numbers known of every response, whose totals are known of the population.

    Attributes:
        names: Of the q numbers, for messages; a column of 1 has the size of the population as its total.
        values: n x q.
        totals: q population totals.
    """

    names: tuple[str, ...]
    values: Values
    totals: Values

    def deviations(self, weights: Values) -> Values:
        """Return by how much each total is missed, q, relative to its size or that of the weighted numbers."""
        size = np.maximum(np.abs(self.totals), weights @ np.abs(self.values))
        return np.abs(weights @ self.values - self.totals) / np.where(size > 0, size, 1.0)


@dataclass(frozen=True)
class Calibrated:
    """Calibrated weights.

    Attributes:
        weights: Length n, above 0.
        factors: Length n; calibrated over given weights.
        n_iterations: Newton steps; 1 for ``linear``.
        largest_deviation: Largest relative deviation of a total from its target.
    """

    weights: Values
    factors: Values
    n_iterations: int
    largest_deviation: float


def margin_columns(margins: Sequence[Margin]) -> Values:
    """Return a column of 0 and 1 for every category of every margin, n x the number of categories."""
    columns = [(margin.codes[:, None] == np.arange(len(margin.categories))) for margin in margins]
    return np.hstack(columns).astype(np.float64)


def calibrate(
    weights: Values,
    auxiliaries: Auxiliaries,
    distance: Distance = "linear",
    *,
    tolerance: float = 1e-10,
    most_iterations: int = 100,
) -> Calibrated:
    """Change weights as little as possible so that totals of auxiliary numbers are met.

    ``linear``: w = d (1 + x'l), the least sum of (w - d)^2 / d, which gives generalised regression estimates.
    ``raking``: w = d exp(x'l), the least sum of w log(w / d) - w + d, always above 0; of categories as ``rake``.

    Args:
        weights: Length n, above 0.
        auxiliaries: n x q numbers and their q totals.
        distance: Which change is small.
        tolerance: Largest relative deviation of a total that is accepted.
        most_iterations: Newton steps after which raking is given up.

    Raises:
        WeightingError: When auxiliaries follow from each other, totals cannot be met, or weights were not above 0.

    References:
        Deville and Sarndal (1992), Journal of the American Statistical Association 87, 376-382. R:
        ``survey::calibrate(calfun = "linear" or "raking")``.
    """
    _refuse_unusable(auxiliaries)
    place, factors = np.zeros(len(auxiliaries.names)), np.ones(len(weights))
    deviation, n_iterations = np.inf, 0
    with np.errstate(over="ignore", invalid="ignore"):  # far from any solution raking goes to infinity
        while deviation > tolerance and n_iterations < most_iterations:
            gap = auxiliaries.totals - (weights * factors) @ auxiliaries.values
            step = _solved(auxiliaries.values, weights * (factors if distance == "raking" else 1.0), gap)
            place, factors = _moved(auxiliaries, weights, distance, place, step)
            deviation, n_iterations = float(auxiliaries.deviations(weights * factors).max()), n_iterations + 1
    if not deviation <= tolerance:
        raise WeightingError(_not_met(auxiliaries, weights * factors, n_iterations))
    if (n_wrong := int((factors <= 0).sum())) > 0:
        raise WeightingError(
            f"{n_wrong} of {len(weights)} calibrated weights would be 0 or negative; expected all above 0; use "
            "distance raking, fewer auxiliaries, or join small categories"
        )
    return Calibrated(weights * factors, factors, n_iterations, deviation)


def _moved(
    auxiliaries: Auxiliaries, weights: Values, distance: Distance, place: Values, step: Values
) -> tuple[Values, Values]:
    """Go along a step, halved while raking overshoots: what it minimises must not rise."""
    if distance == "linear":
        moved = place + step
        return moved, 1 + auxiliaries.values @ moved

    def excess(at: Values) -> float:
        return float(weights @ np.exp(auxiliaries.values @ at) - auxiliaries.totals @ at)

    now, length = excess(place), 1.0
    with np.errstate(over="ignore"):
        while not excess(place + length * step) <= now + 1e-12 * abs(now) and length > RANK_TOLERANCE:
            length /= 2
        moved = place + length * step
        return moved, np.exp(auxiliaries.values @ moved)


def _solved(values: Values, weights: Values, gap: Values) -> Values:
    """Return (X'WX)^-1 gap by QR factors, columns on one scale."""
    rows = values * np.sqrt(weights)[:, None]
    lengths = np.linalg.norm(rows, axis=0)
    lengths = np.where(lengths > 0, lengths, 1.0)
    triangle: Values = np.asarray(np.linalg.qr(rows / lengths, mode="r"))
    try:
        return np.asarray(np.linalg.solve(triangle, np.linalg.solve(triangle.T, gap / lengths)) / lengths)
    except np.linalg.LinAlgError:
        return np.zeros(len(gap))


def _refuse_unusable(auxiliaries: Auxiliaries) -> None:
    if not np.isfinite(auxiliaries.values).all():
        place = int(np.flatnonzero(~np.isfinite(auxiliaries.values).all(axis=0))[0])
        raise WeightingError(
            f"the auxiliary '{auxiliaries.names[place]}' is missing in some responses; expected it in all; fill it "
            "in or leave it out"
        )
    lengths = np.linalg.norm(auxiliaries.values, axis=0)
    if (lengths == 0).any():
        empty = auxiliaries.names[int(np.flatnonzero(lengths == 0)[0])]
        raise WeightingError(
            f"the auxiliary '{empty}' is 0 in every response, so no weight can meet its total; drop it"
        )
    triangle = np.linalg.qr(auxiliaries.values / lengths, mode="r")
    small = np.flatnonzero(np.abs(np.diag(triangle)) <= RANK_TOLERANCE)
    if len(auxiliaries.values) < len(auxiliaries.names) or len(small):
        name = auxiliaries.names[int(small[0]) if len(small) else -1]
        raise WeightingError(
            f"the auxiliary '{name}' follows from those before it; leave it out (one category of every margin, where a "
            "column of 1 is among them)"
        )


def _not_met(auxiliaries: Auxiliaries, weights: Values, n_iterations: int) -> str:
    with np.errstate(invalid="ignore"):
        deviations = auxiliaries.deviations(weights)
    worst = int(np.nan_to_num(deviations, nan=np.inf).argmax())
    return (
        f"calibration did not meet the totals in {n_iterations} steps: '{auxiliaries.names[worst]}' is "
        f"{deviations[worst]:.2%} away; no positive weights of these responses may have such totals; check them, join "
        "small categories, or leave an auxiliary out"
    )
