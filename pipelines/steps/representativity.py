"""Units of the frame → R-indicators by wave and respondent group."""

from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from models.weighting.faults import WeightingError
from models.weighting.representativity import Representativity, r_indicator, varies
from pipelines.sections.weighting import DesignWeights
from pipelines.steps.design_weights import design_weights
from pipelines.steps.weighting import known_variable
from pipelines.tables.fieldwork import REPRESENTATIVITY

ANSWERED = ("complete", "partial")
CONSTANT = "the variable does not vary: all units have the same category"
UNEQUAL = "design weights differ within a stratum, so the bias is not known"


def representativity(units: pd.DataFrame, variables: Sequence[str], design: DesignWeights | None) -> pd.DataFrame:
    """Estimate how representative the responses of every wave and group are.

    Units known not to be eligible are left out; those of unknown eligibility count as not having responded.

    Args:
        units: ``core.sampled_units`` with the frame's variables as further columns of text.
        variables: Columns with categories; a blank is a category.
        design: How units were drawn.

    Returns:
        ``out.representativity``; where there is no estimate, the reason.

    Raises:
        WeightingError: When the design weights cannot be computed.
    """
    rows: list[dict[str, object]] = []
    for (wave, group), of_group in units.groupby(["wave", "respondent_group"], sort=True):
        weights = design_weights(of_group, design)
        counted = of_group["disposition"] != "not_eligible"
        own = of_group[counted]
        responded = own["disposition"].isin(ANSWERED).to_numpy(dtype=bool)
        known = [known_variable(name, own[name]) for name in variables]
        strata = pd.factorize(own[design.stratum].fillna("") if design and design.stratum else own["wave"])[0]
        cell = {"wave": wave, "respondent_group": group, "n_units": len(own), "n_responses": int(responded.sum())}
        try:
            found = r_indicator(known, responded, weights[counted].to_numpy(dtype=float), strata.astype(np.intp))
        except WeightingError as error:
            rows.append({**cell, "indicator": "r_indicator", "variable": "", "category": "", "reason": str(error)})
            continue
        constant = {each.name for each in known if not varies(each)}
        rows += [{**cell, **row} for row in _rows_of(found, constant)]
    return REPRESENTATIVITY.typed(pd.DataFrame(rows, columns=list(REPRESENTATIVITY.columns)))


def _rows_of(found: Representativity, constant: Collection[str]) -> list[dict[str, object]]:
    whole = {
        "r_indicator": found.r_adjusted,
        "r_indicator_unadjusted": found.r_unadjusted,
        "cv": found.cv,
        "mean_propensity": found.mean_propensity,
    }
    rows: list[dict[str, object]] = [
        {
            "indicator": name,
            "variable": "",
            "category": "",
            "estimate": value,
            "reason": _reason(value),
        }
        for name, value in whole.items()
    ]
    rows[0]["std_error"] = found.std_error
    return rows + [
        {
            "indicator": "partial_r",
            "variable": each.variable,
            "category": each.category,
            "estimate": each.value,
            "reason": CONSTANT if each.variable in constant else _reason(each.value),
        }
        for each in found.partials
    ]


def _reason(value: float) -> str | None:
    return UNEQUAL if np.isnan(value) else None
