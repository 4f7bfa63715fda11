"""Parameters of a mixed model held at a value: what is left to be optimised, and how it makes the whole."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.multilevel.mixed_model import MixedModel
from models.multilevel.problem import Problem, Rows

LARGEST_STEP = 10.0
"""Of the logarithm of sigma, from the optimum."""


@dataclass(frozen=True)
class Constraint:
    """A deviation or correlation held at a value, its effects put in front of their factor.

    The whole is theta and log sigma; what is free of a correlation ends with the length of its row. With T the relative
    factor, the deviation of the first effect is sigma T_11, the correlation of two T_21 over the length of its row.

    Attributes:
        parameter: ``deviation``, ``correlation`` or ``residual_deviation``.
        group: Kind of groups.
        effect: The effect, or the first of two.
        with_effect: The second of two.
        order: Places of the factor's effects, those of the parameter in front.
        factor: Place of the factor.
        place: Place in theta of T_11, or of T_21.
        below: Place in theta of T_22, for a correlation.
        scale: Root mean square of the effect's column.
    """

    parameter: str
    group: str = ""
    effect: str = ""
    with_effect: str = ""
    order: tuple[int, ...] = ()
    factor: int = 0
    place: int = 0
    below: int = 0
    scale: float = 1.0

    def value(self, model: MixedModel) -> float:
        """Return the estimate."""
        if self.parameter == "residual_deviation":
            return float(np.sqrt(model.sigma2))
        covariance = model.group_covariances[self.group]
        if self.parameter == "deviation":
            return float(np.sqrt(covariance[self.order[0], self.order[0]]))
        a, b = self.order[:2]
        return float(covariance[a, b] / np.sqrt(covariance[a, a] * covariance[b, b]))

    def free_of(self, whole: Vector) -> Vector:
        """Return what is left to be optimised: a correlation leaves the length of its row."""
        if self.parameter == "residual_deviation":
            return whole[:-1]
        if self.parameter == "deviation":
            return np.delete(whole, self.place)
        length = np.hypot(whole[self.place], whole[self.below])
        return np.append(np.delete(whole, [self.place, self.below]), length)

    def bounds(self, start: Vector) -> list[tuple[float | None, float | None]]:
        """Return bounds of what is free: signs that would turn a correlation's own are kept, log sigma is within reach.

        Args:
            start: What is free at the optimum; a step of a search may leave it further than numbers go.
        """
        found: list[tuple[float | None, float | None]] = [(None, None)] * len(start)
        if self.parameter == "residual_deviation":
            return found
        of_sigma = len(start) - (2 if self.parameter == "correlation" else 1)
        found[of_sigma] = (float(start[of_sigma]) - LARGEST_STEP, float(start[of_sigma]) + LARGEST_STEP)
        if self.parameter == "correlation":
            found[self.place - 1] = found[-1] = (0.0, None)
        return found

    def whole(self, free: Vector, held: float) -> tuple[Vector, Matrix]:
        """Return theta and log sigma at a held value, and their derivatives in what is free."""
        if self.parameter == "residual_deviation":
            return np.append(free, np.log(held)), np.eye(len(free) + 1, len(free))
        if self.parameter == "deviation":
            first = held * self.scale * float(np.exp(-free[-1]))
            jacobian = np.insert(np.eye(len(free)), self.place, 0.0, axis=0)
            jacobian[self.place, -1] = -first
            return np.insert(free, self.place, first), jacobian
        share = float(np.sqrt(max(1 - held**2, 0.0)))
        kept, jacobian = (
            np.delete(np.arange(len(free) + 1), [self.place, self.below]),
            np.zeros((len(free) + 1, len(free))),
        )
        jacobian[kept, np.arange(len(kept))] = 1.0
        jacobian[[self.place, self.below], -1] = held, share
        return jacobian @ free, jacobian


def constraints_of(model: MixedModel) -> list[Constraint]:
    """List deviations, correlations and the residual's deviation, factor by factor."""
    found: list[Constraint] = []
    before = 0
    for which, factor in enumerate(model.problem.factors):
        for a, effect in enumerate(factor.effects):
            scale, order = float(factor.scales[a]), _front(factor.n_effects, (a,))
            found.append(Constraint("deviation", factor.group, effect, "", order, which, before, scale=scale))
            for b in (int(each) for each in np.flatnonzero(factor.is_free[:, a]) if each != a):
                order = _front(factor.n_effects, (a, b))
                below = before + int(in_order(factor.is_free, order)[:, 0].sum())
                names = (factor.group, effect, factor.effects[b])
                found.append(Constraint("correlation", *names, order, which, before + 1, below))
        before += factor.n_parameters
    return [*found, Constraint("residual_deviation")]


def in_front(rows: Rows, constraint: Constraint) -> Rows:
    """Return the rows with the effects of a constraint in front of their factor."""
    if constraint.parameter == "residual_deviation":
        return rows
    factor, order = rows.factors[constraint.factor], list(constraint.order)
    turned = replace(
        factor,
        effects=tuple(factor.effects[each] for each in order),
        columns=factor.columns[:, order],
        scales=factor.scales[order],
        is_free=in_order(factor.is_free, constraint.order),
    )
    factors = tuple(turned if place == constraint.factor else each for place, each in enumerate(rows.factors))
    return replace(rows, factors=factors)


def in_order(is_free: NDArray[np.bool_], order: tuple[int, ...]) -> NDArray[np.bool_]:
    """Return which elements of a lower triangle are free when its rows and columns are put in another order."""
    both = (is_free | is_free.T)[np.ix_(order, order)]
    return np.tril(both)


def fixed_coefficient(problem: Problem, place: int, value: float) -> Problem:
    """Return the problem by ML with one coefficient held at a value: one regressor less, the outcome less its part."""
    p = len(problem.triangle)
    others = [each for each in range(p) if each != place]
    turn, triangle = np.linalg.qr(problem.triangle[:, [*others, place]])
    length = float(triangle[-1, -1])
    shift = length * (value - float(problem.explained[place])) / problem.scale
    combined = np.zeros((p + 1, p))
    combined[:p, : p - 1] = turn[:, :-1]
    combined[:p, -1] = -shift * turn[:, -1]
    combined[-1, -1] = 1.0
    sums = replace(
        problem.sums,
        to_fixed=problem.sums.to_fixed @ combined,
        rest_to_fixed=problem.sums.rest_to_fixed @ combined,
        fixed=combined.T @ problem.sums.fixed @ combined,
    )
    return replace(problem, sums=sums)


def _front(n: int, first: tuple[int, ...]) -> tuple[int, ...]:
    return (*first, *(each for each in range(n) if each not in first))
