"""Factor models as a team states them, and the parameters that follow in one or several groups."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations, combinations_with_replacement
from types import MappingProxyType
from typing import Literal

from models.measurement.confirmatory.parameters import Kind, Layout, Parameter

Scaling = Literal["marker", "unit_variance"]
NOTHING: Mapping[str, tuple[str, ...]] = MappingProxyType({})


@dataclass(frozen=True)
class FactorModel:
    """Which factors are measured by what.

    Attributes:
        indicators: Factor → its items, or factors of the first order.
        regressions: Factor → the factors that explain it.
        residual_covariances: Pairs of items whose residuals go together.
        uncorrelated: Pairs of factors that are held uncorrelated.
        equal_loadings: Factors all of whose loadings are one number; their variance is 1.
    """

    indicators: Mapping[str, tuple[str, ...]]
    regressions: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: NOTHING)
    residual_covariances: tuple[tuple[str, str], ...] = ()
    uncorrelated: tuple[tuple[str, str], ...] = ()
    equal_loadings: tuple[str, ...] = ()

    @property
    def factors(self) -> tuple[str, ...]:
        """Factors in order."""
        return tuple(self.indicators)

    @property
    def items(self) -> tuple[str, ...]:
        """Items in order of first mention."""
        named = (item for items in self.indicators.values() for item in items)
        return tuple(dict.fromkeys(item for item in named if item not in self.indicators))

    @property
    def explained(self) -> tuple[str, ...]:
        """Factors that other factors explain, as outcomes or as parts of a second-order factor."""
        parts = {part for items in self.indicators.values() for part in items if part in self.indicators}
        return tuple(each for each in self.factors if each in parts or each in self.regressions)


@dataclass(frozen=True)
class Setting:
    """How a model is carried into parameters.

    Attributes:
        n_groups: Groups.
        scaling: Whether the first loading or the variance of a factor is 1.
        has_means: Whether intercepts are estimated.
        equal: Kinds of parameters that are equal in all groups.
        released: Parameters, as (kind, left, right), that differ between groups all the same.
    """

    n_groups: int = 1
    scaling: Scaling = "marker"
    has_means: bool = False
    equal: frozenset[Kind] = frozenset()
    released: frozenset[tuple[str, str, str]] = frozenset()


def continuous_layout(model: FactorModel, setting: Setting) -> Layout:
    """Return the parameters of a model whose items are taken as continuous."""
    parameters = [
        _shared(each, setting)
        for group in range(setting.n_groups)
        for each in (*_structure(model, setting, group), *_residuals(model, group), *_means(model, setting, group))
    ]
    return Layout(model.items, model.factors, setting.n_groups, tuple(parameters))


def ordinal_layout(model: FactorModel, n_categories: tuple[int, ...], scaling: Scaling = "marker") -> Layout:
    """Return the parameters of a model of ordered items in one group (delta parameterisation).

    Latent responses have mean 0 and variance 1.

    Args:
        model: The model.
        n_categories: Categories of each item, in the order of ``model.items``.
        scaling: Whether the first loading or the variance of a factor is 1.
    """
    setting = Setting(scaling=scaling)
    apart = [each for each in _residuals(model, 0) if each.left != each.right]
    parameters = [*_structure(model, setting, 0), *apart]
    for item, n in zip(model.items, n_categories, strict=True):
        parameters += [Parameter("threshold", item, str(number)) for number in range(1, n)]
        parameters.append(Parameter("response_scale", item, "", fixed=1.0))
    return Layout(model.items, model.factors, 1, tuple(parameters), tuple(n - 1 for n in n_categories))


def _shared(each: Parameter, setting: Setting) -> Parameter:
    if each.fixed is not None or setting.n_groups == 1 or each.label:
        return each
    is_equal = each.kind in setting.equal and (each.kind, each.left, each.right) not in setting.released
    return replace(each, label=each.name) if is_equal else each


def _structure(model: FactorModel, setting: Setting, group: int) -> Iterator[Parameter]:
    yield from _loadings(model, setting, group)
    for outcome, predictors in model.regressions.items():
        for predictor in predictors:
            yield Parameter("regression", outcome, predictor, group)
    explained = set(model.explained)
    apart = {frozenset(pair) for pair in model.uncorrelated}
    for first, second in combinations_with_replacement(model.factors, 2):
        if first == second:
            is_one = first in model.equal_loadings or (setting.scaling == "unit_variance" and _is_first(group, setting))
            yield Parameter("factor_covariance", first, first, group, fixed=1.0 if is_one else None)
        elif not explained & {first, second} and frozenset((first, second)) not in apart:
            yield Parameter("factor_covariance", first, second, group)


def _is_first(group: int, setting: Setting) -> bool:
    """Whether the variances of this group set the scale; with equal loadings those of the first group do for all."""
    return group == 0 or "loading" not in setting.equal


def _loadings(model: FactorModel, setting: Setting, group: int) -> Iterator[Parameter]:
    for factor, parts in model.indicators.items():
        is_equal = factor in model.equal_loadings
        for place, part in enumerate(parts):
            fixed = 1.0 if place == 0 and setting.scaling == "marker" and not is_equal else None
            label = f"loadings of {factor} in {group}" if is_equal else ""
            if part in model.indicators:
                yield Parameter("regression", part, factor, group, fixed, label)
            else:
                yield Parameter("loading", factor, part, group, fixed, label)


def _residuals(model: FactorModel, group: int) -> Iterator[Parameter]:
    for item in model.items:
        yield Parameter("residual_covariance", item, item, group)
    for first, second in model.residual_covariances:
        yield Parameter("residual_covariance", first, second, group)


def _means(model: FactorModel, setting: Setting, group: int) -> Iterator[Parameter]:
    if not setting.has_means:
        return
    for item in model.items:
        yield Parameter("intercept", item, "", group)
    has_free_means = group > 0 and "intercept" in setting.equal and "factor_mean" not in setting.equal
    for factor in model.factors:
        yield Parameter("factor_mean", factor, "", group, fixed=None if has_free_means else 0.0)


def baseline_layout(items: tuple[str, ...], n_groups: int, *, has_means: bool) -> Layout:
    """Return the model of uncorrelated items, against which comparative fit is measured."""
    parameters = [
        each
        for group in range(n_groups)
        for item in items
        for each in (
            Parameter("residual_covariance", item, item, group),
            *([Parameter("intercept", item, "", group)] if has_means else []),
        )
    ]
    return Layout(items, (), n_groups, tuple(parameters))


def ordinal_baseline(items: tuple[str, ...], n_categories: tuple[int, ...]) -> Layout:
    """Return the model of uncorrelated ordered items in one group."""
    parameters = [
        Parameter("threshold", item, str(number))
        for item, n in zip(items, n_categories, strict=True)
        for number in range(1, n)
    ]
    parameters += [Parameter("response_scale", item, "", fixed=1.0) for item in items]
    return Layout(items, (), 1, tuple(parameters), tuple(n - 1 for n in n_categories))


def pairs_of(names: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return every pair of different names once."""
    return list(combinations(names, 2))
