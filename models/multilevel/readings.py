"""How coefficients of linear models of rows in groups are read: size, equivalence, confounding, what was to be seen."""

from collections.abc import Collection

import numpy as np
import pandas as pd

from models.estimates import Vector
from models.multilevel.mixed_model import MixedModel
from models.multilevel.profile_intervals import variance_profile_intervals
from models.regression.design import Design
from models.regression.inference import Uncertainty
from models.regression.reading.of_coefficients import (
    COLUMNS,
    ReadCoefficients,
    read_every_term,
    read_focal_term,
    spread_of,
)
from models.regression.reading.standardised import standardised_coefficients
from models.spec import RegressionSpec

OF_VARIANCES = ("deviation", "correlation", "residual_deviation")
RESIDUAL = "residual"
MOST_PROFILED = 20_000
"""Rows up to which profiles are followed: a second of work at most, ten times that with five times the rows."""


def readings_in_groups(
    spec: RegressionSpec, design: Design, coefficients: Vector, uncertainty: Uncertainty
) -> pd.DataFrame:
    """Read the coefficients of a mixed model or of estimating equations, the intercept left out.

    Args:
        spec: The model, variant applied.
        design: What it was computed from.
        coefficients: k, of its columns.
        uncertainty: Covariance and degrees of freedom of the model.

    Returns:
        One row a term and reading: standardised and minimum_detectable of every term; equivalence (where the model
        names a smallest effect of interest) and e_value of the focal ones. What rests on the classical t of least
        squares (partial_r2, robustness_value, selection_ratio) is not there: errors between groups and within have no
        one residual variance to share.

    References:
        R: ``effectsize::standardize_parameters(lmer(...), method = "basic")``.
    """
    weights = None if design.weights is None else design.weights.to_numpy()
    matrix, outcome = design.matrix.to_numpy(), design.outcome.to_numpy()
    read = ReadCoefficients(
        terms=tuple(map(str, design.matrix)),
        values=coefficients,
        classical_errors=None,
        standardised=standardised_coefficients(matrix, outcome, coefficients, weights),
        outcome_spread=spread_of(outcome, weights),
        df_resid=len(outcome) - len(coefficients),
        uncertainty=uncertainty,
        confidence_level=spec.confidence_level,
    )
    return read_in_groups(read, design.focal, spec.smallest_effect_of_interest)


def read_in_groups(
    read: ReadCoefficients, focal: Collection[str], smallest_effect_of_interest: float | None
) -> pd.DataFrame:
    """Read coefficients whose standardised values are known, as ``readings_in_groups``; focal terms as named."""
    rows = [*read_every_term(read)]
    for place, term in enumerate(read.terms):
        if term in focal:
            rows += read_focal_term(read, place, smallest_effect_of_interest)
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"value": np.float64})


def readings_of_variances(model: MixedModel, confidence_level: float) -> pd.DataFrame:
    """Read how far standard deviations and correlations between groups may be from what was found.

    Args:
        model: The fit, by REML or ML.
        confidence_level: Of the profile likelihood intervals.

    Returns:
        One row a parameter: ``deviation`` under ``group: effect``, ``correlation on`` another effect, and
        ``residual_deviation`` under ``residual``; by ML, in units of the outcome (per unit of the effect's variable).
        No row beyond ``MOST_PROFILED`` rows.
    """
    if model.n_obs > MOST_PROFILED:
        return pd.DataFrame(columns=list(COLUMNS))
    found = variance_profile_intervals(model, confidence_level)
    rows = [
        (
            f"{each.group}: {each.effect}" if each.group else RESIDUAL,
            f"{each.parameter} on {each.with_effect}" if each.with_effect else each.parameter,
            each.estimate,
            each.conf_low,
            each.conf_high,
            "",
        )
        for each in found.itertuples(index=False)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))
