"""Answers about oneself beside those of observers: items matched by the instrument, and invariance over the form."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from small_study import build_small_study

from instruments.faults import SpecError
from instruments.load import read_instrument
from instruments.parallel import parallel_forms, parallel_items
from models.sections.measurement import MeasurementSpec
from pipelines.load import load_study
from pipelines.steps.measurement import measurement_tables
from pipelines.steps.respondent_forms import answers_by_form
from pipelines.tables.measurement import TABLES

LIBRARY = Path(__file__).parents[2] / "instruments" / "library"
SENSEGIVING = read_instrument(LIBRARY / "sensegiving.yaml")[0]
OWN, OBSERVED = "strategizing_practice", "strategizing_practice_observed"
ITEMS = tuple(f"SG_st_{number}" for number in range(1, 5))


def answers(shift: float = 0.0, n: int = 500) -> pd.DataFrame:
    """Managers answer for themselves, staff about them; the second item means more to staff by ``shift`` points."""
    draw = np.random.default_rng(8)
    trait = draw.normal(size=(2 * n, 1))
    codes = 3 + 0.8 * trait + 0.7 * draw.normal(size=(2 * n, 4))
    codes[:, 3] = 6 - codes[:, 3]
    codes[n:, 1] += shift
    table = pd.DataFrame(np.clip(np.rint(codes), 1, 5), columns=list(ITEMS)).astype("Int64")
    is_manager = np.arange(2 * n) < n
    found = {item: table[item].where(is_manager) for item in ITEMS}
    found |= {f"{item}_o": table[item].where(~is_manager) for item in ITEMS}
    rows = pd.DataFrame(found)
    rows[OWN] = rows[list(ITEMS)].astype(float).mean(axis=1)
    rows[OBSERVED] = rows[[f"{item}_o" for item in ITEMS]].astype(float).mean(axis=1)
    organisations = [f"o{each % 25}" for each in range(2 * n)]
    groups = np.where(is_manager, "TOP", "FRL")
    return rows.assign(wave="w1", respondent_group=groups, organisation_id=organisations)


def spec(**changes: object) -> MeasurementSpec:
    content = {"name": "m", "kind": "measurement", "title": {"en": "M"}, "scales": [OWN], "estimator": "mlr"}
    content |= {"respondent_groups": ["TOP"], "comparisons": [{"over": "form", "may_be_partial": False}]}
    return MeasurementSpec.model_validate_json(json.dumps({**content, **changes}))


def tables(rows: pd.DataFrame, **changes: object) -> dict[str, pd.DataFrame]:
    found = measurement_tables(rows, spec(**changes), {OWN: SENSEGIVING, OBSERVED: SENSEGIVING})
    return dict(zip((each.name for each in TABLES), found, strict=True))


def test_items_are_matched_by_what_the_instrument_says_is_parallel():
    assert parallel_items(SENSEGIVING, OWN) == {OBSERVED: {f"{item}_o": item for item in ITEMS}}
    assert parallel_forms(SENSEGIVING, OWN) == {"observer": OBSERVED}
    assert parallel_forms(SENSEGIVING, OBSERVED) == {}


@pytest.mark.parametrize("lacking", ["an item without counterpart", "another item reverse-scored"])
def test_a_scale_that_does_not_say_the_same_item_for_item_is_no_parallel_form(lacking):
    scale = SENSEGIVING.scales[OBSERVED]
    changes = {"items": scale.items[1:]} if lacking.startswith("an item") else {"reverse_scored": (scale.items[0],)}
    scales = {**SENSEGIVING.scales, OBSERVED: scale.model_copy(update=changes)}
    assert parallel_forms(SENSEGIVING.model_copy(update={"scales": scales}), OWN) == {}


def test_every_response_stands_once_under_the_names_of_the_own_form_and_turned_round():
    rows = answers(n=50)
    rows.loc[0, "SG_st_1_o"] = 2
    responses, turned = answers_by_form(rows, spec(), {OWN: SENSEGIVING, OBSERVED: SENSEGIVING})
    assert list(turned.columns) == list(ITEMS)
    assert responses["form"].value_counts().to_dict() == {"self": 50, "observer": 50}
    assert turned.loc[60, "SG_st_4"] == 6 - rows.loc[60, "SG_st_4_o"]
    assert turned.loc[0, "SG_st_1"] == rows.loc[0, "SG_st_1"]


@pytest.mark.parametrize(("shift", "verdict"), [(0.0, "met"), (1.5, "not_met")], ids=["alike", "an item shifted"])
def test_averages_of_the_two_forms_are_comparable_only_where_every_item_means_the_same(shift, verdict):
    found = tables(answers(shift))
    gate = found["out.gates"].query("purpose == 'comparison'")
    assert gate[["respondent_group", "over", "verdict"]].to_numpy().tolist() == [["", "form", verdict]]
    assert set(found["out.invariance"]["compared"]) == {"observer; self"}
    assert "over form is asked for" in gate["reason"].iloc[0]


def test_the_item_that_differs_is_named_where_it_may():
    found = tables(answers(1.5), comparisons=[{"over": "form", "may_be_partial": True}])
    released = set("; ".join(found["out.invariance"]["released"]).split("; "))
    assert any("SG_st_2" in each for each in released)
    assert set(found["out.gates"].query("purpose == 'comparison'")["verdict"]) == {"met"}


def test_where_nobody_answered_as_observer_nothing_is_compared_and_it_is_said():
    found = tables(answers().query("respondent_group == 'TOP'"))
    refused = found["out.measurement_problems"]
    assert refused["message"].str.contains("only the group self has answers").any()
    assert "comparison" not in set(found["out.gates"]["purpose"])


def test_a_scale_without_a_parallel_form_is_a_fault_of_the_specification(tmp_path: Path):
    build_small_study(tmp_path)
    text = "name: m\nkind: measurement\ntitle: {en: M}\nscales: [trust]\ncomparisons: [{over: form}]\n"
    (tmp_path / "models" / "m.yaml").write_text(text)
    with pytest.raises(SpecError, match="no wording besides 'self' in common"):
        load_study(tmp_path)
