"""Scales that a model scores without some of their items: their scores, and how reliable they are."""

import pandas as pd

from instruments.spec import Instrument
from models.estimates import Fit
from models.spec import RegressionSpec
from pipelines.load import Study
from pipelines.steps.scores_without_items import alphas_without, scales_without, scored_without


def narrowed_scales(study: Study, model: RegressionSpec) -> dict[str, Instrument]:
    """Return the scales of a model that it scores without some items; none where it names no item.

    Raises:
        ModelDataError: If an item belongs to no scale of the model, or leaves no scale.
    """
    if not model.without_items:
        return {}
    names = [model.outcome, *sorted({variable.variable for variable in model.variables()})]
    return scales_without(study.scales(), names, model.without_items)


def scored_anew(study: Study, analysis: pd.DataFrame, model: RegressionSpec) -> pd.DataFrame:
    """Replace the scores of these scales in ``core.analysis``; the table as it is where there are none."""
    narrowed = narrowed_scales(study, model)
    return scored_without(analysis, narrowed) if narrowed else analysis


def with_alphas(study: Study, model: RegressionSpec, fit: Fit, analysis: pd.DataFrame) -> pd.DataFrame:
    """Return the diagnostics of a fit with the reliability of these scales among the responses that it used."""
    narrowed = narrowed_scales(study, model)
    if not narrowed:
        return fit.diagnostics
    used = analysis[analysis["response_id"].isin(fit.data["response_id"])]
    return pd.concat([fit.diagnostics, alphas_without(used, narrowed)], ignore_index=True)


def items_left(study: Study, model: RegressionSpec) -> set[str]:
    """Return the items of these scales, over the model and its variants."""
    every = [model, *(model.with_variant(each.name) for each in model.variants)]
    narrowed = [scale for each in every for scale in narrowed_scales(study, each).items()]
    return {item for name, instrument in narrowed for item in instrument.scales[name].items}
