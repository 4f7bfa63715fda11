"""Conditions of a measurement specification → whether each is met, with the figure and the reason in words."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from instruments.scoring import keyed_items
from instruments.spec import Instrument
from models.measurement.aggregation.agreement import Agreement, group_agreement
from models.measurement.confirmatory.analysis import FactorAnalysis, analyse, fit_table, measured
from models.measurement.confirmatory.answers import grouped_answers
from models.measurement.confirmatory.implied import matrices
from models.measurement.confirmatory.invariance import Step
from models.measurement.confirmatory.model import FactorModel, Setting
from models.measurement.confirmatory.refusals import FactorModelError
from models.measurement.confirmatory.validity import convergence
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
    """Judge reliability and agreement of a score.

    Organisation means are taken within a wave, so agreement is judged in every wave and the lowest figure counts.
    """
    found: list[Gate] = []
    items = keyed_items(rows, instrument, scale)
    if spec.gates.reliability is not None:
        asked = spec.gates.reliability
        value, why = _omega(items) if asked.coefficient == "omega" else (cronbach_alpha(items).estimate, "")
        key = (scale, group, "regression")
        found.append(_least(spec, key, asked.coefficient, _Figure(value, asked.at_least, why)))
    if spec.gates.agreement is not None and rows["organisation_id"].notna().any():
        asked = spec.gates.agreement
        by_wave = _agreement_by_wave(items, scale, rows, instrument)
        limits = (
            ("icc_1", asked.icc_1_at_least),
            ("rwg_j_median", asked.rwg_j_at_least),
            ("icc_2", asked.icc_2_at_least),
        )
        key = (scale, group, "organisation_mean")
        for name, least in limits:
            if least is not None:
                lowest = float(np.min([getattr(each, name) for each in by_wave]))
                found.append(_least(spec, key, name, _Figure(lowest, least)))
    return found


def _agreement_by_wave(items: pd.DataFrame, scale: str, rows: pd.DataFrame, instrument: Instrument) -> list[Agreement]:
    points = instrument.points_of(scale)
    n_points = points.highest - points.lowest + 1
    return [
        group_agreement(items.loc[of_wave.index], of_wave[scale], of_wave["organisation_id"], n_points)
        for _, of_wave in rows[rows[scale].notna()].groupby("wave")
    ]


def _omega(items: pd.DataFrame) -> tuple[float, str]:
    """Return omega of a score from a one-factor model of normal items, and why there is none where there is none."""
    columns = tuple(str(each) for each in items.columns)
    try:
        answers = grouped_answers(items, columns, is_complete=True)
        analysis = analyse(FactorModel({"score": columns}), measured(answers, "ml"), Setting())
    except FactorModelError as error:
        return np.nan, str(error)
    if analysis.problems:
        return np.nan, f"its one-factor model is not to be trusted ({_named(analysis)})"
    layout = analysis.fit.layout
    observed = np.cov(answers.data[0], rowvar=False, bias=True)
    return convergence(layout.factors, matrices(layout, analysis.fit.theta, 0), observed)[0].omega, ""


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
        why = f"the model is not to be trusted ({_named(analysis)})"
    elif analysis is not None and analysis.fit.standard.df == 0:
        why = "the model has as many parameters as the items have moments, so its fit cannot be tested"
    elif analysis is not None:
        indices = fit_table(analysis)
    found: list[Gate] = []
    for scale in spec.scales:
        key = (scale, group, "regression")
        found.append(_least(spec, key, "cfi", _Figure(_index(indices, "cfi"), asked.cfi_at_least, why)))
        found.append(_most(spec, key, "rmsea", _Figure(_index(indices, "rmsea"), asked.rmsea_at_most, why)))
        found.append(_most(spec, key, "srmr", _Figure(_index(indices, "srmr"), asked.srmr_at_most, why)))
    return found


def _named(analysis: FactorAnalysis) -> str:
    return ", ".join(dict.fromkeys(f"{each.name} {each.about}".strip() for each in analysis.problems))


def _index(indices: Mapping[str, float], name: str) -> float:
    return indices.get(f"{name}_robust", indices.get(name, np.nan))


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
class _Figure:
    """A value found, the value asked for, and why there is none where there is none."""

    value: float
    threshold: float
    why: str = ""


def _least(spec: MeasurementSpec, key: tuple[str, str, str], measure: str, figure: _Figure) -> Gate:
    return _judged(spec, key, measure, figure, is_met=figure.value >= figure.threshold, asked="at least")


def _most(spec: MeasurementSpec, key: tuple[str, str, str], measure: str, figure: _Figure) -> Gate:
    return _judged(spec, key, measure, figure, is_met=figure.value <= figure.threshold, asked="at most")


def _judged(
    spec: MeasurementSpec, key: tuple[str, str, str], measure: str, figure: _Figure, *, is_met: bool, asked: str
) -> Gate:
    scale, group, purpose = key
    value, threshold = figure.value, figure.threshold
    verdict = "unknown" if np.isnan(value) else "met" if is_met else "not_met"
    words = "could not be computed" if np.isnan(value) else f"is {value:.3f}"
    reason = f"{measure} of {scale} in {group} {words}; {asked} {threshold:g} is asked for"
    reason += f"; {figure.why}" if figure.why else ""
    return Gate(
        scale, group, purpose, "", measure, spec.name, value, threshold, verdict, spec.gates.when_not_met, reason
    )
