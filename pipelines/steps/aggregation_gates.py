"""Scores of a respondent group → whether they may be averaged to the organisation, and why not. Pure tables.

Put here how the rule is applied wave by wave and said in words; the rule and its figures are in
``models.measurement.aggregation``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pandas as pd

from instruments.faults import UsageError
from instruments.scoring import keyed_items
from instruments.spec import Instrument
from models.measurement.aggregation.evidence import ResponseRange, scale_agreement
from models.measurement.aggregation.nulls import null_variance
from models.measurement.aggregation.rule import Code, Condition, Evidence, judge_aggregation
from models.sections.measurement import AgreementGate, MeasurementSpec
from pipelines.steps.measurement_gates import Gate, verdict_on

PURPOSE = "organisation_mean"
MEASURES: Mapping[Code, str] = MappingProxyType(
    {
        "too_few_organisations": "organisations",
        "too_few_members": "members_median",
        "icc_1_too_low": "icc_1",
        "organisations_do_not_differ": "f_test",
        "agreement_too_low": "rwg_j_median",
        "icc_2_too_low": "icc_2",
    }
)
FIGURES: Mapping[Code, str] = MappingProxyType(
    {
        "too_few_organisations": "the number of organisations with two scores or more",
        "too_few_members": "the median number of members with every item answered",
        "icc_1_too_low": "ICC(1)",
        "organisations_do_not_differ": "p of the F test that organisations do not differ",
        "agreement_too_low": "the median r_wg(j) over organisations",
        "icc_2_too_low": "ICC(2)",
    }
)
WHY: Mapping[Code, str] = MappingProxyType(
    {
        "too_few_organisations": "too few organisations have scores to average",
        "too_few_members": "too few members answered",
        "icc_1_too_low": "too little of the differences lies between organisations",
        "organisations_do_not_differ": "the organisations cannot be told apart by their scores",
        "agreement_too_low": "members of the same organisation agree too little",
        "icc_2_too_low": "the organisation means are too unreliable",
    }
)


def aggregation_gates(
    spec: MeasurementSpec, group: str, scale: str, rows: pd.DataFrame, instrument: Instrument
) -> list[Gate]:
    """Judge whether a score may be averaged to the organisation.

    Organisation means are taken within a wave, so every wave is judged and of each condition the worst figure counts.

    Args:
        spec: The specification; without a rule for agreement nothing is judged.
        group: The respondent group.
        scale: The scale.
        rows: ``core.analysis`` of the group; without any organisation nothing is judged.
        instrument: Instrument of the scale.
    """
    asked, scored = spec.gates.agreement, rows[rows[scale].notna()]
    if asked is None or scored["organisation_id"].isna().all():
        return []
    items, found = keyed_items(rows, instrument, scale), dict[Code, tuple[str, Condition, str]]()
    points = instrument.points_of(scale)
    answers = ResponseRange(points.lowest, points.highest)
    for wave, of_wave in scored.groupby("wave", sort=True):
        evidence, why = _evidence(items.loc[of_wave.index], of_wave, scale, answers, asked)
        for each in judge_aggregation(evidence, asked.rule).conditions:
            worst = found.get(each.code)
            if worst is None or _standing(each) < _standing(worst[1]):
                told = why if each.code == "agreement_too_low" else ""
                found[each.code] = (str(wave), each, told)
    return list(_gates(spec, group, scale, found))


def _evidence(
    items: pd.DataFrame, rows: pd.DataFrame, scale: str, answers: ResponseRange, asked: AgreementGate
) -> tuple[Evidence, str]:
    """Return what is known of a wave, and why agreement is not where its null distribution is published for others."""
    agreement = scale_agreement(items, rows[scale], rows["organisation_id"], answers)
    try:
        null_variance(asked.null_distribution, answers.n_points)
    except UsageError as error:
        return replace(agreement.evidence(), median_rwg_j=np.nan), str(error)
    return agreement.evidence(asked.null_distribution), ""


def _standing(condition: Condition) -> float:
    """Return how well a condition stands: lower is worse, and what is undefined is worst."""
    if np.isnan(condition.value):
        return -np.inf
    return condition.value if condition.asked == "at_least" else -condition.value


def _gates(
    spec: MeasurementSpec, group: str, scale: str, found: Mapping[Code, tuple[str, Condition, str]]
) -> Iterator[Gate]:
    for code, (wave, condition, why) in found.items():
        figure = FIGURES[code]
        asked = f"{'at least' if condition.asked == 'at_least' else 'below'} {condition.threshold:g} is asked for"
        is_known = not np.isnan(condition.value)
        words = f"{figure} in {wave} {f'is {condition.value:.3g}' if is_known else 'could not be computed'}; {asked}"
        words += f"; {why}" if why else ""
        if condition.holds:
            reason = f"{scale} of {group} may be averaged to the organisation: {words}"
        else:
            told = WHY[code] if is_known else "it cannot be told"
            reason = f"{scale} of {group} may not be averaged to the organisation: {told} ({words})"
        verdict = verdict_on(condition.value, is_met=condition.holds)
        yield Gate(
            scale, group, PURPOSE, "", MEASURES[code], spec.name, condition.value, condition.threshold, verdict,
            spec.gates.when_not_met, reason,
        )  # fmt: skip
