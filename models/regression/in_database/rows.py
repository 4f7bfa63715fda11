"""The responses of a model brought home and computed as they are: where they are few, or the model needs it.

Memory grows with the responses.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
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
from models.regression.posed import codes_of, pose
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
        found = _linear(spec, design, covariances, fewest_beyond)
    else:
        found = _categorical(spec, design, labels, covariances)
    counted = [int(design.clusters[name].nunique()) for name in design.clusters]
    return TableFit(
        engine="rows",
        reason=reason,
        terms=found.terms,
        coefficients=found.coefficients,
        n_obs=len(design.rows),
        n_clusters=min(counted, default=None),
        r_squared=found.r_squared,
        df_resid=found.df_resid,
        uncertainties=found.uncertainties,
    )


@dataclass(frozen=True, eq=False)
class _Found:
    terms: tuple[str, ...]
    coefficients: Vector
    r_squared: float
    df_resid: float
    uncertainties: Mapping[Covariance, Uncertainty]


def _linear(spec: RegressionSpec, design: Design, covariances: Collection[Covariance], fewest_beyond: int) -> _Found:
    posed = pose(design, spec.effects(), fewest_beyond)
    uncertainties: dict[Covariance, Uncertainty] = {
        kind: estimate_uncertainty(posed.solution, kind, posed.clusters if kind in CLUSTERED else (), posed.terms)
        for kind in covariances
    }
    return _Found(
        posed.terms,
        posed.solution.coefficients[: posed.n_shown],
        posed.r_squared,
        float(posed.solution.df_resid),
        uncertainties,
    )


def _categorical(spec: RegressionSpec, design: Design, labels: Labels, covariances: Collection[Covariance]) -> _Found:
    by_kind: dict[Covariance, CategoricalEstimates] = {
        kind: estimate_categorical(
            spec.model_copy(update={"covariance": kind}),
            design,
            _codes(design)[0] if kind in CLUSTERED else None,
            labels,
            np.random.default_rng(0),
        )
        for kind in covariances
    }
    first = next(iter(by_kind.values())).found
    uncertainties: dict[Covariance, Uncertainty] = {kind: each.found.uncertainty for kind, each in by_kind.items()}
    df_resid = float(len(design.rows) - len(first.terms))
    return _Found(first.terms, first.coefficients, np.nan, df_resid, uncertainties)


def _codes(design: Design) -> tuple[NDArray[np.intp], ...]:
    return tuple(codes_of(design.clusters[name]) for name in design.clusters)
