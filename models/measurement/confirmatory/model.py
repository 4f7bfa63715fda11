"""Factor models as a team states them, and the parameters that follow in one or several groups."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations_with_replacement
from types import MappingProxyType
from typing import Literal

from models.measurement.confirmatory.parameters import Kind, Layout, Parameter

Scaling = Literal["marker", "unit_variance"]
BINARY = 2
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
    def of_factors(self) -> tuple[str, ...]:
        """Factors of the second order, measured by factors alone."""
        return tuple(each for each in self.factors if set(self.indicators[each]) <= set(self.factors))

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
        equal: Kinds of parameters that are equal in all groups; of residuals the variances only.
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


def ordinal_layout(model: FactorModel, n_categories: tuple[int, ...], setting: Setting) -> Layout:
    """Return the parameters of a model of ordered items.

    In one group latent responses have mean 0 and variance 1 (delta parameterisation). In several groups residual
    variances are 1 and intercepts 0 in the first group, and in the others until thresholds are equal; then they are
    free there until their own kind is (theta parameterisation, Wu and Estabrook's identification). A binary item says
    one thing about a group: its residual variance stays 1.

    Args:
        model: The model.
        n_categories: Categories of each item in every group, in the order of ``model.items``.
        setting: Groups, scaling and what is equal; ``has_means`` is taken as true with several groups.

    References:
        Wu and Estabrook (2016), Psychometrika 81, 1014-1045. R: ``semTools::measEq.syntax(ID.cat =
        "Wu.Estabrook.2016")``.
    """
    parameters: list[Parameter] = []
    for group in range(setting.n_groups):
        of_group = [*_structure(model, setting, group), *_thresholds(model, n_categories, group)]
        of_group += [each for each in _residuals(model, group) if each.left != each.right]
        if setting.n_groups == 1:
            of_group += [Parameter("response_scale", item, "", fixed=1.0) for item in model.items]
        else:
            of_group += _latent_responses(model, n_categories, setting, group)
            of_group += [each for each in _means(model, setting, group) if each.kind == "factor_mean"]
        parameters += [_shared(each, setting) for each in of_group]
    return Layout(model.items, model.factors, setting.n_groups, tuple(parameters), tuple(n - 1 for n in n_categories))


def _thresholds(model: FactorModel, n_categories: tuple[int, ...], group: int) -> Iterator[Parameter]:
    for item, n in zip(model.items, n_categories, strict=True):
        for number in range(1, n):
            yield Parameter("threshold", item, str(number), group)


def _latent_responses(
    model: FactorModel, n_categories: tuple[int, ...], setting: Setting, group: int
) -> Iterator[Parameter]:
    has_free = group > 0 and "threshold" in setting.equal
    for item, n in zip(model.items, n_categories, strict=True):
        is_apart = {kind for kind, left, _ in setting.released if left == item}
        is_residual = (
            has_free
            and n > BINARY
            and ("residual_covariance" not in setting.equal or "residual_covariance" in is_apart)
        )
        is_intercept = has_free and ("intercept" not in setting.equal or "intercept" in is_apart)
        yield Parameter("residual_covariance", item, item, group, fixed=None if is_residual else 1.0)
        yield Parameter("intercept", item, "", group, fixed=None if is_intercept else 0.0)


def _shared(each: Parameter, setting: Setting) -> Parameter:
    if each.fixed is not None or setting.n_groups == 1 or each.label:
        return each
    is_pair = each.kind == "residual_covariance" and each.left != each.right
    is_equal = each.kind in setting.equal and not is_pair and (each.kind, each.left, each.right) not in setting.released
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
            sets_scale = first in model.of_factors or _is_first(group, setting)
            is_one = first in model.equal_loadings or (setting.scaling == "unit_variance" and sets_scale)
            yield Parameter("factor_covariance", first, first, group, fixed=1.0 if is_one else None)
        elif not explained & {first, second} and frozenset((first, second)) not in apart:
            yield Parameter("factor_covariance", first, second, group)


def _is_first(group: int, setting: Setting) -> bool:
    """Whether the variances of this group set the scale; with equal loadings of items those of the first do for all."""
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
    if not setting.has_means and setting.n_groups == 1:
        return
    for item in model.items:
        yield Parameter("intercept", item, "", group)
    has_free_means = group > 0 and "intercept" in setting.equal and "factor_mean" not in setting.equal
    for factor in model.factors:
        is_free = has_free_means and factor not in model.of_factors
        yield Parameter("factor_mean", factor, "", group, fixed=None if is_free else 0.0)


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


def ordinal_baseline(items: tuple[str, ...], n_categories: tuple[int, ...], n_groups: int) -> Layout:
    """Return the model of uncorrelated ordered items."""
    parameters: list[Parameter] = []
    for group in range(n_groups):
        parameters += [
            Parameter("threshold", item, str(number), group)
            for item, n in zip(items, n_categories, strict=True)
            for number in range(1, n)
        ]
        parameters += [Parameter("response_scale", item, "", group, fixed=1.0) for item in items]
    return Layout(items, (), n_groups, tuple(parameters), tuple(n - 1 for n in n_categories))
