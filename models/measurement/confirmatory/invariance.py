"""Whether groups answer alike: a ladder of ever stricter equalities, and which parameters would have to differ.

References:
    Meredith (1993), Psychometrika 58, 525-543; Wu and Estabrook (2016); Cheung and Rensvold (2002), Structural
    Equation Modeling 9, 233-255; Chen (2007), Structural Equation Modeling 14, 464-504; Byrne, Shavelson and Muthen
    (1989), Psychological Bulletin 105, 456-466. R: ``lavaan::cfa(group = ..., group.equal = ...)``,
    ``semTools::measEq.syntax``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from models.measurement.confirmatory.analysis import FactorAnalysis, Measured, analyse, fit_table
from models.measurement.confirmatory.comparison import Difference, continuous_difference, ordered_difference
from models.measurement.confirmatory.continuous import ContinuousFit
from models.measurement.confirmatory.model import FactorModel, Setting
from models.measurement.confirmatory.ordered_fit import OrderedFit
from models.measurement.confirmatory.parameters import Kind, Parameter
from models.measurement.confirmatory.releasing import releases

CONTINUOUS: Mapping[str, frozenset[Kind]] = MappingProxyType(
    {
        "configural": frozenset(),
        "metric": frozenset({"loading"}),
        "scalar": frozenset({"loading", "intercept"}),
        "strict": frozenset({"loading", "intercept", "residual_covariance"}),
    }
)
ORDERED: Mapping[str, frozenset[Kind]] = MappingProxyType(
    {
        "configural": frozenset(),
        "threshold": frozenset({"threshold"}),
        "metric": frozenset({"threshold", "loading"}),
        "scalar": frozenset({"threshold", "loading", "intercept"}),
        "strict": frozenset({"threshold", "loading", "intercept", "residual_covariance"}),
    }
)
MADE_EQUAL: Mapping[str, Kind] = MappingProxyType(
    {"threshold": "threshold", "metric": "loading", "scalar": "intercept", "strict": "residual_covariance"}
)
"""What a level makes equal beyond the one before."""
LARGEST_SHARE_RELEASED = 0.5


@dataclass(frozen=True)
class Criterion:
    """When a step of the ladder holds.

    Attributes:
        least_delta_cfi: CFI may fall by so much, such as -0.01 (Cheung and Rensvold).
        largest_delta_rmsea: RMSEA may rise by so much, such as 0.015 (Chen).
        alpha: The difference test must not reject at this level; 0 leaves the test out of the verdict.
    """

    least_delta_cfi: float = -0.01
    largest_delta_rmsea: float = 0.015
    alpha: float = 0.0


@dataclass(frozen=True, eq=False)
class Step:
    """One level of the ladder.

    Attributes:
        level: Its name.
        analysis: The fit.
        difference: Test against the level before; None at the first.
        delta_cfi: CFI minus that of the level before, robust where there is one; NaN at the first.
        delta_rmsea: RMSEA likewise.
        holds: Whether the criterion is met.
        released: Parameters that differ between groups although the level says they are equal.
    """

    level: str
    analysis: FactorAnalysis
    difference: Difference | None
    delta_cfi: float
    delta_rmsea: float
    holds: bool
    released: tuple[str, ...] = ()


def ladder(
    model: FactorModel, answers: Measured, criterion: Criterion, *, is_partial: bool = False
) -> tuple[Step, ...]:
    """Climb from the configural level until a level does not hold.

    Args:
        model: The model of every group.
        answers: Two groups or more.
        criterion: What a level may cost.
        is_partial: Whether, where a level does not hold, equalities of what it adds are given up one at a time, the
            largest score test first, until it does, for at most half of the items of every factor. A factor's variance
            in the first group sets its scale, so that no item is beyond doubt.

    Returns:
        Every level tried, the failing one last.

    Raises:
        FactorModelError: If the model is not identified.
    """
    levels = ORDERED if answers.estimator == "wlsmv" else CONTINUOUS
    setting = Setting(len(answers.grouped.names), "unit_variance", has_means=True)
    first = analyse(model, answers, setting)
    steps = [Step("configural", first, None, np.nan, np.nan, holds=not first.problems)]
    for level, equal in list(levels.items())[1:]:
        setting = replace(setting, equal=equal)
        step = _step(level, analyse(model, answers, setting), steps[-1].analysis, criterion)
        if not step.holds and is_partial:
            step, setting = _partial(model, answers, setting, step, steps[-1].analysis, criterion)
        steps.append(step)
        if not step.holds:
            break
    return tuple(steps)


def _step(level: str, narrow: FactorAnalysis, wide: FactorAnalysis, criterion: Criterion) -> Step:
    difference = _difference(narrow, wide)
    of_narrow, of_wide = _approximate(narrow), _approximate(wide)
    delta_cfi, delta_rmsea = of_narrow[0] - of_wide[0], of_narrow[1] - of_wide[1]
    holds = (
        delta_cfi >= criterion.least_delta_cfi
        and delta_rmsea <= criterion.largest_delta_rmsea
        and not (difference.p_value < criterion.alpha)
        and not narrow.problems
    )
    return Step(level, narrow, difference, delta_cfi, delta_rmsea, holds)


def _difference(narrow: FactorAnalysis, wide: FactorAnalysis) -> Difference:
    if isinstance(narrow.fit, OrderedFit) and isinstance(wide.fit, OrderedFit):
        return ordered_difference(narrow.fit, wide.fit)
    if isinstance(narrow.fit, ContinuousFit) and isinstance(wide.fit, ContinuousFit):
        return continuous_difference(narrow.fit, wide.fit)
    raise AssertionError("both levels are fitted by one estimator")


def _approximate(analysis: FactorAnalysis) -> tuple[float, float]:
    """Return CFI and RMSEA: of ordered items by the scaled test, else robust ones where they exist, else plain ones.

    Robust indices of ordered items are not defined for several groups.
    """
    table = fit_table(analysis)
    suffix = next((each for each in ("_scaled", "_robust") if f"cfi{each}" in table), "")
    return table[f"cfi{suffix}"], table[f"rmsea{suffix}"]


def _partial(
    model: FactorModel, answers: Measured, setting: Setting, failed: Step, wide: FactorAnalysis, criterion: Criterion
) -> tuple[Step, Setting]:
    added: tuple[Parameter, ...] = ()
    step = failed
    while not step.holds:
        fresh = _worst(model, step, setting.released, added)
        if fresh is None:
            break
        setting = replace(setting, released=setting.released | {_key(fresh)})
        added = (*added, fresh)
        names = tuple(each.name for each in added)
        step = replace(_step(failed.level, analyse(model, answers, setting), wide, criterion), released=names)
    return step, setting


def _worst(
    model: FactorModel, step: Step, released: frozenset[tuple[str, str, str]], added: tuple[Parameter, ...]
) -> Parameter | None:
    """Return the equality of this level that costs most and may be given up; None where there is none."""
    fit = step.analysis.fit
    for each in releases(fit.least_squares if isinstance(fit, OrderedFit) else fit.likelihood, fit.theta):
        parameter = each.parameter
        is_new = parameter.kind == MADE_EQUAL[step.level] and _key(parameter) not in released
        if is_new and _may_differ(model, (*added, parameter)):
            return parameter
    return None


def _may_differ(model: FactorModel, released: tuple[Parameter, ...]) -> bool:
    """Whether at most half of the items of every factor differ in these parameters."""
    items = {each.right if each.kind == "loading" else each.left for each in released}
    return all(
        len(items.intersection(parts)) <= LARGEST_SHARE_RELEASED * len(parts) for parts in model.indicators.values()
    )


def _key(parameter: Parameter) -> tuple[str, str, str]:
    return parameter.kind, parameter.left, parameter.right
