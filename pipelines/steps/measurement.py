"""Answers and a measurement specification → estimates, fit, invariance and verdicts on scores. Pure tables."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from instruments.scoring import keyed_items
from instruments.spec import Instrument
from models.measurement.confirmatory.analysis import FactorAnalysis, analyse, fit_table, measured, parameter_table
from models.measurement.confirmatory.answers import grouped_answers
from models.measurement.confirmatory.invariance import Criterion, Step, ladder
from models.measurement.confirmatory.model import FactorModel, Setting
from models.measurement.confirmatory.refusals import FactorModelError
from models.sections.measurement import BETWEEN_FORMS, Comparison, MeasurementSpec
from pipelines.steps.aggregation_gates import aggregation_gates
from pipelines.steps.discriminant import discriminant_rows, validity_rows
from pipelines.steps.measurement_gates import Gate, comparison_gate, fit_gates, gate_rows, missing_comparison_gate
from pipelines.steps.reliability_gates import reliability_gates
from pipelines.steps.respondent_forms import answers_by_form
from pipelines.tables.measurement import (
    DISCRIMINANT,
    FIT_INDICES,
    GATES,
    INVARIANCE,
    LOADINGS,
    PROBLEMS,
    VALIDITY,
)

Rows = list[dict[str, object]]
Place = dict[str, object]
Instruments = Mapping[str, Instrument]
BETWEEN_GROUPS = "respondent_group"
KINDS_SHOWN = ("loading", "regression", "factor_covariance", "residual_covariance", "intercept", "threshold")


@dataclass(frozen=True, eq=False)
class GroupAnswers:
    """Answers of one respondent group, or of several that are compared.

    Attributes:
        group: The group; empty for several together.
        rows: Its analysed responses.
        turned: Items of all scales, reverse-scored items turned round.
        model: The factor model of the specification.
    """

    group: str
    rows: pd.DataFrame
    turned: pd.DataFrame
    model: FactorModel


@dataclass
class Found:
    """Rows gathered for the tables."""

    loadings: list[pd.DataFrame] = field(default_factory=list[pd.DataFrame])
    indices: Rows = field(default_factory=list[dict[str, object]])
    invariance: Rows = field(default_factory=list[dict[str, object]])
    problems: Rows = field(default_factory=list[dict[str, object]])
    gates: list[Gate] = field(default_factory=list[Gate])
    validity: list[pd.DataFrame] = field(default_factory=list[pd.DataFrame])
    discriminant: list[pd.DataFrame] = field(default_factory=list[pd.DataFrame])


def measurement_tables(analysis: pd.DataFrame, spec: MeasurementSpec, scales: Instruments) -> tuple[pd.DataFrame, ...]:
    """Measure the scales of a specification in every respondent group.

    A model that the answers cannot carry is a row of problems with the reason, and its conditions are unknown; the
    others go on.

    Args:
        analysis: ``core.analysis``.
        spec: The specification.
        scales: Instrument of every scale.

    Returns:
        Rows of every table of ``pipelines.tables.measurement``, in its order.
    """
    found = Found()
    used = analysis[analysis["wave"].isin(spec.waves)] if spec.waves else analysis
    wanted = used["respondent_group"].isin(spec.respondent_groups) if spec.respondent_groups else used["wave"].notna()
    by_group = used[wanted].groupby("respondent_group", sort=True)
    asked = {str(group): rows for group, rows in by_group if rows[list(spec.scales)].notna().any().all()}
    for group, rows in asked.items():
        _measure_group(_answers_of(group, rows, spec, scales), spec, scales, found)
    for comparison in spec.comparisons:
        if comparison.over == BETWEEN_GROUPS and asked:
            together = used[used["respondent_group"].isin(list(asked))]
            _compare(_answers_of("", together, spec, scales), spec, comparison, found)
        if comparison.over == BETWEEN_FORMS and len(used):
            responses, turned = answers_by_form(used, spec, scales)
            _compare(GroupAnswers("", responses, turned, factor_model(spec, scales)), spec, comparison, found)
    loadings = pd.concat(found.loadings, ignore_index=True) if found.loadings else LOADINGS.empty()
    return (
        LOADINGS.typed(loadings),
        FIT_INDICES.typed(pd.DataFrame(found.indices, columns=list(FIT_INDICES.columns))),
        INVARIANCE.typed(pd.DataFrame(found.invariance, columns=list(INVARIANCE.columns))),
        PROBLEMS.typed(pd.DataFrame(found.problems, columns=list(PROBLEMS.columns))),
        GATES.typed(gate_rows(found.gates)),
        VALIDITY.typed(pd.concat([VALIDITY.empty(), *found.validity], ignore_index=True)),
        DISCRIMINANT.typed(pd.concat([DISCRIMINANT.empty(), *found.discriminant], ignore_index=True)),
    )


def factor_model(spec: MeasurementSpec, scales: Instruments) -> FactorModel:
    """Return the factor model of a specification: a factor a scale, and factors of factors."""
    indicators = {scale: tuple(scales[scale].scales[scale].items) for scale in spec.scales}
    return FactorModel({**indicators, **spec.second_order}, residual_covariances=spec.residuals_together)


def _answers_of(group: str, rows: pd.DataFrame, spec: MeasurementSpec, scales: Instruments) -> GroupAnswers:
    own = rows.reset_index(drop=True)
    turned = pd.concat([keyed_items(own, scales[scale], scale) for scale in spec.scales], axis=1)
    return GroupAnswers(group, own, turned, factor_model(spec, scales))


def _measure_group(of_group: GroupAnswers, spec: MeasurementSpec, scales: Instruments, found: Found) -> None:
    rows, group = of_group.rows, of_group.group
    analysis = _analysed(of_group, spec, found)
    if analysis is not None:
        table = parameter_table(analysis)
        table = table[table["kind"].isin(KINDS_SHOWN)].rename(columns={"left": "left_name", "right": "right_name"})
        found.loadings.append(table.assign(measurement=spec.name, respondent_group=group))
        found.validity.append(validity_rows(spec, group, analysis))
        found.discriminant.append(discriminant_rows(spec, group, analysis))
    found.gates += fit_gates(spec, group, analysis, "" if analysis else str(found.problems[-1]["message"]))
    for scale in spec.scales:
        found.gates += reliability_gates(spec, group, scale, rows, scales[scale])
        found.gates += aggregation_gates(spec, group, scale, rows, scales[scale])
    for comparison in spec.comparisons:
        if comparison.over not in (BETWEEN_GROUPS, BETWEEN_FORMS):
            _compare(of_group, spec, comparison, found)


def _analysed(of_group: GroupAnswers, spec: MeasurementSpec, found: Found) -> FactorAnalysis | None:
    where: Place = {"measurement": spec.name, "respondent_group": of_group.group, "over": "", "level": ""}
    try:
        answers = grouped_answers(
            of_group.turned,
            of_group.model.items,
            is_complete=spec.estimator != "mlr",
            clusters=_clusters(spec, of_group.rows),
        )
        setting = Setting(has_means=spec.estimator == "mlr")
        analysis = analyse(of_group.model, measured(answers, spec.estimator), setting)
    except FactorModelError as error:
        found.problems.append(_refused(where, error))
        return None
    _note(analysis, where, found)
    return analysis


def _note(analysis: FactorAnalysis, where: Place, found: Found) -> None:
    """Take down the fit and the problems of a model."""
    found.indices += [{**where, "fit_index": name, "value": value} for name, value in fit_table(analysis).items()]
    found.problems += [
        {**where, "problem": each.name, "about": each.about, "value": each.value, "message": ""}
        for each in analysis.problems
    ]


def _clusters(spec: MeasurementSpec, rows: pd.DataFrame) -> pd.Series | None:
    is_known = rows["organisation_id"].notna()
    return rows["organisation_id"] if spec.clusters and is_known.any() else None


def _refused(where: Place, error: FactorModelError) -> dict[str, object]:
    return {**where, "problem": "refused", "about": "", "value": np.nan, "message": str(error)}


def _compare(of_group: GroupAnswers, spec: MeasurementSpec, comparison: Comparison, found: Found) -> None:
    where: Place = {"measurement": spec.name, "respondent_group": of_group.group, "over": comparison.over}
    rule = spec.invariance
    criterion = Criterion(-rule.largest_fall_of_cfi, rule.largest_rise_of_rmsea, rule.alpha)
    try:
        answers = grouped_answers(
            of_group.turned,
            of_group.model.items,
            is_complete=spec.estimator != "mlr",
            groups=of_group.rows[comparison.over].astype("string"),
            clusters=_clusters(spec, of_group.rows),
        )
        answers = measured(answers, spec.estimator)
        steps = ladder(of_group.model, answers, criterion, is_partial=comparison.may_be_partial)
    except FactorModelError as error:
        found.problems.append(_refused({**where, "level": ""}, error))
        if len(of_group.rows[comparison.over].dropna().unique()) > 1:
            found.gates += missing_comparison_gate(spec, of_group.group, comparison, str(error))
        return
    for step in steps:
        found.invariance.append({**where, **_invariance_row(step)})
        _note(step.analysis, {**where, "level": step.level}, found)
    found.gates += comparison_gate(spec, of_group.group, comparison, steps)


def _invariance_row(step: Step) -> dict[str, object]:
    test = step.difference
    return {
        "level": step.level,
        "holds": step.holds,
        "n_groups": len(step.analysis.measured.grouped.names),
        "compared": "; ".join(sorted(step.analysis.measured.grouped.names)),
        "least_group_n": min(len(each) for each in step.analysis.measured.grouped.data),
        "chi_square_difference": test.statistic if test else np.nan,
        "df": test.df if test else np.nan,
        "p_value": test.p_value if test else np.nan,
        "test": test.name if test else "",
        "delta_cfi": step.delta_cfi,
        "delta_rmsea": step.delta_rmsea,
        "released": "; ".join(step.released),
    }
