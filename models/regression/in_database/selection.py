"""Which responses of a database a model uses, told in one question: population, exclusions, listwise.

The same rows and columns as ``models.regression.design.select_rows`` returns. Put here the choice of rows; not how they
are computed.
"""

from dataclasses import dataclass

from models.regression.design import columns_read, excluded_column, filters_of
from models.regression.in_database.connection import Connection, Query, row
from models.regression.in_database.query import Relation, complete_rows, kinds_of, members, quoted
from models.spec import RegressionSpec

RESPONSE = "response_id"


@dataclass(frozen=True, eq=False)
class SelectedInDatabase:
    """The rows of a model where they lie.

    Attributes:
        query: Asks for them: the columns that the model reads, those that select its population, and further ones.
        columns: Those of the rows that are kept with a fit, in order.
        n_obs: Rows.
        n_in_population: Responses of the population, complete or not.
        n_alone: Complete responses that were left out because they are alone in a group whose effect is taken out.
    """

    query: Query
    columns: tuple[str, ...]
    n_obs: int
    n_in_population: int
    n_alone: int

    @property
    def in_order(self) -> Query:
        """Asks for the rows as they are kept: sorted by response_id."""
        listed = ", ".join(map(quoted, self.columns))
        return self.query.then(f"SELECT {listed} FROM responses ORDER BY {quoted(RESPONSE)}")  # noqa: S608


def select_in_database(
    spec: RegressionSpec, connection: Connection, relation: Relation, further: tuple[str, ...] = ()
) -> SelectedInDatabase:
    """Say which responses of the analysis table are a model's, and count them.

    Args:
        spec: The model of responses, variant applied.
        connection: To the database.
        relation: The analysis table.
        further: Columns that are asked about besides, missing or not.

    Raises:
        ModelDataError: If a column is absent.
    """
    left_out = [excluded_column(rule)] if (rule := spec.population.without) else []
    columns = tuple(dict.fromkeys([RESPONSE, *filters_of(spec), *left_out, *columns_read(spec)]))
    kinds = kinds_of(connection, relation)
    listed = tuple(dict.fromkeys([*columns, *further]))
    rows = complete_rows(spec, relation, kinds, listed)
    every = complete_rows(spec, relation, kinds, listed, keeps_alone=True)
    n_obs = _counted(connection, rows)
    n_complete = _counted(connection, every) if spec.effects() else n_obs
    n_in_population = _counted(connection, members(spec, relation, kinds))
    return SelectedInDatabase(rows, columns, n_obs, n_in_population, n_complete - n_obs)


def _counted(connection: Connection, query: Query) -> int:
    (n,) = row(connection, query.then("SELECT count(*) FROM responses"))
    return n
