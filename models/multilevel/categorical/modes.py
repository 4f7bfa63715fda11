"""Modes of all groups' random effects at once, by Newton's method."""

from dataclasses import dataclass

import numpy as np

from models.estimates import Vector
from models.multilevel.categorical.groups import Groups
from models.multilevel.categorical.responses import Responses, Sides

MOST_STEPS = 100
SMALL_STEP = 1e-6
MOST_HALVINGS = 40
ROUNDING = 1e-12
SAFE_MOVE = 0.5


@dataclass(frozen=True, eq=False)
class Conditional:
    """Rows in groups whose random effects, standard normal u times a standard deviation, are looked for.

    Attributes:
        responses: n rows, one group after the other.
        groups: G groups of them.
        predictors: Of each side without random effect, n values each.
        scale: Standard deviation of the effects, with the sign with which they enter the predictors.
    """

    responses: Responses
    groups: Groups
    predictors: Sides
    scale: float

    def at(self, effects: Vector) -> Sides:
        """Return the predictors at G values of u, n values each."""
        moved = self.groups.spread(self.scale * effects)
        return tuple(each + moved for each in self.predictors)

    def heights(self, effects: Vector) -> Vector:
        """Return each group's log-likelihood given u, with the log-density of u but for its constant; G."""
        return self.groups.sums(self.responses.heights(self.at(effects))[0]) - effects**2 / 2


def find_modes(conditional: Conditional, start: Vector) -> Vector:
    """Return the u at which each group's height is largest.

    Heights are strictly concave in u, so that Newton steps, halved in the groups where they went too far, reach the
    only maximum; steps that move predictors by less than a half do not go too far. The last step is shorter than 1e-6
    standard deviations; what it leaves is of the order of its square.

    Args:
        conditional: The rows.
        start: G values to begin from.
    """
    modes = start
    for _ in range(MOST_STEPS):
        terms = conditional.responses.moved(conditional.at(modes))
        slopes = conditional.scale * conditional.groups.sums(terms.first) - modes
        curvatures = 1 - conditional.scale**2 * conditional.groups.sums(terms.second)
        steps = slopes / curvatures
        if float((np.abs(steps) * np.sqrt(curvatures)).max()) <= SMALL_STEP:
            return modes + steps
        is_safe = abs(conditional.scale) * float(np.abs(steps).max()) <= SAFE_MOVE
        modes = modes + (steps if is_safe else _shortened(conditional, modes, steps))
    return modes


def _shortened(conditional: Conditional, modes: Vector, steps: Vector) -> Vector:
    """Return the steps, halved in the groups whose height they would lower."""
    heights = conditional.heights(modes)
    slack = ROUNDING * np.maximum(np.abs(heights), 1.0)
    for _ in range(MOST_HALVINGS):
        is_lower = ~(conditional.heights(modes + steps) >= heights - slack)
        if not is_lower.any():
            break
        steps = np.where(is_lower, steps / 2, steps)
    return steps
