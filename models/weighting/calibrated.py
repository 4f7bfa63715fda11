"""Calibration to margins and totals of numbers at once, within a limit for weights."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.weighting.calibration import RANK_TOLERANCE, Auxiliaries, Distance, Values, calibrate, margin_columns
from models.weighting.faults import WeightingError
from models.weighting.raking import Margin, Raked, refuse_impossible
from models.weighting.trimming import Limit, no_limit, trim_weights

SIZE = "number of the population"


@dataclass(frozen=True)
class Population:
    """What is known of a population.

    Attributes:
        margins: Numbers of people in categories; without one the sum of the weights stays.
        totals: n x q numbers of the responses and their sums over the population; none are possible beside margins.
    """

    margins: Sequence[Margin]
    totals: Auxiliaries


def calibrate_to_population(
    weights: Values,
    known: Population,
    distance: Distance = "raking",
    *,
    limit: Limit = no_limit,
    tolerance: float = 1e-9,
    most_iterations: int = 500,
) -> Raked:
    """Change weights as little as possible so that margins and totals of numbers are met.

    When they are, and weights lie above the limit, these are cut, the excess is spread over the others, and cycles of
    calibration and cutting go on until all is met by weights that keep the limit.

    Args:
        weights: Length n, above 0.
        known: Margins and totals.
        distance: Which change is small; see ``calibrate``.
        limit: Gives the largest weight allowed from the calibrated weights before any cut.
        tolerance: Largest relative deviation of a category's or number's total that is accepted.
        most_iterations: Cycles, and steps within one, after which it is given up.

    Returns:
        Weights that keep margins, totals and limit.

    Raises:
        WeightingError: When a category has no response, sums of margins differ, a number is missing or follows from
            others, a total is beyond all responses, totals cannot be met, weights would not be above 0, or cycles do
            not settle.

    References:
        Deville and Sarndal (1992), Journal of the American Statistical Association 87, 376-382. R:
        ``survey::calibrate(design, ~category + number, population, calfun = "linear" or "raking")``.
    """
    auxiliaries = _joined(weights, known)
    current, upper = np.asarray(weights, dtype=np.float64), np.inf
    is_trimmed = np.zeros(len(current), dtype=np.bool_)
    deviation = np.inf
    for iteration in range(1, most_iterations + 1):
        found = calibrate(current, auxiliaries, distance, tolerance=tolerance, most_iterations=most_iterations)
        trimmed = trim_weights(found.weights, upper=upper)
        current, is_trimmed = trimmed.weights, trimmed.is_trimmed
        deviation = float(auxiliaries.deviations(current).max())
        if deviation > tolerance:
            continue
        if np.isinf(upper) and current.max() > limit(current):
            upper = limit(current)
            continue
        n_steps = found.n_iterations if iteration == 1 else iteration
        return Raked(current, is_trimmed | (current >= upper * (1 - tolerance)), n_steps, deviation)
    raise WeightingError(
        f"weights within {upper:.4g} did not meet the totals in {most_iterations} cycles (last {deviation:.2%} away); "
        "trim less, or leave a total out"
    )


def _joined(weights: Values, known: Population) -> Auxiliaries:
    """Return columns of categories that do not follow from those before, then the numbers; without margins, a 1."""
    margins, totals = known.margins, known.totals
    if margins:
        refuse_impossible(margins)
        columns = margin_columns(margins)
        named = [f"{margin.name} '{category}'" for margin in margins for category in margin.categories]
        targets = np.concatenate([margin.targets for margin in margins])
    else:
        columns, named, targets = np.ones((len(weights), 1)), [SIZE], np.array([weights.sum()])
    triangle = np.linalg.qr(columns / np.linalg.norm(columns, axis=0), mode="r")
    kept = np.flatnonzero(np.abs(np.diag(triangle)) > RANK_TOLERANCE)
    _refuse_contradictions(columns, targets, kept, named)
    names = (*(named[place] for place in kept), *totals.names)
    _refuse_impossible_totals(totals, float(margins[0].targets.sum() if margins else weights.sum()))
    if not totals.names:
        return Auxiliaries(names, columns[:, kept], targets[kept])
    return Auxiliaries(names, np.hstack([columns[:, kept], totals.values]), np.append(targets[kept], totals.totals))


def _refuse_impossible_totals(totals: Auxiliaries, size: float) -> None:
    """Raise WeightingError when the mean that a total asks for is beyond all responses, of which nothing is told."""
    for name, values, total in zip(totals.names, np.transpose(totals.values), totals.totals, strict=False):
        if not values.min() < total / size < values.max():
            raise WeightingError(
                f"the total {total:g} of '{name}' is {total / size:.6g} for each of {size:g}, beyond what any response "
                "has; no weights above 0 have it; check the total, its unit and the size of the population"
            )


def _refuse_contradictions(columns: Values, targets: Values, kept: npt.NDArray[np.intp], named: Sequence[str]) -> None:
    """Raise WeightingError when the number of a category that follows from others is another one than it says."""
    follows = np.linalg.lstsq(columns[:, kept], columns)[0].T @ targets[kept]
    wrong = np.flatnonzero(~np.isclose(follows, targets, rtol=1e-6))
    if len(wrong):
        place = int(wrong[0])
        raise WeightingError(
            f"the margins contradict each other: {named[place]} is {targets[place]:g}, and {follows[place]:g} by the "
            "others; give numbers of the same population"
        )
