"""Responses of a model with missing values → completed sets of them."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.missing_data.chained import impute_chained
from models.missing_data.imputations import Imputations
from models.missing_data.plan import ImputationPlan
from models.regression.columns import column_of
from models.regression.design import columns_read, leave_out_alone, select_population, uses_of
from models.regression.identification import ModelDataError
from models.regression.imputed_organisations import (
    ABOVE,
    code_answers,
    places_of,
    plan_organisations,
    select_answers,
)
from models.regression.planned_imputation import CLUSTER, Coded, code_columns, level_of, plan_imputation
from models.regression.rows_without import rows_without
from models.regression.sampled import columns_of_sample, with_units_sampled
from models.regression.silent_rows import none_complete
from models.sections.imputation import Imputation
from models.sections.inference import MIXED_CATEGORICAL
from models.spec import RegressionSpec

NUMBER = "imputation"
Groups = NDArray[Any]
Shift = tuple[str, float]
"""A column, and what is added to its imputed values."""


@dataclass(frozen=True, eq=False)
class ImputedRows:
    """Completed sets of the responses of a model.

    Attributes:
        data: The n responses as they are, missing as NA, with auxiliary columns; sorted by response_id.
        n_in_population: Rows of the model before those without cluster or weight were left out.
        completed: The same responses, complete, once an imputation.
        imputations: What was imputed and how the chains went; None where values were given rather than drawn.
        n_alone: Responses left out because they are alone in a group whose effect is taken out.
        n_without: As of ``models.regression.design.Design``: an absent wave is not imputed.
    """

    data: pd.DataFrame
    n_in_population: int
    completed: tuple[pd.DataFrame, ...]
    imputations: Imputations | None
    n_alone: int
    n_without: Mapping[str, int] = field(default_factory=dict[str, int])

    def values(self) -> pd.DataFrame:
        """Return what was filled in: one row an incomplete response and imputation, one column an imputed variable.

        Returns:
            response_id, imputation from 0, then the imputed variables, known values of these responses included.
        """
        own = self.data.columns[self.data.isna().any()]
        imputed = [name for name in own if not any(each[name].isna().any() for each in self.completed)]
        is_filled = self.data[imputed].isna().any(axis=1)
        parts = [
            each.loc[is_filled, ["response_id", *imputed]].assign(**{NUMBER: number})
            for number, each in enumerate(self.completed)
        ]
        return pd.concat(parts, ignore_index=True)[["response_id", NUMBER, *imputed]]


def impute_rows(
    spec: RegressionSpec, analysis: pd.DataFrame, request: Imputation, seed: int, shift: Shift | None = None
) -> ImputedRows:
    """Impute what is missing in the variables of a model, from each other and from auxiliary columns.

    Numbers are matched (with a random intercept of the groups that ``Imputation.has_levels`` names), categories drawn
    by logit or multinomial logit, an ordered outcome by proportional odds. Where effects of groups are taken out,
    numbers are imputed from the groups' means of the others too, so that slopes within and between groups may differ.
    Where the model has products or curves, its regressors and outcome are drawn so that they agree with it; then
    numbers are drawn as normal. Nothing is imputed of an earlier wave: responses that miss it are left out, and those
    that miss the outcome of a categorical mixed model. Where rows are organisations, answers are imputed before they
    are averaged: see ``plan_organisations``.

    Args:
        spec: The model, variant applied.
        analysis: ``core.analysis``: one row an analysed response, missing as NA.
        request: How values are imputed.
        seed: Of the draws.
        shift: What is added to imputed values, within the chains.

    Raises:
        ModelDataError: If a column is absent, no response is left, a column cannot be imputed, one to be shifted misses
            no value, or the model has products or curves and an estimator for which agreeing imputations are not known.

    References:
        Grund, Luedtke and Robitzsch (2018), Organizational Research Methods 21(1), 111-149 (levels and their means).
    """
    rows, n_in_population, n_alone, n_without = _rows(spec, analysis, request)
    _refuse_derived(spec, rows)
    coded, plan, groups = _planned(spec, rows, request)
    if shift is not None:
        plan = _shifted(plan, shift)
    frame = pd.DataFrame({name: each.numbers for name, each in coded.items()} | groups)
    frame.index = pd.Index(rows["response_id"].astype(str))
    imputations = impute_chained(frame, plan, np.random.default_rng(seed))
    completed = tuple(_filled(rows, coded, each) for each in imputations)
    return ImputedRows(rows, n_in_population, completed, imputations, n_alone, n_without)


def _planned(
    spec: RegressionSpec, rows: pd.DataFrame, request: Imputation
) -> tuple[dict[str, Coded], ImputationPlan, dict[str, Groups]]:
    """Return columns as numbers, how they are imputed, and by name the groups of the responses."""
    if spec.level != "response":
        coded, places = code_answers(spec, rows, request), places_of(rows)
        groups = {CLUSTER: places.cells, ABOVE: places.organisations}
        return coded, plan_organisations(spec, rows, request, coded), groups
    level = level_of(spec, rows) if request.has_levels else None
    coded = code_columns(spec, rows, request, level)
    plan = plan_imputation(spec, rows, request, coded, level)
    return coded, plan, {} if level is None else {CLUSTER: rows[level].to_numpy()}


def _shifted(plan: ImputationPlan, shift: Shift) -> ImputationPlan:
    name, delta = shift
    imputed = [each.name for each in plan.columns if each.method is not None]
    if name not in imputed:
        raise ModelDataError(
            f"deltas of '{name}', of which nothing is imputed in this model; expected one of "
            f"{', '.join(imputed) or 'none, since no value is missing'}"
        )
    columns = tuple(replace(each, delta=delta) if each.name == name else each for each in plan.columns)
    return replace(plan, columns=columns)


def complete_rows(
    spec: RegressionSpec, analysis: pd.DataFrame, request: Imputation, values: pd.DataFrame
) -> ImputedRows:
    """Complete the responses of a model with values that were imputed before.

    Args:
        spec: The model, variant applied.
        analysis: As of ``impute_rows``.
        request: How the values were imputed.
        values: As of ``ImputedRows.values``.

    Raises:
        ModelDataError: If a column is absent, or no response is left.
    """
    rows, n_in_population, n_alone, n_without = _rows(spec, analysis, request)
    named = rows.set_index("response_id", drop=False)
    completed: list[pd.DataFrame] = []
    for number in range(request.imputations):
        given = values[values[NUMBER] == number].set_index("response_id").drop(columns=NUMBER)
        filled = {str(name): named[name].astype(given[name].dtype).fillna(given[name]) for name in given}
        completed.append(named.assign(**filled).reset_index(drop=True))
    return ImputedRows(rows, n_in_population, tuple(completed), None, n_alone, n_without)


def _rows(
    spec: RegressionSpec, analysis: pd.DataFrame, request: Imputation
) -> tuple[pd.DataFrame, int, int, dict[str, int]]:
    """Return the responses that lack nothing but what is imputed, rows of the population, and who is left out why."""
    population = select_population(spec, with_units_sampled(spec.design, analysis), request.auxiliary)
    groups = {*spec.clusters(), *spec.random_groups(), *spec.effects(), *columns_of_sample(spec.design)}
    earlier = {column_of(each) for each in spec.variables() if each.earlier_wave}
    imputed = {*uses_of(spec)} - earlier | (set[str]() if spec.estimator in MIXED_CATEGORICAL else {spec.outcome})
    needed = [name for name in dict.fromkeys(columns_read(spec)) if name in groups or name not in imputed]
    if spec.level != "response":
        return *select_answers(spec, population, needed), 0, {}
    n_without = rows_without(spec, population)
    rows = population[population[needed].notna().all(axis=1)].reset_index(drop=True)
    if rows.empty:
        raise none_complete(len(population), {name: int(population[name].isna().sum()) for name in needed})
    paired = leave_out_alone(spec, rows)
    return paired, len(population), len(rows) - len(paired), n_without


def _filled(rows: pd.DataFrame, coded: Mapping[str, Coded], completed: pd.DataFrame) -> pd.DataFrame:
    missing = [name for name in coded if name in rows and rows[name].isna().any()]
    return rows.assign(**{name: coded[name].decoded(completed[name].to_numpy()) for name in missing})


def _refuse_derived(spec: RegressionSpec, rows: pd.DataFrame) -> None:
    """Raise ModelDataError when a mean or deviation of a group misses values: it follows from others' answers."""
    for column, uses in uses_of(spec).items():
        n_missing = int(rows[column].isna().sum())
        if n_missing and uses[0].use not in ("number", "category"):
            raise ModelDataError(
                f"'{column}' misses {n_missing} of {len(rows)} values and follows from answers of a group, which are "
                "not imputed here; expected it complete; write missing: listwise"
            )
