"""A response surface and the responses it uses → whether two reports of one thing may be laid against each other.

Put here the preconditions of comparing reports; those of single scores are in ``measurement_uses``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from instruments.parallel import parallel_items
from instruments.spec import Instrument
from models.sections.measurement import BETWEEN_FORMS, LEVELS
from models.sections.regressors import Variable, Views
from models.spec import RegressionSpec

FEWEST_ORGANISATIONS = 60
LEAST_ICC_2 = 0.70
SCALAR = LEVELS.index("scalar")


@dataclass(frozen=True, eq=False)
class Evidence:
    """What is known of the reports.

    Attributes:
        scales: Instrument of every scale.
        gates: ``out.gates``.
        agreement: ``out.agreement``.
    """

    scales: Mapping[str, Instrument]
    gates: pd.DataFrame
    agreement: pd.DataFrame


def surface_conditions(model: RegressionSpec, used: pd.DataFrame, evidence: Evidence) -> pd.DataFrame:
    """Return the preconditions of a model's surface as rows of ``out.diagnostics``; none without a surface.

    ``surface_organisations``: organisations with both reports, 60 or more asked for (rule of thumb).
    ``surface_same_items``: 1 where both scales ask the same item for item. ``surface_form_invariance``: highest level
    of invariance reached between the wordings (its place in ``LEVELS``; as ``out.gates``), scalar
    asked for; missing, and to be looked at, where no measurement specification compares over ``form``.
    ``surface_icc_2``: the lowest reliability of an organisation mean among the reports and waves, .70 asked for.

    Args:
        model: The model, variant applied.
        used: The responses used: wave, respondent_group, organisation_id.
        evidence: What is known of the reports.
    """
    surface = model.surface()
    if surface is None:
        return pd.DataFrame(columns=["diagnostic", "value", "threshold", "verdict"])
    rows = [(name, value, least) for name, value, least in _conditions(surface.surface, model, used, evidence)]
    return pd.DataFrame(
        [
            {"diagnostic": name, "value": value, "threshold": least, "verdict": "ok" if value >= least else "look"}
            for name, value, least in rows
        ]
    )


def _conditions(
    views: Views, model: RegressionSpec, used: pd.DataFrame, evidence: Evidence
) -> Iterator[tuple[str, float, float]]:
    yield "surface_organisations", float(used["organisation_id"].nunique()), float(FEWEST_ORGANISATIONS)
    names = [each.variable for each in views.reports]
    yield "surface_same_items", float(_ask_the_same(names, evidence.scales)), 1.0
    yield "surface_form_invariance", _form_invariance(names, evidence.gates), float(SCALAR)
    averaged = [each for each in views.reports if each.use == "organisation_mean"]
    if averaged:
        found = [_least_icc_2(each, model, used, evidence.agreement) for each in averaged]
        yield "surface_icc_2", float(np.min(found)), LEAST_ICC_2


def _ask_the_same(names: list[str], scales: Mapping[str, Instrument]) -> bool:
    one, other = names
    return one == other or any(
        second in parallel_items(scales[first], first)
        for first, second in ((one, other), (other, one))
        if first in scales
    )


def _form_invariance(names: list[str], gates: pd.DataFrame) -> float:
    found = gates[gates["scale"].isin(names) & (gates["over"] == BETWEEN_FORMS)]["value"].dropna()
    return float(found.max()) if len(found) else np.nan


def _least_icc_2(report: Variable, model: RegressionSpec, used: pd.DataFrame, agreement: pd.DataFrame) -> float:
    groups = [report.of] if report.of is not None else list(used["respondent_group"].unique())
    found = agreement[
        (agreement["scale"] == report.variable)
        & agreement["respondent_group"].isin(groups)
        & agreement["wave"].isin(list(used["wave"].unique()))
        & (agreement["level"] == "organisation")
        & (agreement["exclusions"] == (model.population.without or ""))
    ]["icc_2"].dropna()
    return float(found.min()) if len(found) else np.nan
