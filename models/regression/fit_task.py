"""What a fit is asked of, whoever computes it, and where many responses of it lie."""

from dataclasses import dataclass

from models.regression.columns import Labels
from models.regression.in_database.connection import Connection
from models.regression.in_database.query import Relation
from models.spec import RegressionSpec


@dataclass(frozen=True)
class FitTask:
    """What a fit is asked of.

    Attributes:
        spec: The model with its variants.
        labels: Variable → code → label, for the names of terms.
        variant: Name of a variant of the model; ``main`` is the model itself.
        fewest_beyond: How many more responses than coefficients are asked for.
        seed: Of what is drawn.
    """

    spec: RegressionSpec
    labels: Labels
    variant: str = "main"
    fewest_beyond: int = 1
    seed: int = 0


@dataclass(frozen=True, eq=False)
class StoredResponses:
    """The complete responses of a model in a database, and what was left out on the way there.

    Attributes:
        connection: To the database; it is read only.
        relation: One row a response, sorted by response_id, with the columns that the model reads.
        n_in_population: Responses of the model's population, complete or not.
        n_alone: Responses that were left out because they are alone in a group whose effect is taken out.
    """

    connection: Connection
    relation: Relation
    n_in_population: int
    n_alone: int = 0
