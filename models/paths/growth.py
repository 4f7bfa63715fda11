r"""Latent growth: how a person's level, slope and bend over time differ, and what explains them.

``y_it = level_i + time_t slope_i + time_t^2 bend_i + w_it'c + e_it`` with
``(level, slope, bend)_i = mean + G z_i + d_i``; with equal residual variances this is the mixed model with random
level and slope, by maximum likelihood. People who miss a wave are kept (full information), so that dropping out may
depend on what was answered before. Time-varying covariates w are unrelated to d, as in the mixed model.

References:
    Bollen and Curran (2006), Latent curve models. R: ``lavaan::growth(missing = "ml")``, ``lme4::lmer(REML = FALSE)``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations, combinations_with_replacement
from types import MappingProxyType

import pandas as pd

from instruments.counted import counted
from models.measurement.confirmatory.analysis import FactorAnalysis, fit_table, parameter_table
from models.measurement.confirmatory.parameters import Layout, Parameter
from models.measurement.confirmatory.refusals import FactorModelError
from models.one_thread import on_one_thread
from models.paths.estimated import analyse_layout
from models.paths.panel_fit import PanelAnswers
from models.paths.structure import observed_variable, saturated_among

PARTS = ("level", "slope", "bend")
NOTHING: Mapping[str, tuple[str, ...]] = MappingProxyType({})


@dataclass(frozen=True)
class Growth:
    """A curve over waves.

    Attributes:
        columns: The outcome, one column a wave in order.
        times: When each wave was, in any unit, rising.
        degree: 1 for a straight line, 2 with a bend.
        predictors: Columns that explain level, slope and bend.
        covariates: Time-varying covariate → its columns, one a wave; its effect is the same in all waves.
        has_equal_residuals: Whether residual variances are the same in all waves.
    """

    columns: tuple[str, ...]
    times: tuple[float, ...]
    degree: int = 1
    predictors: tuple[str, ...] = ()
    covariates: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: NOTHING)
    has_equal_residuals: bool = False

    def __post_init__(self) -> None:
        """Refuse a curve that the waves cannot carry."""
        n = len(self.columns)
        if self.degree not in (1, 2):
            raise FactorModelError(f"growth of degree {self.degree}: expected 1 (a line) or 2 (with a bend)")
        if n < self.degree + 2:
            raise FactorModelError(
                f"{counted(n, 'wave')} for growth of degree {self.degree}: expected at least {self.degree + 2}, so "
                "that how people differ can be told from residuals; ask a further wave or take a simpler curve"
            )
        for name, given in (("times", self.times), *self.covariates.items()):
            if len(given) != n:
                raise FactorModelError(f"{len(given)} of {name} for {n} waves: name one for each wave")
        if any(later <= earlier for earlier, later in zip(self.times[:-1], self.times[1:], strict=True)):
            raise FactorModelError(
                f"times {', '.join(f'{each:g}' for each in self.times)} do not rise: order the waves"
            )

    @property
    def parts(self) -> tuple[str, ...]:
        """Level, slope and, where there is one, bend."""
        return PARTS[: self.degree + 1]

    @property
    def observed(self) -> tuple[str, ...]:
        """Predictors and time-varying covariates."""
        return (*self.predictors, *(column for each in self.covariates.values() for column in each))

    @property
    def items(self) -> tuple[str, ...]:
        """All columns."""
        return (*self.columns, *self.observed)


@dataclass(frozen=True, eq=False)
class GrowthFit:
    """A growth model and what was found.

    Attributes:
        growth: What was stated.
        analysis: Estimates, tests and reasons for doubt.
        parameters: One row a parameter; see ``models.measurement.confirmatory.analysis.parameter_table``. Means of
            level, slope and bend are ``factor_mean``, what predictors do ``regression``, time-varying ones ``loading``.
        indices: Indices of fit by name.
    """

    growth: Growth
    analysis: FactorAnalysis
    parameters: pd.DataFrame
    indices: Mapping[str, float]


def growth_layout(growth: Growth, n_groups: int = 1) -> Layout:
    """Return the parameters of a growth model."""
    parameters = [each for group in range(n_groups) for each in (*_curve(growth, group), *_explained(growth, group))]
    return Layout(growth.items, (*growth.parts, *growth.observed), n_groups, tuple(parameters))


def fit_growth(growth: Growth, answers: PanelAnswers) -> GrowthFit:
    """Fit a growth model.

    Raises:
        FactorModelError: If a column is absent, answers cannot be used, or the model is not identified.
    """
    with on_one_thread():
        grouped = answers.grouped(growth.items)
        n_groups = len(grouped.names)
        baseline = saturated_among(growth.items, growth.observed, n_groups)
        analysis = analyse_layout(growth_layout(growth, n_groups), baseline, grouped, answers.estimator)
        return GrowthFit(growth, analysis, parameter_table(analysis), fit_table(analysis))


def _curve(growth: Growth, group: int) -> Iterator[Parameter]:
    for power, part in enumerate(growth.parts):
        for column, time in zip(growth.columns, growth.times, strict=True):
            yield Parameter("loading", part, column, group, fixed=float(time**power))
        yield Parameter("factor_mean", part, "", group)
    for pair in combinations_with_replacement(growth.parts, 2):
        yield Parameter("factor_covariance", *pair, group)
    label = f"residual in {group}" if growth.has_equal_residuals else ""
    for column in growth.columns:
        yield Parameter("residual_covariance", column, column, group, label=label)
        yield Parameter("intercept", column, "", group, fixed=0.0)


def _explained(growth: Growth, group: int) -> Iterator[Parameter]:
    for part in growth.parts:
        for predictor in growth.predictors:
            yield Parameter("regression", part, predictor, group)
    for name, columns in growth.covariates.items():
        for column, outcome in zip(columns, growth.columns, strict=True):
            yield Parameter("loading", column, outcome, group, label=f"{name} in {group}")
    for each in growth.observed:
        yield from observed_variable(each, group)
        yield Parameter("factor_covariance", each, each, group)
    for pair in combinations(growth.observed, 2):
        yield Parameter("factor_covariance", *pair, group)
