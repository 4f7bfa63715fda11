"""Fits and estimates → what a release shows of them: rounded, with what the model expects. Pure tables."""

from collections.abc import Iterable, Mapping

import pandas as pd

from models.focal_term import focal_term
from models.regression.columns import column_of
from models.sections.imputation import imputation_of
from models.sections.nonresponse import ResponseWeights
from models.spec import RegressionSpec
from pipelines.load import Study
from pipelines.steps.coarse_degrees import with_coarse_degrees
from pipelines.steps.fit_silence import WEIGHT
from pipelines.steps.release_rounding import rounded_average_effects, rounded_estimates, rounded_fits
from pipelines.tables import released

AVERAGE_EFFECT = "average_effect"
OF_YES_AND_NO = ("logit", "firth_logit", "probit", "gee_logit")
"""Estimators whose average effect is a difference in a share; of others it is in other units.

That of a mixed logit is averaged over groups: beside its coefficients it would tell their variance.
"""


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
        random_slopes=[", ".join(_slopes(model)) for model in models],
        corrections=[", ".join(_corrections(model)) for model in models],
        dyads=[model.dyads or "" for model in models],
        weights=[_weights(model) for model in models],
        imputations=[0 if each is None else each.imputations for each in imputations],
    )
    return released.FITS_RELEASED.typed(shown)


def _slopes(model: RegressionSpec) -> list[str]:
    """List the regressors whose effect differs between groups, each once."""
    return list(dict.fromkeys(column_of(each) for effects in model.random_effects for each in effects.variables()))


def _weights(model: RegressionSpec) -> str:
    if isinstance(model.missing, ResponseWeights):
        return WEIGHT
    return model.weights or ""


def _corrections(model: RegressionSpec) -> list[str]:
    kinds = ["few_answers" if isinstance(each, str) else each.errors for each in model.corrected]
    return sorted(dict.fromkeys(kinds))


def released_estimates(
    estimates: pd.DataFrame, coarse: Mapping[str, float], fits: pd.DataFrame, readings: pd.DataFrame
) -> pd.DataFrame:
    """Return rows of the released ``out.estimates``.

    Args:
        estimates: Rows of ``out.estimates``.
        coarse: Fit → confidence level, of fits whose degrees of freedom are coarsened.
        fits: Rows of the released ``out.fits``: of their terms of interest the average effect is shown.
        readings: Rows of ``out.readings``.
    """
    rounded = rounded_estimates(with_coarse_degrees(estimates, coarse))
    of_yes_and_no = fits[fits["estimator"].isin(OF_YES_AND_NO)].rename(columns={"focal_term": "term"})
    read = readings.loc[readings["reading"] == AVERAGE_EFFECT, ["fit_id", "term", "value", "conf_low", "conf_high"]]
    named = read.merge(of_yes_and_no[["fit_id", "term"]]).rename(
        columns={"value": "average_effect", "conf_low": "average_low", "conf_high": "average_high"}
    )
    return released.ESTIMATES_RELEASED.typed(rounded.merge(rounded_average_effects(named), how="left"))


def erased_rows(erasures: pd.DataFrame, kept: Iterable[str]) -> set[str]:
    """Return the rows of fits that are not kept any more as they were, because responses among them were erased.

    Args:
        erasures: ``raw.erasures``.
        kept: Files of rows that are kept.
    """
    still = {name.partition(".")[0] for name in kept}
    return set(erasures.loc[erasures["kind"] == "fit_rows", "old_sha256"].astype(str)) - still
