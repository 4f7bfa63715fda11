"""Multiple imputation by chained equations: one chain a completed set, each column in turn from all others.

Put here the chains; how a column is drawn is in ``draws``, ``category_draws``, ``two_level_draws`` and
``substantive_draws``, whether chains have settled in ``convergence``.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from models.estimates import Matrix, Vector
from models.missing_data.category_draws import draw_categories
from models.missing_data.completed import Codes, Completed, Groups, groups_of, standard_regressors
from models.missing_data.draws import Task, draw_matching, draw_normal
from models.missing_data.imputations import Imputations
from models.missing_data.plan import Column, ImputationPlan, Method
from models.missing_data.plan_faults import refuse_plan
from models.missing_data.substantive_draws import SubstantiveChain
from models.missing_data.two_level_draws import draw_two_level
from models.one_thread import on_one_thread

DRAWS: dict[Method, Callable[[Task, np.random.Generator], Vector]] = {
    "normal": draw_normal,
    "matching": draw_matching,
    "logit": draw_categories,
    "ordered": draw_categories,
    "multinomial": draw_categories,
    "two_level_normal": draw_two_level,
    "two_level_matching": draw_two_level,
}


@dataclass(frozen=True, eq=False)
class Prepared:
    """Data as numbers, sorted by their index.

    Attributes:
        plan: What is imputed.
        held: Name → n values, missing as NaN.
        groups: Organisations of the rows, and what is above these.
        visited: Columns with missing values, the fewest first.
        missing: Name → rows (or organisations, or what is above, for columns of these) without a value.
    """

    plan: ImputationPlan
    held: dict[str, Vector]
    groups: Groups
    visited: tuple[Column, ...]
    missing: dict[str, Codes]

    def own(self, column: Column, values: Vector) -> Vector:
        """Return the values of a column once a row, or once for each of what it belongs to."""
        if not (column.is_of_organisation or column.is_of_above):
            return values
        codes, n = self.groups.of(column)
        first = np.full(n, np.nan)
        first[codes] = values
        return first


@dataclass(frozen=True, eq=False)
class Chain:
    """One chain at work."""

    prepared: Prepared
    completed: Completed
    rng: np.random.Generator
    left_out: Counter[str]
    substantive: SubstantiveChain | None
    memories: dict[str, dict[str, Vector]] = field(default_factory=dict)


def impute_chained(data: pd.DataFrame, plan: ImputationPlan, rng: np.random.Generator) -> Imputations:
    """Impute missing values several times, each time in a chain of its own.

    Rows are sorted by their index, so their order changes nothing; chain k draws from the k-th child of the generator,
    so more imputations do not change the first ones. Linear algebra runs on one thread.

    Args:
        data: One row a response with a unique index; numbers or codes of categories, missing as NaN.
        plan: What is imputed, how and from what.
        rng: What is random.

    Returns:
        The imputations with the course of the chains and what is to be known about them.

    Raises:
        ModelDataError: If plan and data do not fit, or a column cannot be imputed as asked; the message says which.

    References:
        Van Buuren (2018), Flexible Imputation of Missing Data, 2nd ed., section 4.5. R: ``mice::mice``.
    """
    refuse_plan(data, plan)
    prepared = _prepared(data.sort_index(), plan)
    incomplete = [each.name for each in plan.columns if data[each.name].isna().any()]
    left_out: Counter[str] = Counter()
    course = np.full((2, plan.n_imputations, plan.n_iterations, len(prepared.visited)), np.nan)
    drawn: list[dict[str, Vector]] = []
    unaccepted = 0
    with on_one_thread():
        for number, own in enumerate(rng.spawn(plan.n_imputations)):
            chain = _started(prepared, own, left_out)
            for iteration in range(plan.n_iterations):
                course[:, number, iteration] = _iterate(chain)
            drawn.append({name: chain.completed.held[name] for name in incomplete})
            unaccepted += chain.substantive.n_unaccepted if chain.substantive else 0
    return Imputations(
        data=data,
        plan=plan,
        imputed=tuple(each.name for each in prepared.visited),
        drawn=tuple(drawn),
        means=course[0],
        variances=course[1],
        left_out=dict(left_out),
        n_unaccepted=unaccepted,
    )


def _prepared(data: pd.DataFrame, plan: ImputationPlan) -> Prepared:
    names = [each.name for each in plan.columns]
    values = {name: data[name].to_numpy(dtype=float, na_value=np.nan).copy() for name in names}
    prepared = Prepared(plan, values, groups_of(data, plan), (), {})
    for column in plan.columns:
        if column.is_of_organisation or column.is_of_above:
            values[column.name] = _known_of_group(prepared, column)
        prepared.missing[column.name] = np.flatnonzero(np.isnan(prepared.own(column, values[column.name])))
    wanted = [each for each in plan.columns if len(prepared.missing[each.name])]
    visited = sorted(wanted, key=lambda each: len(prepared.missing[each.name]))
    return replace(prepared, visited=tuple(visited))


def _known_of_group(prepared: Prepared, column: Column) -> Vector:
    """Give every row of an organisation, or of what is above, the value that some of its rows have."""
    codes, n = prepared.groups.of(column)
    values = prepared.held[column.name]
    known = ~np.isnan(values)
    first = np.full(n, np.nan)
    first[codes[known]] = values[known]
    return first[codes]


def _started(prepared: Prepared, rng: np.random.Generator, left_out: Counter[str]) -> Chain:
    """Fill missing values with observed ones drawn at random."""
    values = {name: column.copy() for name, column in prepared.held.items()}
    completed = Completed(prepared.plan, values, prepared.groups)
    model = prepared.plan.substantive
    is_known = ~np.isnan(prepared.held[model.outcome]) if model else None
    substantive = SubstantiveChain(model, is_known) if model and is_known is not None else None
    chain = Chain(prepared, completed, rng, left_out, substantive)
    for column in prepared.visited:
        own = prepared.own(column, prepared.held[column.name])
        _fill(chain, column, rng.choice(own[~np.isnan(own)], len(prepared.missing[column.name])))
    return chain


def _fill(chain: Chain, column: Column, drawn: Vector) -> None:
    values, missing = chain.completed.held[column.name], chain.prepared.missing[column.name]
    if column.is_of_organisation or column.is_of_above:
        own = chain.prepared.own(column, values)
        own[missing] = drawn
        values[:] = own[chain.prepared.groups.of(column)[0]]
    else:
        values[missing] = drawn


def _iterate(chain: Chain) -> Matrix:
    """Draw every column once; return means and variances of what was drawn, 2 x columns."""
    found = np.empty((2, len(chain.prepared.visited)))
    for place, column in enumerate(chain.prepared.visited):
        if column.method == "substantive" and chain.substantive is not None:
            rows = chain.prepared.missing[column.name]
            drawn = chain.substantive.draw(column, rows, chain.completed, chain.rng)
        else:
            task = _task(chain, column)
            drawn = DRAWS[column.method or "normal"](task, chain.rng)
        _fill(chain, column, drawn)
        found[:, place] = drawn.mean(), drawn.var()
    return found


def _task(chain: Chain, column: Column) -> Task:
    prepared, completed = chain.prepared, chain.completed
    matrix = completed.regressors(prepared.plan.predictors_of(column))
    groups = prepared.groups
    organisations, n_organisations, above = groups.organisations, groups.n_organisations, groups.above
    if column.is_of_organisation or column.is_of_above:
        means = [groups.means(each, is_above=column.is_of_above) for each in matrix.T]
        matrix = np.column_stack([np.empty((groups.of(column)[1], 0)), *means])
        organisations, n_organisations, above = groups.above, groups.n_above, np.zeros(groups.n_above, dtype=np.intp)
        if column.is_of_above:
            organisations = np.arange(groups.n_above)
    missing = prepared.missing[column.name]
    is_known = np.ones(len(matrix), dtype=bool)
    is_known[missing] = False
    regressors = standard_regressors(matrix[is_known], matrix[missing])
    if len(regressors.kept) < matrix.shape[1]:
        chain.left_out[column.name] += 1
    outcome = prepared.own(column, completed.held[column.name])[is_known]
    memory = chain.memories.setdefault(column.name, {})
    fitted, wanted = organisations[is_known], organisations[missing]
    return Task(column, outcome, regressors, fitted, wanted, n_organisations, memory, above)
