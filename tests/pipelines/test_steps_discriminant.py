"""Rows of ``out.validity`` and ``out.discriminant``: two scales, one scale, and a model in doubt."""

import json

import numpy as np
import pandas as pd
import pytest

from instruments.spec import Instrument
from models.sections.measurement import MeasurementSpec
from pipelines.steps.measurement import measurement_tables
from pipelines.tables.measurement import TABLES

SCALES = {"voice": ("V_1", "V_2", "V_3"), "trust": ("T_1", "T_2", "T_3")}
ITEMS = tuple(item for items in SCALES.values() for item in items)


def instrument() -> Instrument:
    content = {
        "name": "both",
        "version": "1",
        "title": {"en": "Both"},
        "response_scales": {"agree": {"points": {code: {"label": {"en": str(code)}} for code in range(1, 6)}}},
        "items": {item: {"text": {"en": item}, "response_scale": "agree"} for item in ITEMS},
        "scales": {
            name: {"title": {"en": name}, "items": list(items), "least_answered": 2} for name, items in SCALES.items()
        },
    }
    return Instrument.model_validate_json(json.dumps(content))


def analysis(correlation: float, n: int = 400) -> pd.DataFrame:
    draw = np.random.default_rng(11)
    factors = draw.multivariate_normal([0, 0], [[1, correlation], [correlation, 1]], size=n)
    answers = np.clip(np.rint(3 + np.repeat(factors, 3, axis=1) + 0.6 * draw.normal(size=(n, 6))), 1, 5)
    rows = pd.DataFrame(answers, columns=list(ITEMS)).astype("Int64")
    for name, items in SCALES.items():
        rows[name] = rows[list(items)].astype(float).mean(axis=1)
    organisations = [f"o{each % 20}" for each in range(n)]
    return rows.assign(wave="w1", respondent_group="STAFF", organisation_id=organisations)


def tables(rows: pd.DataFrame, scales: tuple[str, ...] = tuple(SCALES), estimator: str = "mlr"):
    content = {"name": "m", "kind": "measurement", "title": {"en": "M"}, "scales": scales, "estimator": estimator}
    found = measurement_tables(
        rows, MeasurementSpec.model_validate_json(json.dumps(content)), dict.fromkeys(SCALES, instrument())
    )
    return dict(zip((each.name for each in TABLES), found, strict=True))


@pytest.mark.parametrize(
    ("correlation", "verdict"), [(0.3, "met"), (0.97, "not_met")], ids=["two constructs", "one construct"]
)
def test_scales_are_told_apart_only_when_they_measure_two_things(correlation, verdict):
    found = tables(analysis(correlation))["out.discriminant"]
    assert found[["first_scale", "second_scale"]].to_numpy().tolist() == [["voice", "trust"]]
    assert found[["fornell_larcker", "htmt_below"]].to_numpy().tolist() == [[verdict, verdict]]
    assert (found["htmt_low"] < found["htmt"]).all()
    assert (found["htmt"] < found["htmt_high"]).all()


def test_every_scale_has_its_validity_and_a_single_scale_no_pair():
    both, alone = tables(analysis(0.3)), tables(analysis(0.3), ("voice",))
    assert both["out.validity"]["scale"].tolist() == ["voice", "trust"]
    assert both["out.validity"]["variance_extracted"].between(0.5, 0.9).all()
    assert alone["out.validity"]["scale"].tolist() == ["voice"]
    assert alone["out.discriminant"].empty


def test_responses_with_a_gap_do_not_stand_behind_htmt():
    rows = analysis(0.3)
    rows.loc[:49, "V_1"] = pd.NA
    assert tables(rows)["out.discriminant"]["n_obs"].tolist() == [350]


def test_what_a_model_in_doubt_says_of_scales_is_left_out_and_unknown():
    draw, n = np.random.default_rng(5), 60
    rows = analysis(0.3, n)
    rows["V_2"] = (rows["V_1"].astype(int) + draw.integers(0, 2, n)).clip(1, 5).astype("Int64")
    rows["V_3"] = pd.array(draw.integers(1, 6, n), dtype="Int64")
    found = tables(rows)
    assert "negative_variance" in set(found["out.measurement_problems"]["problem"])
    assert found["out.validity"]["variance_extracted"].isna().all()
    assert found["out.discriminant"]["fornell_larcker"].tolist() == ["unknown"]
    assert found["out.discriminant"]["htmt"].notna().all()
