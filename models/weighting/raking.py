"""Calibration to known margins: raking, and post-stratification as raking to one margin. Numbers in, weights out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.weighting.faults import WeightingError
from models.weighting.trimming import Limit, no_limit, trim_weights

Values = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Margin:
    """The known population totals of the categories of one variable.

    Attributes:
        name: The variable, for messages.
        categories: Its categories (c).
        targets: Length c; population total of each, above 0.
        codes: Length n; position of each response's category in ``categories``.
    """

    name: str
    categories: tuple[str, ...]
    targets: Values
    codes: Codes

    def totals(self, weights: Values) -> Values:
        """Return the weighted total of every category, length c."""
        return np.asarray(np.bincount(self.codes, weights, len(self.categories)), dtype=np.float64)

    def deviations(self, weights: Values) -> Values:
        """Return the relative deviation of every category's total from its target, length c."""
        return np.abs(self.totals(weights) / self.targets - 1.0)


@dataclass(frozen=True)
class Raked:
    """Calibrated weights.

    Attributes:
        weights: Length n.
        is_trimmed: Length n; whether the weight stands at a limit.
        n_iterations: Cycles over all margins.
        largest_deviation: Largest relative deviation of a category's total from its target.
    """

    weights: Values
    is_trimmed: npt.NDArray[np.bool_]
    n_iterations: int
    largest_deviation: float


def rake(
    weights: Values,
    margins: Sequence[Margin],
    *,
    limit: Limit = no_limit,
    tolerance: float = 1e-9,
    most_iterations: int = 500,
) -> Raked:
    """Rake weights to margins by iterative proportional fitting.

    Each cycle multiplies the weights, margin by margin, by target over weighted total of the category. When the
    margins hold and weights lie above the limit, these are cut, the excess is spread over the others, and the cycles go
    on, now cutting after each, until the margins hold for weights that keep the limit.

    Args:
        weights: Length n, above 0.
        margins: At least one; their targets have one sum.
        limit: Gives the largest weight allowed from the raked weights before any cut.
        tolerance: Largest relative deviation of any category's total from its target that is accepted.
        most_iterations: Cycles after which it is given up.

    Returns:
        Weights that keep margins and limit.

    Raises:
        WeightingError: When a category has no response, the sums of two margins differ, or the weights do not settle;
            names the margin and the category.

    References:
        Deming and Stephan (1940), Annals of Mathematical Statistics 11(4), 427-444. R: ``survey::rake``,
        ``survey::postStratify`` (one margin). Trimming within the cycles: Valliant, Dever and Kreuter (2018), Practical
        Tools for Designing and Weighting Survey Samples, section 14.4.
    """
    refuse_impossible(margins)
    current, upper = np.asarray(weights, dtype=np.float64).copy(), np.inf
    is_trimmed = np.zeros(len(current), dtype=np.bool_)
    for iteration in range(1, most_iterations + 1):
        for margin in margins:
            current = current * (margin.targets / margin.totals(current))[margin.codes]
        trimmed = trim_weights(current, upper=upper)
        current, is_trimmed = trimmed.weights, trimmed.is_trimmed
        deviation = max(float(margin.deviations(current).max()) for margin in margins)
        if deviation > tolerance:
            continue
        if np.isinf(upper) and current.max() > limit(current):
            upper = limit(current)
            continue
        return Raked(current, is_trimmed | (current >= upper * (1 - tolerance)), iteration, deviation)
    raise WeightingError(_not_settled(margins, current, most_iterations))


def refuse_impossible(margins: Sequence[Margin]) -> None:
    """Raise WeightingError when there is no margin, a category has no response, or sums of margins differ."""
    if not margins:
        raise WeightingError("there is no margin to rake to; give at least one")
    first = margins[0]
    for margin in margins:
        counts = np.bincount(margin.codes, minlength=len(margin.categories))
        empty = [name for name, n in zip(margin.categories, counts, strict=True) if n == 0]
        if empty:
            raise WeightingError(
                f"the margin {margin.name} has the category '{empty[0]}', of which there is no response; "
                "join it with another category in the margins and in the data"
            )
        if not np.isclose(margin.targets.sum(), first.targets.sum(), rtol=1e-6):
            raise WeightingError(
                f"the margin {first.name} adds up to {first.targets.sum():g} and {margin.name} to "
                f"{margin.targets.sum():g}; give totals of the same population"
            )


def _not_settled(margins: Sequence[Margin], weights: Values, most_iterations: int) -> str:
    worst = max(margins, key=lambda margin: float(margin.deviations(weights).max()))
    place = int(worst.deviations(weights).argmax())
    return (
        f"raking did not settle in {most_iterations} cycles: the category '{worst.categories[place]}' of the margin "
        f"{worst.name} is {worst.deviations(weights)[place]:.2%} away from its target; join small categories, leave a "
        "margin out, or trim less"
    )
