"""Fits and estimates → what a release shows of them: rounded, with what the model expects. Pure tables."""

from collections.abc import Iterable, Mapping

import pandas as pd

from models.focal_term import focal_term
from models.sections.imputation import imputation_of
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
