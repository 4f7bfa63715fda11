"""Scales scored anew without some of their items, such as an item that overlaps with the outcome."""

from collections.abc import Collection, Iterable, Mapping

import numpy as np
import pandas as pd

from instruments.scoring import keyed_items, score_scale
from instruments.spec import Instrument
from models.measurement.reliability import cronbach_alpha
from models.regression.identification import ModelDataError
from pipelines.steps.organisation_means import organisation_means

ALPHA = "alpha_without_items"


def scales_without(
    scales: Mapping[str, Instrument], names: Iterable[str], items: Collection[str]
) -> dict[str, Instrument]:
    """Return the scales of a model that have some items, without these; the share that must be answered stays.

    Args:
        scales: Scale → its instrument.
        names: Variables of the model, its outcome among them.
        items: Items left out.

    Raises:
        ModelDataError: If an item belongs to no scale of the model, or leaves no scale.
    """
    found: dict[str, Instrument] = {}
    for name in dict.fromkeys(name for name in names if name in scales):
        whole = scales[name].scales[name]
        if not set(items) & set(whole.items):
            continue
        left = whole.asking([item for item in whole.items if item not in items])
        if left is None:
            raise ModelDataError(
                f"the scale '{name}' without {', '.join(sorted(items))} has too few items left for a score; expected "
                "two or more; leave out fewer items, or the scale"
            )
        found[name] = scales[name].model_copy(update={"scales": {**scales[name].scales, name: left}})
    missed = [item for item in items if not any(item in scales[name].scales[name].items for name in found)]
    if missed:
        raise ModelDataError(
            f"'{missed[0]}' is an item of no scale of the model; expected items of its scales; correct without_items"
        )
    return found


def scored_without(analysis: pd.DataFrame, narrowed: Mapping[str, Instrument]) -> pd.DataFrame:
    """Replace scores of scales, with their organisation means and deviations, by those without some items.

    Args:
        analysis: ``core.analysis``.
        narrowed: Scale → the instrument that has it without the items.
    """
    scores = {name: score_scale(analysis, instrument, name) for name, instrument in narrowed.items()}
    changed = analysis.assign(**scores)
    return changed.assign(**organisation_means(changed, list(narrowed)))


def alphas_without(analysis: pd.DataFrame, narrowed: Mapping[str, Instrument]) -> pd.DataFrame:
    """Return Cronbach's alpha of what is left of each scale, as diagnostics of a fit.

    Args:
        analysis: Rows of ``core.analysis`` that the fit used.
        narrowed: As ``scored_without``.
    """
    rows = [
        {
            "diagnostic": f"{ALPHA} of {name}",
            "value": cronbach_alpha(keyed_items(analysis, instrument, name).dropna(axis=1, how="all")).estimate,
            "threshold": np.nan,
            "verdict": "none",
        }
        for name, instrument in narrowed.items()
    ]
    return pd.DataFrame(rows, columns=["diagnostic", "value", "threshold", "verdict"])
