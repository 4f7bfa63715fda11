"""A fitted measurement model and its answers → whether its scales can be told apart. Pure tables."""

import numpy as np
import pandas as pd

from models.measurement.confirmatory.analysis import FactorAnalysis
from models.measurement.confirmatory.discriminant import (
    HeterotraitMonotrait,
    bootstrap_htmt,
    factor_validity,
    fornell_larcker,
)
from models.origin import derive_seed
from models.sections.measurement import MeasurementSpec
from pipelines.steps.measurement_gates import verdict_on
from pipelines.tables.measurement import DISCRIMINANT, VALIDITY

LARGEST_HTMT = 0.85
"""Kline (2011), as in Henseler, Ringle and Sarstedt (2015)."""


def validity_rows(spec: MeasurementSpec, group: str, analysis: FactorAnalysis) -> pd.DataFrame:
    """Return rows of ``out.validity``; without figures where the model is not to be trusted."""
    found = [
        {
            "measurement": spec.name,
            "respondent_group": group,
            "scale": each.factor,
            "variance_extracted": np.nan if analysis.problems else each.variance_extracted,
            "composite_reliability": np.nan if analysis.problems else each.composite_reliability,
        }
        for each in factor_validity(analysis)
    ]
    return pd.DataFrame(found, columns=list(VALIDITY.columns))


def discriminant_rows(spec: MeasurementSpec, group: str, analysis: FactorAnalysis) -> pd.DataFrame:
    """Return rows of ``out.discriminant``: every two scales; none for a single scale.

    Complete responses stand behind HTMT, also where the model takes gaps. What rests on a model that is not to be
    trusted is unknown.
    """
    pairs = fornell_larcker(analysis)
    if not pairs:
        return DISCRIMINANT.empty()
    htmt, place = _htmt(spec, group, analysis), {scale: number for number, scale in enumerate(spec.scales)}
    rows: list[dict[str, object]] = []
    for pair in pairs:
        at = place[pair.first], place[pair.second]
        ratio, low, high = (float(each[at]) for each in (htmt.ratio, htmt.conf_low, htmt.conf_high))
        known = {
            "correlation": np.nan if analysis.problems else pair.correlation,
            "smaller_extracted": np.nan if analysis.problems else pair.smaller_extracted,
        }
        rows.append(
            {
                "measurement": spec.name,
                "respondent_group": group,
                "first_scale": pair.first,
                "second_scale": pair.second,
                **known,
                "fornell_larcker": verdict_on(known["correlation"], is_met=pair.is_distinct),
                "htmt": ratio,
                "htmt_low": low,
                "htmt_high": high,
                "htmt_below": verdict_on(high, is_met=high < LARGEST_HTMT),
                "n_obs": htmt.n_obs,
            }
        )
    return pd.DataFrame(rows)


def _htmt(spec: MeasurementSpec, group: str, analysis: FactorAnalysis) -> HeterotraitMonotrait:
    grouped = analysis.measured.grouped
    is_complete = ~np.isnan(grouped.data[0]).any(axis=1)
    clusters = np.unique(grouped.clusters[0][is_complete], return_inverse=True)[1] if grouped.clusters else None
    layout = analysis.fit.layout
    indicators = {
        scale: tuple(
            each.right
            for each in layout.parameters
            if each.kind == "loading" and each.group == 0 and each.left == scale and each.right in layout.items
        )
        for scale in spec.scales
    }
    seed = derive_seed(spec.name, group, "htmt")
    return bootstrap_htmt(grouped.data[0][is_complete], grouped.items, indicators, seed, clusters)
