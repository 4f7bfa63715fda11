"""A structural model fitted to answers: parameters, fit, and effects along its routes, in tables."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.estimates import Vector
from models.measurement.confirmatory.analysis import (
    Estimator,
    FactorAnalysis,
    fit_table,
    parameter_table,
)
from models.measurement.confirmatory.answers import GroupedAnswers, grouped_answers
from models.measurement.confirmatory.parameters import Kind, Layout
from models.measurement.confirmatory.refusals import FactorModelError
from models.one_thread import on_one_thread
from models.paths.effects import Effect, Sum, decomposed, errors_of, multiplied, routes, values_of
from models.paths.estimated import analyse_layout
from models.paths.intervals import drawn_coefficients
from models.paths.judged import Judged
from models.paths.structure import StructuralModel, saturated_among, structural_layout

Route = tuple[str, ...]


@dataclass(frozen=True, eq=False)
class StructuralFit:
    """A structural model and what was found.

    Attributes:
        model: What was stated.
        analysis: Estimates, tests and reasons for doubt.
        parameters: One row a parameter; see ``models.measurement.confirmatory.analysis.parameter_table``.
        indices: Indices of fit by name.
    """

    model: StructuralModel
    analysis: FactorAnalysis
    parameters: pd.DataFrame
    indices: Mapping[str, float]

    def effects(self, source: str, target: str, group: int = 0) -> tuple[Effect, ...]:
        """Return indirect, direct and total effects of one variable on another.

        Raises:
            FactorModelError: If no route leads there.
        """
        found = routes(self.model.regressions, source, target)
        if not found:
            raise FactorModelError(f"no route leads from {source} to {target}: state the regressions between them")
        return decomposed({route: along(self.analysis.fit.layout, route, group) for route in found})

    def judged(self, effects: tuple[Effect, ...], generator: np.random.Generator, n_draws: int = 200_000) -> Judged:
        """Return effects with delta errors and, where draws are asked for, Monte Carlo intervals.

        Args:
            effects: Of ``effects`` or ``defined``.
            generator: Source of draws.
            n_draws: Draws of the parameters; 0 for none.
        """
        return judged_effects(self.analysis, effects, generator, n_draws)


def judged_effects(
    analysis: FactorAnalysis, effects: tuple[Effect, ...], generator: np.random.Generator, n_draws: int
) -> Judged:
    """Judge effects that are made of free parameters of a fitted layout."""
    theta, covariance = analysis.fit.theta, analysis.fit.covariance
    empty = np.empty((0, len(effects)))
    drawn = values_of(effects, drawn_coefficients(theta, covariance, n_draws, generator)) if n_draws else empty
    values, errors = values_of(effects, theta[None])[0], errors_of(effects, theta, covariance)
    return Judged(effects, values, errors, empty, empty, drawn, 0.95)


def along(layout: Layout, route: Route, group: int = 0) -> Sum:
    """Return the product of the regressions along a route."""
    return product(layout, tuple(zip(route[1:], route[:-1], strict=True)), group)


def product(layout: Layout, regressions: tuple[tuple[str, str], ...], group: int = 0) -> Sum:
    """Return the product of regressions, each as (outcome, predictor).

    Raises:
        FactorModelError: If the layout has no such regression.
    """
    parts: Sum = ((1.0, ()),)
    for left, right in regressions:
        place = next(
            (
                at
                for at, each in enumerate(layout.parameters)
                if (each.kind, each.left, each.right, each.group) == ("regression", left, right, group)
            ),
            None,
        )
        if place is None:
            raise FactorModelError(f"the model has no regression of {left} on {right}: state it, or take it out here")
        number = int(layout.free[place])
        own: Sum = ((1.0, (number,)),) if number >= 0 else ((float(layout.fixed[place]), ()),)
        parts = multiplied(parts, own)
    return parts


def defined(layout: Layout, name: str, products: tuple[tuple[tuple[str, str], ...], ...]) -> Effect:
    """Return a parameter that is defined as a sum of products of regressions, each as (outcome, predictor)."""
    return Effect(name, "defined", tuple(part for each in products for part in product(layout, each)))


@dataclass(frozen=True)
class StructuralSetting:
    """How a structural model is fitted.

    Attributes:
        estimator: ``ml`` or ``mlr``.
        is_complete: Whether responses with a gap are left out; otherwise full information is used.
        equal: Kinds of parameters that are equal in all groups.
    """

    estimator: Estimator = "mlr"
    is_complete: bool = False
    equal: frozenset[Kind] = frozenset()


def fit_structure(
    model: StructuralModel,
    data: pd.DataFrame,
    setting: StructuralSetting,
    *,
    groups: pd.Series | None = None,
    clusters: pd.Series | None = None,
) -> StructuralFit:
    """Fit a structural model.

    Args:
        model: What explains what.
        data: One row a response, at least the columns ``model.items``, missing as NA.
        setting: Estimator, gaps, equalities.
        groups: Group of each response; None for one.
        clusters: Cluster of each response; None where they are independent.

    Raises:
        FactorModelError: If a column is absent, answers cannot be used, or the model is not identified.
    """
    refuse_absent(data, model.items)
    with on_one_thread():
        grouped = sorted_answers(data, model.items, groups, clusters, is_complete=setting.is_complete)
        n_groups = len(grouped.names)
        covariates = tuple(each for each in model.unexplained if each in model.observed)
        analysis = analyse_layout(
            structural_layout(model, n_groups, setting.equal),
            saturated_among(model.items, covariates, n_groups),
            grouped,
            setting.estimator,
        )
        return StructuralFit(model, analysis, parameter_table(analysis), fit_table(analysis))


def sorted_answers(
    data: pd.DataFrame,
    items: tuple[str, ...],
    groups: pd.Series | None,
    clusters: pd.Series | None,
    *,
    is_complete: bool,
) -> GroupedAnswers:
    """Take the answers by group, rows in an order that group, values and cluster decide, so that sums are the same.

    Raises:
        FactorModelError: If answers cannot be used.
    """
    keys = [_codes(each) for each in (clusters,) if each is not None]
    keys += list(data[list(reversed(items))].to_numpy(dtype=float, na_value=np.nan).T)
    keys += [_codes(each) for each in (groups,) if each is not None]
    order = np.lexsort(keys)
    taken = [None if each is None else each.iloc[order] for each in (groups, clusters)]
    return grouped_answers(data.iloc[order], items, is_complete=is_complete, groups=taken[0], clusters=taken[1])


def _codes(labels: pd.Series) -> Vector:
    return pd.factorize(labels, sort=True)[0].astype(float)


def refuse_absent(data: pd.DataFrame, items: tuple[str, ...]) -> None:
    """Raise FactorModelError when a column is absent."""
    absent = [each for each in items if each not in data]
    if absent:
        raise FactorModelError(f"the data have no column {', '.join(absent)}: the model needs {', '.join(items)}")
