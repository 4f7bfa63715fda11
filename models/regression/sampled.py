"""A model's design in words and its rows → a survey design, and the covariance of coefficients that it gives.

Put here how rows of a model are parts of a sample; variances are in ``models.survey_design``.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

import numpy as np
import pandas as pd

from models.estimates import Matrix, Vector
from models.regression.inference import Uncertainty
from models.sections.sample_design import SampleDesign
from models.survey_design.design import SurveyDesign, build_survey_design
from models.survey_design.design_effects import design_effects
from models.survey_design.estimated import degrees_of_freedom
from models.survey_design.linearisation import linearised_covariance
from models.survey_design.stages import Stage

UNITS_SAMPLED = "units_sampled"


def with_units_sampled(design: SampleDesign | None, analysis: pd.DataFrame) -> pd.DataFrame:
    """Add how many units of the first stage the sample has in a row's stratum, whoever belongs to a model's population.

    Rows that a fit kept have the column already: they are a part of the sample, which cannot be counted from them.

    Args:
        design: The design; None for a model without.
        analysis: One row an analysed response: the sample.

    Returns:
        The table with ``units_sampled``, missing without a stratum or unit.
    """
    if design is None or UNITS_SAMPLED in analysis or not {*design.columns()} <= {*analysis.columns}:
        return analysis
    first = design.stages()[0]
    units = analysis[first.clusters] if first.clusters is not None else analysis["response_id"]
    strata = analysis[first.strata] if first.strata is not None else pd.Series(0, index=analysis.index)
    counted = units[strata.notna()].groupby(strata[strata.notna()]).nunique()
    found = strata.map(counted).where(units.notna()).astype("Int64")
    return analysis.assign(**{UNITS_SAMPLED: found})


def columns_of_sample(design: SampleDesign | None) -> list[str]:
    """Return the columns that a model with a design reads beside its variables."""
    return [] if design is None else [*design.columns(), UNITS_SAMPLED]


def columns_of_calibration(design: SampleDesign | None) -> list[str]:
    """Return the columns that tell what weights were calibrated to: margins, where a value may be missing, numbers."""
    return (
        [] if design is None else [name for margin in (*design.margins(), design.calibrated_totals) for name in margin]
    )


def sample_of(design: SampleDesign | None, rows: pd.DataFrame, weights: pd.Series | None) -> SurveyDesign | None:
    """Return the survey design of the rows of a model; None for a model without.

    Args:
        design: The design.
        rows: n rows used, with the columns of ``columns_of_sample``.
        weights: n; None when all count the same.

    Raises:
        ModelDataError: When the columns do not describe a sample.
    """
    if design is None:
        return None
    stages: list[Stage] = []
    for place, (clusters, strata, size) in enumerate(design.stages()):
        stages.append(
            Stage(
                None if clusters is None else rows[clusters].to_numpy(dtype=object),
                None if strata is None else rows[strata].to_numpy(dtype=object),
                None if size is None else rows[size].to_numpy(dtype=float),
                rows[UNITS_SAMPLED].to_numpy(dtype=float) if place == 0 else None,
            )
        )
    own = np.ones(len(rows)) if weights is None else weights.to_numpy(dtype=float)
    return build_survey_design(own, stages, lonely=design.lonely_strata)


def sampled_uncertainty(sample: SurveyDesign, influence: Matrix) -> Uncertainty:
    """Return the covariance of k coefficients from their influence values, t on clusters less strata + 1 - k.

    Where weights were calibrated, what the margins explain of influence over the whole sample is taken out.

    Args:
        sample: The sample.
        influence: n x k scores times the inverse information of the n rows of its subpopulation.

    Raises:
        ModelDataError: When a stratum has a single unit, or no degrees of freedom are left.

    References:
        R: ``survey::svyglm``, ``survey::svyolr`` of a subset of the design, calibrated or not.
    """
    k = influence.shape[1]
    df = degrees_of_freedom(sample, k - 1)
    n_rows = len(influence)
    n_clusters = None if sample.n_clusters == n_rows else sample.n_clusters
    return Uncertainty(linearised_covariance(sample, sample.spread(influence)), df * np.ones(k), n_clusters)


def effect_of_design(sample: SurveyDesign | None, outcome: Vector) -> dict[str, float]:
    """Return the design effect of the outcome's mean, and how many rows drawn at random would tell as much.

    Args:
        sample: The sample; None for a model without a design.
        outcome: n, of the rows of its subpopulation; numbers, or 0 and 1. Nothing is told of places of categories.

    Returns:
        ``design_effect``, against sampling with replacement (NaN without variation), and ``effective_n``, n over it.
    """
    if sample is None:
        return {}
    values = sample.spread(outcome[:, None])
    effect = design_effects(sample, ["outcome"], values, compared="with_replacement")["outcome"]
    return {"design_effect": effect, "effective_n": sample.n_obs / effect if effect > 0 else np.nan}
