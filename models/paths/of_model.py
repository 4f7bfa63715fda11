"""A path model in words and its design → a labelled fit."""

from collections.abc import Sequence

import numpy as np

from models.estimates import Fit
from models.missing_data.imputations import Imputations
from models.paths.found import FoundPaths
from models.paths.mediation_of_model import estimate_across_levels, estimate_mediation
from models.paths.two_outcomes import estimate_two_outcomes
from models.paths.waves_of_model import estimate_growth, estimate_panel
from models.regression.design import Design
from models.regression.diagnostics import counts_of_categories, judged
from models.regression.moderation.of_fit import no_shapes
from models.spec import RegressionSpec


def fit_paths(
    spec: RegressionSpec,
    variant: str,
    sets: Sequence[Design],
    seed: int,
    fewest_beyond: int,
    imputations: Imputations | None = None,
) -> Fit:
    """Fit a path model.

    Args:
        spec: The model, variant applied, with an estimator of ``models.sections.inference.PATHS``.
        variant: What the variant is called.
        sets: What it is computed from: one design, or one a completed set where missing values are imputed.
        seed: Of resamples and draws.
        fewest_beyond: How many more rows than coefficients are asked for.
        imputations: The imputations behind the sets, where they were drawn here.

    Returns:
        Effects first, then paths. Diagnostics: those of least squares of the outcome's equation (mediation, two
        outcomes), of maximum likelihood (n_units, n_waves, share_in_all_waves, chi_square, cfi, rmsea, srmr,
        optimum_doubts, improper_estimates, reliability of latent means), resamples_undefined, and what holds for every
        design.

    Raises:
        ModelDataError: If the data cannot carry it.
    """
    design = sets[0]
    found = _found(spec, sets, seed, fewest_beyond, imputations)
    clusters = {} if found.n_clusters is None else {"n_clusters": float(found.n_clusters)}
    diagnostics = {
        **found.diagnostics,
        "n_parameters": float(found.n_parameters),
        **counts_of_categories(design),
        **clusters,
        **({} if spec.level == "response" else {"n_responses": float(len(design.data))}),
        "share_of_responses_used": len(design.rows) / design.n_in_population,
    }
    return Fit(
        model=spec.name,
        variant=variant,
        estimator=spec.estimator,
        covariance=spec.covariance_used(),
        outcome=spec.outcome,
        n_obs=found.n_obs,
        n_clusters=found.n_clusters,
        df_resid=float(found.n_obs - found.n_parameters),
        r_squared=found.r_squared if np.isfinite(found.r_squared) else np.nan,
        estimates=found.estimates.reset_index(drop=True),
        diagnostics=judged(diagnostics),
        readings=found.reading_table(),
        shapes=no_shapes(),
        joint_tests=found.joint_test_table(),
        data=design.data,
    )


def _found(
    spec: RegressionSpec, sets: Sequence[Design], seed: int, fewest_beyond: int, imputations: Imputations | None
) -> FoundPaths:
    if spec.estimator == "mediation":
        return estimate_mediation(spec, sets, seed, fewest_beyond, imputations)
    if spec.estimator == "two_outcomes":
        return estimate_two_outcomes(spec, sets, imputations)
    (design,) = sets
    if spec.estimator == "mediation_across_levels":
        return estimate_across_levels(spec, design, seed)
    return estimate_panel(spec, design) if spec.estimator == "cross_lagged_panel" else estimate_growth(spec, design)
