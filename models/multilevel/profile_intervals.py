"""Profile likelihood intervals of a mixed model: where twice the log-likelihood falls by chi-square's quantile.

Always by ML, as regressors' coefficients are in it; all other parameters are at their best at each value looked at.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false, reportUnknownMemberType=false

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pandas as pd

from models.estimates import Vector
from models.multilevel.mixed_model import MixedModel, fit_problem
from models.multilevel.optimise import find_optimum
from models.multilevel.problem import standardised
from models.multilevel.profile_constraints import Constraint, constraints_of, fixed_coefficient, in_front
from models.regression.identification import ModelDataError

FIRST_STEP = 2.2
GROWTH = 1.6
MOST_STEPS = 60
AT_EDGE = 1e-9
REACHED = 1e-12

COLUMNS = ("parameter", "group", "effect", "with_effect", "estimate", "conf_low", "conf_high")

Interval = tuple[str, str, str, str, float, float, float]
Rise = Callable[[float], float]
Objective = Callable[[Vector], tuple[float, Vector]]
Bounds = list[tuple[float | None, float | None]]


@dataclass(frozen=True)
class Stretch:
    """A parameter's estimate by ML, what it may be, and about how far it may be off.

    Attributes:
        estimate: Where the likelihood is highest.
        error: Standard error or scale.
        least: Lower edge of what is possible.
        most: Upper edge.
    """

    estimate: float
    error: float
    least: float = -np.inf
    most: float = np.inf


def profile_intervals(model: MixedModel, confidence_level: float = 0.95) -> pd.DataFrame:
    """Return one row a parameter: parameter, group, effect, with_effect, estimate, conf_low, conf_high.

    Parameters are ``deviation`` and ``correlation`` of random effects, ``residual_deviation`` and ``coefficient`` (its
    term under effect). An interval that reaches the edge of what is possible ends there.

    Raises:
        ModelDataError: If the profile cannot be followed to where it has risen enough.

    References:
        Bates, Maechler, Bolker and Walker (2015), section 5.1. R: ``confint(lmer(...), method = "profile",
        oldNames = FALSE)``; there splines through the profile, here its crossing itself.
    """
    best = _by_likelihood(model)
    found = [_interval_of_variances(best, each, confidence_level) for each in constraints_of(best)]
    for place, term in enumerate(best.terms):
        rise, stretch = _of_coefficient(best, place)
        low, high = _crossings(rise, stretch, _limit(confidence_level))
        found.append(("coefficient", "", term, "", stretch.estimate, low, high))
    return pd.DataFrame(found, columns=list(COLUMNS))


def variance_profile_intervals(model: MixedModel, confidence_level: float = 0.95) -> pd.DataFrame:
    """Return the rows of ``profile_intervals`` but those of coefficients; ends are NaN where a profile has none.

    A profile has no end where it cannot be followed, and a correlation with a deviation of nought none at all.
    """
    best = _by_likelihood(model)
    found: list[Interval] = []
    for constraint in constraints_of(best):
        names = (constraint.parameter, constraint.group, constraint.effect, constraint.with_effect)
        is_nowhere = constraint.parameter == "correlation" and bool(best.singular)
        try:
            interval = None if is_nowhere else _interval_of_variances(best, constraint, confidence_level)
        except ModelDataError:
            interval = None
        value = np.nan if is_nowhere else constraint.value(best)
        found.append(interval or (*names, value, np.nan, np.nan))
    return pd.DataFrame(found, columns=list(COLUMNS))


def _by_likelihood(model: MixedModel) -> MixedModel:
    return fit_problem(model.problem.with_method("ML"))


def _limit(confidence_level: float) -> float:
    from scipy.special import ndtri  # noqa: PLC0415 - scipy.stats takes a second to import

    return float(ndtri((1 + confidence_level) / 2)) ** 2


def _interval_of_variances(best: MixedModel, constraint: Constraint, confidence_level: float) -> Interval:
    rise, stretch = _of_variances(best, constraint)
    low, high = _crossings(rise, stretch, _limit(confidence_level))
    names = (constraint.parameter, constraint.group, constraint.effect, constraint.with_effect)
    return (*names, stretch.estimate, low, high)


def _of_variances(best: MixedModel, constraint: Constraint) -> tuple[Rise, Stretch]:
    problem = standardised(in_front(best.problem.rows, constraint), "ML")
    optimum = find_optimum(problem)
    whole = np.append(optimum.theta, 0.5 * np.log(problem.solve(optimum.theta).sigma2))
    starts = [constraint.free_of(whole)] * 2
    bounds = constraint.bounds(starts[0])
    sigma, scale = float(np.sqrt(best.sigma2)), problem.scale

    def rise(value: float) -> float:
        held = value / scale if constraint.parameter != "correlation" else value

        def both(point: Vector) -> tuple[float, Vector]:
            whole, jacobian = constraint.whole(point, held)
            solved = problem.solve(whole[:-1])
            sigma2 = float(np.exp(2 * whole[-1]))
            slope = np.append(solved.gradient_at(sigma2), 2 * solved.free - 2 * solved.squares / sigma2)
            return solved.value_at(sigma2) - optimum.value, slope @ jacobian

        reached, starts[1] = _lowest(both, starts, bounds)
        return reached

    estimate = constraint.value(best)
    error = sigma / np.sqrt(2 * best.n_obs) if constraint.parameter == "residual_deviation" else max(estimate / 4, 1e-3)
    if constraint.parameter == "correlation":
        return rise, Stretch(estimate, 0.2, -1.0, 1.0)
    return rise, Stretch(estimate, float(error), 0.0)


def _of_coefficient(best: MixedModel, place: int) -> tuple[Rise, Stretch]:
    starts = [best.optimum.theta] * 2
    bounds: Bounds = [(None, None)] * len(starts[0])

    def rise(value: float) -> float:
        problem = fixed_coefficient(best.problem, place, value)

        def both(theta: Vector) -> tuple[float, Vector]:
            solved = problem.solve(theta)
            return solved.value - best.optimum.value, solved.gradient

        reached, starts[1] = _lowest(both, starts, bounds)
        return reached

    return rise, Stretch(float(best.coefficients[place]), float(np.sqrt(best.covariance[place, place])))


def _lowest(both: Objective, starts: list[Vector], bounds: Bounds) -> tuple[float, Vector]:
    """Return the lowest value and its place, from the optimum of all and from where the last value looked at ended."""
    from scipy.optimize import minimize  # noqa: PLC0415 - slow to import

    if len(starts[0]) == 0:
        return both(starts[0])[0], starts[0]
    options = {"ftol": 1e-14, "gtol": 1e-8, "maxiter": 500}
    distinct = starts if not np.array_equal(starts[0], starts[1]) else starts[:1]
    runs: list[Any] = [
        minimize(both, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options) for start in distinct
    ]
    best = min(runs, key=lambda run: float(run.fun))
    return float(best.fun), np.asarray(best.x)


def _crossings(rise: Rise, stretch: Stretch, limit: float) -> tuple[float, float]:
    return (
        _crossing(rise, stretch, limit, -1.0, stretch.least),
        _crossing(rise, stretch, limit, 1.0, stretch.most),
    )


def _crossing(rise: Rise, stretch: Stretch, limit: float, sign: float, edge: float) -> float:
    """Return where the criterion has risen to the limit on one side, or the edge where it never does."""
    from scipy.optimize import brentq  # noqa: PLC0415

    inside, width = stretch.estimate, FIRST_STEP * stretch.error
    reached = {inside: 0.0}
    for _ in range(MOST_STEPS):
        outside = inside + sign * width
        is_edge = sign * (edge - outside) <= 0
        outside = edge - sign * AT_EDGE * max(1.0, abs(edge)) if is_edge else outside
        reached[outside] = rise(outside)
        if reached[outside] > limit:

            def over(value: float) -> float:
                # Searches start from where the last one ended: looked at twice, an end may come out on the other side.
                found = reached[value] if value in reached else rise(value)
                return float(np.sqrt(max(found, 0.0)) - np.sqrt(limit))

            return float(cast("float", brentq(over, inside, outside, xtol=REACHED)))
        if is_edge:
            return edge
        inside, width = outside, width * GROWTH
    raise ModelDataError("the profile of the likelihood never rises far enough; the parameter has no interval")
