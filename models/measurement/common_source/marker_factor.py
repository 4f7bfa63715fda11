r"""A measured marker factor: whether the method that a marker catches moves the items and their factors' relations.

The sequence of Williams, Hartman and Cavazotte, variances of factors being 1:

- ``cfa``: factors and marker correlate;
- ``baseline``: the marker is uncorrelated, its loadings and residual variances held at the values of ``cfa``;
- ``method_c``: the marker loads on every item alike; ``method_u``: on each by its own;
- ``method_r``: as the better of the two, correlations of the factors held at the values of ``baseline``.

``baseline`` against ``method_c``: does method move the items? ``method_c`` against ``method_u``: unequally?
``method_r`` against the better: does it bias correlations? The reliability of a factor's items falls into ``(sum l)^2 /
T`` of the factor and ``(sum m)^2 / T`` of the method, ``T = (sum l)^2 + (sum m)^2 + sum of residual variances``.

References:
    Williams, Hartman and Cavazotte (2010), Organizational Research Methods 13, 477-514. R: ``lavaan::cfa(std.lv =
    TRUE)`` with values held fixed by hand.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from models.measurement.common_source.compared import Compared, fit_compared, value_of
from models.measurement.confirmatory.comparison import Difference
from models.measurement.confirmatory.continuous import ContinuousFit
from models.measurement.confirmatory.model import FactorModel, Setting, continuous_layout
from models.measurement.confirmatory.parameters import Layout, Parameter
from models.measurement.confirmatory.refusals import FactorModelError
from models.measurement.confirmatory.sample import Sample

ALPHA = 0.05


@dataclass(frozen=True)
class SplitReliability:
    """Reliability of the sum of a factor's items.

    Attributes:
        total: Of factor and method together.
        substantive: Of the factor.
        method: Of the method.
    """

    total: float
    substantive: float
    method: float


@dataclass(frozen=True, eq=False)
class MarkerFactor:
    """The sequence and its comparisons.

    Attributes:
        models: By name: cfa, baseline, method_c, method_u, method_r.
        has_method: ``baseline`` against ``method_c``.
        is_unequal: ``method_c`` against ``method_u``.
        biases_correlations: ``method_r`` against the retained model.
        retained: ``method_u`` where it fits better at level .05, else ``method_c``.
        reliability: By factor, of the retained model.
    """

    models: Mapping[str, Compared]
    has_method: Difference
    is_unequal: Difference
    biases_correlations: Difference
    retained: str
    reliability: Mapping[str, SplitReliability]


def marker_factor(model: FactorModel, marker: str, sample: Sample, *, is_robust: bool = False) -> MarkerFactor:
    """Run the sequence.

    Args:
        model: Factors of the first order, the marker among them, no item on two factors.
        marker: The marker factor, unrelated to the others by theory.
        sample: Answers to ``model.items``, in that order.
        is_robust: Whether tests are Yuan and Bentler's; otherwise normal.

    Raises:
        FactorModelError: If the marker is no factor, stands alone, or a model is not identified.
    """
    _refuse(model, marker)
    setting = Setting(scaling="unit_variance")

    def fitted(name: str, layout: Layout) -> Compared:
        return fit_compared(name, layout, sample, is_robust=is_robust)

    cfa = fitted("cfa", continuous_layout(model, setting))
    substantive = tuple(each for each in model.factors if each != marker)
    items = tuple(item for factor in substantive for item in model.indicators[factor])
    apart = replace(model, uncorrelated=(*model.uncorrelated, *((each, marker) for each in substantive)))
    loaded = replace(apart, indicators={**model.indicators, marker: (*model.indicators[marker], *items)})
    own = set(model.indicators[marker])
    held = _held(cfa.fit, lambda each: _is_own(each, marker, own))
    baseline = fitted("baseline", _with(continuous_layout(apart, setting), held))
    unequal = _with(continuous_layout(loaded, setting), held)
    equal = replace(unequal, parameters=tuple(_alike(each, marker) for each in unequal.parameters))
    method_c, method_u = fitted("method_c", equal), fitted("method_u", unequal)
    retained = method_u if method_c.against(method_u).p_value < ALPHA else method_c
    correlations = _held(baseline.fit, lambda each: each.kind == "factor_covariance")
    method_r = fitted("method_r", _with(retained.fit.layout, correlations))
    return MarkerFactor(
        models={each.name: each for each in (cfa, baseline, method_c, method_u, method_r)},
        has_method=baseline.against(method_c),
        is_unequal=method_c.against(method_u),
        biases_correlations=method_r.against(retained),
        retained=retained.name,
        reliability={each: _split(retained.fit, marker, each, model.indicators[each]) for each in substantive},
    )


def _refuse(model: FactorModel, marker: str) -> None:
    if marker not in model.indicators:
        raise FactorModelError(f"the marker {marker} is no factor of the model: name one of {', '.join(model.factors)}")
    if len(model.factors) < 2:  # noqa: PLR2004
        raise FactorModelError(
            "a marker needs another factor beside it: state the factors that it is to be compared with"
        )
    named = [item for items in model.indicators.values() for item in items]
    if len(set(named)) < len(named) or model.explained:
        raise FactorModelError("the sequence of marker models takes factors of the first order without shared items")


def _is_own(each: Parameter, marker: str, own: set[str]) -> bool:
    is_loading = each.kind == "loading" and each.left == marker
    return is_loading or (each.kind == "residual_covariance" and each.left == each.right and each.left in own)


Held = Mapping[tuple[str, str, str], float]


def _held(fit: ContinuousFit, is_held: Callable[[Parameter], bool]) -> Held:
    values = fit.layout.values(fit.theta)
    return {
        (each.kind, each.left, each.right): float(value)
        for each, value in zip(fit.layout.parameters, values, strict=True)
        if is_held(each)
    }


def _with(layout: Layout, held: Held) -> Layout:
    """Return a layout with parameters fixed at given values."""
    fixed = [
        replace(each, fixed=held.get((each.kind, each.left, each.right), each.fixed)) for each in layout.parameters
    ]
    return replace(layout, parameters=tuple(fixed))


def _alike(each: Parameter, marker: str) -> Parameter:
    is_method = each.kind == "loading" and each.left == marker and each.fixed is None
    return replace(each, label="method loading") if is_method else each


def _split(fit: ContinuousFit, marker: str, factor: str, items: tuple[str, ...]) -> SplitReliability:
    own = sum(value_of(fit, "loading", factor, item) for item in items) ** 2
    method = sum(value_of(fit, "loading", marker, item) for item in items) ** 2
    total = own + method + sum(value_of(fit, "residual_covariance", item, item) for item in items)
    return SplitReliability((own + method) / total, own / total, method / total)
