r"""Mediation as a team states it, and the regressions and effects that follow.

Parallel mediators are explained by the focal variable, serial ones by it and by all mediators before them; the outcome
by the focal variable and all mediators. A moderator changes the first stage (focal variable on mediators), the second
(mediators on the outcome) or the direct effect by a product. Then effects are conditional on its value; where one
stage alone is moderated the indirect effect is linear in it, with the index of moderated mediation as its slope.

References:
    Hayes (2018), Introduction to mediation, moderation, and conditional process analysis, 2nd ed. (models 1, 4, 6, 7,
    8, 14, 15, 58, 59); Hayes (2015), Multivariate Behavioral Research 50, 1-22 (index).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from models.paths.effects import Effect, Sum, decomposed, held_at, multiplied, routes
from models.paths.equations import Equation, Equations
from models.regression.identification import ModelDataError

Form = Literal["parallel", "serial"]
Stage = Literal["first", "second", "direct"]


@dataclass(frozen=True)
class Mediation:
    """How a focal variable reaches an outcome.

    Attributes:
        focal: Variable of interest.
        mediators: At least one; in their order where they are serial.
        outcome: What is explained in the end.
        form: Whether mediators stand beside each other or one after another.
        covariates: Regressors of every equation.
        moderator: Variable on which effects depend; empty without one.
        moderated: Stages that it changes.
    """

    focal: str
    mediators: tuple[str, ...]
    outcome: str
    form: Form = "parallel"
    covariates: tuple[str, ...] = ()
    moderator: str = ""
    moderated: frozenset[Stage] = frozenset()

    def __post_init__(self) -> None:
        """Refuse a statement that contradicts itself."""
        named = [
            self.focal,
            *self.mediators,
            self.outcome,
            *self.covariates,
            *([self.moderator] * bool(self.moderator)),
        ]
        twice = sorted({each for each in named if named.count(each) > 1})
        if twice:
            raise ModelDataError(f"'{twice[0]}' has two places in the mediation; expected one; take one out")
        if not self.mediators:
            raise ModelDataError("a mediation without a mediator; expected at least one; name it, or fit a regression")
        if bool(self.moderator) != bool(self.moderated):
            raise ModelDataError("a moderator and the stages that it changes go together; name both or neither")
        if self.moderated and self.form == "serial":
            raise ModelDataError(
                "serial mediators with a moderator; expected parallel ones; fit one mediator after another, or state a "
                "structural model with products"
            )

    @property
    def arrows(self) -> Mapping[str, tuple[str, ...]]:
        """Mediator or outcome → focal variable and mediators that explain it."""
        found: dict[str, tuple[str, ...]] = {}
        for place, each in enumerate(self.mediators):
            found[each] = (self.focal, *(self.mediators[:place] if self.form == "serial" else ()))
        return found | {self.outcome: (self.focal, *self.mediators)}

    def stage(self, left: str, right: str) -> Stage:
        """Return the stage of an arrow from ``left`` to ``right``."""
        if right != self.outcome:
            return "first"
        return "direct" if left == self.focal else "second"

    def equations(self) -> Equations:
        """Return the regressions: of every mediator in order, then of the outcome."""
        made: list[Equation] = []
        for outcome, causes in self.arrows.items():
            changed = [each for each in causes if self.stage(each, outcome) in self.moderated]
            products = [f"{each}:{self.moderator}" for each in changed]
            own = [self.moderator] if changed else []
            made.append(Equation(outcome, (*causes, *own, *products, *self.covariates)))
        return Equations(tuple(made))

    def effects(self, at: tuple[float, ...]) -> tuple[Effect, ...]:
        """Return the effects: at each value of the moderator, and its indices; ``at`` is unused without one."""
        equations = self.equations()
        if not self.moderator:
            return decomposed(self._along(equations, 0.0))
        found = [held for value in at for held in held_at(decomposed(self._along(equations, value)), value)]
        return (*found, *self._indices(equations), *self._differences(equations, at))

    def _along(self, equations: Equations, value: float) -> dict[tuple[str, ...], Sum]:
        along: dict[tuple[str, ...], Sum] = {}
        for route in routes(self.arrows, self.focal, self.outcome):
            parts: Sum = ((1.0, ()),)
            for left, right in pairwise(route):
                parts = multiplied(parts, self._path(equations, (left, right), value))
            along[route] = parts
        return along

    def _path(self, equations: Equations, arrow: tuple[str, str], value: float) -> Sum:
        left, right = arrow
        own: Sum = ((1.0, (equations.number(right, left),)),)
        if self.stage(left, right) not in self.moderated:
            return own
        return (*own, (value, (equations.number(right, f"{left}:{self.moderator}"),)))

    def _indices(self, equations: Equations) -> list[Effect]:
        """Return the slope of each indirect effect in the moderator, where it is a straight line."""
        if len(self.moderated & {"first", "second"}) != 1:
            return []
        found: list[Effect] = []
        for each in self.mediators:
            first, second = equations.number(each, self.focal), equations.number(self.outcome, each)
            if "first" in self.moderated:
                first = equations.number(each, f"{self.focal}:{self.moderator}")
            else:
                second = equations.number(self.outcome, f"{each}:{self.moderator}")
            route = f"{self.focal} -> {each} -> {self.outcome}"
            found.append(Effect(f"index of moderated mediation: {route}", "index", ((1.0, (first, second)),)))
        return found

    def _differences(self, equations: Equations, at: tuple[float, ...]) -> list[Effect]:
        """Return how each indirect effect differs between the highest and the lowest value of the moderator."""
        found: list[Effect] = []
        high, low = self._along(equations, max(at)), self._along(equations, min(at))
        for route, parts in high.items():
            if len(route) > 2:  # noqa: PLR2004
                name = f"difference from {min(at):g} to {max(at):g}: {' -> '.join(route)}"
                less = tuple((-weight, numbers) for weight, numbers in low[route])
                found.append(Effect(name, "difference", (*parts, *less)))
        return found
