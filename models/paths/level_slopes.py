"""Mediations across levels as a team states them, and their slopes and effects from covariances at two levels."""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pandas as pd

from models.estimates import Matrix, Vector
from models.paths.effects import Effect, Sum, decomposed, multiplied, routes
from models.paths.equations import Equation, Equations
from models.paths.mediation import Mediation
from models.paths.two_level import TwoLevelEstimate, TwoLevelSample
from models.regression.identification import ModelDataError
from models.regression.inference import Uncertainty, label_estimates

LEAST_EIGENVALUE = 1e-6


@dataclass(frozen=True)
class TwoLevelMediation:
    """A mediation of members in organisations.

    Attributes:
        mediation: What is stated; without a moderator.
        of_organisations: Variables that are the same for all members of an organisation.
    """

    mediation: Mediation
    of_organisations: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Refuse what has no second level, or what this model does not know."""
        if self.mediation.moderator:
            raise ModelDataError("a moderator in a mediation across levels; expected none; state it on one level")
        unknown = sorted(self.of_organisations - set(self.variables))
        if unknown:
            raise ModelDataError(
                f"'{unknown[0]}' is no variable of the mediation; expected {', '.join(self.variables)}"
            )
        if self.mediation.outcome in self.of_organisations:
            raise ModelDataError(
                f"the outcome '{self.mediation.outcome}' is the same for all members; expected one that members "
                "answer; fit the mediation to one row an organisation, or corrected slopes"
            )

    @property
    def variables(self) -> tuple[str, ...]:
        """Focal variable, mediators, outcome, covariates."""
        stated = self.mediation
        return (stated.focal, *stated.mediators, stated.outcome, *stated.covariates)

    def is_within(self, name: str) -> bool:
        """Whether members differ in a variable."""
        return name not in self.of_organisations

    @property
    def design(self) -> str:
        """Levels of focal variable, mediators and outcome, such as ``2-1-1``."""
        stated = self.mediation
        return "-".join(
            "1" if self.is_within(each) else "2" for each in (stated.focal, *stated.mediators, stated.outcome)
        )

    def equations(self, *, is_within: bool) -> Equations:
        """Return the regressions of a level; within, those of variables in which members differ."""
        made = self.mediation.equations().equations
        if not is_within:
            return Equations(made)
        kept = [
            Equation(each.outcome, tuple(name for name in each.regressors if self.is_within(name)))
            for each in made
            if self.is_within(each.outcome)
        ]
        return Equations(tuple(each for each in kept if each.regressors))


@dataclass(frozen=True, eq=False)
class LevelSlopes:
    """Slopes within, then between, as functions of the covariances at two levels.

    Attributes:
        stated: Mediation and levels.
        found: The covariances.
    """

    stated: TwoLevelMediation
    found: TwoLevelEstimate

    @property
    def levels(self) -> tuple[tuple[str, Equations], ...]:
        """Name and equations of each level."""
        return tuple((name, self.stated.equations(is_within=name == "within")) for name in ("within", "between"))

    def _names(self, level: str) -> list[str]:
        return [each for each in self.stated.variables if level == "between" or self.stated.is_within(each)]

    def coefficients(self) -> Vector:
        """Return the slopes."""
        return np.concatenate([self._solved(*each)[0] for each in self._each()])

    def covariance(self) -> Matrix:
        """Return the covariance of the slopes, by the delta method."""
        slopes = np.concatenate([self._solved(*each)[1] for each in self._each()])
        return slopes @ self.found.covariance @ slopes.T

    def _each(self) -> list[tuple[str, Equation]]:
        return [(level, each) for level, equations in self.levels for each in equations.equations]

    def _solved(self, level: str, equation: Equation) -> tuple[Vector, Matrix]:
        """Return slopes b of an equation and their derivatives by all parameters: ``S^-1 (ds - dS b)``."""
        names = self._names(level)
        covariance = self.found.within if level == "within" else self.found.between
        own, target = [names.index(each) for each in equation.regressors], names.index(equation.outcome)
        inverse = np.linalg.inv(covariance[np.ix_(own, own)])
        slopes: Vector = np.asarray(inverse @ covariance[own, target], dtype=float)
        q, theta = len(self.stated.variables), self.found.theta
        first = q if level == "between" else q + q * (q + 1) // 2
        by = np.zeros((len(own), len(theta)))
        for cell, (i, j) in enumerate(zip(*np.tril_indices(len(names)), strict=True)):
            unit = np.zeros_like(covariance)
            unit[i, j] = unit[j, i] = 1.0
            by[:, first + cell] = inverse @ (unit[own, target] - unit[np.ix_(own, own)] @ slopes)
        return slopes, by

    @property
    def labels(self) -> list[tuple[str, str, str]]:
        """Level, outcome and term of each slope."""
        return [
            (level, each.outcome, term)
            for level, equations in self.levels
            for each in equations.equations
            for term in each.regressors
        ]

    def refuse_undifferent(self) -> None:
        """Raise ModelDataError where latent means of regressors do not vary of their own."""
        covariance, names = self.found.between, self._names("between")
        plain = self.found.likelihood.sample.means.var(axis=0)
        for each in self.stated.equations(is_within=False).equations:
            own = [names.index(name) for name in each.regressors]
            scaled = covariance[np.ix_(own, own)] / np.sqrt(np.outer(plain[own], plain[own]))
            if np.linalg.eigvalsh(scaled)[0] <= LEAST_EIGENVALUE:
                raise ModelDataError(
                    f"organisations do not differ in {', '.join(each.regressors)} beyond chance, or these follow from "
                    "each other between organisations; expected variation of their own; report effects within "
                    "organisations alone, or take one out"
                )

    def effects(self) -> tuple[Effect, ...]:
        """Return effects at each level, and between less within where both have the same route."""
        stated = self.stated.mediation
        made: dict[str, dict[tuple[str, ...], Sum]] = {}
        for level, _ in self.levels:
            along: dict[tuple[str, ...], Sum] = {}
            for route in routes(stated.arrows, stated.focal, stated.outcome):
                if level == "between" or all(self.stated.is_within(each) for each in route):
                    along[route] = self._along(level, route)
            made[level] = along
        found = [
            replace(each, name=f"{level}: {each.name}")
            for level, along in made.items()
            if along
            for each in decomposed(along)
        ]
        for route, parts in made["within"].items():
            less = tuple((-weight, numbers) for weight, numbers in parts)
            found.append(Effect(f"contextual: {' -> '.join(route)}", "contextual", (*made["between"][route], *less)))
        return tuple(found)

    def _along(self, level: str, route: tuple[str, ...]) -> Sum:
        labels, parts = self.labels, ((1.0, ()),)
        for left, right in pairwise(route):
            parts = multiplied(parts, ((1.0, (labels.index((level, right, left)),)),))
        return parts

    def table(self, coefficients: Vector, covariance: Matrix, confidence_level: float) -> pd.DataFrame:
        """Return one row a slope."""
        uncertainty = Uncertainty(covariance, np.full(len(coefficients), np.inf))
        table = label_estimates(tuple(term for *_, term in self.labels), coefficients, uncertainty, confidence_level)
        table.insert(0, "equation", [outcome for _, outcome, _ in self.labels])
        table.insert(0, "level", [level for level, *_ in self.labels])
        return table


def refuse_same_means(stated: TwoLevelMediation, sample: TwoLevelSample) -> None:
    """Raise ModelDataError where organisations' means of a variable are the same, as after centring in each."""
    within = np.zeros(len(sample.is_row))
    within[sample.is_row] = np.diagonal(sample.within)
    is_same = sample.means.var(axis=0) <= LEAST_EIGENVALUE * within * float((1 / sample.sizes).mean())
    if is_same.any():
        name = stated.variables[int(np.argmax(is_same))]
        raise ModelDataError(
            f"organisations do not differ in {name}: all have the same mean; expected members' own values, not their "
            "deviations from the organisation's mean"
        )
