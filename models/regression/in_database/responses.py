"""The complete responses of a model in a database, and what one look at all of them tells.

Put here what is refused before anything is computed, in the words of the design of rows; not how a model is computed.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from models.regression.categorical.binary import other_outcomes
from models.regression.design import all_alone, empty_population, refuse_weights, uses_of
from models.regression.in_database.connection import Connection, Query, row
from models.regression.in_database.query import (
    FLOATING,
    WHOLE,
    Kinds,
    Relation,
    columns_once,
    complete_rows,
    groups_of_one,
    is_number,
    kinds_of,
    missing_by_column,
    named,
    numbers_of,
    quoted,
)
from models.regression.profile import not_numbers, refuse_infinite
from models.regression.silent_rows import none_complete
from models.spec import RegressionSpec

BINARY_ESTIMATORS = ("logit", "probit")


@dataclass(frozen=True, eq=False)
class Selected:
    """The complete responses of a model where they lie, not looked at yet.

    Attributes:
        connection: To the database.
        spec: The model, variant applied.
        relation: The analysis table.
        query: Asks for the complete responses.
        kinds: Columns of the relation.
    """

    connection: Connection
    spec: RegressionSpec
    relation: Relation
    query: Query
    kinds: Kinds

    @property
    def keys(self) -> list[str]:
        """Columns whose combinations are patterns: of the regressors, and the weights."""
        return keys_of(self.spec)


@dataclass(frozen=True, eq=False)
class Responses(Selected):
    """The complete responses of a model, and what one look at all of them tells.

    Attributes:
        n_obs: Complete responses.
        least: Smallest outcome.
        largest: Largest outcome.
        n_patterns: About how many different combinations of regressors (and weight) there are; not counted (0) where
            groups have effects, as they are of no use then.
        spans: Column of ``keys`` with whole numbers → its smallest and largest.
    """

    n_obs: int
    least: float
    largest: float
    n_patterns: int
    spans: Mapping[str, tuple[int, int]]


def keys_of(spec: RegressionSpec) -> list[str]:
    """Return the columns whose combinations are patterns: of the regressors, and the weights."""
    return list(dict.fromkeys([*uses_of(spec), *([spec.weights] if spec.weights is not None else [])]))


def select_responses(spec: RegressionSpec, connection: Connection, relation: Relation) -> Selected:
    """Say which responses of a relation are a model's, without bringing them home.

    Where effects are taken out, those alone in their group are among them.

    Args:
        spec: The model, variant applied.
        connection: To the database.
        relation: The analysis table.

    Raises:
        ModelDataError: If a column is absent or of another kind.
    """
    kinds = kinds_of(connection, relation)
    query = complete_rows(spec, relation, kinds, keeps_alone=True)
    for column in numbers_of(spec):
        if not is_number(kinds[column]):
            raise not_numbers(column, kinds[column])
    return Selected(connection, spec, relation, query, kinds)


def _has_groups_of_one(connection: Connection, complete: Query, group: str) -> bool:
    alone = groups_of_one(complete, quoted(group))
    (n_alone,) = row(connection, Query(f"SELECT count(*) FROM ({alone.text})", alone.parameters))  # noqa: S608
    return n_alone > 0


def look_at_responses(spec: RegressionSpec, connection: Connection, relation: Relation) -> Responses:
    """Look once at all complete responses of a model.

    Args:
        spec: The model, variant applied.
        connection: To the database.
        relation: The analysis table.

    Raises:
        ModelDataError: If a column is absent or of another kind, no response is left, a number is infinite, a weight
            is not above 0, or the outcome of a binary regression is neither 0 nor 1.
    """
    selected = select_responses(spec, connection, relation)
    query, kinds = selected.query, selected.kinds
    if len(spec.effects()) == 1 and _has_groups_of_one(connection, query, spec.effects()[0]):
        query = complete_rows(spec, relation, kinds)
    outcome = f"CAST({quoted(spec.outcome)} AS DOUBLE)"
    floating = [column for column in numbers_of(spec) if kinds[column] in FLOATING]
    whole = [column for column in keys_of(spec) if kinds[column] in WHOLE]
    has_groups = bool(spec.effects() or spec.random_effects)
    asked = [
        "count(*)",
        f"min({outcome})",
        f"max({outcome})",
        "0" if has_groups else f"approx_count_distinct(hash({', '.join(map(quoted, keys_of(spec)))}))",
        f"count_if({quoted(spec.weights)} <= 0)" if spec.weights is not None else "0",
        f"count_if({outcome} NOT IN (0, 1))" if spec.estimator in BINARY_ESTIMATORS else "0",
        *(f"{end}({quoted(column)})" for column in whole for end in ("min", "max")),
        *(f"count_if(isinf({quoted(column)}))" for column in floating),
    ]
    found = row(connection, Query(f"SELECT {', '.join(asked)} FROM ({query.text})", query.parameters))  # noqa: S608
    n_obs, least, largest, n_patterns, n_bad_weights, n_other, *others = found
    ends, n_infinite = others[: 2 * len(whole)], others[2 * len(whole) :]
    if not n_obs:
        _refuse_none(spec, connection, relation, kinds)
    for column, n in zip(floating, n_infinite, strict=True):
        refuse_infinite(column, n)
    refuse_weights(str(spec.weights), n_bad_weights)
    if n_other:
        raise other_outcomes()
    spans = dict(zip(whole, zip(ends[::2], ends[1::2], strict=True), strict=True))
    return Responses(connection, spec, relation, query, kinds, n_obs, least, largest, n_patterns, spans)


def _refuse_none(spec: RegressionSpec, connection: Connection, relation: Relation, kinds: Kinds) -> None:
    if spec.effects():
        complete = complete_rows(spec, relation, kinds, keeps_alone=True)
        (n_complete,) = row(connection, Query(f"SELECT count(*) FROM ({complete.text})", complete.parameters))  # noqa: S608
        if n_complete:
            raise all_alone(n_complete, spec.effects())
    n_members, n_missing = _missing(spec, connection, relation, kinds)
    if n_members:
        raise none_complete(n_members, n_missing)
    (n_analysed,) = row(connection, Query(f"SELECT count(*) FROM {named(relation)}"))  # noqa: S608
    raise empty_population(spec, n_analysed)


def _missing(
    spec: RegressionSpec, connection: Connection, relation: Relation, kinds: Kinds
) -> tuple[int, dict[str, int]]:
    asked = missing_by_column(spec, relation, kinds)
    n_members, *counts = row(connection, asked)
    return n_members, dict(zip(columns_once(spec), counts, strict=True))
