"""Modes of all groups' random effects at once, by Newton's method."""

from dataclasses import dataclass

import numpy as np

from models.estimates import Matrix, Vector
from models.multilevel.categorical.groups import Groups
from models.multilevel.categorical.responses import Responses, Sides

MOST_STEPS = 100
SMALL_STEP = 1e-6
MOST_HALVINGS = 40
ROUNDING = 1e-12


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

    def at(self, effects: Matrix) -> Sides:
        """Return the predictors at G or G x K values of u, n or n x K values each."""
        moved = self.scale * effects[self.groups.codes]
        return tuple((each if effects.ndim == 1 else each[:, None]) + moved for each in self.predictors)

    def heights(self, effects: Vector) -> Vector:
        """Return each group's log-likelihood given u, with the log-density of u but for its constant; G."""
        return self.groups.sums(self.responses.heights(self.at(effects))[0]) - effects**2 / 2


def find_modes(conditional: Conditional, start: Vector) -> Vector:
    """Return the u at which each group's height is largest.

    Heights are strictly concave in u, so that Newton steps, halved in the groups where they went too far, reach the
    only maximum. The last step is shorter than 1e-6 standard deviations; what it leaves is of the order of its square.

    Args:
        conditional: The rows.
        start: G values to begin from.
    """
    modes = start
    heights = conditional.heights(modes)
    for _ in range(MOST_STEPS):
        terms = conditional.responses.moved(conditional.at(modes))
        slopes = conditional.scale * conditional.groups.sums(terms.first) - modes
        curvatures = 1 - conditional.scale**2 * conditional.groups.sums(terms.second)
        steps = slopes / curvatures
        if float((np.abs(steps) * np.sqrt(curvatures)).max()) <= SMALL_STEP:
            return modes + steps
        modes, heights = _climb(conditional, modes, heights, steps)
    return modes


def _climb(conditional: Conditional, modes: Vector, heights: Vector, steps: Vector) -> tuple[Vector, Vector]:
    slack = ROUNDING * np.maximum(np.abs(heights), 1.0)
    candidates, reached = modes, heights
    for _ in range(MOST_HALVINGS):
        candidates = modes + steps
        reached = conditional.heights(candidates)
        is_lower = ~(reached >= heights - slack)
        if not is_lower.any():
            break
        steps = np.where(is_lower, steps / 2, steps)
    return candidates, reached
