"""What is wrong with a plan of imputation, alone or for given data, in words."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from collections.abc import Iterator

import numpy as np
import pandas as pd

from models.estimates import Vector
from models.missing_data.plan import CATEGORICAL, TWO_LEVEL, Column, Derived, ImputationPlan
from models.regression.identification import ModelDataError

FEWEST_IMPUTATIONS = 2


def refuse_plan(data: pd.DataFrame, plan: ImputationPlan) -> None:
    """Raise ModelDataError with everything that is wrong with a plan for these data."""
    faults = list(_faults_of_plan(plan)) or [*_faults_of_rows(data, plan), *_faults_of_data(data, plan)]
    if faults:
        raise ModelDataError("the imputation cannot be made: " + "; ".join(faults))


def _faults_of_plan(plan: ImputationPlan) -> Iterator[str]:
    names = [*(each.name for each in plan.columns), *(each.name for each in plan.derived)]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        yield f"{_listed(twice)} is there twice; expected each name once"
    if plan.n_imputations < FEWEST_IMPUTATIONS or plan.n_iterations < 1:
        yield (
            f"{plan.n_imputations} imputations of {plan.n_iterations} iterations; expected at least "
            f"{FEWEST_IMPUTATIONS} of 1"
        )
    for derived in plan.derived:
        sources = derived.sources if isinstance(derived, Derived) else (derived.source,)
        unknown = [name for name in sources if name not in names or name == derived.name]
        if unknown:
            yield f"'{derived.name}' is derived from {_listed(unknown)}, which the plan does not have"
        if not isinstance(derived, Derived) and plan.organisation is None:
            yield f"'{derived.name}' is a mean over organisations and the plan has none; say which column holds them"
        if not isinstance(derived, Derived) and derived.is_above and plan.above is None:
            yield f"'{derived.name}' is a mean above organisations and nothing is above; say which column holds it"
    for column in plan.columns:
        yield from _faults_of_column(column, plan, names)


def _faults_of_column(column: Column, plan: ImputationPlan, names: list[str]) -> Iterator[str]:
    name, method = column.name, column.method
    predictors = plan.predictors_of(column)
    unknown = [each for each in predictors if each not in names]
    if unknown:
        yield f"'{name}' is imputed from {_listed(unknown)}, which the plan does not have"
    if name in predictors or name in _sources(predictors, plan):
        yield f"'{name}' is imputed from itself, or from a derived column that is made of it; take that one out"
    if (method in CATEGORICAL) != (column.categories > 0) and method not in (None, "matching", "substantive"):
        yield f"'{name}' has {column.categories} categories and method '{method}'; they do not go together"
    if method == "logit" and column.categories > 2:  # noqa: PLR2004
        yield f"'{name}' has {column.categories} categories; a logit expects 2; use 'ordered' or 'multinomial'"
    if method == "multinomial" and column.delta:
        yield f"'{name}' is multinomial, for which a single delta has no meaning; use 'ordered', or take delta out"
    yield from _faults_of_levels(column, plan)
    yield from _faults_of_substantive(column, plan)


def _faults_of_levels(column: Column, plan: ImputationPlan) -> Iterator[str]:
    name, method = column.name, column.method
    if (method in TWO_LEVEL or column.is_of_organisation) and plan.organisation is None:
        yield f"'{name}' needs organisations and the plan has none; say which column holds them"
    if column.is_of_above and plan.above is None:
        yield f"'{name}' needs what is above organisations and the plan has none; say which column holds it"
    has_levels = method in TWO_LEVEL and (column.is_of_above or plan.above is None)
    if (column.is_of_organisation or column.is_of_above) and (has_levels or method == "substantive"):
        yield f"'{name}' belongs to organisations, so it is imputed without levels, not by '{method}'"


def _faults_of_substantive(column: Column, plan: ImputationPlan) -> Iterator[str]:
    model = plan.substantive
    if column.method != "substantive":
        return
    if model is None:
        yield f"'{column.name}' is to agree with a substantive model and the plan has none"
        return
    if column.name != model.outcome and model.outcome in plan.predictors_of(column):
        yield (
            f"'{column.name}' is imputed from the outcome '{model.outcome}', which the substantive model brings in "
            "itself; take it out of the predictors"
        )
    if model.has_random_intercept and (plan.organisation is None or model.family != "linear"):
        yield "random intercepts need organisations and a linear substantive model"


def _faults_of_rows(data: pd.DataFrame, plan: ImputationPlan) -> Iterator[str]:
    absent = [each.name for each in plan.columns if each.name not in data]
    absent += [each for each in (plan.organisation, plan.above) if each is not None and each not in data]
    if absent:
        yield f"{_listed(absent)} is not in the data"
    if not data.index.is_unique:
        yield "rows have the same index; expected one that tells responses apart, as draws go by its order"
    if plan.organisation in data and data[plan.organisation].isna().any():
        n_without = int(data[plan.organisation].isna().sum())
        yield f"{n_without} of {len(data)} rows have no '{plan.organisation}'; leave them out before imputing"
    if plan.above is not None and plan.above in data and plan.organisation in data:
        n_differ = int(data.groupby(plan.organisation)[plan.above].nunique(dropna=False).ne(1).sum())
        if n_differ or data[plan.above].isna().any():
            yield f"'{plan.above}' differs within {n_differ} organisations, or is missing; expected one value in each"


def _faults_of_data(data: pd.DataFrame, plan: ImputationPlan) -> Iterator[str]:
    for column in plan.columns:
        if column.name in data:
            yield from _faults_of_values(column, data[column.name].to_numpy(dtype=float, na_value=np.nan))
            groups = plan.above if column.is_of_above else plan.organisation
            if (column.is_of_organisation or column.is_of_above) and groups in data:
                n_differ = int(data.groupby(groups)[column.name].nunique().gt(1).sum())
                if n_differ:
                    yield f"'{column.name}' differs within {n_differ} organisations; expected one value in each"


def _faults_of_values(column: Column, values: Vector) -> Iterator[str]:
    known = values[~np.isnan(values)]
    if not np.isfinite(known).all():
        yield f"'{column.name}' has infinite values"
    if len(known) < len(values) and column.method is None:
        yield (
            f"'{column.name}' misses {len(values) - len(known)} of {len(values)} values and has no method; give it "
            "one, or leave the column out"
        )
    if not len(known):
        yield f"'{column.name}' has no value at all; leave it out"
    if column.categories and not np.isin(known, np.arange(column.categories)).all():
        yield f"'{column.name}' has values other than codes 0 to {column.categories - 1}"


def _sources(predictors: tuple[str, ...], plan: ImputationPlan) -> set[str]:
    """Return the columns that derived predictors are made of; a mean over the organisation counts as its source."""
    derived = {each.name: each for each in plan.derived}
    found: set[str] = set()
    waiting = [name for name in predictors if name in derived]
    while waiting:
        each = derived[waiting.pop()]
        sources = each.sources if isinstance(each, Derived) else (each.source,)
        waiting += [name for name in sources if name in derived and name not in found]
        found |= set(sources)
    return found


def _listed(names: list[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)
