"""Conditions of a measurement specification → whether each is met, with the figure and the reason in words."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from instruments.scoring import keyed_items
from instruments.spec import Instrument
from models.measurement.agreement import group_agreement
from models.measurement.confirmatory.invariance import Step
from models.measurement.reliability import cronbach_alpha
from models.sections.measurement import LEVELS, Comparison, MeasurementSpec
from pipelines.tables.measurement import GATES


@dataclass(frozen=True)
class Gate:
    """One condition on a score; attributes as the columns of ``out.gates``."""

    scale: str
    respondent_group: str
    purpose: str
    over: str
    measure: str
    measurement: str
    value: float
    threshold: float
    verdict: str
    when_not_met: str
    reason: str


def gate_rows(gates: Sequence[Gate]) -> pd.DataFrame:
    """Return conditions as rows of ``out.gates``."""
    return pd.DataFrame([asdict(each) for each in gates], columns=list(GATES.columns))


def score_gates(
    spec: MeasurementSpec, group: str, scale: str, rows: pd.DataFrame, instrument: Instrument
) -> list[Gate]:
    """Judge reliability and agreement of a score."""
    found: list[Gate] = []
    items = keyed_items(rows, instrument, scale)
    if spec.gates.reliability is not None:
        asked = spec.gates.reliability
        value = cronbach_alpha(items).estimate
        found.append(_least(spec, (scale, group, "regression"), asked.coefficient, value, asked.at_least))
    if spec.gates.agreement is not None and rows["organisation_id"].notna().any():
        points = instrument.points_of(scale)
        figures = group_agreement(items, rows[scale], rows["organisation_id"], points.highest - points.lowest + 1)
        asked = spec.gates.agreement
        limits = (
            ("icc_1", figures.icc_1, asked.icc_1_at_least),
            ("rwg_j_median", figures.rwg_j_median, asked.rwg_j_at_least),
            ("icc_2", figures.icc_2, asked.icc_2_at_least),
        )
        key = (scale, group, "organisation_mean")
        found += [_least(spec, key, name, value, least) for name, value, least in limits if least is not None]
    return found


def fit_gates(spec: MeasurementSpec, group: str, indices: Mapping[str, float]) -> list[Gate]:
    """Judge the fit of the model for every scale in it; robust indices where there are any."""
    asked = spec.gates.fit
    if asked is None:
        return []
    found: list[Gate] = []
    for scale in spec.scales:
        key = (scale, group, "regression")
        found.append(_least(spec, key, "cfi", _index(indices, "cfi"), asked.cfi_at_least))
        found.append(_most(spec, key, "rmsea", _index(indices, "rmsea"), asked.rmsea_at_most))
        found.append(_most(spec, key, "srmr", indices.get("srmr", np.nan), asked.srmr_at_most))
    return found


def _index(indices: Mapping[str, float], name: str) -> float:
    return indices.get(f"{name}_robust", indices.get(name, np.nan))


def comparison_gate(spec: MeasurementSpec, group: str, comparison: Comparison, steps: Sequence[Step]) -> list[Gate]:
    """Judge whether the level that a comparison asks for was reached."""
    reached = [each for each in steps if each.holds]
    is_met = any(LEVELS.index(each.level) >= LEVELS.index(comparison.level) for each in steps if each.holds)
    highest = reached[-1].level if reached else "none"
    released = "; ".join(dict.fromkeys(name for each in reached for name in each.released))
    reason = f"{comparison.level} invariance over {comparison.over} is asked for; {highest} invariance was reached"
    reason += f", with {released} free to differ" if released else ""
    return [
        Gate(
            scale, group, "comparison", comparison.over, f"{comparison.level}_invariance", spec.name,
            float(LEVELS.index(highest)) if reached else np.nan, float(LEVELS.index(comparison.level)),
            "met" if is_met else "not_met", spec.gates.when_not_met, reason,
        )
        for scale in spec.scales
    ]  # fmt: skip


def missing_comparison_gate(spec: MeasurementSpec, group: str, comparison: Comparison, reason: str) -> list[Gate]:
    """Say that invariance could not be looked at."""
    return [
        Gate(
            scale, group, "comparison", comparison.over, f"{comparison.level}_invariance", spec.name,
            np.nan, float(LEVELS.index(comparison.level)), "unknown", spec.gates.when_not_met, reason,
        )
        for scale in spec.scales
    ]  # fmt: skip


def _least(spec: MeasurementSpec, key: tuple[str, str, str], measure: str, value: float, threshold: float) -> Gate:
    return _judged(spec, key, measure, (value, threshold), is_met=value >= threshold, asked="at least")


def _most(spec: MeasurementSpec, key: tuple[str, str, str], measure: str, value: float, threshold: float) -> Gate:
    return _judged(spec, key, measure, (value, threshold), is_met=value <= threshold, asked="at most")


def _judged(
    spec: MeasurementSpec,
    key: tuple[str, str, str],
    measure: str,
    figures: tuple[float, float],
    *,
    is_met: bool,
    asked: str,
) -> Gate:
    value, threshold = figures
    scale, group, purpose = key
    verdict = "unknown" if np.isnan(value) else "met" if is_met else "not_met"
    words = "could not be computed" if np.isnan(value) else f"is {value:.3f}"
    reason = f"{measure} of {scale} {words}; {asked} {threshold:g} is asked for"
    return Gate(
        scale, group, purpose, "", measure, spec.name, value, threshold, verdict, spec.gates.when_not_met, reason
    )
