"""Which engine computes a model: the one door to a fit in the database.

Put here the choice and its reason; not how an engine computes.
"""

from collections.abc import Sequence

from models.regression.columns import Labels
from models.regression.in_database.connection import Connection
from models.regression.in_database.counted import fit_counted
from models.regression.in_database.counted_binary import fit_counted_binary
from models.regression.in_database.query import Relation
from models.regression.in_database.responses import look_at_responses
from models.regression.in_database.result import TableFit
from models.sections.inference import Covariance
from models.spec import RegressionSpec


def fit_in_database(
    spec: RegressionSpec,
    connection: Connection,
    relation: Relation,
    labels: Labels,
    covariances: Sequence[Covariance],
    fewest_beyond: int = 1,
) -> TableFit:
    responses = look_at_responses(spec, connection, relation)
    if spec.estimator == "linear":
        return fit_counted(responses, labels, covariances, fewest_beyond, "x")
    return fit_counted_binary(responses, labels, covariances, fewest_beyond, "x")
