r"""Structural models: regressions among factors and observed variables, as parameters of the factor engine.

``eta = mean + B eta + zeta``; an observed variable is a factor with one item, loading 1 and no residual. What nothing
explains goes together freely; residuals of what is explained go together only where stated. Observed variables are
taken as random: with complete answers estimates, errors and chi-square of regressions are those of lavaan's
``fixed.x = TRUE``; with gaps a response that lacks a regressor is kept.

References:
    Bollen (1989), Structural equations with latent variables, ch. 8. R: ``lavaan::sem(fixed.x = FALSE)``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations
from types import MappingProxyType

from models.measurement.confirmatory.parameters import Kind, Layout, Parameter
from models.measurement.confirmatory.refusals import FactorModelError

NOTHING: Mapping[str, tuple[str, ...]] = MappingProxyType({})


@dataclass(frozen=True)
class StructuralModel:
    """What explains what.

    Attributes:
        regressions: Outcome → what explains it; names of factors or observed variables.
        measured: Factor → its items, the first one its marker.
        covariances: Pairs of explained variables whose residuals go together.
        residual_covariances: Pairs of items whose residuals go together.
        uncorrelated: Pairs of variables that nothing explains and that are held uncorrelated.
    """

    regressions: Mapping[str, tuple[str, ...]]
    measured: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: NOTHING)
    covariances: tuple[tuple[str, str], ...] = ()
    residual_covariances: tuple[tuple[str, str], ...] = ()
    uncorrelated: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        """Refuse circles, and items that are also variables of the structure."""
        items = {item for items in self.measured.values() for item in items}
        both = sorted(items & set(self.variables))
        if both:
            raise FactorModelError(f"{both[0]} is an item of a factor and a variable of the structure: keep one place")
        _refuse_circles(self.regressions)

    @property
    def variables(self) -> tuple[str, ...]:
        """Factors, then observed variables in order of first mention."""
        named = (name for outcome, causes in self.regressions.items() for name in (outcome, *causes))
        return tuple(dict.fromkeys((*self.measured, *named)))

    @property
    def observed(self) -> tuple[str, ...]:
        """Variables that are not measured by items."""
        return tuple(each for each in self.variables if each not in self.measured)

    @property
    def unexplained(self) -> tuple[str, ...]:
        """Variables that nothing explains."""
        return tuple(each for each in self.variables if each not in self.regressions)

    @property
    def items(self) -> tuple[str, ...]:
        """Columns of the data: items of factors, then observed variables."""
        named = (item for items in self.measured.values() for item in items)
        return tuple(dict.fromkeys((*named, *self.observed)))


def _refuse_circles(regressions: Mapping[str, tuple[str, ...]]) -> None:
    left = {outcome: set(causes) & set(regressions) for outcome, causes in regressions.items()}
    while left:
        free = {each for each, causes in left.items() if not causes}
        if not free:
            msg = f"{' and '.join(sorted(left))} explain each other in a circle: take one of the regressions out"
            raise FactorModelError(msg)
        left = {each: causes - free for each, causes in left.items() if each not in free}


def structural_layout(model: StructuralModel, n_groups: int = 1, equal: frozenset[Kind] = frozenset()) -> Layout:
    """Return the parameters of a structural model, with means.

    Args:
        model: What explains what.
        n_groups: Groups.
        equal: Kinds of parameters that are equal in all groups; of covariances the variances only. With equal
            intercepts the means of factors are free from the second group on.
    """
    parameters = [
        _shared(each, n_groups, equal)
        for group in range(n_groups)
        for each in (*_measurement(model, group, equal), *_structure(model, group))
    ]
    return Layout(model.items, model.variables, n_groups, tuple(parameters))


def saturated_among(items: tuple[str, ...], covariates: tuple[str, ...], n_groups: int) -> Layout:
    """Return the model of uncorrelated items in which observed covariates alone go together (baseline of fit)."""
    parameters: list[Parameter] = []
    for group in range(n_groups):
        for item in items:
            parameters.append(Parameter("residual_covariance", item, item, group))
            parameters.append(Parameter("intercept", item, "", group))
        parameters += [Parameter("residual_covariance", *pair, group) for pair in combinations(covariates, 2)]
    return Layout(items, (), n_groups, tuple(parameters))


def observed_variable(name: str, group: int = 0) -> Iterator[Parameter]:
    """Return what makes a factor of an observed variable: loading 1, no residual, no intercept, a mean."""
    yield Parameter("loading", name, name, group, fixed=1.0)
    yield Parameter("residual_covariance", name, name, group, fixed=0.0)
    yield Parameter("intercept", name, "", group, fixed=0.0)
    yield Parameter("factor_mean", name, "", group)


def _measurement(model: StructuralModel, group: int, equal: frozenset[Kind]) -> Iterator[Parameter]:
    for factor, items in model.measured.items():
        for place, item in enumerate(items):
            yield Parameter("loading", factor, item, group, fixed=1.0 if place == 0 else None)
        is_free = group > 0 and "intercept" in equal
        yield Parameter("factor_mean", factor, "", group, fixed=None if is_free else 0.0)
    for item in model.items[: len(model.items) - len(model.observed)]:
        yield Parameter("residual_covariance", item, item, group)
        yield Parameter("intercept", item, "", group)
    for pair in model.residual_covariances:
        yield Parameter("residual_covariance", *pair, group)
    for each in model.observed:
        yield from observed_variable(each, group)


def _structure(model: StructuralModel, group: int) -> Iterator[Parameter]:
    for outcome, causes in model.regressions.items():
        for cause in causes:
            yield Parameter("regression", outcome, cause, group)
    for each in model.variables:
        yield Parameter("factor_covariance", each, each, group)
    apart = {frozenset(pair) for pair in model.uncorrelated}
    for pair in combinations(model.unexplained, 2):
        if frozenset(pair) not in apart:
            yield Parameter("factor_covariance", *pair, group)
    for pair in model.covariances:
        yield Parameter("factor_covariance", *pair, group)


def _shared(each: Parameter, n_groups: int, equal: frozenset[Kind]) -> Parameter:
    is_pair = each.kind in ("residual_covariance", "factor_covariance") and each.left != each.right
    if n_groups == 1 or each.fixed is not None or is_pair or each.kind not in equal:
        return each
    return replace(each, label=each.name)
