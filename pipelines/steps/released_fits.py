"""Fits and estimates → what a release shows of them: rounded, with what the model expects. Pure tables."""

from collections.abc import Iterable, Mapping

import pandas as pd

from models.paths.found import term_of_interest
from models.regression.columns import column_of
from models.sections.imputation import imputation_of
from models.sections.inference import PATHS
from models.sections.regressors import Variable, as_variable
from models.spec import RegressionSpec
from pipelines.load import Study
from pipelines.steps.coarse_degrees import with_coarse_degrees
from pipelines.steps.release_rounding import rounded_estimates, rounded_fits
from pipelines.tables import released


def released_fits(study: Study, fits: pd.DataFrame) -> pd.DataFrame:
    """Return rows of the released ``out.fits``."""
    models = [
        study.models[model].with_variant(variant) for model, variant in zip(fits["model"], fits["variant"], strict=True)
    ]
    imputations = [imputation_of(model.missing) for model in models]
    shown = rounded_fits(fits).assign(
        focal_term=[focal_term(model) for model in models],
        expected_sign=[model.expected_sign for model in models],
        level=[model.level for model in models],
        fixed_effects=[", ".join(model.effects()) for model in models],
        random_effects=[", ".join(model.random_groups()) for model in models],
        imputations=[0 if each is None else each.imputations for each in imputations],
    )
    return released.FITS_RELEASED.typed(shown)


def focal_term(model: RegressionSpec) -> str | None:
    """Return the term of the focal regressor; None when no single coefficient tells of one point more.

    That is so of a category, a curve and a standardised number. Of paths it is the term that answers what is asked.
    """
    focal: Variable = as_variable(model.focal)
    is_bent = focal.polynomial > 1 or focal.spline is not None
    if focal.use == "category" or is_bent or focal.standardise:
        return None
    return term_of_interest(model) if model.estimator in PATHS else column_of(focal)


def released_estimates(estimates: pd.DataFrame, coarse: Mapping[str, float]) -> pd.DataFrame:
    """Return rows of the released ``out.estimates``.

    Args:
        estimates: Rows of ``out.estimates``.
        coarse: Fit → confidence level, of fits whose degrees of freedom are coarsened.
    """
    return released.ESTIMATES_RELEASED.typed(rounded_estimates(with_coarse_degrees(estimates, coarse)))


def erased_rows(erasures: pd.DataFrame, kept: Iterable[str]) -> set[str]:
    """Return the rows of fits that are not kept any more as they were, because responses among them were erased.

    Args:
        erasures: ``raw.erasures``.
        kept: Files of rows that are kept.
    """
    still = {name.partition(".")[0] for name in kept}
    return set(erasures.loc[erasures["kind"] == "fit_rows", "old_sha256"].astype(str)) - still
