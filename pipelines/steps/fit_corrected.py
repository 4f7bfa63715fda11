"""A fit with corrected means → the columns that its coefficients tell sums of beside its own.

Corrected moments ``X'y`` are less what errors of means share with the outcome, which is of people within organisations
and tells nothing of these, and of products of means less what their errors share, times the outcome: a column
``S_ab / n`` that is the same for all of an organisation and stands in no model.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from models.estimates import Vector
from models.regression.columns import Labels
from models.regression.corrected.bases import bases_of
from models.regression.corrected.errors import errors_of
from models.regression.corrected.moments import Erring, matchings
from models.regression.design import build_design
from models.sections.corrected import CLUSTER
from models.spec import RegressionSpec
from pipelines.steps.fit_designs import Places, TurnedBack, spread_over, weighted


def with_columns_of_errors(found: TurnedBack, spec: RegressionSpec, rows: pd.DataFrame, labels: Labels) -> TurnedBack:
    """Add the columns that corrections of products bring; nothing where no mean is corrected.

    Args:
        found: The columns of the model.
        spec: The model, variant applied.
        rows: The responses it used.
        labels: Labels of categories.

    Returns:
        The matrix as it is, ``turned`` with more columns.
    """
    if not spec.corrected:
        return found
    design = build_design(spec, rows, labels)
    codes, names = pd.factorize(design.rows[CLUSTER], sort=True)
    clusters: Places = np.asarray(codes, dtype=np.intp)
    erring = errors_of(spec, design, bases_of(spec, design, labels), clusters, pd.Index(names))
    columns = {f"errors {place}": values for place, values in enumerate(_contracted(erring))}
    if not columns:
        return found
    keys = ["response_id"] if spec.level == "response" else [key for key in (CLUSTER, "wave") if key in design.rows]
    added = design.rows[keys].assign(**columns)
    own = rows[keys].merge(added, on=keys, how="left", validate="many_to_one")[list(columns)]
    more = spread_over(spec, rows, own.set_axis(rows.index), spec.outcome, weighted).turned
    return TurnedBack(found.matrix, found.turned.join(more))


def _contracted(rows: Erring) -> Iterator[Vector]:
    """Yield what is left of every column when some of its bases are joined in pairs whose errors go together."""
    for places in rows.terms[:-1]:
        for pairs, alone in matchings(len(places)):
            shared = [rows.shared.get((min(a, b), max(a, b))) for a, b in ((places[i], places[j]) for i, j in pairs)]
            known = [each.factor for each in shared if each is not None]
            if pairs and len(known) == len(pairs):
                left = rows.bases[:, [places[each] for each in alone]].prod(axis=1)
                yield np.prod(known, axis=0) * left
