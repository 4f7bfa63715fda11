"""Marginal likelihood with random intercepts of several factors, by Laplace's approximation."""

from dataclasses import dataclass

import numpy as np

from models.estimates import Vector
from models.multilevel.categorical.crossed_curvature import CrossedCurvature
from models.multilevel.categorical.crossed_groups import CrossedGroups
from models.multilevel.categorical.responses import Responses, Sides

MOST_STEPS = 100
MOST_HALVINGS = 40
SMALL_STEP = 1e-6
ROUNDING = 1e-13
LAPLACE = 1


@dataclass(frozen=True, eq=False)
class CrossedEvaluated:
    """The marginal likelihood at one point.

    Attributes:
        log_likelihood: By Laplace.
        modes: Modes of all groups' u, factor after factor, q.
        variances: Diagonal of the inverse curvature at the modes, q.
        gradient: Derivatives in p coefficients and F standard deviations.
    """

    log_likelihood: float
    modes: Vector
    variances: Vector
    gradient: Vector


@dataclass(frozen=True, eq=False)
class CrossedLikelihood:
    """The log-likelihood of coefficients and standard deviations of F random intercepts.

    log int prod p(y | eta + Zu) phi(u) du is taken as h(m) - log|H| / 2, with m the mode of h and H its curvature
    there, which is even in each standard deviation.

    Attributes:
        responses: n rows.
        groups: Their groups by F factors.

    References:
        Breslow and Clayton (1993), Journal of the American Statistical Association 88(421), 9-25. R: ``lme4::glmer``,
        ``ordinal::clmm`` with several terms.
    """

    responses: Responses
    groups: CrossedGroups
    n_points: int = LAPLACE

    @property
    def sizes(self) -> tuple[int, ...]:
        """Groups of each factor."""
        return self.groups.sizes

    def at(self, point: Vector, start: Vector | None = None) -> CrossedEvaluated:
        """Evaluate the likelihood.

        Args:
            point: p coefficients and F standard deviations.
            start: q values of u to look for the modes from; None: nought.
        """
        coefficients, sds = np.split(point, [len(point) - len(self.groups.names)])
        predictors, scales = self.responses.predictors(coefficients), self.responses.towards * sds
        effects = self._modes(predictors, scales, np.zeros(sum(self.sizes)) if start is None else start)
        moved = self._at(predictors, scales, effects)
        terms = self.responses.moved(moved)
        curvature = CrossedCurvature(self.groups, scales, -terms.second)
        value = self._height(moved, effects) - curvature.log_determinant / 2
        of_rows = curvature.of_rows()
        bends = scales @ of_rows / 2
        pulls = self.groups.parts(curvature.solve(self._sums(scales, bends * terms.third)))
        shifts = self._spread(scales, pulls)
        slopes = [once + shifts * twice + bends * thrice for once, twice, thrice in terms.by_side]
        sides = zip(self.responses.sides, slopes, strict=True)
        fixed = np.sum([slope @ side for side, slope in sides], axis=0)
        together = terms.first + shifts * terms.second + bends * terms.third
        parts = zip(self.groups.codes, self.groups.parts(effects), pulls, of_rows, strict=True)
        random = [
            self.responses.towards * (modes[codes] @ together + pull[codes] @ terms.first + terms.second @ own)
            for codes, modes, pull, own in parts
        ]
        return CrossedEvaluated(value, effects, curvature.inverse_diagonal, np.append(fixed, random))

    def gradient(self, evaluated: CrossedEvaluated) -> Vector:
        """Return the derivatives in the p coefficients and F standard deviations."""
        return evaluated.gradient

    def _modes(self, predictors: Sides, scales: Vector, start: Vector) -> Vector:
        """Return the only maximum of the height by Newton steps, halved where they went too far."""
        effects = start
        height = self._height(self._at(predictors, scales, effects), effects)
        for _ in range(MOST_STEPS):
            terms = self.responses.moved(self._at(predictors, scales, effects))
            slopes = self._sums(scales, terms.first) - effects
            steps = CrossedCurvature(self.groups, scales, -terms.second).solve(slopes)
            if float(slopes @ steps) <= SMALL_STEP**2:
                return effects + steps
            effects, height = self._climbed(predictors, scales, effects + steps, (effects, height))
        return effects

    def _climbed(
        self, predictors: Sides, scales: Vector, far: Vector, begun: tuple[Vector, float]
    ) -> tuple[Vector, float]:
        """Return the farthest point towards a far one, by halves, whose height is not below that begun at."""
        effects, height = begun
        for halving in range(MOST_HALVINGS):
            candidate = effects + (far - effects) * 0.5**halving
            reached = self._height(self._at(predictors, scales, candidate), candidate)
            if reached >= height - ROUNDING * abs(height):
                return candidate, reached
        return begun

    def _at(self, predictors: Sides, scales: Vector, effects: Vector) -> Sides:
        moved = self._spread(scales, self.groups.parts(effects))
        return tuple(each + moved for each in predictors)

    def _height(self, moved: Sides, effects: Vector) -> float:
        return float(self.responses.heights(moved)[0].sum()) - float(effects @ effects) / 2

    def _sums(self, scales: Vector, values: Vector) -> Vector:
        return np.concatenate([scale * self.groups.sums(place, values) for place, scale in enumerate(scales)])

    def _spread(self, scales: Vector, parts: list[Vector]) -> Vector:
        own = zip(scales, parts, self.groups.codes, strict=True)
        return np.sum([scale * part[codes] for scale, part, codes in own], axis=0)
