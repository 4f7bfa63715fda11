"""The responses of a model brought home and computed as they are: where they are few, or the model needs it.

Memory grows with the responses.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.estimates import Vector
from models.regression.categorical.estimate import CategoricalEstimates, estimate_categorical
from models.regression.columns import Labels
from models.regression.covariance import estimate_uncertainty
from models.regression.design import Design, build_design, excluded_column, filters_of
from models.regression.in_database.connection import frame
from models.regression.in_database.query import Relation, complete_rows
from models.regression.in_database.responses import Responses
from models.regression.in_database.result import TableFit
from models.regression.inference import Uncertainty
from models.regression.least_squares import solve_least_squares
from models.sections.inference import CLUSTERED, Covariance
from models.spec import RegressionSpec

RESPONSE = "response_id"


def fit_rows(
    responses: Responses,
    relation: Relation,
    labels: Labels,
    covariances: Collection[Covariance],
    fewest_beyond: int,
    reason: str,
) -> TableFit:
    """Fit a model to responses in memory, sorted by response_id.

    Args:
        responses: Where they lie.
        relation: The analysis table, with a column response_id.
        labels: Variable → code → label, for the names of terms.
        covariances: Those wanted.
        fewest_beyond: How many more responses than coefficients are asked for.
        reason: Why this engine.

    Raises:
        ModelDataError: If the data cannot carry the model.
    """
    spec = responses.spec
    left_out = [excluded_column(rule)] if (rule := spec.population.without) else []
    further = [RESPONSE, *filters_of(spec), *left_out]
    rows = frame(responses.connection, complete_rows(spec, relation, responses.kinds, further))
    design = build_design(spec, rows, labels, fewest_beyond)
    if spec.estimator == "linear":
        terms, coefficients, r_squared, uncertainties = _linear(design, covariances)
    else:
        terms, coefficients, r_squared, uncertainties = _categorical(responses.spec, design, labels, covariances)
    counted = [int(design.clusters[name].nunique()) for name in design.clusters]
    return TableFit(
        engine="rows",
        reason=reason,
        terms=terms,
        coefficients=coefficients,
        n_obs=len(design.rows),
        n_clusters=min(counted, default=None),
        r_squared=r_squared,
        df_resid=float(len(design.rows) - len(terms)),
        uncertainties=uncertainties,
    )


_Found = tuple[tuple[str, ...], Vector, float, Mapping[Covariance, Uncertainty]]


def _linear(design: Design, covariances: Collection[Covariance]) -> _Found:
    terms, outcome = tuple(str(term) for term in design.matrix), design.outcome.to_numpy()
    weights = np.ones(len(outcome)) if design.weights is None else design.weights.to_numpy()
    solution = solve_least_squares(design.matrix.to_numpy(), outcome, None if design.weights is None else weights)
    uncertainties: dict[Covariance, Uncertainty] = {
        kind: estimate_uncertainty(solution, kind, _codes(design) if kind in CLUSTERED else (), terms)
        for kind in covariances
    }
    total = float(weights @ (outcome - weights @ outcome / weights.sum()) ** 2)
    return terms, solution.coefficients, 1 - float(solution.residuals @ solution.residuals) / total, uncertainties


def _categorical(spec: RegressionSpec, design: Design, labels: Labels, covariances: Collection[Covariance]) -> _Found:
    found: dict[Covariance, CategoricalEstimates] = {
        kind: estimate_categorical(
            spec.model_copy(update={"covariance": kind}),
            design,
            _codes(design)[0] if kind in CLUSTERED else None,
            labels,
            np.random.default_rng(0),
        )
        for kind in covariances
    }
    first = next(iter(found.values())).found
    uncertainties: dict[Covariance, Uncertainty] = {kind: each.found.uncertainty for kind, each in found.items()}
    return first.terms, first.coefficients, np.nan, uncertainties


def _codes(design: Design) -> tuple[NDArray[np.intp], ...]:
    return tuple(np.asarray(pd.factorize(design.clusters[name])[0]) for name in design.clusters)
