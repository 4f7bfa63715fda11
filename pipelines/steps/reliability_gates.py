"""Answers to a scale → whether its score is reliable enough to be used. Pure tables."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd

from instruments.scoring import keyed_items
from instruments.spec import Instrument
from models.measurement.confirmatory.refusals import FactorModelError, Problem
from models.measurement.omega import omega_total
from models.measurement.ordered_omega import ordered_reliability
from models.measurement.reliability import cronbach_alpha
from models.sections.measurement import MeasurementSpec
from pipelines.steps.measurement_gates import Figure, Gate, least, named

PURPOSE = "regression"
Found = tuple[float, float, tuple[Problem, ...]]
LOWER_END = "_conf_low"


def reliability_gates(
    spec: MeasurementSpec, group: str, scale: str, rows: pd.DataFrame, instrument: Instrument
) -> list[Gate]:
    """Judge the reliability of a score; where its model is refused or not to be trusted, say why.

    Args:
        spec: The specification; without a condition on reliability nothing is judged.
        group: The respondent group.
        scale: The scale.
        rows: ``core.analysis`` of the group.
        instrument: Instrument of the scale.
    """
    asked = spec.gates.reliability
    if asked is None:
        return []
    items, is_lower_end = keyed_items(rows, instrument, scale), asked.judged_by == "conf_low"
    organisations = rows["organisation_id"]
    clusters = organisations if is_lower_end and spec.clusters and organisations.notna().any() else None
    try:
        estimate, conf_low, doubts = _COEFFICIENTS[asked.coefficient](items, clusters)
    except FactorModelError as error:
        estimate, conf_low, doubts, why = np.nan, np.nan, (), str(error)
    else:
        why = f"its one-factor model is not to be trusted ({named(doubts)})" if doubts else ""
    value = np.nan if doubts else conf_low if is_lower_end else estimate
    measure = f"{asked.coefficient}{LOWER_END}" if is_lower_end else asked.coefficient
    return [least(spec, (scale, group, PURPOSE), measure, Figure(value, asked.at_least, why))]


def _alpha(items: pd.DataFrame, _: pd.Series | None) -> Found:
    found = cronbach_alpha(items)
    return found.estimate, found.conf_low, ()


def _omega(items: pd.DataFrame, clusters: pd.Series | None) -> Found:
    found = omega_total(items, clusters=clusters)
    return found.model_implied, found.conf_low, found.problems


def _ordered_omega(items: pd.DataFrame, _: pd.Series | None) -> Found:
    found = ordered_reliability(items)
    return found.omega_model, np.nan, found.problems


_COEFFICIENTS: Mapping[str, Callable[[pd.DataFrame, pd.Series | None], Found]] = MappingProxyType(
    {"alpha": _alpha, "omega": _omega, "ordered_omega": _ordered_omega}
)
