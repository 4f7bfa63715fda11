"""Rows of ``out.item_functioning``: an item that differs is named, organisations are allowed for, refusals are told."""

import json

import numpy as np
import pandas as pd
import pytest

from instruments.spec import Instrument
from models.measurement.equivalence.differential import differential_functioning
from models.sections.measurement import MeasurementSpec
from pipelines.steps.measurement import measurement_tables
from pipelines.tables.measurement import TABLES

ITEMS = tuple(f"V_{number}" for number in range(1, 6))
VOICE = Instrument.model_validate(
    {
        "name": "voice",
        "version": "1",
        "title": {"en": "Voice"},
        "response_scales": {"agree": {"points": {code: {} for code in range(1, 6)}}},
        "items": {item: {"response_scale": "agree"} for item in ITEMS},
        "scales": {
            "voice": {"items": ITEMS, "least_answered": 3, "measurement": "reflective", "reverse_scored": ("V_5",)}
        },
    }
)


def answers(item: int, shift: float, n: int = 1200) -> pd.DataFrame:
    """Answers in two languages; those in Danish to one item are higher by ``shift`` points at the same trait."""
    draw = np.random.default_rng(3)
    trait = draw.normal(size=(n, 1))
    is_danish = np.arange(n) % 2 == 0
    codes = 3 + 0.8 * trait + 0.8 * draw.normal(size=(n, 5))
    codes[is_danish, item] += shift
    codes[:, 4] = 6 - codes[:, 4]
    rows = pd.DataFrame(np.clip(np.rint(codes), 1, 5), columns=list(ITEMS)).astype("Int64")
    rows["voice"] = rows[list(ITEMS)].astype(float).mean(axis=1)
    rows["organisation_id"] = [f"o{each % 40}" for each in range(n)]
    return rows.assign(wave="w1", respondent_group="FRL", language=np.where(is_danish, "da", "en"))


def tables(rows: pd.DataFrame, **changes: object) -> dict[str, pd.DataFrame]:
    content = {"name": "m", "kind": "measurement", "title": {"en": "M"}, "scales": ["voice"], "estimator": "mlr"}
    content |= {"item_functioning": {"over": ["language"]}}
    spec = MeasurementSpec.model_validate_json(json.dumps({**content, **changes}))
    return dict(zip((each.name for each in TABLES), measurement_tables(rows, spec, {"voice": VOICE}), strict=True))


@pytest.mark.parametrize("item", range(5))
def test_the_item_that_differs_is_flagged_with_its_direction_whichever_it_is(item):
    found = tables(answers(item, 0.8))["out.item_functioning"].set_index("item")
    assert list(found.index[found["is_flagged"]]) == [ITEMS[item]]
    row = found.loc[ITEMS[item]]
    assert (row["over"], row["scale"], row["compared"]) == ("language", "voice", "da; en")
    assert row["furthest_group"] == "en"
    assert row["log_odds"] < 0
    assert ITEMS[item] not in "; ".join(found["matched_on"]).split("; ")
    assert found["has_settled"].all()


def test_nothing_is_flagged_where_groups_answer_alike():
    found = tables(answers(0, 0.0))["out.item_functioning"]
    assert len(found) == len(ITEMS)
    assert not found["is_flagged"].any()


@pytest.mark.parametrize(
    ("clusters", "test", "n_organisations"), [(True, "wald_cr1", 40), (False, "likelihood_ratio", 0)]
)
def test_tests_allow_for_organisations_where_the_specification_says_so(clusters, test, n_organisations):
    rows = answers(1, 0.5)
    found = tables(rows, clusters=clusters)["out.item_functioning"]
    assert set(found["test"]) == {test}
    assert set(found["n_organisations"].fillna(0)) == {n_organisations}
    turned = rows[list(ITEMS)].assign(V_5=6 - rows["V_5"])
    organisations = rows["organisation_id"] if clusters else None
    own = differential_functioning(turned, rows["language"], clusters=organisations, is_purified=True)
    expected = [(each.clustered or each).both.p_value for each in own.items]
    assert found["p_value"].astype(float).tolist() == pytest.approx(expected, abs=1e-12)


def test_forms_of_groups_that_are_compared_together_leave_the_respondent_group_empty():
    rows = answers(1, 0.8)
    rows["respondent_group"] = np.where(rows["language"] == "da", "MID", "FRL")
    found = tables(rows, item_functioning={"over": ["respondent_group"]})["out.item_functioning"]
    assert set(found["respondent_group"]) == {""}
    assert list(found.loc[found["is_flagged"], "item"]) == ["V_2"]


def test_a_single_group_is_a_problem_with_the_scale_named_and_the_rest_goes_on():
    found = tables(answers(0, 0.0).assign(language="da"))
    assert found["out.item_functioning"].empty
    problem = found["out.measurement_problems"].query("over == 'language'")
    assert problem[["problem", "about"]].to_numpy().tolist() == [["refused", "voice"]]
    assert "needs two groups or more" in problem["message"].iloc[0]
    assert len(found["out.loadings"])


def test_a_constant_item_has_a_reason_in_place_of_figures():
    found = tables(answers(0, 0.0).assign(V_3=3))["out.item_functioning"].set_index("item")
    assert found.loc["V_3", "reason"] == "constant_item"
    assert (found.loc["V_3", "test"], found.loc["V_3", "furthest_group"]) == ("", "")
    assert set(found.loc["V_3", ["p_value", "log_odds", "nagelkerke"]].isna()) == {True}
