"""The rule by which scores may be averaged to the organisation: judged wave by wave, worst figure first, in words."""

import json

import numpy as np
import pandas as pd
import pytest

from instruments.spec import Instrument
from models.measurement.aggregation.evidence import ResponseRange, scale_agreement
from models.sections.measurement import MeasurementSpec
from pipelines.steps.aggregation_gates import FIGURES, MEASURES, WHY, aggregation_gates
from pipelines.steps.measurement_gates import Gate
from pipelines.steps.reliability_gates import reliability_gates

ITEMS = ("V_1", "V_2", "V_3")


def instrument(n_points: int) -> Instrument:
    points = {code: {"label": {"en": str(code)}} for code in range(1, n_points + 1)}
    content = {
        "name": "voice",
        "version": "1",
        "title": {"en": "Voice"},
        "response_scales": {"agree": {"points": points}},
        "items": {item: {"text": {"en": item}, "response_scale": "agree"} for item in ITEMS},
        "scales": {"voice": {"title": {"en": "Voice"}, "items": list(ITEMS), "least_answered": 2}},
    }
    return Instrument.model_validate_json(json.dumps(content))


def rows(between: float = 1.0, within: float = 0.4, n_organisations: int = 20, wave: str = "w1") -> pd.DataFrame:
    draw = np.random.default_rng(7)
    organisation = np.repeat(np.arange(n_organisations), 12)
    trait = 3 + between * draw.normal(size=n_organisations)[organisation] + within * draw.normal(size=len(organisation))
    answers = np.clip(np.rint(trait[:, None] + 0.4 * draw.normal(size=(len(organisation), 3))), 1, 5)
    found = pd.DataFrame(answers, columns=list(ITEMS)).astype("Int64")
    found["voice"] = found[list(ITEMS)].astype(float).mean(axis=1)
    return found.assign(wave=wave, organisation_id=[f"o{each}" for each in organisation])


def spec(agreement: dict[str, object] | None = None, **gates: object) -> MeasurementSpec:
    content = {
        "name": "m",
        "kind": "measurement",
        "title": {"en": "M"},
        "scales": ["voice"],
        "gates": {"agreement": agreement, **gates},
    }
    return MeasurementSpec.model_validate_json(json.dumps(content))


def judged(table: pd.DataFrame, n_points: int = 5, **agreement: object) -> dict[str, Gate]:
    found = aggregation_gates(spec(agreement), "STAFF", "voice", table, instrument(n_points))
    return {each.measure: each for each in found}


NOISE = {"between": 0.0, "within": 1.0}
STRICT = {"icc_2_at_least": 0.8, "members_at_least": 5, "organisations_at_least": 10}
VERDICTS = {
    "sound": ({}, STRICT, {}),
    "no_difference_between_organisations": (
        NOISE,
        {**STRICT, "rwg_j_at_least": None},
        {
            "icc_1": "too little of the differences lies between organisations (ICC(1) in w1 is",
            "f_test": "the organisations cannot be told apart by their scores (p of the F test",
            "icc_2": "the organisation means are too unreliable (ICC(2) in w1 is",
        },
    ),
    "members_disagree": (
        {"within": 2.0},
        {"icc_1_at_least": None, "f_test_below": None, "rwg_j_at_least": 0.8},
        {"rwg_j_median": "members of the same organisation agree too little (the median r_wg(j) over organisations"},
    ),
    "few_organisations": (
        {"n_organisations": 4},
        {"organisations_at_least": 10},
        {"organisations": "too few organisations have scores to average (the number of organisations"},
    ),
    "few_members": (
        {},
        {"members_at_least": 13},
        {"members_median": "too few members answered (the median number of members with every item answered in w1 is"},
    ),
}


@pytest.mark.parametrize("case", VERDICTS)
def test_the_rule_says_which_condition_speaks_against_averaging(case):
    drawn, asked, missed = VERDICTS[case]
    found = judged(rows(**drawn), **asked)
    assert {measure for measure, gate in found.items() if gate.verdict != "met"} == set(missed)
    for measure, words in missed.items():
        assert words in found[measure].reason
        assert "voice of STAFF may not be averaged to the organisation" in found[measure].reason
    met = [gate.reason for gate in found.values() if gate.verdict == "met"]
    assert all("voice of STAFF may be averaged to the organisation: " in reason for reason in met)


def test_the_figures_are_those_of_the_aggregation_module():
    table = rows()
    found = judged(table, icc_2_at_least=0.1, members_at_least=2)
    evidence = scale_agreement(
        table[list(ITEMS)], table["voice"], table["organisation_id"], ResponseRange(1, 5)
    ).evidence()
    assert {measure: gate.value for measure, gate in found.items()} == pytest.approx(
        {
            "organisations": evidence.n_organisations,
            "members_median": evidence.median_members,
            "icc_1": evidence.icc_1,
            "f_test": evidence.p_value,
            "rwg_j_median": evidence.median_rwg_j,
            "icc_2": evidence.icc_2,
        }
    )


def test_of_several_waves_the_worst_counts_for_every_condition():
    both = pd.concat([rows(), rows(**NOISE, wave="w2")], ignore_index=True)
    found, alone = judged(both), judged(rows(**NOISE, wave="w2"))
    assert {name: found[name].value for name in ("icc_1", "f_test")} == {
        name: alone[name].value for name in ("icc_1", "f_test")
    }
    assert "in w2" in found["f_test"].reason


def test_a_wave_that_leaves_a_figure_undefined_is_unknown_whatever_the_others_say():
    lonely = rows(wave="w2").drop_duplicates("organisation_id")
    found = judged(pd.concat([rows(), lonely], ignore_index=True))
    assert {name: gate.verdict for name, gate in found.items()} == {
        "organisations": "not_met", "icc_1": "unknown", "f_test": "unknown", "rwg_j_median": "unknown"
    }  # fmt: skip
    assert "it cannot be told (ICC(1) in w2 could not be computed" in found["icc_1"].reason


def test_a_null_distribution_that_is_not_published_for_the_scale_is_said():
    found = judged(rows().assign(**{item: rows()[item].clip(upper=4) for item in ITEMS}), 4, null_distribution="normal")
    assert found["rwg_j_median"].verdict == "unknown"
    assert "the null distribution normal is published for 5 to 11 points" in found["rwg_j_median"].reason


def test_a_narrower_null_distribution_shows_less_agreement():
    uniform, skewed = judged(rows(within=0.8)), judged(rows(within=0.8), null_distribution="heavy_skew")
    assert skewed["rwg_j_median"].value < uniform["rwg_j_median"].value


def test_without_organisations_or_a_rule_nothing_is_judged():
    assert not judged(rows().assign(organisation_id=pd.NA))
    assert not aggregation_gates(spec(), "STAFF", "voice", rows(), instrument(5))


def test_every_condition_of_the_rule_has_a_measure_and_words():
    assert set(MEASURES) == set(FIGURES) == set(WHY)


@pytest.mark.parametrize("coefficient", ["alpha", "omega", "ordered_omega"])
def test_reliability_is_judged_by_the_coefficient_that_was_asked_for(coefficient):
    asked = spec(reliability={"coefficient": coefficient, "at_least": 0.7})
    (gate,) = reliability_gates(asked, "STAFF", "voice", rows(), instrument(5))
    assert (gate.measure, gate.verdict) == (coefficient, "met")
    assert 0.85 < gate.value < 1


@pytest.mark.parametrize("coefficient", ["alpha", "omega"])
def test_the_lower_end_of_the_interval_is_a_harder_condition(coefficient):
    table = rows(between=0.3, within=0.3, n_organisations=8)
    (estimate,), (lower,) = (
        reliability_gates(
            spec(reliability={"coefficient": coefficient, "judged_by": each}), "STAFF", "voice", table, instrument(5)
        )
        for each in ("estimate", "conf_low")
    )
    assert lower.value < estimate.value - 0.01
    assert lower.measure == f"{coefficient}_conf_low"


def test_ordered_omega_has_no_lower_end():
    with pytest.raises(ValueError, match="ordered_omega has no interval"):
        spec(reliability={"coefficient": "ordered_omega", "judged_by": "conf_low"})


def test_reliability_that_no_model_can_carry_is_unknown_and_says_why():
    (gate,) = reliability_gates(spec(reliability={}), "STAFF", "voice", rows().assign(V_1=3), instrument(5))
    assert gate.verdict == "unknown"
    assert "V_1 has the same answer everywhere" in gate.reason
