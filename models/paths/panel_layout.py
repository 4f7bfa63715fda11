r"""Cross-lagged panels as parameters of the factor engine, with or without a lasting part of every person.

With a random intercept (RI-CLPM) ``x_it = mean_t + trait_i + within_it`` and ``within_t = B within_(t-1) + u_t``: lags
tell how a person's deviations from the own level move on. Without (CLPM) traits are left out, and lags mix what lasts
with what changes.

References:
    Hamaker, Kuiper and Grasman (2015), Psychological Methods 20, 102-116; Mulder and Hamaker (2021), Structural
    Equation Modeling 28, 638-648. R: ``lavaan::lavaan`` with the syntax of the latter.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations_with_replacement
from typing import Literal

from instruments.counted import counted
from models.measurement.confirmatory.parameters import Layout, Parameter
from models.measurement.confirmatory.refusals import FactorModelError

Steady = Literal["lags", "innovations", "means"]
FEWEST_WAVES = 3
FEWEST_WAVES_CROSS_LAGGED = 2
FEWEST_SERIES = 2


@dataclass(frozen=True)
class Panel:
    """Variables measured wave after wave.

    Attributes:
        series: Variable → its columns, one a wave in order.
        has_traits: Whether every person has a lasting level of each variable (RI-CLPM).
        steady: What is the same in all waves: lags, variances and covariances of innovations, means.
        alike: What is the same in all groups.
    """

    series: Mapping[str, tuple[str, ...]]
    has_traits: bool = True
    steady: frozenset[Steady] = frozenset()
    alike: frozenset[Steady] = frozenset()

    def __post_init__(self) -> None:
        """Refuse series that do not make a panel."""
        lengths = {name: len(columns) for name, columns in self.series.items()}
        if len(lengths) < FEWEST_SERIES:
            raise FactorModelError(f"a panel of {len(lengths)} variable: cross-lagged effects need at least two")
        if len(set(lengths.values())) > 1:
            told = ", ".join(f"{name} {n}" for name, n in lengths.items())
            raise FactorModelError(
                f"the variables have different numbers of waves ({told}): name the same waves of all"
            )
        columns = [column for each in self.series.values() for column in each]
        twice = sorted({each for each in columns if columns.count(each) > 1})
        if twice:
            raise FactorModelError(f"{twice[0]} is named twice: name one column for each variable and wave")
        self._refuse_few_waves()

    def _refuse_few_waves(self) -> None:
        if self.has_traits and self.n_waves < FEWEST_WAVES:
            raise FactorModelError(
                f"{counted(self.n_waves, 'wave')} for a panel with random intercepts: expected at least "
                f"{FEWEST_WAVES}, because two waves cannot tell what lasts from what carries over; ask a further wave, "
                "or fit the cross-lagged panel without random intercepts and say that it mixes the two"
            )
        if self.n_waves < FEWEST_WAVES_CROSS_LAGGED:
            raise FactorModelError(f"{self.n_waves} wave: lags need at least {FEWEST_WAVES_CROSS_LAGGED}")

    @property
    def names(self) -> tuple[str, ...]:
        """Variables."""
        return tuple(self.series)

    @property
    def n_waves(self) -> int:
        """Waves."""
        return len(next(iter(self.series.values())))

    @property
    def items(self) -> tuple[str, ...]:
        """Columns, wave after wave."""
        return tuple(self.series[name][wave] for wave in range(self.n_waves) for name in self.names)


def trait(name: str) -> str:
    """Name the lasting part of a variable."""
    return f"{name} lasting"


def within(name: str, wave: int) -> str:
    """Name the deviation of a variable in a wave, from 1."""
    return f"{name} in wave {wave}"


def panel_layout(panel: Panel, n_groups: int = 1) -> Layout:
    """Return the parameters of a panel, with means."""
    traits = tuple(trait(name) for name in panel.names) if panel.has_traits else ()
    deviations = tuple(within(name, wave) for wave in range(1, panel.n_waves + 1) for name in panel.names)
    parameters: list[Parameter] = []
    for group in range(n_groups):
        parts = (*_measured(panel), *_lags(panel), *_innovations(panel), *_traits(traits))
        parameters += [_in_group(each, kind, panel, group) for kind, each in parts]
    return Layout(panel.items, (*traits, *deviations), n_groups, tuple(parameters))


Labelled = tuple[Steady | None, Parameter]


def _measured(panel: Panel) -> Iterator[Labelled]:
    for name, columns in panel.series.items():
        for wave, column in enumerate(columns, start=1):
            yield None, Parameter("loading", within(name, wave), column, fixed=1.0)
            if panel.has_traits:
                yield None, Parameter("loading", trait(name), column, fixed=1.0)
            yield None, Parameter("residual_covariance", column, column, fixed=0.0)
            yield "means", _steady(Parameter("intercept", column), panel, "means", f"mean of {name}")


def _lags(panel: Panel) -> Iterator[Labelled]:
    for wave in range(2, panel.n_waves + 1):
        for outcome in panel.names:
            for cause in panel.names:
                each = Parameter("regression", within(outcome, wave), within(cause, wave - 1))
                yield "lags", _steady(each, panel, "lags", f"lag {outcome} <- {cause}")


def _innovations(panel: Panel) -> Iterator[Labelled]:
    for wave in range(1, panel.n_waves + 1):
        for first, second in combinations_with_replacement(panel.names, 2):
            each = Parameter("factor_covariance", within(first, wave), within(second, wave))
            label = f"innovation {first} ~ {second}"
            yield (None, each) if wave == 1 else ("innovations", _steady(each, panel, "innovations", label))


def _traits(traits: tuple[str, ...]) -> Iterator[Labelled]:
    for pair in combinations_with_replacement(traits, 2):
        yield None, Parameter("factor_covariance", *pair)


def _steady(each: Parameter, panel: Panel, kind: Steady, label: str) -> Parameter:
    return replace(each, label=label) if kind in panel.steady else each


def _in_group(each: Parameter, kind: Steady | None, panel: Panel, group: int) -> Parameter:
    if each.fixed is not None:
        return replace(each, group=group)
    label = each.label
    if kind is not None and kind in panel.alike:
        label = label or each.name
    elif label:
        label = f"{label} in {group}"
    return replace(each, group=group, label=label)
