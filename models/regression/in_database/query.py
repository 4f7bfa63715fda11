"""A model in words and the name of a relation → the question for its complete responses, with the columns it needs.

The same responses as ``models.regression.design.build_design`` selects from the table in memory. Put here SQL; not what
is done with the answer.
"""

from collections.abc import Mapping, Sequence

from models.regression.design import columns_read, excluded_column, filters_of, uses_of
from models.regression.identification import ModelDataError
from models.regression.in_database.connection import Connection, Query, records
from models.spec import RegressionSpec

Relation = tuple[str, ...]
"""Name of a table or view, part by part: ``("core", "analysis")``."""

Kinds = Mapping[str, str]
"""Column of a relation → its type, as DuckDB calls it."""

WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")
FLOATING = ("FLOAT", "DOUBLE")
EXACT = ("DECIMAL", "HUGEINT", "UHUGEINT")


def quoted(name: str) -> str:
    """Write a name as an identifier, whatever it contains."""
    return '"' + name.replace('"', '""') + '"'


def named(relation: Relation) -> str:
    """Write the name of a relation."""
    return ".".join(quoted(part) for part in relation)


def kinds_of(connection: Connection, relation: Relation) -> Kinds:
    """Ask which columns a relation has."""
    return dict(records(connection, Query(f"SELECT column_name, column_type FROM (DESCRIBE {named(relation)})")))  # noqa: S608


def members(spec: RegressionSpec, relation: Relation, kinds: Kinds) -> Query:
    """Ask for the responses of the model's population, complete or not, with all columns of the relation.

    Args:
        spec: The model, variant applied.
        relation: The analysis table.
        kinds: Its columns.

    Raises:
        ModelDataError: If the relation lacks a column that the model reads.
    """
    filters = filters_of(spec)
    left_out = [excluded_column(rule)] if (rule := spec.population.without) else []
    absent = [column for column in dict.fromkeys([*filters, *left_out, *columns_read(spec)]) if column not in kinds]
    if absent:
        listed = ", ".join(absent)
        raise ModelDataError(f"the analysis table has no column {listed}, which the model reads; correct the name")
    values = {f"{column}_{at}": code for column, codes in filters.items() for at, code in enumerate(codes)}
    conditions = [
        f"{_as_text(column, kinds[column])} IN ({', '.join(f'${column}_{at}' for at in range(len(codes)))})"
        for column, codes in filters.items()
    ]
    conditions += [f"NOT coalesce(CAST({quoted(column)} AS BOOLEAN), false)" for column in left_out]
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    return Query(f"SELECT * FROM {named(relation)}{where}", values)  # noqa: S608


def complete_rows(
    spec: RegressionSpec, relation: Relation, kinds: Kinds, further: Sequence[str] = (), *, keeps_alone: bool = False
) -> Query:
    """Ask for the complete responses of the model's population: the columns that it reads, under their names.

    A response is complete when nothing that the model reads is missing; as in pandas, what is not a number (NaN) is
    missing. Columns keep their type, but numbers that numpy does not have come as doubles. Where effects of one column
    are taken out, responses alone in their group are left out.

    Args:
        spec: The model, variant applied.
        relation: The analysis table.
        kinds: Its columns.
        further: Columns to bring along, missing or not, such as ``response_id``.
        keeps_alone: Whether to ask for responses that are alone in their group too.

    Raises:
        ModelDataError: If the relation lacks a column that the model reads.
    """
    read = columns_once(spec)
    population = members(spec, relation, kinds)
    is_there = " AND ".join(_is_there(column, kinds[column]) for column in read)
    listed = ", ".join(_plain(column, kinds[column]) for column in dict.fromkeys([*read, *further]))
    text = f"SELECT {listed} FROM ({population.text}) WHERE {is_there}"  # noqa: S608
    complete = Query(text, population.parameters)
    if len(spec.effects()) == 1 and not keeps_alone:
        (group,) = map(quoted, spec.effects())
        alone = groups_of_one(complete, group).text
        text = f"SELECT * FROM ({text}) ANTI JOIN ({alone}) USING ({group})"  # noqa: S608 - few, so quick to look up
    return Query(text, population.parameters)


def groups_of_one(complete: Query, group: str) -> Query:
    """Ask for the groups that have a single one of some rows; the column is written as an identifier."""
    text = f"SELECT {group} FROM ({complete.text}) GROUP BY {group} HAVING count(*) = 1"  # noqa: S608
    return Query(text, complete.parameters)


def places_of_values(relation: Relation, column: str, kind: str) -> str:
    """Ask for the different values of a column of the whole relation, ``value``, and their places in order, ``place``.

    Asked of the whole relation, as that takes less than to find the complete responses; so some may have no response.
    """
    value = f"SELECT DISTINCT {told_apart(column, kind)} AS value FROM {named(relation)}"  # noqa: S608
    place = "CAST(row_number() OVER (ORDER BY value) - 1 AS INTEGER) AS place"
    return f"SELECT value, {place} FROM ({value} WHERE {quoted(column)} IS NOT NULL)"  # noqa: S608


def told_apart(column: str, kind: str) -> str:
    """Write a column so that texts are the same only when all their bytes are, whatever its collation."""
    return f"{_as_text(column, kind)} COLLATE posix" if is_text(kind) else quoted(column)


def is_text(kind: str) -> bool:
    """Tell whether a column of this type holds texts, or names of a few."""
    return kind == "VARCHAR" or kind.startswith("ENUM")


def missing_by_column(spec: RegressionSpec, relation: Relation, kinds: Kinds) -> Query:
    """Ask for the number of responses of the population, and how many miss each column that the model reads."""
    read = columns_once(spec)
    counts = ", ".join(f"count(*) FILTER (NOT ({_is_there(column, kinds[column])}))" for column in read)
    population = members(spec, relation, kinds)
    return Query(f"SELECT count(*), {counts} FROM ({population.text})", population.parameters)  # noqa: S608


def columns_once(spec: RegressionSpec) -> list[str]:
    """Return the columns that a model reads, each once."""
    return list(dict.fromkeys(columns_read(spec)))


def numbers_of(spec: RegressionSpec) -> list[str]:
    """Return the columns that the model reads as numbers: outcome, weights, and regressors that are no categories."""
    columns = [column for column, uses in uses_of(spec).items() if any(each.use != "category" for each in uses)]
    return list(dict.fromkeys([spec.outcome, *([spec.weights] if spec.weights else []), *columns]))


def is_number(kind: str) -> bool:
    """Tell whether a column of this type can be used as a number."""
    return kind in (*WHOLE, *FLOATING, "BOOLEAN") or kind.startswith(EXACT)


def _as_text(column: str, kind: str) -> str:
    return quoted(column) if kind == "VARCHAR" else f"CAST({quoted(column)} AS VARCHAR)"


def _is_there(column: str, kind: str) -> str:
    name = quoted(column)
    return f"{name} IS NOT NULL AND NOT isnan({name})" if kind in FLOATING else f"{name} IS NOT NULL"


def _plain(column: str, kind: str) -> str:
    name = quoted(column)
    return f"CAST({name} AS DOUBLE) AS {name}" if kind.startswith(EXACT) else name
