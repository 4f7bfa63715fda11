"""Conditions of a measurement specification → whether each is met, with the figure and the reason in words.

Put here what every condition shares, and those of the whole model and of comparisons; conditions on one score are in
``reliability_gates`` and ``aggregation_gates``.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from models.measurement.confirmatory.analysis import FactorAnalysis, fit_table
from models.measurement.confirmatory.invariance import Step
from models.measurement.confirmatory.refusals import Problem
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


def fit_gates(spec: MeasurementSpec, group: str, analysis: FactorAnalysis | None, why: str = "") -> list[Gate]:
    """Judge the fit of the model for every scale in it; robust indices where there are any.

    Args:
        spec: The specification.
        group: The respondent group.
        analysis: The fitted model; None where the answers could not carry it.
        why: Why they could not.
    """
    asked = spec.gates.fit
    if asked is None:
        return []
    indices: Mapping[str, float] = {}
    if analysis is not None and analysis.problems:
        why = f"the model is not to be trusted ({named(analysis.problems)})"
    elif analysis is not None and analysis.fit.standard.df == 0:
        why = "the model has as many parameters as the items have moments, so its fit cannot be tested"
    elif analysis is not None:
        indices = fit_table(analysis)
    found: list[Gate] = []
    for scale in spec.scales:
        key = (scale, group, "regression")
        found.append(least(spec, key, "cfi", Figure(_index(indices, "cfi"), asked.cfi_at_least, why)))
        found.append(_most(spec, key, "rmsea", Figure(_index(indices, "rmsea"), asked.rmsea_at_most, why)))
        found.append(_most(spec, key, "srmr", Figure(_index(indices, "srmr"), asked.srmr_at_most, why)))
    return found


def named(problems: Iterable[Problem]) -> str:
    """Return problems of a model by name, each once."""
    return ", ".join(dict.fromkeys(f"{each.name} {each.about}".strip() for each in problems))


def _index(indices: Mapping[str, float], name: str) -> float:
    return indices.get(f"{name}_robust", indices.get(name, np.nan))


def verdict_on(value: float, *, is_met: bool) -> str:
    """Return the verdict; what could not be computed is unknown."""
    return "unknown" if np.isnan(value) else "met" if is_met else "not_met"


def comparison_gate(spec: MeasurementSpec, group: str, comparison: Comparison, steps: Sequence[Step]) -> list[Gate]:
    """Judge whether the level that a comparison asks for was reached."""
    reached = [each for each in steps if each.holds]
    is_met = any(LEVELS.index(each.level) >= LEVELS.index(comparison.level) for each in steps if each.holds)
    highest = reached[-1].level if reached else "none"
    released = "; ".join(dict.fromkeys(name for each in reached for name in each.released))
    of_whom = f" in {group}" if group else ""
    reason = f"{comparison.level} invariance over {comparison.over}{of_whom} is asked for; {highest} was reached"
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


@dataclass(frozen=True)
class Figure:
    """A value found, the value asked for, and why there is none where there is none."""

    value: float
    threshold: float
    why: str = ""


def least(spec: MeasurementSpec, key: tuple[str, str, str], measure: str, figure: Figure) -> Gate:
    """Judge a figure that must reach a value; ``key`` is scale, respondent group and purpose."""
    return _judged(spec, key, measure, figure, is_met=figure.value >= figure.threshold, asked="at least")


def _most(spec: MeasurementSpec, key: tuple[str, str, str], measure: str, figure: Figure) -> Gate:
    return _judged(spec, key, measure, figure, is_met=figure.value <= figure.threshold, asked="at most")


def _judged(
    spec: MeasurementSpec, key: tuple[str, str, str], measure: str, figure: Figure, *, is_met: bool, asked: str
) -> Gate:
    scale, group, purpose = key
    value, threshold = figure.value, figure.threshold
    verdict = verdict_on(value, is_met=is_met)
    words = "could not be computed" if np.isnan(value) else f"is {value:.3f}"
    reason = f"{measure} of {scale} in {group} {words}; {asked} {threshold:g} is asked for"
    reason += f"; {figure.why}" if figure.why else ""
    return Gate(
        scale, group, purpose, "", measure, spec.name, value, threshold, verdict, spec.gates.when_not_met, reason
    )
