"""Measurement specifications on small drawn answers: conditions, named refusals, and what a use of scores needs."""

import json
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from instruments.spec import Instrument
from models.sections.measurement import MeasurementSpec
from models.spec import RegressionSpec
from pipelines.steps.measurement import measurement_tables
from pipelines.steps.measurement_uses import conditions
from pipelines.steps.released_comparisons import released_comparisons
from pipelines.tables.measurement import GATES, INVARIANCE
from pipelines.tables.relations import DYADS

N = 1500
ITEMS = tuple(f"V_{k}" for k in range(1, 5))
VOICE = Instrument.model_validate_json(
    json.dumps(
        {
            "name": "voice",
            "version": "1",
            "title": {"en": "Voice"},
            "response_scales": {"agree": {"points": {code: {"label": {"en": str(code)}} for code in range(1, 5)}}},
            "items": {item: {"text": {"en": item}, "response_scale": "agree"} for item in ITEMS},
            "scales": {"voice": {"title": {"en": "Voice"}, "items": list(ITEMS), "least_answered": 3}},
        }
    )
)
ALL_GATES = {"reliability": {"coefficient": "omega", "at_least": 0.7}, "fit": {}, "agreement": {}}


def analysis(n: int = N, **changes: object) -> pd.DataFrame:
    draw = np.random.default_rng(5)
    organisation = draw.integers(0, 30, n)
    trait = 0.6 * draw.normal(size=n) + 0.8 * draw.normal(size=30)[organisation]
    answers = np.clip(np.rint(2.5 + 0.7 * trait[:, None] + 0.6 * draw.normal(size=(n, 4))), 1, 4)
    rows = pd.DataFrame(answers, columns=list(ITEMS)).astype("Int64")
    rows["voice"] = rows[list(ITEMS)].astype(float).mean(axis=1)
    rows["response_id"] = [f"r{k}" for k in range(n)]
    rows["organisation_id"] = [f"o{k}" for k in organisation]
    rows["wave"] = np.where(np.arange(n) % 2, "w1", "w2")
    rows["language"] = np.where(np.arange(n) % 3, "da", "en")
    rows["respondent_group"] = np.where(np.arange(n) % 5 < 3, "STAFF", "MGR")
    return rows.assign(**changes)


def spec(**changes: object) -> MeasurementSpec:
    content = {"name": "m", "kind": "measurement", "title": {"en": "M"}, "scales": ["voice"], "gates": ALL_GATES}
    return MeasurementSpec.model_validate_json(json.dumps({**content, **changes}))


def tables(rows: pd.DataFrame, **changes: object) -> SimpleNamespace:
    found = measurement_tables(rows, spec(**changes), {"voice": VOICE})
    names = ("loadings", "fit", "invariance", "problems", "gates", "validity", "discriminant", "functioning")
    return SimpleNamespace(**dict(zip(names, found, strict=True)))


@pytest.mark.parametrize("estimator", ["wlsmv", "mlr"])
def test_sound_answers_meet_every_condition(estimator):
    found = tables(analysis(), estimator=estimator, comparisons=[{"over": "wave"}])
    assert set(found.gates["verdict"]) == {"met"}
    assert set(found.gates["purpose"]) == {"regression", "organisation_mean", "comparison"}
    assert found.problems.empty
    assert set(found.invariance["compared"]) == {"w1; w2"}
    assert found.invariance["least_group_n"].min() > 100


def test_omega_of_a_score_is_not_its_alpha():
    omega = tables(analysis()).gates.query("measure == 'omega'")["value"]
    alpha = tables(analysis(), gates={"reliability": {"coefficient": "alpha"}}).gates["value"]
    assert (omega.to_numpy() != alpha.to_numpy()).all()
    assert np.allclose(omega.to_numpy(), alpha.to_numpy(), atol=0.02)


def test_respondent_groups_are_compared_with_each_other_in_one_verdict():
    found = tables(analysis(), comparisons=[{"over": "respondent_group"}])
    gate = found.gates.query("purpose == 'comparison'")
    assert gate[["respondent_group", "over", "verdict"]].to_numpy().tolist() == [["", "respondent_group", "met"]]
    assert set(found.invariance["compared"]) == {"MGR; STAFF"}


def unlike(rows: pd.DataFrame) -> pd.DataFrame:
    """Two items mean something else in w2, so that half of them would have to differ and more."""
    moved = rows["wave"] == "w2"
    return rows.assign(**{item: rows[item].where(~moved, (rows[item] + 1).clip(upper=4)) for item in ITEMS[:2]})


def test_answers_that_shift_in_some_items_are_not_comparable_unless_these_may_differ():
    whole = tables(unlike(analysis()), estimator="mlr", comparisons=[{"over": "wave", "may_be_partial": False}])
    assert set(whole.gates.query("purpose == 'comparison'")["verdict"]) == {"not_met"}
    assert not whole.invariance.query("level == 'scalar'")["holds"].any()


DEGENERATE = {
    "constant_item": ({"V_1": pd.array([3] * N, dtype="Int64")}, "V_1 has the same answer everywhere"),
    "identical_items": ({"V_1": analysis()["V_2"]}, "V_1 and V_2 have the same answers everywhere"),
    "unused_category_of_a_wave": (
        {"V_1": analysis()["V_1"].where((analysis()["wave"] == "w1") | (analysis()["V_1"] > 1), 2)},
        "nobody in w2 chose 1 of V_1",
    ),
    "one_group": ({"wave": "w1"}, "only the group w1 has answers"),
    "fewer_responses_than_items": ({}, "responses for 4 items"),
}


@pytest.mark.parametrize("case", DEGENERATE)
def test_answers_that_carry_no_model_are_refused_by_name_and_the_rest_goes_on(case):
    changes, reason = DEGENERATE[case]
    rows = analysis(**changes)
    rows = rows.head(4) if case == "fewer_responses_than_items" else rows
    found = tables(rows, comparisons=[{"over": "wave"}])
    refused = found.problems.query("problem == 'refused'")
    assert refused["message"].str.contains(reason, regex=False).any()
    if case == "one_group":
        assert "comparison" not in set(found.gates["purpose"])
        assert set(found.gates["verdict"]) == {"met"}
    else:
        assert set(found.gates.query("purpose == 'comparison'")["verdict"]) == {"unknown"}
        assert "reliability" not in set(found.gates["measure"])


def test_a_model_that_was_refused_leaves_its_fit_unknown_and_says_why():
    gates = tables(analysis(V_1=pd.array([3] * N, dtype="Int64"))).gates.query("measure == 'cfi'")
    assert set(gates["verdict"]) == {"unknown"}
    assert gates["reason"].str.contains("V_1 has the same answer everywhere").all()


def gate(group="STAFF", purpose="regression", over="", verdict="not_met", **other):
    measurement, level = other.get("measurement", "m"), other.get("level", "scalar")
    row = dict.fromkeys(GATES.columns, "")
    row |= {"scale": "voice", "respondent_group": group, "purpose": purpose, "over": over, "verdict": verdict}
    measure = f"{level}_invariance" if purpose == "comparison" else "omega"
    row |= {"measure": measure, "measurement": measurement, "value": 0.5, "threshold": 0.7, "when_not_met": "mark"}
    return {**row, "reason": "why"}


def model(**changes):
    content = {
        "name": "h",
        "kind": "regression",
        "title": {"en": "H"},
        "estimand": "E",
        "outcome": "V_1",
        "focal": "V_2",
        "regressors": ["V_2"],
    }
    return RegressionSpec.model_validate_json(json.dumps({**content, **changes}))


def mean(of=None, use="organisation_mean"):
    variable = {"variable": "voice", "use": use} | ({"of": of} if of else {})
    return {"focal": variable, "regressors": [variable]}


USES = {
    "outcome_needs_reliability": ({"outcome": "voice"}, "STAFF", gate(), 1),
    "regressor_needs_reliability": ({"focal": "voice", "regressors": ["voice"]}, "STAFF", gate(), 1),
    "single_items_need_nothing": ({}, "STAFF", gate(), 0),
    "other_groups_do_not_matter": ({"outcome": "voice"}, "STAFF", gate(group="MGR"), 0),
    "mean_needs_agreement": (mean(), "STAFF", gate(purpose="organisation_mean"), 1),
    "score_needs_no_agreement": ({"outcome": "voice"}, "STAFF", gate(purpose="organisation_mean"), 0),
    "deviation_needs_no_agreement": (mean(use="within_organisation"), "STAFF", gate(purpose="organisation_mean"), 0),
    "mean_of_another_group_needs_its_agreement": (
        mean("MGR"), "STAFF", gate(group="MGR", purpose="organisation_mean"), 1,
    ),
    "mean_of_another_group_needs_nothing_of_ones_own": (mean("MGR"), "STAFF", gate(), 0),
    "several_waves_need_their_comparison": ({"outcome": "voice"}, "STAFF", gate(purpose="comparison", over="wave"), 1),
    "one_wave_needs_none": ({"outcome": "voice"}, "w1", gate(purpose="comparison", over="wave"), 0),
    "languages_of_another_group_count_where_its_mean_is_used": (
        mean("MGR"), "da", gate(group="MGR", purpose="comparison", over="language"), 1,
    ),
    "several_groups_need_their_comparison": (
        {"outcome": "voice"}, "all", gate(group="", purpose="comparison", over="respondent_group"), 1,
    ),
    "one_group_needs_none": (
        {"outcome": "voice"}, "STAFF", gate(group="", purpose="comparison", over="respondent_group"), 0,
    ),
    "what_is_met_is_not_missed": ({"outcome": "voice"}, "STAFF", gate(verdict="met"), 0),
    "unknown_is_missed": ({"outcome": "voice"}, "STAFF", gate(verdict="unknown"), 1),
    "specification_no_longer_named_does_not_count": ({"outcome": "voice"}, "STAFF", gate(measurement="old"), 0),
}  # fmt: skip


@pytest.mark.parametrize("case", USES)
def test_every_use_of_a_score_asks_for_its_own_conditions(case):
    changes, used, row, expected = USES[case]
    rows = analysis()
    is_staff = rows["respondent_group"] == "STAFF"
    is_used = {
        "STAFF": is_staff,
        "w1": is_staff & (rows["wave"] == "w1"),
        "da": is_staff & (rows["language"] == "da"),
        "all": is_staff | ~is_staff,
    }[used]
    gates = GATES.typed(pd.DataFrame([row]))
    found = conditions(gates, {"m": spec()}, model(**changes), rows, is_used, DYADS.empty())
    assert (found["verdict"] != "met").sum() == expected


@pytest.mark.parametrize(("group", "expected"), [("MGR", 1), ("STAFF", 0)])
def test_another_member_s_score_needs_the_reliability_of_whose_it_is(group, expected):
    rows = analysis()
    is_staff = rows["respondent_group"] == "STAFF"
    managers = rows.loc[~is_staff, "response_id"]
    named = {"response_id": rows.loc[is_staff, "response_id"].tolist(), "kind": "k", "wave": "w1"}
    dyads = DYADS.typed(pd.DataFrame(named).assign(other_response_id=managers.iloc[0]))
    other = {"variable": "voice", "other_member": True}
    asked = model(focal=other, regressors=[other], dyads="k")
    found = conditions(GATES.typed(pd.DataFrame([gate(group=group)])), {"m": spec()}, asked, rows, is_staff, dyads)
    assert (found["verdict"] != "met").sum() == expected


def test_waves_that_were_not_measured_leave_a_met_condition_unknown():
    rows, gates = analysis(), GATES.typed(pd.DataFrame([gate(verdict="met")]))
    is_staff = rows["respondent_group"] == "STAFF"
    found = conditions(gates, {"m": spec(waves=["w1"])}, model(outcome="voice"), rows, is_staff, DYADS.empty())
    assert found["verdict"].tolist() == ["unknown"]
    assert found["reason"].tolist() == ["m did not measure w2; why"]


def steps(highest, least_n=50):
    levels = ("configural", "threshold", "metric", "scalar", "strict")
    upto = levels.index(highest)
    rows = [
        {
            **dict.fromkeys(INVARIANCE.columns),
            "measurement": "m",
            "respondent_group": "STAFF",
            "over": "wave",
            "level": level,
            "test": "",
            "holds": place <= upto,
            "n_groups": 2,
            "compared": "w1; w2",
            "least_group_n": least_n,
            "released": "",
        }
        for place, level in enumerate(levels[: upto + 2])
    ]
    return pd.DataFrame(rows)


RELEASED = {
    "shown": ([("met", "scalar")], steps("scalar"), "reflective", "shown"),
    "strict_is_more_than_enough": ([("met", "metric")], steps("strict"), "reflective", "shown"),
    "relations_alone_are_not_enough_for_averages": ([("met", "metric")], steps("metric"), "reflective", "not_shown"),
    "level_asked_for_does_not_hold": ([("not_met", "strict")], steps("scalar"), "reflective", "not_shown"),
    "refused": ([("unknown", "scalar")], steps("scalar").head(0), "reflective", "not_tested"),
    "few_people": ([("met", "scalar")], steps("scalar", least_n=9), "reflective", "too_few"),
    "nobody_looked": ([], steps("scalar").head(0), "reflective", "not_looked_at"),
    "formative": ([], steps("scalar").head(0), "formative", "no_test"),
}


@pytest.mark.parametrize("case", RELEASED)
def test_averages_are_released_as_comparable_only_where_that_was_shown(case):
    verdicts, invariance, kind, expected = RELEASED[case]
    study = SimpleNamespace(
        measurement={"m": None},
        spec=SimpleNamespace(release=SimpleNamespace(least_cell_size=10)),
        scales=lambda: {"voice": SimpleNamespace(scales={"voice": SimpleNamespace(measurement=kind)})},
    )
    rows = [gate(purpose="comparison", over="wave", verdict=verdict, level=level) for verdict, level in verdicts]
    gates = GATES.typed(pd.DataFrame(rows, columns=list(GATES.columns)))
    means = pd.DataFrame({"scale": "voice", "respondent_group": "STAFF", "wave": ["w1", "w2"]})
    found = released_comparisons(study, gates, INVARIANCE.typed(invariance), means).iloc[0]
    assert found["verdict"] == expected
    assert bool(found["compared"]) == (expected in ("shown", "not_shown"))
